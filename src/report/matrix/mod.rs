//! The matrix: guide clauses as rows, PBX models or the runs of one model as columns, and
//! what changed between the two latest runs of each model.
//!
//! A *model* is what one profile certifies: runs belong together if both the file name of
//! their profile and the name in it are the same. A copy of a profile whose name nobody
//! changed is thus another column, and so is another PBX behind a file of the same name;
//! whoever wants to compare versions of a PBX keeps its profile.

mod caveat;
mod cell;
mod change;
mod clause_order;
mod comparison;
mod history;
mod json;
mod page;
mod placed;
mod row;
mod standing;
mod table;
mod terminal;

pub use json::matrix_json;
pub use page::matrix_html;
pub use placed::Placed;
pub use standing::Standing;
pub use table::Matrix;
pub use terminal::matrix_text;
