//! The phones that a scenario gets of the stage.

use std::net::SocketAddr;
use std::sync::Arc;

use super::super::contact_data::data_of;
use super::super::line::LineSpec;
use super::super::{AgentError, Line, Peer, Phone, PhoneSpec};
use super::{Outside, Place, Stage};
use crate::media::Codec;
use crate::profile::{self, Account, Authentication, MediaEncryption, User};
use crate::sip::digest::Credentials;
use crate::sip::sdp::Encryption;

impl Stage {
    /// The phone of a Teams user, on the bridge's one socket.
    pub fn user(&self, index: usize, name: &str, place: &Place) -> Result<Phone, AgentError> {
        self.user_on(self.bridge.clone(), index, name, place)
    }

    /// The same user from another port, as a product of another name (guide 2.6.7).
    pub fn user_as(
        &self,
        index: usize,
        name: &str,
        user_agent: &str,
        place: &Place,
    ) -> Result<Phone, AgentError> {
        let spec = LineSpec {
            what: "another device",
            bind: SocketAddr::new(self.profile.bridge.bind.ip(), 0),
            transport: self.bridge.transport().clone(),
            loss: None,
            media_ip: self.profile.bridge.media_bind,
            user_agent: user_agent.to_owned(),
            registrar: None,
            same_number: Box::new(|one, other| one == other),
        };
        let line = Line::open(spec, self.tap.clone())?;
        self.user_on(line, index, name, place)
    }

    /// The same user at the second node of the bridge; `None` if the profile has none.
    pub fn user_at_second_node(
        &self,
        index: usize,
        name: &str,
        place: &Place,
    ) -> Option<Result<Phone, AgentError>> {
        let line = self.second_node.clone()?;
        Some(self.user_on(line, index, name, place))
    }

    pub(in crate::agent) fn user_on(
        &self,
        line: Line,
        index: usize,
        name: &str,
        place: &Place,
    ) -> Result<Phone, AgentError> {
        let user: &User = self.profile.users.get(index).ok_or_else(|| lacking("user", index))?;
        let registers = self.profile.pbx.authentication == Authentication::Registration;
        Ok(self.plug_in(PhoneSpec {
            user: user.username.clone(),
            aliases: numbers([Some(&user.number), user.extension.as_ref()]),
            display: Some(user.name.clone()),
            credentials: registers
                .then(|| Credentials::new(user.digest_username(), user.password.expose())),
            contact_data: Some(data_of(&user.username, self.pbx.domain())),
            carries_data: !self.profile.pbx.suppress_contact_data,
            codecs: self.codecs(),
            ..self.of_pbx(&line, name, place)
        }))
    }

    /// The phone of another extension, on its own socket.
    pub fn extension(&self, index: usize, name: &str, place: &Place) -> Result<Phone, AgentError> {
        let lacking = || lacking("extension", index);
        let extension = self.profile.extensions.get(index).ok_or_else(lacking)?;
        let line = self.extensions.get(index).ok_or_else(lacking)?;
        let credentials =
            Credentials::new(extension.digest_username(), extension.password.expose());
        Ok(self.plug_in(PhoneSpec {
            user: extension.username.clone(),
            aliases: numbers([Some(&extension.extension), extension.number.as_ref()]),
            display: Some(extension.name.clone()),
            credentials: Some(credentials),
            ..self.of_pbx(line, name, place)
        }))
    }

    /// The desk phone of a Teams user on the user's own extension, on its own socket.
    pub fn second_device(
        &self,
        index: usize,
        name: &str,
        place: &Place,
    ) -> Result<Phone, AgentError> {
        let lacking = || lacking("desk phone of user", index);
        let user: &User = self.profile.users.get(index).ok_or_else(lacking)?;
        let phone = user.desk_phone.as_ref().ok_or_else(lacking)?;
        let line = self.second_devices.get(&index).ok_or_else(lacking)?;
        let digest_username = phone.auth_username.as_deref().unwrap_or(&phone.username);
        Ok(self.plug_in(PhoneSpec {
            user: phone.username.clone(),
            aliases: numbers([Some(&user.number), Some(&user.username), user.extension.as_ref()]),
            display: Some(user.name.clone()),
            credentials: Some(Credentials::new(digest_username, phone.password.expose())),
            ..self.of_pbx(line, name, place)
        }))
    }

    /// An outside phone with one of the external numbers.
    pub fn external(&self, index: usize, name: &str, place: &Place) -> Result<Phone, AgentError> {
        let number = self
            .profile
            .external
            .numbers
            .get(index)
            .ok_or_else(|| lacking("external number", index))?;
        let spec = |line: &Line, peer: &Peer, account: Option<&Account>| PhoneSpec {
            user: account.map_or_else(|| number.clone(), |account| account.username.clone()),
            aliases: vec![number.clone()],
            credentials: account.map(|account| {
                Credentials::new(account.digest_username(), account.password.expose())
            }),
            own_domain: account.is_none().then(|| line.local_for(peer).ip().to_string()),
            // Media encryption is of the PBX's users; the outside stays plain.
            encryption: Encryption::Off,
            behind_router: account.is_some(),
            peer: peer.clone(),
            ..self.of_pbx(line, name, place)
        };
        match (&self.outside, &self.profile.external.line) {
            (Outside::Trunk(line, pbx), _) => Ok(self.plug_in(spec(line, pbx, None))),
            (Outside::Accounts(lines), profile::Line::Accounts(accounts)) => {
                let owner = accounts
                    .iter()
                    .position(|account| account.number == *number)
                    .ok_or_else(|| AgentError::Lacking(format!("an account for {number}")))?;
                let (line, peer) = &lines[owner];
                Ok(self.plug_in(spec(line, peer, accounts.get(owner))))
            }
            (Outside::Accounts(_), profile::Line::Trunk(_)) => {
                Err(AgentError::Lacking("the accounts of the outside".to_owned()))
            }
        }
    }

    /// What every phone of the PBX is: a G.711 phone on a line, nobody's yet.
    fn of_pbx(&self, line: &Line, name: &str, place: &Place) -> PhoneSpec {
        PhoneSpec {
            name: name.to_owned(),
            user: String::new(),
            aliases: Vec::new(),
            display: None,
            credentials: None,
            contact_data: None,
            carries_data: false,
            own_domain: None,
            expires: self.profile.pbx.expires,
            codecs: Codec::G711.to_vec(),
            encryption: self.encryption(),
            behind_router: false,
            peer: self.pbx.clone(),
            line: line.clone(),
            label: place.label.clone(),
            log: place.log.clone(),
        }
    }

    /// Of the Teams users; all others have G.711.
    fn codecs(&self) -> Vec<Codec> {
        let named = |codec: &profile::Codec| Codec::from_name(codec.name());
        self.profile.bridge.codecs.iter().filter_map(named).collect()
    }

    /// Of the PBX's users (guide 4.1.1.6).
    fn encryption(&self) -> Encryption {
        match self.profile.pbx.media_encryption {
            MediaEncryption::No => Encryption::Off,
            MediaEncryption::Sdes => Encryption::Required,
        }
    }

    fn plug_in(&self, spec: PhoneSpec) -> Phone {
        Phone::plug_in(spec, self.engine.clone(), Arc::clone(&self.identities))
    }
}

/// Those that are there.
fn numbers<const N: usize>(of: [Option<&String>; N]) -> Vec<String> {
    of.into_iter().flatten().cloned().collect()
}

fn lacking(what: &str, index: usize) -> AgentError {
    AgentError::Lacking(format!("{what} number {}", index + 1))
}
