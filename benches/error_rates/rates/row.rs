//! One row of the table of talks: calls of one kind over one path.

use pbxcert::media::{Codec, Identity, SPOKEN_DBM0};

use super::call::{Beside, Call, Voice};
use super::codec::Foreign;
use super::count::Counts;
use super::dice::Dice;
use super::distractor::{Distractor, Material};
use super::path::{Clock, Loss, Path};
use super::program::ProgramError;

/// Windows of a row that is held against the goal, and of others.
const HELD: u64 = 100_000;
const TOLD: u64 = 20_000;

/// Ratio of voice to the rest, and loss, for which the goal is set.
const GOAL_DB: f64 = 15.0;
const GOAL_LOSS: f64 = 0.02;

/// Peak of an identity over its level, dB: from here on it would clip.
const CLIPS_DBM0: f64 = -2.5;

/// Calls that go through a codec's program at once.
const BATCH: usize = 16;

/// Largest delay of a voice, samples: 500 ms.
const DELAY: usize = 4000;

/// Who speaks when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Layout {
    /// The peer for 8 s and, after a pause, for 28 s.
    Alone,
    /// The same over and over for 400 s, in which clocks drift apart.
    Long,
    /// The peer, and a stranger who is so much louder, dB.
    Crossed(f64),
    /// The peer, and the listener's own voice so much louder, dB, which may be heard.
    Echo(f64),
    /// Both for 1.5 s each, then nobody for 37 s.
    Nobody,
}

/// Calls of a kind.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The table that it stands in.
    pub(crate) section: &'static str,
    /// What is special about it.
    pub(crate) name: String,
    /// Who speaks.
    pub(crate) layout: Layout,
    /// Level of the peer, dBm0.
    pub(crate) dbm0: f64,
    /// What else sounds, and how far below the peer, dB. Without anybody who speaks its
    /// level is any between -35 and -8 dBm0.
    pub(crate) beside: Option<(Distractor, f64)>,
    /// The way.
    pub(crate) path: Path,
}

impl Row {
    /// One voice at its own level over A-law.
    pub(crate) fn new(section: &'static str, name: impl Into<String>) -> Self {
        Self {
            section,
            name: name.into(),
            layout: Layout::Alone,
            dbm0: SPOKEN_DBM0,
            beside: None,
            path: Path::default(),
        }
    }

    pub(crate) fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    pub(crate) fn at(mut self, dbm0: f64) -> Self {
        self.dbm0 = dbm0;
        self
    }

    pub(crate) fn beside(mut self, sound: Distractor, below: f64) -> Self {
        self.beside = Some((sound, below));
        self
    }

    /// Through these codecs between the agents' own.
    pub(crate) fn via(mut self, codecs: &[Foreign]) -> Self {
        self.path.codecs = codecs.iter().map(|codec| (*codec, Loss::None)).collect();
        self
    }

    pub(crate) fn last(mut self, codec: Codec) -> Self {
        self.path.last = codec;
        self
    }

    /// Loses packets: of the first codec on the way, or before the listener if there is
    /// none.
    pub(crate) fn losing(mut self, loss: Loss) -> Self {
        match self.path.codecs.first_mut() {
            Some((_, lost)) => *lost = loss,
            None => self.path.loss = loss,
        }
        self
    }

    pub(crate) fn clock(mut self, clock: Clock) -> Self {
        self.path.clock = clock;
        self
    }

    pub(crate) fn offset(mut self, offset: f32) -> Self {
        self.path.offset = offset;
        self
    }

    /// Section, name and way in words.
    pub(crate) fn title(&self) -> String {
        format!("{}: {}, {}", self.section, self.name, self.path.name())
    }

    /// Whether the goal of 0 in 10⁵ is set for it: G.711 or G.722, everything else 15 dB
    /// below the voice, at most 2 % lost, nothing clipped.
    pub(crate) fn is_held(&self) -> bool {
        let lost =
            self.path.loss.share() + self.path.codecs.iter().map(|c| c.1.share()).sum::<f64>();
        let clear = match self.layout {
            Layout::Crossed(_) => false,
            Layout::Echo(louder) => -louder >= GOAL_DB,
            Layout::Nobody => true,
            Layout::Alone | Layout::Long => {
                self.beside.is_none_or(|(_, below)| below >= GOAL_DB) && self.dbm0 < CLIPS_DBM0
            }
        };
        clear && lost <= GOAL_LOSS && self.path.codecs.iter().all(|c| c.0.is_of_goal())
    }

    /// How many windows are judged at least; `scale` is 1 but for trials.
    pub(crate) fn windows(&self, scale: f64) -> u64 {
        ((if self.is_held() { HELD } else { TOLD }) as f64 * scale) as u64
    }

    /// Makes calls until so many windows have been judged.
    pub(crate) fn measure(
        &self,
        material: &Material,
        windows: u64,
        seed: u64,
    ) -> Result<Counts, ProgramError> {
        let mut dice = Dice::named(&self.title(), seed);
        let mut counts = Counts::default();
        let judged = |counts: &Counts| match self.layout {
            Layout::Nobody => counts.windows,
            _ => counts.to_hear,
        };
        let batch = if self.layout == Layout::Long || windows < 10_000 { 1 } else { BATCH };
        while judged(&counts) < windows {
            let calls: Vec<Call> = (0..batch).map(|_| self.call(&mut dice)).collect();
            for (call, heard) in calls.iter().zip(self.path.carry(&calls, material)?) {
                counts.add(&Counts::of(call, &heard));
            }
        }
        Ok(counts)
    }

    /// A call of the kind.
    pub(crate) fn call(&self, dice: &mut Dice) -> Call {
        let mut call = Call::quiet(2050, dice);
        let first = dice.below(usize::from(Identity::COUNT)) as u16;
        let other =
            (first + 1 + dice.below(usize::from(Identity::COUNT) - 1) as u16) % Identity::COUNT;
        let mut speak = |number, spans: &[(usize, usize)], dbm0, wanted| {
            let (spans, delay) = (spans.to_vec(), dice.below(DELAY));
            call.voices.push(Voice { number, spans, delay, dbm0, wanted });
        };
        match self.layout {
            Layout::Alone => speak(first, &[(50, 450), (525, 1950)], self.dbm0, true),
            Layout::Long => {
                let spans: Vec<(usize, usize)> = (0..20_000)
                    .step_by(2000)
                    .flat_map(|n| [(n + 50, n + 450), (n + 525, n + 1950)])
                    .collect();
                speak(first, &spans, self.dbm0, true);
                call.packets = 20_050;
            }
            Layout::Crossed(louder) => {
                speak(first, &[(50, 450), (525, 1950)], self.dbm0, true);
                speak(other, &[(150, 700), (800, 1975)], self.dbm0 + louder, true);
            }
            Layout::Echo(louder) => {
                speak(first, &[(50, 450), (525, 1950)], self.dbm0, true);
                speak(other, &[(150, 700), (800, 1975)], self.dbm0 + louder, false);
            }
            Layout::Nobody => {
                speak(first, &[(25, 100)], self.dbm0, false);
                speak(other, &[(100, 175)], self.dbm0, false);
            }
        }
        if let Some((sound, below)) = self.beside {
            let (dbm0, from) = match self.layout {
                Layout::Nobody => (dice.between(-35.0, -8.0), 180),
                _ => (self.dbm0 - below, 0),
            };
            call.beside.push(Beside { sound, dbm0, from });
        }
        call
    }
}
