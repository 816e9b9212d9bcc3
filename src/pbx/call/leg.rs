//! One leg: a session, what its media has agreed on, and its port in the relay.

use std::net::SocketAddr;

use bytes::Bytes;

use super::super::caller_id::Caller;
use super::super::defects::{Change, Defect, Defects, Keying};
use super::super::dial_plan::Party;
use super::super::relay::{Port, RelayError, Stream};
use super::super::switch::Switch;
use crate::media::{Codec, Security, Suite};
use crate::record::Direction;
use crate::sip::sdp::{Agreed, CodecSpec, Local, Negotiation, Protection, SdpError, SuiteSpec};
use crate::sip::session::Session;

/// Payload type of telephone-event in our offers.
const TELEPHONE_EVENT: u8 = 101;

/// Names a leg within its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct LegId(pub(super) u32);

/// The media side of a leg, which exists before its session.
pub(super) struct Media {
    pub(super) port: Port,
    negotiation: Negotiation,
    keying: Keying,
    /// What it encrypted with first, for [`Keying::StaleKey`].
    first_key: Option<Vec<u8>>,
    /// Where its peer received first, for a PBX that does not follow it.
    first_port: Option<u16>,
    /// Whether its peer has ever had us on hold.
    was_held: bool,
    defects: Defects,
}

impl Media {
    /// Opens a port on the address that reaches `remote`, where `party` is. `first` is the
    /// codec to offer before all others: the one that saves transcoding.
    pub(super) fn open(
        switch: &Switch,
        remote: SocketAddr,
        party: Party,
        first: Option<Codec>,
    ) -> Result<Self, RelayError> {
        let address = switch.address_towards(remote).ip();
        let port = switch.relay.open(switch.own_address_towards(remote).ip())?;
        let mut codecs: Vec<Codec> =
            switch.config.codecs.iter().filter_map(|name| Codec::from_name(name)).collect();
        codecs.sort_by_key(|&codec| Some(codec) != first);
        let negotiation = Negotiation::new(Local {
            address,
            port: port.number(),
            rtcp_port: port.number() + 1,
            codecs: codecs.into_iter().map(spec).collect(),
            telephone_event: Some(TELEPHONE_EVENT),
            username: "pbx".to_owned(),
            encryption: switch.encryption(party, remote),
            suites: Suite::ALL.map(suite).to_vec(),
        });
        Ok(Self {
            port,
            negotiation,
            keying: switch.defects.keying(),
            first_key: None,
            first_port: None,
            was_held: false,
            defects: switch.defects.clone(),
        })
    }

    /// Our offer: we always want both directions.
    pub(super) fn offer(&mut self) -> Bytes {
        let begins = self.negotiation.agreed().is_none();
        let offer = self.negotiation.offer(Direction::SendRecv);
        Bytes::from(if begins { self.keying.offer(offer) } else { offer })
    }

    /// Our answer to the peer's offer.
    pub(super) fn answer(&mut self, offer: &str) -> Result<Bytes, SdpError> {
        let begins = self.negotiation.agreed().is_none();
        if begins && self.keying == Keying::Refuses && has_keys(offer) {
            return Err(SdpError::NoAudio("RTP/SAVP".to_owned()));
        }
        if !begins && self.keying == Keying::StaleKey {
            self.negotiation.rekey();
        }
        let (answer, mut agreed) = self.negotiation.answer(offer, Direction::SendRecv)?;
        if self.keying == Keying::AnswersPlain {
            agreed.protection = None;
        }
        let answer = self.keying.answer(answer);
        self.apply(&agreed);
        self.was_held |= self.holds();
        Ok(Bytes::from(answer))
    }

    /// The peer's answer to our offer.
    pub(super) fn accept(&mut self, answer: &str) -> Result<(), SdpError> {
        let agreed = self.negotiation.accept(answer)?;
        self.apply(&agreed);
        Ok(())
    }

