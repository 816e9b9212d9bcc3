//! Real user agents on the reference PBX: it shares its SIP layer with the agents of the
//! harness, so a bug on both sides could hide from every test between the two.

#![expect(clippy::unwrap_used, reason = "a failed test is a failed test")]

mod baresip;
mod codecs;
mod ffmpeg;
mod process;

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;

use baresip::{Baresip, Heard, until};
use pbxcert::pbx::{Config, Defects, ReferencePbx, Srtp};
use pbxcert::sip::transaction::Timers;
use process::Process;

/// Bound and let go: a port that nobody has.
fn free(ip: [u8; 4]) -> SocketAddr {
    UdpSocket::bind(SocketAddr::from((ip, 0))).unwrap().local_addr().unwrap()
}

/// SIPp as the trunk: answers every call and sends its audio back.
fn echo(folder: &Path) -> (Process, SocketAddr) {
    let at = free([127, 0, 0, 71]);
    let (ip, port) = (at.ip().to_string(), at.port().to_string());
    let arguments = ["-sn", "uas", "-i", &ip, "-p", &port, "-rtp_echo", "-nostdin"];
    let process = Process::start("sipp", &arguments, &folder.join("echo.log"));
    until("SIPp to listen", || UdpSocket::bind(at).err());
    (process, at)
}

fn start(trunk: SocketAddr, srtp: Srtp) -> ReferencePbx {
    let mut config = Config::builtin().unwrap();
    config.srtp = srtp;
    config.trunk.peers.push(trunk);
    for (user, password) in config.users.iter_mut().zip(["secret1", "secret2"]) {
        user.password = Some(password.to_owned());
    }
    let listen = SocketAddr::from(([127, 0, 0, 70], 0));
    ReferencePbx::start_with(config, listen, Defects::none(), Timers::default()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_calls_a_hundred_times_with_digest() {
    let folder = tempfile::tempdir().unwrap();
    let (_trunk, at) = echo(folder.path());
    let pbx = start(at, Srtp::Off);
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign_agents/uac.xml");
    let (pbx_address, own) = (pbx.address().to_string(), free([127, 0, 0, 72]));
    let (ip, port) = (own.ip().to_string(), own.port().to_string());
    let caller = Process::start(
        "sipp",
        &[
            "-sf",
            scenario,
            "-i",
            &ip,
            "-p",
            &port,
            &pbx_address,
            "-r",
            "50",
            "-m",
            "100",
            "-nostdin",
        ],
        &folder.path().join("caller.log"),
    );
    let (status, output) = tokio::task::spawn_blocking(move || caller.finish()).await.unwrap();
    assert!(status.success(), "{output}");
    pbx.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_registers_calls_holds_and_transfers() {
    let folder = tempfile::tempdir().unwrap();
    let (_trunk, at) = echo(folder.path());
    let pbx = start(at, Srtp::Off);
    let pbx_address = pbx.address();
    let root = folder.path().to_owned();
    tokio::task::spawn_blocking(move || {
        let mut one = Baresip::start(&root.join("one"), pbx_address, "1001", "secret1", 500, "");
        let mut two = Baresip::start(&root.join("two"), pbx_address, "1002", "secret2", 1200, "");
        one.tell("dial 1002");
        two.wait_for("listcalls", "INCOMING");
        two.tell("accept");
        one.wait_for("listcalls", "ESTABLISHED");
        assert_eq!(two.listens(), Heard::Tone(500));
        assert_eq!(one.listens(), Heard::Tone(1200));
        one.tell("hold");
        assert_eq!(two.listens(), Heard::Other, "music on hold");
        one.tell("resume");
        assert_eq!(two.listens(), Heard::Tone(500));
        one.tell("transfer +441632960205");
        one.wait_for("listcalls", "(0)");
        assert_eq!(two.listens(), Heard::Tone(1200), "its own voice, back from the trunk");
        two.tell("hangup");
        two.wait_for("listcalls", "(0)");
    })
    .await
    .unwrap();
    pbx.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_is_heard_through_srtp() {
    let folder = tempfile::tempdir().unwrap();
    let (_trunk, at) = echo(folder.path());
    let pbx = start(at, Srtp::Required);
    let pbx_address = pbx.address();
    let root = folder.path().to_owned();
    tokio::task::spawn_blocking(move || {
        let phone = |name: &str, user: &str, password: &str, tone| {
            let encrypted = ";mediaenc=srtp-mand";
            Baresip::start(&root.join(name), pbx_address, user, password, tone, encrypted)
        };
        let mut one = phone("one", "1001", "secret1", 500);
        let mut two = phone("two", "1002", "secret2", 1200);
        one.tell("dial 1002");
        two.wait_for("listcalls", "INCOMING");
        two.tell("accept");
        one.wait_for("listcalls", "ESTABLISHED");
        assert_eq!(two.listens(), Heard::Tone(500));
        assert_eq!(one.listens(), Heard::Tone(1200));
        one.tell("hold");
        assert_eq!(two.listens(), Heard::Other, "music on hold");
        one.tell("resume");
        assert_eq!(two.listens(), Heard::Tone(500));
        one.tell("hangup");
        two.wait_for("listcalls", "(0)");
    })
    .await
    .unwrap();
    pbx.shutdown().await;
}
