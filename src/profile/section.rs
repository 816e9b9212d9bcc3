//! A mapping of the profile, read field by field.
//!
//! Every reader complains at the place of its field and goes on with nothing, so
//! that one run of `pbxcert check` shows all that is wrong.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use super::environment::{Environment, expand};
use super::suggest::{closest, listed};
use super::tree::{Entry, Node, Span, Value};
use super::{Problem, Secret};

/// What all sections share: where complaints go and secrets come from.
pub(super) struct Reading<'e> {
    pub(super) environment: Environment<'e>,
    /// The folder that relative paths start at.
    pub(super) folder: PathBuf,
    problems: RefCell<Vec<Problem>>,
}

impl<'e> Reading<'e> {
    pub(super) fn new(environment: Environment<'e>, folder: PathBuf) -> Self {
        Self { environment, folder, problems: RefCell::default() }
    }

    pub(super) fn complain(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

/// A value with its place, for the rules that compare several.
#[derive(Debug, Clone)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

/// One mapping.
pub(super) struct Section<'r, 'e> {
    pub(super) reading: &'r Reading<'e>,
    /// Its name for people: "users[1]".
    pub(super) name: String,
    pub(super) span: Span,
    entries: &'r [Entry],
    /// Keys that were meant by unknown ones: nobody needs to hear that they miss.
    misspelt: Vec<String>,
}

impl<'r, 'e> Section<'r, 'e> {
    /// Takes a node as a mapping with these keys and complains of any other key and
    /// of keys that come twice.
    pub(super) fn open(
        reading: &'r Reading<'e>,
        node: &'r Node,
        name: &str,
        keys: &[&str],
    ) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            let example = keys.first().copied().unwrap_or_default();
            reading.complain(Problem::error(
                node.span,
                format!("{name} must be a mapping"),
                format!(
                    "write its fields as `key: value`, as in `{example}: …`; it takes {}",
                    listed(keys)
                ),
            ));
            return None;
        };
        let mut misspelt = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let key = printable(&entry.key);
            if !keys.contains(&entry.key.as_str()) {
                let meant = closest(&entry.key, keys);
                misspelt.extend(meant.map(str::to_owned));
                let remedy = match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("{name} takes {}", listed(keys)),
                };
                reading.complain(Problem::error(
                    entry.key_span,
                    format!("unknown key `{key}` in {name}"),
                    remedy,
                ));
            } else if entries[..index].iter().any(|earlier| earlier.key == entry.key) {
                reading.complain(Problem::error(
                    entry.key_span,
                    format!("duplicate key `{key}` in {name}"),
                    "keep one of the two",
                ));
            }
        }
        let span = entries.first().map_or(node.span, |first| first.key_span);
        Some(Self { reading, name: name.to_owned(), span, entries, misspelt })
    }

    /// The field's value, if it is there and not empty.
    pub(super) fn node(&self, key: &str) -> Option<&'r Node> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        (!matches!(entry.node.value, Value::Null)).then_some(&entry.node)
    }

    /// Place of a key, or of the section where the key is missing.
    pub(super) fn key_span(&self, key: &str) -> Span {
        self.entries.iter().find(|e| e.key == key).map_or(self.span, |entry| entry.key_span)
    }

    pub(super) fn error(&self, span: Span, message: impl Into<String>, remedy: impl Into<String>) {
        self.reading.complain(Problem::error(span, message, remedy));
    }

    pub(super) fn warn(&self, span: Span, message: impl Into<String>, remedy: impl Into<String>) {
        self.reading.complain(Problem::warning(span, message, remedy));
    }

    /// A section within this one.
    pub(super) fn section(&self, key: &str, keys: &[&str]) -> Option<Self> {
        let name = if self.name == "the profile" {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        };
        Section::open(self.reading, self.node(key)?, &name, keys)
    }

    /// The sections of a list.
    pub(super) fn sections(&self, key: &str, keys: &[&str]) -> Vec<Self> {
        let prefix =
            if self.name == "the profile" { String::new() } else { format!("{}.", self.name) };
        self.items(key)
            .iter()
            .enumerate()
            .filter_map(|(index, node)| {
                let name = format!("{prefix}{key}[{}]", index + 1);
                Section::open(self.reading, node, &name, keys)
            })
            .collect()
    }

    /// The items of a list; none if the key is missing.
    pub(super) fn items(&self, key: &str) -> &'r [Node] {
        match self.node(key).map(|node| (&node.value, node.span)) {
            None => &[],
            Some((Value::List(items), _)) => items,
            Some((_, span)) => {
                self.error(span, format!("`{key}` must be a list"), "write each item after `- `");
                &[]
            }
        }
    }

    /// Text, with its place.
    pub(super) fn placed(&self, key: &str) -> Option<Placed<String>> {
        let node = self.node(key)?;
        if let Value::Scalar(text) = &node.value {
            return Some(Placed { value: text.clone(), span: node.span });
        }
        self.error(
            node.span,
            format!("`{key}` must be a single value"),
            format!("write it on one line, as in `{key}: …`"),
        );
        None
    }

    /// Text.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.placed(key).map(|text| text.value).filter(|text| !text.is_empty())
    }

    /// Text that must be there.
    pub(super) fn required(&self, key: &str, example: &str) -> Option<Placed<String>> {
        match self.placed(key) {
            Some(text) if !text.value.trim().is_empty() => Some(text),
            None if self.node(key).is_some() => None,
            _ => {
                self.missing(key, example);
                None
            }
        }
    }

    /// Complains that a field is not there.
    pub(super) fn missing(&self, key: &str, example: &str) {
        if self.misspelt.iter().any(|meant| meant == key) {
            return;
        }
        self.error(
            self.key_span(key),
            format!("{} has no `{key}`", self.name),
            format!("add `{key}: {example}`"),
        );
    }

    /// One of several words; the first of several names for the same value counts as its own.
    pub(super) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.placed(key)?;
        let found = choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text.value));
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            let hint = match closest(&text.value, &words) {
                Some(meant) => format!(" (did you mean `{meant}`?)"),
                None => String::new(),
            };
            self.error(
                text.span,
                format!("`{}` is no value of `{key}`", printable(&text.value)),
                format!("write {}{hint}", listed(&words)),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// `yes`, `no`, `true` or `false`.
    pub(super) fn yes_no(&self, key: &str) -> Option<bool> {
        self.choice(key, &[("yes", true), ("no", false), ("true", true), ("false", false)])
    }

    /// A number or anything else that can be read from text.
    pub(super) fn parsed<T: FromStr>(&self, key: &str, example: &str) -> Option<T> {
        let text = self.placed(key)?;
        let value = text.value.parse().ok();
        if value.is_none() {
            self.error(
                text.span,
                format!("`{}` is no value of `{key}`", printable(&text.value)),
                format!("write it as in `{key}: {example}`"),
            );
        }
        value
    }

    /// A whole number within limits.
    pub(super) fn count(&self, key: &str, limits: RangeInclusive<usize>) -> Option<usize> {
        let text = self.placed(key)?;
        let value = text.value.parse().ok().filter(|value| limits.contains(value));
        if value.is_none() {
            self.error(
                text.span,
                format!("`{}` is no value of `{key}`", printable(&text.value)),
                format!("write a whole number from {} to {}", limits.start(), limits.end()),
            );
        }
        value
    }

    /// A password: literal, from the environment, or from the file that `<key>_file` names.
    pub(super) fn secret(&self, key: &str) -> Option<Secret> {
        let file_key = format!("{key}_file");
        let file = self.placed(&file_key);
        let Some(node) = self.node(key) else {
            let Some(file) = file else {
                self.missing(key, "\"${PBX_PASSWORD}\"");
                return None;
            };
            return self.secret_file(&file);
        };
        if let Some(file) = file {
            self.error(
                file.span,
                format!("{} has both `{key}` and `{file_key}`", self.name),
                "keep one of the two",
            );
        }
        let Value::Scalar(text) = &node.value else {
            self.error(node.span, format!("`{key}` must be a single value"), "put it in quotes");
            return None;
        };
        match expand(text, self.reading.environment) {
            Ok(value) if value.is_empty() => {
                self.error(node.span, format!("`{key}` is empty"), "write \"${NAME}\"");
                None
            }
            Ok(value) => Some(Secret::new(value)),
            Err(error) => {
                let remedy = match &error {
                    super::environment::ExpandError::Unset(name)
                    | super::environment::ExpandError::Empty(name) => {
                        format!("set it before the run: export {name}=…")
                    }
                    _ => "write \"${NAME}\", or use `password_file`".to_owned(),
                };
                self.error(node.span, error.to_string(), remedy);
                None
            }
        }
    }

    fn secret_file(&self, file: &Placed<String>) -> Option<Secret> {
        let path = self.reading.folder.join(&file.value);
        let shown = printable(&file.value);
        match std::fs::read_to_string(&path) {
            Ok(text) if text.trim().is_empty() => {
                self.error(
                    file.span,
                    format!("{shown} is empty"),
                    "write the password in its first line",
                );
                None
            }
            Ok(text) => Some(Secret::new(text.lines().next().unwrap_or_default())),
            Err(error) => {
                self.error(
                    file.span,
                    format!("{shown} cannot be read: {}", error.kind()),
                    "give a readable file; a relative path starts at the profile's folder",
                );
                None
            }
        }
    }
}

/// A value in the form in which a message may quote it: short, and nothing in it
/// that a terminal obeys.
pub(super) fn printable(text: &str) -> String {
    let mut shown: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown.replace("\\'", "'").replace("\\\"", "\"")
}
