//! `index.html`: one page without any request, that a QA engineer can sign and a vendor
//! can act on.
//!
//! All text goes through the template's escaping, also inside SVG; nothing here writes
//! markup by hand. Views are made first, plain data of what is to be seen where, so that
//! tests look at them and not at tags.

mod alone;
mod axis;
mod chart;
mod columns;
mod legend;
mod page;
mod phases;
mod quality;
mod raw;
mod scenario;
mod sdp_change;
mod steps;
mod strips;
mod template;
pub(super) mod text;
mod view;

pub use alone::ladder_svg;
pub use page::{html, html_so_far};
pub(super) use template::{COLOURS, PAGE_STYLE, escaping};
pub(super) use view::anchors;
