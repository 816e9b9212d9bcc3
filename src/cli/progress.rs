//! Live progress: a redrawn display on a terminal, plain lines otherwise.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Console;
use crate::record::{Event, Scenario};
use crate::report::{clean, cut};

/// From this width on columns are aligned; below, the title gets the room.
const ALIGNED: usize = 60;

/// How a run shows that it is alive.
pub(super) struct Progress {
    console: Console,
    quiet: bool,
    display: Option<MultiProgress>,
    running: BTreeMap<(String, String), Running>,
    done: usize,
    planned: usize,
}

/// A scenario that runs, and what it waits for.
struct Running {
    bar: Option<ProgressBar>,
    step: String,
    since: Instant,
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
                if let Some(one) = self.running.get_mut(&(clause.clone(), title.clone())) {
                    (one.step, one.since) = (clean(text), Instant::now());
                    if let Some(bar) = &one.bar {
                        bar.set_message(format!("{:<8} {}", clean(clause), one.step));
                    }
                }
            }
            Event::StepFinished { .. } => {}
            Event::ScenarioFinished(scenario) => {
                self.done += 1;
                let key = (scenario.clause.clone(), scenario.title.clone());
                if let Some(bar) = self.running.remove(&key).and_then(|one| one.bar) {
                    bar.finish_and_clear();
                }
                let line = finished(scenario, self.done, self.planned, self.width());
                self.line(&line);
            }
            Event::RunFinished(_) => {
                if let Some(display) = &self.display {
                    let _ = display.clear();
                }
            }
        }
    }

    /// Where nothing is redrawn: what each running scenario waits for, in case that nobody
    /// heard of any for a while.
    pub(super) fn waiting(&self) {
        if self.display.is_some() {
            return;
        }
        for ((clause, _), one) in &self.running {
            let seconds = one.since.elapsed().as_secs();
            let line = waits(clause, &one.step, seconds, (self.done, self.planned), self.width());
            self.line(&line);
        }
    }

    fn width(&self) -> usize {
        self.console.error_style().width.clamp(40, 200)
    }

    fn start(&mut self, clause: &str, title: &str) {
        let bar = self.display.as_ref().map(|display| {
            let bar = display.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let running = Running { bar, step: clean(title), since: Instant::now() };
        self.running.insert((clause.to_owned(), title.to_owned()), running);
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

/// A scenario that has ended, in one line of at most so many columns.
fn finished(scenario: &Scenario, done: usize, planned: usize, width: usize) -> String {
    let head = head((done, planned), scenario.verdict.word(), &scenario.clause, width);
    fitted(&head, &clean(&scenario.title), &format!(" {:.1} s", scenario.duration_s), width)
}

/// A step that a scenario waits for.
fn waits(clause: &str, step: &str, seconds: u64, counted: (usize, usize), width: usize) -> String {
    let what = if width < ALIGNED { "waits" } else { "waits for" };
    fitted(&head(counted, what, clause, width), step, &format!(" ({seconds} s)"), width)
}

fn head((done, planned): (usize, usize), what: &str, clause: &str, width: usize) -> String {
    let clause = clean(clause);
    if width < ALIGNED {
        format!("[{done}/{planned}] {what} {clause} ")
    } else {
        format!("[{done:>2}/{planned}] {what:<12} {clause:<8} ")
    }
}

fn fitted(head: &str, text: &str, tail: &str, width: usize) -> String {
    let room = width.saturating_sub(head.chars().count() + tail.chars().count());
    format!("{head}{}{tail}", cut(text, room))
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::record::Verdict;

    #[test]
    fn lines_fit_and_keep_most_of_the_title() {
        let scenario = Scenario {
            clause: "7.1.4b".to_owned(),
            title: "User A 呼叫 and blind transfers the call to an external number".to_owned(),
            verdict: Verdict::Inconclusive,
            duration_s: 72.7,
            ..Scenario::default()
        };
        for width in [40, 59, 60, 80, 200] {
            let line = finished(&scenario, 3, 15, width);
            assert!(line.width() <= width && line.ends_with(" 72.7 s"), "{width}: {line}");
            let line = waits("7.1.1", "the caller hears hold music", 12, (3, 15), width);
            assert!(line.width() <= width && line.contains("the caller"), "{width}: {line}");
        }
        assert_eq!(
            waits("7.1.1", "the caller hears hold music", 12, (3, 15), 80),
            "[ 3/15] waits for    7.1.1    the caller hears hold music (12 s)"
        );
    }
}
