//! Defects of call set-up: whether a call is taken, who rings, who learns of what.

use super::row::Row;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::pbx::dial_plan::Destination;
use crate::record::Cause;
use crate::sip::{Message, Method, Via};
use crate::wire::Way;

/// An address of somebody's inner network.
pub(super) const PRIVATE: &str = "10.20.30.40";

/// Every clause with a call.
pub(super) const CALLS: &[&str] = &[
    "3.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
    "7.2.2",
];

/// The same, and where the addresses of a call are looked at.
pub(super) const CALLS_AND_ADDRESSES: &[&str] = &[
    "2.6.5", "3.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b",
    "7.2.1", "7.2.2",
];

/// The same, and where nobody speaks.
pub(super) const ANY_CALL: &[&str] = &[
    "2.6.1", "2.6.2", "2.6.5", "3.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3",
    "7.1.4a", "7.1.4b", "7.2.1", "7.2.2",
];

/// Calls between users that a PBX has licences for.
const LICENSED: usize = 6;

/// Every clause in which the caller is watched while it rings.
const WATCHED: &[&str] = &["6.2", "6.3", "6.4", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b"];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::InviteIgnored,
        "invite-ignored",
        "never answers an INVITE that begins a call",
        CALLS,
        Cause::CallUnanswered,
    )
    .seen("guide 2.1: routers that lose what is larger than one packet, as INVITE is and REGISTER not")
    .tampers(lose_new_invites),
    Row::new(
        Defect::AuthorizedInviteIgnored,
        "authorized-invite-ignored",
        "asks for a password and never answers the INVITE that has it",
        &["3.1", "6.2", "6.3", "7.1.3", "7.1.4a", "7.1.4b", "7.2.2"],
        Cause::CallUnanswered,
    )
    .seen("guide 2.1: credentials make an INVITE larger than a packet, and a router loses the rest")
    .tampers(lose_authorized_invites),
    Row::new(
        Defect::CallNotForwarded,
        "call-not-forwarded",
        "answers an INVITE with 100 and calls nobody",
        CALLS,
        Cause::CalleeNotRung,
    )
    .seen("dial plans that wait for a resource that does not come"),
    Row::new(
        Defect::OutgoingRefused,
        "outgoing-refused",
        "answers 403 to calls to the outside",
        &["3.1", "6.2", "7.1.3", "7.2.2"],
        Cause::CallRejected,
    )
    .seen("accounts without the right to dial out: a class of restriction, a toll-fraud lock"),
    Row::new(
        Defect::DirectNumbersUnknown,
        "direct-numbers-unknown",
        "answers 404 to calls to a user's direct number",
        &["3.1", "6.4", "6.5", "7.1.1", "7.1.2", "7.2.1"],
        Cause::CallRejected,
    )
    .also(&[Cause::OnlineOutgoingOnly])
    .seen("numbers that the trunk delivers in another form than the inbound route expects"),
    Row::new(
        Defect::ExtensionsUnknown,
        "extensions-unknown",
        "answers 404 to calls to an extension",
        &["6.3", "7.1.4a", "7.1.4b"],
        Cause::CallRejected,
    )
    .seen("accounts in a context that knows only the trunk"),
    Row::new(
        Defect::SecondCallRefused,
        "second-call-refused",
        "has one channel: answers 503 to a call while there is another",
        &[
            "2.6.1", "3.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
            "7.2.2",
        ],
        Cause::CallRejected,
    )
    .also(&[Cause::LicenceLimit, Cause::OnlineOutgoingOnly])
    .seen("licences and trunks by the channel; limits of calls that count an address and not a user"),
    Row::new(
        Defect::CallRedirected,
        "call-redirected",
        "answers 302 with the callee's Contact and leaves it to the caller to call there",
        CALLS,
        Cause::CallRejected,
    )
    .seen("Kamailio as a redirect server; Asterisk's Transfer before the answer"),
    Row::new(
        Defect::VoicemailAnswers,
        "voicemail-answers",
        "answers every call with an announcement and calls nobody",
        CALLS,
        Cause::OtherPartyAnswered,
    )
    .seen("forwards to voicemail that are still on; inbound routes that end in an IVR"),
    Row::new(
        Defect::VoicemailTooEarly,
        "voicemail-too-early",
        "takes a call to voicemail as soon as the callee's phone rings",
        ANY_CALL,
        Cause::OtherPartyAnswered,
    )
    .also(&[Cause::CallDropped])
    .seen("ring times of 0 s in Dial and call_timeout"),
    Row::new(
        Defect::EarlyAnswer,
        "early-answer",
        "answers the caller at once and plays ringback until the callee answers",
        WATCHED,
        Cause::NoRingingIndication,
    )
    .seen("FreeSWITCH with answer before bridge; Asterisk's Answer before Dial")
    .shared(),
    Row::new(
        Defect::NoRinging,
        "no-ringing",
        "tells the caller nothing between 100 and 200",
        WATCHED,
        Cause::NoRingingIndication,
    )
    .seen("FreeSWITCH without ringback; Asterisk's Queue")
    .shared()
    .tampers(lose_ringing),
    Row::new(
        Defect::WrongUserRings,
        "wrong-user-rings",
        "rings another user of the same address, if one is registered, for a direct number",
        &["7.1.2", "7.2.1"],
        Cause::WrongPartyRung,
    )
    .seen(
        "Asterisk and Kamailio reports of an INVITE at another user's binding behind one address",
    ),
    Row::new(
        Defect::NoAnswer,
        "no-answer",
        "never passes the callee's 200 on to the caller",
        CALLS,
        Cause::AnswerNotRelayed,
    )
    .seen("back-to-back user agents that lose a 200 whose SDP they cannot use"),
    Row::new(
        Defect::AckWithheld,
        "ack-withheld",
        "never acknowledges a 200 to its INVITE",
        CALLS,
        Cause::AnswerNotAcknowledged,
    )
    .seen("PBXs that send ACK to a Contact or a Record-Route that they cannot reach")
    .tampers(withhold_acks),
    Row::new(
        Defect::PrivateContact,
        "private-contact",
        "wants all that follows in a call at its private address",
        CALLS_AND_ADDRESSES,
        Cause::UnreachableContact,
    )
    .seen("guide 2.6.5; Asterisk without external_signaling_address, FreeSWITCH without ext-sip-ip")
    .tampers(hide_contact),
    Row::new(
        Defect::LicenceLimit,
        "licence-limit",
        "has licences for six calls between users at the same time, and answers 503 to more",
        &["2.6.1"],
        Cause::LicenceLimit,
    )
    .seen("guide 2.6.1: simultaneous calls as 3CX and others license them"),
    Row::new(
        Defect::PrivateVia,
        "private-via",
        "puts its private address into the Via of its requests",
        &["2.6.5"],
        Cause::UnreachableVia,
    )
    .seen("guide 2.6.5; Asterisk without external_signaling_address")
    .tampers(hide_via),
    Row::new(
        Defect::AckIgnored,
        "ack-ignored",
        "does not see the ACK to its 200, sends that again and again, and hangs up after 32 s",
        CALLS,
        Cause::CallDropped,
    )
    .seen("every PBX whose Contact or Record-Route cannot be reached: the call that drops at 32 s")
    .needs_talk(5)
    .hurries()
    .tampers(lose_acks),
    Row::new(
        Defect::SessionExpires,
        "session-expires",
        "hangs up 32 s after the answer because nobody refreshed the session",
        &["6.2", "6.4", "7.1.1", "7.1.3", "7.1.4a"],
        Cause::CallDropped,
    )
    .seen("session timers (RFC 4028) that miss a refresh; RTP time-outs in firewalls and PBXs")
    .needs_talk(20),
];

