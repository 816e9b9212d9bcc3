//! Transfer with consultation: REFER whose target replaces a call (RFC 3891, RFC 5589 §7).

use std::fmt::Write as _;

use super::{AgentError, Call, Leaving, Phone};

impl Phone {
    /// Transfers its older standing call to the party of its later one, whose number is `number`
    /// in the PBX's format. `TransferAccepted` or `TransferRefused` follows; both calls stay.
    pub fn transfer_to_other(&self, number: &str) -> Result<(), AgentError> {
        let standing: Vec<Call> =
            self.calls().into_iter().filter(|call| !call.has_ended()).collect();
        let [held, other] = standing.as_slice() else {
            return Err(AgentError::NoCall("transfer with consultation"));
        };
        let replaces = other.replaces().ok_or(AgentError::NoCall("be replaced"))?;
        let domain = self.0.spec.peer.domain();
        let refer_to = format!("<sip:{number}@{domain}?Replaces={}>", escaped(&replaces));
        let referred_by = format!("<{}>", self.address_of_record());
        let held = held.clone();
        tokio::spawn(async move { held.refer(refer_to, referred_by, Leaving::Stays).await });
        Ok(())
    }
}

impl Call {
    /// What a Replaces header says of the call, from the PBX's point of view (RFC 3891 §6.1);
    /// `None` before the PBX's tag is known.
    fn replaces(&self) -> Option<String> {
        let session = self.session();
        let (id, own, peers) = (session.call_id(), session.local_tag(), self.peer_tag()?);
        Some(format!("{id};to-tag={peers};from-tag={own}"))
    }
}

/// A header's value as it may stand in a URI (RFC 3261 §19.1.1).
fn escaped(value: &str) -> String {
    let mut escaped = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_a_uri_is_escaped() {
        assert_eq!(escaped("a@b;to-tag=c"), "a%40b%3Bto-tag%3Dc");
    }
}
