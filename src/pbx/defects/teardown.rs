//! Defects of ending a call.

use std::time::Duration;

use super::row::Row;
use super::set_up::ANY_CALL;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::record::Cause;
use crate::sip::{Message, Method, NameAddr, StartLine};
use crate::wire::Way;

/// Every scenario with a call.
const CALLS: &[&str] = &[
    "3.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
    "7.2.2",
];

/// Every scenario in which a party hangs up and the other is to see it.
const HANG_UPS: &[&str] = &["3.1", "6.2", "6.3", "6.4", "7.1.2", "7.1.4a", "7.2.1", "7.2.2"];

/// Those, and the transferor's BYE after 280 ms.
const BYES: &[&str] =
    &["3.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.4a", "7.1.4b", "7.2.1", "7.2.2"];

/// Longer than a hang-up may take to reach the other party.
const SLOW: Duration = Duration::from_secs(8);

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::ByeNotPropagated,
        "bye-not-propagated",
        "answers the BYE of one party and never tells the other",
        HANG_UPS,
        Cause::HangupNotPropagated,
    )
    .seen("back-to-back user agents after a lost dialog state"),
    Row::new(
        Defect::CalleeByeNotPropagated,
        "callee-bye-not-propagated",
        "does not tell the caller when the callee hangs up",
        &["7.2.1", "7.2.2"],
        Cause::HangupNotPropagated,
    )
    .seen("analogue trunks and gateways without disconnect supervision"),
    Row::new(
        Defect::ByeSlow,
        "bye-slow",
        "tells the other party of a hang-up after 8 s",
        HANG_UPS,
        Cause::HangupNotPropagated,
    )
    .seen("gateways that find out by RTP that a call is over"),
    Row::new(
        Defect::LegHung,
        "leg-hung",
        "keeps the other party with music when one hangs up",
        HANG_UPS,
        Cause::HangupNotPropagated,
    )
    .seen("calls parked by mistake; legs that hang for more than 32 s"),
    Row::new(
        Defect::ByeUnknown,
        "bye-refused-481",
        "answers every BYE with 481 and goes on with the call",
        HANG_UPS,
        Cause::HangupRefused,
    )
    .seen("tags or Call-ID changed on the path; clusters whose other node has the call")
    .tampers(unknown_byes),
    Row::new(
        Defect::ByeFails,
        "bye-refused-500",
        "answers every BYE with 500 and goes on with the call",
        BYES,
        Cause::HangupRefused,
    )
    // The same BYE in another place.
    .also(&[Cause::TransferorLegLeftUp])
    .seen("CSeq out of order after a challenge that was counted twice")
    .tampers(failing_byes),
    Row::new(
        Defect::ByeUnanswered,
        "bye-unanswered",
        "never answers a BYE",
        BYES,
        Cause::HangupRefused,
    )
    .also(&[Cause::TransferorLegLeftUp])
    .seen("Contact or Record-Route that leads nowhere")
    .tampers(lose_byes),
    Row::new(
        Defect::RtpAfterBye,
        "rtp-after-bye",
        "sends music to each party for 3 s after the end of its call",
        ANY_CALL,
        Cause::RtpAfterHangup,
    )
    .seen("FreeSWITCH and Asterisk reports of media threads that outlive their channel"),
    Row::new(
        Defect::WrongCallEnded,
        "wrong-call-ended",
        "ends the call of the next user at the same address with every call",
        &["7.2.1", "7.2.2"],
        Cause::WrongCallEnded,
    )
    .seen("PBXs that know a call by the address of its phone"),
    Row::new(
        Defect::ByeToWrongCall,
        "bye-to-wrong-call",
        "ends the call of the next user at the same address instead of the one hung up",
        &["7.2.1", "7.2.2"],
        Cause::WrongCallEnded,
    )
    .seen("the same, where the wrong call is found first"),
    Row::new(
        Defect::ByeOnAnswer,
        "bye-on-answer",
        "hangs up both parties as soon as the callee has answered",
        CALLS,
        Cause::CallDropped,
    )
    .seen("licences and codecs that are looked at only when a call is connected"),
];

/// What the other party is told of a hang-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum Farewell {
    /// BYE.
    Bye,
    /// BYE, later.
    Late(Duration),
    /// Nothing.
    Nothing,
    /// Nothing, but it is played music.
    Music,
}

impl Defects {
    /// What the other party is told; `by_callee` says who hung up.
    pub(in crate::pbx) fn farewell(&self, by_callee: bool) -> Farewell {
        if self.has(Defect::LegHung) {
            Farewell::Music
        } else if self.has(Defect::ByeNotPropagated)
            || (by_callee && self.has(Defect::CalleeByeNotPropagated))
        {
            Farewell::Nothing
        } else if self.has(Defect::ByeSlow) {
            Farewell::Late(SLOW)
        } else {
            Farewell::Bye
        }
    }

    /// Whether the end of a user's call ends the one of the next user.
    pub(in crate::pbx) fn ends_neighbours(&self) -> bool {
        self.has(Defect::WrongCallEnded) || self.has(Defect::ByeToWrongCall)
    }

    /// Whether RTP goes on after the end of a leg.
    pub(in crate::pbx) fn plays_on(&self, to_transferor: bool) -> bool {
        self.has(Defect::RtpAfterBye) || (to_transferor && self.has(Defect::TransferorHearsOn))
    }
}

fn lose_byes(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Received && message.method() == Some(&Method::Bye) {
        return Fate::Lost;
    }
    Fate::Passes(message)
}

/// What the tag of a BYE gets, so that the PBX does not know its dialog.
const MARK: &str = "-elsewhere";

fn unknown_byes(passage: &mut Passage<'_>, message: Message) -> Fate {
    Fate::Passes(estranged(passage.way, message))
}

fn failing_byes(passage: &mut Passage<'_>, message: Message) -> Fate {
    let mut message = estranged(passage.way, message);
    let of_bye = message.cseq().is_some_and(|(_, method)| method == Method::Bye);
    if passage.way == Way::Sent && of_bye && message.status() == Some(481) {
        message.start = StartLine::Response { status: 500, reason: "Server Error".to_owned() };
    }
    Fate::Passes(message)
}

/// The PBX meets a BYE with a tag that it does not know; its 481 goes out with the right
/// one.
fn estranged(way: Way, message: Message) -> Message {
    let of_bye = message.cseq().is_some_and(|(_, method)| method == Method::Bye);
    let Some(from) = message.get("From").filter(|_| of_bye).map(str::to_owned) else {
        return message;
    };
    let tag = NameAddr::parse(&from).and_then(|from| from.tag()).unwrap_or_default();
    match (way, message.is_request()) {
        (Way::Received, true) if !tag.is_empty() => {
            message.set("From", from.replace(&tag, &format!("{tag}{MARK}")))
        }
        (Way::Sent, false) => message.set("From", from.replace(MARK, "")),
        _ => message,
    }
}
