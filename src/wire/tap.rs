//! The tap: every datagram of the harness, stamped before parsing.
//!
//! Agents claim what is theirs by Call-ID (SIP) or local port (RTP) under a label,
//! which is a scenario; [`Tap::take`] hands a label's datagrams over for its capture
//! file. What nobody claimed goes to the run's own capture.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;

use super::Protocol;

/// Which way a datagram went, seen from the harness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the harness.
    Sent,
    /// To the harness.
    Received,
}

/// One datagram, or one chunk of a stream.
#[derive(Debug, Clone)]
pub struct Datagram {
    /// When it left or came.
    pub at: Instant,
    /// Which way.
    pub way: Way,
    /// Over what.
    pub protocol: Protocol,
    /// The harness's address.
    pub local: SocketAddr,
    /// The other side's address.
    pub remote: SocketAddr,
    /// The payload.
    pub bytes: Bytes,
}

#[derive(Debug, Default)]
struct Kept {
    datagrams: Vec<Datagram>,
    calls: HashMap<String, String>,
    ports: HashMap<SocketAddr, String>,
}

/// A handle to the run's tap. Clones share it; [`Tap::off`] keeps nothing.
#[derive(Debug, Clone, Default)]
pub struct Tap(Option<Arc<Mutex<Kept>>>);

impl Tap {
    /// A tap that keeps everything until it is taken.
    pub fn on() -> Self {
        Self(Some(Arc::default()))
    }

    /// A tap that drops everything: for the reference PBX, whose traffic the
    /// harness already sees from its own side.
    pub fn off() -> Self {
        Self(None)
    }

    fn kept(&self) -> Option<MutexGuard<'_, Kept>> {
        // A panic elsewhere must not cost the evidence: the data stays usable.
        self.0.as_ref().map(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps a datagram.
    pub fn record(&self, datagram: Datagram) {
        if let Some(mut kept) = self.kept() {
            kept.datagrams.push(datagram);
        }
    }

    /// Keeps many at once, for the media engine.
    pub fn record_all(&self, datagrams: impl IntoIterator<Item = Datagram>) {
        if let Some(mut kept) = self.kept() {
            kept.datagrams.extend(datagrams);
        }
    }

    /// From now on SIP messages with this Call-ID belong to `label`.
    pub fn claim_call(&self, call_id: &str, label: &str) {
        if let Some(mut kept) = self.kept() {
            kept.calls.insert(call_id.to_owned(), label.to_owned());
        }
    }

    /// From now on datagrams of this local address belong to `label`.
    pub fn claim_port(&self, local: SocketAddr, label: &str) {
        if let Some(mut kept) = self.kept() {
            kept.ports.insert(local, label.to_owned());
        }
    }

    /// Removes and returns a label's datagrams in order of time. Claims on ports end
    /// with it, since the next scenario may get the same port; claims on Call-IDs stay.
    pub fn take(&self, label: &str) -> Vec<Datagram> {
        let Some(mut kept) = self.kept() else { return Vec::new() };
        let Kept { datagrams, calls, ports } = &mut *kept;
        let mut taken: Vec<Datagram> =
            datagrams.extract_if(.., |d| owner(d, calls, ports) == Some(label)).collect();
        ports.retain(|_, owner| owner != label);
        drop(kept);
        taken.sort_by_key(|d| d.at);
        taken
    }

    /// A label's datagrams so far, in order of time; they stay for [`Tap::take`].
    pub fn copy(&self, label: &str) -> Vec<Datagram> {
        let Some(kept) = self.kept() else { return Vec::new() };
        let Kept { datagrams, calls, ports } = &*kept;
        let of_label = |d: &&Datagram| owner(d, calls, ports) == Some(label);
        let mut copied: Vec<Datagram> = datagrams.iter().filter(of_label).cloned().collect();
        drop(kept);
        copied.sort_by_key(|d| d.at);
        copied
    }

    /// Removes and returns everything that is left.
    pub fn take_rest(&self) -> Vec<Datagram> {
        let Some(mut kept) = self.kept() else { return Vec::new() };
        let mut taken = std::mem::take(&mut kept.datagrams);
        drop(kept);
        taken.sort_by_key(|d| d.at);
        taken
    }
}

fn owner<'a>(
    datagram: &Datagram,
    calls: &'a HashMap<String, String>,
    ports: &'a HashMap<SocketAddr, String>,
) -> Option<&'a str> {
    if let Some(label) = ports.get(&datagram.local) {
        return Some(label);
    }
    calls.get(call_id(&datagram.bytes)?).map(String::as_str)
}

/// The Call-ID of what may be a SIP message, without parsing the rest.
fn call_id(bytes: &[u8]) -> Option<&str> {
    bytes.split(|&b| b == b'\n').take_while(|line| line.trim_ascii() != b"").find_map(|line| {
        let colon = line.iter().position(|&b| b == b':')?;
        let name = line[..colon].trim_ascii();
        (name.eq_ignore_ascii_case(b"call-id") || name.eq_ignore_ascii_case(b"i"))
            .then(|| std::str::from_utf8(line[colon + 1..].trim_ascii()).ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(port: u16, text: &str) -> Datagram {
        Datagram {
            at: Instant::now(),
            way: Way::Sent,
            protocol: Protocol::Udp,
            local: SocketAddr::from(([127, 0, 0, 1], port)),
            remote: SocketAddr::from(([127, 0, 0, 2], 5060)),
            bytes: Bytes::copy_from_slice(text.as_bytes()),
        }
    }

    #[test]
    fn labels_take_their_calls_and_ports_and_leave_the_rest() {
        let tap = Tap::on();
        tap.claim_call("abc", "one");
        tap.claim_port(SocketAddr::from(([127, 0, 0, 1], 4000)), "two");
        tap.record(datagram(5060, "BYE sip:x SIP/2.0\r\nCall-ID: abc\r\n\r\n"));
        tap.record(datagram(5060, "BYE sip:x SIP/2.0\r\ni:other\r\n\r\nCall-ID: abc\r\n"));
        tap.record(datagram(4000, "rtp"));
        assert_eq!(tap.take("one").len(), 1);
        assert_eq!(tap.take("two").len(), 1);
        assert_eq!(tap.take_rest().len(), 1, "a Call-ID in a body is no claim");
    }
}
