//! Recognising identities that nobody told the listener to expect.
//!
//! Windows one symbol apart lie at the same place of three symbols in a row, whatever
//! the delay; three symbols name identity and place. Five votes for the same answer
//! make a [`Found`]; where several pairs are in the air at once, mixtures of them also
//! vote, and only what stays consistent through six symbols counts.

use super::features::{Features, HIGH_TONES, LOW_TONES, ToneSet, tones_of};
use super::spectrum::WINDOW;
use crate::media::identity::{Identity, LOW, PERIOD, SYMBOL_SAMPLES, TONES, symbol_of, triple};

const SYMBOL: i64 = SYMBOL_SAMPLES as i64;

/// Windows from one symbol to the same place of the next.
pub(crate) const WINDOWS_PER_SYMBOL: usize = SYMBOL_SAMPLES as usize / (WINDOW / 2);

/// Largest delay that is believed, in symbols: 3 s.
const MAX_DELAY_SYMBOLS: u64 = 12;

/// Votes that make an identity found when nothing else is in the air.
const VOTES: u32 = 5;

/// Votes, and windows from the first to the last, when there is.
const CONTESTED_VOTES: u32 = 14;
const CONTESTED_SPAN: u64 = 24;

/// Tones this far below the strongest (12 dB) belong to somebody to be found later.
const RANGE: f32 = 0.063;

/// Windows after which a hypothesis without a vote is forgotten.
const PATIENCE: u64 = 8;

/// An identity with the interval of delays, in samples, that fit.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) identity: Identity,
    pub(crate) delays: (i64, i64),
}

#[derive(Debug, Clone)]
struct Hypothesis {
    found: Found,
    votes: u32,
    clear_votes: u32,
    first: u64,
    last: u64,
}

/// The pairs that a window may stand for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Candidates {
    symbols: [u8; 9],
    /// Which of them have a tone that nobody explains.
    fresh: u16,
    count: usize,
}

impl Candidates {
    /// The up to nine pairs of strong tones, of which at least one is not `claimed`.
    pub(crate) fn of(features: &Features, claimed: ToneSet) -> Self {
        let mut found = Self::default();
        let sure = features.peaks & features.exact;
        let unclaimed = sure & !claimed;
        if unclaimed == 0 {
            return found;
        }
        let lows = strongest(features, LOW_TONES, unclaimed);
        let highs = strongest(features, HIGH_TONES, unclaimed);
        for low in lows.into_iter().flatten() {
            for high in highs.into_iter().flatten() {
                let Some(symbol) = symbol_of(low, high - LOW.len()) else { continue };
                if tones_of((low, high - LOW.len())) & unclaimed != 0 {
                    found.fresh |= 1 << found.count;
                }
                found.symbols[found.count] = symbol;
                found.count += 1;
            }
        }
        found
    }

    fn iter(&self) -> impl Iterator<Item = (u8, bool)> + '_ {
        (0..self.count).map(|n| (self.symbols[n], self.fresh & 1 << n != 0))
    }
}

/// Up to three tones of a group near the strongest unclaimed one; claimed ones only if
/// the group has no other.
fn strongest(features: &Features, group: ToneSet, unclaimed: ToneSet) -> [Option<usize>; 3] {
    let pool = if unclaimed & group != 0 {
        unclaimed & group
    } else {
        features.peaks & features.exact & group
    };
    let mut tones: Vec<usize> = (0..TONES).filter(|tone| pool & 1 << tone != 0).collect();
    tones.sort_by(|a, b| features.tones[*b].total_cmp(&features.tones[*a]));
    let least = tones.first().map_or(0.0, |&tone| features.tones[tone] * RANGE);
    let mut best = [None; 3];
    for (place, tone) in
        best.iter_mut().zip(tones.into_iter().filter(|&tone| features.tones[tone] >= least))
    {
        *place = Some(tone);
    }
    best
}

/// Collects votes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acquisition {
    hypotheses: Vec<Hypothesis>,
}

impl Acquisition {
    /// Takes the candidates of three windows, each one symbol after the other, the last of
    /// which is window number `window` around sample `centre`.
    pub(crate) fn vote(&mut self, window: u64, centre: u64, three: [&Candidates; 3]) {
        self.hypotheses.retain(|h| window - h.last <= PATIENCE);
        let clear = three.iter().all(|c| c.count == 1);
        for (first, a) in three[0].iter() {
            for (second, b) in three[1].iter() {
                for (third, c) in three[2].iter() {
                    if u8::from(a) + u8::from(b) + u8::from(c) < 2 {
                        continue;
                    }
                    let Some((identity, place)) = triple(first, second, third) else { continue };
                    let Some(delays) = delays(centre, place) else { continue };
                    self.count(window, clear, Found { identity, delays });
                }
            }
        }
    }

    fn count(&mut self, window: u64, clear: bool, found: Found) {
        let same = self.hypotheses.iter_mut().find(|h| {
            h.found.identity == found.identity && overlap(h.found.delays, found.delays).is_some()
        });
        match same {
            Some(known) if known.last == window => {}
            Some(known) => {
                known.found.delays =
                    overlap(known.found.delays, found.delays).unwrap_or(found.delays);
                known.votes += 1;
                known.clear_votes += u32::from(clear);
                known.last = window;
            }
            None => self.hypotheses.push(Hypothesis {
                found,
                votes: 1,
                clear_votes: u32::from(clear),
                first: window,
                last: window,
            }),
        }
    }

    /// The best of the identities found by now, which is then no longer collected.
    pub(crate) fn found(&mut self) -> Option<Found> {
        let ready = |h: &Hypothesis| {
            h.clear_votes >= VOTES
                || (h.votes >= CONTESTED_VOTES && h.last - h.first >= CONTESTED_SPAN)
        };
        let best = (0..self.hypotheses.len())
            .filter(|&n| ready(&self.hypotheses[n]))
            .max_by_key(|&n| self.hypotheses[n].votes)?;
        Some(self.hypotheses.swap_remove(best).found)
    }

    /// Forgets everything: what it rested on is explained now.
    pub(crate) fn clear(&mut self) {
        self.hypotheses.clear();
    }

    /// Whether an identity is about to be found.
    pub(crate) fn is_warm(&self) -> bool {
        self.hypotheses.iter().any(|h| h.votes >= 3)
    }
}

/// The delays with which a symbol at `place` of its word is heard at sample `centre`.
fn delays(centre: u64, place: usize) -> Option<(i64, i64)> {
    let now = centre / SYMBOL_SAMPLES;
    let period = PERIOD as u64;
    let back = (now % period + period - place as u64) % period;
    // One symbol ahead of the clock is a small negative delay, not 13 s.
    let slot = match back {
        _ if back == period - 1 => now as i64 + 1,
        0..=MAX_DELAY_SYMBOLS => now as i64 - back as i64,
        _ => return None,
    };
    Some((centre as i64 - SYMBOL * (slot + 1), centre as i64 - SYMBOL * slot))
}

/// Intersection, with half a window of tolerance at the ends.
fn overlap(a: (i64, i64), b: (i64, i64)) -> Option<(i64, i64)> {
    const SLACK: i64 = WINDOW as i64 / 2;
    let (low, high) = (a.0.max(b.0), a.1.min(b.1));
    if low < high {
        Some((low, high))
    } else if low - SLACK < high + SLACK {
        Some((high - SLACK / 2, low + SLACK / 2))
    } else {
        None
    }
}
