//! Tones of telephony: digits, ringing, busy, announcements' signals, fax.

use super::dice::Dice;
use super::sound::{Sound, samples, sine};

/// Tones in a cadence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cadence {
    /// What sounds together, Hz.
    pub(crate) tones: &'static [f64],
    /// Times on, off, on…, s; they repeat.
    pub(crate) times: &'static [f64],
}

const fn cadence(tones: &'static [f64], times: &'static [f64]) -> Cadence {
    Cadence { tones, times }
}

/// Ringing: Europe, Germany, United States, United Kingdom, Australia (ITU-T E.180).
pub(crate) const RINGING: [Cadence; 5] = [
    cadence(&[425.0], &[1.0, 4.0]),
    cadence(&[425.0], &[1.0, 3.0]),
    cadence(&[440.0, 480.0], &[2.0, 4.0]),
    cadence(&[400.0, 450.0], &[0.4, 0.2, 0.4, 2.0]),
    cadence(&[400.0, 425.0], &[0.4, 0.2, 0.4, 2.0]),
];

/// Busy and congestion.
pub(crate) const BUSY: [Cadence; 5] = [
    cadence(&[425.0], &[0.5, 0.5]),
    cadence(&[425.0], &[0.25, 0.25]),
    cadence(&[480.0, 620.0], &[0.5, 0.5]),
    cadence(&[480.0, 620.0], &[0.25, 0.25]),
    cadence(&[400.0], &[0.375, 0.375]),
];

/// Steady tones: dial tones, test tones.
pub(crate) const STEADY: [Cadence; 4] = [
    cadence(&[350.0, 440.0], &[1.0]),
    cadence(&[425.0], &[1.0]),
    cadence(&[1004.0], &[1.0]),
    cadence(&[440.0], &[1.0]),
];

/// Others that a line carries: fax calling, answering modem, call waiting, stutter dial.
const OTHERS: [Cadence; 4] = [
    cadence(&[1100.0], &[0.5, 3.0]),
    cadence(&[2100.0], &[3.3, 0.1]),
    cadence(&[425.0], &[0.2, 0.6, 0.2, 5.0]),
    cadence(&[350.0, 440.0], &[0.1, 0.1]),
];

const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];

/// Tones in a cadence, at unit level while they are on.
pub(crate) fn in_cadence(cadence: Cadence, seconds: f64, dice: &mut Dice) -> Sound {
    let period: f64 = cadence.times.iter().sum();
    let begin = dice.between(0.0, period);
    together(cadence.tones, seconds)
        .enumerate()
        .map(|(n, x)| {
            let mut place = (n as f64 / 8000.0 + begin) % period;
            let part = cadence.times.iter().position(|time| {
                place -= time;
                place < 0.0
            });
            if part.is_some_and(|part| part % 2 == 0) { x } else { 0.0 }
        })
        .collect()
}

/// Call progress: every few seconds another of all cadences, or special information
/// tones.
pub(crate) fn progress(seconds: f64, dice: &mut Dice) -> Sound {
    let all: Vec<Cadence> = [&RINGING[..], &BUSY, &STEADY, &OTHERS].concat();
    let mut sound = Vec::new();
    while sound.len() < samples(seconds) {
        if dice.below(8) == 0 {
            // 950, 1400 and 1800 Hz of 330 ms each, and a second's pause.
            for hz in [950.0, 1400.0, 1800.0] {
                sound.extend(together(&[hz], 0.33));
            }
            sound.extend(vec![0.0; samples(1.0)]);
        } else {
            let cadence = *dice.one_of(&all);
            let length = dice.between(6.0, 12.0);
            sound.extend(in_cadence(cadence, length, dice));
        }
    }
    sound.truncate(samples(seconds));
    sound
}

/// Tones at once, at unit level.
fn together(tones: &[f64], seconds: f64) -> impl Iterator<Item = f32> + '_ {
    let gain = (2.0 / tones.len() as f32).sqrt();
    (0..samples(seconds)).map(move |n| {
        let t = n as f64 / 8000.0;
        gain * tones.iter().map(|hz| sine(hz * t)).sum::<f32>()
    })
}

/// DTMF digits of 70 to 250 ms, at unit level while they are on.
pub(crate) fn digits(seconds: f64, dice: &mut Dice) -> Sound {
    let mut sound = Vec::new();
    while sound.len() < samples(seconds) {
        let (low, high) = (*dice.one_of(&ROWS), *dice.one_of(&COLUMNS));
        sound.extend(together(&[low, high], dice.between(0.07, 0.25)));
        sound.extend(vec![0.0; samples(dice.between(0.05, 0.2))]);
    }
    sound.truncate(samples(seconds));
    sound
}
