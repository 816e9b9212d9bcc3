//! The embedded reference PBX of a run, and the profile that reaches it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::UsageError;
use crate::pbx::{Config, Defects, ReferencePbx, TlsConfig};
use crate::profile::{Profile, Protocol, Reached, Secret};
use crate::sip::transaction::Timers;

/// A running reference PBX.
pub struct Embedded {
    pbx: ReferencePbx,
}

impl Embedded {
    /// Starts it on a free port of 127.0.0.1 and fills in the profile: its users,
    /// their generated passwords, its address.
    ///
    /// With `talk` in place of the guide's 45 s, the times of defects shrink alike.
    pub fn start(
        profile: Profile,
        defects: &[String],
        talk: Option<Duration>,
    ) -> Result<(Self, Profile), UsageError> {
        let failed = |error: &dyn std::fmt::Display| UsageError(format!("reference PBX: {error}"));
        let mut config = Config::builtin().map_err(|error| failed(&error))?;
        if profile.pbx.protocol == Protocol::Tls {
            config.tls = Some(TlsConfig::default());
        }
        let defects = Defects::named(defects).map_err(|error| failed(&error))?;
        let defects = match talk {
            Some(talk) => defects.paced(talk),
            None => defects,
        };
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let pbx = ReferencePbx::start_with(config, anywhere, defects, Timers::default())
            .map_err(|error| failed(&error))?;
        let passwords: HashMap<&str, &str> = pbx
            .users()
            .iter()
            .map(|account| (account.username.as_str(), account.password.as_str()))
            .collect();
        let tls = pbx.tls_address().zip(pbx.authority().map(str::to_owned));
        let reached = Reached { sip: pbx.address(), tls };
        let filled = profile.filled(reached, |username| {
            Secret::new(passwords.get(username).copied().unwrap_or_default())
        });
        Ok((Self { pbx }, filled))
    }

    /// Tells it where its trunk ends.
    pub fn trunk_at(&self, address: SocketAddr) {
        self.pbx.add_trunk_peer(address);
    }

    /// Stops it.
    pub async fn shutdown(self) {
        self.pbx.shutdown().await;
    }
}
