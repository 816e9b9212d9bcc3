//! The way from the speaking agents to the listening one: gains that clip, codecs, loss,
//! clocks, and at its end the engine's own ear.

use pbxcert::media::{Codec, Earpiece};
use pbxcert::record::Window;
use rtp_rs::{RtpPacketBuilder, Seq};

use super::call::Call;
use super::codec::{FRAME, Foreign};
use super::dice::Dice;
use super::distractor::Material;
use super::program::ProgramError;
use super::sound::{Sound, to_pcm};

/// Time from sending to arrival, samples: 10 ms, and up to 4 ms more.
const TRANSIT: u64 = 80;
const JITTER: usize = 32;

/// Packets that do not arrive.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Loss {
    /// All arrive.
    #[default]
    None,
    /// Each with the same chance.
    Random(f64),
    /// Of this share, in bursts of three on average.
    Bursts(f64),
}

/// Whose clock is off.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Clock {
    /// Nobody's.
    #[default]
    Even,
    /// The sender's packets come faster (in parts per million) than they should.
    Packets(f64),
    /// A bridge on the way samples the sound anew, faster than it should.
    Sound(f64),
}

/// A way between agents.
#[derive(Debug, Clone, Default)]
pub(crate) struct Path {
    /// Direct current that is added, of full scale.
    pub(crate) offset: f32,
    /// Codecs on the way, and what each loses.
    pub(crate) codecs: Vec<(Foreign, Loss)>,
    /// The codec of the listening agent.
    pub(crate) last: Codec,
    /// What is lost before the listening agent.
    pub(crate) loss: Loss,
    /// Clocks.
    pub(crate) clock: Clock,
}

/// What was heard of a call.
#[derive(Debug)]
pub(crate) struct Heard {
    /// Every window, in order.
    pub(crate) windows: Vec<Window>,
    /// Where sample 0 of the call is heard, samples after the call's start.
    pub(crate) shift: i64,
    /// How much later a second of the call is heard than the one before, s.
    pub(crate) stretch: f64,
    /// Packets that did not arrive somewhere on the way.
    pub(crate) lost: Vec<bool>,
}

impl Path {
    /// The way in words.
    pub(crate) fn name(&self) -> String {
        let mut parts: Vec<String> = self.codecs.iter().map(|c| c.0.name().to_owned()).collect();
        if parts.is_empty() {
            let last = if self.last == Codec::Pcma { "A-law" } else { "µ-law" };
            parts.push(last.to_owned());
        }
        parts.join(" → ")
    }

    /// Carries calls to their listeners.
    pub(crate) fn carry(
        &self,
        calls: &[Call],
        material: &Material,
    ) -> Result<Vec<Heard>, ProgramError> {
        let mut pcm = Vec::new();
        let mut lost = Vec::new();
        let mut repeated = Vec::new();
        for (n, call) in calls.iter().enumerate() {
            let sound = self.through_bridge(call.sound(material)?);
            let offset: Sound = sound.iter().map(|x| x + 32_768.0 * self.offset).collect();
            pcm.extend(to_pcm(&offset));
            lost.resize(lost.len() + call.packets, false);
            // Every other call goes through a gateway that conceals.
            repeated.resize(repeated.len() + call.packets, n % 2 == 1);
        }
        let mut dice = calls.first().map_or_else(|| Dice::new(0), |call| call.dice.clone());
        for (codec, loss) in &self.codecs {
            let here = loss.of(lost.len(), &mut dice);
            pcm = codec.pass(&pcm, &here, &repeated)?;
            lost.iter_mut().zip(here).for_each(|(lost, here)| *lost |= here);
        }
        let mut from = 0;
        let mut heard = Vec::new();
        for call in calls {
            let to = from + call.packets;
            let pcm = &pcm[from * FRAME..to * FRAME];
            heard.push(self.hear(call, pcm, &lost[from..to], &mut dice));
            from = to;
        }
        Ok(heard)
    }

    /// The sound as a bridge plays it whose clock may be off.
    fn through_bridge(&self, sound: Sound) -> Sound {
        let Clock::Sound(ppm) = self.clock else { return sound };
        let step = 1.0 + ppm * 1e-6;
        (0..sound.len())
            .map(|n| {
                let at = n as f64 * step;
                let near = |offset: i64| {
                    let place = usize::try_from(at as i64 + offset).ok();
                    place.and_then(|place| sound.get(place)).copied().unwrap_or(0.0)
                };
                cubic([-1, 0, 1, 2].map(near), at.fract() as f32)
            })
            .collect()
    }

    /// The last leg: packets to the engine's ear.
    fn hear(&self, call: &Call, pcm: &[i16], lost: &[bool], dice: &mut Dice) -> Heard {
        let here = self.loss.of(call.packets, dice);
        let pace = match self.clock {
            Clock::Packets(ppm) => 1.0 - ppm * 1e-6,
            _ => 1.0,
        };
        let mut ear = Earpiece::new(call.start, self.last);
        let mut windows = Vec::new();
        let mut shift = None;
        for (n, samples) in pcm.chunks(FRAME).enumerate() {
            let since = (n * FRAME) as f64 * pace;
            let arrival = call.start + since as u64 + TRANSIT + dice.below(JITTER) as u64;
            if !here[n] {
                let payload = self.last.encode(samples);
                let datagram = RtpPacketBuilder::new()
                    .payload_type(self.last.payload_type())
                    .marked(n == 0)
                    .sequence(Seq::from(n as u16))
                    .timestamp((n * FRAME) as u32)
                    .ssrc(call.start as u32)
                    .payload(&payload)
                    .build();
                let Ok(datagram) = datagram else { continue };
                ear.take(arrival, &datagram);
                shift.get_or_insert((arrival - call.start) as i64 - (n * FRAME) as i64);
            }
            windows.extend(ear.hear(arrival));
        }
        windows.extend(ear.finish());
        let stretch = match self.clock {
            Clock::Sound(ppm) => -ppm * 1e-6,
            _ => 0.0,
        };
        let lost = lost.iter().zip(here).map(|(before, here)| before | here).collect();
        Heard { windows, shift: shift.unwrap_or_default(), stretch, lost }
    }
}

/// A cubic through four neighbours (Catmull-Rom), `part` of the way from the second to the
/// third.
fn cubic(near: [f32; 4], part: f32) -> f32 {
    let slope = near[2] - near[0];
    let square = 2.0 * near[0] - 5.0 * near[1] + 4.0 * near[2] - near[3];
    let cube = 3.0 * (near[1] - near[2]) + near[3] - near[0];
    near[1] + 0.5 * part * (slope + part * (square + part * cube))
}

impl Loss {
    /// In words, if anything is lost.
    pub(crate) fn name(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Random(share) => Some(format!("{} % loss", 100.0 * share)),
            Self::Bursts(share) => Some(format!("{} % loss in bursts", 100.0 * share)),
        }
    }

    /// The share that is lost.
    pub(crate) const fn share(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Random(share) | Self::Bursts(share) => share,
        }
    }

    /// Which of `count` packets are lost.
    fn of(self, count: usize, dice: &mut Dice) -> Vec<bool> {
        let mut in_burst = false;
        (0..count)
            .map(|_| match self {
                Self::None => false,
                Self::Random(share) => dice.share() < share,
                Self::Bursts(share) => {
                    // Gilbert's model: a burst ends with a chance of one in three.
                    let begin = share / (1.0 - share) / 3.0;
                    in_burst =
                        if in_burst { dice.share() >= 1.0 / 3.0 } else { dice.share() < begin };
                    in_burst
                }
            })
            .collect()
    }
}
