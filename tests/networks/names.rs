//! Guide 4.1.1.2 with a domain that has no address of its own: agents and probes go where its
//! records lead (RFC 3263).

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::str::FromStr as _;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use pbxcert::pbx::{Config, ReferencePbx};
use serde_json::Value;
use tempfile::TempDir;

/// Where the names of this test are known: `resolv.conf` has no room for a port.
const DNS: Ipv4Addr = Ipv4Addr::new(127, 53, 0, 1);

/// A DNS server for `lab.test`: the domain has no address, and its SRV record for UDP names a
/// server at this port. It ends with the test's process.
fn serve_names(port: u16) {
    let socket = UdpSocket::bind((DNS, 53)).unwrap();
    let records = move |asked: &str, kind| match (asked, kind) {
        ("_sip._udp.lab.test.", RecordType::SRV) => {
            vec![RData::SRV(SRV::new(10, 5, port, Name::from_str("sip.lab.test.").unwrap()))]
        }
        ("sip.lab.test.", RecordType::A) => vec![RData::A(A(Ipv4Addr::LOCALHOST))],
        _ => Vec::new(),
    };
    std::thread::spawn(move || {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let asked = Message::from_vec(&buffer[..length]).unwrap();
            let query = asked.queries[0].clone();
            let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
            answer.metadata.response_code = ResponseCode::NoError;
            answer.metadata.recursion_available = true;
            for data in records(&query.name.to_string().to_lowercase(), query.query_type) {
                answer.add_answer(Record::from_rdata(query.name.clone(), 60, data));
            }
            answer.add_query(query);
            socket.send_to(&answer.to_vec().unwrap(), from).unwrap();
        }
    });
}

fn profile(pbx: &ReferencePbx) -> String {
    let password = |username: &str| {
        let account = pbx.users().iter().find(|account| account.username == username).unwrap();
        account.password.clone()
    };
    format!(
        "name: By its records\npbx: {{ sip_domain: lab.test }}\nusers:\n\
         \x20 - {{ name: User A, username: \"1001\", password: \"{}\", number: \"+441632960101\", \
         extension: \"1001\" }}\n\
         \x20 - {{ name: User B, username: \"1002\", password: \"{}\", number: \"+441632960102\", \
         extension: \"1002\" }}\n\
         external: {{ trunk: {{ bind: \"127.0.0.1:0\" }}, \
         numbers: [\"+441632960201\", \"+441632960202\"] }}\nbridge: {{ bind: \"127.0.0.1:0\" }}\n",
        password("1001"),
        password("1002")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_without_an_address_is_reached_where_its_records_lead() {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let pbx = ReferencePbx::start(Config::builtin().unwrap(), anywhere).unwrap();
    serve_names(pbx.address().port());
    let folder = TempDir::new().unwrap();
    let names = folder.path().join("resolv.conf");
    std::fs::write(&names, format!("nameserver {DNS}\n")).unwrap();
    let file = folder.path().join("records.yaml");
    std::fs::write(&file, profile(&pbx)).unwrap();
    let out = folder.path().join("out");
    // The names are known to this one process.
    let script = "mount --bind \"$1\" /etc/resolv.conf; shift; exec \"$@\"";
    let output = tokio::task::spawn_blocking(move || {
        Command::new("unshare")
            .args(["--mount", "--propagation", "private", "bash", "-euc", script, "names"])
            .arg(names)
            .arg(env!("CARGO_BIN_EXE_pbxcert"))
            .args(["run", "--talk", "1s", "--only", "2.3,6.1,7.1.4a", "--out"])
            .args([out, file])
            .stdin(Stdio::null())
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    let said =
        String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let run = std::fs::read_dir(folder.path().join("out/records")).unwrap().next().unwrap();
    let run = std::fs::read(run.unwrap().path().join("run.json")).unwrap();
    let record: Value = serde_json::from_slice(&run).unwrap();
    assert_eq!(record["verdict"], "pass", "{said}");
    let address = pbx.address().to_string();
    assert_eq!(record["pbx"]["address"], address);
    let resolved = record["scenarios"][0]["steps"][0]["observed"].as_str().unwrap();
    assert!(resolved.contains("SRV _sip._udp.lab.test → sip.lab.test:"), "{resolved}");
    assert!(resolved.ends_with(&format!("asked is {address}")), "{resolved}");
    pbx.shutdown().await;
}
