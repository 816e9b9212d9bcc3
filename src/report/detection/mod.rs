//! The detection matrix: a run with a defect against what should have been found, and the
//! matrix of all of them in several renderings.

mod judge;
mod markdown;
mod page;
mod terminal;

#[cfg(test)]
pub(super) mod sample;

pub use judge::{clean_run, detection};
pub use markdown::detection_markdown;
pub use page::detection_html;
pub use terminal::{detection_line, detection_summary};

use crate::record::DetectionMatrix;

/// `defects.json`: the matrix in the form that scripts may rely on (design §4).
pub fn detection_json(matrix: &DetectionMatrix) -> String {
    let mut text = serde_json::to_string_pretty(matrix).unwrap_or_default();
    text.push('\n');
    text
}
