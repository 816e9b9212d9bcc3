//! Defects of ending a call.

use super::Defect;
use super::row::Row;
use crate::record::Cause;

/// The rows.
pub(super) const ROWS: &[Row] = &[Row::new(
    Defect::ByeNotPropagated,
    "bye-not-propagated",
    "answers the BYE of one party and never tells the other",
    &["7.1.2", "7.1.4a", "7.2.1", "7.2.2"],
    Cause::HangupNotPropagated,
)
.seen("back-to-back user agents after a lost dialog state")];
