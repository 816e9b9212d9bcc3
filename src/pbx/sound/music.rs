//! Music on hold, synthesised at start: broken chords and a melody over sustained ones.
//!
//! It leaves out A and its neighbours, so that no note stands among the call-progress
//! tones (400–480 Hz), and always sounds at least four notes with overtones at once, so
//! that no pair of tones stands alone as an identity's would.

use std::f32::consts::TAU;

use super::{RATE, ZERO_DBM0};

/// Mean level, dBm0.
const LEVEL_DBM0: f32 = -18.0;
/// Length of a bar of eight melody notes, seconds.
const BAR: f32 = 1.56;
/// MIDI numbers of each bar's chord.
const CHORDS: [[u8; 3]; 8] = [
    [48, 52, 55], // C E G
    [52, 55, 59], // E G B
    [50, 55, 59], // D G B
    [48, 52, 55],
    [48, 52, 59], // C E B
    [52, 55, 59],
    [50, 55, 59],
    [48, 55, 64], // C G E
];
/// MIDI numbers of the melody, eight notes in a bar; 0 lets the last one ring.
const MELODY: [[u8; 8]; 8] = [
    [72, 0, 76, 79, 84, 0, 79, 76],
    [83, 0, 79, 76, 74, 76, 79, 0],
    [74, 79, 83, 0, 86, 83, 79, 74],
    [84, 0, 0, 79, 76, 74, 72, 0],
    [76, 79, 83, 88, 0, 83, 79, 76],
    [88, 0, 86, 83, 79, 0, 76, 74],
    [79, 0, 74, 79, 83, 86, 0, 83],
    [84, 79, 76, 79, 84, 0, 72, 0],
];

struct Note {
    start: f32,
    length: f32,
    midi: u8,
    loudness: f32,
    /// Seconds to fade by a factor of e; endless for a sustained note.
    decay: f32,
}

/// The whole piece, about 12 s, to be played in a loop: its end rings into its start.
pub(super) fn music() -> Vec<i16> {
    let mut mix = vec![0.0_f32; (BAR * 8.0 * RATE) as usize];
    for (bar, (chord, melody)) in CHORDS.iter().zip(&MELODY).enumerate() {
        let start = bar as f32 * BAR;
        for &midi in chord {
            let loudness = 0.35;
            // An octave apart, so that the chord is heard through a telephone.
            for midi in [midi, midi + 12].into_iter().filter(|&m| !(67..=71).contains(&m)) {
                let length = BAR + 0.1;
                play(&mut mix, &Note { start, length, midi, loudness, decay: f32::INFINITY });
            }
        }
        let step = BAR / 8.0;
        for (i, &midi) in melody.iter().enumerate().filter(|(_, midi)| **midi > 0) {
            let start = start + i as f32 * step;
            play(&mut mix, &Note { start, length: 0.9, midi, loudness: 1.0, decay: 0.35 });
        }
    }
    let power = mix.iter().map(|s| s * s).sum::<f32>() / mix.len() as f32;
    let gain = ZERO_DBM0 * 10_f32.powf(LEVEL_DBM0 / 20.0) / power.sqrt();
    mix.iter().map(|s| (s * gain) as i16).collect()
}

/// Adds a note with two overtones and soft ends, wrapping around the end of the piece.
fn play(mix: &mut [f32], note: &Note) {
    const OVERTONES: [f32; 3] = [1.0, 0.35, 0.15];
    const ATTACK: f32 = 0.012;
    const RELEASE: f32 = 0.06;
    let pitch = 440.0 * 2_f32.powf((f32::from(note.midi) - 69.0) / 12.0);
    let count = (note.length * RATE) as usize;
    let first = (note.start * RATE) as usize;
    for (i, loudness) in OVERTONES.iter().enumerate() {
        let step = TAU * pitch * (i + 1) as f32 / RATE;
        // A rotating phasor costs far less than a sine per sample.
        let (turn_sin, turn_cos) = step.sin_cos();
        let (mut re, mut im) = (1.0_f32, 0.0_f32);
        for n in 0..count {
            let at = n as f32 / RATE;
            let ends = (at / ATTACK).min((note.length - at) / RELEASE).min(1.0);
            let envelope = ends * (1.0 - at / note.decay / (1.0 + at / note.decay));
            mix[(first + n) % mix.len()] += im * envelope * loudness * note.loudness;
            (re, im) = (re * turn_cos - im * turn_sin, re * turn_sin + im * turn_cos);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_loud_as_promised_never_silent_and_never_clips() {
        let piece = music();
        assert!(piece.len() > 12 * 8000);
        let dbm0 = |samples: &[i16]| {
            let power = samples.iter().map(|&s| f32::from(s).powi(2)).sum::<f32>();
            20.0 * ((power / samples.len() as f32).sqrt() / ZERO_DBM0).log10()
        };
        assert!((dbm0(&piece) - LEVEL_DBM0).abs() < 0.1);
        for window in piece.chunks(512) {
            assert!(dbm0(window) > -35.0, "a window at {} dBm0", dbm0(window));
        }
        assert!(piece.iter().all(|s| s.unsigned_abs() < 20_000));
    }
}
