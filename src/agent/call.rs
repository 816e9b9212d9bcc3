//! One call of one phone: its dialog, its negotiation and its media leg.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::phone::OpenLeg;
use super::{Log, Phone};
use crate::media::{Codec, Leg, Security, Stream, Suite};
use crate::record::{Direction, HoldForm, What};
use crate::sip::Message;
use crate::sip::sdp::{Agreed, CodecSpec, Encryption, Local, Negotiation, SdpError, SuiteSpec};
use crate::sip::session::Session;

/// Payload type that we give to telephone events (RFC 4733) in our offers.
const TELEPHONE_EVENT: u8 = 101;

#[derive(Debug)]
pub(super) struct Media {
    pub(super) negotiation: Negotiation,
    /// The direction that the user wants: not `SendRecv` while on hold.
    pub(super) wanted: Direction,
    /// How it is put on hold, and resumed.
    pub(super) hold_form: HoldForm,
    /// An offer of ours stands in a 200; the answer comes in the ACK.
    pub(super) answer_in_ack: bool,
    /// SDP of a provisional response, for a 2xx that has none.
    pub(super) early_answer: Option<String>,
}

#[derive(Debug)]
struct Inner {
    party: String,
    session: Session,
    leg: Leg,
    log: Log,
    dialled_by_us: bool,
    media: Mutex<Media>,
    answered: AtomicBool,
    /// The peer's tag of the dialog, once it is known.
    peer_tag: OnceLock<String>,
    ended_at: Mutex<Option<f64>>,
}

/// A call; clones share it.
#[derive(Debug, Clone)]
pub struct Call(Arc<Inner>);

impl Call {
    pub(super) fn begin(
        phone: &Phone,
        session: Session,
        opened: OpenLeg,
        dialled_by_us: bool,
    ) -> Self {
        let negotiation = negotiation_for(&opened, phone);
        Self::with_negotiation(phone, session, opened.leg, negotiation, dialled_by_us)
    }

    pub(super) fn with_negotiation(
        phone: &Phone,
        session: Session,
        leg: Leg,
        negotiation: Negotiation,
        dialled_by_us: bool,
    ) -> Self {
        Self(Arc::new(Inner {
            party: phone.name().to_owned(),
            session,
            leg,
            log: phone.log().clone(),
            dialled_by_us,
            media: Mutex::new(Media {
                negotiation,
                wanted: Direction::SendRecv,
                hold_form: HoldForm::default(),
                answer_in_ack: false,
                early_answer: None,
            }),
            answered: AtomicBool::new(false),
            peer_tag: OnceLock::new(),
            ended_at: Mutex::new(None),
        }))
    }

    /// Name of the party whose call it is.
    pub fn party(&self) -> &str {
        &self.0.party
    }

    /// SIP Call-ID.
    pub fn call_id(&self) -> &str {
        self.0.session.call_id()
    }

    /// The media leg: what it hears, says and measures.
    pub fn leg(&self) -> &Leg {
        &self.0.leg
    }

    /// Whether the party dialled it, rather than was called.
    pub fn was_dialled(&self) -> bool {
        self.0.dialled_by_us
    }

    /// Whether it was answered.
    pub fn is_answered(&self) -> bool {
        self.0.answered.load(Ordering::Relaxed)
    }

    /// Whether telephone-event (RFC 4733) was agreed on.
    pub fn has_key_events(&self) -> bool {
        let media = self.media();
        media.negotiation.agreed().is_some_and(|agreed| agreed.telephone_event.is_some())
    }

    /// Whether it is over.
    pub fn has_ended(&self) -> bool {
        self.ended_at().is_some()
    }

    /// When it ended, seconds from the start of the run.
    pub fn ended_at(&self) -> Option<f64> {
        *self.0.ended_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn session(&self) -> &Session {
        &self.0.session
    }

    pub(super) fn media(&self) -> MutexGuard<'_, Media> {
        self.0.media.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, what: What) {
        self.0.log.note(&self.0.party, self.call_id(), what);
    }

    /// The peer's tag of the dialog: of the INVITE that we got, or of the 2xx.
    pub(super) fn peer_tag(&self) -> Option<String> {
        let of_invite = || self.session().invite_request().from_tag();
        let inviter = if self.0.dialled_by_us { None } else { of_invite() };
        inviter.or_else(|| self.0.peer_tag.get().cloned())
    }

