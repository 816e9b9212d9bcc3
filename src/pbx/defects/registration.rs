//! Defects of the registrar (guide 5.2, 6.1 and 2.6.6), and of what it knows when a user is
//! called.

use bytes::Bytes;

use super::row::Row;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::pbx::config::Registration;
use crate::record::Cause;

use crate::sip::{Message, Method, StartLine};
use crate::wire::Way;

/// Every clause in which somebody calls or transfers to a registered user.
const CALLS_TO_USERS: &[&str] = &["6.4", "6.5", "7.1.1", "7.1.2", "7.1.4a", "7.1.4b", "7.2.1"];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::RegistrationSilent,
        "registration-silent",
        "never answers a REGISTER",
        &["6.1"],
        Cause::NoResponse,
    )
    .seen("guide 5.2: a firewall or an access list drops what it does not know")
    .tampers(lose_registers),
    Row::new(
        Defect::NotSip,
        "not-sip",
        "answers every REGISTER with something that is no SIP message",
        &["6.1"],
        Cause::NotSip,
    )
    .seen("ports where another service of the PBX listens")
    .tampers(answer_gibberish),
    Row::new(
        Defect::UserAgentIgnored,
        "user-agent-ignored",
        "never answers a REGISTER whose User-Agent it does not know, the bridge's among them",
        &["6.1"],
        Cause::NoResponse,
    )
    .seen("guide 2.6.7; Kamailio and OpenSIPS configurations that drop unknown User-Agents")
    .tampers(ignore_user_agent),
    Row::new(
        Defect::UserAgentBlocked,
        "user-agent-blocked",
        "answers 403, without a challenge, where it does not know the User-Agent",
        &["6.1"],
        Cause::ClientBlocked,
    )
    .seen("guide 2.6.7: PBXs that admit certified phones only")
    .tampers(block_user_agent),
    Row::new(
        Defect::RegistersBanned,
        "registers-banned",
        "ignores an address after its first two REGISTERs, which every registration needs",
        &["6.1"],
        Cause::SourceBanned,
    )
    .seen(
        "fail2ban, 3CX's anti-hacking and pike, which take many users of one address for an attack",
    )
    .tampers(ban_registers),
    Row::new(
        Defect::EndlessChallenge,
        "endless-challenge",
        "answers a REGISTER with 401 whatever its credentials",
        &["6.1"],
        Cause::AuthenticationFailure,
    )
    .seen("Asterisk, which says 401 again to a wrong password and to an unknown user"),
    Row::new(
        Defect::WrongRealm,
        "wrong-realm",
        "announces another realm than it computes with, so that every password is wrong",
        &["6.1"],
        Cause::AuthenticationFailure,
    )
    .seen("guide 5.2; PBXs behind a proxy that puts its own realm into the challenge")
    .tampers(announce_other_realm),
    Row::new(
        Defect::UserLimit,
        "user-limit",
        "lets one user register, and answers 503 to all others",
        &["6.1"],
        Cause::RegistrationRefused,
    )
    .seen("guide 2.6.1: licences for remote users, counted at registration"),
    Row::new(
        Defect::ContactMissing,
        "contact-missing",
        "answers REGISTER with a 200 that has no Contact",
        &["6.1"],
        Cause::BindingMissing,
    )
    .seen("older gateways and registrars of telephone makers")
    .tampers(omit_contacts),
    Row::new(
        Defect::ForeignContact,
        "foreign-contact",
        "answers REGISTER with a 200 that lists only the Contact of another phone",
        &["6.1"],
        Cause::BindingMissing,
    )
    .seen("accounts with one contact that the desk phone keeps; SIP ALGs that rewrite Contact")
    .tampers(list_foreign_contact),
    Row::new(
        Defect::OneBindingPerAddress,
        "one-binding-per-address",
        "forgets every other user of an address and port when one registers from there",
        CALLS_TO_USERS,
        Cause::BindingLost,
    )
    // The refusal itself, where the binding is back by the time it is asked for.
    .also(&[Cause::CallRejected])
    .seen("registrars that tell phones apart by their address: guide 7.2 is there for them"),
    Row::new(
        Defect::ShortExpiry,
        "short-expiry",
        "grants 300 s of the 3600 s asked for",
        &["6.1"],
        Cause::ShortExpiry,
    )
    .seen("guide 2.6.6; defaults of many hosted PBXs"),
    Row::new(
        Defect::HalfExpiry,
        "half-expiry",
        "grants 1800 s of the 3600 s asked for",
        &["6.1"],
        Cause::ShortExpiry,
    )
    .seen("guide 2.6.6; sip-force-expires of FreeSWITCH's examples"),
    Row::new(
        Defect::NoMinExpires,
        "no-min-expires",
        "answers 423 to 3600 s and does not say what would be enough",
        &["6.1"],
        Cause::RegistrationRefused,
    )
    .seen("registrars that break RFC 3261 §10.3 step 7")
    .tampers(omit_min_expires),
    Row::new(
        Defect::ContactUserDropped,
        "contact-user-dropped",
        "calls a user at the address of its Contact without the user part",
        &["6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.4a", "7.1.4b", "7.2.1"],
        Cause::ContactAltered,
    )
    .seen("PBXs that send to the address of a binding and keep nothing else of its Contact"),
];

