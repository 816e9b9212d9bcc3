//! Defects of the registrar (guide 5.2, 6.1 and 2.6.6), and of what it knows when a user is
//! called.

use bytes::Bytes;

use super::row::Row;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::pbx::config::Registration;
use crate::record::Cause;

use crate::sip::{Message, Method, NameAddr, StartLine};
use crate::wire::Way;

/// Every clause in which somebody calls or transfers to a registered user.
const CALLS_TO_USERS: &[&str] =
    &["2.6.2", "4.1.1.1", "4.1.1.8", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.4a", "7.1.4b", "7.2.1"];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::RegistrationSilent,
        "registration-silent",
        "never answers a REGISTER",
        &["2.3", "2.6.4", "2.6.7", "3", "6.1"],
        Cause::NoResponse,
    )
    .also(&[Cause::ClientBlocked])
    .seen("guide 5.2: a firewall or an access list drops what it does not know")
    .tampers(lose_registers),
    Row::new(
        Defect::NotSip,
        "not-sip",
        "answers every REGISTER with something that is no SIP message",
        &["2.3", "3", "6.1"],
        Cause::NotSip,
    )
    .seen("ports where another service of the PBX listens")
    .tampers(answer_gibberish),
    Row::new(
        Defect::UserAgentIgnored,
        "user-agent-ignored",
        "never answers a REGISTER whose User-Agent it does not know, the bridge's among them",
        &["2.3", "2.6.4", "2.6.7", "3", "6.1"],
        Cause::NoResponse,
    )
    .also(&[Cause::ClientBlocked])
    .seen("guide 2.6.7; Kamailio and OpenSIPS configurations that drop unknown User-Agents")
    .tampers(ignore_user_agent),
    Row::new(
        Defect::UserAgentBlocked,
        "user-agent-blocked",
        "answers 403, without a challenge, where it does not know the User-Agent",
        &["2.6.4", "2.6.7", "3", "6.1"],
        Cause::ClientBlocked,
    )
    .seen("guide 2.6.7: PBXs that admit certified phones only")
    .tampers(block_user_agent),
    Row::new(
        Defect::RegistersBanned,
        "registers-banned",
        "ignores an address after its first two REGISTERs, which every registration needs",
        &["2.6.4", "6.1"],
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
        &["3", "6.1"],
        Cause::AuthenticationFailure,
    )
    .seen("Asterisk, which says 401 again to a wrong password and to an unknown user"),
    Row::new(
        Defect::WrongRealm,
        "wrong-realm",
        "announces another realm than it computes with, so that every password is wrong",
        &["3", "6.1"],
        Cause::AuthenticationFailure,
    )
    .seen("guide 5.2; PBXs behind a proxy that puts its own realm into the challenge")
    .tampers(announce_other_realm),
    Row::new(
        Defect::UserLimit,
        "user-limit",
        "lets one user register, and answers 503 to all others",
        &["2.6.1", "3", "6.1"],
        Cause::RegistrationRefused,
    )
    .also(&[Cause::LicenceLimit])
    .seen("guide 2.6.1: licences for remote users, counted at registration"),
    Row::new(
        Defect::ContactMissing,
        "contact-missing",
        "answers REGISTER with a 200 that has no Contact",
        &["3", "6.1"],
        Cause::BindingMissing,
    )
    .seen("older gateways and registrars of telephone makers")
    .tampers(omit_contacts),
    Row::new(
        Defect::ForeignContact,
        "foreign-contact",
        "answers REGISTER with a 200 that lists only the Contact of another phone",
        &["3", "6.1"],
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
    .also(&[
        Cause::CallRejected,
        Cause::OneDeviceRings,
        Cause::BindingReplaced,
        Cause::NodeNotCalled,
        Cause::ContactDataHinders,
    ])
    .seen("registrars that tell phones apart by their address: guide 7.2 is there for them"),
    Row::new(
        Defect::OneDeviceRings,
        "one-device-rings",
        "rings only the latest of a user's devices",
        &["2.6.2"],
        Cause::OneDeviceRings,
    )
    .seen("guide 2.6.2; Asterisk with Dial(PJSIP/…) in place of PJSIP_DIAL_CONTACTS"),
    Row::new(
        Defect::OtherDeviceRingsOn,
        "other-device-rings-on",
        "does not cancel a user's other devices when one answers",
        &["2.6.2"],
        Cause::OtherDeviceRingsOn,
    )
    .seen("forking proxies that lose a CANCEL; ring groups with a device outside of them"),
    Row::new(
        Defect::ShortExpiry,
        "short-expiry",
        "grants 300 s of the 3600 s asked for",
        &["2.6.6", "6.1"],
        Cause::ShortExpiry,
    )
    .seen("guide 2.6.6; defaults of many hosted PBXs"),
    Row::new(
        Defect::HalfExpiry,
        "half-expiry",
        "grants 1800 s of the 3600 s asked for",
        &["2.6.6", "6.1"],
        Cause::ShortExpiry,
    )
    .seen("guide 2.6.6; sip-force-expires of FreeSWITCH's examples"),
    Row::new(
        Defect::ShrinkingExpiry,
        "shrinking-expiry",
        "grants half the time with every renewal",
        &["2.6.6"],
        Cause::ShrinkingExpiry,
    )
    // What is left after some renewals is too short by itself.
    .also(&[Cause::ShortExpiry])
    .seen("registrars behind an SBC whose cache counts from the first registration")
    .tampers(halve_expiry),
    Row::new(
        Defect::RemovalIgnored,
        "removal-ignored",
        "answers 200 to the removal of a binding and keeps it",
        &["2.6.6", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.4a", "7.1.4b", "7.2.1"],
        Cause::BindingNotRemoved,
    )
    // What 4.1.1.8 registered without the data parameter stays beside the Contact with it: both
    // ring at the same phone, and of the two calls the PBX takes one back.
    .also(&[Cause::CallDropped])
    .seen("SBCs that answer for the registrar, and registrars that look for another Contact"),
    Row::new(
        Defect::RemovedYetListed,
        "removed-yet-listed",
        "lists a removed binding to who asks, and does not call it",
        &["2.6.6"],
        Cause::BindingNotRemoved,
    )
    .shared()
    .seen("Asterisk 16 with chan_sip: \"Reg. Contact\" of sip show peer outlives the registration"),
    Row::new(
        Defect::RewritesContact,
        "rewrites-contact",
        "lists a phone at the address of the proxy that it came through",
        &["2.6.5"],
        Cause::ContactRewritten,
    )
    .shared()
    .seen("Asterisk with rewrite_contact and FreeSWITCH with NDLB settings, behind an SBC")
    .tampers(list_at_proxy),
    Row::new(
        Defect::NoMinExpires,
        "no-min-expires",
        "answers 423 to 3600 s and does not say what would be enough",
        &["3", "6.1"],
        Cause::RegistrationRefused,
    )
    .seen("registrars that break RFC 3261 §10.3 step 7")
    .tampers(omit_min_expires),
    Row::new(
        Defect::ContactUserDropped,
        "contact-user-dropped",
        "calls a user at the address of its Contact without the user part",
        &[
            "2.6.5", "3.1", "4.1.1.8", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.4a", "7.1.4b",
            "7.2.1",
        ],
        Cause::ContactAltered,
    )
    // With the user part its parameters are gone as well.
    .also(&[Cause::ContactRewritten, Cause::ContactDataLost])
    .seen("PBXs that send to the address of a binding and keep nothing else of its Contact"),
    Row::new(
        Defect::OutgoingOnly,
        "outgoing-only",
        "lets users register and call out, and puts no call through to them",
        &["2.6.1", "2.6.2", "3.1", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.4a", "7.1.4b", "7.2.1"],
        Cause::OnlineOutgoingOnly,
    )
    .also(&[Cause::CallRejected, Cause::TransferTargetRefused])
    .seen(
        "guide 3.1: Online (outgoing); accounts on do-not-disturb, or of a class for dialling out",
    ),
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
        if self.has(Defect::OneBindingKept) {
            limits.max_contacts = 1;
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

/// The other phone is there whether we are or not.
fn list_foreign_contact(passage: &mut Passage<'_>, message: Message) -> Fate {
    let user = message.to().and_then(|to| to.uri.user).unwrap_or_default();
    if answers(passage, &message, 200) {
        let foreign = format!("<sip:{user}@192.0.2.17:5062>;expires=3600");
        return Fate::Passes(message.without("Contact").with("Contact", foreign));
    }
    Fate::Passes(message)
}

/// The message with each of its Contacts changed.
fn with_contacts(message: Message, change: impl Fn(NameAddr) -> String) -> Message {
    let contacts: Vec<String> = message.contacts().into_iter().map(change).collect();
    let bare = message.without("Contact");
    contacts.into_iter().fold(bare, |message, contact| message.with("Contact", contact))
}

fn halve_expiry(passage: &mut Passage<'_>, message: Message) -> Fate {
    if !answers(passage, &message, 200) {
        return Fate::Passes(message);
    }
    let renewals = passage.notes.entry(message.call_id().to_owned()).or_default();
    let granted = 3600_u64 >> (*renewals).min(11);
    *renewals += 1;
    let shorter = |mut contact: NameAddr| {
        contact.params.set("expires", Some(&granted.to_string()));
        contact.to_string()
    };
    Fate::Passes(with_contacts(message, shorter))
}

fn list_at_proxy(passage: &mut Passage<'_>, message: Message) -> Fate {
    if !answers(passage, &message, 200) {
        return Fate::Passes(message);
    }
    let moved = |mut contact: NameAddr| {
        "192.0.2.17".clone_into(&mut contact.uri.host);
        contact.to_string()
    };
    Fate::Passes(with_contacts(message, moved))
}

fn omit_min_expires(passage: &mut Passage<'_>, message: Message) -> Fate {
    if answers(passage, &message, 423) {
        return Fate::Passes(message.without("Min-Expires"));
    }
    Fate::Passes(message)
}
