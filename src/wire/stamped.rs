//! Datagrams with the moment at which the system took them in, however late they are fetched.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant, SystemTime};

use nix::sys::socket::sockopt::ReceiveTimestampns;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt};

use super::refused::std_address;

/// Room for one stamp.
const CONTROL: usize = 64;

/// Both clocks are read within this time of each other, if they can be in so many looks.
const TOGETHER: Duration = Duration::from_micros(100);
const LOOKS: usize = 3;

/// Further from the clock than this a stamp is not of it: somebody has set the clock meanwhile.
const CREDIBLE: Duration = Duration::from_secs(30);

/// Asks the system to stamp what a socket receives (socket(7), `SO_TIMESTAMPNS`). Without it (another
/// system, a sandbox) datagrams are stamped when they are fetched.
pub(crate) fn stamp_arrivals(socket: &impl AsRawFd) {
    let _ = setsockopt(socket.as_raw_fd(), ReceiveTimestampns, &true);
}

/// Fetches datagrams of sockets.
#[derive(Debug)]
pub(crate) struct Fetcher {
    buffer: Vec<u8>,
    /// Octets of the latest.
    length: usize,
    control: Vec<u8>,
    /// Both clocks at one moment: the system stamps by the one, the harness counts by the other.
    now: (SystemTime, Instant),
}

/// A datagram that was fetched, apart from its octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// When it came.
    pub(crate) at: Instant,
    pub(crate) remote: SocketAddr,
}

impl Fetcher {
    /// Takes datagrams of up to `longest` octets.
    pub(crate) fn new(longest: usize) -> Self {
        Self {
            buffer: vec![0; longest],
            length: 0,
            control: Vec::with_capacity(CONTROL),
            now: (SystemTime::now(), Instant::now()),
        }
    }

    /// Looks at the clocks; to be called before what has come is fetched.
    pub(crate) fn look_at_the_clocks(&mut self) {
        for _ in 0..LOOKS {
            self.now = (SystemTime::now(), Instant::now());
            // Whoever lost the processor between the two would be late by that for every stamp.
            if self.now.0.elapsed().is_ok_and(|since| since < TOGETHER) {
                return;
            }
        }
    }

    /// The octets of the datagram that was fetched last.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    /// Takes one datagram off a socket, if there is one. It does not wait.
    pub(crate) fn fetch(&mut self, socket: &impl AsRawFd) -> io::Result<Fetched> {
        self.control.clear();
        let mut parts = [IoSliceMut::new(&mut self.buffer)];
        let received = recvmsg::<SockaddrStorage>(
            socket.as_raw_fd(),
            &mut parts,
            Some(&mut self.control),
            MsgFlags::MSG_DONTWAIT,
        )?;
        let stamp = received.cmsgs().find_map(|message| match message {
            ControlMessageOwned::ScmTimestampns(stamp) => Some(Duration::from(stamp)),
            _ => None,
        });
        let remote = received.address.as_ref().and_then(std_address);
        self.length = received.bytes;
        let remote = remote.ok_or(io::ErrorKind::InvalidData)?;
        let at = stamp.map_or_else(Instant::now, |stamp| instant_of(stamp, self.now));
        Ok(Fetched { at, remote })
    }
}

/// The instant of a stamp, a time since the Unix epoch, where both clocks stood at `now`.
fn instant_of(stamp: Duration, (wall, now): (SystemTime, Instant)) -> Instant {
    let stamp = SystemTime::UNIX_EPOCH + stamp;
    let at = match wall.duration_since(stamp) {
        Ok(ago) => (ago < CREDIBLE).then(|| now.checked_sub(ago)).flatten(),
        // It came while others were being fetched.
        Err(later) => (later.duration() < CREDIBLE).then(|| now + later.duration()),
    };
    at.unwrap_or_else(Instant::now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::bind_udp;

    fn since_epoch(time: SystemTime) -> Duration {
        time.duration_since(SystemTime::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn a_datagram_bears_the_moment_at_which_it_came() {
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let (from, to) = (bind_udp(local).unwrap(), bind_udp(local).unwrap());
        stamp_arrivals(&to);
        let mut fetcher = Fetcher::new(100);
        // Switched on, stamping begins a moment later.
        std::thread::sleep(Duration::from_millis(50));
        let mut sent = Vec::new();
        for text in ["one", "two", "three"] {
            let before = Instant::now();
            from.send_to(text.as_bytes(), to.local_addr().unwrap()).unwrap();
            sent.push((before, Instant::now(), text));
            std::thread::sleep(Duration::from_millis(30));
        }
        fetcher.look_at_the_clocks();
        for (before, after, text) in sent {
            let fetched = fetcher.fetch(&to).unwrap();
            assert_eq!(
                (fetcher.bytes(), fetched.remote),
                (text.as_bytes(), from.local_addr().unwrap())
            );
            let slack = Duration::from_millis(1);
            assert!(before < fetched.at + slack && fetched.at < after + slack, "{text}");
        }
        assert_eq!(fetcher.fetch(&to).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn a_stamp_of_a_clock_that_was_set_is_none() {
        let now = (SystemTime::now(), Instant::now());
        let of = |wall: SystemTime| instant_of(since_epoch(wall), now);
        let second = Duration::from_secs(1);
        assert_eq!(of(now.0 - second) + second, now.1);
        assert_eq!(of(now.0 + second), now.1 + second);
        for set in [now.0 - 3600 * second, now.0 + 3600 * second] {
            assert!(of(set) >= now.1 && of(set) < now.1 + 5 * second);
        }
    }
}
