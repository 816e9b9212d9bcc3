//! Standard output and error: what they are, and writing to them without panicking
//! when a pipe closes.

use std::io::{IsTerminal, Write};

use crate::report::Style;

/// The process's two streams and how they want their text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    out: Style,
    error: Style,
    /// Whether standard error is a terminal that a progress display may redraw.
    pub interactive: bool,
}

impl Console {
    /// Looks at the streams and at NO_COLOR, COLUMNS and TERM.
    pub(super) fn detect() -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let style = |terminal: bool, measured: Option<usize>| Style {
            width: width.or(measured).unwrap_or(80),
            color: terminal && !no_color,
        };
        let (out, error) = (std::io::stdout(), std::io::stderr());
        let columns = |handle: &dyn std::os::fd::AsFd| {
            let size = rustix::termios::tcgetwinsize(handle.as_fd()).ok()?;
            (size.ws_col > 0).then_some(usize::from(size.ws_col))
        };
        Self {
            out: style(out.is_terminal(), columns(&out)),
            error: style(error.is_terminal(), columns(&error)),
            interactive: error.is_terminal(),
        }
    }

    /// How standard output wants its text.
    pub(super) fn style(&self) -> Style {
        self.out
    }

    /// How standard error wants its text.
    pub(super) fn error_style(&self) -> Style {
        self.error
    }

    /// Writes to standard output. A reader that has gone away is no error of ours.
    #[expect(clippy::unused_self, reason = "callers write through the console they were given")]
    pub(super) fn out(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Writes to standard error.
    #[expect(clippy::unused_self, reason = "callers write through the console they were given")]
    pub(super) fn error(&self, text: &str) {
        let mut error = std::io::stderr().lock();
        let _ = error.write_all(text.as_bytes()).and_then(|()| error.flush());
    }
}
