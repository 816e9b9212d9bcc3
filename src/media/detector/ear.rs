//! The detector of one leg: samples in, final windows out.

use std::cell::RefCell;

use super::features::Features;
use super::hearing::Hearing;
use super::spectrum::{Analyzer, BINS, Spectrum, WINDOW};
use crate::record::Window;

/// Samples from window to window: 32 ms.
pub(crate) const HOP: usize = WINDOW / 2;

/// Samples not louder than this are silence in either law, and no work.
const QUIET: u16 = 16;

thread_local! {
    /// What transforms, and two spectra. Nothing in them is anybody's from call to call: a thread
    /// that listens to hundreds has them at hand for all.
    static WORKBENCH: RefCell<(Analyzer, [Spectrum; 2])> =
        RefCell::new((Analyzer::new(), [[0.0; BINS]; 2]));
}

/// Listens to one stream of samples at 8 kHz.
#[derive(Debug, Clone)]
pub struct Detector {
    samples: Vec<i16>,
    covered: Vec<bool>,
    /// Sample of the run at which `samples` begins.
    position: u64,
    hearing: Hearing,
}

impl Detector {
    /// A detector whose first sample is sample `start` of the run (8 kHz).
    pub fn new(start: u64) -> Self {
        Self {
            samples: Vec::new(),
            covered: Vec::new(),
            position: start,
            hearing: Hearing::default(),
        }
    }

    /// Hears samples, all of them covered by RTP.
    pub fn hear(&mut self, samples: &[i16]) {
        self.covered.resize(self.samples.len() + samples.len(), true);
        self.samples.extend_from_slice(samples);
        self.analyse();
    }

    /// Hears samples of which RTP covered only those that are flagged.
    pub fn hear_partly(&mut self, samples: &[i16], covered: &[bool]) {
        debug_assert_eq!(samples.len(), covered.len());
        self.samples.extend_from_slice(samples);
        self.covered.extend_from_slice(covered);
        self.analyse();
    }

    /// The windows that have become final since the last call, in order.
    pub fn take(&mut self) -> Vec<Window> {
        self.hearing.take()
    }

    /// Makes every window final: nothing more is to come.
    pub fn finish(&mut self) {
        self.hearing.finish();
    }

    fn analyse(&mut self) {
        let mut start = 0;
        // Two windows at a time make one transform.
        while start + WINDOW + HOP <= self.samples.len() {
            WORKBENCH
                .with_borrow_mut(|(analyzer, spectra)| self.two_windows(start, analyzer, spectra));
            start += 2 * HOP;
        }
        if start > 0 {
            self.samples.drain(..start);
            self.covered.drain(..start);
            self.position += start as u64;
        }
    }

    fn two_windows(&mut self, start: usize, analyzer: &mut Analyzer, spectra: &mut [Spectrum; 2]) {
        let ranges = [start, start + HOP].map(|from| from..from + WINDOW);
        let windows = ranges.clone().map(|range| &self.samples[range]);
        let loud = windows.iter().any(|w| w.iter().any(|s| s.unsigned_abs() > QUIET));
        if loud {
            analyzer.pair(windows[0], windows[1], spectra);
        }
        for (spectrum, range) in spectra.iter().zip(ranges) {
            let centre = self.position + (range.start + HOP) as u64;
            let covered = self.covered[range.clone()].iter().filter(|&&c| c).count();
            let covered = covered as f32 / WINDOW as f32;
            let features = if loud {
                Features::of(centre, covered, spectrum)
            } else {
                let samples = &self.samples[range];
                let power = samples.iter().map(|&s| f32::from(s) * f32::from(s)).sum::<f32>();
                Features::silent(centre, covered, power / WINDOW as f32)
            };
            self.hearing.push(features);
        }
    }
}
