//! Calling somebody: every phone of the destination at once, the first to answer wins.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::super::caller_id::{ASSERTED, Caller, Shown, shown};
use super::super::defects::Defect;
use super::super::dial_plan::{Destination, Party};
use super::super::switch::Target;
use super::leg::{Leg, LegId, Media};
use super::state::{Attempt, Call, Due, Purpose};
use crate::media::Codec;
use crate::sip::Message;
use crate::sip::session::{InviteSpec, Session};

/// When a session lapses that a defect does not refresh.
const SESSION: Duration = Duration::from_secs(32);

impl Call {
    /// Starts an attempt for `waiting`, shown as `caller`. One that cannot even begin fails
    /// at once.
    pub(super) fn dial(
        &mut self,
        waiting: LegId,
        destination: &Destination,
        caller: &Caller,
        purpose: Purpose,
    ) {
        let mut attempt =
            Attempt { purpose, waiting, branches: BTreeSet::new(), early: None, failure: None };
        if purpose == Purpose::Call && self.goes_astray(waiting) {
            return;
        }
        let targets = match (destination, caller.party) {
            (Destination::Outside { number }, Party::Account(index))
                if purpose != Purpose::Call
                    && self.switch.defects.has(Defect::TransferCallsBridge) =>
            {
                self.switch.targets_at_phone_of(index, number)
            }
            _ => self.switch.targets(destination),
        };
        if targets.is_empty() {
            attempt.failure = Some(match destination {
                Destination::Account { .. } => (480, "Not Registered".to_owned()),
                Destination::Outside { .. } => (503, "No Trunk".to_owned()),
            });
        }
        let codec = self.legs.get(&waiting).and_then(|leg| leg.media.codec());
        for target in targets {
            if let Some(branch) = self.branch(&target, destination, caller, codec, purpose) {
                attempt.branches.insert(branch);
            } else {
                attempt.failure = Some((503, "No Media Ports".to_owned()));
            }
        }
        let patience = Duration::from_secs(self.switch.config.ring_timeout_s);
        let patience = self.switch.defects.lets_ring(patience);
        self.timers.push((Instant::now() + patience, Due::NoAnswer));
        self.attempt = Some(attempt);
        self.give_up_if_alone();
        if purpose == Purpose::Call && self.switch.defects.has(Defect::VoicemailTooEarly) {
            self.take_to_voicemail();
        }
    }

    /// A call that a defect keeps from its callee: answered by ourselves, or forgotten.
    fn goes_astray(&mut self, caller: LegId) -> bool {
        let has = |defect| self.switch.defects.has(defect);
        let (taken, forgotten) = (has(Defect::VoicemailAnswers), has(Defect::CallNotForwarded));
        if taken || has(Defect::EarlyAnswer) {
            self.accept_caller(caller);
        }
        taken || forgotten
    }