impl Defects {
    /// What a new call to there gets in place of being put through.
    pub(in crate::pbx) fn refusal(
        &self,
        destination: &Destination,
        standing: usize,
        between_users: usize,
    ) -> Option<(u16, &'static str)> {
        let defect = match destination {
            Destination::Outside { .. } => Defect::OutgoingRefused,
            Destination::Account { direct: true, .. } => Defect::DirectNumbersUnknown,
            Destination::Account { direct: false, .. } => Defect::ExtensionsUnknown,
        };
        if (standing > 0 && self.has(Defect::SecondCallRefused)) || self.has_no_channel(standing) {
            return Some((503, "All Channels Busy"));
        }
        let inside = matches!(destination, Destination::Account { direct: false, .. });
        if inside && between_users >= LICENSED && self.has(Defect::LicenceLimit) {
            return Some((503, "License Exceeded"));
        }
        match self.has(defect) {
            true if defect == Defect::OutgoingRefused => Some((403, "Forbidden")),
            true => Some((404, "Not Found")),
            false => None,
        }
    }
}

fn lose_new_invites(passage: &mut Passage<'_>, message: Message) -> Fate {
    let new = message.method() == Some(&Method::Invite) && message.to_tag().is_none();
    if passage.way == Way::Received && new {
        return Fate::Lost;
    }
    Fate::Passes(message)
}

