//! Messages: reading, what the headers hold, building, writing.

mod access;
mod build;
mod model;
mod names;
mod oddities;
mod read;

pub use build::reason_phrase;
pub use model::{Header, Message, StartLine};
pub use read::ReadError;
