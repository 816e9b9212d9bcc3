//! Live progress: a redrawn display on a terminal, plain lines otherwise.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Console;
use crate::record::{Event, Verdict};
use crate::report::clean;

/// How a run shows that it is alive.
pub(super) struct Progress {
    console: Console,
    quiet: bool,
    display: Option<MultiProgress>,
    running: BTreeMap<(String, String), ProgressBar>,
    done: usize,
    planned: usize,
}

impl Progress {
    pub(super) fn new(console: Console, quiet: bool) -> Self {
        let display = (console.interactive && !quiet)
            .then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Self { console, quiet, display, running: BTreeMap::new(), done: 0, planned: 0 }
    }

    /// Shows an event.
    pub(super) fn show(&mut self, event: &Event) {
        match event {
            Event::RunStarted { planned, .. } => self.planned = *planned,
            Event::ScenarioStarted { clause, title } => self.start(clause, title),
            Event::StepStarted { clause, title, text } => {
                if let Some(bar) = self.running.get(&(clause.clone(), title.clone())) {
                    bar.set_message(format!("{:<7} {}", clean(clause), clean(text)));
                }
            }
            Event::StepFinished { .. } => {}
            Event::ScenarioFinished(scenario) => {
                self.done += 1;
                if let Some(bar) =
                    self.running.remove(&(scenario.clause.clone(), scenario.title.clone()))
                {
                    bar.finish_and_clear();
                }
                let line = self.finished_line(
                    &scenario.clause,
                    &scenario.title,
                    scenario.verdict,
                    scenario.duration_s,
                );
                self.line(&line);
            }
            Event::RunFinished(_) => {
                if let Some(display) = &self.display {
                    let _ = display.clear();
                }
            }
        }
    }

    fn start(&mut self, clause: &str, title: &str) {
        let Some(display) = &self.display else { return };
        let bar = display.add(ProgressBar::new_spinner());
        let template = "{spinner} {elapsed:>4} {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        self.running.insert((clause.to_owned(), title.to_owned()), bar);
    }

    fn finished_line(&self, clause: &str, title: &str, verdict: Verdict, seconds: f64) -> String {
        let width = self.console.error_style().width.clamp(40, 200);
        let head =
            format!("[{:>2}/{}] {:<12} {:<7} ", self.done, self.planned, verdict, clean(clause));
        let tail = format!(" {seconds:.1} s");
        let room = width.saturating_sub(head.chars().count() + tail.chars().count());
        let title = clean(title);
        let title = if title.chars().count() > room {
            format!("{}…", title.chars().take(room.saturating_sub(1)).collect::<String>())
        } else {
            title
        };
        format!("{head}{title}{tail}")
    }

    fn line(&self, text: &str) {
        if self.quiet {
            return;
        }
        match &self.display {
            Some(display) => {
                let _ = display.println(text);
            }
            None => self.console.error(&format!("{text}\n")),
        }
    }
}
