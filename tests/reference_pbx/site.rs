//! A reference PBX with its trunk peer, as every test needs it.

use std::net::SocketAddr;

use pbxcert::pbx::{Config, Defects, ReferencePbx};
use pbxcert::sip::transaction::Timers;

use crate::phone::Phone;

pub(crate) const ANY: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

pub(crate) struct Site {
    pub(crate) pbx: ReferencePbx,
    /// Everybody outside.
    pub(crate) trunk: Phone,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with(&[], |_| {})
    }

    pub(crate) fn broken(defects: &[&str]) -> Self {
        Self::with(defects, |_| {})
    }

    pub(crate) fn with(defects: &[&str], change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::builtin().unwrap();
        config.transfer.grace_ms = 300;
        change(&mut config);
        let defects = Defects::named(defects).unwrap();
        let pbx = ReferencePbx::start_with(config, ANY, defects, Timers::default()).unwrap();
        let trunk = Phone::new(pbx.address(), "+441632960201", "");
        pbx.add_trunk_peer(trunk.address());
        Self { pbx, trunk }
    }

    /// A phone with the credentials of this user, not yet registered.
    pub(crate) fn phone(&self, username: &str) -> Phone {
        let account = self.pbx.users().iter().find(|user| user.username == username).unwrap();
        Phone::new(self.pbx.address(), username, &account.password)
    }

    /// The same, registered.
    pub(crate) async fn registered(&self, username: &str) -> Phone {
        let mut phone = self.phone(username);
        assert_eq!(phone.register(3600).await.status(), Some(200));
        phone
    }
}
