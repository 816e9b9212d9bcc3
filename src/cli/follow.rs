//! What happens beside a run: progress is shown, and the folder is kept such that a run
//! that is killed leaves a record that can be read and a page that can be opened.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::block_in_place;
use tokio::time::timeout;

use super::folder::Folder;
use super::progress::Progress;
use crate::record::{Event, Run, Scenario, Verdict};

/// How long nothing is said before it is said what is waited for.
const SILENCE: Duration = Duration::from_secs(20);

/// Follows a run until its events end; the first error of the disk.
pub(super) async fn follow(
    mut events: UnboundedReceiver<Event>,
    folder: Folder,
    mut progress: Progress,
) -> io::Result<()> {
    let mut partial = Run::default();
    let mut planned = 0;
    let mut outcome = Ok(());
    loop {
        let event = match timeout(SILENCE, events.recv()).await {
            Ok(Some(event)) => event,
            Ok(None) => return outcome,
            Err(_) => {
                progress.waiting();
                continue;
            }
        };
        match &event {
            Event::ScenarioStarted { clause, title } => tracing::info!(clause, title, "begins"),
            Event::StepFinished { clause, text, verdict, .. } => {
                tracing::info!(clause, text, %verdict, "judged");
            }
            _ => {}
        }
        progress.show(&event);
        // Calls go on meanwhile: their tasks must not wait for our disk.
        let written = match event {
            Event::RunStarted { run, planned: count } => {
                (partial, planned) = (*run, count);
                block_in_place(|| folder.write_so_far(&partial, planned))
            }
            Event::ScenarioFinished(scenario) => block_in_place(|| {
                let files = folder.write_scenario(&partial, &scenario);
                add(&mut partial, *scenario);
                files.and_then(|()| folder.write_so_far(&partial, planned))
            }),
            _ => Ok(()),
        };
        outcome = outcome.and(written);
    }
}

/// Adds a scenario where the plan has it, whenever it ended.
fn add(partial: &mut Run, scenario: Scenario) {
    partial.wall_s = scenario.started_s + scenario.duration_s;
    partial.mandated_s += scenario.mandated_s;
    let uris: Vec<&str> = partial.features.iter().map(|feature| feature.uri.as_str()).collect();
    let place = |scenario: &Scenario| {
        let (uri, line) = scenario.source.rsplit_once(':').unwrap_or_default();
        let file = uris.iter().position(|one| *one == uri).unwrap_or(usize::MAX);
        (file, line.parse().unwrap_or(usize::MAX))
    };
    let at = partial.scenarios.partition_point(|one| place(one) <= place(&scenario));
    partial.scenarios.insert(at, scenario);
    partial.verdict = partial.worst().max(Verdict::Inconclusive);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::FeatureSource;

    #[test]
    fn scenarios_stand_in_the_order_of_the_plan_whenever_they_end() {
        let feature = |uri: &str| FeatureSource { uri: uri.to_owned(), text: String::new() };
        let mut run = Run {
            features: vec![feature("f/06.feature"), feature("f/07.feature")],
            ..Run::default()
        };
        for source in ["f/07.feature:5", "f/06.feature:12", "f/06.feature:5", "f/07.feature:31"] {
            add(&mut run, Scenario { source: source.to_owned(), ..Scenario::default() });
        }
        let order: Vec<&str> = run.scenarios.iter().map(|one| one.source.as_str()).collect();
        assert_eq!(
            order,
            ["f/06.feature:5", "f/06.feature:12", "f/07.feature:5", "f/07.feature:31"]
        );
    }
}
