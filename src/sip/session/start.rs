//! How a session comes to be.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::event::SessionEvents;
use super::handle::{InviteSpec, Session, Shared};
use super::outbox::Purpose;
use super::task::{Phase, Role, Task};
use crate::sip::alarms::Alarms;
use crate::sip::dialog::{Dialog, Targets};
use crate::sip::digest::Authorizer;
use crate::sip::endpoint::{ALLOW, Endpoint, SUPPORTED, ServerTransaction};
use crate::sip::{Message, Method, identifier};

/// A UAC: the INVITE goes out at once.
pub(super) fn calling(endpoint: &Endpoint, spec: InviteSpec) -> (Session, SessionEvents) {
    let mut dialog = Dialog::calling(
        spec.call_id.unwrap_or_else(identifier::new_call_id),
        identifier::new_tag(),
        &spec.from,
        &spec.to,
        spec.contact,
        spec.request_uri,
        spec.route,
    );
    let mut invite = dialog.request(Method::Invite);
    for (name, value) in &spec.headers {
        invite = invite.with(name, value);
    }
    // Without an offer of ours, a reliable response would make one, to be answered in its
    // PRACK (RFC 3262 §5), before the user can be asked.
    let supported = if spec.offer.is_some() { SUPPORTED } else { "timer" };
    for (name, value) in [("Allow", ALLOW), ("Supported", supported)] {
        if invite.get(name).is_none() {
            invite = invite.with(name, value);
        }
    }
    if let Some(offer) = &spec.offer {
        invite = invite.with_body("application/sdp", offer.clone());
    }
    let mut new = New::of(endpoint, Role::Caller, dialog, spec.destination, &invite);
    new.task.authorizer = spec.credentials.map(Authorizer::new);
    new.task.local_sdp = spec.offer;
    let New { mut task, session, receivers, events } = new;
    tokio::spawn(async move {
        let had_offer = !invite.body.is_empty();
        task.send_to(invite, Purpose::Invite { had_offer }, spec.destination);
        task.run(receivers.0, receivers.1, receivers.2).await;
    });
    (session, events)
}

/// A UAS, from an INVITE that nobody has answered but for 100.
pub(super) fn called(
    endpoint: &Endpoint,
    transaction: ServerTransaction,
    contact: String,
) -> (Session, SessionEvents) {
    let invite = transaction.request.clone();
    let dialog = Dialog::called(&invite, transaction.local_tag(), contact);
    let mut new = New::of(endpoint, Role::Called, dialog, transaction.remote, &invite);
    new.task.peer_updates = invite.lists("Allow", "UPDATE");
    new.task.reliable.required = invite.lists("Require", "100rel");
    let ticket = new.task.ask(transaction, None);
    new.task.their_invite = Some(ticket);
    let New { task, session, receivers, events } = new;
    tokio::spawn(task.run(receivers.0, receivers.1, receivers.2));
    (session, events)
}

type Receivers = (
    mpsc::UnboundedReceiver<super::handle::Command>,
    mpsc::UnboundedReceiver<crate::sip::endpoint::DialogInput>,
    mpsc::UnboundedReceiver<super::task::Note>,
);

struct New {
    task: Task,
    session: Session,
    receivers: Receivers,
    events: SessionEvents,
}

impl New {
    fn of(
        endpoint: &Endpoint,
        role: Role,
        dialog: Dialog,
        origin: SocketAddr,
        invite: &Message,
    ) -> Self {
        let (commands, commands_in) = mpsc::unbounded_channel();
        let (inputs, inputs_in) = mpsc::unbounded_channel();
        let (notes, notes_in) = mpsc::unbounded_channel();
        let (events, events_in) = mpsc::unbounded_channel();
        endpoint.register_dialog(&dialog.call_id, &dialog.local_tag, inputs);
        let shared = Arc::new(Shared {
            call_id: dialog.call_id.clone(),
            local_tag: dialog.local_tag.clone(),
            invite: invite.clone(),
        });
        let task = Task {
            endpoint: endpoint.clone(),
            timers: *endpoint.timers(),
            role,
            phase: if role == Role::Caller { Phase::Calling } else { Phase::Ringing },
            dialog,
            targets: Targets::new(origin, endpoint.channel().clone(), endpoint.is_server()),
            authorizer: None,
            headers: Vec::new(),
            events: Some(events),
            notes,
            alarms: Alarms::default(),
            last_ticket: 0,
            pending: HashMap::new(),
            asked: HashMap::new(),
            their_invite: None,
            unacked: None,
            acks: super::acknowledge::Acks::default(),
            invite_credentials: Vec::new(),
            awaiting: None,
            waiting: VecDeque::new(),
            retry: None,
            stragglers: false,
            closing: false,
            closers: Vec::new(),
            bye_reason: None,
            early_bye: None,
            local_sdp: None,
            peer_updates: false,
            reliable: super::reliable::Reliable::default(),
            refresh: None,
            subscriptions: super::refer::Subscriptions::default(),
        };
        let session = Session { shared, commands };
        Self { task, session, receivers: (commands_in, inputs_in, notes_in), events: events_in }
    }
}
