//! What a session tells its user.

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::record::Ender;
use crate::sip::Message;

/// The user's end of a session's events; `recv().await` gives `None` after
/// [`SessionEvent::Ended`].
pub type SessionEvents = mpsc::UnboundedReceiver<SessionEvent>;

/// An event of a session. `Failed` and `Cancelled` are followed by `Ended` too:
/// `Ended` comes exactly once and last.
#[derive(Debug)]
pub enum SessionEvent {
    /// UAC: a provisional response to the initial INVITE, 100 included. A reliable
    /// one has been acknowledged with PRACK.
    Progress(Message),
    /// UAC: the initial INVITE met this 401 or 407, and goes out again with credentials.
    Challenged(u16),
    /// The initial INVITE, or a re-INVITE without SDP, was answered with this 2xx,
    /// whose body is the peer's offer: call [`super::Session::ack_with`].
    AnswerNeeded(Message),
    /// UAC: the initial INVITE's 2xx; its ACK is sent.
    Answered(Message),
    /// UAC: a 2xx came again, since its ACK was lost or late; the ACK was sent again.
    AnswerRepeated,
    /// UAC: the initial INVITE was refused, or not answered.
    Failed {
        /// Status; 408 where nobody answered, 503 where the transport failed
        /// (RFC 3261 §8.1.3.1): `message` is `None` in both cases.
        status: u16,
        /// Reason phrase, or what the transport said.
        reason: String,
        /// The response.
        message: Option<Message>,
    },
    /// UAC: our CANCEL (or hang-up before the answer) took effect. UAS: the caller
    /// cancelled, or hung up, before our final response.
    Cancelled,
    /// UAS, or peer's re-INVITE: the ACK of our 2xx. Its body is the answer where our
    /// 2xx made the offer.
    Acked(Message),
    /// The peer's re-INVITE or UPDATE wants an offer answered (`sdp`), or an offer
    /// made (re-INVITE without SDP). An UPDATE without SDP is answered by the session.
    Offer {
        /// The re-INVITE or UPDATE.
        request: Message,
        /// Its session description.
        sdp: Option<String>,
        /// Must be answered; dropped, it refuses with 488.
        reply: OfferReply,
    },
    /// An UPDATE without SDP, answered already, that tells who is at the other end now
    /// (P-Asserted-Identity, RFC 3325; Remote-Party-ID).
    Identified(Message),
    /// Our re-INVITE was answered 491 and will be tried again (RFC 3261 §14.1).
    OfferPostponed,
    /// The peer wants us to call `refer_to` (RFC 3515).
    Refer {
        /// The REFER.
        request: Message,
        /// Its Refer-To as written.
        refer_to: String,
        /// Must be answered; dropped, it refuses with 603.
        reply: ReferReply,
    },
    /// A NOTIFY of our REFER's subscription, already answered 200.
    Notify(Message),
    /// An INFO (DTMF and the like), already answered 200.
    Info(Message),
    /// The end, once and last.
    Ended {
        /// Who ended it. A peer that refused our INVITE is `Peer`.
        by: Ender,
        /// The peer's BYE or CANCEL, if that was the end.
        request: Option<Message>,
        /// Why, in a few words: Reason header, refusal, or what went wrong.
        reason: String,
    },
}

/// What the user says to an offer or a REFER.
#[derive(Debug)]
pub(crate) enum Decision {
    Accept(Option<Bytes>),
    Refuse(u16, String),
}

/// Answers an [`SessionEvent::Offer`].
#[derive(Debug)]
pub struct OfferReply(pub(crate) oneshot::Sender<Decision>);

impl OfferReply {
    /// 200 with this SDP: the answer, or our offer where the request had none.
    pub fn accept(self, sdp: Option<Bytes>) {
        let _ = self.0.send(Decision::Accept(sdp));
    }

    /// A non-2xx final response.
    pub fn refuse(self, status: u16, reason: &str) {
        let _ = self.0.send(Decision::Refuse(status, reason.to_owned()));
    }
}

/// Answers a [`SessionEvent::Refer`].
#[derive(Debug)]
pub struct ReferReply(pub(crate) oneshot::Sender<Decision>);

impl ReferReply {
    /// Accepts with 202. No NOTIFY goes out by itself. RFC 3515 §2.4.4 wants one at once, by
    /// [`super::Session::notify_transfer`] with 100 Trying.
    pub fn accept(self) {
        let _ = self.0.send(Decision::Accept(None));
    }

    /// A non-2xx final response.
    pub fn refuse(self, status: u16, reason: &str) {
        let _ = self.0.send(Decision::Refuse(status, reason.to_owned()));
    }
}

/// A request of the session could not be completed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The session is over.
    #[error("the call has ended")]
    Ended,
    /// There is no confirmed dialog yet.
    #[error("the call is not established")]
    NotEstablished,
    /// Nobody answered in 64·T1.
    #[error("no response to {0}")]
    Timeout(&'static str),
    /// The transport failed.
    #[error("{0}")]
    Transport(String),
}
