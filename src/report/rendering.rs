//! The table of output files.

use crate::record::{Run, Scenario};

use super::{
    Ladder, Matrix, cucumber_messages, html, junit, ladder, ladder_svg, markdown, matrix_html,
    matrix_json, write_json,
};

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

/// Name of the page, which is also written while the run goes on.
pub const PAGE: &str = "index.html";

/// A file about several runs.
#[derive(Debug, Clone, Copy)]
pub struct MatrixRendering {
    /// Name of the file.
    pub name: &'static str,
    /// Its content.
    pub render: fn(&Matrix<'_>) -> String,
}

/// Files of a run, in the order in which they are written: the record first.
pub const RENDERINGS: &[Rendering] = &[
    Rendering { name: "run.json", render: write_json },
    Rendering { name: "junit.xml", render: junit },
    Rendering { name: "summary.md", render: markdown },
    Rendering { name: PAGE, render: html },
    Rendering { name: "messages.ndjson", render: cucumber_messages },
];

/// Files of each scenario.
pub const SCENARIO_RENDERINGS: &[ScenarioRendering] = &[
    ScenarioRendering {
        name: "ladder.txt",
        title: "SIP messages as text",
        render: |_, scenario| ladder(scenario, Ladder { width: 100, most: usize::MAX }),
    },
    ScenarioRendering {
        name: "ladder.svg",
        title: "SIP messages and hearing as a picture",
        render: ladder_svg,
    },
];

/// The folder of a scenario's files, as its evidence names it; `None` where it has none. A
/// record may come from anywhere, so it cannot name a folder outside the run's.
pub fn scenario_folder(scenario: &Scenario) -> Option<&str> {
    let (folder, _) = scenario.evidence.first()?.path.split_once('/')?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_name = folder.starts_with(|c: char| c.is_ascii_alphanumeric());
    (is_name && folder.len() <= 64 && folder.chars().all(is_plain)).then_some(folder)
}

/// Files about several runs.
pub const MATRIX_RENDERINGS: &[MatrixRendering] = &[
    MatrixRendering { name: "matrix.html", render: matrix_html },
    MatrixRendering { name: "matrix.json", render: matrix_json },
];

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
    fn a_record_names_no_folder_outside_the_runs() {
        let folder = |path: &str| {
            let mut scenario = sample::heard().scenarios.swap_remove(0);
            path.clone_into(&mut scenario.evidence[0].path);
            scenario_folder(&scenario).map(str::to_owned)
        };
        assert_eq!(folder("7.1.4a-2/wire.pcap").as_deref(), Some("7.1.4a-2"));
        for path in
            ["../wire.pcap", "./wire.pcap", "/etc/passwd", "wire.pcap", "a\\..\\b/c", "\0/c"]
        {
            assert_eq!(folder(path), None, "{path:?}");
        }
    }

    #[test]
    fn what_a_pbx_writes_does_not_flood_what_people_read() {
        let run = sample::hostile();
        let read = [
            crate::report::summary(&run, crate::report::Style::default()),
            junit(&run),
            markdown(&run),
        ];
        let ladders = SCENARIO_RENDERINGS.iter().map(|one| (one.render)(&run, &run.scenarios[0]));
        for text in read.into_iter().chain(ladders) {
            assert!(text.len() < sample::LONG / 2, "{} bytes: {}", text.len(), &text[..2000]);
        }
    }

    #[test]
    fn a_run_without_scenarios_can_be_rendered() {
        for rendering in RENDERINGS {
            assert!(!(rendering.render)(&Run::default()).is_empty(), "{}", rendering.name);
        }
    }
}
