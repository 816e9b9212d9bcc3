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

/// Windows after which it stays; windows that are remembered of a longer presence; and how
/// many of them a window costs that does not have it, or has its tones beside their
/// frequencies: one is bridged, a second is not, and music that sets in where a voice ends
/// is not taken for it any longer than four. While symbols change, tones smear each other.
const STAYING_HOLD: u32 = 5;
const MOST_HOLD: u32 = 8;
const DOUBT_COSTS: u32 = 2;
const CHANGE_COSTS: u32 = 1;

/// What an identity that sounds alone has of a window's energy, and one that sounds most.
const ALONE: f32 = 0.85;
const MOST: f32 = 0.5;

/// Windows after the last that was published with it in which the line may still tilt (0.5 s, and
/// what is pending): what a codec's packets lose between two PBXs is silence, or a buffer again and
/// again, and then its decoder adapts.
const STILL_TILTED: u64 = 22;

/// Windows within which an identity was heard lately (3 s): whoever pauses in a call.
pub(crate) const LATELY: u64 = 94;

/// How far apart its low and its high tone may be to appear (14 dB): no telephone path
/// tilts more for long, and the splinters of a stuck buffer do.
const BALANCE: f32 = 0.04;

/// And to stay (25 dB): after a loss a G.722 decoder tilts by 20 dB until it has adapted,
/// and GSM full rate does as it likes with high tones.
const STAYING_BALANCE: f32 = 0.003;

/// A recognised identity and its one-way delay.
#[derive(Debug, Clone)]
pub(crate) struct Lock {
    pub(crate) identity: Identity,
    /// Samples from the sender's clock to the listener's.
    pub(crate) delay: f32,
    /// Windows in a row in which it was present, 0 if it is not now.
    pub(crate) run: u32,
    /// How firmly it is present, up to [`MOST_HOLD`].
    hold: u32,
    /// Number of the last window with it.
    pub(crate) last_seen: u64,
    /// Number of the last published window that heard it, if any did.
    pub(crate) heard: Option<u64>,
    /// Tones over the residual in the last window without a change of symbol, dB.
    snr_db: f32,
    changes_measured: u32,
}

/// What of an identity's word a window holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// One symbol.
    Symbol,
    /// One symbol and some of its neighbour.
    Change,
    /// What may be its own, shortly before it is there again: see [`Lock::footing`].
    Footing,
}

/// An identity in one window, before debouncing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Present {
    pub(crate) identity: Identity,
    pub(crate) tones: ToneSet,
    pub(crate) energy: f32,
    pub(crate) snr_db: f32,
    pub(crate) delay: f32,
    /// Windows in a row up to this one in which it was present.
    pub(crate) run: u32,
    /// The symbol that it speaks, counted from the start of the run.
    pub(crate) slot: u64,
    /// What the window can tell of it.
    pub(crate) part: Part,
    /// Whether its tones have their frequencies exactly.
    pub(crate) exact: bool,
    /// Whether hardly anything else sounds.
    pub(crate) alone: bool,
    /// That symbol, if both of its tones are there, not only those of the one before or after it.
    pub(crate) whole: Option<u64>,
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
        Self {
            identity,
            delay,
            run: 0,
            hold: 0,
            last_seen: window,
            heard: None,
            snr_db: 0.0,
            changes_measured: 0,
        }
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
        window: u64,
    ) -> Option<Present> {
        let expected = self.expected(features.centre)?;
        let due = expected.main | expected.neighbour;
        let tilted = |faint| {
            self.was_heard_since(window, STILL_TILTED)
                && features.energy(faint) >= ALONE * features.power
        };
        let faint = due & features.faint;
        let stays = self.hold >= STAYING_HOLD || tilted(faint);
        // Only exact tones are let tilt and be drowned: what sets in after a voice is not.
        let leniently = stays && has_pair(faint) && faint & !features.exact == 0;
        let (hit, balance) =
            if leniently { (faint, STAYING_BALANCE) } else { (due & features.peaks, BALANCE) };
        let share = if stays { STAYING_SHARE } else { LEAST_SHARE };
        let exact = hit & !features.exact == 0;
        if !has_pair(hit) || (self.hold == 0 && !exact) {
            return None;
        }
        let (low, high) = (features.energy(hit & LOW_TONES), features.energy(hit & HIGH_TONES));
        if low.min(high) < balance * low.max(high) {
            return None;
        }
        let own = hit & !claimed;
        let unexplained = (features.power - explained).max(0.0);
        // With every tone shared, only who was heard just before is still heard.
        let fits =
            if own == 0 { self.run > 0 } else { features.energy(own) >= share * unexplained };
        fits.then(|| Present {
            part: if expected.changing { Part::Change } else { Part::Symbol },
            exact,
            alone: low + high >= ALONE * features.power,
            whole: has_pair(expected.main & hit).then_some(expected.slot),
            ..self.footed(expected, features.energy(hit))
        })
    }

    /// A window shortly before the one in which an identity that was heard lately is present again,
    /// if its tones stand out there, whatever else does, or have most of the energy that nobody else
    /// explains: the first that a decoder makes of what comes after a loss is not what was said. It
    /// tells nothing of who it is.
    pub(crate) fn footing(
        &mut self,
        features: &Features,
        claimed: ToneSet,
        explained: f32,
        window: u64,
    ) -> Option<Present> {
        let expected = self.expected(features.centre)?;
        let hit = expected.main & features.faint;
        let energy = features.energy(expected.main);
        let own = features.energy(expected.main & !claimed);
        let most = own >= MOST * (features.power - explained).max(0.0);
        let fits = hit & !claimed != 0 && (has_pair(hit) || most);
        if !fits || !self.was_heard_since(window, LATELY) {
            self.run = 0;
            return None;
        }
        let footing = self.footed(expected, energy);
        self.run = footing.run;
        Some(footing)
    }

    /// The entry of the next window, which tells nothing yet but what is due in it.
    fn footed(&self, expected: Expected, energy: f32) -> Present {
        Present {
            identity: self.identity,
            tones: expected.main | expected.neighbour,
            energy,
            snr_db: self.snr_db,
            delay: self.delay,
            run: self.run + 1,
            slot: expected.slot,
            part: Part::Footing,
            exact: false,
            alone: false,
            whole: None,
        }
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
        let changing = present.part == Part::Change;
        self.hold = match (present.exact, changing) {
            (true, _) => (self.hold + 1).min(MOST_HOLD),
            (false, true) => self.hold.saturating_sub(CHANGE_COSTS),
            (false, false) => self.hold.saturating_sub(DOUBT_COSTS),
        };
        self.last_seen = window;
        if !changing || self.run == 1 {
            let least = features.power * 1e-6 + 1e-3;
            self.snr_db = 10.0 * (present.energy / residual.max(least)).log10();
        }
        present.snr_db = self.snr_db;
        self.measure_delay(features);
        present.delay = self.delay;
    }

    /// Whether it was heard in one of the `windows` before the window of that number, or later: with
    /// hindsight windows are looked at that are older.
    pub(crate) fn was_heard_since(&self, window: u64, windows: u64) -> bool {
        self.heard.is_some_and(|heard| window.saturating_sub(heard) <= windows)
    }

    /// What seemed to be it was somebody else.
    pub(crate) fn give_up(&mut self) {
        (self.run, self.hold) = (0, 0);
    }

    /// Takes note of a window without it.
    pub(crate) fn miss(&mut self) {
        self.run = 0;
        self.hold = self.hold.saturating_sub(DOUBT_COSTS);
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
