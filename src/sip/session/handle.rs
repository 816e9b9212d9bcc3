//! The handle of a session: cheap to clone; the work is done in the session's task.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::event::{SessionError, SessionEvents};
use super::start;
use crate::sip::digest::Credentials;
use crate::sip::endpoint::{Endpoint, ServerTransaction};
use crate::sip::{Message, Method};

/// What a UAC needs for a call.
pub struct InviteSpec {
    /// Request-URI.
    pub request_uri: String,
    /// To, without a tag: `<sip:1001@pbx>` or with a display name.
    pub to: String,
    /// From, without a tag.
    pub from: String,
    /// Contact, as a name-addr: `<sip:user@127.0.0.1:5062>`.
    pub contact: String,
    /// Where the INVITE goes, whatever the URIs say.
    pub destination: std::net::SocketAddr,
    /// For a 401 or 407 to the INVITE or to anything later in the dialog.
    pub credentials: Option<Credentials>,
    /// Further headers of the initial INVITE. `Supported` and `Allow` replace ours.
    pub headers: Vec<(String, String)>,
    /// A route set known beforehand (RFC 3261 §8.1.1.1).
    pub route: Vec<String>,
    /// The SDP offer; `None` for a delayed offer.
    pub offer: Option<Bytes>,
    /// Call-ID; a random one by default.
    pub call_id: Option<String>,
}

/// Answer of a request method.
pub(crate) type Answer = oneshot::Sender<Result<Message, SessionError>>;

/// What a handle asks of the task.
pub(crate) enum Command {
    Ring {
        status: u16,
        reason: String,
        sdp: Option<Bytes>,
    },
    Answer(Option<Bytes>),
    Reject {
        status: u16,
        reason: String,
    },
    Cancel,
    AckWith(Bytes),
    LoseAck,
    Reinvite(Option<Bytes>, Answer),
    Update(Option<Bytes>, Answer),
    Refer {
        refer_to: String,
        referred_by: Option<String>,
        answer: Answer,
    },
    Notify {
        status: u16,
        reason: String,
        terminated: bool,
    },
    Send {
        method: Method,
        headers: Vec<(String, String)>,
        body: Option<(String, Bytes)>,
        answer: Answer,
    },
    Headers(Vec<(String, String)>),
    Bye {
        reason: Option<String>,
        answer: Answer,
    },
}

pub(crate) struct Shared {
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    pub(crate) invite: Message,
}

/// A call leg: an INVITE dialog usage (RFC 3261 §13–15), as UAC or UAS. Dropping the
/// last handle ends it politely: CANCEL, BYE or 480.
#[derive(Clone)]
pub struct Session {
    pub(crate) shared: Arc<Shared>,
    pub(crate) commands: mpsc::UnboundedSender<Command>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("call_id", &self.shared.call_id).finish_non_exhaustive()
    }
}

impl Session {
    /// Calls. Must be called within a tokio runtime.
    pub fn invite(endpoint: &Endpoint, spec: InviteSpec) -> (Self, SessionEvents) {
        start::calling(endpoint, spec)
    }

    /// Takes an incoming INVITE (100 has been sent). `contact` is a name-addr. A
    /// transaction that was cancelled meanwhile gives `Cancelled` and `Ended`.
    pub fn incoming(
        endpoint: &Endpoint,
        transaction: ServerTransaction,
        contact: String,
    ) -> (Self, SessionEvents) {
        start::called(endpoint, transaction, contact)
    }

    /// Call-ID and local tag: unique per leg, also where both ends share an endpoint.
    pub fn id(&self) -> String {
        format!("{};{}", self.shared.call_id, self.shared.local_tag)
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        &self.shared.call_id
    }

    /// Our tag of the dialog.
    pub fn local_tag(&self) -> &str {
        &self.shared.local_tag
    }

    /// The initial INVITE: the peer's as UAS, ours (without Via) as UAC.
    pub fn invite_request(&self) -> &Message {
        &self.shared.invite
    }

    /// UAS: a provisional response, 101–199, sent reliably where the peer requires
    /// 100rel.
    pub fn ring(&self, status: u16, reason: &str, sdp: Option<Bytes>) {
        self.tell(Command::Ring { status, reason: reason.to_owned(), sdp });
    }

