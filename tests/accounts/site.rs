//! A reference PBX, the profile that reaches it, and a run.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use pbxcert::pbx::{Config, Defects, ReferencePbx};
use pbxcert::sip::transaction::Timers;
use serde_json::Value;

/// What a profile of two users says; the tests change it.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) sip_domain: String,
    pub(crate) sip_proxy: String,
    pub(crate) username: String,
    pub(crate) auth_username: Option<String>,
    pub(crate) password: String,
    /// Of User A and User B.
    pub(crate) numbers: [String; 2],
    /// What else the first user says.
    pub(crate) more: String,
    pub(crate) external: &'static str,
    pub(crate) bridge: &'static str,
}

/// A reference PBX on a runtime of its own.
pub(crate) struct Site {
    pbx: ReferencePbx,
    /// It lives on this.
    runtime: tokio::runtime::Runtime,
    /// The far end of its trunk, the same in every run: it calls the first that it was told.
    trunk: SocketAddr,
}

impl Site {
    /// Starts it with a changed configuration and these defects.
    pub(crate) fn start(change: impl Fn(&mut Config), defects: &[&str]) -> Self {
        let mut config = Config::builtin().unwrap();
        change(&mut config);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let defects = Defects::named(defects).unwrap();
        let pbx = {
            let _inside = runtime.enter();
            ReferencePbx::start_with(config, anywhere, defects, Timers::default()).unwrap()
        };
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let trunk = socket.local_addr().unwrap();
        pbx.add_trunk_peer(trunk);
        Self { pbx, runtime, trunk }
    }

    /// Starts it as it is built in.
    pub(crate) fn sound() -> Self {
        Self::start(|_| {}, &[])
    }

    /// The form that reaches it, with nothing wrong and nothing that can be left out.
    pub(crate) fn form(&self) -> Form {
        Form {
            sip_domain: "127.0.0.1".to_owned(),
            sip_proxy: self.pbx.address().to_string(),
            username: "1001".to_owned(),
            auth_username: None,
            password: self.password("1001"),
            numbers: ["+441632960101".to_owned(), "+441632960102".to_owned()],
            more: String::new(),
            external: "numbers: [\"+441632960201\", \"+441632960202\"]",
            bridge: "bind: \"127.0.0.1:0\"",
        }
    }

    fn password(&self, username: &str) -> String {
        let account = self.pbx.users().iter().find(|account| account.username == username);
        account.unwrap().password.clone()
    }

    /// Runs these clauses with that form; again, twice at most, where this machine was too late
    /// to judge.
    pub(crate) fn run(&self, form: &Form, clauses: &str) -> Ran {
        for _ in 0..2 {
            let ran = self.run_once(form, clauses);
            if !ran.record.to_string().contains("\"harness-late\"") {
                return ran;
            }
        }
        self.run_once(form, clauses)
    }

    fn run_once(&self, form: &Form, clauses: &str) -> Ran {
        let trunk = self.trunk;
        let auth = form.auth_username.as_ref();
        let auth = auth.map_or_else(String::new, |name| format!("auth_username: \"{name}\", "));
        let text = format!(
            "name: Accounts\npbx: {{ location: {{ country: GB }}, sip_domain: \"{}\", \
             sip_proxy: \"{}\" }}\nusers:\n\
             \x20 - {{ name: User A, username: \"{}\", {auth}password: \"{}\", number: \"{}\", \
             extension: \"1001\"{} }}\n\
             \x20 - {{ name: User B, username: \"1002\", password: \"{}\", number: \"{}\", \
             extension: \"1002\" }}\n\
             extensions:\n\
             \x20 - {{ username: \"1101\", password: \"{}\", extension: \"1101\" }}\n\
             external: {{ trunk: {{ bind: \"{trunk}\", pbx: \"{}\" }}, {} }}\n\
             bridge: {{ {} }}\nexpect: {{ post_dial_delay: 3s }}\n",
            form.sip_domain,
            form.sip_proxy,
            form.username,
            form.password,
            form.numbers[0],
            form.more,
            self.password("1002"),
            form.numbers[1],
            self.password("1101"),
            self.pbx.address(),
            form.external,
            form.bridge,
        );
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("accounts.yaml");
        std::fs::write(&profile, text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_pbxcert"))
            .args(["run", "--talk", "1s", "--only", clauses, "--out"])
            .arg(folder.path().join("out"))
            .arg(&profile)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat())
            .into_owned();
        let runs = std::fs::read_dir(folder.path().join("out/accounts"));
        let runs = runs.unwrap_or_else(|_| panic!("no run: {said}"));
        let run = runs.flatten().next().unwrap().path().join("run.json");
        let record = serde_json::from_slice(&std::fs::read(run).unwrap()).unwrap();
        Ran { code: output.status.code().unwrap(), record, said }
    }

    /// Ends it.
    pub(crate) fn stop(self) {
        self.runtime.block_on(self.pbx.shutdown());
    }
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) record: Value,
    pub(crate) said: String,
}

impl Ran {
    /// Every finding.
    pub(crate) fn findings(&self) -> Vec<&Value> {
        let scenarios = self.record["scenarios"].as_array().unwrap().iter();
        scenarios.flat_map(|scenario| scenario["findings"].as_array().unwrap()).collect()
    }

    /// `clause: verdict cause` of every finding.
    pub(crate) fn found(&self) -> Vec<String> {
        let text = |f: &Value, field: &str| f[field].as_str().unwrap().to_owned();
        let words = |f: &&Value| {
            format!("{}: {} {}", text(f, "clause"), text(f, "verdict"), text(f, "cause"))
        };
        self.findings().iter().map(words).collect()
    }

    /// The finding of that `clause: verdict cause`, which must be there.
    pub(crate) fn finding(&self, which: &str) -> &Value {
        let found = self.found();
        let at = found.iter().position(|finding| finding == which);
        let at = at.unwrap_or_else(|| panic!("no `{which}` in {found:?}\n{}", self.said));
        self.findings()[at]
    }

    /// The verdict of that clause's first scenario.
    pub(crate) fn verdict(&self, clause: &str) -> &str {
        let scenarios = self.record["scenarios"].as_array().unwrap();
        let scenario = scenarios.iter().find(|scenario| scenario["clause"] == clause);
        scenario.unwrap_or_else(|| panic!("no {clause}"))["verdict"].as_str().unwrap()
    }
}
