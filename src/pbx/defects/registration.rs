//! Defects of the registrar (guide 5.2 and 6.1).

use super::Defect;
use super::row::Row;
use super::tamper::{Fate, Passage};
use bytes::Bytes;

use crate::record::Cause;
use crate::sip::{Message, Method};
use crate::wire::Way;

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
];

fn lose_registers(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Received && message.method() == Some(&Method::Register) {
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
