//! REFER and its implicit subscription, of both sides (RFC 3515).

use tokio::sync::oneshot;

use super::event::{Decision, ReferReply, SessionError, SessionEvent};
use super::handle::Answer;
use super::outbox::Purpose;
use super::task::{Alarm, Phase, Task};
use crate::sip::endpoint::{ServerTransaction, unknown_dialog};
use crate::sip::{Message, Method};

/// Seconds that a subscription is said to last.
const EXPIRES: u32 = 120;

/// The subscriptions of the dialog. They outlive the call (RFC 5057 §5.2): a
/// transferor's early BYE does not end the transfer.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    /// We sent REFER: NOTIFYs are ours to answer.
    pub(super) subscribed: bool,
    /// The peer sent REFER: we may notify.
    pub(super) notifying: bool,
    /// CSeq of the peer's latest REFER, and whether it was not the first, which makes it
    /// the event's id (§2.4.6).
    event: Option<(u32, bool)>,
    /// REFERs that the user has not decided on.
    undecided: usize,
    /// NOTIFYs that overtook the user's decision inside this program: decisions and
    /// commands come on ways of their own.
    early: Vec<(u16, String, bool)>,
}

impl Subscriptions {
    /// Whether there is anything left to say.
    pub(super) fn are_active(&self) -> bool {
        self.subscribed || self.notifying
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Task {
    /// Our REFER.
    pub(super) async fn refer(
        &mut self,
        refer_to: String,
        referred_by: Option<String>,
        answer: Answer,
    ) {
        let refused = match self.phase {
            Phase::Established => None,
            Phase::Calling | Phase::Ringing => Some(SessionError::NotEstablished),
            Phase::Closing | Phase::Over => Some(SessionError::Ended),
        };
        if let Some(error) = refused {
            let _ = answer.send(Err(error));
            return;
        }
        let mut refer = self.dialog.request(Method::Refer).with("Refer-To", refer_to);
        if let Some(referred_by) = referred_by {
            refer = refer.with("Referred-By", referred_by);
        }
        // NOTIFY may overtake the 202.
        self.subscriptions.subscribed = true;
        self.send(refer, Purpose::Refer(answer)).await;
    }

    /// The final response to our REFER; `Refer-Sub: false` is RFC 4488's.
    pub(super) fn refer_answered(&mut self, response: &Message) {
        let accepted = response.status().is_some_and(|status| (200..300).contains(&status));
        let silent = response.get("Refer-Sub").is_some_and(|value| value.trim() == "false");
        if !accepted || silent {
            self.subscriptions.subscribed = false;
        }
    }

    /// A NOTIFY, answered 200 in any state; the user hears of it while the call lasts.
    pub(super) fn notified(&mut self, transaction: &ServerTransaction) {
        let over = self.phase == Phase::Over;
        if over && !self.subscriptions.subscribed {
            return unknown_dialog(transaction);
        }
        self.say(transaction, 200, "OK");
        let state = transaction.request.get("Subscription-State").unwrap_or_default();
        if state.trim_start().to_ascii_lowercase().starts_with("terminated") {
            self.subscriptions.subscribed = false;
        }
        if !over {
            self.emit(SessionEvent::Notify(transaction.request.clone()));
        }
    }

    /// The peer's REFER.
    pub(super) fn referred(&mut self, transaction: ServerTransaction) {
        let request = transaction.request.clone();
        let Some(refer_to) = request.get("Refer-To").map(str::to_owned) else {
            return self.say(&transaction, 400, "Refer-To Missing");
        };
        self.subscriptions.undecided += 1;
        let (reply, decision) = oneshot::channel();
        self.ask(transaction, Some(decision));
        self.emit(SessionEvent::Refer { request, refer_to, reply: ReferReply(reply) });
    }

    pub(super) fn refer_decided(
        &mut self,
        transaction: &ServerTransaction,
        decision: Option<Decision>,
    ) {
        self.subscriptions.undecided = self.subscriptions.undecided.saturating_sub(1);
        match decision {
            Some(Decision::Accept(_)) => {
                let number = transaction.request.cseq().map_or(0, |(number, _)| number);
                self.subscriptions.event = Some((number, self.subscriptions.event.is_some()));
                self.subscriptions.notifying = true;
                let response = Message::response(&transaction.request, 202, "Accepted")
                    .with("Contact", &self.dialog.contact);
                self.respond(transaction, response);
            }
            Some(Decision::Refuse(status, reason)) => self.say(transaction, status, &reason),
            None => self.say(transaction, 603, "Decline"),
        }
    }

    /// The NOTIFYs that waited for the decision.
    pub(super) async fn notify_early(&mut self) {
        if self.subscriptions.undecided == 0 {
            for (status, reason, terminated) in std::mem::take(&mut self.subscriptions.early) {
                self.notify(status, &reason, terminated).await;
            }
        }
    }

    /// Our NOTIFY of a transfer's progress.
    pub(super) async fn notify(&mut self, status: u16, reason: &str, terminated: bool) {
        if self.subscriptions.undecided > 0 {
            self.subscriptions.early.push((status, reason.to_owned(), terminated));
            return;
        }
        let Some((number, with_id)) = self.subscriptions.event else { return };
        if !self.subscriptions.notifying {
            return;
        }
        let event = if with_id { format!("refer;id={number}") } else { "refer".to_owned() };
        let state = if terminated {
            self.subscriptions.notifying = false;
            "terminated;reason=noresource".to_owned()
        } else {
            format!("active;expires={EXPIRES}")
        };
        let body = format!("SIP/2.0 {status} {reason}\r\n");
        let notify = self
            .dialog
            .request(Method::Notify)
            .with("Event", event)
            .with("Subscription-State", state)
            .with_body("message/sipfrag;version=2.0", body.into_bytes());
        self.send(notify, Purpose::Unattended).await;
    }

    /// After the end: stay for what belongs to a transfer, and for what else comes late, but
    /// not for ever, and without keeping the socket.
    pub(super) fn linger(&mut self) {
        if self.subscriptions.are_active() || self.stragglers {
            self.alarms.start(Alarm::Linger, self.timers.patience());
            self.endpoint.let_go();
        }
    }
}
