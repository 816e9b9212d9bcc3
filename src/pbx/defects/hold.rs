//! Defects of hold and resume.

use super::Defect;
use super::row::Row;
use crate::record::Cause;

/// The rows.
pub(super) const ROWS: &[Row] = &[Row::new(
    Defect::SilentHold,
    "silent-hold",
    "accepts hold and sends the held party no RTP at all",
    &["7.1.1", "7.1.3"],
    Cause::HoldSilent,
)
.seen("Asterisk without a music class that can be played; FreeSWITCH with an empty hold_music")];