    /// Remembers the peer's tag, if the answer to our INVITE has one.
    pub(super) fn learn_peer_tag(&self, answer: &Message) {
        if let Some(tag) = answer.to_tag() {
            let _ = self.0.peer_tag.set(tag);
        }
    }

    /// Remembers where the PBX wants what follows in the dialog, if it says so by an address
    /// and no proxy stands between (RFC 3261 §12.2.1.1).
    pub(super) fn note_peer_contact(&self, message: &Message) {
        let contact = message.contacts().into_iter().next().and_then(|contact| contact.uri.ip());
        if let (Some(ip), None) = (contact, message.get("Record-Route")) {
            self.note(What::PeerContact { address: ip.to_string() });
        }
    }

    /// Takes note of a session description that no audio comes of.
    pub(super) fn note_unusable(&self, error: &SdpError) {
        let problem = error.to_string();
        self.note(match error {
            SdpError::NotEncrypted(_) => What::NotEncrypted { problem },
            _ if error.concerns_keys() => What::UnusableKey { problem },
            _ => What::UnusableMedia { problem },
        });
    }

    /// Takes note of a refused INVITE or UPDATE of ours.
    pub(super) fn note_refused(&self, method: &str, status: u16, reason: String) {
        let encrypted = self.media().negotiation.local().encryption == Encryption::Required;
        self.note(What::Refused { status, reason, method: method.to_owned(), encrypted });
    }

    pub(super) fn mark_answered(&self) {
        self.0.answered.store(true, Ordering::Relaxed);
    }

    pub(super) fn mark_ended(&self) {
        *self.0.ended_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.0.log.now());
        self.0.log.wake();
        // Nothing is sent after the end; what still arrives is evidence.
        self.0.leg.speak(false);
        if let Some(stream) = self.media().negotiation.agreed().and_then(stream_of) {
            self.0.leg.configure(Stream { send: false, receive: false, ..stream });
        }
    }

    /// Sets the leg up as agreed. A codec that we cannot send leaves the leg silent and
    /// is an oddity of the answer.
    pub(super) fn configure(&self, agreed: &Agreed) {
        // Who holds says nothing, though `a=sendonly` would let it.
        let holds = self.media().wanted != Direction::SendRecv;
        match stream_of(agreed) {
            Some(stream) => {
                self.0.leg.configure(Stream { send: stream.send && !holds, ..stream });
            }
            None if self.media().negotiation.beyond().contains(&agreed.codec) => {
                self.note(What::CodecUnspoken { codec: agreed.codec.name.clone() });
            }
            None => self.note(What::Oddity {
                text: format!("cannot speak {}, which was not offered", agreed.codec.name),
            }),
        }
    }
}

/// A negotiation for a leg of the phone, with the codecs that it has.
pub(super) fn negotiation_for(opened: &OpenLeg, phone: &Phone) -> Negotiation {
    let encryption = phone.0.spec.encryption;
    let OpenLeg { leg, rtp, rtcp_port } = opened;
    if encryption == Encryption::Required {
        leg.await_keys();
    }
    let codec = |codec: Codec| CodecSpec {
        name: codec.name().to_owned(),
        clock: codec.clock(),
        pt: codec.payload_type(),
    };
    Negotiation::new(Local {
        address: rtp.ip(),
        port: rtp.port(),
        rtcp_port: *rtcp_port,
        codecs: phone.codecs().iter().copied().map(codec).collect(),
        telephone_event: Some(TELEPHONE_EVENT),
        username: phone.user().to_owned(),
        encryption,
        suites: Suite::ALL.map(spec).to_vec(),
    })
}

fn spec(suite: Suite) -> SuiteSpec {
    SuiteSpec { name: suite.name().to_owned(), material: suite.material() }
}

fn stream_of(agreed: &Agreed) -> Option<Stream> {
    let security = match &agreed.protection {
        Some(keys) => {
            Some(Security::new(&keys.suite, keys.send.bytes(), keys.receive.bytes(), keys.mki)?)
        }
        None => None,
    };
    Some(Stream {
        remote: agreed.remote,
        remote_rtcp: agreed.remote_rtcp,
        codec: Codec::from_name(&agreed.codec.name)?,
        payload_type: agreed.codec.pt,
        accept: agreed
            .receive
            .iter()
            .filter_map(|spec| Some((spec.pt, Codec::from_name(&spec.name)?)))
            .collect(),
        telephone_event: agreed.telephone_event,
        send: agreed.sends,
        receive: agreed.receives,
        security,
    })
}
