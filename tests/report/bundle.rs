//! One archive of a run, and what is found when somebody has had it in hand.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use pbxcert::record::Evidence;
use sha2::{Digest as _, Sha256};

use super::*;

const PROFILE: &str = "name: Acme\nusers:\n  - { password: ******** }\n";

/// A folder `r` with a run, its evidence and its profile.
fn scene() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut run = run("Acme", 1, &[("6.1", Verdict::Pass), ("7.1.1", Verdict::Fail)]);
    run.profile_digest = hex::encode(Sha256::digest(PROFILE));
    let root = folder.path().join("r");
    for scenario in &mut run.scenarios {
        std::fs::create_dir_all(root.join(&scenario.clause)).unwrap();
        for name in ["wire.pcap", "user-a-1.wav"] {
            let path = format!("{}/{name}", scenario.clause);
            std::fs::write(root.join(&path), path.repeat(10_000)).unwrap();
            scenario.evidence.push(Evidence { path, title: name.to_owned() });
        }
    }
    write(folder.path(), "r", &run);
    std::fs::write(root.join("profile.yaml"), PROFILE).unwrap();
    std::fs::write(root.join("private notes.txt"), "not for others").unwrap();
    folder
}

/// The files of the bundle that is made of the scene, with their whole paths.
type Files = BTreeMap<String, Vec<u8>>;

fn bundled(folder: &Path) -> Files {
    let output = report(folder, &["r", "--bundle", "b.tar.gz"]);
    assert_eq!(output.status.code(), Some(1), "the run failed: {}", text(&output.stderr));
    let packed = std::fs::File::open(folder.join("b.tar.gz")).unwrap();
    let mut archive = tar::Archive::new(GzDecoder::new(packed));
    let mut files = Files::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        files.insert(entry.path().unwrap().to_str().unwrap().to_owned(), content);
    }
    files
}

fn repack(folder: &Path, files: &Files) {
    let file = std::fs::File::create(folder.join("b.tar.gz")).unwrap();
    let mut tar = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content.as_slice()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
}

/// Writes the manifest that a forger would.
fn listed_again(files: &mut Files) {
    let manifest = "acme-2026-11-24T01-00-00Z/manifest.sha256";
    files.remove(manifest);
    let lines: Vec<String> = files
        .iter()
        .map(|(path, content)| {
            let path = path.split_once('/').unwrap().1;
            format!("{}  {path}\n", hex::encode(Sha256::digest(content)))
        })
        .collect();
    files.insert(manifest.to_owned(), lines.concat().into_bytes());
}

