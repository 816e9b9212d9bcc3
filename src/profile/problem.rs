//! What is wrong with a profile, and how it is shown.

use std::fmt;
use std::path::PathBuf;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource};

use super::tree::Span;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The profile can be used, but the guide recommends otherwise.
    Warning,
    /// The profile cannot be used.
    Error,
}

/// One complaint about one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, a lowercase fragment.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// First and last byte in the file; `None` if the whole file is meant.
    span: Option<Span>,
}

impl Problem {
    pub(super) fn error(
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            remedy: remedy.into(),
            span: span.into(),
        }
    }

    pub(super) fn warning(
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message, remedy) }
    }

    pub(super) fn start(&self) -> usize {
        self.span.map_or(0, |span| span.start)
    }
}

/// All complaints about one file, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    file: PathBuf,
    /// The file's text, passwords and control characters masked.
    text: String,
    list: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(file: PathBuf, masked: String, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(Problem::start);
        Self { file, text: masked, list }
    }

    /// The complaints.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Line and column of a complaint, both from 1, the column in characters.
    pub fn place(&self, problem: &Problem) -> Option<(usize, usize)> {
        let before = self.text.get(..problem.span?.start)?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
        Some((line, column))
    }

    /// The complaints with the lines they are about, carets and remedies, at most
    /// `width` columns wide where a line of the file is not longer.
    pub fn render(&self, width: usize, color: bool) -> String {
        let theme =
            if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width.max(20))
            .with_context_lines(1)
            .with_links(false);
        let mut out = String::new();
        for problem in &self.list {
            let shown = Shown {
                problem,
                // A snippet names its place in its own heading.
                message: match problem.span {
                    Some(_) => problem.message.clone(),
                    None => format!("{}: {}", self.name(), problem.message),
                },
                source: NamedSource::new(self.name(), self.text.clone()),
            };
            if handler.render_report(&mut out, &shown).is_err() {
                out.push_str(&shown.message);
            }
        }
        out
    }

    fn name(&self) -> String {
        super::section::printable(&self.file.to_string_lossy())
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    /// One line for each complaint: `file:line:column: message; remedy`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&self.name())?;
            if let Some((line, column)) = self.place(problem) {
                write!(f, ":{line}:{column}")?;
            }
            write!(f, ": {}; {}", problem.message, problem.remedy)?;
        }
        Ok(())
    }
}

/// A profile cannot be used. Warnings may stand among the errors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProfileError(pub Problems);

impl ProfileError {
    /// See [`Problems::render`].
    pub fn render(&self, width: usize, color: bool) -> String {
        self.0.render(width, color)
    }
}

/// A problem in the form that miette draws.
struct Shown<'a> {
    problem: &'a Problem,
    message: String,
    source: NamedSource<String>,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.problem.remedy))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.problem.span.is_some().then_some(&self.source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.problem.span?;
        let label =
            LabeledSpan::new(Some("here".to_owned()), span.start, (span.end - span.start).max(1));
        Some(Box::new(std::iter::once(label)))
    }
}
