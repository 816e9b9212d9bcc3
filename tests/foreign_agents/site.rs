//! The reference PBX, and SIPp as its way to the outside.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use pbxcert::pbx::{Config, Defects, ReferencePbx, Srtp, TlsConfig};
use pbxcert::sip::transaction::Timers;
use pbxcert::wire::Protocol;
use tempfile::TempDir;

use crate::sipp::{Run, Sipp};

/// Who is outside: any number that is not the PBX's own.
pub(crate) const OUTSIDE: &str = "+441632960205";

/// The users who call here, and their passwords.
pub(crate) const USERS: [(&str, &str); 3] =
    [("1001", "secret1"), ("1002", "secret2"), ("1003", "secret3")];

pub(crate) struct Site {
    pub(crate) pbx: ReferencePbx,
    folder: TempDir,
    trunk: Option<Run>,
}

impl Site {
    /// Over UDP, TCP and TLS, with a trunk that takes `calls` calls and sends their audio back.
    pub(crate) fn start(calls: u32, srtp: Srtp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = crate::free([127, 0, 0, 71]);
        let trunk = Sipp { own: at, protocol: Protocol::Udp, folder: folder.path() };
        let echo = || trunk.answers("uas", &["-rtp_echo", "-m", &calls.to_string()]);
        let trunk = (calls > 0).then(echo);
        let mut config = Config::builtin().unwrap();
        config.srtp = srtp;
        config.tls = Some(TlsConfig::default());
        config.trunk.peers.push(at);
        for (user, (name, password)) in config.users.iter_mut().zip(USERS) {
            assert_eq!(user.username, name);
            user.password = Some(password.to_owned());
        }
        let listen = SocketAddr::from(([127, 0, 0, 70], 0));
        let pbx =
            ReferencePbx::start_with(config, listen, Defects::none(), Timers::default()).unwrap();
        std::fs::write(folder.path().join("authority.pem"), pbx.authority().unwrap()).unwrap();
        Self { pbx, folder, trunk }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the PBX is reached over this.
    pub(crate) fn address(&self, protocol: Protocol) -> SocketAddr {
        match protocol {
            Protocol::Udp | Protocol::Tcp => self.pbx.address(),
            Protocol::Tls => self.pbx.tls_address().unwrap(),
        }
    }

    /// The PEM file of who signed the PBX's certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// Ends the PBX, and shows that each of the trunk's calls came and was ended in form.
    pub(crate) async fn finish(self) {
        let Self { pbx, folder, trunk } = self;
        if let Some(trunk) = trunk {
            trunk.succeeds().await;
        }
        pbx.shutdown().await;
        drop(folder);
    }
}

/// What a SIP URI of the PBX ends with for the protocol.
pub(crate) const fn transport(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Udp => "",
        Protocol::Tcp => ";transport=tcp",
        Protocol::Tls => ";transport=tls",
    }
}
