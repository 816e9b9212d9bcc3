//! Defects that alter SIP messages between the PBX and its socket. The PBX itself is
//! healthy and does not know: what it sends is changed or lost, or what it should get.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::Defects;
use crate::sip::Message;
use crate::wire::{Alter, Way};

/// What becomes of a message.
#[derive(Debug)]
pub(super) enum Fate {
    /// It goes on, perhaps altered.
    Passes(Message),
    /// Other bytes go on, SIP or not.
    Becomes(Bytes),
    /// It is lost.
    Lost,
}

/// A message's way, and what the defect remembers of earlier ones.
pub(super) struct Passage<'a> {
    /// Sent or received by the PBX.
    pub(super) way: Way,
    /// The other side.
    pub(super) remote: SocketAddr,
    /// The defect's own notes, counted by whatever key it chooses.
    pub(super) notes: &'a mut HashMap<String, u64>,
}

/// What a defect does to every message.
pub(super) type Tamper = fn(&mut Passage<'_>, Message) -> Fate;

/// Everything that stands between the PBX and its socket.
#[derive(Debug)]
pub(in crate::pbx) struct Tampering(Vec<(Tamper, Mutex<HashMap<String, u64>>)>);

impl Tampering {
    /// What the defects do, or nothing if none of them acts here.
    pub(in crate::pbx) fn of(defects: &Defects) -> Option<Self> {
        let acts = defects.iter().filter_map(|defect| defect.row()?.tamper);
        let acts: Vec<_> = acts.map(|tamper| (tamper, Mutex::default())).collect();
        (!acts.is_empty()).then_some(Self(acts))
    }

    fn pass(&self, way: Way, remote: SocketAddr, mut bytes: Bytes) -> Option<Bytes> {
        for (tamper, notes) in &self.0 {
            // What is no SIP message is no defect's business.
            let Ok(message) = Message::parse(bytes.clone()) else { return Some(bytes) };
            let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
            let mut passage = Passage { way, remote, notes: &mut notes };
            bytes = match tamper(&mut passage, message) {
                Fate::Passes(message) => message.to_bytes(),
                Fate::Becomes(bytes) => bytes,
                Fate::Lost => return None,
            };
        }
        Some(bytes)
    }
}

impl Alter for Tampering {
    fn sends(&self, remote: SocketAddr, bytes: Bytes) -> Option<Bytes> {
        self.pass(Way::Sent, remote, bytes)
    }

    fn gets(&self, remote: SocketAddr, bytes: Bytes) -> Option<Bytes> {
        self.pass(Way::Received, remote, bytes)
    }
}
