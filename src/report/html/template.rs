//! The templates and styles, and the one way to escape what they show.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment};

/// Colours and fonts, light and dark.
pub(in crate::report) const COLOURS: &str = include_str!("colours.css");
/// The chart, on the page and alone.
pub(super) const CHART_STYLE: &str = include_str!("chart.css");
/// The rest of the page.
pub(in crate::report) const PAGE_STYLE: &str = include_str!("style.css");

const TEMPLATES: &[(&str, &str)] = &[
    ("page", include_str!("page.html")),
    ("scenario", include_str!("scenario.html")),
    ("chart", include_str!("chart.html")),
    ("heads", include_str!("heads.html")),
    ("ladder", include_str!("ladder.html")),
    ("patterns", include_str!("patterns.html")),
    ("alone", include_str!("alone.svg")),
];

/// All templates of the page of a run.
pub(super) fn environment() -> Result<Environment<'static>, minijinja::Error> {
    escaping(TEMPLATES)
}

/// Templates of which whatever they print is escaped for HTML, which also suits XML.
pub(in crate::report) fn escaping(
    templates: &[(&'static str, &'static str)],
) -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, template) in templates {
        environment.add_template(name, template)?;
    }
    Ok(environment)
}
