//! A run and its parts, in the form of `run.json` (design §4).

use serde::{Deserialize, Serialize};

use super::{Cause, HearingTrack, Observation, StreamStats, Vantage, Verdict};

/// Version of the form of `run.json`. It grows when a field changes its meaning.
pub const SCHEMA: u32 = 1;

/// One certification run of one profile.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// [`SCHEMA`] at the time of writing.
    pub schema: u32,
    /// Version of pbxcert.
    pub tool_version: String,
    /// File stem of the profile.
    pub profile: String,
    /// The profile's `name`: PBX model and configuration.
    pub pbx_model: String,
    /// SHA-256 of the profile's text, hexadecimal; no secret goes into it.
    pub profile_digest: String,
    /// SHA-256 of the feature files, hexadecimal.
    pub plan_digest: String,
    /// UTC start, RFC 3339.
    pub started: String,
    /// Worst of the scenarios' verdicts.
    pub verdict: Verdict,
    /// `true` only for a pass that counts as a certification (design §3).
    pub certified: bool,
    /// Whether `--talk` shortened the guide's durations.
    pub abridged: bool,
    /// Whether the run ended before its plan did.
    pub interrupted: bool,
    /// Everything that keeps a pass from being a certification, in words.
    pub relaxations: Vec<String>,
    /// Wall time of the whole run, s.
    pub wall_s: f64,
    /// Time that the guide's durations and the observation windows take, one
    /// scenario after another, s.
    pub mandated_s: f64,
    /// How many scenarios ran side by side at most.
    pub jobs: usize,
    /// From process start to the first REGISTER on the wire, ms.
    pub first_register_ms: Option<f64>,
    /// What the PBX says of itself.
    pub pbx: PbxIdentity,
    /// From where it was reached (guide 3), if the softphone was tried. Records written before
    /// this field have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vantage: Option<Vantage>,
    /// The harness's own figures.
    pub harness: HarnessFigures,
    /// The feature files that the scenarios come from. Records written before this
    /// field have none.
    #[serde(default)]
    pub features: Vec<FeatureSource>,
    /// The scenarios in the order of the guide.
    pub scenarios: Vec<Scenario>,
}

impl Run {
    /// Worst verdict of all scenarios; `Inconclusive` if there is none, since an
    /// empty selection is never a success.
    pub fn worst(&self) -> Verdict {
        self.scenarios.iter().map(|s| s.verdict).max().unwrap_or(Verdict::Inconclusive)
    }

    /// How many scenarios have the verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.scenarios.iter().filter(|s| s.verdict == verdict).count()
    }
}

/// A feature file as it was run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureSource {
    /// Its name, as in [`Scenario::source`]: `features/x.feature`.
    pub uri: String,
    /// Its text in Gherkin.
    pub text: String,
}

/// What the PBX says of itself on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PbxIdentity {
    /// Address that was reached, `ip:port`.
    pub address: String,
    /// First Server or User-Agent header seen.
    pub server: Option<String>,
}

/// How well the harness itself kept up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HarnessFigures {
    /// RTP packets sent by all legs.
    pub rtp_sent: u64,
    /// 99th percentile of send lateness over all legs, ms.
    pub lateness_p99_ms: f32,
    /// Worst send lateness, ms.
    pub lateness_max_ms: f32,
}

/// One scenario of the plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Clause as the guide numbers it, with our letter where it was split (`7.1.4a`).
    pub clause: String,
    /// The scenario's name in the feature file.
    pub title: String,
    /// Feature file and line, `features/x.feature:12`.
    pub source: String,
    /// Worst of its steps and findings.
    pub verdict: Verdict,
    /// Start, seconds from the start of the run.
    pub started_s: f64,
    /// Duration, s.
    pub duration_s: f64,
    /// Part of it that the guide or a listening window prescribes, s.
    pub mandated_s: f64,
    /// Its steps in order.
    pub steps: Vec<Step>,
    /// What is to be said of it, worst first.
    pub findings: Vec<Finding>,
    /// Who took part.
    pub parties: Vec<Party>,
    /// Who should hear whom, and when. Records written before this field have none.
    #[serde(default)]
    pub pairings: Vec<Pairing>,
    /// SIP messages in order of time, credentials masked.
    pub messages: Vec<Message>,
    /// What the agents saw.
    pub observations: Vec<Observation>,
    /// What each leg heard.
    pub hearing: Vec<HearingTrack>,
    /// Figures of each leg's stream.
    pub streams: Vec<StreamStats>,
    /// Files of evidence, relative to the run's folder.
    pub evidence: Vec<Evidence>,
}

/// One Gherkin step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// `Given`, `When`, `Then`, `And`…
    pub keyword: String,
    /// The step's text.
    pub text: String,
    /// The guide's own step that it belongs to ("Step 4"), if any.
    pub guide_step: Option<String>,
    /// Line in the feature file.
    pub line: usize,
    /// Verdict.
    pub verdict: Verdict,
    /// Start, seconds from the start of the run.
    pub started_s: f64,
    /// Duration, s.
    pub duration_s: f64,
    /// What was observed, in one line with numbers.
    pub observed: String,
}

/// What findings that belong to no step name as theirs.
pub const AFTER_THE_LAST_STEP: &str = "after the last step";

/// Something to be said, with its reason and its remedy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Guide clause.
    pub clause: String,
    /// Never `pass`.
    pub verdict: Verdict,
    /// What the guide expects.
    pub expected: String,
    /// What was seen or heard instead, with numbers.
    pub observed: String,
    /// Probable cause.
    pub cause: Cause,
    /// What to change.
    pub advice: String,
    /// Text of the step that found it.
    pub step: String,
    /// Files that prove it, relative to the run's folder.
    pub evidence: Vec<String>,
}

/// A party of a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Local SIP address, `ip:port`.
    pub address: String,
    /// Account or number that plays it.
    pub account: String,
    /// Identity that it speaks, if it spoke.
    pub identity: Option<u16>,
}

/// Two parties of one call: as long as it stands, each should hear the other and nobody
/// else, but for what hold and ringing bring.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pairing {
    /// Name of who called or was transferred.
    pub caller: String,
    /// Name of who was called.
    pub callee: String,
    /// When the caller dialled or was transferred, seconds from the start of the run.
    pub from: f64,
    /// When the first of the two legs ended, seconds from the start of the run.
    pub to: f64,
}

impl Pairing {
    /// The other party, if this is one of the two.
    pub fn peer_of(&self, party: &str) -> Option<&str> {
        if party == self.caller {
            Some(&self.callee)
        } else {
            (party == self.callee).then_some(&*self.caller)
        }
    }
}

/// A SIP message as it stood on the wire, credentials masked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Microseconds from the start of the run.
    pub at_us: u64,
    /// Name of the party whose socket carried it.
    pub party: String,
    /// `true` if the party sent it, `false` if it received it.
    pub sent: bool,
    /// The PBX's side, `ip:port`.
    pub remote: String,
    /// Whether the same bytes went the same way before.
    pub retransmission: bool,
    /// What the reader found odd about it.
    pub oddities: Vec<String>,
    /// The text; what was not UTF-8 is replaced.
    pub text: String,
}

/// A file that belongs to a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Path relative to the run's folder.
    pub path: String,
    /// What it holds.
    pub title: String,
}
