//! A new call comes in.

use std::sync::Arc;

use super::super::caller_id::Caller;
use super::super::dial_plan::Destination;
use super::super::switch::Switch;
use super::leg::{Leg, Media};
use super::state::{Call, Purpose};
use crate::sip::Message;
use crate::sip::endpoint::ServerTransaction;
use crate::sip::session::Session;

/// Answers an INVITE that is authenticated and routed, and starts the call's task.
pub(in crate::pbx) fn start(
    switch: &Arc<Switch>,
    transaction: ServerTransaction,
    caller: &Caller,
    destination: &Destination,
) {
    let refuse = |status, reason: &str| {
        transaction.respond(Message::response(&transaction.request, status, reason));
    };
    let remote = transaction.remote;
    let mut media = match Media::open(switch, remote, caller.party, None) {
        Ok(media) => media,
        Err(error) => {
            tracing::warn!(%error, "call refused");
            return refuse(503, "No Media Ports");
        }
    };
    // Without an offer, ours goes into the 2xx.
    let answer = match transaction.request.sdp().map(|offer| media.answer(&offer)).transpose() {
        Ok(answer) => answer,
        Err(error) => {
            tracing::info!(%error, "offer refused");
            return refuse(488, "Not Acceptable Here");
        }
    };
    let user =
        super::super::dialled::dialled(transaction.request.request_uri().unwrap_or_default());
    let contact = switch.contact(&user.unwrap_or_default(), remote);
    let (session, events) = Session::incoming(&switch.endpoint, transaction, contact);
    let mut call = Call::new(Arc::clone(switch));
    let leg = call.add(Leg { answer, ..Leg::new(session, media, caller.clone()) }, events);
    call.dial(leg, destination, caller, Purpose::Call);
    let inside = matches!(destination, Destination::Account { direct: false, .. });
    let counted = inside.then(|| Arc::clone(&switch.between_users));
    switch.tasks.spawn(async move {
        call.run().await;
        drop(counted);
    });
}
