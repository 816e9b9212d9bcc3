//! What is kept of a window until it is published.

use super::shape::Shape;
use super::spectrum::{BINS, Spectrum};
use crate::media::codec::{level_dbm0, rms_of_dbm0};
use crate::media::identity::{HIGH, LOW, TONES};

/// A tone below this level, dBm0, is taken for the noise of the codec.
const TONE_FLOOR_DBM0: f64 = -62.0;

/// A tone this much below everything in its window (26 dB) is not looked for.
const TONE_SHARE: f32 = 0.0025;

/// How much stronger a tone is than what lies three bins beside it (6 dB).
const TONE_PROMINENCE: f32 = 4.0;

/// The same for a tone that is expected (3 dB): other sounds, and packets that are missing,
/// smear what stands beside it.
const EXPECTED_PROMINENCE: f32 = 2.0;

/// How unlike the bins beside a tone's own may be, in amplitude and against it. A tone in the
/// middle of its bin has equal ones, whatever fades or losses do to it; one that is 0.3 bins
/// or 5 Hz aside, as a note of music mostly is, has not.
const ASIDE: f32 = 0.45;

/// Bins that are added side by side.
const ABREAST: usize = 8;

/// Tones as bits, low ones first.
pub(crate) type ToneSet = u16;

/// The bits of the low tones.
pub(crate) const LOW_TONES: ToneSet = (1 << LOW.len()) - 1;

/// The bits of the high tones.
pub(crate) const HIGH_TONES: ToneSet = ((1 << TONES) - 1) & !LOW_TONES;

/// The bits of a pair.
pub(crate) const fn tones_of((low, high): (usize, usize)) -> ToneSet {
    1 << low | 1 << (LOW.len() + high)
}

/// The figures of one window.
#[derive(Debug, Clone)]
pub(crate) struct Features {
    /// Middle of the window, samples from the start of the run.
    pub(crate) centre: u64,
    /// Share of it that RTP covered.
    pub(crate) covered: f32,
    /// Mean square.
    pub(crate) power: f32,
    /// Level, dBm0.
    pub(crate) level: f32,
    /// Mean square of each tone of the codebook.
    pub(crate) tones: [f32; TONES],
    /// The tones that stand out.
    pub(crate) peaks: ToneSet,
    /// The tones that stand out enough if they are expected.
    pub(crate) faint: ToneSet,
    /// Those of `faint` that have their frequency exactly.
    pub(crate) exact: ToneSet,
    /// What it sounds like apart from identities.
    pub(crate) shape: Shape,
}

impl Features {
    /// A window with nothing in it.
    pub(crate) fn silent(centre: u64, covered: f32, power: f32) -> Self {
        Self {
            centre,
            covered,
            power,
            level: level_dbm0(f64::from(power)),
            tones: [0.0; TONES],
            peaks: 0,
            faint: 0,
            exact: 0,
            shape: Shape::default(),
        }
    }

    /// The figures of a spectrum.
    pub(crate) fn of(centre: u64, covered: f32, spectrum: &Spectrum) -> Self {
        let power = sum(spectrum);
        let mut features = Self::silent(centre, covered, power);
        let rms = rms_of_dbm0(TONE_FLOOR_DBM0) as f32;
        let least = (rms * rms).max(power * TONE_SHARE);
        for (tone, &k) in LOW.iter().chain(&HIGH).enumerate() {
            debug_assert!(k >= 3 && k + 3 < BINS);
            let energy = spectrum[k - 1] + spectrum[k] + spectrum[k + 1];
            let beside = (spectrum[k - 3] + spectrum[k + 3]) * 0.5;
            features.tones[tone] = energy;
            if energy < least || energy < 3.0 * EXPECTED_PROMINENCE * beside {
                continue;
            }
            features.faint |= 1 << tone;
            if energy >= 3.0 * TONE_PROMINENCE * beside {
                features.peaks |= 1 << tone;
            }
            let [below, own, above] = [k - 1, k, k + 1].map(|k| spectrum[k].sqrt());
            features.exact |= u16::from((above - below).abs() <= ASIDE * own) << tone;
        }
        features.shape = Shape::of(spectrum, power, features.level);
        features
    }

    /// Mean square of some tones together.
    pub(crate) fn energy(&self, tones: ToneSet) -> f32 {
        (0..TONES).filter(|tone| tones & 1 << tone != 0).map(|tone| self.tones[tone]).sum()
    }
}

/// The sum of all bins, in rows that the processor adds side by side.
fn sum(spectrum: &Spectrum) -> f32 {
    let rows = spectrum.chunks_exact(ABREAST);
    let sums = rows.fold([0.0; ABREAST], |sums: [f32; ABREAST], row| {
        std::array::from_fn(|n| sums[n] + row[n])
    });
    sums.iter().sum()
}

/// Whether the set holds a low and a high tone.
pub(crate) const fn has_pair(tones: ToneSet) -> bool {
    tones & LOW_TONES != 0 && tones & HIGH_TONES != 0
}
