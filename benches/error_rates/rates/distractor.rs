//! What else is on the line.

use std::sync::OnceLock;

use super::dice::Dice;
use super::music::{self, KINDS, Music};
use super::program::ProgramError;
use super::sound::{Sound, at_unit_level, samples};
use super::speech::Speech;
use super::tones::{self, Cadence};

/// A sound that is nobody's.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Distractor {
    /// White noise.
    White,
    /// Noise that falls by 6 dB per octave above 500 Hz.
    Coloured,
    /// Six people talking at once.
    Babble,
    /// One of six people.
    Speech,
    /// Sentences with pauses between them, and music in the pauses and, softer, beneath.
    AnnouncementOverMusic,
    /// A kind of music.
    Music(Music),
    /// Each time another kind.
    AnyMusic,
    /// DTMF.
    Digits,
    /// Ringing, busy, dial tone, special information, fax: each time others.
    Progress,
    /// Each time one of these.
    Cadence(&'static [Cadence]),
}

/// What takes long to make and is made once, when it is first wanted.
#[derive(Debug)]
pub(crate) struct Material {
    sentences: usize,
    speech: OnceLock<Result<Speech, ProgramError>>,
}

impl Material {
    /// With about so many sentences of each voice.
    pub(crate) fn new(sentences: usize) -> Self {
        Self { sentences, speech: OnceLock::new() }
    }

    fn speech(&self) -> Result<&Speech, ProgramError> {
        self.speech
            .get_or_init(|| Speech::spoken(self.sentences))
            .as_ref()
            .map_err(ProgramError::clone)
    }
}

impl Distractor {
    /// Some seconds of it, at unit level (tones in a cadence: while they are on).
    pub(crate) fn render(
        self,
        seconds: f64,
        dice: &mut Dice,
        material: &Material,
    ) -> Result<Sound, ProgramError> {
        Ok(match self {
            Self::White => at_unit_level(noise(seconds, 1.0, dice)),
            Self::Coloured => at_unit_level(noise(seconds, 0.33, dice)),
            Self::Babble => material.speech()?.babble(seconds, dice),
            Self::Speech => material.speech()?.one(seconds, dice),
            Self::AnnouncementOverMusic => announcement(seconds, dice, material.speech()?),
            Self::Music(kind) => music::play(kind, seconds, dice),
            Self::AnyMusic => music::play(*dice.one_of(&KINDS), seconds, dice),
            Self::Digits => tones::digits(seconds, dice),
            Self::Progress => tones::progress(seconds, dice),
            Self::Cadence(of) => tones::in_cadence(*dice.one_of(of), seconds, dice),
        })
    }
}

/// Noise through a one-pole filter that takes the share `follow` of each step.
fn noise(seconds: f64, follow: f32, dice: &mut Dice) -> Sound {
    let mut state = 0.0;
    (0..samples(seconds))
        .map(|_| {
            // The sum of three is nearly normal.
            let next: f64 = (0..3).map(|_| dice.between(-1.0, 1.0)).sum();
            state += follow * (next as f32 - state);
            state
        })
        .collect()
}

fn announcement(seconds: f64, dice: &mut Dice, speech: &Speech) -> Sound {
    let mut sound = music::play(*dice.one_of(&KINDS), seconds, dice);
    let mut from = samples(dice.between(0.0, 2.0));
    while from < sound.len() {
        let length = dice.between(2.0, 5.0);
        let voice = speech.one(length, dice);
        for (x, y) in sound.iter_mut().skip(from).zip(&voice) {
            // Music is 12 dB softer beneath a voice.
            *x = *x * 0.25 + y;
        }
        from += samples(length + dice.between(1.0, 3.0));
    }
    at_unit_level(sound)
}
