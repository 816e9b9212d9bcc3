//! Calling somebody.

use bytes::Bytes;

use super::call::negotiation_for;
use super::{AgentError, Call, Phone};
use crate::record::{Direction, What};
use crate::sip::session::{InviteSpec, Session};

impl Phone {
    /// Dials a number as it stands: the caller has mapped it to the PBX's format.
    /// Whether and how it is answered comes as observations.
    pub fn dial(&self, number: &str) -> Result<Call, AgentError> {
        let spec = &self.0.spec;
        let destination = self.destination()?;
        let leg = self.open_leg()?;
        let mut negotiation = negotiation_for(&leg, self.user());
        let offer = negotiation.offer(Direction::SendRecv);
        let target = format!("sip:{number}@{}", spec.peer.domain());
        let (session, events) = Session::invite(
            spec.line.endpoint(),
            InviteSpec {
                to: format!("<{target}>"),
                request_uri: target,
                from: self.from(),
                contact: self.contact(),
                destination,
                credentials: spec.credentials.clone(),
                headers: Vec::new(),
                route: Vec::new(),
                offer: Some(Bytes::from(offer)),
                call_id: None,
            },
        );
        spec.line.tap().claim_call(session.call_id(), &spec.label);
        let call = Call::with_negotiation(self, session, leg, negotiation, true);
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
