//! An account behind a router that translates addresses: its Contact names where the provider
//! sees it (RFC 3581 §4), and the way there is kept open (RFC 5626 §4.4).

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;

use super::Phone;
use super::binding::seen_at;
use super::transport::Transport;
use crate::record::What;
use crate::sip::Message;

/// Between two datagrams that keep the way open, s: routers forget after half a minute at the
/// earliest (RFC 5626 §4.4.2).
const DATAGRAMS: RangeInclusive<u64> = 24..=29;

/// The same over a connection (RFC 5626 §4.4.1).
const CONNECTION: RangeInclusive<u64> = 95..=120;

/// A double CRLF, which every SIP server passes over (RFC 5626 §3.5.1, RFC 3261 §7.5).
const PING: &[u8] = b"\r\n\r\n";

impl Phone {
    /// The Contact that has to make room for another: where the provider sees us is not where it
    /// would call us. From now on our Contact is there. `None` where nothing is to be changed: no
    /// router stands between, or the provider has put the Contact right by itself.
    pub(super) fn moved(&self, response: &Message) -> Option<String> {
        let spec = &self.0.spec;
        let seen = seen_at(response).filter(|_| spec.behind_router)?;
        let told = self.told_address();
        let same = match spec.line.transport() {
            Transport::Udp => seen == told,
            // A connection has a port of its own on this side, with or without a router.
            Transport::Tcp | Transport::Tls(_) => seen.ip() == told.ip(),
        };
        if same || self.is_listed_at(response, seen) {
            return None;
        }
        let before = self.contact();
        spec.line.is_seen_at(seen);
        self.log().note(self.name(), "", What::SeenAt { address: seen.to_string() });
        Some(before)
    }

    /// Where the peer is told to send RTP to: the outer address of the router, if there is one.
    /// Routers keep the port if they can, and providers send where RTP comes from.
    pub(super) fn told_rtp(&self, local: SocketAddr) -> SocketAddr {
        let spec = &self.0.spec;
        let outer = spec.line.seen_at().filter(|_| spec.behind_router);
        outer.map_or(local, |outer| SocketAddr::new(outer.ip(), local.port()))
    }

    /// Sends something to the provider now and then for as long as the phone is registered.
    pub(super) fn keep_way_open(&self) {
        let first = || !self.0.kept_open.swap(true, Ordering::Relaxed);
        if !self.0.spec.behind_router || !first() {
            return;
        }
        let pause = match self.0.spec.line.transport() {
            Transport::Udp => DATAGRAMS,
            Transport::Tcp | Transport::Tls(_) => CONNECTION,
        };
        let weak = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                let seconds = rand::random_range(pause.clone());
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                let Some(phone) = weak.upgrade().map(Phone) else { break };
                let active = phone.0.registration.lock().await.active;
                if let Ok(peer) = phone.0.spec.peer.address()
                    && active
                {
                    let channel = phone.line().endpoint().channel();
                    // What is lost is lost: the next REGISTER tells.
                    let _ = channel.send(peer, Bytes::from_static(PING)).await;
                }
            }
        });
    }
}
