//! From 64 ms of sound to the figures that everything else is judged by.

use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

/// Samples of a window: 64 ms.
pub(crate) const WINDOW: usize = 512;

/// Bins of a spectrum, up to 4 kHz.
pub(crate) const BINS: usize = WINDOW / 2;

/// Mean square of the (Hann-weighted) window by bin.
pub(crate) type Spectrum = [f32; BINS];

/// Sum of the squares of a Hann window's weights, by length.
const HANN_POWER: f32 = 0.375;

/// Transforms windows, two real ones in one complex transform.
#[derive(Clone)]
pub(crate) struct Analyzer {
    fft: Arc<dyn Fft<f32>>,
    weights: [f32; WINDOW],
    buffer: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl std::fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Analyzer")
    }
}

impl Analyzer {
    pub(crate) fn new() -> Self {
        let fft = FftPlanner::new().plan_fft_forward(WINDOW);
        let turn = std::f32::consts::TAU / WINDOW as f32;
        Self {
            weights: std::array::from_fn(|n| 0.5 - 0.5 * (turn * n as f32).cos()),
            buffer: vec![Complex32::default(); WINDOW],
            scratch: vec![Complex32::default(); fft.get_inplace_scratch_len()],
            fft,
        }
    }

    /// Spectra of two windows of [`WINDOW`] samples each.
    pub(crate) fn pair(&mut self, first: &[i16], second: &[i16], into: &mut [Spectrum; 2]) {
        let samples = first.iter().zip(second).zip(&self.weights);
        for (point, ((&a, &b), &weight)) in self.buffer.iter_mut().zip(samples) {
            *point = Complex32::new(f32::from(a) * weight, f32::from(b) * weight);
        }
        self.fft.process_with_scratch(&mut self.buffer, &mut self.scratch);
        // One-sided mean square: 2 |X|² / (N Σw²); the halves of the split add another 1/4.
        let scale = 0.5 / (WINDOW as f32 * WINDOW as f32 * HANN_POWER);
        let [first, second] = into;
        (first[0], second[0]) = (0.0, 0.0);
        let points = self.buffer[1..BINS].iter().zip(self.buffer[BINS + 1..].iter().rev());
        for ((z, mirror), (a, b)) in points.zip(first[1..].iter_mut().zip(&mut second[1..])) {
            *a = (z + mirror.conj()).norm_sqr() * scale;
            *b = (z - mirror.conj()).norm_sqr() * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_keeps_its_power_and_its_place() {
        let tone: Vec<i16> = (0..WINDOW)
            .map(|n| (10_000.0 * (std::f64::consts::TAU * 64.0 * n as f64 / 512.0).sin()) as i16)
            .collect();
        let mut spectra = [[0.0; BINS]; 2];
        Analyzer::new().pair(&[0; WINDOW], &tone, &mut spectra);
        assert!(spectra[0].iter().sum::<f32>() < 1.0, "the two windows do not mix");
        let power: f32 = spectra[1].iter().sum();
        assert!((power / 5e7 - 1.0).abs() < 0.01, "{power}");
        let near: f32 = spectra[1][63..=65].iter().sum();
        assert!(near / power > 0.999);
    }
}
