//! `run.json`: the record itself (design §4).

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::record::{Run, SCHEMA};

use super::clean::is_harmful;

/// The record, indented, fields in a fixed order. Characters that could act on a
/// terminal are escaped; what they were is not lost.
pub fn write_json(run: &Run) -> String {
    pretty(run)
}

/// Any value as [`write_json`] writes a run.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|_| "{}".to_owned());
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // Outside strings JSON has none of these, inside a string \u stands for them.
        if is_harmful(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

/// A text is no record that this version reads.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not JSON, or cut off.
    #[error("not valid JSON, or cut off: {0}")]
    NotJson(serde_json::Error),
    /// JSON, but not of a run.
    #[error("no record of a run: it has no `schema` number")]
    NoRecord,
    /// From another version.
    #[error(
        "written with schema {found}, but this version reads schema {SCHEMA}: use the pbxcert that wrote it ({by})"
    )]
    Schema {
        /// Its schema.
        found: u64,
        /// The version that wrote it.
        by: String,
    },
    /// The schema is right, but a field is not.
    #[error("damaged record: {0}")]
    Damaged(serde_json::Error),
}

/// Reads a record that [`write_json`] wrote.
pub fn read_json(text: &str) -> Result<Run, RecordError> {
    let value: Value = serde_json::from_str(text).map_err(RecordError::NotJson)?;
    let found = value.get("schema").and_then(Value::as_u64).ok_or(RecordError::NoRecord)?;
    if found != u64::from(SCHEMA) {
        let by = value.get("tool_version").and_then(Value::as_str).unwrap_or("unknown version");
        return Err(RecordError::Schema { found, by: super::clean(by) });
    }
    serde_json::from_str(text).map_err(RecordError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn what_is_written_can_be_read() {
        for run in [sample::passing(), sample::failing(), sample::interrupted(), sample::hostile()]
        {
            let text = write_json(&run);
            assert_eq!(read_json(&text).unwrap(), run);
            assert_eq!(text, write_json(&run));
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_plainly() {
        let error = |text: &str| read_json(text).unwrap_err().to_string();
        let whole = write_json(&sample::failing());
        assert!(error(&whole[..whole.len() / 2]).contains("cut off"));
        assert!(error("[]").contains("no record"));
        assert!(error("{\"schema\": 99, \"tool_version\": \"9.0\"}").contains("schema 99"));
        assert!(error(&format!("{{\"schema\": {SCHEMA}}}")).contains("damaged"));
    }
}
