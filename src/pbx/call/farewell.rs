//! The end of a call: what the other party is told, and what becomes of the media.

use std::time::Duration;

use tokio::time::Instant;

use super::super::accounts::Kind;
use super::super::defects::{Defect, Farewell};
use super::super::dial_plan::Party;
use super::super::relay::Source;
use super::super::sound::Piece;
use super::leg::{Leg, LegId};
use super::state::{Call, Due};

/// How long RTP goes on after the end, with the defects that have it so.
const AFTERLIFE: Duration = Duration::from_secs(3);

impl Call {
    /// `gone` has left `other`, which is told.
    pub(super) fn part(&mut self, gone: Option<&Leg>, id: LegId, other: LegId) {
        let by_callee = self.bridge.is_some_and(|(_, callee)| callee == id);
        let ended_another =
            self.switch.defects.ends_neighbours() && self.end_neighbour(gone, other);
        let farewell = match self.switch.defects.farewell(by_callee) {
            _ if ended_another && self.switch.defects.has(Defect::ByeToWrongCall) => {
                Farewell::Nothing
            }
            farewell => farewell,
        };
        // Music goes where the port of who has gone was heard.
        if farewell != Farewell::Music {
            self.bridge = None;
        }
        match farewell {
            Farewell::Bye => self.hang_up(other),
            Farewell::Late(after) => {
                self.timers.push((Instant::now() + after, Due::Farewell(other)));
            }
            Farewell::Nothing | Farewell::Music => {}
        }
    }

    /// Hangs up both that talk.
    pub(super) fn hang_up_both(&mut self) {
        if let Some((one, other)) = self.bridge {
            self.hang_up(one);
            self.hang_up(other);
        }
    }

    /// Lets a leg's media go.
    pub(super) fn free(&self, leg: Leg) {
        if let Some(user) = user(&leg) {
            self.switch.standing().remove(&user);
        }
        if !self.switch.defects.plays_on(leg.transfers) {
            return;
        }
        let Leg { media, .. } = leg;
        media.port.play(Source::Plays(Piece::Music), None);
        let abandoned = self.switch.abandoned.clone();
        self.switch.tasks.spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(AFTERLIFE) => {}
                () = abandoned.cancelled() => {}
            }
            drop(media);
        });
    }

    /// The users of a call that stands can be found by those who mistake it for theirs.
    pub(super) fn stands(&self) {
        let defects = &self.switch.defects;
        let found = defects.has(Defect::OneCallPerUser)
            || defects.has(Defect::RegistrationEndsCalls)
            || defects.ends_neighbours();
        if found {
            let accounts = &self.switch.accounts;
            let is_user = |index: &usize| {
                accounts.get(*index).is_some_and(|account| account.kind == Kind::User)
            };
            for user in self.legs.values().filter_map(user).filter(is_user) {
                self.switch.standing().insert(user, self.doom.clone());
            }
        }
    }

    /// Ends the call of the user next to the one whose call this was, if there is one.
    fn end_neighbour(&self, gone: Option<&Leg>, other: LegId) -> bool {
        let users: Vec<usize> =
            gone.into_iter().chain(self.legs.get(&other)).filter_map(user).collect();
        let mut standing = self.switch.standing();
        for user in &users {
            standing.remove(user);
        }
        let neighbours: Vec<_> =
            users.iter().filter_map(|user| standing.remove(&(user ^ 1))).collect();
        for call in &neighbours {
            call.cancel();
        }
        !neighbours.is_empty()
    }
}

/// The account of a leg.
fn user(leg: &Leg) -> Option<usize> {
    match leg.caller.party {
        Party::Account(index) => Some(index),
        Party::Outside => None,
    }
}
