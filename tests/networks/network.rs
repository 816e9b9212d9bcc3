//! A network of `tests/lab/network`, which lives as long as the test.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// How many networks this process has made.
static UP: AtomicU32 = AtomicU32::new(0);

/// What the router does with packets, as `tests/lab/network` names it.
pub(crate) struct Network {
    name: String,
    kind: String,
}

fn lab() -> Command {
    let mut lab = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lab/network"));
    lab.stdin(Stdio::null());
    lab
}

impl Network {
    pub(crate) fn up(kind: &str) -> Self {
        // Several tests of one process may want the same kind.
        let nth = UP.fetch_add(1, Ordering::Relaxed);
        let name = format!("{kind}-{}-{nth}", std::process::id());
        let network = Self { name, kind: kind.to_owned() };
        assert!(lab().args(["up", &network.name, kind]).status().unwrap().success());
        network
    }

    /// Whether the PBX stands outside, and the bridge inside.
    pub(crate) fn is_turned_round(&self) -> bool {
        matches!(self.kind.as_str(), "translated" | "forgetful")
    }

    /// Where the PBX and the bridge stand.
    pub(crate) fn places(&self) -> [&'static str; 2] {
        if self.is_turned_round() { ["outside", "inside"] } else { ["inside", "outside"] }
    }

    /// Where the PBX listens.
    pub(crate) fn address(&self) -> &'static str {
        match self.kind.as_str() {
            "direct" => "203.0.113.1",
            "translated" | "forgetful" => "203.0.113.2",
            _ => "10.13.0.2",
        }
    }

    /// `pbxcert` with arguments, where the PBX or the bridge stands.
    pub(crate) fn pbxcert(&self, place: &str) -> Command {
        self.command(place, Path::new(env!("CARGO_BIN_EXE_pbxcert")))
    }

    /// A program, where the PBX or the bridge stands.
    pub(crate) fn command(&self, place: &str, program: &Path) -> Command {
        let mut command = lab();
        command.args([place, &self.name]).arg(program);
        command
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = lab().args(["down", &self.name]).status();
    }
}
