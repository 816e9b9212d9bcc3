//! Defects of resuming a held call.

use super::hold::HOLDS;
use super::row::Row;
use super::sdp::{Change, alter_answers, lose_offers};
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::record::Cause;
use crate::sip::Message;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::ResumeRefused,
        "resume-refused",
        "answers the re-INVITE of resume with 488",
        HOLDS,
        Cause::ResumeRefused,
    )
    .seen("PBXs that compare the offer with what is on hold, not with what they can do"),
    Row::new(
        Defect::ResumePending,
        "resume-pending",
        "answers the re-INVITE of resume with 491 for ever",
        HOLDS,
        Cause::ResumeRefused,
    )
    .seen("a hold whose ACK was lost behind a proxy"),
    Row::new(
        Defect::ResumeUnanswered,
        "resume-unanswered",
        "never answers the re-INVITE of resume",
        HOLDS,
        Cause::ResumeRefused,
    )
    .seen("in-dialog requests lost between a proxy and the PBX behind it")
    .tampers(lose_resumes),
    Row::new(
        Defect::ResumeEndsCall,
        "resume-ends-call",
        "accepts the resume and hangs up at once",
        HOLDS,
        Cause::CallDropped,
    )
    .seen("back-to-back user agents whose other leg gave up during the hold"),
    Row::new(
        Defect::ResumeOneWay,
        "resume-one-way",
        "accepts the resume and sends the one who resumed nothing",
        HOLDS,
        Cause::OneWayAudio,
    )
    .seen("RTP that stays at the hold's 0.0.0.0"),
    Row::new(
        Defect::ResumeRecvonly,
        "resume-recvonly",
        "answers the resume a=recvonly and sends nothing",
        HOLDS,
        Cause::ResumeAnswerOdd,
    )
    .also(&[Cause::OneWayAudio])
    .seen("chan_sip and 3CX reports of one-way audio after hold")
    .tampers(answer_recvonly),
    Row::new(
        Defect::ResumeNowhere,
        "resume-nowhere",
        "answers the resume with connection address 0.0.0.0",
        HOLDS,
        Cause::UnreachableMediaAddress,
    )
    .seen("PBXs that keep the old style of hold in their answer")
    .tampers(answer_nowhere),
    Row::new(
        Defect::ResumeStillMusic,
        "resume-still-music",
        "accepts the resume and goes on with the music",
        HOLDS,
        Cause::StillOnHold,
    )
    .seen("music that is started twice and stopped once"),
    Row::new(
        Defect::ResumeOtherCodec,
        "resume-other-codec",
        "answers the resume with a codec that was not offered",
        HOLDS,
        Cause::BadAnswer,
    )
    .seen("codec lists that are reordered or forced at every re-INVITE")
    .tampers(answer_g729),
    Row::new(
        Defect::ResumePortZero,
        "resume-port-zero",
        "answers the resume with the audio stream refused",
        HOLDS,
        Cause::BadAnswer,
    )
    .seen("media servers that released the port during the hold")
    .tampers(answer_port_zero),
];

impl Defects {
    /// Whether who resumes hears nothing.
    pub(super) fn deafens_who_resumes(&self) -> bool {
        self.has(Defect::ResumeOneWay) || self.has(Defect::ResumeRecvonly)
    }

    /// Whether the other party goes on to hear music.
    pub(in crate::pbx) fn stays_on_hold(&self) -> bool {
        self.has(Defect::ResumeStillMusic)
    }
}

fn lose_resumes(passage: &mut Passage<'_>, message: Message) -> Fate {
    lose_offers(passage, message, Change::Resume)
}

fn answer_recvonly(passage: &mut Passage<'_>, message: Message) -> Fate {
    alter_answers(passage, message, &[Change::Resume], |sdp| {
        Some(sdp.replace("a=sendrecv", "a=recvonly"))
    })
}

fn answer_nowhere(passage: &mut Passage<'_>, message: Message) -> Fate {
    alter_answers(passage, message, &[Change::Resume], |sdp| {
        Some(change_lines(sdp, |line| {
            line.starts_with("c=").then(|| "c=IN IP4 0.0.0.0".to_owned())
        }))
    })
}

fn answer_g729(passage: &mut Passage<'_>, message: Message) -> Fate {
    alter_answers(passage, message, &[Change::Resume], |sdp| {
        Some(change_lines(sdp, |line| {
            let port = line.strip_prefix("m=audio ")?.split(' ').next()?;
            Some(format!("m=audio {port} RTP/AVP 18\r\na=rtpmap:18 G729/8000"))
        }))
    })
}

fn answer_port_zero(passage: &mut Passage<'_>, message: Message) -> Fate {
    alter_answers(passage, message, &[Change::Resume], |sdp| {
        Some(change_lines(sdp, |line| {
            let (_, rest) = line.strip_prefix("m=audio ")?.split_once(' ')?;
            Some(format!("m=audio 0 {rest}"))
        }))
    })
}

/// The description with every line replaced for which there is something else.
fn change_lines(sdp: &str, instead: impl Fn(&str) -> Option<String>) -> String {
    sdp.lines().map(|line| instead(line).unwrap_or_else(|| line.to_owned()) + "\r\n").collect()
}
