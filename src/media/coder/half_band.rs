//! Between the engine's 8 kHz and the 16 kHz of a wideband codec: one half-band filter, used
//! both ways.
//!
//! A half-band filter is 6 dB down at the middle of its band, 4 kHz, and every second of its
//! coefficients is zero but the central one: half of the samples are a mere delay.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Coefficients that are not zero, the central one apart. The whole filter has one less than
/// twice as many: 47, flat to 3.4 kHz and 60 dB down from 4.6 kHz on.
const TAPS: usize = 24;

/// Its middle, which is its delay in samples at 16 kHz.
const MIDDLE: usize = TAPS - 1;

/// Shape of the Kaiser window for a stop band of 60 dB.
const BETA: f64 = 5.65;

static COEFFICIENTS: LazyLock<[f32; TAPS]> = LazyLock::new(|| {
    let window = |offset: f64| {
        let within = offset / (MIDDLE + 1) as f64;
        bessel_i0(BETA * (1.0 - within * within).sqrt()) / bessel_i0(BETA)
    };
    let ideal: [f64; TAPS] = std::array::from_fn(|n| {
        let offset = 2.0 * n as f64 - MIDDLE as f64;
        (PI * offset / 2.0).sin() / (PI * offset) * window(offset)
    });
    // Both halves of the filter pass a constant alike, so that none turns up as a whine.
    let gain = 0.5 / ideal.iter().sum::<f64>();
    ideal.map(|coefficient| (coefficient * gain) as f32)
});

/// Modified Bessel function of the first kind and order 0, by its series.
fn bessel_i0(x: f64) -> f64 {
    let terms = (1..40).scan(1.0, |term, n| {
        *term *= (x / 2.0 / f64::from(n)).powi(2);
        Some(*term)
    });
    1.0 + terms.sum::<f64>()
}

/// From 8 kHz to 16 kHz, later by 11.5 samples at 8 kHz.
#[derive(Debug)]
pub(super) struct Interpolator {
    /// The last samples of the packets before, then those of this one.
    line: Vec<f32>,
}

impl Default for Interpolator {
    fn default() -> Self {
        Self { line: vec![0.0; TAPS - 1] }
    }
}

impl Interpolator {
    /// Two samples at the end of `wide` for each of `samples`.
    pub(super) fn double(&mut self, samples: &[i16], wide: &mut Vec<i16>) {
        self.line.extend(samples.iter().copied().map(f32::from));
        let coefficients = &*COEFFICIENTS;
        for window in self.line.windows(TAPS) {
            let filtered: f32 = window.iter().zip(coefficients).map(|(x, c)| x * c).sum();
            // A cast of f32 saturates.
            wide.extend([(2.0 * filtered).round() as i16, window[TAPS / 2] as i16]);
        }
        self.line.drain(..samples.len());
    }
}

/// From 16 kHz to 8 kHz, later by 11.5 samples at 8 kHz.
#[derive(Debug)]
pub(super) struct Decimator {
    /// The last samples of the packets before, then those of this one.
    line: Vec<f32>,
}

impl Default for Decimator {
    fn default() -> Self {
        Self { line: vec![0.0; 2 * TAPS - 2] }
    }
}

impl Decimator {
    /// One sample at the end of `narrow` for each two of `wide`, whose number is even.
    pub(super) fn halve(&mut self, wide: &[i16], narrow: &mut Vec<i16>) {
        self.line.extend(wide.iter().copied().map(f32::from));
        let coefficients = &*COEFFICIENTS;
        narrow.extend(self.line.windows(2 * TAPS - 1).step_by(2).map(|window| {
            let filtered: f32 =
                window.iter().step_by(2).zip(coefficients).map(|(x, c)| x * c).sum();
            (filtered + window[MIDDLE] / 2.0).round() as i16
        }));
        self.line.drain(..wide.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of amplitude 8000 at a rate.
    fn tone(hertz: f64, rate: f64, count: usize) -> Vec<i16> {
        (0..count).map(|n| (8000.0 * (2.0 * PI * hertz * n as f64 / rate).sin()) as i16).collect()
    }

    fn halved(wide: &[i16]) -> Vec<i16> {
        let (mut filter, mut narrow) = (Decimator::default(), Vec::new());
        // Packets of many sizes are one stream.
        for packet in wide.chunks(322) {
            filter.halve(packet, &mut narrow);
        }
        narrow
    }

    /// Power over that of a tone of amplitude 8000, dB, once the filter has settled.
    fn gain_db(samples: &[i16]) -> f64 {
        let settled = &samples[100..];
        let power = settled.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>();
        10.0 * (power / settled.len() as f64 / 32e6).log10()
    }

    #[test]
    fn it_passes_telephony_and_stops_what_would_fold_into_it() {
        for hertz in [50.0, 300.0, 1000.0, 2500.0, 3000.0, 3400.0] {
            let gain = gain_db(&halved(&tone(hertz, 16_000.0, 16_000)));
            assert!(gain.abs() < 0.05, "{hertz} Hz: {gain:.3} dB");
        }
        for hertz in [4600.0, 5000.0, 6000.0, 7500.0] {
            let gain = gain_db(&halved(&tone(hertz, 16_000.0, 16_000)));
            assert!(gain < -59.0, "{hertz} Hz: {gain:.1} dB");
        }
    }

    #[test]
    fn there_and_back_is_a_delay_of_23_samples() {
        let said = tone(1234.5, 8000.0, 8000);
        let (mut filter, mut wide) = (Interpolator::default(), Vec::new());
        for packet in said.chunks(77) {
            filter.double(packet, &mut wide);
        }
        assert_eq!(wide.len(), 16_000);
        let heard = halved(&wide);
        let error = heard[123..].iter().zip(&said[100..]).map(|(h, s)| f64::from(h - s).powi(2));
        let noise = error.sum::<f64>() / 7800.0;
        let snr = 10.0 * (32e6 / noise).log10();
        assert!(snr > 60.0, "{snr:.1} dB");
    }
}
