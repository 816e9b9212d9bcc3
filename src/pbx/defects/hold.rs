//! Defects of hold.

use std::time::Duration;

use super::row::Row;
use super::sdp::{Change, alter_answers, lose_offers};
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::pbx::sound::Piece;
use crate::record::Cause;
use crate::sip::Message;

/// The clauses with a hold.
pub(super) const HOLDS: &[&str] = &["7.1.1", "7.1.3"];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::SilentHold,
        "silent-hold",
        "accepts hold and sends the held party no RTP at all",
        HOLDS,
        Cause::HoldSilent,
    )
    .seen("Asterisk without a music class that can be played; FreeSWITCH with an empty hold_music"),
    Row::new(
        Defect::HoldSilence,
        "hold-silence",
        "sends the held party RTP that holds silence",
        HOLDS,
        Cause::HoldSilent,
    )
    .seen("a music file of silence, or one that cannot be decoded"),
    Row::new(
        Defect::HoldEchoes,
        "hold-echoes",
        "sends the held party its own voice back",
        HOLDS,
        Cause::HoldLeaksAudio,
    )
    .seen("PBXs that loop media in place of parking it"),
    Row::new(
        Defect::HoldStuck,
        "hold-stuck",
        "repeats the last 20 ms of the holder's voice until the resume",
        HOLDS,
        Cause::StuckAudio,
    )
    .seen("media threads that hang on to their last buffer when the stream stops"),
    Row::new(
        Defect::HoldRingback,
        "hold-ringback",
        "plays ringback to the held party",
        HOLDS,
        Cause::HoldRingback,
    )
    .seen("Asterisk with moh_passthrough=no and no music: the dial tone generator goes on"),
    Row::new(
        Defect::HoldBusy,
        "hold-busy",
        "plays busy tone to the held party",
        HOLDS,
        Cause::HoldRingback,
    )
    .seen("analogue PBXs whose held lines get the busy tone"),
    Row::new(
        Defect::HoldNoise,
        "hold-noise",
        "plays noise to the held party",
        HOLDS,
        Cause::HoldNoise,
    )
    .seen("comfort noise in place of music; a music input with nothing plugged in"),
    Row::new(
        Defect::HoldTone,
        "hold-tone",
        "plays one steady tone to the held party",
        HOLDS,
        Cause::HoldTone,
    )
    .seen("hold tones of key systems"),
    Row::new(
        Defect::HoldStops,
        "hold-stops",
        "plays music for 5 s and then silence",
        HOLDS,
        Cause::HoldInterrupted,
    )
    .seen("a short announcement as music, not repeated"),
    Row::new(
        Defect::HoldHoles,
        "hold-holes",
        "plays music with 5 s of silence after every 2 s",
        HOLDS,
        Cause::HoldInterrupted,
    )
    .seen("music streams over a starved link"),
    Row::new(
        Defect::HoldLate,
        "hold-late",
        "begins the music 5 s after the hold",
        HOLDS,
        Cause::HoldInterrupted,
    )
    .seen("music fetched from a URL at every hold"),
    Row::new(
        Defect::HoldRefused,
        "hold-refused",
        "answers the re-INVITE of hold with 488",
        HOLDS,
        Cause::HoldRefused,
    )
    .seen("PBXs that know sendonly but not inactive"),
    Row::new(
        Defect::HoldPending,
        "hold-pending",
        "answers the re-INVITE of hold with 491 for ever",
        HOLDS,
        Cause::HoldRefused,
    )
    .seen("FreeSWITCH and Kamailio reports of an offer that never counts as answered"),
    Row::new(
        Defect::HoldUnanswered,
        "hold-unanswered",
        "never answers the re-INVITE of hold",
        HOLDS,
        Cause::HoldRefused,
    )
    .seen("in-dialog requests lost between a proxy and the PBX behind it")
    .tampers(lose_holds),
    Row::new(
        Defect::HoldAnsweredSendrecv,
        "hold-answered-sendrecv",
        "answers a=inactive with a=sendrecv",
        HOLDS,
        Cause::HoldAnswerOdd,
    )
    .seen("many an IP PBX: guide 7.1's hold works all the same")
    .tampers(answer_sendrecv),
    Row::new(
        Defect::HoldAnsweredBare,
        "hold-answered-bare",
        "answers hold with a 200 that has no session description",
        HOLDS,
        Cause::HoldAnswerOdd,
    )
    .seen("PBXs that take a re-INVITE for a session refresh")
    .tampers(answer_without_sdp),
    Row::new(
        Defect::HoldVersionKept,
        "sdp-version-kept",
        "changes its session description without a new version in o=",
        HOLDS,
        Cause::SdpVersion,
    )
    .seen("RFC 3264 §8 disregarded: Lync and Cisco then ignore the change")
    .tampers(keep_version),
    Row::new(
        Defect::HoldEndsCall,
        "hold-ends-call",
        "accepts hold and hangs up at once",
        HOLDS,
        Cause::CallDropped,
    )
    .seen("Asterisk 22 where the hold's answer led to an unexpected codec"),
    Row::new(
        Defect::HoldTimesOut,
        "hold-times-out",
        "hangs up after 8 s of hold",
        HOLDS,
        Cause::CallDropped,
    )
    .seen("Asterisk with a short rtp_timeout_hold"),
];

