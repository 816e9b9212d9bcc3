//! The registrar's bindings (RFC 3261 §10.3), as a table without sockets or clock.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::config::Registration;

/// A Contact of a REGISTER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The URI as written: its whole text is what tells bindings apart, so that many users
    /// behind one address and port stay separate.
    pub(super) uri: String,
    /// The Contact header's parameters as written, without `expires`.
    pub(super) params: String,
    /// Its `expires` parameter.
    pub(super) expires: Option<u32>,
}

/// A REGISTER, as far as the table is concerned.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) contacts: &'a [Asked],
    /// `Contact: *`.
    pub(super) all: bool,
    /// The Expires header.
    pub(super) expires: Option<u32>,
    pub(super) call_id: &'a str,
    pub(super) cseq: u32,
    /// Where it came from.
    pub(super) source: SocketAddr,
}

impl Request<'_> {
    /// Whether it removes bindings and does nothing else.
    pub(super) fn removes(&self) -> bool {
        let ends = |contact: &Asked| contact.expires.or(self.expires) == Some(0);
        !self.contacts.is_empty() && self.contacts.iter().all(ends)
    }
}

/// A phone that can be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binding {
    pub(super) uri: String,
    pub(super) params: String,
    pub(super) source: SocketAddr,
    call_id: String,
    cseq: u32,
    registered: Instant,
    expires: Instant,
}

impl Binding {
    /// The Contact of a 200, with the seconds that are left.
    pub(super) fn contact(&self, now: Instant) -> String {
        let left = self.expires.saturating_duration_since(now).as_secs_f64().ceil() as u64;
        format!("<{}>{};expires={left}", self.uri, self.params)
    }
}

/// Why a REGISTER changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// 423 with this Min-Expires.
    TooBrief(u32),
    /// 400: `*` with other contacts, or with a time.
    BadWildcard,
    /// 500: it is older than what is stored (RFC 3261 §10.3, steps 6 and 7).
    OutOfOrder,
}

/// The table.
#[derive(Debug)]
pub(super) struct Bindings {
    limits: Registration,
    accounts: HashMap<usize, Vec<Binding>>,
    /// What each account removed last.
    removed: HashMap<usize, Binding>,
}

impl Bindings {
    pub(super) fn new(limits: Registration) -> Self {
        Self { limits, accounts: HashMap::new(), removed: HashMap::new() }
    }

    /// Applies a REGISTER to an account, all of it or nothing.
    pub(super) fn register(
        &mut self,
        account: usize,
        request: &Request<'_>,
        now: Instant,
    ) -> Result<(), Refused> {
        let mut bindings = self.current(account, now);
        if request.all {
            if !request.contacts.is_empty() || request.expires != Some(0) {
                return Err(Refused::BadWildcard);
            }
            if bindings.iter().any(|binding| binding.is_newer_than(request)) {
                return Err(Refused::OutOfOrder);
            }
            bindings.clear();
        }
        for asked in request.contacts {
            let seconds = asked
                .expires
                .or(request.expires)
                .unwrap_or(self.limits.default_expires_s)
                .min(self.limits.max_expires_s);
            if seconds > 0 && seconds < self.limits.min_expires_s {
                return Err(Refused::TooBrief(self.limits.min_expires_s));
            }
            if let Some(at) = bindings.iter().position(|binding| binding.uri == asked.uri) {
                if bindings[at].is_newer_than(request) {
                    return Err(Refused::OutOfOrder);
                }
                let old = bindings.remove(at);
                if seconds == 0 {
                    self.removed.insert(account, old);
                }
            }
            if seconds > 0 {
                bindings.push(Binding {
                    uri: asked.uri.clone(),
                    params: asked.params.clone(),
                    source: request.source,
                    call_id: request.call_id.to_owned(),
                    cseq: request.cseq,
                    registered: now,
                    expires: now + Duration::from_secs(u64::from(seconds)),
                });
            }
        }
        // Stable: of those registered at once, the first asked for goes first.
        bindings.sort_by_key(|binding| binding.registered);
        let surplus = bindings.len().saturating_sub(self.limits.max_contacts);
        bindings.drain(..surplus);
        self.accounts.insert(account, bindings);
        Ok(())
    }

    /// Forgets every binding from this address that is not the account's.
    pub(super) fn forget_others(&mut self, account: usize, source: SocketAddr) {
        for (_, bindings) in self.accounts.iter_mut().filter(|(other, _)| **other != account) {
            bindings.retain(|binding| binding.source != source);
        }
    }

    /// The binding that the account removed last.
    pub(super) fn removed(&self, account: usize) -> Option<&Binding> {
        self.removed.get(&account)
    }

    /// Of all bindings from this address, the one that was registered last.
    pub(super) fn latest_from(&self, source: SocketAddr, now: Instant) -> Option<Binding> {
        let all = self.accounts.values().flatten();
        let there = all.filter(|binding| binding.source == source && binding.expires > now);
        there.max_by_key(|binding| binding.registered).cloned()
    }

    /// The bindings of an account that have not expired, the oldest first.
    pub(super) fn current(&self, account: usize, now: Instant) -> Vec<Binding> {
        let all = self.accounts.get(&account).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(|binding| binding.expires > now).cloned().collect()
    }
}

impl Binding {
    fn is_newer_than(&self, request: &Request<'_>) -> bool {
        self.call_id == request.call_id && self.cseq >= request.cseq
    }
}

impl Asked {
    /// Reads one Contact value. Kept as text, so that parameters are echoed as they came.
    pub(super) fn read(value: &str) -> Option<Self> {
        let value = value.trim();
        let (uri, rest) = match angle(value) {
            Some(at) => {
                let (uri, rest) = value[at + 1..].split_once('>')?;
                (uri, rest)
            }
            // Without <> parameters belong to the header (RFC 3261 §20.10).
            None => value.find(';').map_or((value, ""), |at| value.split_at(at)),
        };
        let mut params = String::new();
        let mut expires = None;
        for param in split_params(rest) {
            let (name, value) = param.split_once('=').unwrap_or((param, ""));
            if name.trim().eq_ignore_ascii_case("expires") {
                expires = value.trim().parse().ok();
            } else if !name.trim().is_empty() {
                params.push(';');
                params.push_str(param.trim());
            }
        }
        let uri = uri.trim();
        (!uri.is_empty()).then(|| Self { uri: uri.to_owned(), params, expires })
    }
}

/// Where the `<` of the URI is, not one within a quoted display name.
fn angle(value: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    value.char_indices().find_map(|(at, c)| {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            '<' if !quoted => return Some(at),
            _ => {}
        }
        None
    })
}

/// Splits at semicolons outside quotes.
fn split_params(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    })
    .collect()
}

#[cfg(test)]
#[path = "bindings_tests.rs"]
mod tests;
