//! REGISTER (RFC 3261 §10.3).

use std::time::Instant;

use super::bindings::{Asked, Binding, Refused, Request};
use super::defects::Defect;
use super::switch::Switch;
use crate::sip::Message;
use crate::sip::endpoint::ServerTransaction;

/// Answers a REGISTER.
pub(super) fn register(switch: &Switch, transaction: &ServerTransaction) {
    let response = answer(switch, transaction);
    transaction.respond(response);
}

fn answer(switch: &Switch, transaction: &ServerTransaction) -> Message {
    let request = &transaction.request;
    let account = match switch.authenticate(request, false) {
        Ok(account) => account,
        Err(response) => return *response,
    };
    let Some(record) = request.to().map(|to| to.uri) else {
        return Message::response(request, 400, "Bad Request");
    };
    let served = switch.config.registration.domain.as_ref();
    let elsewhere = served.is_some_and(|domain| !domain.eq_ignore_ascii_case(&record.host));
    let owner = record.user().and_then(|name| switch.accounts.by_username(name));
    if owner != Some(account) || elsewhere {
        return switch.refused(request);
    }
    let Some((cseq, _)) = request.cseq() else {
        return Message::response(request, 400, "Bad Request");
    };
    let values = request.get_all("Contact").into_iter().filter(|value| value.trim() != "*");
    let Some(contacts) = values.map(Asked::read).collect::<Option<Vec<Asked>>>() else {
        return Message::response(request, 400, "Bad Contact");
    };
    let refused = |asked: &Asked| !switch.defects.takes_contact(&asked.uri);
    if contacts.iter().any(refused) {
        return Message::response(request, 400, "Bad Contact");
    }
    let asked = Request {
        contacts: &contacts,
        all: request.contact_is_star(),
        expires: request.expires(),
        call_id: request.call_id(),
        cseq,
        source: transaction.remote,
    };
    let now = Instant::now();
    let mut bindings = switch.bindings();
    if switch.defects.has(Defect::OneBindingPerAddress) {
        bindings.forget_others(account, transaction.remote);
    }
    let another = |user: usize| user != account && !bindings.current(user, now).is_empty();
    if switch.defects.has(Defect::UserLimit) && switch.accounts.users().any(another) {
        return Message::response(request, 503, "User Limit Reached");
    }
    if switch.defects.has(Defect::RemovalIgnored) && asked.removes() {
        return with_bindings(request, &bindings.current(account, now), now);
    }
    if switch.defects.has(Defect::RegistrationEndsCalls)
        && let Some(call) = switch.standing().remove(&account)
    {
        call.cancel();
    }
    match bindings.register(account, &asked, now) {
        Ok(()) => {}
        Err(Refused::TooBrief(seconds)) => {
            return Message::response(request, 423, "Interval Too Brief")
                .with("Min-Expires", seconds);
        }
        Err(Refused::BadWildcard) => return Message::response(request, 400, "Bad Contact"),
        Err(Refused::OutOfOrder) => return Message::response(request, 500, "Out of Order"),
    }
    let mut listed = bindings.current(account, now);
    let asks = asked.contacts.is_empty() && !asked.all;
    if listed.is_empty() && asks && switch.defects.has(Defect::RemovedYetListed) {
        listed.extend(bindings.removed(account).cloned());
    }
    with_bindings(request, &listed, now)
}

fn with_bindings(request: &Message, bindings: &[Binding], now: Instant) -> Message {
    bindings.iter().fold(Message::response(request, 200, "OK"), |response, binding| {
        response.with("Contact", binding.contact(now))
    })
}
