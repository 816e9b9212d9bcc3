//! A call as it was made: who spoke when, and what else was on the line.

use pbxcert::media::{Codec, Decoder, Identity, Mouthpiece, SPOKEN_DBM0};

use super::codec::FRAME;
use super::dice::Dice;
use super::distractor::{Distractor, Material};
use super::program::ProgramError;
use super::sound::{Sound, add};

/// Bytes of an RTP header without extensions.
const HEADER: usize = 12;

/// Somebody who speaks.
#[derive(Debug, Clone)]
pub(crate) struct Voice {
    /// The identity's number.
    pub(crate) number: u16,
    /// When it speaks, in packets of 20 ms from the start of the call, without the last.
    pub(crate) spans: Vec<(usize, usize)>,
    /// How much later it arrives than it was spoken, samples.
    pub(crate) delay: usize,
    /// Its level, dBm0.
    pub(crate) dbm0: f64,
    /// Whether it has to be heard; if not, it may.
    pub(crate) wanted: bool,
}

/// Something else that sounds.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    /// What.
    pub(crate) sound: Distractor,
    /// Its level, dBm0.
    pub(crate) dbm0: f64,
    /// From which packet on.
    pub(crate) from: usize,
}

/// A call, as one listener should hear it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Sample of the run at which it begins.
    pub(crate) start: u64,
    /// How long it lasts, in packets of 20 ms.
    pub(crate) packets: usize,
    /// Who speaks.
    pub(crate) voices: Vec<Voice>,
    /// What else sounds.
    pub(crate) beside: Vec<Beside>,
    /// Chance for what is left to it.
    pub(crate) dice: Dice,
}

impl Call {
    /// A call of some packets at some time of a run of up to a day, in which nobody
    /// speaks.
    pub(crate) fn quiet(packets: usize, dice: &mut Dice) -> Self {
        let start = 100_000 + dice.below(86_400 * 8000) as u64;
        let dice = Dice::new(dice.roll());
        Self { start, packets, voices: Vec::new(), beside: Vec::new(), dice }
    }

    /// All that sounds, from the start of the call on.
    pub(crate) fn sound(&self, material: &Material) -> Result<Sound, ProgramError> {
        let mut sound = vec![0.0; self.packets * FRAME];
        for voice in &self.voices {
            let gain = 10_f64.powf((voice.dbm0 - SPOKEN_DBM0) / 20.0) as f32;
            let spoken = self.spoken(voice);
            for (sum, x) in sound.iter_mut().skip(voice.delay).zip(spoken) {
                *sum += gain * f32::from(x);
            }
        }
        let mut dice = self.dice.clone();
        for beside in &self.beside {
            let seconds = self.packets.saturating_sub(beside.from) as f64 / 50.0;
            let other = beside.sound.render(seconds, &mut dice, material)?;
            add(&mut sound, &other, beside.dbm0, beside.from * FRAME);
        }
        Ok(sound)
    }

    /// What the voice's agent sends, as the next one reads it.
    fn spoken(&self, voice: &Voice) -> Vec<i16> {
        let codec = Codec::Pcma;
        let mut decoder = Decoder::new(codec);
        let mut mouth = Mouthpiece::new(Identity::of(voice.number), codec);
        let mut spoken = Vec::with_capacity(self.packets * FRAME);
        for n in 0..self.packets {
            mouth.speak(voice.spans.iter().any(|(from, to)| (*from..*to).contains(&n)));
            match mouth.packet(self.start + (n * FRAME) as u64) {
                Some(packet) => decoder.decode_into(&packet[HEADER..], &mut spoken),
                None => spoken.resize(spoken.len() + FRAME, 0),
            }
        }
        spoken
    }
}
