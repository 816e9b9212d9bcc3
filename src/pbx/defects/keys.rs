//! Defects of keys pressed in a call (beyond the guide).

use super::row::Row;
use super::{Defect, Defects};
use crate::record::Cause;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::KeysLost,
        "keys-lost",
        "agrees on telephone-event and passes no key on",
        &["B.4.1", "B.4.2"],
        Cause::KeysLost,
    )
    .seen("media relays and transcoders that know audio alone"),
    Row::new(
        Defect::KeysLostAfterHold,
        "keys-lost-after-hold",
        "passes no key on in a call that has been on hold",
        &["B.4.2"],
        Cause::KeysLost,
    )
    .seen("payload types of the first offer that are forgotten with the re-INVITE of resume"),
];

impl Defects {
    /// Whether keys are passed on in a call; `held` says whether it has been on hold.
    pub(in crate::pbx) fn loses_keys(&self, held: bool) -> bool {
        self.has(Defect::KeysLost) || (held && self.has(Defect::KeysLostAfterHold))
    }
}
