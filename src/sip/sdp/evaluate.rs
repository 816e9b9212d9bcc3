//! What two descriptions amount to, seen from our side.

use super::codec::CodecSpec;
use super::crypto::Protection;
use super::description::{Media, Session};
use super::read::SdpError;
use crate::record::Direction;
use std::net::{IpAddr, SocketAddr};

/// The outcome of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Where our RTP goes. The address may be unspecified (0.0.0.0): then `sends` is false.
    pub remote: SocketAddr,
    /// Where our RTCP goes.
    pub remote_rtcp: SocketAddr,
    /// What we send, under the peer's payload type.
    pub codec: CodecSpec,
    /// Every codec that we have listed and so may get, under our payload types.
    pub receive: Vec<CodecSpec>,
    /// Payload type for `telephone-event`, if both have it.
    pub telephone_event: Option<u8>,
    /// The direction that the peer wrote, from its point of view; `None` if it wrote none.
    pub peer_direction: Option<Direction>,
    /// The direction that we wrote.
    pub local_direction: Direction,
    /// Whether we send.
    pub sends: bool,
    /// Whether we are to receive.
    pub receives: bool,
    /// Packet time in ms that the peer asked for.
    pub ptime: Option<u16>,
    /// How the stream is protected; `None` is plain RTP.
    pub protection: Option<Protection>,
    /// What is odd about the peer's description, in words.
    pub oddities: Vec<String>,
}

/// The peer's audio section with what holds for it.
pub(super) struct Peer<'a> {
    pub(super) media: &'a Media,
    pub(super) remote: SocketAddr,
    pub(super) remote_rtcp: SocketAddr,
    pub(super) written: Option<Direction>,
}

impl<'a> Peer<'a> {
    pub(super) fn of(session: &'a Session, media: &'a Media) -> Result<Self, SdpError> {
        let address = session.address_of(media).ok_or(SdpError::NoAddress)?;
        let ip: IpAddr = literal(address)?;
        let (rtcp_ip, rtcp_port) = rtcp(media, ip);
        Ok(Self {
            media,
            remote: SocketAddr::new(ip, media.port),
            remote_rtcp: SocketAddr::new(rtcp_ip, rtcp_port),
            written: session.direction_of(media),
        })
    }

    /// Hold as RFC 2543 had it (RFC 3264 §8.4).
    pub(super) fn held_by_address(&self) -> bool {
        self.remote.ip().is_unspecified()
    }

    /// The direction that holds: sendrecv if none is written; nobody can send to 0.0.0.0.
    pub(super) fn direction(&self) -> Direction {
        let written = self.written.unwrap_or_default();
        direction(sends(written), receives(written) && !self.held_by_address())
    }

    /// The view from our side, `listed` being what our own description lists.
    pub(super) fn agree(
        &self,
        codec: CodecSpec,
        listed: &[CodecSpec],
        local: Direction,
        protection: Option<Protection>,
        oddities: Vec<String>,
    ) -> Agreed {
        let theirs = self.media.codecs();
        let event = theirs.iter().find(|codec| codec.is_telephone_event());
        let both = listed.iter().any(CodecSpec::is_telephone_event);
        Agreed {
            remote: self.remote,
            remote_rtcp: self.remote_rtcp,
            codec,
            receive: listed.iter().filter(|c| !c.is_auxiliary()).cloned().collect(),
            telephone_event: event.map(|event| event.pt).filter(|_| both),
            peer_direction: self.written,
            local_direction: local,
            sends: sends(local) && receives(self.direction()),
            receives: receives(local) && sends(self.direction()),
            ptime: self.media.ptime(),
            protection,
            oddities,
        }
    }
}

fn literal(address: &str) -> Result<IpAddr, SdpError> {
    let bare = address.trim_start_matches('[').trim_end_matches(']');
    bare.parse().map_err(|_| SdpError::NotLiteral(address.chars().take(80).collect()))
}

/// `a=rtcp:53020 IN IP4 126.16.64.4` (RFC 3605), else the RTP port + 1.
fn rtcp(media: &Media, ip: IpAddr) -> (IpAddr, u16) {
    let usual = media.port.checked_add(1).unwrap_or(media.port);
    let Some(written) = media.attribute("rtcp") else { return (ip, usual) };
    let mut words = written.split_whitespace();
    let port = words.next().and_then(|port| port.parse().ok()).unwrap_or(usual);
    let other = words.nth(2).and_then(|address| address.parse().ok());
    (other.unwrap_or(ip), port)
}

pub(super) fn sends(direction: Direction) -> bool {
    matches!(direction, Direction::SendRecv | Direction::SendOnly)
}

pub(super) fn receives(direction: Direction) -> bool {
    matches!(direction, Direction::SendRecv | Direction::RecvOnly)
}

pub(super) fn direction(sends: bool, receives: bool) -> Direction {
    match (sends, receives) {
        (true, true) => Direction::SendRecv,
        (true, false) => Direction::SendOnly,
        (false, true) => Direction::RecvOnly,
        (false, false) => Direction::Inactive,
    }
}

/// What an answer may say at most (RFC 3264 §6.1): we send only what the offer receives.
pub(super) fn limited(wanted: Direction, offered: Direction) -> Direction {
    direction(sends(wanted) && receives(offered), receives(wanted) && sends(offered))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};

    #[test]
    fn the_mirror_rules() {
        for (wanted, offered, answer) in [
            (SendRecv, SendRecv, SendRecv),
            (SendRecv, SendOnly, RecvOnly),
            (SendRecv, RecvOnly, SendOnly),
            (SendRecv, Inactive, Inactive),
            (SendOnly, SendOnly, Inactive),
            (Inactive, SendRecv, Inactive),
            (RecvOnly, SendRecv, RecvOnly),
        ] {
            assert_eq!(limited(wanted, offered), answer, "{wanted:?} to {offered:?}");
        }
    }
}
