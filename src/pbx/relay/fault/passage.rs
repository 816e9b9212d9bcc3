//! Packets that are lost, late, doubled or take another way.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;

use super::kind::PassageFault;

/// How much later a packet goes that the next one is to overtake.
const OVERTAKEN: Duration = Duration::from_millis(25);

/// The way from a port to its phone.
#[derive(Debug)]
pub(super) struct Passage {
    faults: Vec<PassageFault>,
    /// Packets that wait, those that are due first in front.
    waiting: VecDeque<(Instant, SocketAddr, Vec<u8>)>,
    /// The port that packets come from instead.
    other: Option<UdpSocket>,
    count: u64,
    began: Option<Instant>,
}

impl Passage {
    /// `socket` is the port that packets should come from.
    pub(super) fn new(faults: &[PassageFault], socket: &UdpSocket) -> Self {
        let elsewhere = || {
            let ip = socket.local_addr()?.ip();
            UdpSocket::bind(SocketAddr::new(ip, 0))
        };
        let other = faults.contains(&PassageFault::OtherPort).then(elsewhere).and_then(Result::ok);
        Self { faults: faults.to_vec(), waiting: VecDeque::new(), other, count: 0, began: None }
    }

    /// Sends a packet, or makes it wait, or loses it.
    pub(super) fn pass(
        &mut self,
        socket: &UdpSocket,
        to: SocketAddr,
        packet: Vec<u8>,
        now: Instant,
    ) {
        let began = *self.began.get_or_insert(now);
        self.count += 1;
        let (mut due, mut copies) = (now, 1);
        for fault in &self.faults {
            match *fault {
                PassageFault::Delayed(by) => due += by,
                PassageFault::Lost(share) if rand::random_bool(share) => return,
                PassageFault::Stalls { every, length } => {
                    let since = now.duration_since(began).as_nanos() % every.as_nanos();
                    due += length.saturating_sub(Duration::from_nanos(since as u64));
                }
                PassageFault::Doubled => copies += 1,
                PassageFault::Reordered if self.count.is_multiple_of(10) => due += OVERTAKEN,
                PassageFault::Lost(_) | PassageFault::Reordered | PassageFault::OtherPort => {}
            }
        }
        let place = self.waiting.partition_point(|(at, _, _)| *at <= due);
        for _ in 0..copies {
            self.waiting.insert(place, (due, to, packet.clone()));
        }
        self.flush(socket, now);
    }

    /// Sends what is due.
    pub(super) fn flush(&mut self, socket: &UdpSocket, now: Instant) {
        while let Some((_, to, packet)) = self.waiting.pop_front_if(|(due, _, _)| *due <= now) {
            let _ = self.other.as_ref().unwrap_or(socket).send_to(&packet, to);
        }
    }
}