    fn apply(&mut self, agreed: &Agreed) {
        let known = |spec: &CodecSpec| Some((spec.pt, Codec::from_name(&spec.name)?));
        let Some((payload_type, codec)) = known(&agreed.codec) else { return };
        let security = match &agreed.protection {
            Some(keys) => match self.security(keys) {
                // What cannot be protected is not to go out plain.
                None => return,
                known => known,
            },
            None => None,
        };
        let mut remote = agreed.remote;
        if self.defects.has(Defect::PortChangeIgnored) && remote.port() != 0 {
            remote.set_port(*self.first_port.get_or_insert(remote.port()));
        }
        self.port.configure(Stream {
            remote,
            remote_rtcp: agreed.remote_rtcp,
            codec,
            payload_type,
            accept: agreed.receive.iter().filter_map(known).collect(),
            telephone_event: agreed
                .telephone_event
                .filter(|_| !self.defects.loses_keys(self.was_held)),
            sends: agreed.sends || self.defects.has(Defect::HolderSentAudio),
            receives: agreed.receives,
            one_source: self.defects.has(Defect::SourceLocked),
            security,
        });
    }

    fn security(&mut self, keys: &Protection) -> Option<Security> {
        let announced = keys.send.bytes().to_vec();
        let send = match self.keying {
            Keying::OtherKey => announced.into_iter().rev().collect(),
            Keying::StaleKey => self.first_key.get_or_insert(announced).clone(),
            _ => announced,
        };
        Security::new(&keys.suite, &send, keys.receive.bytes(), keys.mki)
    }

    /// The codec that the peer gets.
    pub(super) fn codec(&self) -> Option<Codec> {
        Codec::from_name(&self.negotiation.agreed()?.codec.name)
    }

    /// The payload type that the peer gets, and at which port.
    pub(super) fn in_use(&self) -> Option<(u8, u16)> {
        let agreed = self.negotiation.agreed()?;
        Some((agreed.codec.pt, agreed.remote.port()))
    }

    /// Whether the peer has us on hold: we always want to send, so if we may not, it
    /// said `inactive`, `sendonly` or 0.0.0.0.
    pub(super) fn holds(&self) -> bool {
        self.negotiation.agreed().is_some_and(|agreed| !agreed.sends)
    }

    /// Whether the peer has us on hold by 0.0.0.0.
    pub(super) fn is_nulled(&self) -> bool {
        self.negotiation.agreed().is_some_and(|agreed| agreed.remote.ip().is_unspecified())
    }

    /// Whether the peer has had us on hold, and has resumed.
    pub(super) fn has_resumed(&self) -> bool {
        self.was_held && !self.holds()
    }

    /// What the peer's offer is for.
    pub(super) fn purpose_of(&self, offer: &str) -> Change {
        let holds = |line: &str| {
            let line = line.trim();
            line == "a=inactive" || line == "a=sendonly" || line == "c=IN IP4 0.0.0.0"
        };
        match offer.lines().any(holds) {
            true => Change::Hold,
            false if self.holds() => Change::Resume,
            false => Change::Other,
        }
    }
}

fn has_keys(description: &str) -> bool {
    description.contains("a=crypto:")
}

fn suite(suite: Suite) -> SuiteSpec {
    SuiteSpec { name: suite.name().to_owned(), material: suite.material() }
}

fn spec(codec: Codec) -> CodecSpec {
    CodecSpec { name: codec.name().to_owned(), clock: codec.clock(), pt: codec.payload_type() }
}

/// A leg of a call.
pub(super) struct Leg {
    pub(super) session: Session,
    pub(super) media: Media,
    /// Who is at its end, as others are shown them.
    pub(super) caller: Caller,
    /// The SDP answer to the caller's INVITE, once made.
    pub(super) answer: Option<Bytes>,
    /// Our offer is in a 2xx, and its ACK will bring the answer.
    pub(super) awaits_answer: bool,
    /// Hung up by us: what still comes from it is no news.
    pub(super) leaving: bool,
    /// It has transferred the party that it talked to.
    pub(super) transfers: bool,
}

impl Leg {
    pub(super) fn new(session: Session, media: Media, caller: Caller) -> Self {
        Self {
            session,
            media,
            caller,
            answer: None,
            awaits_answer: false,
            leaving: false,
            transfers: false,
        }
    }

    /// Whether an account of the PBX is at its end.
    pub(super) fn is_inside(&self) -> bool {
        matches!(self.caller.party, Party::Account(_))
    }
}