    /// Sends one INVITE.
    fn branch(
        &mut self,
        target: &Target,
        destination: &Destination,
        caller: &Caller,
        codec: Option<Codec>,
        purpose: Purpose,
    ) -> Option<LegId> {
        let switch = &self.switch;
        let transferred = |defect| purpose != Purpose::Call && switch.defects.has(defect);
        let (party, number) = match destination {
            Destination::Account { index, .. } => {
                let account = switch.accounts.get(*index);
                (Party::Account(*index), account.map(|a| a.extension.clone()).unwrap_or_default())
            }
            Destination::Outside { number } => (Party::Outside, number.clone()),
        };
        let mut media = Media::open(switch, target.address, party, codec)
            .inspect_err(|error| tracing::warn!(%error, "no branch"))
            .ok()?;
        let here = switch.address_towards(target.address);
        let host = here.to_string();
        let main_number = &switch.config.main_number;
        let mut shown = shown(&switch.accounts, main_number, caller, destination);
        let outside = caller.party == Party::Outside || party == Party::Outside;
        let main = Shown { number: main_number.clone(), display: None };
        if matches!(party, Party::Account(_)) {
            shown.number = switch.config.numbers.shown_inside(&shown.number);
        }
        if transferred(Defect::TransferCallerId) {
            shown = main.clone();
        }
        let (mut from, identities) = if outside {
            switch.defects.identities(&shown, main_number, &host)
        } else {
            (shown.name_addr(&host), vec![(ASSERTED.to_owned(), shown.name_addr(&host))])
        };
        if transferred(Defect::TransferCallerIdAsserted) {
            from = main.name_addr(&host);
        }
        let delayed = transferred(Defect::TransferAnswerMissing);
        let given = Shown { number: number.clone(), display: None };
        let spec = InviteSpec {
            request_uri: target.request_uri.clone(),
            to: format!("<sip:{number}@{}>", target.address),
            from,
            contact: switch.contact(&shown.number, target.address),
            destination: target.address,
            credentials: None,
            headers: identities,
            route: Vec::new(),
            offer: (!delayed).then(|| media.offer()),
            call_id: None,
        };
        let (session, events) = Session::invite(&switch.endpoint, spec);
        let answerer = Caller { party, given: (party == Party::Outside).then_some(given) };
        Some(self.add(Leg::new(session, media, answerer), events))
    }

    /// A branch rings, or has early media.
    pub(super) fn on_progress(&mut self, branch: LegId, message: &Message) {
        let status = message.status().unwrap_or_default();
        let Some(attempt) = self.attempt.as_mut().filter(|a| a.branches.contains(&branch)) else {
            return;
        };
        if status < 101 {
            return;
        }
        let (waiting, purpose) = (attempt.waiting, attempt.purpose);
        // Of several phones none speaks for the others before it answers.
        let alone = attempt.branches.len() == 1;
        if let Some(sdp) = message.sdp().filter(|_| alone && attempt.early.is_none())
            && self.legs.get_mut(&branch).is_some_and(|leg| leg.media.accept(&sdp).is_ok())
        {
            attempt.early = Some(branch);
        }
        let early = attempt.early.is_some();
        let reason = message.reason().unwrap_or("Progress").to_owned();
        match purpose {
            Purpose::Call => {
                if let Some(leg) = self.legs.get(&waiting) {
                    let early =
                        early || self.switch.defects.has(Defect::PrivateAddressAfterEarlyMedia);
                    let sdp = leg.answer.clone().filter(|_| early);
                    leg.session.ring(status, &reason, sdp);
                }
            }
            Purpose::Transfer { transferor } => self.notify_progress(transferor, status, &reason),
        }
    }

    /// The caller gets us, and nobody rings any more.
    fn take_to_voicemail(&mut self) {
        let Some(attempt) = self.attempt.take() else { return };
        self.timers.retain(|(_, due)| *due != Due::NoAnswer);
        for branch in attempt.branches {
            self.hang_up(branch);
        }
        if let Some(leg) = self.legs.get(&attempt.waiting) {
            leg.session.ring(180, "Ringing", None);
        }
        self.accept_caller(attempt.waiting);
    }

