//! Defects of blind transfer.

use super::Defect;
use super::row::Row;
use crate::record::Cause;

/// The rows.
pub(super) const ROWS: &[Row] = &[Row::new(
    Defect::ReferRefused,
    "refer-refused",
    "answers every REFER with 405",
    &["6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4b"],
    Cause::TransferRefused,
)
.seen("trunks and session border controllers that know no REFER")];
