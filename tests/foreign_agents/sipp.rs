//! SIPp with its own scenarios or with ours.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};

use pbxcert::wire::Protocol;

use crate::baresip::until;
use crate::process::Process;

/// Where a SIPp stands. Debian's has no TLS.
#[derive(Clone, Copy)]
pub(crate) struct Sipp<'a> {
    /// Its port, over TCP only that of who is called: a caller connects from any.
    pub(crate) own: SocketAddr,
    pub(crate) protocol: Protocol,
    pub(crate) folder: &'a Path,
}

impl Sipp<'_> {
    /// Starts one of its own scenarios (`uac`…) or a file of ours (`register.xml`…).
    pub(crate) fn runs(&self, scenario: &str, arguments: &[&str]) -> Run {
        let ours = format!("{}/tests/foreign_agents/{scenario}", env!("CARGO_MANIFEST_DIR"));
        let source = if Path::new(&ours).is_file() { ["-sf", &ours] } else { ["-sn", scenario] };
        let (ip, port) = (self.own.ip().to_string(), self.own.port().to_string());
        let mode = if self.protocol == Protocol::Tcp { "t1" } else { "u1" };
        // A failed test is to end and to say why.
        let log = self.folder.join(format!("sipp-{ip}-{port}.log"));
        let errors = log.with_extension("errors");
        let all = [
            &source[..],
            &["-i", &ip, "-p", &port, "-t", mode, "-nostdin", "-timeout", "60", "-timeout_error"],
            &["-trace_err", "-error_file", errors.to_str().unwrap()],
            arguments,
        ];
        Run { process: Process::start("sipp", &all.concat(), &log), errors }
    }

    /// The same for a scenario that is called: waits until it can be.
    pub(crate) fn answers(&self, scenario: &str, arguments: &[&str]) -> Run {
        let run = self.runs(scenario, arguments);
        until("SIPp to listen", || match self.protocol {
            Protocol::Tcp => TcpListener::bind(self.own).err(),
            _ => UdpSocket::bind(self.own).err(),
        });
        run
    }
}

/// A SIPp that runs.
pub(crate) struct Run {
    process: Process,
    /// What it did not expect.
    errors: PathBuf,
}

impl Run {
    /// Waits for its end: it must have made each of its calls as its scenario says.
    pub(crate) async fn succeeds(self) {
        let Self { process, errors } = self;
        let (status, output) = tokio::task::spawn_blocking(|| process.finish()).await.unwrap();
        let errors = std::fs::read_to_string(errors).unwrap_or_default();
        assert!(status.success(), "{output}\n{errors}");
    }
}