fn verified(folder: &Path) -> (Option<i32>, String) {
    let output = report(folder, &["--verify", "b.tar.gz"]);
    // One line, wherever it was wrapped.
    let said = text(&output.stdout) + &text(&output.stderr);
    (output.status.code(), said.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn a_bundle_holds_the_run_and_nothing_else_and_is_always_the_same() {
    let folder = scene();
    let files = bundled(folder.path());
    let names: Vec<&str> = files.keys().map(|path| path.split_once('/').unwrap().1).collect();
    let expected = [
        "6.1/ladder.svg",
        "6.1/ladder.txt",
        "6.1/user-a-1.wav",
        "6.1/wire.pcap",
        "7.1.1/ladder.svg",
        "7.1.1/ladder.txt",
        "7.1.1/user-a-1.wav",
        "7.1.1/wire.pcap",
        "bundle.json",
        "index.html",
        "junit.xml",
        "manifest.sha256",
        "messages.ndjson",
        "profile.yaml",
        "run.json",
        "summary.md",
    ];
    assert_eq!(names, expected);
    let first = std::fs::read(folder.path().join("b.tar.gz")).unwrap();
    let elsewhere = scene();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    bundled(elsewhere.path());
    assert!(first == std::fs::read(elsewhere.path().join("b.tar.gz")).unwrap());
    assert!(!folder.path().join("b.tar.gz.part").exists());
    let (exit, said) = verified(folder.path());
    assert_eq!(exit, Some(0), "{said}");
    for part in ["WHOLE: 16 files", "FAILED: 1 of 2 scenarios", "no signature"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn other_tools_unpack_and_check_it() {
    let folder = scene();
    bundled(folder.path());
    let run = |program: &str, arguments: &[&str], within: &Path| {
        let output = Command::new(program).args(arguments).current_dir(within).output().unwrap();
        assert!(output.status.success(), "{program}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    run("tar", &["-xzf", "b.tar.gz"], folder.path());
    let within = folder.path().join("acme-2026-11-24T01-00-00Z");
    let said = run("sha256sum", &["--check", "--strict", "manifest.sha256"], &within);
    assert_eq!(said.lines().filter(|line| line.ends_with(": OK")).count(), 15, "{said}");
    assert!(within.join("index.html").is_file());
}

#[test]
fn whatever_was_altered_added_or_lost_is_named() {
    let root = "acme-2026-11-24T01-00-00Z";
    let at = |path: &str| format!("{root}/{path}");
    let altered = |change: &dyn Fn(&mut Files)| {
        let folder = scene();
        let mut files = bundled(folder.path());
        change(&mut files);
        repack(folder.path(), &files);
        let (exit, said) = verified(folder.path());
        assert_eq!(exit, Some(1), "{said}");
        assert!(said.contains("NOT WHOLE"), "{said}");
        assert!(!said.contains("attests of"), "{said}");
        said
    };
    let said = altered(&|files| files.get_mut(&at("6.1/wire.pcap")).unwrap()[5] ^= 1);
    assert!(said.contains("6.1/wire.pcap was altered"), "{said}");
    let said = altered(&|files| drop(files.remove(&at("6.1/user-a-1.wav"))));
    assert!(said.contains("6.1/user-a-1.wav is in the manifest and not"), "{said}");
    let said = altered(&|files| drop(files.insert(at("extra.exe"), Vec::new())));
    assert!(said.contains("extra.exe is in the bundle and not in the manifest"), "{said}");
    // A forger lists what he did.
    let said = altered(&|files| {
        files.insert(at("extra.exe"), Vec::new());
        listed_again(files);
    });
    assert!(said.contains("extra.exe belongs to no part of this run"), "{said}");
    let said = altered(&|files| {
        let page = files.get_mut(&at("index.html")).unwrap();
        *page = String::from_utf8_lossy(page).replace("FAILED", "PASSED").into_bytes();
        listed_again(files);
    });
    assert!(said.contains("index.html is not what the record renders to"), "{said}");
    let said = altered(&|files| {
        files.remove(&at("7.1.1/wire.pcap"));
        listed_again(files);
    });
    assert!(said.contains("7.1.1/wire.pcap, which the record names, is missing"), "{said}");
    let said = altered(&|files| {
        files.insert(at("profile.yaml"), b"name: Another\n".to_vec());
        listed_again(files);
    });
    assert!(said.contains("profile.yaml is not the profile of the run"), "{said}");
}

#[test]
fn what_is_no_bundle_is_said_and_writes_nothing() {
    let folder = scene();
    let path = folder.path().join("b.tar.gz");
    let files = bundled(folder.path());
    let whole = std::fs::read(&path).unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let refused = |expected: &str| {
        let empty = folder.path().join("empty");
        let output = report(&empty, &["--verify", "../b.tar.gz"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("b.tar.gz is no bundle that can be read"), "{said}");
        assert!(said.contains(expected), "{expected}: {said}");
        assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0);
    };
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    refused("cut off");
    std::fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
    refused("follows the end");
    std::fs::write(&path, "not an archive").unwrap();
    refused("");
    let without = |name: &str| {
        let mut files = files.clone();
        files.retain(|path, _| !path.ends_with(name));
        repack(folder.path(), &files);
    };
    without("manifest.sha256");
    refused("it has no manifest.sha256");
    without("run.json");
    refused("it has no run.json");
    let mut other = files.clone();
    let root = "acme-2026-11-24T01-00-00Z";
    other.insert(
        format!("{root}/bundle.json"),
        b"{\"schema\": 1, \"tool_version\": \"99.0\"}".to_vec(),
    );
    other.insert(format!("{root}/index.html"), b"another rendering".to_vec());
    listed_again(&mut other);
    repack(folder.path(), &other);
    refused("made by pbxcert 99.0");
    std::fs::remove_file(&path).unwrap();
    refused("No such file");
}

#[test]
fn a_run_that_is_not_whole_makes_no_bundle() {
    let bundle = |folder: &Path| report(folder, &["r", "--bundle", "b.tar.gz"]);
    let refused = |change: &dyn Fn(&Path), expected: &str| {
        let folder = scene();
        change(&folder.path().join("r"));
        let output = bundle(folder.path());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!folder.path().join("b.tar.gz").exists());
        assert!(!folder.path().join("b.tar.gz.part").exists());
    };
    refused(&|r| std::fs::remove_file(r.join("6.1/wire.pcap")).unwrap(), "6.1/wire.pcap");
    refused(
        &|r| {
            std::fs::remove_file(r.join("6.1/wire.pcap")).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", r.join("6.1/wire.pcap")).unwrap();
        },
        "it is a link",
    );
    refused(
        &|r| std::fs::write(r.join("profile.yaml"), "password: hunter2").unwrap(),
        "is not the profile of this run",
    );
    let named_elsewhere = |r: &Path| {
        let mut run = run("Acme", 1, &[("6.1", Verdict::Pass)]);
        let path = "../../etc/shadow".to_owned();
        run.scenarios[0].evidence.push(Evidence { path, title: String::new() });
        write(r.parent().unwrap(), "r", &run);
    };
    refused(&named_elsewhere, "the record names a file `../../etc/shadow`");
    // Several runs make no bundle; a run without a profile does, with a warning.
    let folder = scene();
    std::fs::remove_file(folder.path().join("r/profile.yaml")).unwrap();
    let output = bundle(folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("the bundle has none"));
    let (exit, said) = verified(folder.path());
    assert_eq!(exit, Some(0), "{said}");
    assert!(said.contains("The profile of the run is not in it"), "{said}");
    write(folder.path(), "other", &run("Acme", 2, &[("6.1", Verdict::Pass)]));
    let output = report(folder.path(), &["r", "other", "--bundle", "c.tar.gz"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--bundle is for one run"));
}

#[test]
fn a_real_run_keeps_its_profile_masked_and_makes_a_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/reference.yaml");
    let profile = std::fs::read_to_string(reference).unwrap();
    let secret = "hunter22-of-the-trunk";
    std::fs::write(folder.path().join("mine.yaml"), format!("{profile}\n# password: {secret}\n"))
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["run", "mine.yaml", "--only", "6.1,6.3", "--talk", "1s", "--quiet", "--out", "out"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let run: PathBuf = std::fs::read_dir(folder.path().join("out/mine"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .next()
        .unwrap();
    let output = report(folder.path(), &[run.to_str().unwrap(), "--bundle", "b.tar.gz"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("warning"));
    let (exit, said) = verified(folder.path());
    assert_eq!(exit, Some(0), "{said}");
    assert!(said.contains("The profile is the one that the record names"), "{said}");
    assert!(said.contains("PASSED, not a certification"), "{said}");
    let mut unpacked = Vec::new();
    GzDecoder::new(std::fs::File::open(folder.path().join("b.tar.gz")).unwrap())
        .read_to_end(&mut unpacked)
        .unwrap();
    let holds = |what: &str| unpacked.windows(what.len()).any(|at| at == what.as_bytes());
    assert!(holds("embedded: true") && !holds(secret));
}
