//! Which of the Contacts that a PBX lists is our own, also where it was rewritten on the way:
//! a PBX that calls a phone where its REGISTER came from (Asterisk's `rewrite_contact`,
//! FreeSWITCH's NDLB settings) lists it there.

use std::net::SocketAddr;

use super::Phone;
use crate::record::What;
use crate::sip::{Message, NameAddr};

impl Phone {
    /// Our own Contact in the 200, whatever other bindings stand beside it: as we wrote it,
    /// at the address that the PBX saw us at, or as an earlier 200 turned out to list it.
    pub(super) fn own_binding(&self, response: &Message) -> Option<NameAddr> {
        let listed = self.bindings_in(response);
        let seen = seen_at(response);
        let known = self.rewritten().clone();
        let at = |address: SocketAddr| listed.iter().find(|c| self.is_at(c, address)).cloned();
        at(self.told_address())
            .or_else(|| seen.and_then(at))
            .or_else(|| listed.iter().find(|c| known.as_deref() == Some(&written(c))).cloned())
    }

    /// Finds out which of several unknown Contacts is ours, if any: the one that is listed
    /// only while we are registered. A phone that keeps the account for itself stays.
    pub(super) async fn binding_by_trial(
        &self,
        response: &Message,
        asked: u32,
    ) -> Option<NameAddr> {
        let suspects = self.bindings_in(response);
        if suspects.is_empty() {
            return None;
        }
        // A PBX that lists nothing to who only asks would seem to forget us.
        let before = self.list().await?;
        if !before.iter().any(|listed| suspects.iter().any(|s| written(s) == written(listed))) {
            return None;
        }
        self.ask(Some(0)).await?;
        let without = self.list().await?;
        let again = self.ask(Some(asked)).await?;
        let mut ours = self.bindings_in(&again);
        ours.retain(|contact| !without.iter().any(|other| written(other) == written(contact)));
        match ours.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// Remembers how our binding is listed, and tells of it where that is not as we wrote it.
    pub(super) fn recognised(&self, own: &NameAddr) {
        let listed = written(own);
        let ours = self.contact().trim_matches(['<', '>']).to_owned();
        if listed == ours {
            return;
        }
        let before = self.rewritten().replace(listed.clone());
        if before.as_deref() != Some(&listed) {
            self.log().note(self.name(), "", What::ContactRewritten { ours, listed });
        }
    }

    /// Whether the 200 lists our user at that address.
    pub(super) fn is_listed_at(&self, response: &Message, address: SocketAddr) -> bool {
        self.bindings_in(response).iter().any(|contact| self.is_at(contact, address))
    }

    /// The bindings of our user that the PBX lists to who asks.
    async fn list(&self) -> Option<Vec<NameAddr>> {
        Some(self.bindings_in(&self.ask(None).await?))
    }

    /// The 2xx to a REGISTER, if that is what comes.
    async fn ask(&self, expires: Option<u32>) -> Option<Message> {
        let destination = self.0.spec.peer.address().ok()?;
        let (answered, _) = self.send_register(expires, destination, None).await;
        answered.ok().filter(|response| response.status().is_some_and(|s| s / 100 == 2))
    }

    /// The Contacts of our user.
    fn bindings_in(&self, response: &Message) -> Vec<NameAddr> {
        let mut contacts = response.contacts();
        contacts.retain(|contact| contact.uri.user() == Some(self.user()));
        contacts
    }

    fn is_at(&self, contact: &NameAddr, address: SocketAddr) -> bool {
        let default = self.0.spec.line.transport().default_port();
        contact.uri.ip() == Some(address.ip())
            && contact.uri.port.unwrap_or(default) == address.port()
    }
}

/// The binding's URI as the PBX lists it.
fn written(contact: &NameAddr) -> String {
    contact.uri.to_string()
}

/// Where the PBX saw our request come from (RFC 3581 §4).
pub(super) fn seen_at(response: &Message) -> Option<SocketAddr> {
    let via = response.top_via()?;
    Some(SocketAddr::new(via.received()?, via.rport()?))
}
