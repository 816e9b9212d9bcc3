//! The captures of a run, as Wireshark reads them.

use std::path::Path;
use std::process::Command;

use crate::lab::files_named;

/// tshark's number for the severity "Error" of its expert information.
const EXPERT_ERROR: &str = "_ws.malformed || _ws.expert.severity == 8388608";

/// What tshark prints of a capture, or the reason why it could not read it.
fn tshark(capture: &Path, arguments: &[&str]) -> String {
    let output = Command::new("tshark")
        .arg("-r")
        .arg(capture)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("tshark: {error}; apt-get install tshark"));
    assert!(
        output.status.success(),
        "tshark cannot read {}: {}",
        capture.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Every scenario has a capture, and Wireshark finds nothing wrong and what should be in it.
pub(crate) fn open_in_wireshark(out: &Path, scenarios: usize) {
    let captures = files_named("wire.pcap", out);
    assert_eq!(captures.len(), scenarios, "a capture for each scenario: {captures:?}");
    for capture in captures {
        let wrong = tshark(&capture, &["-Y", EXPERT_ERROR]);
        assert!(wrong.is_empty(), "{}:\n{wrong}", capture.display());
        let protocols = tshark(&capture, &["-T", "fields", "-e", "frame.protocols"]);
        let count = |name| protocols.lines().filter(|line| line.ends_with(name)).count();
        let sip = protocols.lines().filter(|line| line.contains(":sip")).count();
        let clause = capture.parent().and_then(Path::file_name).unwrap().to_string_lossy();
        // The probes of section 2 are no calls, and that of certificates (2.4) is no SIP; calls
        // of section 4 only ring, if the profile has what they need.
        let probed = clause.starts_with("2.") || clause.starts_with("4.");
        assert!(sip > 0 || probed, "no SIP in {}", capture.display());
        // Nor is anybody heard where nobody registers but to be seen, or nobody answers (B.1).
        let registers = ["3", "6.1", "6.1-2", "B.6.1"].contains(&&*clause);
        let silent = probed || registers;
        // RTP is known to Wireshark only by the SDP before it: both must be in the file.
        if !silent && !clause.starts_with("B.1.") {
            assert!(count(":rtp") > 50, "{} RTP packets in {}", count(":rtp"), capture.display());
        }
    }
}
