//! What a profile of the embedded PBX is filled with at the start of a run.

use std::net::{IpAddr, SocketAddr};

use super::people::letter_name;
use super::{
    Bridge, DeskPhone, Extension, External, HostPort, Line, NumberFormat, Pbx, Profile, Protocol,
    Secret, Softphone, Trunk, User,
};

/// Where the embedded PBX is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Its address for UDP and TCP.
    pub sip: SocketAddr,
    /// Its address for TLS and the authority that it made for itself, PEM.
    pub tls: Option<(SocketAddr, String)>,
    /// Its STUN server, if it has one.
    pub stun: Option<SocketAddr>,
}

/// A user of the embedded PBX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedUser {
    /// Display name.
    pub name: String,
    /// SIP username and extension.
    pub username: String,
    /// Direct number, E.164.
    pub number: String,
}

impl EmbeddedUser {
    /// The user with that index: 1001 to 1016, which the PBX has anyhow, then 2016 and so on,
    /// with numbers of another range that is kept free for fiction.
    pub fn nth(index: usize) -> Self {
        let name = letter_name(index);
        if index < Profile::EMBEDDED_USERS {
            let (username, number) = (1001 + index, 101 + index);
            return Self {
                name,
                username: username.to_string(),
                number: format!("+441632960{number}"),
            };
        }
        let username = (2000 + index).to_string();
        Self { name, username, number: format!("+442079460{index:03}") }
    }
}

impl From<SocketAddr> for Reached {
    fn from(sip: SocketAddr) -> Self {
        Self { sip, tls: None, stun: None }
    }
}

impl Profile {
    /// How many users the embedded PBX has if the profile does not say, so that scenarios can run
    /// side by side.
    pub const EMBEDDED_USERS: usize = 16;

    /// Fills a profile that says `embedded: true`: the PBX at `pbx`, bridge, trunk and
    /// phones on free ports of the same address, users 1001 to 1016 with numbers
    /// from +441632960101 and perhaps more of them, as many external numbers from +441632960201 and one of another
    /// country, extension phones from 1101, and for each username the password that the PBX
    /// gave it. The numbers are of the ranges that are kept free for fiction.
    #[must_use]
    pub fn filled(self, pbx: impl Into<Reached>, password: impl Fn(&str) -> Secret) -> Self {
        let Reached { sip: pbx, tls, stun } = pbx.into();
        let (phones, ca_pem) = match tls.filter(|_| self.pbx.protocol == Protocol::Tls) {
            Some((address, authority)) => (address, Some(authority)),
            None => (pbx, None),
        };
        let host_port =
            |at: SocketAddr| HostPort { host: at.ip().to_string(), port: Some(at.port()) };
        let here = SocketAddr::new(pbx.ip(), 0);
        let count = self.pbx.embedded_users;
        let user = |index: usize| {
            let EmbeddedUser { name, username, number } = EmbeddedUser::nth(index);
            // One user of each pair has a second device on the same account (guide 2.6.2).
            let shares = index < Self::EMBEDDED_USERS && index.is_multiple_of(2);
            User {
                name,
                auth_username: None,
                password: password(&username),
                number,
                extension: Some(username.clone()),
                desk_phone: shares.then(|| DeskPhone {
                    username: username.clone(),
                    auth_username: None,
                    password: password(&username),
                    bind: Some(here),
                }),
                username,
            }
        };
        let phone = |index: usize| Extension {
            name: if index == 0 {
                "Desk phone".to_owned()
            } else {
                format!("Desk phone {}", index + 1)
            },
            username: format!("{}", 1101 + index),
            auth_username: None,
            password: password(&format!("{}", 1101 + index)),
            extension: format!("{}", 1101 + index),
            number: None,
            bind: Some(here),
        };
        Self {
            pbx: Pbx {
                sip_domain: pbx.ip().to_string(),
                sip_proxy: Some(host_port(phones)),
                ca_pem,
                number_format: if self.pbx.number_format == NumberFormat::default() {
                    british()
                } else {
                    self.pbx.number_format.clone()
                },
                ..self.pbx
            },
            users: (0..count).map(user).collect(),
            extensions: (0..count.min(Self::EMBEDDED_USERS).div_ceil(4)).map(phone).collect(),
            external: External {
                line: Line::Trunk(Trunk {
                    bind: here,
                    pbx: Some(host_port(pbx)),
                    ..Trunk::default()
                }),
                // The one from abroad comes last: whoever does not ask for it gets another.
                numbers: (0..count)
                    .map(|index| format!("+441632960{}", 201 + index))
                    .chain(["+12025550123".to_owned()])
                    .collect(),
            },
            bridge: Bridge { bind: here, second_node: Some(here), ..self.bridge },
            softphone: Softphone { stun_server: stun.map(host_port), ..self.softphone },
            ..self
        }
    }

