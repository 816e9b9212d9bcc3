//! Tones that are no music: busy tone as in most of Europe (ITU-T E.180: 425 Hz, half a
//! second on and off), and a steady one.

use std::f32::consts::{SQRT_2, TAU};

use super::{RATE, ZERO_DBM0};

/// Level, dBm0.
const LEVEL_DBM0: f32 = -20.0;

/// A frequency that no call progress has, Hz.
const STEADY_HZ: f32 = 1000.0;

/// One period, 1 s.
pub(super) fn busy() -> Vec<i16> {
    let mut sound = tone(425.0, 4000);
    sound.resize(8000, 0);
    sound
}

/// A second of it; the next goes on without a click.
pub(super) fn steady_tone() -> Vec<i16> {
    tone(STEADY_HZ, 8000)
}

fn tone(hertz: f32, samples: usize) -> Vec<i16> {
    let amplitude = ZERO_DBM0 * 10_f32.powf(LEVEL_DBM0 / 20.0) * SQRT_2;
    (0..samples).map(|n| (amplitude * (TAU * hertz * n as f32 / RATE).sin()) as i16).collect()
}
