//! Sounds at 8 kHz as numbers around zero, and what is done to them.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use pbxcert::media::{RATE, rms_of_dbm0};

/// A mono sound at 8 kHz; full scale of 16 bits is 32768.
pub(crate) type Sound = Vec<f32>;

/// Points of a turn in the table of the sine.
const TURN: usize = 16_384;

static SINE: LazyLock<Vec<f32>> =
    LazyLock::new(|| (0..TURN).map(|n| (TAU * n as f32 / TURN as f32).sin()).collect());

/// The sine of a whole number of turns and a part, from the part (0 up to 1).
pub(crate) fn sine(turns: f64) -> f32 {
    SINE[(turns.fract() * TURN as f64) as usize % TURN]
}

/// Samples in some seconds.
pub(crate) fn samples(seconds: f64) -> usize {
    (seconds * f64::from(RATE)).round() as usize
}

/// Root of the mean square.
pub(crate) fn rms(sound: &[f32]) -> f64 {
    let power = sound.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>();
    (power / sound.len().max(1) as f64).sqrt()
}

/// Makes the mean square 1.
pub(crate) fn at_unit_level(mut sound: Sound) -> Sound {
    let gain = (1.0 / rms(&sound).max(1e-9)) as f32;
    for sample in &mut sound {
        *sample *= gain;
    }
    sound
}

/// Adds a sound of unit level at a level in dBm0, from sample `from` on.
pub(crate) fn add(to: &mut [f32], sound: &[f32], dbm0: f64, from: usize) {
    let gain = rms_of_dbm0(dbm0) as f32;
    for (sum, x) in to.iter_mut().skip(from).zip(sound) {
        *sum += gain * x;
    }
}

/// As 16-bit samples; what is beyond full scale is clipped.
pub(crate) fn to_pcm(sound: &[f32]) -> Vec<i16> {
    sound.iter().map(|x| x.round() as i16).collect()
}
