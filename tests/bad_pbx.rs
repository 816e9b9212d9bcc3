//! PBXs that are absent, silent, rude or hostile: each is a verdict with the guide's own
//! advice, never a hang, a panic or a leaked password.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const SECRETS: [&str; 2] = ["hush-hush-a", "hush-hush-b"];

/// A PBX that answers each datagram as `answer` says, for as long as the test lives.
fn pbx(answer: impl Fn(&str) -> Option<Vec<u8>> + Send + 'static) -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_535];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if let Some(reply) = answer(&request) {
                let _ = socket.send_to(&reply, from);
            }
        }
    });
    port
}

/// A response to `request` with further header lines.
fn response(request: &str, status: &str, more: &str) -> Vec<u8> {
    let copied = |name: &str| -> String {
        let prefix = format!("{name}:");
        let lines = request.lines().filter(|line| line.starts_with(&prefix));
        lines.flat_map(|line| [line, "\r\n"]).collect()
    };
    let headers: String =
        ["Via", "From", "To", "Call-ID", "CSeq"].into_iter().map(copied).collect();
    format!("SIP/2.0 {status}\r\n{headers}{more}Content-Length: 0\r\n\r\n").into_bytes()
}

fn profile(folder: &Path, host: &str, port: u16) -> PathBuf {
    let path = folder.join("bad.yaml");
    let text = format!(
        r#"name: Bad PBX
pbx: {{ sip_domain: "{host}", sip_proxy: "{host}:{port}" }}
users:
  - {{ name: User A, username: "1001", password: "{}", number: "+441632960101", extension: "1001" }}
  - {{ name: User B, username: "1002", password: "{}", number: "+441632960102", extension: "1002" }}
external:
  trunk: {{ bind: "127.0.0.1:0" }}
  numbers: ["+441632960201", "+441632960202"]
bridge: {{ bind: "127.0.0.1:0" }}
expect: {{ post_dial_delay: 2s }}
"#,
        SECRETS[0], SECRETS[1]
    );
    std::fs::write(&path, text).unwrap();
    path
}

struct Ran {
    code: i32,
    record: Value,
    seconds: f64,
}

impl Ran {
    /// `clause: verdict cause` of every finding.
    fn findings(&self) -> Vec<String> {
        let scenarios = self.record["scenarios"].as_array().unwrap().iter();
        let of = |scenario: &Value| scenario["findings"].as_array().unwrap().clone();
        scenarios
            .flat_map(of)
            .map(|f| {
                let text = |field: &str| f[field].as_str().unwrap().to_owned();
                format!("{}: {} {}", text("clause"), text("verdict"), text("cause"))
            })
            .collect()
    }
}

/// Certifies clauses 6.1 and 6.2 against it.
fn certify(host: &str, port: u16) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .arg("run")
        .arg(profile(folder.path(), host, port))
        .args(["--only", "6.1,6.2", "--talk", "1s", "--out"])
        .arg(folder.path().join("out"))
        .output()
        .unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let run = only_folder(&folder.path().join("out/bad"));
    nothing_leaks(&output, &run);
    let record = serde_json::from_slice(&std::fs::read(run.join("run.json")).unwrap()).unwrap();
    Ran { code: output.status.code().unwrap(), record, seconds }
}

fn only_folder(folder: &Path) -> PathBuf {
    std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}

