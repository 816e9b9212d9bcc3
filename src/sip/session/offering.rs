//! Offers of our side in an established call: re-INVITE (RFC 3261 §14.1) and UPDATE
//! (RFC 3311). One exchange at a time; the rest waits.

use std::time::Duration;

use bytes::Bytes;

use super::event::{SessionError, SessionEvent};
use super::handle::{Answer, Command};
use super::outbox::{Purpose, turn_down};
use super::task::{Alarm, Phase, Role, Task};
use crate::sip::endpoint::{ALLOW, SUPPORTED};
use crate::sip::{Message, Method};

/// How often a re-INVITE is tried again after 491.
const RETRIES: u32 = 5;

impl Task {
    /// Starts the offers that waited, as soon as nothing else is going on.
    pub(super) async fn next_offer(&mut self) {
        while let Some(command) = self.waiting.front() {
            let early_update = matches!(command, Command::Update(..))
                && matches!(self.phase, Phase::Calling | Phase::Ringing)
                && self.dialog.remote_tag.is_some();
            if self.phase == Phase::Established && self.is_negotiating() {
                return;
            }
            let Some(command) = self.waiting.pop_front() else { return };
            match self.phase {
                Phase::Established => self.start_offer(command, 0).await,
                Phase::Calling | Phase::Ringing if early_update => {
                    self.start_offer(command, 0).await;
                }
                Phase::Calling | Phase::Ringing => {
                    turn_down(command, SessionError::NotEstablished);
                }
                Phase::Closing | Phase::Over => turn_down(command, SessionError::Ended),
            }
        }
    }

    /// Whether an exchange of either side is under way, or is to be tried again.
    fn is_negotiating(&self) -> bool {
        self.is_offering()
            || self.their_invite.is_some()
            || self.unacked.is_some()
            || self.retry.is_some()
    }

    /// After glare, unless the peer's own attempt is going on.
    pub(super) async fn retry_offer(&mut self) {
        let Some((command, tries)) = self.retry.take() else { return };
        if self.is_negotiating() {
            self.retry = Some((command, tries));
            self.alarms.start(Alarm::Retry, self.timers.t1);
        } else {
            self.start_offer(command, tries).await;
        }
    }

    /// Sends the re-INVITE or UPDATE.
    pub(super) async fn start_offer(&mut self, command: Command, tries: u32) {
        match command {
            Command::Reinvite(offer, answer) => {
                self.send_reinvite(offer, tries, Some(answer)).await;
            }
            Command::Update(offer, answer) => self.send_update(offer, Some(answer)).await,
            _ => {}
        }
    }

    pub(super) async fn send_reinvite(
        &mut self,
        offer: Option<Bytes>,
        tries: u32,
        answer: Option<Answer>,
    ) {
        let invite = self.offer_request(Method::Invite, offer.as_ref());
        self.send(invite, Purpose::Reinvite { offer, tries, answer }).await;
    }

    pub(super) async fn send_update(&mut self, offer: Option<Bytes>, answer: Option<Answer>) {
        let update = self.offer_request(Method::Update, offer.as_ref());
        let had_offer = offer.is_some();
        self.send(update, Purpose::Update { had_offer, answer }).await;
    }

    fn offer_request(&mut self, method: Method, offer: Option<&Bytes>) -> Message {
        let mut request =
            self.dialog.request(method).with("Allow", ALLOW).with("Supported", SUPPORTED);
        for (name, value) in self.keep_refresh() {
            request = request.with(name, value);
        }
        if let Some(offer) = offer {
            request = request.with_body("application/sdp", offer.clone());
        }
        request
    }

    /// The final response to a re-INVITE.
    pub(super) async fn reinvite_answered(
        &mut self,
        response: Message,
        offer: Option<Bytes>,
        tries: u32,
        answer: Option<Answer>,
    ) {
        let status = response.status().unwrap_or_default();
        if (200..300).contains(&status) {
            self.dialog.refresh_target(&response);
            self.note_peer(&response);
            self.agree_on_refresh(&response);
            if offer.is_none() && response.sdp().is_some() && self.phase == Phase::Established {
                return self.await_answer(response, Some(answer));
            }
            if offer.is_some() {
                self.local_sdp = offer;
            }
            let number = response.cseq().map_or(1, |(number, _)| number);
            self.send_ack(number, None).await;
        } else if status == 491 && tries < RETRIES && self.phase == Phase::Established {
            self.emit(SessionEvent::OfferPostponed);
            match answer {
                Some(answer) => {
                    self.retry = Some((Command::Reinvite(offer, answer), tries + 1));
                    self.alarms.start(Alarm::Retry, self.after_glare());
                }
                None => self.alarms.start(Alarm::Refresh, self.after_glare()),
            }
            return;
        }
        self.offer_answered(response, answer).await;
    }

    /// The final response to an UPDATE.
    pub(super) async fn update_answered(&mut self, response: Message, answer: Option<Answer>) {
        if response.status().is_some_and(|status| (200..300).contains(&status)) {
            self.dialog.refresh_target(&response);
            self.note_peer(&response);
            self.agree_on_refresh(&response);
        } else if response.status() == Some(491) && answer.is_none() {
            return self.alarms.start(Alarm::Refresh, self.after_glare());
        }
        self.offer_answered(response, answer).await;
    }

    /// Hands the response over. 481 means that the peer has no such dialog: then ours
    /// ends too (§12.2.1.2).
    async fn offer_answered(&mut self, response: Message, answer: Option<Answer>) {
        let status = response.status().unwrap_or_default();
        let refresh = answer.is_none();
        if let Some(answer) = answer {
            let _ = answer.send(Ok(response));
        }
        if status == 481 || (refresh && matches!(status, 408 | 500..)) {
            self.give_up("the peer does not know the call any more").await;
        }
    }

    /// §14.1: 2.1–4 s for the owner of the Call-ID, 0–2 s for the other, with T1 at
    /// 500 ms and in steps of 10 ms.
    fn after_glare(&self) -> Duration {
        let steps = match self.role {
            Role::Caller => rand::random_range(210..=400),
            Role::Called => rand::random_range(0..=200),
        };
        self.timers.t1 * steps / 50
    }
}
