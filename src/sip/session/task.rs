//! The task of a session.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::event::{SessionEvent, SessionEvents};
use super::handle::{InviteSpec, Session, Shared};
use crate::record::Ender;
use crate::sip::endpoint::{Endpoint, ServerTransaction};
use crate::sip::{Message, Method, identifier};

fn placeholder(shared: Shared) -> (Session, SessionEvents) {
    let (commands, _) = mpsc::unbounded_channel();
    let (events, receiver) = mpsc::unbounded_channel();
    let _ = events.send(SessionEvent::Ended {
        by: Ender::Ourselves,
        request: None,
        reason: "not yet".to_owned(),
    });
    (Session { shared: Arc::new(shared), commands }, receiver)
}

pub(crate) fn start_uac(_endpoint: &Endpoint, spec: InviteSpec) -> (Session, SessionEvents) {
    placeholder(Shared {
        call_id: spec.call_id.unwrap_or_else(identifier::new_call_id),
        local_tag: identifier::new_tag(),
        invite: Message::request(Method::Invite, spec.request_uri),
    })
}

pub(crate) fn start_uas(
    _endpoint: &Endpoint,
    transaction: ServerTransaction,
    _contact: String,
) -> (Session, SessionEvents) {
    placeholder(Shared {
        call_id: transaction.request.call_id().to_owned(),
        local_tag: transaction.local_tag().to_owned(),
        invite: transaction.request.clone(),
    })
}
