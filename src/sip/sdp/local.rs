//! Our own side of an exchange: what we offer, and how it is written down.

use super::codec::CodecSpec;
use super::crypto::{Encryption, SuiteSpec};
use super::description::{Attribute, Media, Session, direction_attribute};
use super::every_codec::enabled;
use crate::record::Direction;
use std::net::IpAddr;

/// What one leg can do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// Address for RTP and RTCP.
    pub address: IpAddr,
    /// RTP port.
    pub port: u16,
    /// RTCP port; written down unless it is the RTP port + 1.
    pub rtcp_port: u16,
    /// Codecs in order of preference.
    pub codecs: Vec<CodecSpec>,
    /// Payload type of `telephone-event`, if it is offered.
    pub telephone_event: Option<u8>,
    /// User name of the `o=` line; white space becomes `-`.
    pub username: String,
    /// Whether media is encrypted.
    pub encryption: Encryption,
    /// Crypto suites in order of preference, if it is.
    pub suites: Vec<SuiteSpec>,
}

impl Local {
    /// A-law and µ-law with `telephone-event` 101 at an address.
    pub fn g711(address: IpAddr, port: u16, rtcp_port: u16) -> Self {
        Self {
            address,
            port,
            rtcp_port,
            codecs: vec![CodecSpec::pcma(), CodecSpec::pcmu()],
            telephone_event: Some(101),
            username: "-".to_owned(),
            encryption: Encryption::Off,
            suites: Vec::new(),
        }
    }

    /// The audio section for these codecs (`telephone-event` among them).
    pub(super) fn audio(
        &self,
        protocol: &str,
        codecs: &[CodecSpec],
        keys: Vec<Attribute>,
        way: Direction,
    ) -> Media {
        let mut attributes = Vec::new();
        for codec in codecs {
            let (pt, row) = (codec.pt, enabled(codec));
            let map = row.map_or_else(|| codec.to_string(), |row| row.encoding.to_owned());
            attributes.push(Attribute::new("rtpmap", format!("{pt} {map}")));
            let event = codec.is_telephone_event().then_some("0-16");
            if let Some(parameters) = row.and_then(|row| row.parameters).or(event) {
                attributes.push(Attribute::new("fmtp", format!("{pt} {parameters}")));
            }
        }
        attributes.extend(keys);
        attributes.push(Attribute::new("ptime", "20"));
        if Some(self.rtcp_port) != self.port.checked_add(1) {
            attributes.push(Attribute::new("rtcp", self.rtcp_port.to_string()));
        }
        attributes.push(direction_attribute(way));
        Media {
            kind: "audio".to_owned(),
            port: self.port,
            protocol: protocol.to_owned(),
            formats: codecs.iter().map(|codec| codec.pt.to_string()).collect(),
            connection: None,
            attributes,
        }
    }

    /// A description with these sections; the version is filled in later.
    pub(super) fn session(&self, session_id: u64, media: Vec<Media>) -> Session {
        let address = self.address.to_string();
        let mut session =
            Session { connection: Some(address.clone()), media, ..Session::default() };
        let username: String =
            self.username.chars().map(|c| if c.is_whitespace() { '-' } else { c }).collect();
        session.origin.username = if username.is_empty() { "-".to_owned() } else { username };
        session.origin.session_id = session_id.to_string();
        session.origin.address = address;
        session
    }

    /// What an offer lists: the codec in use first, so that nothing need change, and the
    /// payload type under which `telephone-event` was agreed (RFC 3264 §8.3.2).
    pub(super) fn offered(&self, in_use: Option<(&CodecSpec, Option<u8>)>) -> Vec<CodecSpec> {
        let mut list = self.codecs.clone();
        let mut event = self.telephone_event;
        if let Some((codec, agreed_event)) = in_use {
            if let Some(at) = list.iter().position(|own| own.same_encoding(codec)) {
                list.remove(at);
                list.insert(0, codec.clone());
            }
            event = event.and(agreed_event).or(event);
        }
        list.extend(event.map(|pt| CodecSpec::new("telephone-event", 8000, pt)));
        list
    }

    /// Which of the peer's formats we take, in the peer's order and under its numbers.
    pub(super) fn common(&self, theirs: &[CodecSpec]) -> Vec<CodecSpec> {
        let ours = |codec: &&CodecSpec| {
            self.codecs.iter().any(|own| own.same_encoding(codec))
                || (self.telephone_event.is_some()
                    && codec.is_telephone_event()
                    && codec.clock == 8000)
        };
        theirs.iter().filter(ours).cloned().collect()
    }
}
