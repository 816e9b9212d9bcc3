//! What is odd about a peer's description in the light of what went before.

use super::codec::CodecSpec;
use super::description::{Origin, Session, Substance};
use super::evaluate::{Peer, limited, receives, sends};
use crate::record::{ABOUT_VERSION, Direction, VERSION_KEPT};

/// The peer's last description: what its next one is measured against.
#[derive(Debug, Clone)]
pub(super) struct Previous {
    origin: Origin,
    substance: Substance,
}

impl Previous {
    pub(super) fn of(session: &Session) -> Self {
        Self { origin: session.origin.clone(), substance: session.substance() }
    }

    /// Remarks about the `o=` line of the next description (RFC 3264 §8, RFC 8866 §5.2).
    pub(super) fn remarks(&self, next: &Session) -> Vec<String> {
        let (old, new) = (&self.origin, &next.origin);
        if old.session_id != new.session_id {
            return vec!["the session id in o= changed within the call".to_owned()];
        }
        let changed = self.substance != next.substance();
        let step = match (old.version.parse::<i128>(), new.version.parse::<i128>()) {
            (Ok(old), Ok(new)) => Some(new.saturating_sub(old)),
            _ => None,
        };
        let remark = match (changed, step) {
            (_, None) => format!("the version in o= is no number: {:.20}", new.version),
            (true, Some(1)) | (false, Some(0)) => return Vec::new(),
            (true, Some(0)) => VERSION_KEPT.to_owned(),
            (true, Some(_)) => {
                format!("{ABOUT_VERSION} went from {:.20} to {:.20}", old.version, new.version)
            }
            (false, Some(_)) => format!("{ABOUT_VERSION} changed although the description did not"),
        };
        vec![remark]
    }
}

/// Remarks about an answer to an offer of `direction`, listing `offered`.
pub(super) fn about_answer(
    peer: &Peer<'_>,
    offered: &[CodecSpec],
    direction: Direction,
) -> Vec<String> {
    let mut remarks = Vec::new();
    for codec in peer.media.codecs() {
        if !offered.iter().any(|own| own.same_encoding(&codec)) {
            let pt = codec.pt;
            remarks.push(format!("{codec:.40} (payload type {pt}) answered but not offered"));
        }
    }
    let name = |direction: Direction| match direction {
        Direction::SendRecv => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::RecvOnly => "recvonly",
        Direction::Inactive => "inactive",
    };
    match peer.written {
        None if direction != Direction::SendRecv => {
            remarks.push(format!("no direction in the answer to {}", name(direction)));
        }
        Some(written) if limited(written, direction) != written => {
            remarks.push(format!("{} answered with {}", name(direction), name(written)));
        }
        // Allowed, but one-way where two ways were asked for.
        Some(written)
            if direction == Direction::SendRecv && !(sends(written) && receives(written)) =>
        {
            remarks.push(format!("sendrecv answered with {}", name(written)));
        }
        _ => {}
    }
    if peer.held_by_address() {
        remarks.push("answered with connection address 0.0.0.0".to_owned());
    }
    remarks
}
