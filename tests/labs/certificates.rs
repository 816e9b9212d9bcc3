//! Asterisk over TLS with certificates that a bridge does not take, or not for long (guide 2.4):
//! the authority, the intermediate and the certificate are made here.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::lab::{Lab, record, text};

/// The name at which the lab's profile reaches the PBX.
const NAME: &str = "pbx.lab.test";

/// What is wrong with a certificate, and what is to be said of it.
struct Flaw {
    cause: &'static str,
    verdict: &'static str,
    /// Days from now from which on, and to which, it is valid.
    days: [i64; 2],
    name: &'static str,
    signed: Signed,
}

/// By whom.
#[derive(PartialEq)]
enum Signed {
    /// An intermediate of the trusted root, which is shown with it.
    Whole,
    /// The same, which is not shown.
    Unchained,
    /// A root that nobody trusts, which is shown with it.
    Strange,
    /// Itself.
    Itself,
}

const SOUND: Flaw =
    Flaw { cause: "", verdict: "pass", days: [-1, 300], name: NAME, signed: Signed::Whole };

#[test]
fn asterisk_22_with_certificates_that_are_not_taken() {
    let fails = |cause| Flaw { cause, verdict: "fail", ..SOUND };
    let flaws = [
        SOUND,
        Flaw { days: [-30, -1], ..fails("certificate-expired") },
        Flaw { days: [1, 30], ..fails("certificate-not-yet-valid") },
        Flaw { days: [-30, 5], verdict: "warn", ..fails("certificate-expires-soon") },
        Flaw { name: "other.lab.test", ..fails("certificate-wrong-name") },
        Flaw { signed: Signed::Itself, ..fails("certificate-self-signed") },
        Flaw { signed: Signed::Strange, ..fails("certificate-untrusted") },
        Flaw { signed: Signed::Unchained, ..fails("certificate-chain-incomplete") },
    ];
    for flaw in &flaws {
        let (certificates, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        make(flaw, certificates.path());
        let mut script = Lab("asterisk-22-tls").script();
        script.env("PBXCERT_LAB_CERTIFICATES", certificates.path());
        script.args([
            "with",
            env!("CARGO_BIN_EXE_pbxcert"),
            "run",
            "scenarios/asterisk-22-tls.yaml",
        ]);
        script.args(["--only", "2.1,2.3,2.4,2.5", "--quiet", "--out"]).arg(out.path());
        script.status().unwrap();
        let run = record(out.path());
        let found = judged(&run);
        let expected = match flaw.verdict {
            "pass" => Vec::new(),
            verdict => vec![("2.4", verdict, flaw.cause)],
        };
        assert_eq!(found, expected, "{}: {run:#}", flaw.cause);
    }
}

/// What counts against the PBX or could not be judged.
fn judged(run: &Value) -> Vec<(&str, &str, &str)> {
    let scenarios = run["scenarios"].as_array().unwrap();
    assert!(scenarios.len() >= 4, "{run:#}");
    let mut found: Vec<_> = scenarios
        .iter()
        .flat_map(|s| s["findings"].as_array().unwrap().iter().map(move |f| (s, f)))
        .map(|(s, f)| (text(s, "clause"), text(f, "verdict"), text(f, "cause")))
        .filter(|(_, verdict, _)| !matches!(*verdict, "pass" | "note"))
        .collect();
    found.dedup();
    found
}

fn make(flaw: &Flaw, folder: &Path) {
    let (root_pem, root) = authority("lab root", None);
    let (intermediate_pem, intermediate) = authority("lab intermediate", Some(&root));
    let (stranger_pem, stranger) = authority("lab stranger", None);
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![flaw.name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, flaw.name);
    let day = |days| OffsetDateTime::now_utc() + Duration::days(days);
    (params.not_before, params.not_after) = (day(flaw.days[0]), day(flaw.days[1]));
    let leaf = match flaw.signed {
        Signed::Whole | Signed::Unchained => params.signed_by(&key, &intermediate),
        Signed::Strange => params.signed_by(&key, &stranger),
        Signed::Itself => params.self_signed(&key),
    };
    let leaf = leaf.unwrap().pem();
    let chain = match flaw.signed {
        Signed::Whole => leaf + &intermediate_pem,
        Signed::Strange => leaf + &stranger_pem,
        Signed::Unchained | Signed::Itself => leaf,
    };
    for (name, pem) in [("ca.pem", root_pem), ("pbx.pem", chain), ("pbx.key", key.serialize_pem())]
    {
        std::fs::write(folder.join(name), pem).unwrap();
    }
}

type Authority = Issuer<'static, KeyPair>;

fn authority(name: &str, above: Option<&Authority>) -> (String, Authority) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let certificate = match above {
        Some(above) => params.signed_by(&key, above),
        None => params.self_signed(&key),
    };
    (certificate.unwrap().pem(), Issuer::new(params, key))
}
