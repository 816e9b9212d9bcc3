//! Defects of calls that are given up, refused, or left to ring (beyond the guide).

use std::time::Duration;

use super::row::Row;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::record::Cause;
use crate::sip::{Message, Method};
use crate::wire::Way;

/// Where the caller gives up.
const GIVEN_UP: &[&str] = &["B.1.1", "B.1.2", "B.1.5"];

/// Where the callee refuses.
const REFUSED: &[&str] = &["B.1.3", "B.1.4"];

/// How long a phone rings that is not let ring for long, beside the guide's talk.
const BRIEFLY: Duration = Duration::from_secs(10);

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::CancelNotRelayed,
        "cancel-not-relayed",
        "answers the CANCEL of who gives up and lets the callee ring on",
        GIVEN_UP,
        Cause::CancelIgnored,
    )
    .seen(
        "back-to-back user agents that cancel by a timer; forks of which one branch is forgotten",
    ),
    Row::new(
        Defect::CancelledInviteUnanswered,
        "cancelled-invite-unanswered",
        "never answers the INVITE that was cancelled with 487",
        GIVEN_UP,
        Cause::CancelIgnored,
    )
    .seen("RFC 2543 equipment, and proxies that forget a transaction with its CANCEL")
    .tampers(lose_487),
    Row::new(
        Defect::RefusalNotRelayed,
        "refusal-not-relayed",
        "keeps it from the caller that the callee refused",
        REFUSED,
        Cause::RefusalNotRelayed,
    )
    .seen("queues and hunt groups that try a busy phone again and again"),
    Row::new(
        Defect::RefusalTranslated,
        "refusal-translated",
        "answers every refused call with 503",
        REFUSED,
        Cause::RefusalTranslated,
    )
    .seen(
        "gateways that map every cause they do not know to 503; dial plans that end in congestion",
    ),
    Row::new(
        Defect::RingsBriefly,
        "rings-briefly",
        "takes a call back that has rung for 10 s, and tells its caller 480",
        &["B.1.6"],
        Cause::RingingEnded,
    )
    .seen("ring time-outs made for desk phones: Teams rings for up to 60 s before voicemail"),
    Row::new(
        Defect::RingsBrieflyUntold,
        "rings-briefly-untold",
        "takes a call back that has rung for 10 s, and does not tell its caller",
        &["B.1.5", "B.1.6"],
        Cause::RingingEnded,
    )
    .seen("calls that go on to a queue or an announcement which is not there"),
];

impl Defects {
    /// How long a phone rings before the PBX gives up, `usual` if nothing is wrong.
    pub(in crate::pbx) fn lets_ring(&self, usual: Duration) -> Duration {
        let briefly = self.has(Defect::RingsBriefly) || self.has(Defect::RingsBrieflyUntold);
        if briefly { self.after(BRIEFLY) } else { usual }
    }

    /// What a caller is told of a refusal; `None` if nothing.
    pub(in crate::pbx) fn tells(&self, status: u16, reason: String) -> Option<(u16, String)> {
        if self.has(Defect::RefusalNotRelayed) || self.has(Defect::RingsBrieflyUntold) {
            None
        } else if self.has(Defect::RefusalTranslated) {
            Some((503, "Service Unavailable".to_owned()))
        } else {
            Some((status, reason))
        }
    }
}

fn lose_487(passage: &mut Passage<'_>, message: Message) -> Fate {
    let of_invite = message.cseq().is_some_and(|(_, method)| method == Method::Invite);
    if passage.way == Way::Sent && of_invite && message.status() == Some(487) {
        return Fate::Lost;
    }
    Fate::Passes(message)
}
