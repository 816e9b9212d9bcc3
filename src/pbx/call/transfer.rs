//! Blind transfer (RFC 3515, RFC 5589 §6).

use std::time::Duration;

use tokio::time::Instant;

use super::super::caller_id::Caller;
use super::super::config::TransferCallerId;
use super::super::defects::{Defect, Handling, Misrouted, NotifyStyle};
use super::super::dial_plan::{Destination, Party};
use super::super::dialled::{referred_to, replaced_by};
use super::leg::LegId;
use super::state::{Attempt, Call, Due, Purpose};
use crate::sip::session::ReferReply;

/// What follows a message of ours so soon that nothing comes between.
const SOON: Duration = Duration::from_millis(20);

/// When a transferred call ends that does not last.
const DROPS_LATER: Duration = Duration::from_secs(2);

/// A transfer that was accepted.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) transferor: LegId,
    survivor: LegId,
    number: String,
    shown: Caller,
    party: Party,
}

impl Call {
    /// `transferor` wants its partner connected to `refer_to`.
    pub(super) fn on_refer(&mut self, transferor: LegId, refer_to: &str, reply: ReferReply) {
        let asks_caller = self.bridge.is_some_and(|(caller, _)| caller == transferor);
        if let Some((status, reason)) = self.switch.defects.refuses_refer(asks_caller) {
            return reply.refuse(status, reason);
        }
        if !self.switch.config.refer {
            return reply.refuse(501, "Not Implemented");
        }
        let Some(survivor) = self.partner(transferor).filter(|_| self.attempt.is_none()) else {
            // Nobody to transfer, or a transfer is already going on.
            return reply.refuse(491, "Request Pending");
        };
        if self.refuses_held(transferor) {
            return reply.refuse(403, "Call Is On Hold");
        }
        if let Some(dialog) = replaced_by(refer_to) {
            return self.on_refer_to_call(transferor, survivor, dialog, reply);
        }
        let Some(number) = referred_to(refer_to) else {
            return reply.refuse(400, "Bad Refer-To");
        };
        let Some((shown, party)) = self.shown_at_target(transferor, survivor) else {
            return reply.refuse(481, "Call/Transaction Does Not Exist");
        };
        reply.accept();
        if let Some(leg) = self.legs.get_mut(&transferor) {
            leg.transfers = true;
        }
        if self.switch.defects.notifies() == NotifyStyle::Bye {
            // The 202 goes first.
            self.timers.push((Instant::now() + SOON, Due::Farewell(transferor)));
        }
        self.notify(Some(transferor), 100, "Trying", false);
        self.bridge = None;
        let transfer = Transfer { transferor, survivor, number, shown, party };
        match self.switch.defects.handles_refer() {
            Handling::Proceeds => self.call_target(transfer),
            Handling::Forgets => {}
            Handling::Pretends => self.notify(Some(transferor), 180, "Ringing", false),
            Handling::WaitsForBye => self.deferred = Some(transfer),
        }
    }

    /// Whether a defect lets nobody transfer who holds.
    fn refuses_held(&self, transferor: LegId) -> bool {
        let holds = self.legs.get(&transferor).is_some_and(|leg| leg.media.holds());
        holds && self.switch.defects.has(Defect::HeldTransferRefused)
    }

