//! A node of the bridge that can be lost (guide 4.1.1.1).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use crate::wire::Alter;

/// Whether a node is lost; clones share it. A lost one neither sends nor gets anything, and
/// nobody is told: its machine is gone.
#[derive(Debug, Clone, Default)]
pub(super) struct Loss(Arc<AtomicBool>);

impl Loss {
    /// Loses the node, or brings it back.
    pub(super) fn set(&self, lost: bool) {
        self.0.store(lost, Ordering::Relaxed);
    }

    fn unless_lost(&self, bytes: Bytes) -> Option<Bytes> {
        (!self.0.load(Ordering::Relaxed)).then_some(bytes)
    }
}

impl Alter for Loss {
    fn sends(&self, _: SocketAddr, bytes: Bytes) -> Option<Bytes> {
        self.unless_lost(bytes)
    }

    fn gets(&self, _: SocketAddr, bytes: Bytes) -> Option<Bytes> {
        self.unless_lost(bytes)
    }
}
