//! Defects of the answer to REFER.

use super::row::Row;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::record::Cause;
use crate::sip::{Message, Method};
use crate::wire::Way;

/// Every scenario with a blind transfer.
pub(super) const TRANSFERS: &[&str] = &["6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4b"];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::ReferRefused,
        "refer-refused",
        "answers every REFER with 405",
        TRANSFERS,
        Cause::TransferRefused,
    )
    .seen("trunks and session border controllers that know no REFER"),
    Row::new(
        Defect::ReferUnknown,
        "refer-501",
        "answers every REFER with 501",
        TRANSFERS,
        Cause::TransferRefused,
    )
    .seen("Asterisk without res_pjsip_refer; gateways that implement RFC 3261 alone"),
    Row::new(
        Defect::ReferDeclined,
        "refer-603",
        "answers every REFER with 603",
        TRANSFERS,
        Cause::TransferRefused,
    )
    .seen("Asterisk chan_sip with allowtransfer=no declines; so do phones behind a proxy"),
    Row::new(
        Defect::ReferFromCallerRefused,
        "refer-from-caller-refused",
        "answers REFER of the party that called with 403, though the called one may transfer",
        &["7.1.3", "7.1.4b"],
        Cause::TransferRefused,
    )
    .seen("dial plans that give the right to transfer to the called side only"),
    Row::new(
        Defect::ReferChallenged,
        "refer-challenged",
        "challenges REFER with 401 again and again, whatever credentials it carries",
        TRANSFERS,
        Cause::TransferRefused,
    )
    .seen("Kamailio reports of in-dialog requests authenticated against another realm's account")
    .tampers(add_challenge),
    Row::new(
        Defect::ReferUnanswered,
        "refer-unanswered",
        "never answers a REFER",
        TRANSFERS,
        Cause::TransferUnanswered,
    )
    .seen("firewalls and ALGs with a list of methods that they let pass")
    .tampers(lose_refers),
];

impl Defects {
    /// How REFER is refused, if it is; `asks_caller` says whether it comes from who called.
    pub(in crate::pbx) fn refuses_refer(&self, asks_caller: bool) -> Option<(u16, &'static str)> {
        [
            (Defect::ReferRefused, 405, "Method Not Allowed"),
            (Defect::ReferUnknown, 501, "Not Implemented"),
            (Defect::ReferDeclined, 603, "Declined"),
            (Defect::ReferChallenged, 401, "Unauthorized"),
            (Defect::ReferFromCallerRefused, 403, "Transfer Not Allowed"),
        ]
        .into_iter()
        .filter(|(defect, ..)| asks_caller || *defect != Defect::ReferFromCallerRefused)
        .find(|(defect, ..)| self.has(*defect))
        .map(|(_, status, reason)| (status, reason))
    }
}

/// A challenge to the 401: a new nonce each time, and never a word of `stale`.
fn add_challenge(passage: &mut Passage<'_>, message: Message) -> Fate {
    let of_refer = message.cseq().is_some_and(|(_, method)| method == Method::Refer);
    if passage.way == Way::Sent && of_refer && message.status() == Some(401) {
        let nonce: u64 = rand::random();
        let challenge = format!("Digest realm=\"pbxcert\", nonce=\"{nonce:016x}\", algorithm=MD5");
        return Fate::Passes(message.with("WWW-Authenticate", challenge));
    }
    Fate::Passes(message)
}

fn lose_refers(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Received && message.method() == Some(&Method::Refer) {
        return Fate::Lost;
    }
    Fate::Passes(message)
}
