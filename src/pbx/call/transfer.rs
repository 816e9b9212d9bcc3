//! Blind transfer (RFC 3515, RFC 5589 §6).

use std::time::Duration;

use tokio::time::Instant;

use super::super::config::TransferCallerId;
use super::super::defects::Defect;
use super::super::dialled::referred_to;
use super::leg::LegId;
use super::state::{Attempt, Call, Due, Purpose};
use crate::sip::session::ReferReply;

impl Call {
    /// `transferor` wants its partner connected to `refer_to`.
    pub(super) fn on_refer(&mut self, transferor: LegId, refer_to: &str, reply: ReferReply) {
        if self.switch.defects.has(Defect::ReferRefused) {
            return reply.refuse(405, "Method Not Allowed");
        }
        let Some(survivor) = self.partner(transferor).filter(|_| self.attempt.is_none()) else {
            // Nobody to transfer, or a transfer is already going on.
            return reply.refuse(491, "Request Pending");
        };
        let Some(number) = referred_to(refer_to) else {
            return reply.refuse(400, "Bad Refer-To");
        };
        let Some((shown, party)) = self.shown_at_target(transferor, survivor) else {
            return reply.refuse(481, "Call/Transaction Does Not Exist");
        };
        reply.accept();
        let purpose = Purpose::Transfer { transferor: Some(transferor) };
        self.notify(Some(transferor), 100, "Trying", false);
        self.bridge = None;
        match self.switch.route(party, &number) {
            Some(destination) => self.dial(survivor, &destination, &shown, purpose),
            None => self.fail_transfer(survivor, Some(transferor), 404, "Not Found"),
        }
    }

    /// Who the target sees, and with whose rights it is called.
    fn shown_at_target(
        &self,
        transferor: LegId,
        survivor: LegId,
    ) -> Option<(super::super::caller_id::Caller, super::super::dial_plan::Party)> {
        let by = &self.legs.get(&transferor)?.caller;
        let shown = match self.switch.config.transfer.caller_id {
            TransferCallerId::Transferor => by,
            TransferCallerId::Original => &self.legs.get(&survivor)?.caller,
        };
        Some((shown.clone(), by.party))
    }

    /// NOTIFY with a status line, if the transferor is still there.
    pub(super) fn notify(&self, to: Option<LegId>, status: u16, reason: &str, last: bool) {
        if let Some(leg) = to.and_then(|id| self.legs.get(&id)) {
            leg.session.notify_transfer(status, reason, last);
        }
    }

    /// The target has answered. The transferor is to hang up now, else we do.
    pub(super) fn complete_transfer(&mut self, transferor: Option<LegId>) {
        self.notify(transferor, 200, "OK", true);
        if let Some(leg) = transferor {
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