    /// UAS: 200 with this SDP (the answer, or our offer to an INVITE without SDP).
    pub fn answer(&self, sdp: Option<Bytes>) {
        self.tell(Command::Answer(sdp));
    }

    /// UAS: refuses the INVITE.
    pub fn reject(&self, status: u16, reason: &str) {
        self.tell(Command::Reject { status, reason: reason.to_owned() });
    }

    /// UAC: CANCEL, as soon as a provisional response allows it. Crossing a 2xx it
    /// becomes ACK and BYE. Nothing happens on an established call.
    pub fn cancel(&self) {
        self.tell(Command::Cancel);
    }

    /// The answer to a delayed offer, after [`super::SessionEvent::AnswerNeeded`].
    pub fn ack_with(&self, sdp: Bytes) {
        self.tell(Command::AckWith(sdp));
    }

    /// As if the next ACK of a 2xx were lost on its way: ours is not sent, or the peer's not seen.
    /// What the peer makes of that is to be seen; the next one comes through.
    pub fn lose_ack(&self) {
        self.tell(Command::LoseAck);
    }

    /// re-INVITE with this offer, or asking for one. Gives the final response, also a
    /// refusal; the ACK is sent. 491 is retried after the random wait of RFC 3261
    /// §14.1. It waits its turn behind other offers of either side.
    pub async fn reinvite(&self, sdp: Option<Bytes>) -> Result<Message, SessionError> {
        self.ask(|answer| Command::Reinvite(sdp, answer)).await
    }

    /// UPDATE (RFC 3311) and its final response.
    pub async fn update(&self, sdp: Option<Bytes>) -> Result<Message, SessionError> {
        self.ask(|answer| Command::Update(sdp, answer)).await
    }

    /// REFER (RFC 3515) and its final response. `refer_to` and `referred_by` are
    /// header values. NOTIFYs come as [`super::SessionEvent::Notify`].
    pub async fn refer(
        &self,
        refer_to: String,
        referred_by: Option<String>,
    ) -> Result<Message, SessionError> {
        self.ask(|answer| Command::Refer { refer_to, referred_by, answer }).await
    }

    /// NOTIFY of the subscription that the peer's latest REFER made: a status line as
    /// `message/sipfrag`. Works after the call has ended too, for 64·T1.
    pub fn notify_transfer(&self, status: u16, reason: &str, terminated: bool) {
        self.tell(Command::Notify { status, reason: reason.to_owned(), terminated });
    }

    /// Any other request within the dialog (INFO, MESSAGE, OPTIONS…) and its final
    /// response. `body` is content type and bytes.
    pub async fn send(
        &self,
        method: Method,
        headers: Vec<(String, String)>,
        body: Option<(String, Bytes)>,
    ) -> Result<Message, SessionError> {
        self.ask(|answer| Command::Send { method, headers, body, answer }).await
    }

    /// Headers of every later request and response of the session, except ACK
    /// (P-Asserted-Identity and the like); replaces those of the last call.
    pub fn set_headers(&self, headers: Vec<(String, String)>) {
        self.tell(Command::Headers(headers));
    }

    /// Hangs up in whatever state the call is: BYE on an established call (after the
    /// ACK that we wait for), CANCEL before the answer, 603 to an unanswered incoming
    /// call. Gives the response to the BYE (481 too), or the INVITE's final response.
    pub async fn bye(&self) -> Result<Message, SessionError> {
        self.ask(|answer| Command::Bye { reason: None, answer }).await
    }

    /// The same with a Reason header (RFC 3326).
    pub async fn bye_because(&self, reason: String) -> Result<Message, SessionError> {
        self.ask(|answer| Command::Bye { reason: Some(reason), answer }).await
    }

    fn tell(&self, command: Command) {
        // A session that is over ignores what comes late; its user has had `Ended`.
        let _ = self.commands.send(command);
    }

    async fn ask(&self, command: impl FnOnce(Answer) -> Command) -> Result<Message, SessionError> {
        let (answer, answered) = oneshot::channel();
        self.tell(command(answer));
        answered.await.unwrap_or(Err(SessionError::Ended))
    }
}
