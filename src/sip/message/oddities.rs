//! What is odd about a message that could be read: for the report, never a reason to drop it.

use super::model::Message;
use super::names::SINGLE;
use crate::sip::split::{split_outside, unbalanced};
use crate::sip::{NameAddr, Uri, Via};
use std::borrow::Cow;

const MOST: usize = 32;

/// A list that a hostile peer cannot grow beyond [`MOST`] entries.
#[derive(Default)]
pub(crate) struct Oddities(Vec<String>);

impl Oddities {
    pub(crate) fn note(&mut self, what: impl Into<String>) {
        let what = what.into();
        if self.0.len() < MOST && !self.0.contains(&what) {
            self.0.push(what);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<String> {
        self.0
    }
}

/// At most 60 characters of `text`.
pub(crate) fn short(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(60) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Looks at the headers that every transaction and dialog leans on.
pub(crate) fn look(message: &Message, odd: &mut Oddities) {
    presence(message, odd);
    addresses(message, odd);
    numbers(message, odd);
    if let Some(uri) = message.request_uri()
        && Uri::parse(uri).is_err()
    {
        odd.note(format!("the Request-URI {:?} cannot be read", short(uri)));
    }
}

fn presence(message: &Message, odd: &mut Oddities) {
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        if message.get(name).is_none_or(str::is_empty) {
            odd.note(format!("no {name}"));
        }
    }
    if message.is_request() && message.get("Max-Forwards").is_none() {
        odd.note("no Max-Forwards");
    }
    for name in SINGLE {
        if message.headers.iter().filter(|h| h.name.eq_ignore_ascii_case(name)).count() > 1 {
            odd.note(format!("{name} stands there more than once"));
        }
    }
}

fn addresses(message: &Message, odd: &mut Oddities) {
    for name in ["From", "To", "Contact", "Refer-To", "Route", "Record-Route"] {
        for value in message.get_all(name) {
            let star = name == "Contact" && value == "*";
            if value.is_empty() {
                odd.note(format!("an empty value in {name}"));
            } else if unbalanced(value) {
                odd.note(format!("open quote or bracket in {name}"));
            } else if !star {
                address(name, value, odd);
            }
        }
    }
    for value in message.get_all("Via") {
        if value.is_empty() {
            odd.note("an empty value in Via");
        } else if Via::parse(value).is_none() {
            odd.note(format!("the Via {:?} cannot be read", short(value)));
        } else if empty_parameters(value) {
            odd.note("empty parameters in Via");
        }
    }
    for (name, has_tag) in [("From", message.from_tag()), ("To", message.to_tag())] {
        let needed = name == "From" || message.status().is_some_and(|status| status > 100);
        if needed && has_tag.is_none() && message.get(name).is_some() {
            odd.note(format!("{name} has no tag"));
        }
    }
}

fn empty_parameters(value: &str) -> bool {
    split_outside(value, b';').iter().skip(1).any(|piece| piece.is_empty())
}

fn address(name: &str, value: &str, odd: &mut Oddities) {
    let Some(parsed) = NameAddr::parse(value) else {
        odd.note(format!("the {name} {:?} cannot be read", short(value)));
        return;
    };
    let bracketed = value.contains('<');
    if !bracketed && value.contains(['?', ',']) {
        odd.note(format!("a URI with ? or , in {name} stands without angle brackets"));
    }
    if parsed.uri.scheme.is_empty() {
        odd.note(format!("the URI in {name} has no scheme"));
    }
    if parsed.uri.to_string().contains(char::is_whitespace) || value.contains("< ") {
        odd.note(format!("white space in the URI of {name}"));
    }
    if empty_parameters(value) {
        odd.note(format!("empty parameters in {name}"));
    }
    let unquoted = !value.starts_with('"');
    let token = |c: char| c.is_ascii_alphanumeric() || " \t-.!%*_+`'~".contains(c);
    if unquoted && parsed.display.as_deref().is_some_and(|d| !d.chars().all(token)) {
        odd.note(format!("the display name in {name} should be quoted"));
    }
}

fn numbers(message: &Message, odd: &mut Oddities) {
    if let Some(written) = message.get("CSeq") {
        match message.cseq() {
            None => odd.note(format!("the CSeq {:?} cannot be read", short(written))),
            Some((number, _)) if number > i32::MAX as u32 => {
                odd.note("the CSeq number is above 2^31 - 1");
            }
            Some((_, method)) => {
                if message.method().is_some_and(|of_request| *of_request != method) {
                    odd.note("the CSeq names another method than the start line");
                }
            }
        }
    }
    let seconds = u64::from(u32::MAX);
    let limits = [("Max-Forwards", 255), ("Expires", seconds), ("Min-Expires", seconds)];
    for (name, most) in limits {
        let Some(written) = message.get(name) else { continue };
        if written.trim().parse::<u64>().ok().is_none_or(|number| number > most) {
            odd.note(format!("{name} {:?} is no number in range", short(written)));
        }
    }
    if let Some(written) = message.get("Retry-After") {
        // A comment and parameters may follow (RFC 3261 §20.33).
        let digits = written.split([' ', ';', '(']).next().unwrap_or_default();
        if digits.parse::<u32>().is_err() {
            odd.note(format!("Retry-After {:?} is no number in range", short(written)));
        }
    }
    // What is out of range is read as the longest time; it stays odd.
    let in_range = |text: String| text.trim().parse::<u32>().is_ok();
    if message
        .contacts()
        .iter()
        .any(|c| c.params.has("expires") && !c.params.get("expires").is_some_and(in_range))
    {
        odd.note("the expires of a Contact is no number in range");
    }
    if let Some(date) = message.get("Date")
        && !date.ends_with("GMT")
    {
        odd.note("Date is not in GMT");
    }
}
