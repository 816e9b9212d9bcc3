//! Pairs of media ports: RTP even, RTCP one above (RFC 3550 §11).

use std::net::{IpAddr, SocketAddr, UdpSocket};

use super::MediaError;
use crate::wire::bind_udp;

/// How many times the system is asked for a port before giving up.
const ATTEMPTS: usize = 200;

/// An RTP socket and its RTCP socket, non-blocking.
#[derive(Debug)]
pub(crate) struct PortPair {
    /// On an even port.
    pub(crate) rtp: UdpSocket,
    /// One port above.
    pub(crate) rtcp: UdpSocket,
}

impl PortPair {
    /// Binds a free pair on the address.
    pub(crate) fn bind(ip: IpAddr) -> Result<Self, MediaError> {
        let mut unsuitable = Vec::new();
        for _ in 0..ATTEMPTS {
            let rtp = bind_udp(SocketAddr::new(ip, 0))?;
            let port = local_port(&rtp)?;
            if port % 2 == 0
                && let Some(above) = port.checked_add(1)
                && let Ok(rtcp) = bind_udp(SocketAddr::new(ip, above))
            {
                return Ok(Self { rtp, rtcp });
            }
            // Kept bound, so that the system does not offer the same port again.
            unsuitable.push(rtp);
        }
        Err(MediaError::NoPortPair(ip))
    }
}

fn local_port(socket: &UdpSocket) -> Result<u16, MediaError> {
    Ok(socket.local_addr().map_err(MediaError::Engine)?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rtp_is_even_and_rtcp_is_above() {
        let pair = PortPair::bind(IpAddr::from([127, 0, 0, 1])).unwrap();
        let rtp = pair.rtp.local_addr().unwrap().port();
        assert_eq!(rtp % 2, 0);
        assert_eq!(pair.rtcp.local_addr().unwrap().port(), rtp + 1);
    }
}