impl Defects {
    /// The limits of the registrar as the defects leave them.
    pub(in crate::pbx) fn limits(&self, mut limits: Registration) -> Registration {
        if self.has(Defect::ShortExpiry) {
            limits.max_expires_s = 300;
        }
        if self.has(Defect::HalfExpiry) {
            limits.max_expires_s = 1800;
        }
        if self.has(Defect::NoMinExpires) {
            limits.min_expires_s = 7200;
        }
        limits
    }
}

fn is_register(message: &Message) -> bool {
    message.method() == Some(&Method::Register)
}

/// Whether the PBX sends an answer to REGISTER with that status.
fn answers(passage: &Passage<'_>, message: &Message, status: u16) -> bool {
    let register = message.cseq().is_some_and(|(_, method)| method == Method::Register);
    passage.way == Way::Sent && register && message.status() == Some(status)
}

fn lose_registers(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Received && is_register(&message) {
        return Fate::Lost;
    }
    Fate::Passes(message)
}

fn answer_gibberish(passage: &mut Passage<'_>, message: Message) -> Fate {
    let answers_register = message.cseq().is_some_and(|(_, method)| method == Method::Register);
    if passage.way == Way::Sent && answers_register {
        return Fate::Becomes(Bytes::from_static(b"220 pbx.example.com ESMTP\r\n"));
    }
    Fate::Passes(message)
}

/// The bridge's product, which few PBXs know before they are told (guide 2.6.7).
fn is_bridges(message: &Message) -> bool {
    message.get("User-Agent").is_some_and(|agent| agent.contains("Call2Teams"))
}

fn ignore_user_agent(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Received && is_register(&message) && is_bridges(&message) {
        return Fate::Lost;
    }
    Fate::Passes(message)
}

fn block_user_agent(passage: &mut Passage<'_>, mut message: Message) -> Fate {
    if passage.way == Way::Received && is_register(&message) && is_bridges(&message) {
        passage.notes.insert(message.call_id().to_owned(), 1);
    }
    if answers(passage, &message, 401) && passage.notes.contains_key(message.call_id()) {
        message.start = StartLine::Response { status: 403, reason: "Forbidden".to_owned() };
        return Fate::Passes(message.without("WWW-Authenticate"));
    }
    Fate::Passes(message)
}

/// Phones have addresses of their own; the users of the bridge share one.
fn ban_registers(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Sent || !is_register(&message) {
        return Fate::Passes(message);
    }
    let source = message.contacts().first().map_or_else(String::new, |c| c.uri.host_port());
    let count = passage.notes.entry(source).or_default();
    *count += 1;
    if *count > 2 { Fate::Lost } else { Fate::Passes(message) }
}

fn announce_other_realm(passage: &mut Passage<'_>, message: Message) -> Fate {
    if !answers(passage, &message, 401) {
        return Fate::Passes(message);
    }
    let challenge = message.get("WWW-Authenticate").unwrap_or_default();
    let (head, rest) = challenge.split_once("realm=\"").unwrap_or((challenge, ""));
    let tail = rest.split_once('"').map_or("", |(_, tail)| tail);
    let other = format!("{head}realm=\"sbc.example.com\"{tail}");
    Fate::Passes(message.set("WWW-Authenticate", other))
}

fn omit_contacts(passage: &mut Passage<'_>, message: Message) -> Fate {
    if answers(passage, &message, 200) {
        return Fate::Passes(message.without("Contact"));
    }
    Fate::Passes(message)
}

/// A removal gets no Contact anyway.
fn list_foreign_contact(passage: &mut Passage<'_>, message: Message) -> Fate {
    let user = message.to().and_then(|to| to.uri.user).unwrap_or_default();
    if answers(passage, &message, 200) && message.get("Contact").is_some() {
        let foreign = format!("<sip:{user}@192.0.2.17:5062>;expires=3600");
        return Fate::Passes(message.without("Contact").with("Contact", foreign));
    }
    Fate::Passes(message)
}

fn omit_min_expires(passage: &mut Passage<'_>, message: Message) -> Fate {
    if answers(passage, &message, 423) {
        return Fate::Passes(message.without("Min-Expires"));
    }
    Fate::Passes(message)
}
