//! YAML as a tree that knows where everything stands.
//!
//! serde would stop at the first wrong field. The tree lets the readers of the
//! sections complain about all of them, each at its place. Scalars stay text as
//! written, so that `+441632960101` and `01001` keep their plus and zero.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use serde_yaml::options::DuplicateKeyPolicy;

/// A stretch of the file, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// First byte.
    pub(super) start: usize,
    /// Byte after the last.
    pub(super) end: usize,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Nothing after the colon, `~` or `null`.
    Null,
    /// Any scalar, as text.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping in the order of the file, duplicates included.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) node: Node,
}

/// Reads one document.
pub(super) fn parse(text: &str) -> Result<Node, serde_yaml::Error> {
    let options = serde_yaml::options! {
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
    };
    let raw: Spanned<Raw> = serde_yaml::from_str_with_options(text, options)?;
    Ok(settle(raw, text))
}

/// What the YAML reader hands over, before the source text is consulted.
enum Raw {
    Null,
    Text(String),
    /// A scalar that the reader took for a number or boolean: its source text counts.
    Typed,
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn span_of(location: serde_yaml::Location, text: &str) -> Span {
    let span = location.span();
    let byte = |value: Option<u64>| value.and_then(|v| usize::try_from(v).ok()).unwrap_or(0);
    let start = byte(span.byte_offset()).min(text.len());
    let end = start.saturating_add(byte(span.byte_len())).min(text.len());
    // An anchor or a block may reach far: only the first line is worth a caret.
    let covered = text.get(start..end).unwrap_or_default();
    let line = covered.split('\n').next().unwrap_or_default().trim_end();
    Span { start, end: start + line.len() }
}

fn settle(raw: Spanned<Raw>, text: &str) -> Node {
    let span = span_of(raw.referenced, text);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Text(value) => Value::Scalar(value),
        Raw::Typed => {
            let source = span_of(raw.defined, text);
            Value::Scalar(text.get(source.start..source.end).unwrap_or_default().trim().to_owned())
        }
        Raw::List(items) => Value::List(items.into_iter().map(|item| settle(item, text)).collect()),
        Raw::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, node)| Entry {
                    key_span: span_of(key.referenced, text),
                    key: key.value,
                    node: settle(node, text),
                })
                .collect(),
        ),
    };
    Node { span, value }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, a list or a mapping")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key()? {
            map.push((key, entries.next_value()?));
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump(node: &Node, text: &str, into: &mut Vec<String>) {
        match &node.value {
            Value::Null => into.push("null".to_owned()),
            Value::Scalar(value) => {
                into.push(format!("{value}|{}", &text[node.span.start..node.span.end]));
            }
            Value::List(items) => items.iter().for_each(|item| dump(item, text, into)),
            Value::Map(entries) => {
                for entry in entries {
                    into.push(format!(
                        "{}:{}",
                        entry.key,
                        &text[entry.key_span.start..entry.key_span.end]
                    ));
                    dump(&entry.node, text, into);
                }
            }
        }
    }

    #[test]
    fn scalars_stay_as_written_and_know_their_place() {
        let text =
            "é: +441632960101 # c\nb: { c: 01001, d: no, c: \"x y\" }\ne: [1e3, ~, 'q']\nf:\n";
        let mut seen = Vec::new();
        dump(&parse(text).unwrap(), text, &mut seen);
        assert_eq!(
            seen,
            [
                "é:é",
                "+441632960101|+441632960101",
                "b:b",
                "c:c",
                "01001|01001",
                "d:d",
                "no|no",
                "c:c",
                "x y|\"x y\"",
                "e:e",
                "1e3|1e3",
                "null",
                "q|'q'",
                "f:f",
                "null"
            ]
        );
    }

    #[test]
    fn anchors_and_merges_work() {
        let text = "a: &x { k: 5 }\nb: *x\nc: { <<: *x, l: 6 }\n";
        let mut seen = Vec::new();
        dump(&parse(text).unwrap(), text, &mut seen);
        let values: Vec<&str> =
            seen.iter().filter_map(|s| s.split_once('|')).map(|(v, _)| v).collect();
        assert_eq!(values.len(), 4, "{seen:?}");
        assert_eq!(values.iter().filter(|v| **v == "5").count(), 3, "{seen:?}");
    }

    #[test]
    fn what_is_no_yaml_is_an_error_with_a_place() {
        let error = parse("a: [1, 2\nb: 3\n").unwrap_err();
        assert!(error.location().is_some(), "{error}");
    }
}
