//! Music of several kinds, composed by chance and played by sums of sines.

use super::dice::Dice;
use super::sound::{Sound, at_unit_level, samples, sine};

/// A kind of music.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Music {
    /// Broken and struck chords of plucked strings.
    Guitar,
    /// One long line of nearly pure tones with vibrato.
    Flute,
    /// Slow chords of many detuned partials.
    Strings,
    /// Bass, chords and drums.
    Band,
    /// Bells in the range and in the very rhythm of the identities.
    Chimes,
    /// Square waves in fast arpeggios.
    Arcade,
}

/// Every kind.
pub(crate) const KINDS: [Music; 6] =
    [Music::Guitar, Music::Flute, Music::Strings, Music::Band, Music::Chimes, Music::Arcade];

/// Partials above this are not played, Hz.
const HIGHEST: f64 = 3700.0;

/// Steps of a major and a minor scale, semitones.
const SCALES: [[i32; 7]; 2] = [[0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10]];

/// How an instrument sounds.
#[derive(Clone, Copy)]
struct Instrument<'a> {
    /// Frequency as a multiple of the note's, and amplitude.
    partials: &'a [(f64, f32)],
    /// Time until full loudness, s.
    attack: f64,
    /// Loudness falls by e in this time, s.
    decay: f64,
    /// Depth of a vibrato of 5.5 Hz, as a share of the frequency.
    vibrato: f64,
}

const STRING: Instrument<'_> = Instrument {
    partials: &[
        (1.0, 1.0),
        (2.0, 0.6),
        (3.0, 0.4),
        (4.0, 0.3),
        (5.0, 0.2),
        (6.0, 0.15),
        (7.0, 0.1),
    ],
    attack: 0.003,
    decay: 0.5,
    vibrato: 0.0,
};
const PIPE: Instrument<'_> = Instrument {
    partials: &[(1.0, 1.0), (2.0, 0.25), (3.0, 0.08)],
    attack: 0.05,
    decay: 8.0,
    vibrato: 0.006,
};
const BOWED: Instrument<'_> = Instrument {
    partials: &[
        (1.0, 1.0),
        (1.004, 0.7),
        (2.0, 0.6),
        (2.007, 0.4),
        (3.0, 0.5),
        (4.0, 0.3),
        (5.0, 0.2),
    ],
    attack: 0.25,
    decay: 20.0,
    vibrato: 0.004,
};
const BASS: Instrument<'_> = Instrument {
    partials: &[(1.0, 1.0), (2.0, 0.8), (3.0, 0.5), (4.0, 0.3), (5.0, 0.2), (6.0, 0.1)],
    attack: 0.005,
    decay: 0.4,
    vibrato: 0.0,
};
const BELL: Instrument<'_> = Instrument {
    partials: &[(1.0, 1.0), (2.756, 0.5), (5.404, 0.2)],
    attack: 0.001,
    decay: 0.45,
    vibrato: 0.0,
};
const SQUARE: Instrument<'_> = Instrument {
    partials: &[(1.0, 1.0), (3.0, 0.333), (5.0, 0.2), (7.0, 0.143), (9.0, 0.111)],
    attack: 0.001,
    decay: 3.0,
    vibrato: 0.0,
};

/// Some seconds of a kind of music, at unit level.
pub(crate) fn play(kind: Music, seconds: f64, dice: &mut Dice) -> Sound {
    let mut score =
        Score { sound: vec![0.0; samples(seconds)], scale: *dice.one_of(&SCALES), key: 0.0 };
    score.key = dice.between(0.0, 12.0).floor() + dice.between(-0.3, 0.3);
    let seconds_of_beat = match kind {
        // The identities change pairs every 256 ms.
        Music::Chimes if dice.share() < 0.5 => 0.256,
        Music::Arcade => dice.between(0.1, 0.2),
        Music::Strings => dice.between(0.8, 1.6),
        _ => dice.between(0.25, 0.6),
    };
    let beats = (seconds / seconds_of_beat) as usize + 1;
    for beat in 0..beats {
        let at = beat as f64 * seconds_of_beat;
        match kind {
            Music::Guitar => guitar(&mut score, at, seconds_of_beat, dice),
            Music::Flute => {
                let length = seconds_of_beat * (1.0 + dice.below(2) as f64);
                let note = dice.below(12) as i32;
                score.note(PIPE, at, length, 523.25, note, 1.0);
            }
            Music::Strings => chord(&mut score, BOWED, at, 1.2 * seconds_of_beat, 196.0, dice),
            Music::Band => band(&mut score, beat, at, seconds_of_beat, dice),
            Music::Chimes => {
                for _ in 0..=dice.below(2) {
                    score.note(BELL, at, 1.0, 587.33, dice.below(15) as i32, 1.0);
                }
            }
            Music::Arcade => {
                let note = [0, 2, 4, 7][beat % 4] + [0, 3, 4, 0][beat / 16 % 4];
                score.note(SQUARE, at, seconds_of_beat, 392.0, note, 1.0);
            }
        }
    }
    at_unit_level(score.sound)
}

