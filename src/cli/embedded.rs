//! The embedded reference PBX of a run, and the profile that reaches it.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::UsageError;
use crate::agent::Stage;
use crate::pbx::{Config, Defects, NumberForm, ReferencePbx, Srtp, TlsConfig, UserConfig};
use crate::profile::{
    Authentication, EmbeddedUser, MediaEncryption, NumberFormat, Profile, Protocol, Reached, Secret,
};
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
        Self::start_at(Ipv4Addr::LOCALHOST, profile, defects, talk)
    }

    /// The same on an address of this machine's own. Phones that a PBX takes for registered
    /// when they have gone are then nobody else's: ports are used again, by others, too.
    pub(super) fn start_at(
        ip: Ipv4Addr,
        profile: Profile,
        defects: &[String],
        talk: Option<Duration>,
    ) -> Result<(Self, Profile), UsageError> {
        let failed = |error: &dyn std::fmt::Display| UsageError(format!("reference PBX: {error}"));
        let mut config = Config::builtin().map_err(|error| failed(&error))?;
        configure(&mut config, &profile);
        config.stun_port = Some(0);
        let defects = Defects::named(defects).map_err(|error| failed(&error))?;
        let defects = match talk {
            Some(talk) => defects.paced(talk),
            None => defects,
        };
        let anywhere = SocketAddr::from((ip, 0));
        let pbx = ReferencePbx::start_with(config, anywhere, defects, Timers::default())
            .map_err(|error| failed(&error))?;
        let passwords: HashMap<&str, &str> = pbx
            .users()
            .iter()
            .map(|account| (account.username.as_str(), account.password.as_str()))
            .collect();
        let tls = pbx.tls_address().zip(pbx.authority().map(str::to_owned));
        let reached = Reached { sip: pbx.address(), tls, stun: pbx.stun_address() };
        let filled = profile.filled(reached, |username| {
            Secret::new(passwords.get(username).copied().unwrap_or_default())
        });
        Ok((Self { pbx }, filled))
    }

    /// Tells it where its trunk ends, and where the bridge is if that does not register; and the
    /// stage how late this machine lets it be.
    pub fn meets(&self, stage: &Stage) {
        stage.accompany(self.pbx.tardiness());
        if let Some(trunk) = stage.trunk_address() {
            self.pbx.add_trunk_peer(trunk);
        }
        if stage.profile().pbx.authentication == Authentication::Address {
            self.pbx.know_bridge(stage.bridge_address());
        }
    }

    /// Stops it.
    pub async fn shutdown(self) {
        self.pbx.shutdown().await;
    }
}

/// Makes of it the PBX that the form of guide 4.1.1 describes, and no other: what the profile
/// says differently from what the PBX does is to be found.
fn configure(config: &mut Config, profile: &Profile) {
    let form = &profile.pbx;
    // What the bridge has and the PBX would not have is what it then likes best.
    let lacking = |name: &String| !config.codecs.contains(name);
    let more = profile.bridge.codecs.iter().map(|codec| codec.name().to_owned()).filter(lacking);
    config.codecs = more.chain(config.codecs.clone()).collect();
    if form.protocol == Protocol::Tls {
        config.tls = Some(TlsConfig::default());
    }
    if form.media_encryption == MediaEncryption::Sdes {
        config.srtp = Srtp::Required;
    }
    config.refer = form.supports_refer;
    config.numbers.outside_prefix.clone_from(&form.outside_line_prefix);
    let ports = form.media_ports.as_ref();
    config.media_ports = ports.map(|ports| (*ports.start(), *ports.end())).or(config.media_ports);
    let (known, wanted) = (config.users.len(), form.embedded_users);
    config.users.extend((known..wanted).map(|index| {
        let EmbeddedUser { name, username, number } = EmbeddedUser::nth(index);
        UserConfig { name, extension: username.clone(), username, number, password: None }
    }));
    if form.number_format == NumberFormat::default() {
        return;
    }
    let NumberFormat { country_code, national_prefix, international_prefix } =
        form.number_format.clone();
    let plan = &mut config.numbers;
    plan.form = NumberForm::Local;
    plan.country_code = country_code.unwrap_or_else(|| plan.country_code.clone());
    plan.national_prefix = national_prefix.unwrap_or_default();
    plan.international_prefix = international_prefix.unwrap_or_default();
}
