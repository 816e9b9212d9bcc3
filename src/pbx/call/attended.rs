//! Transfer with consultation (RFC 5589 §7): the target of a REFER names a call that it replaces
//! (RFC 3891). Both calls go through us, each with a task of its own: the one party's call is
//! told the port of the other's, and what they have to tell each other goes from task to task.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::super::caller_id::{Caller, shown};
use super::super::defects::Defect;
use super::super::dial_plan::{Destination, Party};
use super::super::relay::Source;
use super::leg::LegId;
use super::state::{Call, Due};
use crate::sip::session::ReferReply;

/// What one call tells another.
#[derive(Debug)]
pub(in crate::pbx) enum Remote {
    /// Let the party of this dialog go; its partner hears `hears` from now on.
    Replace { dialog: String, hears: Source, who: Caller, asker: UnboundedSender<Remote> },
    /// That was done: the partner is to be heard at `hears`.
    Replaced { hears: Source, who: Caller, other: UnboundedSender<Remote> },
    /// There is no such dialog any more, or nobody at its other end.
    Unknown,
    /// The party over there has hung up.
    Gone,
}

/// A party of ours whose partner belongs to another call.
#[derive(Debug)]
pub(super) struct Away {
    pub(super) leg: LegId,
    pub(super) hears: Source,
    other: UnboundedSender<Remote>,
}

/// Who wants its partner to talk to the party of another call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    transferor: LegId,
    survivor: LegId,
}

impl Call {
    /// `transferor` wants `survivor` to take its place in the call of `dialog`.
    pub(super) fn on_refer_to_call(
        &mut self,
        transferor: LegId,
        survivor: LegId,
        dialog: String,
        reply: ReferReply,
    ) {
        let found = self.legs.get(&survivor).map(|leg| (leg.media.port.id(), leg.caller.clone()));
        let Some((port, who)) = found else {
            return reply.refuse(481, "Call/Transaction Does Not Exist");
        };
        reply.accept();
        if let Some(leg) = self.legs.get_mut(&transferor) {
            leg.transfers = true;
        }
        self.notify(Some(transferor), 100, "Trying", false);
        self.asked = Some(Asked { transferor, survivor });
        let other = self.switch.dialogs().get(&dialog).cloned();
        let (hears, asker) = (Source::Port(port), self.mailbox.clone());
        let asked = other.filter(|other| !other.same_channel(&self.mailbox));
        let sent = asked.map(|other| other.send(Remote::Replace { dialog, hears, who, asker }));
        if !matches!(sent, Some(Ok(()))) {
            self.on_remote(Remote::Unknown);
        }
    }

    /// Another call has something to say.
    pub(super) fn on_remote(&mut self, remote: Remote) {
        match remote {
            Remote::Replace { dialog, hears, who, asker } => {
                self.replaced(&dialog, hears, &who, asker);
            }
            Remote::Replaced { hears, who, other } => {
                let Some(Asked { transferor, survivor }) = self.asked.take() else { return };
                self.bridge = None;
                self.transferred = true;
                self.away = Some(Away { leg: survivor, hears, other });
                self.introduce(survivor, &who);
                self.notify(Some(transferor), 200, "OK", true);
                if !self.switch.defects.has(Defect::ConsultedLegLeftUp) {
                    let grace = Duration::from_millis(self.switch.config.transfer.grace_ms);
                    self.timers.push((Instant::now() + grace, Due::Farewell(transferor)));
                }
            }
            Remote::Unknown => {
                if let Some(Asked { transferor, .. }) = self.asked.take() {
                    self.notify(Some(transferor), 481, "Call/Transaction Does Not Exist", true);
                }
            }
            Remote::Gone => {
                if let Some(Away { leg, .. }) = self.away.take() {
                    self.hang_up(leg);
                }
            }
        }
    }

    /// The party of `dialog` is replaced by one of another call.
    fn replaced(
        &mut self,
        dialog: &str,
        hears: Source,
        who: &Caller,
        asker: UnboundedSender<Remote>,
    ) {
        let leaves = self.legs.iter().find(|(_, leg)| leg.session.id() == dialog);
        let partner = leaves.and_then(|(&id, _)| Some((id, self.partner(id)?)));
        let stays = partner.and_then(|(id, other)| Some((id, other, self.legs.get(&other)?)));
        let Some((leaves, stays, leg)) = stays else {
            let _ = asker.send(Remote::Unknown);
            return;
        };
        let own = Source::Port(leg.media.port.id());
        let (known, other) = (leg.caller.clone(), self.mailbox.clone());
        let answer = Remote::Replaced { hears: own, who: known, other };
        if asker.send(answer).is_err() {
            return;
        }
        self.bridge = None;
        self.transferred = true;
        self.away = Some(Away { leg: stays, hears, other: asker });
        self.introduce(stays, who);
        self.hang_up(leaves);
    }

    /// Tells a party whom it talks to now, by UPDATE with P-Asserted-Identity (RFC 3325 §9.1).
    fn introduce(&self, leg: LegId, who: &Caller) {
        let Some(leg) = self.legs.get(&leg) else { return };
        if self.switch.defects.has(Defect::PartyNotIntroduced) {
            return;
        }
        let to = match leg.caller.party {
            Party::Account(index) => Destination::Account { index, direct: false },
            Party::Outside => Destination::Outside { number: String::new() },
        };
        let config = &self.switch.config;
        let shown = shown(&self.switch.accounts, &config.main_number, who, &to);
        let identity = shown.name_addr(&config.realm);
        leg.session.set_headers(vec![("P-Asserted-Identity".to_owned(), identity)]);
        let session = leg.session.clone();
        let abandoned = self.switch.abandoned.clone();
        self.switch.tasks.spawn(async move {
            tokio::select! {
                // Who does not know UPDATE, is not told.
                _ = session.update(None) => {}
                () = abandoned.cancelled() => {}
            }
        });
    }

    /// `gone` has hung up: whoever it talked to over there is told.
    pub(super) fn part_from_other_call(&mut self, gone: LegId) {
        if let Some(Away { other, .. }) = self.away.take_if(|away| away.leg == gone) {
            let _ = other.send(Remote::Gone);
        }
    }
}
