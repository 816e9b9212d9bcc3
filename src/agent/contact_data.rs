//! The parameter by which the bridge knows whose call arrives (guide 4.1.1.8): the PBX gives it
//! back with the rest of the Contact, in the Request-URI (RFC 3261 §10.2.1, §16.5).

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Phone;
use crate::record::What;
use crate::sip::{Message, Uri};

/// The URI parameter's name.
const NAME: &str = "data";

/// Bytes of the digest that make a value: enough to tell users apart, and short.
const LENGTH: usize = 6;

/// The value of a user: the same in every run, so that a killed run's binding is replaced.
pub(super) fn data_of(username: &str, domain: &str) -> String {
    let digest = Sha256::digest(format!("{username}@{domain}"));
    digest.iter().take(LENGTH).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Phone {
    /// With (`true`) or without the parameter from now on. A binding that stands has to be
    /// removed before: to the PBX it may be another one.
    pub fn carry_contact_data(&self, on: bool) {
        self.0.carries_data.store(on, std::sync::atomic::Ordering::Relaxed);
    }

    /// The value that its Contact carries, if it carries one.
    pub(super) fn contact_data(&self) -> Option<&str> {
        let on = self.0.carries_data.load(std::sync::atomic::Ordering::Relaxed);
        self.0.spec.contact_data.as_deref().filter(|_| on)
    }

    /// `;data=…`, or nothing.
    pub(super) fn data_parameter(&self) -> String {
        self.contact_data().map_or_else(String::new, |data| format!(";{NAME}={data}"))
    }

    /// What came back of it in a call's Request-URI, if our Contact has any.
    pub(super) fn data_in(&self, invite: &Message) -> Option<What> {
        let sent = self.contact_data()?.to_owned();
        let uri = invite.request_uri().and_then(|uri| Uri::parse(uri).ok());
        Some(What::ContactData { sent, back: uri.and_then(|uri| uri.params.get(NAME)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_has_a_value_of_its_own_that_does_not_change() {
        let value = data_of("1001", "pbx.example.com");
        assert_eq!(value, data_of("1001", "pbx.example.com"));
        assert_eq!(value.len(), 2 * LENGTH);
        assert_ne!(value, data_of("1002", "pbx.example.com"));
        assert_ne!(value, data_of("1001", "other.example.com"));
    }
}