fn lose_authorized_invites(passage: &mut Passage<'_>, message: Message) -> Fate {
    let carries = |name| message.get(name).is_some();
    if carries("Authorization") || carries("Proxy-Authorization") {
        return lose_new_invites(passage, message);
    }
    Fate::Passes(message)
}

fn hide_contact(passage: &mut Passage<'_>, message: Message) -> Fate {
    let invite = message.cseq().is_some_and(|(_, method)| method == Method::Invite);
    let contact = message.contacts().into_iter().next().filter(|_| invite);
    match contact {
        Some(contact) if passage.way == Way::Sent => {
            let user = contact.uri.user().map_or_else(String::new, |user| format!("{user}@"));
            Fate::Passes(message.set("Contact", format!("<sip:{user}{PRIVATE}:5060>")))
        }
        _ => Fate::Passes(message),
    }
}

fn hide_via(passage: &mut Passage<'_>, message: Message) -> Fate {
    let Some(via) = message.top_via() else { return Fate::Passes(message) };
    if passage.way == Way::Sent && message.is_request() {
        let hidden = Via { host: PRIVATE.to_owned(), ..via };
        return Fate::Passes(message.set("Via", hidden));
    }
    Fate::Passes(message)
}

fn lose_ringing(passage: &mut Passage<'_>, message: Message) -> Fate {
    let provisional = message.status().is_some_and(|status| (101..200).contains(&status));
    if passage.way == Way::Sent && provisional {
        return Fate::Lost;
    }
    Fate::Passes(message)
}

fn lose_acks(passage: &mut Passage<'_>, message: Message) -> Fate {
    lose_acks_on(Way::Received, passage, message)
}

fn withhold_acks(passage: &mut Passage<'_>, message: Message) -> Fate {
    lose_acks_on(Way::Sent, passage, message)
}

/// The ACK to a refusal has the branch of its INVITE, the ACK to a 2xx one of its own
/// (RFC 3261 §17.1.1.3, §13.2.2.4).
fn lose_acks_on(way: Way, passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way != way {
        return Fate::Passes(message);
    }
    let branch = || message.top_via().and_then(|via| via.branch());
    match message.method() {
        Some(Method::Invite) => {
            if let Some(branch) = branch() {
                passage.notes.insert(branch, 1);
            }
        }
        Some(Method::Ack) if branch().is_none_or(|b| !passage.notes.contains_key(&b)) => {
            return Fate::Lost;
        }
        _ => {}
    }
    Fate::Passes(message)
}
