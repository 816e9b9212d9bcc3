//! Defects of hold in other ways than the bridge's (beyond the guide).

use std::time::Duration;

use super::row::Row;
use super::sdp::Change;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects, Meets};
use crate::record::Cause;
use crate::sip::{Message, Method};
use crate::wire::Way;

/// Longer than the time-outs for which 60 s is the usual value, beside the guide's talk.
const LONG: Duration = Duration::from_mins(1);

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::SendonlyRefused,
        "sendonly-refused",
        "answers a hold by a=sendonly with 488",
        &["B.2.1"],
        Cause::HoldRefused,
    )
    .seen("PBXs that expect every offer to take media too"),
    Row::new(
        Defect::NullAddressIgnored,
        "null-address-ignored",
        "does not take the connection address 0.0.0.0 for a hold, and plays no music",
        &["B.2.2"],
        Cause::HoldSilent,
    )
    .seen("stacks without the RFC 2543 way: Cisco and older Mitel phones hold by it"),
    Row::new(
        Defect::UpdateUnanswered,
        "update-unanswered",
        "never answers an UPDATE",
        &["B.2.3"],
        Cause::HoldRefused,
    )
    .seen("firewalls and ALGs with a list of methods that they let pass")
    .tampers(lose_updates),
    Row::new(
        Defect::LongHoldTimesOut,
        "long-hold-times-out",
        "hangs up after a minute of hold",
        &["B.2.4"],
        Cause::CallDropped,
    )
    .seen(
        "RTP time-outs that count a held call's silence: Asterisk rtp_timeout, FreeSWITCH \
           rtp-timeout-sec, SBCs",
    ),
    Row::new(
        Defect::HolderSentAudio,
        "holder-sent-audio",
        "goes on to send to who holds",
        &["B.2.4"],
        Cause::MediaToHolder,
    )
    .seen(
        "transcoders and SBCs that do not look at the direction; Cisco gateways with comfort noise",
    )
    .shared(),
    Row::new(
        Defect::DoubleHoldRefused,
        "double-hold-refused",
        "answers the hold of a party that is on hold itself with 491 for ever",
        &["B.2.5"],
        Cause::HoldRefused,
    )
    .seen("back-to-back user agents that pass hold through and have one state for both legs"),
];

/// What is known of an offer in an established call.
#[derive(Debug, Clone, Copy)]
pub(in crate::pbx) struct Offer<'a> {
    /// What it is for.
    pub(in crate::pbx) change: Change,
    /// The session description.
    pub(in crate::pbx) sdp: &'a str,
    /// Whether the other party of the call has us on hold.
    pub(in crate::pbx) other_holds: bool,
}

impl Defects {
    /// How a hold is met that is not the bridge's; `None` as any other.
    pub(in crate::pbx) fn meets_hold(&self, offer: Offer<'_>) -> Option<Meets> {
        if offer.change != Change::Hold {
            return None;
        }
        let sendonly = offer.sdp.lines().any(|line| line.trim() == "a=sendonly");
        if sendonly && self.has(Defect::SendonlyRefused) {
            Some(Meets::Refuses(488, "Not Acceptable Here"))
        } else if offer.other_holds && self.has(Defect::DoubleHoldRefused) {
            Some(Meets::Refuses(491, "Request Pending"))
        } else {
            self.has(Defect::LongHoldTimesOut).then(|| Meets::EndsCallAfter(self.after(LONG)))
        }
    }
}

fn lose_updates(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Received && message.method() == Some(&Method::Update) {
        return Fate::Lost;
    }
    Fate::Passes(message)
}
