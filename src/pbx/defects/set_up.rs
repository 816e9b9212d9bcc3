//! Defects of call set-up: who rings, what is shown, who learns of the answer.

use super::Defect;
use super::row::Row;
use super::tamper::{Fate, Passage};
use crate::record::Cause;
use crate::sip::{Message, Method};
use crate::wire::Way;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::WrongUserRings,
        "wrong-user-rings",
        "rings the next user when a user's direct number is dialled",
        &["6.4", "6.5", "7.1.1", "7.1.2", "7.2.1"],
        Cause::WrongPartyRung,
    )
    .seen(
        "Asterisk and Kamailio reports of an INVITE at another user's binding behind one address",
    ),
    Row::new(
        Defect::WrongCallerId,
        "wrong-caller-id",
        "shows the trunk's own number on every call from or to the outside",
        &["7.1.1"],
        Cause::WrongCallerId,
    )
    .seen("trunks that replace every number by their pilot number"),
    Row::new(
        Defect::NoAnswer,
        "no-answer",
        "never passes the callee's 200 on to the caller",
        &[
            "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
            "7.2.2",
        ],
        Cause::AnswerNotRelayed,
    )
    .seen("back-to-back user agents that lose a 200 whose SDP they cannot use"),
    Row::new(
        Defect::AckIgnored,
        "ack-ignored",
        "does not see the ACK to its 200, sends that again and again, and hangs up after 32 s",
        &[
            "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
            "7.2.2",
        ],
        Cause::CallDropped,
    )
    .seen("every PBX whose Contact or Record-Route cannot be reached: the call that drops at 32 s")
    .needs_talk(5)
    .hurries()
    .tampers(lose_acks),
];

/// The ACK to a refusal has the branch of its INVITE, the ACK to a 2xx one of its own
/// (RFC 3261 §17.1.1.3, §13.2.2.4).
fn lose_acks(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Sent {
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
