//! What comes in outside of calls: REGISTER, new calls, everything else.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use super::call;
use super::caller_id::{Caller, Shown};
use super::defects::Defect;
use super::dial_plan::Party;
use super::dialled::dialled;
use super::registrar;
use super::switch::Switch;
use crate::sip::endpoint::{Incoming, ServerTransaction};
use crate::sip::{Message, Method, NameAddr};
use crate::wire::Protocol;

/// Answers until the endpoint is gone or the PBX closes. Gives the receiver back, which
/// says when the socket is free.
pub(super) async fn receive(
    switch: Arc<Switch>,
    mut incoming: UnboundedReceiver<Incoming>,
) -> UnboundedReceiver<Incoming> {
    loop {
        let next = tokio::select! {
            next = incoming.recv() => next,
            () = switch.closing.cancelled() => None,
        };
        match next {
            Some(Incoming::Request(transaction)) => dispatch(&switch, transaction),
            Some(Incoming::Garbage { remote, problem, .. }) => {
                tracing::debug!(%remote, problem, "not SIP");
            }
            None => return incoming,
        }
    }
}

fn dispatch(switch: &Arc<Switch>, transaction: ServerTransaction) {
    match transaction.request.method() {
        Some(Method::Register) => registrar::register(switch, &transaction),
        Some(Method::Invite) => invite(switch, transaction),
        _ => switch.endpoint.answer_default(transaction),
    }
}

/// Who is calling, or the response that the request gets.
fn caller(switch: &Switch, transaction: &ServerTransaction) -> Result<Caller, Box<Message>> {
    let request = &transaction.request;
    let known = switch.bridge() == Some(transaction.remote)
        && !switch.defects.has(Defect::BridgeAddressUnknown);
    let party =
        if switch.is_peer(transaction.remote) || switch.is_peer(listens_at(switch, transaction)) {
            Party::Outside
        } else if known {
            // Which of its users calls, From says: nobody else can send from there.
            let user = request.from().and_then(|from| from.uri.user);
            let index = user.and_then(|user| switch.accounts.by_username(&user));
            let unknown = || Box::new(Message::response(request, 403, "Forbidden"));
            switch.party(index.ok_or_else(unknown)?)
        } else {
            switch.party(switch.authenticate(request, true)?)
        };
    let given = (party == Party::Outside).then(|| given(switch, request));
    Ok(Caller { party, given })
}

/// Where the sender takes requests. A connection comes from any port of its machine, and the
/// topmost Via says where that listens (RFC 3261 §18.1.1).
fn listens_at(switch: &Switch, transaction: &ServerTransaction) -> SocketAddr {
    let remote = transaction.remote;
    let default = match switch.endpoint.channel().protocol_to(remote) {
        Protocol::Udp => return remote,
        Protocol::Tcp => 5060,
        Protocol::Tls => 5061,
    };
    let port = transaction.request.top_via().and_then(|via| via.port).unwrap_or(default);
    SocketAddr::new(remote.ip(), port)
}

/// What an outside caller shows of itself: P-Asserted-Identity before From (RFC 3325 §5),
/// in E.164 form where it is a number.
fn given(switch: &Switch, request: &Message) -> Shown {
    let asserted = request.get_all("P-Asserted-Identity").first().and_then(|v| NameAddr::parse(v));
    let source = asserted.or_else(|| request.from());
    let display = source.as_ref().and_then(|source| source.display.clone());
    let number = source
        .and_then(|source| source.uri.user().map(str::to_owned))
        .unwrap_or_else(|| "anonymous".to_owned());
    let number = switch.config.numbers.e164(&number).unwrap_or(number);
    Shown { number, display }
}

fn invite(switch: &Arc<Switch>, transaction: ServerTransaction) {
    let refuse = |status, reason: &str| {
        transaction.respond(Message::response(&transaction.request, status, reason));
    };
    let caller = match caller(switch, &transaction) {
        Ok(caller) => caller,
        Err(response) => return transaction.respond(*response),
    };
    let number = transaction.request.request_uri().and_then(dialled);
    let destination = number.and_then(|number| switch.route(caller.party, &number));
    let Some(destination) = destination else { return refuse(404, "Not Found") };
    if let Some((status, reason)) = switch.refusal(caller.party, &destination) {
        return refuse(status, reason);
    }
    if switch.defects.has(Defect::CallRedirected)
        && let Some(target) = switch.targets(&destination).first()
    {
        let contact = format!("<{}>", target.request_uri);
        let moved = Message::response(&transaction.request, 302, "Moved Temporarily");
        return transaction.respond(moved.with("Contact", contact));
    }
    call::start(switch, transaction, &caller, &destination);
}
