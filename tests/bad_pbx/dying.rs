//! A PBX that dies in the middle of a call.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::UdpSocket;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::interrupted::log_until;
use crate::site::{SECRETS, judged, only_folder, profile_with_trunk};

/// A port that nobody has at the moment.
fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The reference PBX as a process of its own, killed when dropped.
struct Pbx(Child);

impl Pbx {
    fn start(folder: &std::path::Path, port: u16, trunk: u16) -> Self {
        let config = format!(
            r#"main_number: "+441632960100"
numbers: {{ country_code: "44", national_prefix: "0", international_prefix: "00" }}
users:
  - {{ name: User A, username: "1001", extension: "1001", number: "+441632960101", password: "{}" }}
  - {{ name: User B, username: "1002", extension: "1002", number: "+441632960102", password: "{}" }}
trunk: {{ peers: ["127.0.0.1:{trunk}"] }}
"#,
            SECRETS[0], SECRETS[1]
        );
        let path = folder.join("pbx.yaml");
        std::fs::write(&path, config).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_pbxcert"))
            .args(["pbx", "--listen", &format!("127.0.0.1:{port}"), "--config"])
            .arg(path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("reference PBX at"), "{line}");
        Self(child)
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Pbx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_pbx_that_dies_during_the_talk_fails_it_and_the_finding_says_when() {
    let folder = tempfile::tempdir().unwrap();
    let (port, trunk) = (free_port(), free_port());
    let mut pbx = Pbx::start(folder.path(), port, trunk);
    let mut child = Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["-v", "run"])
        .arg(profile_with_trunk(folder.path(), "127.0.0.1", port, trunk))
        .args(["--only", "7.1.1", "--talk", "8s", "--out"])
        .arg(folder.path().join("out"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut stderr = log_until(&mut log, "2-way audio is established");
    // Some talk to be counted.
    std::thread::sleep(Duration::from_secs(2));
    pbx.kill();
    let died = Instant::now();
    log.read_to_string(&mut stderr).unwrap();
    let mut stdout = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut stdout).unwrap();
    let status = child.wait().unwrap();
    let seconds = died.elapsed().as_secs_f64();
    let output = Output { status, stdout, stderr: stderr.into_bytes() };
    let ran = judged(&output, &only_folder(&folder.path().join("out/bad")), seconds);
    assert_eq!(ran.code, 1, "{:?}", ran.findings());
    let observed = ran.observed("7.1.1: fail audio-stopped");
    let when = observed.split(" at ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    let when: f64 = when.parse().unwrap();
    assert!((1.0..3.5).contains(&when), "{observed}");
    // 5 s of silence until it is taken to be for good, and the end of a call at a port
    // where nobody listens.
    ran.within(12.0);
    // The sockets are free again.
    UdpSocket::bind(("127.0.0.1", trunk)).unwrap();
}
