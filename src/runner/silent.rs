//! The parser and the writer that cucumber is given: features that are read already,
//! and nothing to print, since progress and verdicts go their own ways.

use cucumber::gherkin::Feature;
use cucumber::{Event, Parser, Writer, cli, event, parser, writer};
use futures::stream;

/// Hands parsed features over.
pub(super) struct Parsed;

impl Parser<Vec<Feature>> for Parsed {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, features: Vec<Feature>, _: cli::Empty) -> Self::Output {
        stream::iter(features.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

/// Prints nothing; counts what only cucumber itself can see: hooks that panicked.
#[derive(Debug, Default)]
pub(super) struct Silent {
    pub(super) broken_hooks: usize,
}

impl<W> Writer<W> for Silent {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        event: parser::Result<Event<event::Cucumber<W>>>,
        _: &cli::Empty,
    ) {
        if let Ok(event) = event
            && let event::Cucumber::Feature(_, event::Feature::Scenario(_, scenario)) = &event.value
            && let event::Scenario::Hook(_, event::Hook::Failed(..)) = &scenario.event
        {
            self.broken_hooks += 1;
        }
    }
}

impl writer::Normalized for Silent {}
