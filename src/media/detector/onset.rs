//! Whether an identity that seems to be in a window really begins there.
//!
//! A followed identity that is silent for a while may be matched by music: by one
//! symbol of its word every few seconds. Alone and clear, it counts after five windows;
//! under other sound, only after three symbols in a row.

use std::collections::VecDeque;

use super::pending::Pending;
use crate::media::identity::Identity;

/// Windows that an identity must last.
pub(crate) const LEAST_RUN: usize = 5;

/// How many of them must be clear, and how far above the rest of the sound, dB.
const CLEAR_WINDOWS: usize = 3;
const CLEAR_DB: f32 = 12.0;

/// Symbols that must be matched under other sound, and windows of each, of the five
/// that lie between changes.
const SYMBOLS: usize = 3;
const WINDOWS_OF_EACH: usize = 4;

/// What the windows up to now say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Onset {
    /// It begins.
    Certain,
    /// It was chance.
    Chance,
    /// Windows to come will tell.
    Open,
}

/// Judges the identity from the oldest window on.
pub(crate) fn onset(pending: &VecDeque<Pending>, who: Identity) -> Onset {
    let mut run = 0;
    let mut clear = 0;
    let mut missing = 0;
    let mut symbols = 0;
    let (mut slot, mut matched) = (0, 0);
    for window in pending {
        let Some(present) = window.find(who) else {
            // One window may be missing, but not among the first.
            missing += 1;
            if missing > 1 || run < LEAST_RUN {
                return Onset::Chance;
            }
            continue;
        };
        missing = 0;
        run += 1;
        if run <= LEAST_RUN && present.snr_db >= CLEAR_DB {
            clear += 1;
        }
        if run >= LEAST_RUN && clear >= CLEAR_WINDOWS {
            return Onset::Certain;
        }
        if present.slot != slot {
            (slot, matched) = (present.slot, 0);
        }
        matched += usize::from(!present.changing);
        if matched == WINDOWS_OF_EACH {
            symbols += 1;
            if symbols == SYMBOLS {
                return Onset::Certain;
            }
        }
    }
    Onset::Open
}
