//! What a call is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream, SelectAll};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::super::switch::Switch;
use super::attended::{Asked, Away, Remote};
use super::leg::{Leg, LegId};
use super::transfer::Transfer;
use crate::sip::session::{SessionEvent, SessionEvents};

/// Why somebody is being called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The waiting leg dialled.
    Call,
    /// The waiting leg is transferred by this one, unless that has left.
    Transfer { transferor: Option<LegId> },
}

/// An attempt to reach somebody.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) purpose: Purpose,
    /// The leg that waits for the answer.
    pub(super) waiting: LegId,
    /// The legs that ring.
    pub(super) branches: BTreeSet<LegId>,
    /// The branch whose early media the waiting leg hears.
    pub(super) early: Option<LegId>,
    /// The best of the refusals so far.
    pub(super) failure: Option<(u16, String)>,
}

/// Something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Nobody answered the attempt.
    NoAnswer,
    /// The leg is hung up: that of a transferor who has not hung up by itself.
    Farewell(LegId),
    /// The parties of a transfer are joined.
    Join,
    /// Both that talk are hung up.
    Drop,
    /// A defect lets the session lapse.
    SessionExpired,
}

/// A call.
pub(super) struct Call {
    pub(super) switch: Arc<Switch>,
    pub(super) legs: BTreeMap<LegId, Leg>,
    pub(super) events: SelectAll<BoxStream<'static, (LegId, SessionEvent)>>,
    /// The two that talk: who called or was transferred first, then who answered.
    pub(super) bridge: Option<(LegId, LegId)>,
    pub(super) attempt: Option<Attempt>,
    pub(super) timers: Vec<(Instant, Due)>,
    /// Whether the bridge came about by a transfer.
    pub(super) transferred: bool,
    /// Whether the two of the bridge are to hear each other later.
    pub(super) unjoined: bool,
    /// A transfer that waits for the transferor's BYE.
    pub(super) deferred: Option<Transfer>,
    /// Who is to talk to a party of another call, while that is asked.
    pub(super) asked: Option<Asked>,
    /// Who talks to a party of another call.
    pub(super) away: Option<Away>,
    /// What other calls say, and where they say it.
    pub(super) mail: UnboundedReceiver<Remote>,
    pub(super) mailbox: UnboundedSender<Remote>,
    /// Ends the call from elsewhere.
    pub(super) doom: CancellationToken,
    next: u32,
}

impl Call {
    pub(super) fn new(switch: Arc<Switch>) -> Self {
        let (mailbox, mail) = mpsc::unbounded_channel();
        Self {
            legs: BTreeMap::new(),
            events: SelectAll::new(),
            bridge: None,
            attempt: None,
            timers: Vec::new(),
            transferred: false,
            unjoined: false,
            deferred: None,
            asked: None,
            away: None,
            mail,
            mailbox,
            doom: switch.closing.child_token(),
            switch,
            next: 0,
        }
    }

    /// Takes a leg into the call.
    pub(super) fn add(&mut self, leg: Leg, events: SessionEvents) -> LegId {
        let id = LegId(self.next);
        self.next += 1;
        self.switch.dialogs().insert(leg.session.id(), self.mailbox.clone());
        self.legs.insert(id, leg);
        let events = stream::unfold(events, move |mut events| async move {
            let event = events.recv().await?;
            Some(((id, event), events))
        });
        self.events.push(events.boxed());
        id
    }

    /// The other party of the one that talks.
    pub(super) fn partner(&self, leg: LegId) -> Option<LegId> {
        match self.bridge {
            Some((a, b)) if a == leg => Some(b),
            Some((a, b)) if b == leg => Some(a),
            _ => None,
        }
    }

    /// Hangs up, in whatever state the leg is. Its `Ended` follows.
    pub(super) fn hang_up(&mut self, id: LegId) {
        self.hang_up_because(id, None);
    }

    /// The same with a Reason.
    pub(super) fn hang_up_because(&mut self, id: LegId, reason: Option<&'static str>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if leg.leaving {
            return;
        }
        leg.leaving = true;
        let session = leg.session.clone();
        let abandoned = self.switch.abandoned.clone();
        self.switch.tasks.spawn(async move {
            tokio::select! {
                _ = async { match reason {
                    Some(reason) => session.bye_because(reason.to_owned()).await,
                    None => session.bye().await,
                } } => {}
                () = abandoned.cancelled() => {}
            }
        });
    }
}
