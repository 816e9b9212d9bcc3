//! Reports: pure functions over a [`Run`](crate::record::Run), or over several.
//!
//! Nothing here runs, listens or asks the environment: width and colour are
//! arguments. Text that came from the wire is neutralised in every rendering, since a
//! PBX must not be able to write to the terminal or page of whoever certifies it.
//!
//! A new report is one file here and one row in [`RENDERINGS`] or
//! [`SCENARIO_RENDERINGS`], or of several runs in [`MATRIX_RENDERINGS`].

mod clean;
mod detection;
mod findings;
mod html;
mod json;
mod junit;
mod ladder;
mod load;
mod markdown;
mod matrix;
mod messages;
mod outcome;
mod registrations;
mod rendering;
mod section;
mod sip_label;
mod style;
mod terminal;
mod vantage;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod snapshots;

pub use clean::{clean, clean_block};
pub use detection::{
    clean_run, detection, detection_html, detection_json, detection_line, detection_markdown,
    detection_summary,
};
pub use html::{html, html_so_far, ladder_svg};
pub use json::{RecordError, read_json, write_json};
pub use junit::junit;
pub use ladder::{Ladder, cut, ladder};
pub use markdown::markdown;
pub use matrix::{Matrix, Placed, Standing, matrix_html, matrix_json, matrix_text};
pub use messages::cucumber_messages;
pub use outcome::outcome;
pub use registrations::{Registration, registrations};
pub use rendering::{
    MATRIX_RENDERINGS, MatrixRendering, PAGE, RENDERINGS, Rendering, SCENARIO_RENDERINGS,
    ScenarioRendering, scenario_folder,
};
pub use section::Section;
pub use style::Style;
pub use terminal::{failed_scenario, summary};
