//! What a scenario carries from step to step.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::cast::{Role, Talk};
use super::keys::Pressed;
use super::lease::Lease;
use super::numbering::{Numbering, Shown};
use crate::agent::{AgentError, Leaving, Log, Phone, Place, Stage};
use crate::check::{ContactTrial, Judgement};
use crate::probe::Site;
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
    /// `--intrusive`: ports, passwords and User-Agents may be tried.
    pub intrusive: bool,
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
    /// Who is connected with the callee by the caller, in a transfer without REFER.
    pub(super) connected: Option<Role>,
    /// Position in the log before the dialling or the REFER.
    pub(super) cursor: usize,
}

/// A transfer that was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Transferring {
    pub(super) by: Role,
    pub(super) leaving: Leaving,
    /// Whether the bridge connects the two by itself (guide 4.1.1.7), and so stays.
    pub(super) by_itself: bool,
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
    /// What became of a registration that may fail (guide 2.6.4, 2.6.7).
    pub(super) tried: Option<Judgement>,
    /// Whose extension the second device has (guide 2.6.2).
    pub(super) second_of: Option<Role>,
    /// Whose account the softphone has (guide 3).
    pub(super) softphone_of: Option<Role>,
    /// Phones of users that play no role: all users of the profile (guide 2.6.1).
    pub(super) crowd: Vec<Phone>,
    /// The phones of the outside in as many calls (beyond the guide).
    pub(super) outsiders: Vec<Phone>,
    /// Call-IDs of which no more is kept than the figures and the pcap: of what passed in a crowd.
    pub(super) set_aside: BTreeSet<String>,
    /// The phone at the node of the bridge that is lost (guide 4.1.1.1).
    pub(super) node: Option<Phone>,
    /// Registrations with and without a data parameter in the Contact (guide 4.1.1.8).
    pub(super) contact_trials: Vec<ContactTrial>,
    /// An outside number in the PBX's format (guide 4.1.1.10), and whom its call showed.
    pub(super) numbering: Option<Numbering>,
    pub(super) shown: Option<Shown>,
    pub(super) talks: Vec<Talk>,
    /// When each of the talks began, seconds from the start of the run.
    pub(super) talks_began: Vec<f64>,
    pub(super) ringing: Vec<ExpectedRing>,
    pub(super) hang_ups: Vec<HangUp>,
    /// The latest transfer.
    pub(super) transfer: Option<Transferring>,
    /// Whether a hold was resumed and nobody has listened since.
    pub(super) resumed: bool,
    /// Since when the music of the latest hold was listened to, seconds of the run.
    pub(super) held_since: f64,
    /// Position in the log before the PBX was asked for something that a later step judges.
    pub(super) asked_at: usize,
    /// Keys that were pressed last.
    pub(super) pressed: Option<Pressed>,
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
            tried: None,
            second_of: None,
            softphone_of: None,
            crowd: Vec::new(),
            outsiders: Vec::new(),
            set_aside: BTreeSet::new(),
            node: None,
            contact_trials: Vec::new(),
            numbering: None,
            shown: None,
            talks: Vec::new(),
            talks_began: Vec::new(),
            ringing: Vec::new(),
            hang_ups: Vec::new(),
            transfer: None,
            resumed: false,
            held_since: 0.0,
            asked_at: 0,
            pressed: None,
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

    /// Whether the PBX may be another program of this machine: anywhere but in this program.
    pub(super) fn pbx_may_be_beside(&self) -> bool {
        !self.stage.profile().is_embedded()
    }

    /// What probes work with.
    pub(super) fn site(&self) -> Site {
        Site::new(Arc::clone(&self.stage), self.place.clone())
    }

    /// Everything observed so far.
    pub fn observations(&self) -> Vec<Observation> {
        self.log().since(0)
    }

    /// Every phone that took part.
    pub fn phones(&self) -> Vec<Phone> {
        self.phones.values().chain(&self.crowd).chain(&self.outsiders).cloned().collect()
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
        let user = |n| self.lease.user(n).ok_or_else(lacking);
        let phone = match role {
            Role::UserA => self.stage.user(user(0)?, name, &self.place)?,
            Role::UserB => self.stage.user(user(1)?, name, &self.place)?,
            Role::External1 | Role::External2 => {
                let n = usize::from(role == Role::External2);
                let index = self.lease.external(n).ok_or_else(lacking)?;
                self.stage.external(index, name, &self.place)?
            }
            Role::SecondDevice => {
                let owner = self.second_of.ok_or_else(lacking)?;
                let index = self.lease.user(usize::from(owner == Role::UserB));
                self.stage.second_device(index.ok_or_else(lacking)?, name, &self.place)?
            }
            // It is plugged in when it registers: STUN comes first.
            Role::Softphone => return Err(lacking()),
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