    /// A profile of the embedded PBX that comes from no file.
    pub fn embedded(pbx: impl Into<Reached>, password: impl Fn(&str) -> Secret) -> Self {
        let profile = Self {
            name: "Reference PBX".to_owned(),
            pbx: Pbx { embedded: true, ..Pbx::default() },
            users: Vec::new(),
            extensions: Vec::new(),
            external: External::default(),
            bridge: Bridge::default(),
            softphone: Softphone::default(),
            expect: super::Expect::default(),
            source: super::Source { stem: "reference".to_owned(), ..super::Source::default() },
            warnings: super::Problems::default(),
        };
        profile.filled(pbx, password)
    }

    /// The address of the bridge's machine as the profile gives it.
    pub fn bridge_ip(&self) -> IpAddr {
        self.bridge.bind.ip()
    }
}

/// The guide's own example (4.1.1.10), with the country that the numbers are of.
fn british() -> NumberFormat {
    NumberFormat {
        country_code: Some("44".to_owned()),
        national_prefix: Some("0".to_owned()),
        international_prefix: Some("00".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedded_profile_has_all_that_the_plan_needs() {
        let profile = Profile::embedded(SocketAddr::from(([127, 0, 0, 1], 40_000)), |username| {
            Secret::new(format!("secret-{username}"))
        });
        assert!(profile.is_embedded());
        assert_eq!(profile.users.len(), 16);
        assert_eq!(profile.external.numbers.len(), 17);
        assert_eq!(
            (profile.pbx.target().host, profile.pbx.target().port),
            ("127.0.0.1", Some(40_000))
        );
        assert_ne!(profile.users[0].password, profile.users[1].password);
        assert!(profile.external.numbers.iter().all(|number| crate::profile::is_e164(number)));
        assert_eq!(profile.users[1].name, "User B");
    }

    #[test]
    fn any_number_of_users_have_accounts_of_their_own() {
        let mut profile =
            Profile::embedded(SocketAddr::from(([127, 0, 0, 1], 40_000)), |_| Secret::new(""));
        profile.pbx.embedded_users = 500;
        let profile =
            profile.filled(SocketAddr::from(([127, 0, 0, 1], 40_000)), |_| Secret::new(""));
        let outside = profile.external.numbers.iter();
        let numbers: Vec<&String> =
            profile.users.iter().map(|u| &u.number).chain(outside).collect();
        let usernames = profile.users.iter().map(|user| &user.username);
        let phones = profile.extensions.iter().map(|phone| &phone.username);
        let usernames: Vec<&String> = usernames.chain(phones).collect();
        assert_eq!((profile.users.len(), numbers.len(), usernames.len()), (500, 1001, 504));
        for list in [numbers, usernames] {
            let unique: std::collections::HashSet<&String> = list.iter().copied().collect();
            assert_eq!(unique.len(), list.len());
        }
        assert!(profile.users.iter().all(|user| crate::profile::is_e164(&user.number)));
    }
}
