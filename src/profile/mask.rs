//! Hides passwords in the text of a profile before any of it is shown or hashed.
//!
//! It works on text, not on the tree, since the text that needs it most is the one
//! that could not be read. Lengths in bytes do not change, so carets stay in place.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A key that may hold a password, also misspelt, with what separates it from its
/// value: a colon or equals sign anywhere, or just space at the start of a line.
#[expect(clippy::expect_used, reason = "a constant pattern, compiled by the tests")]
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    let word = r#"["']?[\w-]*(?:pas{0,2}w|passphrase|pwd|secret)[\w-]*["']?"#;
    Regex::new(&format!(
        r#"(?im)(?:^|[\s{{,\[\-?("']){word}[ \t]*[:=]+[ \t]*|^[ \t]*(?:[-?][ \t]+)*{word}(?:[ \t]+|$)"#
    ))
    .expect("constant pattern")
});

/// The text with every literal password replaced by as many bytes of `*`, and with
/// control characters, which a terminal might obey, replaced by `?`.
pub(super) fn masked(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for key in KEY.find_iter(text) {
        if key.as_str().trim_end_matches([':', '=', ' ', '\t']).ends_with("_file") {
            continue;
        }
        for range in secrets_after(text, key.start(), key.end()) {
            // Line breaks stay, so that line numbers do.
            bytes[range].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b'*');
        }
    }
    let masked = String::from_utf8_lossy(&bytes).into_owned();
    let mut out = String::with_capacity(masked.len());
    for c in masked.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => out.push(' '),
            c if c.is_control() || is_bidi(c) => (0..c.len_utf8()).for_each(|_| out.push('?')),
            c => out.push(c),
        }
    }
    out
}

/// Characters that reorder the text around them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The stretches of the value after a key that are no `${NAME}`.
fn secrets_after(text: &str, key: usize, value: usize) -> Vec<Range<usize>> {
    let rest = &text[value..];
    match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let end = closing(&rest[1..], quote).unwrap_or(rest.len() - 1);
            literal_parts(text, value + 1..value + 1 + end)
        }
        // A block scalar, or a value on the lines below.
        None | Some('|' | '>' | '\n' | '\r' | '#' | '&' | '!') => {
            let of_key = indent(&text[line_start(text, key, value)..]);
            let mut ranges = Vec::new();
            let mut at = value + rest.find('\n').map_or(rest.len(), |n| n + 1);
            // The rest of the line should be no more than an indicator; nobody knows.
            let indicator = usize::from(rest.starts_with(['|', '>', '#', '&', '!']));
            ranges.extend(literal_parts(text, value + indicator..at));
            for line in text[at..].split_inclusive('\n') {
                let is_value = line.trim_start().starts_with(':');
                if !line.trim().is_empty() && indent(line) <= of_key && !is_value {
                    break;
                }
                ranges.extend(literal_parts(text, at..at + line.trim_end().len()));
                at += line.len();
            }
            ranges
        }
        Some(_) => {
            let line = rest.split('\n').next().unwrap_or_default();
            // In a flow mapping the value ends at a comma or brace; outside it does
            // not, so a brace is an end only where the mapping was opened before the
            // key on this line. Masking too much is the lesser evil.
            let end = plain_end(&text[line_start(text, key, value)..value], line);
            literal_parts(text, value..value + line[..end].trim_end().len())
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if quote == '"' && c == '\\' {
            escaped = true;
        } else if c == quote {
            return Some(at);
        }
    }
    None
}

/// Start of the line that a key stands on; the match of a key may begin with the line
/// break before it.
fn line_start(text: &str, key: usize, value: usize) -> usize {
    let lead = text[key..value].len() - text[key..value].trim_start().len();
    text[..key + lead].rfind('\n').map_or(0, |at| at + 1)
}

/// Where a plain value ends on its line, given what stands before it.
fn plain_end(before: &str, line: &str) -> usize {
    let in_flow = before.contains('{') || before.trim_start().starts_with(',');
    if !in_flow {
        return line.len();
    }
    let mut depth = 0_i32;
    for (at, c) in line.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return at,
            '}' => depth -= 1,
            ',' if line[at + 1..].starts_with(' ') => return at,
            _ => {}
        }
    }
    line.len()
}

/// The range without the `${NAME}` in it.
fn literal_parts(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut at = range.start;
    while let Some(found) = text[at..range.end].find("${") {
        let start = at + found;
        let Some(close) = text[start..range.end].find('}') else { break };
        let name = &text[start + 2..start + close];
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            break;
        }
        parts.push(at..start);
        at = start + close + 1;
    }
    parts.push(at..range.end);
    parts.retain(|part| !text[part.clone()].trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_passwords_disappear_and_lengths_stay() {
        for text in [
            "password: hunter2\n",
            "password: \"hunter2\"\n",
            "password: \"hun\\\"ter2, x\" # hunter2x\n".trim_end_matches(" # hunter2x\n"),
            "- { name: A, password: hunter2, number: \"1\" }\n",
            "- {name: A, password: 'hunter2}', number: \"1\"}\n",
            "  passwrd: hunter2\n",
            "  pasword: hunter2\n",
            "  \"password\": hunter2",
            "password:\n  hunter2\n",
            "- password: |\n    hunter2\n    hunter2\n  number: 1\n",
            "password: \"hunter2\n",
            "password: hunter2}\n",
            "password: &x hunter2\n",
            "password: pre${VAR}hunter2\n",
            "registrar: { secret: hunter2 }\n",
            "password:hunter2\n",
            "password hunter2\n",
            "  - password = hunter2\n",
            "password: |hunter2\n",
            "? password\n: hunter2\n",
            "password: x #hunter2 #hunter2\n",
            "#   password: hunter2\n",
        ] {
            let shown = masked(text);
            assert_eq!(shown.len(), text.len(), "{text}");
            assert_eq!(shown.lines().count(), text.lines().count(), "{text}");
            assert!(!shown.contains("hunter2") && !shown.contains("ter2"), "{text}→{shown}");
            assert_eq!(shown.contains("number"), text.contains("number"), "{shown}");
        }
    }

    #[test]
    fn variables_and_other_keys_stay() {
        for text in [
            "password: \"${PBX_PASSWORD_A}\"\n",
            "- { username: \"1001\", password: ${A}, number: \"+44\" }\n",
            "password_file: secrets/a\n",
            "name: password\nnumber: 5\n",
            "# Passwords come from the environment.\n",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn escape_sequences_do_not_reach_a_terminal() {
        assert_eq!(masked("a: \u{1b}[31m\u{9b}\u{202e}\r\n"), "a: ?[31m????? \n");
    }
}
