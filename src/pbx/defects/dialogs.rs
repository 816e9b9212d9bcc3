//! Defects of long calls, and of what makes up for lost messages (beyond the guide).

use super::row::Row;
use super::tamper::{Fate, Passage};
use super::{Change, Defect, Defects, Meets};
use crate::record::Cause;
use crate::sip::{Message, Method};
use crate::wire::Way;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::RefreshRefused,
        "refresh-refused",
        "answers a re-INVITE that changes nothing with 488",
        &["B.5.1"],
        Cause::RefreshRefused,
    )
    .seen("PBXs that look for a change in every re-INVITE; calls that end after 15 or 30 minutes"),
    Row::new(
        Defect::RegistrationEndsCalls,
        "registration-ends-calls",
        "ends the calls of a user whose registration is renewed",
        &["B.5.2"],
        Cause::CallDropped,
    )
    .seen("bindings that are removed and added anew, and whose calls go with them"),
    Row::new(
        Defect::NoOfferMade,
        "no-offer-made",
        "answers a re-INVITE without an offer with 400",
        &["B.5.3"],
        Cause::OfferNotMade,
    )
    .seen("phones and gateways that expect a session description in every INVITE"),
    Row::new(
        Defect::AnswerNotRepeated,
        "answer-not-repeated",
        "sends a 200 to INVITE once, whether its ACK comes or not",
        &["B.5.4"],
        Cause::AnswerNotRepeated,
    )
    .seen("back-to-back user agents that leave it to TCP or to a proxy")
    .tampers(send_answer_once),
    Row::new(
        Defect::AckNotRepeated,
        "ack-not-repeated",
        "sends one ACK for a 200, however often that comes",
        &["B.5.5"],
        Cause::AnswerNotAcknowledged,
    )
    .seen("user agents whose transaction takes a repeated 200 for its own and drops it")
    .tampers(send_ack_once),
    Row::new(
        Defect::CodecChangeRefused,
        "codec-change-refused",
        "answers a re-INVITE without the codec in use with 500",
        &["B.5.6"],
        Cause::CodecChangeRefused,
    )
    .seen("media servers that cannot change a transcoder in mid-call"),
    Row::new(
        Defect::PortChangeRefused,
        "port-change-refused",
        "answers a re-INVITE that only moves the media to another port with 500",
        &["B.5.8"],
        Cause::PortChangeRefused,
    )
    .seen("SBCs that have one pinhole for a call and open no other"),
    Row::new(
        Defect::PortChangeIgnored,
        "port-change-ignored",
        "goes on sending to the first RTP port of a phone that has moved to another",
        &["B.5.8"],
        Cause::MediaLeftBehind,
    )
    .seen("media proxies that latch on to the first source; symmetric RTP that learns once"),
    Row::new(
        Defect::SourceLocked,
        "source-locked",
        "passes on nothing of a stream whose SSRC has changed",
        &["B.5.7"],
        Cause::OneWayAudio,
    )
    .seen("Asterisk strictrtp and SBC latching that learn the first SSRC for good"),
];

impl Defects {
    /// How an offer is met that neither holds nor resumes: `None` as any other. `sdp` is the
    /// offer, if there is one; `in_use` the payload type of the codec, and the phone's port.
    pub(in crate::pbx) fn meets_change(
        &self,
        change: Change,
        sdp: Option<&str>,
        in_use: Option<(u8, u16)>,
    ) -> Option<Meets> {
        if change != Change::Other {
            return None;
        }
        let Some(sdp) = sdp else {
            return self.has(Defect::NoOfferMade).then_some(Meets::Refuses(400, "Bad Request"));
        };
        let audio = sdp.lines().find_map(|line| line.strip_prefix("m=audio "));
        let (format_kept, port_kept) =
            audio.zip(in_use).map_or((false, true), |(audio, in_use)| {
                let mut words = audio.split(' ').map(str::trim);
                let port_kept = words.next() == Some(in_use.1.to_string().as_str());
                (words.skip(1).any(|format| format == in_use.0.to_string()), port_kept)
            });
        let error = Meets::Refuses(500, "Server Error");
        match (format_kept, port_kept) {
            (true, true) => {
                self.has(Defect::RefreshRefused).then_some(Meets::Refuses(488, "Nothing Changes"))
            }
            (true, false) => self.has(Defect::PortChangeRefused).then_some(error),
            (false, _) => self.has(Defect::CodecChangeRefused).then_some(error),
        }
    }
}

fn send_answer_once(passage: &mut Passage<'_>, message: Message) -> Fate {
    let Some((number, Method::Invite)) = message.cseq() else { return Fate::Passes(message) };
    if passage.way == Way::Sent && message.status() == Some(200) {
        let key = format!("{} {number}", message.call_id());
        if passage.notes.insert(key, 1).is_some() {
            return Fate::Lost;
        }
    }
    Fate::Passes(message)
}

fn send_ack_once(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Sent && message.method() == Some(&Method::Ack) {
        let number = message.cseq().map_or(0, |(number, _)| number);
        let key = format!("{} {number}", message.call_id());
        if passage.notes.insert(key, 1).is_some() {
            return Fate::Lost;
        }
    }
    Fate::Passes(message)
}