/// No password and no control character in anything that was said or written.
fn nothing_leaks(output: &Output, run: &Path) {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&said).into_owned();
    assert!(!text.contains("panicked"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\0'), "{text}");
    let mut files = vec![run.to_owned()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().flatten().map(|entry| entry.path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for secret in SECRETS {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {}", path.display());
        }
    }
    for secret in SECRETS {
        assert!(!text.contains(secret), "{text}");
    }
}

fn fails(ran: &Ran, cause: &str, at_most: f64) {
    let findings = ran.findings();
    assert_eq!(ran.code, 1, "{findings:?}");
    assert!(findings.contains(&format!("6.1: fail {cause}")), "{findings:?}");
    assert!(findings.contains(&format!("6.2: inconclusive {cause}")), "{findings:?}");
    assert!(ran.seconds < at_most, "{} s", ran.seconds);
    assert_eq!(ran.record["interrupted"], false);
}

#[test]
fn a_closed_port_is_known_at_once() {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    fails(&certify("127.0.0.1", port), "no-response", 5.0);
}

#[test]
fn a_silent_pbx_is_given_up_within_the_deadline() {
    // Two users in 6.1 are not both tried: the first failure ends the scenario.
    fails(&certify("127.0.0.1", pbx(|_| None)), "no-response", 45.0);
}

#[test]
fn garbage_is_no_answer() {
    let ran = certify("127.0.0.1", pbx(|_| Some(b"HTTP/1.1 400 Bad Request\r\n\r\n\0\xff".into())));
    fails(&ran, "not-sip", 45.0);
}

#[test]
fn a_name_without_an_address_is_the_guides_first_row() {
    fails(&certify("pbx.invalid", 5060), "unresolved-name", 30.0);
}

#[test]
fn a_wrong_password_is_asked_for_once_more_and_no_further() {
    let challenge = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n";
    let port = pbx(move |request| {
        request.starts_with("REGISTER").then(|| response(request, "401 Unauthorized", challenge))
    });
    fails(&certify("127.0.0.1", port), "authentication-failure", 10.0);
}

#[test]
fn a_nonce_that_is_always_stale_ends_too() {
    let challenge = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", stale=true\r\n";
    let port = pbx(move |request| Some(response(request, "401 Unauthorized", challenge)));
    fails(&certify("127.0.0.1", port), "authentication-failure", 10.0);
}

#[test]
fn refusals_are_told_apart() {
    let refusing = |status: &'static str| pbx(move |request| Some(response(request, status, "")));
    fails(&certify("127.0.0.1", refusing("403 Forbidden")), "authentication-failure", 10.0);
    fails(&certify("127.0.0.1", refusing("503 Busy")), "registration-refused", 10.0);
    fails(&certify("127.0.0.1", refusing("423 Interval Too Brief")), "registration-refused", 10.0);
    fails(&certify("127.0.0.1", refusing("200 OK")), "binding-missing", 10.0);
}

#[test]
fn hostile_text_stays_text() {
    let port = pbx(|request| {
        let long = "y".repeat(50_000);
        let hostile = format!(
            "Server: \u{1b}[31m<script>alert(1)</script>\u{7}\r\nX-Long: {long}\r\nX-Nul: \0\r\n"
        );
        Some(response(request, "403 \u{1b}]0;title\u{7}<img src=x onerror=alert(1)>", &hostile))
    });
    let ran = certify("127.0.0.1", port);
    fails(&ran, "authentication-failure", 20.0);
}

/// A PBX that registers everybody and treats INVITE as told.
fn registers_and(on_invite: impl Fn(&str) -> Option<Vec<u8>> + Send + 'static) -> u16 {
    pbx(move |request| {
        if request.starts_with("REGISTER") {
            let contact = request.lines().find(|line| line.starts_with("Contact:")).unwrap();
            return Some(response(request, "200 OK", &format!("{contact}\r\nExpires: 3600\r\n")));
        }
        if request.starts_with("INVITE") { on_invite(request) } else { None }
    })
}

#[test]
fn an_invite_that_nobody_answers_is_a_finding_within_the_post_dial_delay() {
    let ran = certify("127.0.0.1", registers_and(|_| None));
    assert_eq!(ran.code, 1);
    let findings = ran.findings();
    assert!(findings.contains(&"6.2: fail callee-not-rung".to_owned()), "{findings:?}");
    assert!(!findings.iter().any(|f| f.starts_with("6.1: fail")), "{findings:?}");
    assert!(ran.seconds < 40.0, "{} s", ran.seconds);
}

#[test]
fn a_refused_call_names_the_status() {
    let ran =
        certify("127.0.0.1", registers_and(|invite| Some(response(invite, "404 Not Found", ""))));
    assert!(ran.findings().contains(&"6.2: fail call-rejected".to_owned()), "{:?}", ran.findings());
    let observed = ran.record["scenarios"][1]["findings"][0]["observed"].as_str().unwrap();
    assert!(observed.contains("404"), "{observed}");
    assert!(ran.seconds < 20.0, "{} s", ran.seconds);
}

/// The reference PBX's plan with long talks, to be interrupted.
fn long_run(out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["run", "--talk", "60s", "--only", "6.1,6.2", "--out"])
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until 6.1 is in the record on disk.
fn first_scenario_is_written(out: &Path) -> PathBuf {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        assert!(Instant::now() < deadline, "nothing was written");
        if let Ok(mut runs) = std::fs::read_dir(out.join("reference"))
            && let Some(Ok(run)) = runs.next()
            && let Ok(text) = std::fs::read(run.path().join("run.json"))
            && let Ok(record) = serde_json::from_slice::<Value>(&text)
            && record["scenarios"].as_array().is_some_and(|scenarios| !scenarios.is_empty())
        {
            return run.path();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
}

#[test]
fn an_interrupt_writes_the_partial_report_and_exits_130() {
    let out = tempfile::tempdir().unwrap();
    let mut child = long_run(out.path());
    let run = first_scenario_is_written(out.path());
    let asked = Instant::now();
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(10));
    let record: Value =
        serde_json::from_slice(&std::fs::read(run.join("run.json")).unwrap()).unwrap();
    assert_eq!(record["interrupted"], true);
    assert_eq!(record["scenarios"][0]["verdict"], "pass");
    assert!(run.join("junit.xml").exists());
}

#[test]
fn a_killed_run_leaves_a_record_that_report_renders_as_interrupted() {
    let out = tempfile::tempdir().unwrap();
    let mut child = long_run(out.path());
    let run = first_scenario_is_written(out.path());
    signal(&child, "-KILL");
    child.wait().unwrap();
    let report =
        Command::new(env!("CARGO_BIN_EXE_pbxcert")).arg("report").arg(&run).output().unwrap();
    let text = String::from_utf8_lossy(&report.stdout).into_owned();
    assert_eq!(report.status.code(), Some(3), "{text}");
    assert!(text.to_lowercase().contains("interrupted"), "{text}");
}
