//! The engine as the harness holds it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use super::leg_state::LegState;
use super::state::{EngineState, lock};
use super::{listener, pacer};
use crate::media::{Lateness, Leg, LegSpec, MediaError, PortPair, Tardiness};
use crate::wire::{Clock, Tap};

/// The media engine of a run. Clones share it; its threads end with the last clone and
/// the last leg.
#[derive(Debug, Clone)]
pub struct Engine(Arc<Running>);

/// What a thread runs until the engine ends.
type Body = fn(&EngineState);

/// Keeps the threads going as long as anybody has it.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Arc<EngineState>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Engine {
    /// Starts the engine's threads.
    pub fn start(clock: Clock, tap: Tap) -> Result<Self, MediaError> {
        let state = Arc::new(EngineState::new(clock, tap)?);
        let running = Running(Arc::clone(&state));
        let threads: [(&str, Body); 2] =
            [("media-send", pacer::run), ("media-listen", listener::run)];
        for (name, body) in threads {
            let state = Arc::clone(&state);
            thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || {
                    let ended = catch_unwind(AssertUnwindSafe(|| body(&state)));
                    if let Err(why) = ended {
                        state.broken(name, why.as_ref());
                    }
                })
                .map_err(MediaError::Engine)?;
        }
        Ok(Self(Arc::new(running)))
    }

    /// The clock that windows and codes go by.
    pub fn clock(&self) -> Clock {
        self.0.0.clock
    }

    /// Binds the ports of a new leg. It is silent until it is configured.
    pub fn open(&self, spec: LegSpec) -> Result<Leg, MediaError> {
        let ports = PortPair::bind(spec.ip)?;
        self.open_on(spec, ports)
    }

    /// The same on ports that are bound already.
    pub(crate) fn open_on(&self, spec: LegSpec, ports: PortPair) -> Result<Leg, MediaError> {
        let state = &self.0.0;
        let leg = Arc::new(LegState::open(spec, ports, state)?);
        state.add(&leg)?;
        Ok(Leg::new(leg, Arc::clone(&self.0)))
    }

    /// How punctually all legs have sent so far.
    pub fn lateness(&self) -> Lateness {
        lock(&self.0.0.lateness).summary()
    }

    /// Somebody else of this process who notices how late this machine is: the legs' figures
    /// (`machine_late_max_ms`) have it from now on.
    pub fn accompany(&self, companion: Tardiness) {
        self.0.0.accompany(companion);
    }

    /// What broke inside, if anything did: from then on nothing that is heard, or not heard,
    /// says anything of the PBX.
    pub fn fault(&self) -> Option<String> {
        self.0.0.fault.get().cloned()
    }

    /// Waits until everything that was sent or received before the call is in the tap and
    /// in the legs' figures; how late this machine was comes with the windows.
    pub async fn settle(&self) {
        self.0.0.settle().await;
    }
}
