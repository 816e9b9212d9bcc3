//! Whether an identity that seems to be in a window really begins there.
//!
//! A followed identity that is silent may be matched by music: by one symbol of its word
//! every few seconds, by two in a row every few minutes where the music keeps the rhythm of
//! the code. So one that was silent for a while counts only after three symbols in a row,
//! and one that was heard just before after two. Both count from their first window on. What
//! is lost of one that was heard lately, or does not arrive, only tears its symbols; and where
//! less than two symbols of one that was heard just before lie between losses, it counts if they
//! hold nothing else.

use std::collections::VecDeque;

use super::acquire::WINDOWS_PER_SYMBOL;
use super::features::has_pair;
use super::lock::{Part, Present};
use super::pending::Pending;
use crate::media::identity::Identity;

/// Windows that an identity must last.
pub(crate) const LEAST_RUN: usize = 5;

/// Symbols that must be matched by an identity that was silent, and by one that was heard
/// just before; and windows of each, of the five that lie between changes.
const SYMBOLS: usize = 3;
const SYMBOLS_AGAIN: usize = 2;
const WINDOWS_OF_EACH: usize = 4;

/// How many of these must have the exact frequencies: a note that stands still has all of
/// them or, mostly, none.
const EXACT_OF_EACH: usize = 2;

/// Windows that are enough of a symbol of which a part did not arrive, since a suppressor of
/// silence or a loss tore it. It is weaker proof, so one symbol more is asked for.
const WINDOWS_OF_TORN: usize = 2;

/// Windows in a row that may be missing so: a symbol's.
const LONGEST_HOLE: usize = WINDOWS_PER_SYMBOL;

/// Whether an identity was heard before the oldest window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Just before.
    Again,
    /// In the last seconds.
    Lately,
    /// Not in the last seconds.
    No,
}

/// Windows with hardly anything but the exact tones of one who was heard just before that are enough
/// together with both tones of two symbols, and how many may be otherwise, if no tones follow: what
/// lies between a burst of losses and the end of a voice, or the next burst, need not hold two
/// symbols. A voice whose word is like that for a while goes on.
const CLEAN_RUN: usize = LEAST_RUN;
const UNCLEAN: usize = 3;

/// Of so many windows after them one has to be without tones.
const FADES: usize = 2;

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

/// The symbols that were matched so far, and what there is of the newest.
#[derive(Debug, Default)]
struct Symbols {
    matched: usize,
    any_torn: bool,
    slot: Option<u64>,
    is_counted: bool,
    is_torn: bool,
    windows: usize,
    exact: usize,
}

/// Windows in a row with hardly anything but one voice.
#[derive(Debug, Default)]
struct Alone {
    clean: usize,
    unclean: usize,
    slots: usize,
    slot: Option<u64>,
}

impl Alone {
    fn take(&mut self, present: &Present) {
        let clean = present.exact && present.alone;
        self.clean += usize::from(clean);
        self.unclean += usize::from(!clean);
        if present.whole.is_some() && self.slot != present.whole {
            self.slots += 1;
            self.slot = present.whole;
        }
    }

    fn is_enough(&self) -> bool {
        self.clean >= CLEAN_RUN && self.unclean <= UNCLEAN && self.slots >= SYMBOLS_AGAIN
    }
}

impl Symbols {
    fn take(&mut self, present: &Present, after_hole: bool) {
        if self.slot != Some(present.slot) {
            let (matched, any_torn) = (self.matched, self.any_torn);
            *self = Self { matched, any_torn, slot: Some(present.slot), ..Self::default() };
        }
        self.is_torn |= after_hole || present.part == Part::Footing;
        if present.part == Part::Symbol {
            self.windows += 1;
            self.exact += usize::from(present.exact);
        }
        self.count();
    }

    /// The rest of the newest symbol did not arrive.
    fn tear(&mut self) {
        self.is_torn = true;
        self.count();
    }

    fn count(&mut self) {
        let whole = self.windows >= WINDOWS_OF_EACH;
        let enough = whole || (self.is_torn && self.windows >= WINDOWS_OF_TORN);
        if enough && self.exact >= EXACT_OF_EACH && !self.is_counted {
            self.is_counted = true;
            self.matched += 1;
            self.any_torn |= !whole;
        }
    }
}

/// Judges the identity from the oldest window on.
pub(crate) fn onset(pending: &VecDeque<Pending>, who: Identity, known: Known) -> Onset {
    let needed = if known == Known::Again { SYMBOLS_AGAIN } else { SYMBOLS };
    let mut symbols = Symbols::default();
    let mut alone = Alone::default();
    let (mut run, mut missing, mut hole) = (0, 0, 0);
    for window in pending {
        let Some(present) = window.find(who) else {
            let ended = hole < FADES && !has_pair(window.features.faint);
            if known == Known::Again && ended && alone.is_enough() {
                return Onset::Certain;
            }
            if (!window.arrived || known != Known::No) && hole < LONGEST_HOLE {
                hole += 1;
                symbols.tear();
                continue;
            }
            // One window may be missing, but not among the first.
            missing += 1;
            if missing > 1 || run < LEAST_RUN {
                return Onset::Chance;
            }
            continue;
        };
        run += 1;
        symbols.take(present, hole > 0);
        if hole > 0 || present.part == Part::Footing {
            alone = Alone::default();
        } else {
            alone.take(present);
        }
        (missing, hole) = (0, 0);
        if symbols.matched >= needed + usize::from(symbols.any_torn) {
            return Onset::Certain;
        }
    }
    Onset::Open
}