    /// A branch answers: it wins, unless another has.
    pub(super) fn on_answered(&mut self, branch: LegId, message: &Message) {
        let Some(attempt) = self.attempt.take_if(|a| a.branches.contains(&branch)) else {
            return self.hang_up(branch);
        };
        let agreed = match (message.sdp(), self.legs.get_mut(&branch)) {
            // Its offer is left without an answer.
            _ if self.switch.defects.has(Defect::TransferAnswerMissing)
                && attempt.purpose != Purpose::Call =>
            {
                true
            }
            // An answer that was in a reliable or early response need not come again.
            (Some(sdp), Some(leg)) => leg.media.accept(&sdp).is_ok(),
            (None, _) => attempt.early == Some(branch),
            (Some(_), None) => false,
        };
        if !agreed {
            self.attempt = Some(attempt);
            self.hang_up(branch);
            return self.on_failed(branch, 488, "Not Acceptable Here");
        }
        if !self.switch.defects.has(Defect::OtherDeviceRingsOn) {
            for &loser in attempt.branches.iter().filter(|&&other| other != branch) {
                self.hang_up(loser);
            }
        }
        self.timers.retain(|(_, due)| *due != Due::NoAnswer);
        match attempt.purpose {
            Purpose::Call if self.switch.defects.has(Defect::NoAnswer) => {
                // The caller waits on; hanging up still ends the callee's leg.
                let branches = BTreeSet::from([branch]);
                self.attempt = Some(Attempt { branches, early: None, ..attempt });
            }
            Purpose::Call => {
                self.accept_caller(attempt.waiting);
                self.bridge = Some((attempt.waiting, branch));
                self.stands();
                if self.switch.defects.has(Defect::ByeOnAnswer) {
                    self.hang_up_both();
                }
                if self.switch.defects.has(Defect::SessionExpires) {
                    let lapse = self.switch.defects.after(SESSION);
                    self.timers.push((Instant::now() + lapse, Due::SessionExpired));
                }
            }
            Purpose::Transfer { transferor } => {
                self.bridge = Some((attempt.waiting, branch));
                self.complete_transfer(transferor);
            }
        }
    }

    /// 200 to the caller: the answer to its offer, or our own where it made none.
    fn accept_caller(&mut self, caller: LegId) {
        let Some(leg) = self.legs.get_mut(&caller) else { return };
        let sdp = leg.answer.clone().unwrap_or_else(|| {
            leg.awaits_answer = true;
            leg.media.offer()
        });
        leg.session.answer(Some(sdp));
    }

    /// A branch refuses.
    pub(super) fn on_failed(&mut self, branch: LegId, status: u16, reason: &str) {
        let Some(attempt) = &mut self.attempt else { return };
        if !attempt.branches.remove(&branch) {
            return;
        }
        if attempt.early == Some(branch) {
            attempt.early = None;
        }
        let refusal = match status {
            // Redirection and the trunk's challenges are between us and the branch.
            300..=399 | 401 | 407 => (480, "Temporarily Unavailable".to_owned()),
            408 => (480, "No Answer".to_owned()),
            _ => (status, reason.to_owned()),
        };
        if attempt.failure.as_ref().is_none_or(|best| rank(refusal.0) < rank(best.0)) {
            attempt.failure = Some(refusal);
        }
        self.give_up_if_alone();
    }

    /// Ends the attempt when no branch is left.
    fn give_up_if_alone(&mut self) {
        if self.attempt.as_ref().is_some_and(|attempt| attempt.branches.is_empty()) {
            self.give_up(480, "Temporarily Unavailable");
        }
    }

    /// Ends the attempt; `status` unless a branch said something better.
    pub(super) fn give_up(&mut self, status: u16, reason: &str) {
        let Some(attempt) = self.attempt.take() else { return };
        self.timers.retain(|(_, due)| *due != Due::NoAnswer);
        for &branch in &attempt.branches {
            self.hang_up(branch);
        }
        let (status, reason) = attempt.failure.unwrap_or_else(|| (status, reason.to_owned()));
        match attempt.purpose {
            Purpose::Call => {
                let told = self.switch.defects.tells(status, reason);
                if let Some((leg, (status, reason))) = self.legs.get_mut(&attempt.waiting).zip(told)
                {
                    leg.leaving = true;
                    leg.session.reject(status, &reason);
                }
            }
            Purpose::Transfer { transferor } => {
                self.fail_transfer(attempt.waiting, transferor, status, &reason);
            }
        }
    }
}

/// Which refusal the caller gets: a global one (RFC 3261 §16.7 step 6), then busy, then
/// the lowest.
fn rank(status: u16) -> u16 {
    match status {
        600.. => 0,
        486 => 1,
        other => other,
    }
}
