//! An identity that was recognised, followed from window to window.

use super::features::{Features, HIGH_TONES, LOW_TONES, ToneSet, has_pair, tones_of};
use crate::media::identity::{FADE, Identity, SYMBOL_SAMPLES, pair_of, symbol_at};

const SYMBOL: i64 = SYMBOL_SAMPLES as i64;

/// So near to a change of symbol, in samples from the window's middle, the neighbour
/// counts as well: half a window's effective width and 30 ms of wandering delay.
const EDGE: i64 = 384;

/// Middle of the cross-fade after a change of symbol, samples.
const FADE_MIDDLE: i64 = (FADE / 2) as i64;

/// What an identity must have of the energy that nobody else explains, to appear
/// (-10 dB) and to stay (-14 dB).
const LEAST_SHARE: f32 = 0.1;
const STAYING_SHARE: f32 = 0.04;

/// Windows after which it stays.
const STAYING_RUN: u32 = 5;

/// How far apart its low and its high tone may be (14 dB): no telephone path tilts more,
/// and the splinters of a stuck buffer do.
const BALANCE: f32 = 0.04;

/// A recognised identity and its one-way delay.
#[derive(Debug, Clone)]
pub(crate) struct Lock {
    pub(crate) identity: Identity,
    /// Samples from the sender's clock to the listener's.
    pub(crate) delay: f32,
    /// Windows in a row in which it was present, 0 if it is not now.
    pub(crate) run: u32,
    /// Number of the last window with it.
    pub(crate) last_seen: u64,
    /// Tones over the residual in the last window without a change of symbol, dB.
    snr_db: f32,
    changes_measured: u32,
}

/// An identity in one window, before debouncing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Present {
    pub(crate) identity: Identity,
    pub(crate) tones: ToneSet,
    pub(crate) energy: f32,
    pub(crate) snr_db: f32,
    pub(crate) delay: f32,
    /// The symbol that it speaks, counted from the start of the run.
    pub(crate) slot: u64,
    /// Whether a change of symbol is near.
    pub(crate) changing: bool,
}

/// What a word prescribes for one moment.
#[derive(Debug, Clone, Copy)]
struct Expected {
    main: ToneSet,
    /// The neighbouring symbol, if a change is near.
    neighbour: ToneSet,
    slot: u64,
    changing: bool,
}

impl Lock {
    pub(crate) fn new(identity: Identity, delay: f32, window: u64) -> Self {
        Self { identity, delay, run: 0, last_seen: window, snr_db: 0.0, changes_measured: 0 }
    }

    fn expected(&self, centre: u64) -> Option<Expected> {
        let spoken = centre as i64 - self.delay as i64;
        let slot = u64::try_from(spoken.div_euclid(SYMBOL)).ok()?;
        let within = spoken.rem_euclid(SYMBOL);
        let tones = |slot| tones_of(pair_of(symbol_at(self.identity, slot)));
        let neighbour = if within < EDGE {
            slot.checked_sub(1).map_or(0, tones)
        } else if within > SYMBOL - EDGE {
            tones(slot + 1)
        } else {
            0
        };
        Some(Expected { main: tones(slot), neighbour, slot, changing: neighbour != 0 })
    }

    /// Share of a window's energy in the pair that is due if the delay were `delay`.
    pub(crate) fn share_at(identity: Identity, delay: i64, features: &Features) -> f32 {
        let spoken = features.centre as i64 - delay - FADE_MIDDLE;
        let Ok(slot) = u64::try_from(spoken.div_euclid(SYMBOL)) else { return 0.0 };
        let tones = tones_of(pair_of(symbol_at(identity, slot)));
        features.energy(tones) / features.power.max(1.0)
    }

    /// Whether the identity is in the window, of which `claimed` tones and `explained`
    /// energy belong to others that are.
    pub(crate) fn find(
        &self,
        features: &Features,
        claimed: ToneSet,
        explained: f32,
    ) -> Option<Present> {
        let expected = self.expected(features.centre)?;
        let hit = (expected.main | expected.neighbour) & features.peaks;
        if !has_pair(hit) {
            return None;
        }
        let (low, high) = (features.energy(hit & LOW_TONES), features.energy(hit & HIGH_TONES));
        if low.min(high) < BALANCE * low.max(high) {
            return None;
        }
        let own = hit & !claimed;
        let unexplained = (features.power - explained).max(0.0);
        // With every tone shared, only who was heard just before is still heard.
        let share = if self.run < STAYING_RUN { LEAST_SHARE } else { STAYING_SHARE };
        let fits =
            if own == 0 { self.run > 0 } else { features.energy(own) >= share * unexplained };
        fits.then(|| Present {
            identity: self.identity,
            tones: expected.main | expected.neighbour,
            energy: features.energy(hit),
            snr_db: self.snr_db,
            delay: self.delay,
            slot: expected.slot,
            changing: expected.changing,
        })
    }

    /// Takes note of a window in which the identity is present, with the energy that
    /// nobody explains. A change of symbol smears the spectrum: the ratio to the residual
    /// is taken between changes.
    pub(crate) fn follow(
        &mut self,
        present: &mut Present,
        features: &Features,
        residual: f32,
        window: u64,
    ) {
        self.run += 1;
        self.last_seen = window;
        if !present.changing || self.run == 1 {
            let least = features.power * 1e-6 + 1e-3;
            self.snr_db = 10.0 * (present.energy / residual.max(least)).log10();
        }
        present.snr_db = self.snr_db;
        self.measure_delay(features);
        present.delay = self.delay;
    }

    /// Takes note of a window without it.
    pub(crate) fn miss(&mut self) {
        self.run = 0;
    }

    /// Reads the moment of a change of symbol off the balance of old and new tones.
    fn measure_delay(&mut self, features: &Features) {
        let spoken = features.centre as i64 - self.delay as i64;
        let boundary = (spoken + SYMBOL / 2).div_euclid(SYMBOL);
        let Ok(slot) = u64::try_from(boundary) else { return };
        let off = spoken - boundary * SYMBOL - FADE_MIDDLE;
        if slot == 0 || off.abs() > 160 {
            return;
        }
        let old = tones_of(pair_of(symbol_at(self.identity, slot - 1)));
        let new = tones_of(pair_of(symbol_at(self.identity, slot)));
        let (fading, rising) = (features.energy(old & !new), features.energy(new & !old));
        if fading + rising < 0.3 * features.power || fading <= 0.0 {
            return;
        }
        let balance = (rising / fading).sqrt();
        let after = balance / (1.0 + balance);
        let measured = position_of(after) as f32;
        // `off` is how far the middle lies behind the change as we believe it.
        let error = off as f32 - measured;
        if error.abs() > 400.0 {
            return;
        }
        self.changes_measured += 1;
        self.delay += error * (1.0 / self.changes_measured as f32).max(0.2);
    }
}

/// How many samples the middle of a Hann window lies behind a change after which the
/// window has the share `after` of its weight.
fn position_of(after: f32) -> i32 {
    let weight_behind =
        |u: f32| 1.0 - u + (std::f32::consts::TAU * u).sin() / std::f32::consts::TAU;
    let (mut low, mut high) = (0.0_f32, 1.0_f32);
    for _ in 0..12 {
        let middle = 0.5 * (low + high);
        if weight_behind(middle) > after { low = middle } else { high = middle }
    }
    ((0.5 - low) * super::spectrum::WINDOW as f32) as i32
}
