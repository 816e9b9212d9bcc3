//! What sends for a leg: its mouth, the port that it sends from, and what it has said.

use std::time::{Duration, Instant};

use super::doors::Outlet;
use super::mouth::{Mouth, Paper, Parcel};
use super::spoken::Spoken;
use crate::media::Identity;
use crate::wire::{Datagram, Protocol, Way};

/// The sending side of a leg, under one lock.
#[derive(Debug)]
pub(crate) struct Talker {
    pub(crate) mouth: Mouth,
    /// `None` once the leg is closed.
    pub(crate) outlet: Option<Outlet>,
    pub(crate) spoken: Spoken,
}

impl Talker {
    pub(crate) fn new(identity: Identity, outlet: Outlet) -> Self {
        let (mouth, spoken) = (Mouth::new(identity), Spoken::default());
        Self { mouth, outlet: Some(outlet), spoken }
    }

    /// Sends the packet whose first sample is sample `n` of the run and that is `due`, if there is
    /// one: what went, and how late.
    pub(crate) fn send(
        &mut self,
        n: u64,
        due: Instant,
        paper: &mut Paper,
    ) -> Option<(Datagram, Duration)> {
        // Nothing is counted as sent that has no way out.
        let outlet = self.outlet.as_ref()?;
        let Parcel { remote, bytes, said } = self.mouth.packet(n, paper)?;
        let at = Instant::now();
        let local = outlet.send(&bytes, remote);
        let late = at.saturating_duration_since(due);
        self.mouth.sent(at, late);
        if let Some((codec, payload)) = said {
            self.spoken.keep(at, codec, payload);
        }
        let (way, protocol) = (Way::Sent, Protocol::Udp);
        Some((Datagram { at, way, protocol, local, remote, bytes }, late))
    }
}
