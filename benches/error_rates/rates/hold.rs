//! One row of the table of holds: what a held party hears, and what the check makes of it.

use std::collections::BTreeMap;

use pbxcert::check::{Ear, Span, hold_music};
use pbxcert::media::{Identity, SPOKEN_DBM0};
use pbxcert::profile::HoldAudio;
use pbxcert::record::{Cause, StreamStats};

use super::call::{Beside, Call, Voice};
use super::count::Counts;
use super::dice::Dice;
use super::distractor::{Distractor, Material};
use super::path::{Heard, Path};
use super::program::ProgramError;

/// Windows of a row.
const WINDOWS: u64 = 100_000;

/// Windows of a row over other codecs than those of the goal.
const TOLD: u64 = 20_000;

/// The talk before, and the end of the hold, packets of 20 ms.
const TALK: usize = 150;
const HELD: usize = 160;
const END: usize = 925;

/// Windows that are not final yet are not judged, s.
const LAG_S: f64 = 0.4;

/// Holds that go through a codec's program at once.
const BATCH: usize = 32;

/// What the held party hears.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Held {
    /// Packets of silence.
    Silence,
    /// A sound at some level between two, dBm0.
    Sound(Distractor, f64, f64),
    /// The voice of the party that holds, dBm0.
    Holder(f64),
    /// Its own voice, dBm0.
    Own(f64),
    /// The voice of the party that holds so much below music, dB.
    HolderUnderMusic(f64),
}

/// Holds of a kind.
#[derive(Debug, Clone)]
pub(crate) struct HoldRow {
    /// What is heard, in words.
    pub(crate) name: String,
    /// What is heard.
    pub(crate) held: Held,
    /// What the check has to say: one of these causes, `None` for a pass.
    pub(crate) right: &'static [Option<Cause>],
    /// The way.
    pub(crate) path: Path,
}

/// How often it was judged aright and wrongly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HeldCounts {
    /// Windows, and identities heard in them that nobody spoke.
    pub(crate) windows: Counts,
    /// Holds.
    pub(crate) holds: u64,
    /// What else the check said, and how often.
    pub(crate) wrong: BTreeMap<String, u64>,
}

impl HeldCounts {
    /// Holds that were judged wrongly.
    pub(crate) fn misjudged(&self) -> u64 {
        self.wrong.values().sum()
    }
}

impl HoldRow {
    /// The kind and the way in words.
    pub(crate) fn title(&self) -> String {
        let loss = self.path.loss.name().map(|loss| format!(", {loss}")).unwrap_or_default();
        format!("On hold: {}, {}{loss}", self.name, self.path.name())
    }

    /// Whether the goal is set for it: not where a voice is below what else sounds.
    pub(crate) fn is_held(&self) -> bool {
        !matches!(self.held, Held::HolderUnderMusic(_))
            && self.path.loss.share() <= 0.02
            && self.path.codecs.iter().all(|c| c.0.is_of_goal())
    }

    /// How many windows are judged at least; `scale` is 1 but for trials.
    pub(crate) fn windows(&self, scale: f64) -> u64 {
        ((if self.is_held() { WINDOWS } else { TOLD }) as f64 * scale) as u64
    }

    /// Holds calls until so many windows have been heard.
    pub(crate) fn measure(
        &self,
        material: &Material,
        windows: u64,
        seed: u64,
    ) -> Result<HeldCounts, ProgramError> {
        let mut dice = Dice::named(&self.title(), seed);
        let mut counts = HeldCounts::default();
        let batch = if windows < 10_000 { 1 } else { BATCH };
        while counts.windows.windows < windows {
            let calls: Vec<Call> = (0..batch).map(|_| self.call(&mut dice)).collect();
            for (call, heard) in calls.iter().zip(self.path.carry(&calls, material)?) {
                counts.windows.add(&Counts::of(call, &heard));
                counts.holds += 1;
                let cause = judge(call, &heard);
                if !self.right.contains(&cause) {
                    let said = cause.map_or_else(|| "pass".to_owned(), Cause::name);
                    *counts.wrong.entry(said).or_default() += 1;
                }
            }
        }
        Ok(counts)
    }

    /// A talk of 3 s in which the holder is heard, and 15 s on hold.
    fn call(&self, dice: &mut Dice) -> Call {
        let mut call = Call::quiet(END + 30, dice);
        let holder = dice.below(usize::from(Identity::COUNT)) as u16;
        let own =
            (holder + 1 + dice.below(usize::from(Identity::COUNT) - 1) as u16) % Identity::COUNT;
        let delay = dice.below(1600);
        let voice = |number, from, to, dbm0| Voice {
            number,
            spans: vec![(from, to)],
            delay,
            dbm0,
            wanted: false,
        };
        call.voices = vec![
            voice(holder, 0, TALK, SPOKEN_DBM0),
            // The held party is named, also where it is not heard.
            voice(own, 0, 0, SPOKEN_DBM0),
        ];
        match self.held {
            Held::Silence => {}
            Held::Sound(sound, low, high) => {
                let dbm0 = dice.between(low, high);
                call.beside.push(Beside { sound, dbm0, from: HELD });
            }
            Held::Holder(dbm0) => call.voices.push(voice(holder, HELD, END + 30, dbm0)),
            Held::Own(dbm0) => call.voices.push(voice(own, HELD, END + 30, dbm0)),
            Held::HolderUnderMusic(below) => {
                let dbm0 = dice.between(-25.0, -12.0);
                call.voices.push(voice(holder, HELD, END + 30, dbm0 - below));
                call.beside.push(Beside { sound: Distractor::AnyMusic, dbm0, from: HELD });
            }
        }
        call
    }
}

/// What the product's check says of a hold.
fn judge(call: &Call, heard: &Heard) -> Option<Cause> {
    let [holder, own, ..] = &call.voices[..] else { return None };
    let at = |packet: usize| call.start as f64 / 8000.0 + packet as f64 / 50.0;
    let ear = Ear {
        party: "the held party",
        own: own.number,
        peer: holder.number,
        spoken: Identity::COUNT,
        windows: &heard.windows,
    };
    let (from, now) = (at(HELD), at(END) + LAG_S);
    let span = Span { from, now, planned: 15.0, over: true };
    hold_music(&ear, &StreamStats::default(), HoldAudio::Music, &span)?.cause
}
