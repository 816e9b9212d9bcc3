//! The form of a spectrum: the raw material of a window's class of sound.

use super::spectrum::{BINS, Spectrum};

/// Windows at or below this level are silence, dBm0.
pub(crate) const SILENCE_DBM0: f32 = -50.0;

/// Share of the energy that call-progress tones must have.
const PURE: f32 = 0.8;

/// Bins of 390 to 490 Hz, where ringing and busy tones lie.
const PROGRESS: std::ops::RangeInclusive<usize> = 24..=32;

/// Squared bins that a single tone's energy spreads at most through a Hann window.
const SINGLE_SPREAD: f32 = 0.75;

/// Bins that are looked at together.
const PART: usize = 16;

/// What a call-progress tone can be, by frequency alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// 400, 425, 440 or 450 Hz: ringing or busy, by cadence.
    Single,
    /// 400+450 or 440+480 Hz: ringing.
    Ringing,
    /// 480+620 Hz: busy or congestion.
    Busy,
    /// 350+440 Hz: dial tone.
    Dial,
}

/// The form of a window's spectrum.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shape {
    /// A call-progress tone, if it is one.
    pub(crate) progress: Option<Progress>,
    /// Bins of the strongest and second strongest peak.
    pub(crate) peaks: [u16; 2],
    /// Share of the energy in those two peaks.
    pub(crate) peaks_share: f32,
    /// Geometric over arithmetic mean within narrow bands: 0.56 for noise of any
    /// slowly varying colour, near 0 for tones.
    pub(crate) flatness: f32,
}

impl Shape {
    pub(crate) fn of(spectrum: &Spectrum, power: f32, level: f32) -> Self {
        if level <= SILENCE_DBM0 || power <= 0.0 {
            return Self::default();
        }
        let first = strongest(spectrum, usize::MAX);
        let second = strongest(spectrum, first);
        let around = |k: usize| spectrum[k.saturating_sub(1)..=(k + 1).min(BINS - 1)].iter();
        let in_peaks: f32 = around(first).sum::<f32>() + around(second).sum::<f32>();
        Self {
            progress: progress(spectrum, power),
            peaks: [first as u16, second as u16],
            peaks_share: in_peaks / power,
            flatness: flatness(spectrum),
        }
    }
}

/// The strongest bin at least three away from `other`.
fn strongest(spectrum: &Spectrum, other: usize) -> usize {
    let mut best = 1;
    for (n, part) in spectrum.chunks_exact(PART).enumerate() {
        // Most parts have none: that is seen of all their bins at once.
        let most = part.iter().fold(0.0, |most: f32, bin| if *bin > most { *bin } else { most });
        if most <= spectrum[best] {
            continue;
        }
        for k in (n * PART).max(1)..(n + 1) * PART {
            if spectrum[k] > spectrum[best] && k.abs_diff(other) >= 3 {
                best = k;
            }
        }
    }
    best
}

fn progress(spectrum: &Spectrum, power: f32) -> Option<Progress> {
    let share =
        |range: std::ops::RangeInclusive<usize>| spectrum[range].iter().sum::<f32>() / power;
    let within = share(PROGRESS);
    let above = share(37..=42);
    if within + above >= PURE && within >= 0.2 && above >= 0.2 {
        return Some(Progress::Busy);
    }
    let below = share(20..=24);
    if within + below >= PURE && within >= 0.2 && below >= 0.2 {
        return Some(Progress::Dial);
    }
    if within < PURE {
        return None;
    }
    let moment = |of: &dyn Fn(f32) -> f32| {
        PROGRESS.map(|k| spectrum[k] * of(k as f32)).sum::<f32>() / (within * power)
    };
    let centre = moment(&|k| k);
    let spread = moment(&|k| (k - centre) * (k - centre));
    Some(if spread <= SINGLE_SPREAD { Progress::Single } else { Progress::Ringing })
}

/// Mean over bands of 375 Hz, weighted by their energy, of the flatness in each.
fn flatness(spectrum: &Spectrum) -> f32 {
    let mut weighted = 0.0;
    let mut total = 0.0;
    for band in spectrum[20..212].chunks_exact(24) {
        let mean = band.iter().sum::<f32>() / 24.0;
        if mean <= 0.0 {
            continue;
        }
        // In 64 bits the product of them all stays within range: 10⁻²¹⁶ to 24²⁴.
        let product: f64 = band.iter().map(|p| f64::from(p / mean) + 1e-9).product();
        weighted += ((product.ln() / 24.0) as f32).exp() * mean;
        total += mean;
    }
    if total > 0.0 { weighted / total } else { 0.0 }
}