    /// Calls the target for the survivor, if that is still there.
    pub(super) fn call_target(&mut self, transfer: Transfer) {
        let Transfer { transferor, survivor, number, shown, party } = transfer;
        let Some(leg) = self.legs.get(&survivor) else { return };
        let route = self.switch.route(party, &number);
        let outside = !leg.is_inside() && matches!(route, Some(Destination::Outside { .. }));
        let route = match (self.switch.defects.misroutes(outside), route) {
            (Some(Misrouted::Refused(status, reason)), _) => {
                return self.fail_transfer(survivor, Some(transferor), status, reason);
            }
            (Some(Misrouted::Back), route) => match party {
                Party::Account(index) => Some(Destination::Account { index, direct: false }),
                Party::Outside => route,
            },
            (Some(Misrouted::Misdialled), Some(Destination::Outside { mut number })) => {
                number.pop();
                Some(Destination::Outside { number })
            }
            (_, route) => route,
        };
        let (waiting, purpose) = if self.switch.defects.has(Defect::TransferorConnected) {
            (transferor, Purpose::Transfer { transferor: None })
        } else {
            (survivor, Purpose::Transfer { transferor: Some(transferor) })
        };
        match route {
            Some(destination) => self.dial(waiting, &destination, &shown, purpose),
            None => self.fail_transfer(survivor, Some(transferor), 404, "Not Found"),
        }
    }

    /// Who the target sees, and with whose rights it is called.
    fn shown_at_target(&self, transferor: LegId, survivor: LegId) -> Option<(Caller, Party)> {
        let by = &self.legs.get(&transferor)?.caller;
        let shown = match self.switch.config.transfer.caller_id {
            TransferCallerId::Transferor => by,
            TransferCallerId::Original => &self.legs.get(&survivor)?.caller,
        };
        Some((shown.clone(), by.party))
    }

    /// NOTIFY with a status line, if the transferor is still there.
    pub(super) fn notify(&self, to: Option<LegId>, status: u16, reason: &str, last: bool) {
        if matches!(self.switch.defects.notifies(), NotifyStyle::Never | NotifyStyle::Bye) {
            return;
        }
        if let Some(leg) = to.and_then(|id| self.legs.get(&id)) {
            leg.session.notify_transfer(status, reason, last);
        }
    }

    /// The target rings.
    pub(super) fn notify_progress(&self, to: Option<LegId>, status: u16, reason: &str) {
        match self.switch.defects.notifies() {
            NotifyStyle::OkEarly => self.notify(to, 200, "OK", true),
            _ => self.notify(to, status, reason, false),
        }
    }

    /// The target has answered. The transferor is to hang up now, else we do.
    pub(super) fn complete_transfer(&mut self, transferor: Option<LegId>) {
        self.notify(transferor, 200, "OK", true);
        self.transferred = true;
        let defects = &self.switch.defects;
        if let Some(after) = defects.joins_late() {
            self.unjoined = true;
            self.timers.push((Instant::now() + after, Due::Join));
        }
        if defects.has(Defect::TransferDropsLater) {
            self.timers.push((Instant::now() + DROPS_LATER, Due::Drop));
        }
        if defects.has(Defect::TransferDropsAtAnswer) {
            return self.hang_up_both();
        }
        if let Some(leg) = transferor.filter(|_| !defects.has(Defect::TransferorLegLeftUp)) {
            let grace = Duration::from_millis(self.switch.config.transfer.grace_ms);
            self.timers.push((Instant::now() + grace, Due::Farewell(leg)));
        }
    }

    /// The target cannot be had: back to the transferor if it is still there.
    pub(super) fn fail_transfer(
        &mut self,
        survivor: LegId,
        transferor: Option<LegId>,
        status: u16,
        reason: &str,
    ) {
        self.notify(transferor, status, reason, true);
        if self.switch.defects.has(Defect::FailedTransferForgotten) {
            return;
        }
        match transferor.filter(|leg| self.legs.get(leg).is_some_and(|leg| !leg.leaving)) {
            Some(transferor) => self.bridge = Some((survivor, transferor)),
            None => self.hang_up(survivor),
        }
    }

    /// The one who waits for the target has hung up.
    pub(super) fn abandon_transfer(&mut self, attempt: Attempt) {
        for branch in attempt.branches {
            self.hang_up(branch);
        }
        if let Purpose::Transfer { transferor: Some(transferor) } = attempt.purpose {
            self.notify(Some(transferor), 487, "Request Terminated", true);
            self.hang_up(transferor);
        }
    }
}