fn guitar(score: &mut Score, at: f64, beat: f64, dice: &mut Dice) {
    if dice.share() < 0.4 {
        return chord(score, STRING, at, 2.0 * beat, 164.81, dice);
    }
    score.note(STRING, at, 2.0 * beat, 164.81, dice.below(15) as i32, 1.0);
}

/// Three notes of the scale, one between each.
fn chord(score: &mut Score, by: Instrument<'_>, at: f64, length: f64, hz: f64, dice: &mut Dice) {
    let root = dice.below(8) as i32;
    for step in [0, 2, 4] {
        score.note(by, at, length, hz, root + step, 0.6);
    }
}

fn band(score: &mut Score, beat: usize, at: f64, seconds_of_beat: f64, dice: &mut Dice) {
    let root = [0, 3, 4, 0, 5, 3, 4, 4][beat / 4 % 8];
    score.note(BASS, at, seconds_of_beat, 82.41, root, 1.5);
    if beat.is_multiple_of(2) {
        for step in [0, 2, 4] {
            score.note(STRING, at, 2.0 * seconds_of_beat, 329.63, root + step, 0.6);
        }
    }
    // A drum falls in pitch; a snare and a cymbal are noise that dies away.
    score.beaten(at, 0.12, dice, |t, _| sine(60.0 * t + 3.0 * (1.0 - (-20.0 * t).exp())) * 2.0);
    let (loudness, length) = if beat % 2 == 1 { (1.5, 0.1) } else { (0.4, 0.03) };
    score.beaten(at + 0.5 * seconds_of_beat * dice.below(2) as f64, length, dice, |_, dice| {
        loudness * dice.between(-1.0, 1.0) as f32
    });
}

struct Score {
    sound: Sound,
    scale: [i32; 7],
    /// Semitones above the instrument's lowest note.
    key: f64,
}

impl Score {
    /// Adds a note: the `step`th of the scale above `hz`.
    fn note(&mut self, by: Instrument<'_>, at: f64, length: f64, hz: f64, step: i32, loud: f32) {
        let semitones = f64::from(12 * step.div_euclid(7))
            + f64::from(self.scale[step.rem_euclid(7) as usize])
            + self.key;
        let hz = hz * 2_f64.powf(semitones / 12.0);
        let start = samples(at);
        let end = (start + samples(length)).min(self.sound.len());
        let Some(sound) = self.sound.get_mut(start..end) else { return };
        let fall = (-1.0 / (by.decay * 8000.0)).exp() as f32;
        let swings: Vec<f64> = (0..sound.len())
            .map(|n| 1.0 + by.vibrato * f64::from(sine(5.5 * n as f64 / 8000.0)))
            .collect();
        for &(multiple, amplitude) in by.partials {
            let hz = hz * multiple;
            if hz > HIGHEST {
                continue;
            }
            let (mut turns, mut loudness) = (0.0, loud * amplitude);
            let count = sound.len();
            for (n, (x, swing)) in sound.iter_mut().zip(&swings).enumerate() {
                let t = n as f64 / 8000.0;
                turns += hz * swing / 8000.0;
                if turns >= 1.0 {
                    turns -= 1.0;
                }
                let rise = (t / by.attack).min(1.0) as f32;
                // The end is let go within 10 ms.
                let release = ((count - n) as f32 / 80.0).min(1.0);
                *x += sine(turns) * loudness * rise * release;
                loudness *= fall;
            }
        }
    }

    /// Adds a stroke that dies away: `of` its time and chance.
    fn beaten(
        &mut self,
        at: f64,
        length: f64,
        dice: &mut Dice,
        of: impl Fn(f64, &mut Dice) -> f32,
    ) {
        let start = samples(at);
        for (n, x) in self.sound.iter_mut().skip(start).take(samples(4.0 * length)).enumerate() {
            let t = n as f64 / 8000.0;
            *x += of(t, dice) * (-t / length).exp() as f32;
        }
    }
}
