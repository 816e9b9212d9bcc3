//! Calling somebody.

use bytes::Bytes;

use super::call::negotiation_for;
use super::{AgentError, Call, Phone};
use crate::record::{Direction, What};
use crate::sip::sdp::beyond;
use crate::sip::session::{InviteSpec, Session};

/// A part of a long name, and how often it comes: a PBX writes it twice, into From and
/// P-Asserted-Identity.
const NAME: &str = "Department of Long Names, ";
const TIMES: usize = 16;

impl Phone {
    /// Dials a number as it stands: the caller has mapped it to the PBX's format.
    /// Whether and how it is answered comes as observations.
    pub fn dial(&self, number: &str) -> Result<Call, AgentError> {
        self.dial_as(number, self.is_softphone(), self.from(), Vec::new())
    }

    /// The same with no more codecs than it speaks, whoever it is.
    pub fn dial_briefly(&self, number: &str) -> Result<Call, AgentError> {
        self.dial_as(number, false, self.from(), Vec::new())
    }

    /// The same with every codec that a softphone has, and with a caller's name of a few hundred
    /// bytes: a PBX that passes either on sends more than fits into a packet (guide 2.1).
    pub fn dial_at_length(&self, number: &str) -> Result<Call, AgentError> {
        let name = NAME.repeat(TIMES);
        let from = format!("\"{}\" <{}>", name.trim_end(), self.address_of_record());
        self.dial_as(number, true, from, Vec::new())
    }

    /// The same with a session timer of so many seconds that it refreshes itself (RFC 4028 §7.1).
    pub fn dial_with_timer(&self, number: &str, seconds: u32) -> Result<Call, AgentError> {
        let expires = format!("{seconds};refresher=uac");
        let headers = vec![
            ("Session-Expires".to_owned(), expires),
            ("Min-SE".to_owned(), seconds.to_string()),
        ];
        self.dial_as(number, false, self.from(), headers)
    }

    fn dial_as(
        &self,
        number: &str,
        every_codec: bool,
        from: String,
        headers: Vec<(String, String)>,
    ) -> Result<Call, AgentError> {
        let spec = &self.0.spec;
        let destination = self.destination()?;
        let opened = self.open_leg()?;
        let mut negotiation = negotiation_for(&opened, self);
        if every_codec {
            let more = beyond(&negotiation.local().codecs);
            negotiation = negotiation.offering(more);
        }
        let offer = negotiation.offer(Direction::SendRecv);
        let target = format!("sip:{number}@{}", spec.peer.domain());
        let (session, events) = Session::invite(
            spec.line.endpoint(),
            InviteSpec {
                to: format!("<{target}>"),
                request_uri: target,
                from,
                contact: self.contact(),
                destination,
                credentials: spec.credentials.clone(),
                headers,
                route: Vec::new(),
                offer: Some(Bytes::from(offer)),
                call_id: None,
            },
        );
        spec.line.tap().claim_call(session.call_id(), &spec.label);
        let call = Call::with_negotiation(self, session, opened.leg, negotiation, true);
        self.locked_calls().push(call.clone());
        self.log().note(self.name(), call.call_id(), What::Dialled { number: number.to_owned() });
        call.follow(events);
        Ok(call)
    }

    /// Where its requests go: the peer's address, or where the PBX's trunk registered
    /// from.
    pub(super) fn destination(&self) -> Result<std::net::SocketAddr, AgentError> {
        let spec = &self.0.spec;
        if let Some(registrar) = spec.line.registrar() {
            return registrar.binding().ok_or(AgentError::TrunkNotRegistered);
        }
        spec.peer.address().map_err(|why| AgentError::Unresolved(why.to_owned()))
    }
}
