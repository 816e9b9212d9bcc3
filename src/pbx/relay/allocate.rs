//! Pairs of media ports: RTP even, RTCP one above (RFC 3550 §11).

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};

use super::RelayError;
use crate::wire::bind_udp;

/// Used when the configuration names no range: below the ports that systems hand out.
const DEFAULT: (u16, u16) = (16_384, 32_766);

/// Walks a range of ports round and round, so that a port that was just freed is the
/// last to be used again.
#[derive(Debug)]
pub(super) struct Allocator {
    first: u32,
    pairs: u32,
    next: AtomicU32,
}

impl Allocator {
    pub(super) fn new(range: Option<(u16, u16)>) -> Self {
        let (low, high) = range.unwrap_or(DEFAULT);
        let first = u32::from(low).next_multiple_of(2);
        let pairs = (u32::from(high) + 1).saturating_sub(first) / 2;
        // Two PBXs side by side should not fight for the same ports.
        let next = AtomicU32::new(if range.is_none() { rand::random_range(0..pairs) } else { 0 });
        Self { first, pairs, next }
    }

    /// Binds the next free pair.
    pub(super) fn bind(&self, ip: IpAddr) -> Result<(UdpSocket, UdpSocket), RelayError> {
        for _ in 0..self.pairs {
            let at = self.next.fetch_add(1, Ordering::Relaxed) % self.pairs;
            let Ok(port) = u16::try_from(self.first + 2 * at) else { continue };
            let Ok(media) = bind_udp(SocketAddr::new(ip, port)) else { continue };
            let Ok(control) = bind_udp(SocketAddr::new(ip, port + 1)) else { continue };
            return Ok((media, control));
        }
        Err(RelayError::NoPorts(ip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_even_and_a_small_range_runs_out() {
        let ip = IpAddr::from([127, 0, 0, 93]);
        let allocator = Allocator::new(Some((41_001, 41_005)));
        let one = allocator.bind(ip).unwrap();
        let two = allocator.bind(ip).unwrap();
        assert_eq!(one.0.local_addr().unwrap().port(), 41_002);
        assert_eq!(two.1.local_addr().unwrap().port(), 41_005);
        assert!(matches!(allocator.bind(ip), Err(RelayError::NoPorts(_))));
        drop(one);
        assert!(allocator.bind(ip).is_ok());
    }
}
