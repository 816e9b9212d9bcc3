//! The call's task: events in, decisions out.

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::super::defects::{Change, Defect, Meets, Offer};
use super::leg::{Leg, LegId};
use super::state::{Call, Due, Purpose};
use crate::sip::Message;
use crate::sip::session::{OfferReply, SessionEvent};
use futures::StreamExt as _;

impl Call {
    /// Runs until the last leg has ended.
    pub(super) async fn run(mut self) {
        let doom = self.doom.clone();
        let abandoned = self.switch.abandoned.clone();
        let mut leaving = false;
        while !self.legs.is_empty() {
            self.connect();
            let due = self.timers.iter().map(|(at, _)| *at).min();
            tokio::select! {
                event = self.events.next() => match event {
                    Some((leg, event)) => self.on_event(leg, event),
                    None => break,
                },
                Some(remote) = self.mail.recv() => self.on_remote(remote),
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.on_due(),
                () = doom.cancelled(), if !leaving => {
                    leaving = true;
                    self.attempt = None;
                    for leg in self.legs.keys().copied().collect::<Vec<_>>() {
                        self.hang_up(leg);
                    }
                }
                () = abandoned.cancelled() => break,
            }
        }
    }

    fn on_event(&mut self, leg: LegId, event: SessionEvent) {
        match event {
            SessionEvent::Progress(message) => self.on_progress(leg, &message),
            SessionEvent::Answered(message) => self.on_answered(leg, &message),
            SessionEvent::Failed { status, reason, .. } => self.on_failed(leg, status, &reason),
            SessionEvent::Acked(message) => self.on_acked(leg, &message),
            SessionEvent::Offer { sdp, reply, .. } => self.on_offer(leg, sdp.as_deref(), reply),
            SessionEvent::Refer { refer_to, reply, .. } => self.on_refer(leg, &refer_to, reply),
            SessionEvent::Ended { reason, .. } => {
                tracing::debug!(?leg, reason, "leg ended");
                self.on_ended(leg);
            }
            // Only a defect calls without an offer, and it has no answer either.
            SessionEvent::AnswerNeeded(_) => {
                if let Some(leg) = self.legs.get(&leg) {
                    leg.session.ack_with(Bytes::new());
                }
            }
            // Ended follows.
            SessionEvent::Cancelled
            | SessionEvent::AnswerRepeated
            | SessionEvent::Identified(_)
            | SessionEvent::OfferPostponed
            | SessionEvent::Challenged(_)
            | SessionEvent::Notify(_)
            | SessionEvent::Info(_) => {}
        }
    }

    /// A party wants its media changed: hold, resume, another codec or port. It is between
    /// the party and us; the other party only notices what it hears.
    fn on_offer(&mut self, id: LegId, sdp: Option<&str>, reply: OfferReply) {
        let other = self.partner(id).and_then(|other| self.legs.get(&other));
        let other_holds = other.is_some_and(|leg| leg.media.holds());
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let change = sdp.map_or(Change::Other, |offer| leg.media.purpose_of(offer));
        let offer = Offer { change, sdp: sdp.unwrap_or_default(), other_holds };
        let defects = &self.switch.defects;
        let meets = defects
            .meets_hold(offer)
            .or_else(|| defects.meets_change(change, sdp, leg.media.in_use()))
            .unwrap_or_else(|| defects.meets(change));
        if let Meets::Refuses(status, reason) = meets {
            return reply.refuse(status, reason);
        }
        match sdp.map(|offer| leg.media.answer(offer)) {
            None => {
                leg.awaits_answer = true;
                reply.accept(Some(leg.media.offer()));
            }
            Some(Ok(answer)) => reply.accept(Some(answer)),
            Some(Err(error)) => {
                tracing::info!(%error, "offer refused");
                reply.refuse(488, "Not Acceptable Here");
            }
        }
        if let Meets::EndsCallAfter(time) = meets {
            self.timers.push((Instant::now() + time, Due::Drop));
        }
    }

    /// The ACK of a 2xx that carried our offer brings the answer.
    fn on_acked(&mut self, id: LegId, message: &Message) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.awaits_answer) else { return };
        leg.awaits_answer = false;
        let agreed = message.sdp().is_some_and(|answer| leg.media.accept(&answer).is_ok());
        if !agreed {
            tracing::info!(?id, "no usable answer in ACK");
            self.hang_up(id);
        }
    }

    fn on_due(&mut self) {
        let now = Instant::now();
        for (_, due) in self.timers.extract_if(.., |(at, _)| *at <= now).collect::<Vec<_>>() {
            match due {
                Due::NoAnswer => self.give_up(480, "No Answer"),
                Due::Farewell(leg) => self.hang_up(leg),
                Due::Join => self.unjoined = false,
                Due::Drop => self.hang_up_both(),
                Due::SessionExpired => {
                    for leg in self.legs.keys().copied().collect::<Vec<_>>() {
                        self.hang_up_because(leg, Some("SIP;cause=408;text=\"Session expired\""));
                    }
                }
            }
        }
    }

    fn on_ended(&mut self, id: LegId) {
        let gone = self.legs.remove(&id);
        if let Some(leg) = &gone {
            self.switch.dialogs().remove(&leg.session.id());
        }
        self.part_from_other_call(id);
        if let Some(other) = self.partner(id) {
            self.part(gone.as_ref(), id, other);
        }
        if let Some(leg) = gone {
            self.free(leg);
        }
        if let Some(transfer) = self.deferred.take_if(|transfer| transfer.transferor == id) {
            self.call_target(transfer);
        }
        let colleague = |leg| self.legs.get(leg).is_some_and(Leg::is_inside);
        let Some(attempt) = &mut self.attempt else { return };
        if attempt.waiting == id {
            let rings_on = self.switch.defects.has(Defect::CancelNotRelayed);
            if let Some(attempt) = self.attempt.take().filter(|_| !rings_on) {
                self.abandon_transfer(attempt);
            }
            self.timers.retain(|(_, due)| *due != Due::NoAnswer);
        } else if attempt.purpose == (Purpose::Transfer { transferor: Some(id) }) {
            if self.switch.defects.drops_with_transferor(colleague(&attempt.waiting)) {
                return self.give_up(487, "Request Terminated");
            }
            attempt.purpose = Purpose::Transfer { transferor: None };
        } else {
            self.on_failed(id, 480, "Temporarily Unavailable");
        }
    }
}
