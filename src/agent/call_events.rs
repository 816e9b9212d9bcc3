//! What happens to a call, turned into observations and answered as a phone does.

use bytes::Bytes;

use super::Call;
use super::caller_id::caller_id;
use crate::record::{Direction, What};
use crate::sip::Message;
use crate::sip::session::{OfferReply, SessionEvent, SessionEvents};

impl Call {
    /// Follows the session until its end, in a task of its own.
    pub(super) fn follow(&self, mut events: SessionEvents) {
        let call = self.clone();
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                call.on(event);
            }
        });
    }

    fn on(&self, event: SessionEvent) {
        match event {
            SessionEvent::Progress(response) => self.on_progress(&response),
            SessionEvent::Challenged(status) => self.note(What::Challenged { status }),
            SessionEvent::Answered(response) => self.on_answered(&response),
            SessionEvent::Failed { status, reason, .. } => {
                self.note_refused("INVITE", status, reason);
            }
            SessionEvent::Cancelled => self.note(What::Cancelled),
            SessionEvent::Acked(ack) => self.on_acked(&ack),
            SessionEvent::Offer { request, sdp, reply } => {
                self.note_identity(&request);
                self.on_offer(sdp.as_deref(), reply);
            }
            SessionEvent::Identified(update) => self.note_identity(&update),
            SessionEvent::AnswerNeeded(response) => self.on_offer_in_answer(&response),
            SessionEvent::AnswerRepeated => self.note(What::AnswerRepeated),
            SessionEvent::Info(_) => {}
            SessionEvent::OfferPostponed => self.note(What::OfferPostponed),
            SessionEvent::Refer { refer_to, reply, .. } => {
                reply.refuse(603, "Decline");
                self.note(What::Oddity { text: format!("the PBX sent REFER to {refer_to}") });
            }
            SessionEvent::Notify(notify) => self.on_notify(&notify),
            SessionEvent::Ended { by, reason, .. } => {
                // Whoever finds the call ended finds out why.
                self.note(What::Ended { by, reason });
                self.mark_ended();
            }
        }
    }

    /// Takes note of whom the PBX says that the party talks to.
    fn note_identity(&self, request: &Message) {
        let shown = caller_id(request);
        if let Some(number) = shown.asserted.or(shown.remote_party) {
            self.note(What::ConnectedTo { number });
        }
    }

    fn on_progress(&self, response: &Message) {
        let sdp = response.sdp();
        let early_media = sdp.is_some();
        if sdp.is_some() {
            self.media().early_answer = sdp;
        }
        self.note(What::Progress { status: response.status().unwrap_or_default(), early_media });
    }

    fn on_answered(&self, response: &Message) {
        self.note_peer_contact(response);
        self.learn_peer_tag(response);
        let mut media = self.media();
        let answer = response.sdp().or_else(|| media.early_answer.take());
        let agreed = match answer {
            Some(answer) => media.negotiation.accept(&answer).map_err(Some),
            None => Err(None),
        };
        drop(media);
        self.mark_answered();
        match agreed {
            Ok(agreed) => {
                self.configure(&agreed);
                for text in &agreed.oddities {
                    self.note(What::Oddity { text: text.clone() });
                }
                self.note(What::Answered {
                    codec: agreed.codec.name.clone(),
                    remote_media: agreed.remote.to_string(),
                });
            }
            Err(problem) => {
                match problem {
                    Some(error) => self.note_unusable(&error),
                    None => {
                        let problem = "no session description in the 200".to_owned();
                        self.note(What::UnusableMedia { problem });
                    }
                }
                self.note(What::Answered { codec: String::new(), remote_media: String::new() });
            }
        }
    }

    fn on_acked(&self, ack: &Message) {
        let mut media = self.media();
        let awaited = std::mem::take(&mut media.answer_in_ack);
        drop(media);
        match ack.sdp().filter(|_| awaited) {
            Some(answer) => self.accept_answer(Some(&answer)),
            None if awaited => {
                self.media().negotiation.rollback();
                let problem = "no session description in the ACK".to_owned();
                self.note(What::UnusableMedia { problem });
            }
            None => {}
        }
        self.note(What::Acknowledged);
    }

    fn on_offer(&self, offer: Option<&str>, reply: OfferReply) {
        let mut media = self.media();
        let wanted = media.wanted;
        let Some(offer) = offer else {
            let own = media.negotiation.offer(wanted);
            media.answer_in_ack = true;
            reply.accept(Some(Bytes::from(own)));
            return;
        };
        let answered = media.negotiation.answer(offer, wanted);
        drop(media);
        match answered {
            Ok((own, agreed)) => {
                self.configure(&agreed);
                reply.accept(Some(Bytes::from(own)));
                self.note(What::Negotiated {
                    offered_by_peer: true,
                    direction: agreed.peer_direction,
                    remote_media: agreed.remote.to_string(),
                    oddities: agreed.oddities.clone(),
                });
            }
            Err(error) => {
                reply.refuse(488, "Not Acceptable Here");
                if error.concerns_keys() {
                    self.note_unusable(&error);
                }
                self.note(What::Negotiated {
                    offered_by_peer: true,
                    direction: None::<Direction>,
                    remote_media: String::new(),
                    oddities: vec![error.to_string()],
                });
            }
        }
    }

    fn on_notify(&self, notify: &Message) {
        let body = notify.body_text();
        let status = body
            .strip_prefix("SIP/2.0 ")
            .and_then(|rest| rest.get(..3))
            .and_then(|code| code.parse().ok())
            .unwrap_or(0);
        let terminated = notify
            .get("Subscription-State")
            .is_some_and(|state| state.trim_start().to_ascii_lowercase().starts_with("terminated"));
        self.note(What::TransferProgress { status, terminated });
    }
}
