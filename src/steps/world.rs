//! What a scenario carries from step to step.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::cast::{Role, Talk};
use super::lease::Lease;
use crate::agent::{AgentError, Leaving, Log, Phone, Place, Stage};
use crate::check::Judgement;
use crate::record::{Event, Finding, Observation, Step};

/// What earlier steps leave to the later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Standing {
    /// They are tried.
    #[default]
    Open,
    /// Something that they need did not succeed.
    Blocked,
    /// The profile disclaims what they need.
    Disclaimed,
}

/// What the runner fixes for all scenarios of a run.
#[derive(Debug, Clone)]
pub struct Options {
    /// `--talk`: replaces the guide's talking times.
    pub talk: Option<Duration>,
    /// Cancelled by Ctrl-C.
    pub stop: CancellationToken,
    /// Where progress goes.
    pub events: tokio::sync::mpsc::UnboundedSender<Event>,
}

/// A party that should ring, and because of whom.
#[derive(Debug, Clone)]
pub(super) struct ExpectedRing {
    pub(super) callee: Role,
    /// Who dialled, or who is being transferred.
    pub(super) caller: Role,
    pub(super) transferor: Option<Role>,
    /// Position in the log before the dialling or the REFER.
    pub(super) cursor: usize,
}

/// A transfer that was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Transferring {
    pub(super) by: Role,
    pub(super) leaving: Leaving,
    /// Position in the log before the REFER.
    pub(super) cursor: usize,
}

/// A hang-up whose effect is to be seen.
#[derive(Debug, Clone)]
pub(super) struct HangUp {
    pub(super) by: Role,
    pub(super) other: Role,
    pub(super) cursor: usize,
}

/// A scenario on the stage: its parties, its calls and what it was told so far.
#[derive(Debug)]
pub struct Scene {
    pub(super) stage: Arc<Stage>,
    pub(super) options: Options,
    pub(super) lease: Lease,
    pub(super) place: Place,
    pub(super) phones: BTreeMap<Role, Phone>,
    pub(super) talks: Vec<Talk>,
    /// When each of the talks began, seconds from the start of the run.
    pub(super) talks_began: Vec<f64>,
    pub(super) ringing: Vec<ExpectedRing>,
    pub(super) hang_ups: Vec<HangUp>,
    /// The latest transfer.
    pub(super) transfer: Option<Transferring>,
    /// Whether a hold was resumed and nobody has listened since.
    pub(super) resumed: bool,
    /// What the talk sounded like, for the `Then` that follows it.
    pub(super) talk_judged: Vec<Judgement>,
    /// What the guide's durations and the listening windows took so far.
    pub(super) mandated: Duration,
    /// When it began, seconds from the start of the run.
    pub(super) started_s: f64,
}

impl Scene {
    /// A scenario with its leases and no phones yet.
    pub fn new(stage: Arc<Stage>, options: Options, lease: Lease, label: String) -> Self {
        let log = Log::new(stage.clock());
        Self {
            options,
            lease,
            place: Place { label, log },
            phones: BTreeMap::new(),
            talks: Vec::new(),
            talks_began: Vec::new(),
            ringing: Vec::new(),
            hang_ups: Vec::new(),
            transfer: None,
            resumed: false,
            talk_judged: Vec::new(),
            mandated: Duration::ZERO,
            started_s: stage.clock().seconds(),
            stage,
        }
    }

    pub(super) fn log(&self) -> &Log {
        &self.place.log
    }

    /// The address at which the PBX is reached.
    pub(super) fn pbx_ip(&self) -> Option<IpAddr> {
        self.stage.pbx().address().ok().map(|address| address.ip())
    }

    /// Everything observed so far.
    pub fn observations(&self) -> Vec<Observation> {
        self.log().since(0)
    }

    /// Every phone that took part.
    pub fn phones(&self) -> Vec<Phone> {
        self.phones.values().cloned().collect()
    }

    /// What the guide's durations and the listening windows took, s.
    pub fn mandated_s(&self) -> f64 {
        self.mandated.as_secs_f64()
    }

    /// The role's phone, plugged in at its first mention.
    pub(super) fn phone(&mut self, role: Role) -> Result<Phone, AgentError> {
        if let Some(phone) = self.phones.get(&role) {
            return Ok(phone.clone());
        }
        let name = role.name();
        let lacking = || AgentError::Lacking(name.to_owned());
        let phone = match role {
            Role::UserA => self.stage.user(self.lease.user(0), name, &self.place)?,
            Role::UserB => self.stage.user(self.lease.user(1), name, &self.place)?,
            Role::External1 | Role::External2 => {
                let n = usize::from(role == Role::External2);
                let index = self.lease.external(n).ok_or_else(lacking)?;
                self.stage.external(index, name, &self.place)?
            }
            Role::DeskPhone => {
                let index = self.lease.extension().ok_or_else(lacking)?;
                self.stage.extension(index, name, &self.place)?
            }
        };
        self.phones.insert(role, phone.clone());
        Ok(phone)
    }
}

/// The cucumber World: empty until the runner's `before` hook puts a scene in.
#[derive(Debug, Default)]
pub struct World {
    /// The scene, from the `before` hook to the `after` hook.
    pub scene: Option<Scene>,
    /// The steps judged so far.
    pub steps: Vec<Step>,
    /// What is to be said.
    pub findings: Vec<Finding>,
    /// Clause and title of the scenario, for progress.
    pub clause: String,
    /// Title of the scenario.
    pub title: String,
    /// What the steps so far leave to the later ones.
    pub(super) standing: Standing,
}

impl cucumber::World for World {
    type Error = std::convert::Infallible;

    async fn new() -> Result<Self, Self::Error> {
        Ok(Self::default())
    }
}