/// Families of which one is enough: what a held party hears, and how hold and resume are
/// met.
pub(super) const ALTERNATIVES: &[&[Defect]] = &[
    &[
        Defect::SilentHold,
        Defect::HoldSilence,
        Defect::HoldEchoes,
        Defect::HoldStuck,
        Defect::HoldRingback,
        Defect::HoldBusy,
        Defect::HoldNoise,
        Defect::HoldTone,
        Defect::HoldStops,
        Defect::HoldHoles,
        Defect::HoldLate,
    ],
    &[
        Defect::HoldRefused,
        Defect::HoldPending,
        Defect::HoldUnanswered,
        Defect::HoldAnsweredSendrecv,
        Defect::HoldAnsweredBare,
        Defect::HoldEndsCall,
        Defect::HoldTimesOut,
    ],
    &[
        Defect::ResumeRefused,
        Defect::ResumePending,
        Defect::ResumeUnanswered,
        Defect::ResumeEndsCall,
        Defect::ResumeOneWay,
        Defect::ResumeRecvonly,
        Defect::ResumeNowhere,
        Defect::ResumeStillMusic,
        Defect::ResumeOtherCodec,
        Defect::ResumePortZero,
    ],
];

/// What a held party hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum Held {
    /// Something that is played.
    Piece(Piece),
    /// Itself.
    Itself,
    /// The last 20 ms before the hold.
    Stuck,
    /// No RTP.
    Nothing,
}

/// How the PBX meets an offer in an established call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum Meets {
    /// It is answered.
    Answers,
    /// It is refused.
    Refuses(u16, &'static str),
    /// It is answered, and the call ends so much later.
    EndsCallAfter(Duration),
}

impl Defects {
    /// What a held party hears: music.
    pub(in crate::pbx) fn held_hears(&self) -> Held {
        let instead = self.iter().find_map(|defect| {
            Some(match defect {
                Defect::SilentHold => Held::Nothing,
                Defect::HoldSilence => Held::Piece(Piece::Silence),
                Defect::HoldEchoes => Held::Itself,
                Defect::HoldStuck => Held::Stuck,
                Defect::HoldRingback => Held::Piece(Piece::Ringback),
                Defect::HoldBusy => Held::Piece(Piece::Busy),
                Defect::HoldNoise => Held::Piece(Piece::Noise),
                Defect::HoldTone => Held::Piece(Piece::SteadyTone),
                Defect::HoldStops => Held::Piece(Piece::MusicThatStops),
                Defect::HoldHoles => Held::Piece(Piece::MusicWithHoles),
                Defect::HoldLate => Held::Piece(Piece::LateMusic),
                _ => return None,
            })
        });
        instead.unwrap_or(Held::Piece(Piece::Music))
    }

    /// How an offer is met that is for this.
    pub(in crate::pbx) fn meets(&self, change: Change) -> Meets {
        let met = self.iter().find_map(|defect| {
            Some(match (change, defect) {
                (Change::Hold, Defect::HoldRefused) | (Change::Resume, Defect::ResumeRefused) => {
                    Meets::Refuses(488, "Not Acceptable Here")
                }
                (Change::Hold, Defect::HoldPending) | (Change::Resume, Defect::ResumePending) => {
                    Meets::Refuses(491, "Request Pending")
                }
                (Change::Hold, Defect::HoldEndsCall) | (Change::Resume, Defect::ResumeEndsCall) => {
                    Meets::EndsCallAfter(Duration::ZERO)
                }
                (Change::Hold, Defect::HoldTimesOut) => {
                    Meets::EndsCallAfter(Duration::from_secs(8))
                }
                _ => return None,
            })
        });
        met.unwrap_or(Meets::Answers)
    }
}

fn lose_holds(passage: &mut Passage<'_>, message: Message) -> Fate {
    lose_offers(passage, message, Change::Hold)
}

fn answer_sendrecv(passage: &mut Passage<'_>, message: Message) -> Fate {
    alter_answers(passage, message, &[Change::Hold], |sdp| {
        Some(sdp.replace("a=inactive", "a=sendrecv"))
    })
}

fn answer_without_sdp(passage: &mut Passage<'_>, message: Message) -> Fate {
    alter_answers(passage, message, &[Change::Hold], |_| None)
}

/// The version of whatever is sent is that of the first description of the call.
fn keep_version(passage: &mut Passage<'_>, message: Message) -> Fate {
    alter_answers(passage, message, &[Change::Hold, Change::Resume], |sdp| {
        let lines = sdp.split_inclusive('\n').map(|line| {
            let mut words: Vec<&str> = line.split(' ').collect();
            if line.starts_with("o=") && words.len() > 2 {
                words[2] = "1";
            }
            words.join(" ")
        });
        Some(lines.collect())
    })
}
