//! One call of one phone: its dialog, its negotiation and its media leg.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Log, Phone};
use crate::media::{Codec, Leg, Stream};
use crate::record::{Direction, What};
use crate::sip::Message;
use crate::sip::sdp::{Agreed, CodecSpec, Local, Negotiation};
use crate::sip::session::Session;

/// Payload type that we give to telephone events (RFC 4733) in our offers.
const TELEPHONE_EVENT: u8 = 101;

#[derive(Debug)]
pub(super) struct Media {
    pub(super) negotiation: Negotiation,
    /// The direction that the user wants: `Inactive` while on hold.
    pub(super) wanted: Direction,
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
    ended_at: Mutex<Option<f64>>,
}

/// A call; clones share it.
#[derive(Debug, Clone)]
pub struct Call(Arc<Inner>);

impl Call {
    pub(super) fn begin(phone: &Phone, session: Session, leg: Leg, dialled_by_us: bool) -> Self {
        let negotiation = negotiation_for(&leg, phone.user());
        Self::with_negotiation(phone, session, leg, negotiation, dialled_by_us)
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
                answer_in_ack: false,
                early_answer: None,
            }),
            answered: AtomicBool::new(false),
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

    /// Remembers where the PBX wants what follows in the dialog, if it says so by an address
    /// and no proxy stands between (RFC 3261 §12.2.1.1).
    pub(super) fn note_peer_contact(&self, message: &Message) {
        let contact = message.contacts().into_iter().next().and_then(|contact| contact.uri.ip());
        if let (Some(ip), None) = (contact, message.get("Record-Route")) {
            self.note(What::PeerContact { address: ip.to_string() });
        }
    }

    pub(super) fn mark_answered(&self) {
        self.0.answered.store(true, Ordering::Relaxed);
    }

    pub(super) fn mark_ended(&self) {
        *self.0.ended_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.0.log.now());
        // Nothing is sent after the end; what still arrives is evidence.
        self.0.leg.speak(false);
        if let Some(stream) = self.media().negotiation.agreed().and_then(stream_of) {
            self.0.leg.configure(Stream { send: false, receive: false, ..stream });
        }
    }

    /// Sets the leg up as agreed. A codec that we cannot send leaves the leg silent and
    /// is an oddity of the answer.
    pub(super) fn configure(&self, agreed: &Agreed) {
        match stream_of(agreed) {
            Some(stream) => self.0.leg.configure(stream),
            None => self.note(What::Oddity {
                text: format!("cannot speak {}, which was not offered", agreed.codec.name),
            }),
        }
    }
}

/// A negotiation for a leg: PCMU first, as Teams' media does not care and G.711 is
/// what every PBX has.
pub(super) fn negotiation_for(leg: &Leg, user: &str) -> Negotiation {
    let codec = |codec: Codec| CodecSpec {
        name: codec.name().to_owned(),
        clock: codec.clock(),
        pt: codec.static_payload_type(),
    };
    let rtp: SocketAddr = leg.rtp_addr();
    Negotiation::new(Local {
        address: rtp.ip(),
        port: rtp.port(),
        rtcp_port: leg.rtcp_addr().port(),
        codecs: vec![codec(Codec::Pcmu), codec(Codec::Pcma)],
        telephone_event: Some(TELEPHONE_EVENT),
        username: user.to_owned(),
    })
}

fn stream_of(agreed: &Agreed) -> Option<Stream> {
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
    })
}
