//! How a terminal wants its text.

use std::fmt::Display;

use crate::record::Verdict;

/// Width and colour of the terminal, as its caller found them. The default is a
/// pipe: 80 columns, no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns.
    pub width: usize,
    /// Whether colour is wanted.
    pub color: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, color: false }
    }
}

impl Style {
    /// The narrowest width that is laid out; below it lines are longer than asked.
    pub const NARROWEST: usize = 40;

    /// The width to lay out for.
    pub(super) fn columns(self) -> usize {
        self.width.clamp(Self::NARROWEST, 140)
    }

    /// Text in the colour of a verdict.
    pub(super) fn verdict(self, verdict: Verdict, text: impl Display) -> String {
        let code = match verdict {
            Verdict::Pass => "32",
            Verdict::Note => "36",
            Verdict::Unsupported => "2",
            Verdict::Warn => "33",
            Verdict::Inconclusive => "35",
            Verdict::Fail => "1;31",
        };
        self.paint(code, text)
    }

    /// Bold text.
    pub(super) fn bold(self, text: impl Display) -> String {
        self.paint("1", text)
    }

    fn paint(self, code: &str, text: impl Display) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }
}
