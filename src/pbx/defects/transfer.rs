//! Defects of blind transfer between the 202 and the answer of the target.

use super::refer::TRANSFERS;
use super::row::Row;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::record::Cause;
use crate::sip::{Message, Method};
use crate::wire::Way;

/// Where the bridge sends BYE 280 ms after the 202.
const LEAVES_EARLY: &[&str] = &["6.5", "7.1.1", "7.1.2", "7.1.4b"];

/// Where the end of the transferor's leg is looked at.
const TEAMS_HANGS_UP: &[&str] = &["6.5", "7.1.1", "7.1.3", "7.1.4b"];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::TransferForgotten,
        "transfer-forgotten",
        "accepts REFER with 202 and NOTIFY 100 and then does nothing more",
        TRANSFERS,
        Cause::TransferNotAttempted,
    )
    .seen("Asterisk and FreeSWITCH whose dial plan for transferred calls has no such context"),
    Row::new(
        Defect::TransferPretended,
        "transfer-pretended",
        "notifies 180 after REFER but calls nobody",
        TRANSFERS,
        Cause::TransferNotAttempted,
    )
    .seen("session border controllers that answer REFER themselves and lose it behind them"),
    Row::new(
        Defect::TransferWaitsForBye,
        "transfer-waits-for-bye",
        "calls the target only when the transferor has hung up",
        &["7.1.3"],
        Cause::TransferNotAttempted,
    )
    .seen("PBXs built on the hook flash: the transfer happens when the phone hangs up"),
    Row::new(
        Defect::TransferTargetRefused,
        "transfer-target-refused",
        "accepts REFER, finds no route to the target, notifies 404, and gives the call back",
        TRANSFERS,
        Cause::TransferTargetRefused,
    )
    .seen("Refer-To in E.164 at a PBX whose dial plan knows national numbers only"),
    Row::new(
        Defect::TrunkToTrunkRefused,
        "trunk-to-trunk-refused",
        "lets nobody transfer a call of the outside to the outside, and notifies 403",
        &["6.5", "7.1.1", "7.1.3"],
        Cause::TransferTargetRefused,
    )
    .seen("Avaya, Cisco and Mitel: trunk-to-trunk transfer is forbidden unless allowed"),
    Row::new(
        Defect::TransferCallsBack,
        "transfer-calls-back",
        "rings the transferor instead of the target",
        TRANSFERS,
        Cause::TransferWrongTarget,
    )
    .seen("PBXs that take a transfer for a failed one and recall at once"),
    Row::new(
        Defect::TransferMisdials,
        "transfer-misdials",
        "drops a digit from the outside number that it transfers to",
        &["6.5", "7.1.1", "7.1.3", "7.1.4b"],
        Cause::TransferWrongTarget,
    )
    .seen("outside line prefixes stripped twice: by the transfer and by the outbound route"),
    Row::new(
        Defect::TransferCallsBridge,
        "transfer-calls-bridge",
        "calls the outside number of a transfer at the transferor's address, not on the trunk",
        &["6.5", "7.1.1", "7.1.3", "7.1.4b"],
        Cause::TransferWrongTarget,
    )
    .seen("Refer-To and Contact taken literally: the URI is called at the host of the dialog"),
    Row::new(
        Defect::TransferorConnected,
        "transferor-connected",
        "connects the transferor with the target, and leaves the other party waiting",
        TRANSFERS,
        Cause::TransferWrongParty,
    )
    // Where the transferor leaves before the target answers, its call is what ends; and
    // nobody thinks of the party that should have been transferred.
    .also(&[Cause::TransferCallLost, Cause::TransferRingsSilently])
    .seen("LiveKit and pjproject reports of REFER applied to the leg that it came on"),
    Row::new(
        Defect::TransferDropsSurvivor,
        "transfer-drops-survivor",
        "ends everything when the transferor hangs up before the target has answered",
        LEAVES_EARLY,
        Cause::TransferCallLost,
    )
    .seen("the bridge's BYE 280 ms after 202 at PBXs that wait for NOTIFY to be done"),
    Row::new(
        Defect::TransferDropsColleague,
        "transfer-drops-colleague",
        "ends the other party with the transferor, if it is another user of the PBX",
        &["7.1.4b"],
        Cause::TransferCallLost,
    )
    .seen("users behind one address and port, told apart by nothing else"),
    Row::new(
        Defect::TransferDropsAtAnswer,
        "transfer-drops-at-answer",
        "hangs up both parties when the target answers",
        TRANSFERS,
        Cause::TransferCallLost,
    )
    .seen("PBXs that meet a codec which the other leg does not have"),
    Row::new(
        Defect::TransferDropsLater,
        "transfer-drops-later",
        "hangs up both parties 2 s after the target answered, with the transferor's leg",
        TRANSFERS,
        Cause::TransferCallLost,
    )
    .seen("transfers that live on the transferor's dialog until it is cleaned up"),
    Row::new(
        Defect::TransferorLegLeftUp,
        "transferor-leg-left-up",
        "does not answer the BYE of who transferred, and sends none itself",
        TEAMS_HANGS_UP,
        Cause::TransferorLegLeftUp,
    )
    .seen("dialogs that REFER took away from the call they belong to")
    .tampers(lose_byes_after_refer),
    Row::new(
        Defect::TransferorHearsOn,
        "transferor-hears-on",
        "goes on sending RTP to who transferred for 3 s after its BYE",
        TRANSFERS,
        Cause::TransferorLegLeftUp,
    )
    .seen("media relays that free a port when the whole call ends"),
    Row::new(
        Defect::NoNotify,
        "no-notify",
        "completes transfers without a single NOTIFY",
        TEAMS_HANGS_UP,
        Cause::TransferNotifyUnusual,
    )
    .shared()
    .seen("PBXs that take Refer-Sub: false for granted"),
    Row::new(
        Defect::ByeForNotify,
        "bye-for-notify",
        "sends the transferor BYE at once where NOTIFY is due, and completes the transfer",
        TEAMS_HANGS_UP,
        Cause::TransferNotifyUnusual,
    )
    .shared()
    .seen("the bridge's traces: some PBXs send BYE where NOTIFY is due"),
    Row::new(
        Defect::NotifyOkEarly,
        "notify-ok-early",
        "notifies 200 when the target rings",
        TEAMS_HANGS_UP,
        Cause::TransferNotifyUnusual,
    )
    .shared()
    .seen("Asterisk 22: NOTIFY 200 comes 20 ms after the target's 180"),
];

