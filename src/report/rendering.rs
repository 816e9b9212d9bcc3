//! The table of output files.

use crate::record::{Run, Scenario};

use super::{Ladder, cucumber_messages, html, junit, ladder, markdown, write_json};

/// A file in the run's folder.
#[derive(Debug, Clone, Copy)]
pub struct Rendering {
    /// Name of the file.
    pub name: &'static str,
    /// Its content.
    pub render: fn(&Run) -> String,
}

/// A file in the folder of each scenario.
#[derive(Debug, Clone, Copy)]
pub struct ScenarioRendering {
    /// Name of the file.
    pub name: &'static str,
    /// What it holds, for links to it.
    pub title: &'static str,
    /// Its content.
    pub render: fn(&Run, &Scenario) -> String,
}

/// Files of a run, in the order in which they are written: the record first.
pub const RENDERINGS: &[Rendering] = &[
    Rendering { name: "run.json", render: write_json },
    Rendering { name: "junit.xml", render: junit },
    Rendering { name: "summary.md", render: markdown },
    Rendering { name: "index.html", render: html },
    Rendering { name: "messages.ndjson", render: cucumber_messages },
];

/// Files of each scenario.
pub const SCENARIO_RENDERINGS: &[ScenarioRendering] = &[ScenarioRendering {
    name: "ladder.txt",
    title: "SIP messages",
    render: |_, scenario| ladder(scenario, Ladder { width: 100, most: usize::MAX }),
}];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn no_rendering_lets_control_characters_through() {
        for run in [sample::passing(), sample::failing(), sample::interrupted(), sample::hostile()]
        {
            for rendering in RENDERINGS {
                sample::assert_harmless(rendering.name, &(rendering.render)(&run));
            }
            for scenario in &run.scenarios {
                for rendering in SCENARIO_RENDERINGS {
                    sample::assert_harmless(rendering.name, &(rendering.render)(&run, scenario));
                }
            }
        }
    }

    #[test]
    fn a_run_without_scenarios_can_be_rendered() {
        for rendering in RENDERINGS {
            assert!(!(rendering.render)(&Run::default()).is_empty(), "{}", rendering.name);
        }
    }
}