/// What becomes of an accepted REFER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum Handling {
    /// The target is called.
    Proceeds,
    /// Nothing.
    Forgets,
    /// Somebody is said to ring.
    Pretends,
    /// The target is called when the transferor has hung up.
    WaitsForBye,
}

/// Where a transfer goes that does not go to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum Misrouted {
    /// Nowhere, with this to be notified.
    Refused(u16, &'static str),
    /// To who transferred.
    Back,
    /// To a number with a digit less.
    Misdialled,
}

/// What NOTIFYs a transferor gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum NotifyStyle {
    /// As RFC 3515 has them.
    Usual,
    /// None.
    Never,
    /// BYE in their place.
    Bye,
    /// 200 at the first sign of the target.
    OkEarly,
}

impl Defects {
    pub(in crate::pbx) fn handles_refer(&self) -> Handling {
        if self.has(Defect::TransferForgotten) {
            Handling::Forgets
        } else if self.has(Defect::TransferPretended) {
            Handling::Pretends
        } else if self.has(Defect::TransferWaitsForBye) {
            Handling::WaitsForBye
        } else {
            Handling::Proceeds
        }
    }

    /// Where a transfer goes instead of its target; `outside` says whether party and target
    /// are both outside.
    pub(in crate::pbx) fn misroutes(&self, outside: bool) -> Option<Misrouted> {
        if self.has(Defect::TransferTargetRefused) {
            Some(Misrouted::Refused(404, "Not Found"))
        } else if self.has(Defect::TrunkToTrunkRefused) && outside {
            Some(Misrouted::Refused(403, "Trunk to Trunk Not Allowed"))
        } else if self.has(Defect::TransferCallsBack) {
            Some(Misrouted::Back)
        } else {
            self.has(Defect::TransferMisdials).then_some(Misrouted::Misdialled)
        }
    }

    /// Whether the transferor's BYE ends a transfer under way; `colleague` says whether the
    /// other party is one of the PBX's own.
    pub(in crate::pbx) fn drops_with_transferor(&self, colleague: bool) -> bool {
        self.has(Defect::TransferDropsSurvivor)
            || (colleague && self.has(Defect::TransferDropsColleague))
    }

    pub(in crate::pbx) fn notifies(&self) -> NotifyStyle {
        if self.has(Defect::NoNotify) {
            NotifyStyle::Never
        } else if self.has(Defect::ByeForNotify) {
            NotifyStyle::Bye
        } else if self.has(Defect::NotifyOkEarly) {
            NotifyStyle::OkEarly
        } else {
            NotifyStyle::Usual
        }
    }
}

pub(super) fn lose_byes_after_refer(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Received {
        match message.method() {
            Some(Method::Refer) => {
                passage.notes.insert(message.call_id().to_owned(), 1);
            }
            Some(Method::Bye) if passage.notes.contains_key(message.call_id()) => {
                return Fate::Lost;
            }
            _ => {}
        }
    }
    Fate::Passes(message)
}
