//! What a run leaves behind, as plain serde data.
//!
//! Every other layer may import this one and it imports none: agents write
//! observations, checks judge them, the runner assembles a [`Run`], reports
//! render it. A run can therefore happen on one machine and be reported, merged
//! or compared on another.

mod cause;
mod detection;
mod event;
mod guide;
mod hearing;
mod hold_form;
mod load;
mod observation;
mod presented;
mod probe;
mod run;
mod vantage;
mod verdict;

pub use cause::Cause;
pub use detection::{CleanRun, Detection, DetectionMatrix, Expected, Found, Outcome, Totals};
pub use event::Event;
pub use guide::{PARAGRAPHS, Paragraph, Tested};
pub use hearing::{Heard, HearingTrack, Segment, Sound, StreamStats, Window};
pub use hold_form::HoldForm;
pub use load::{LoadKind, LoadMedia, LoadStep};
pub use observation::{
    ABOUT_VERSION, CallerId, Direction, Ender, Observation, RegistrationFailure, VERSION_KEPT, What,
};
pub use presented::{Place, Presented};
pub use probe::{
    Answer, CertificateSeen, FromPort, MarkedAnswer, NameFailure, Path, ProbeFact, Sized,
    SourcePort,
};
pub use run::{
    AFTER_THE_LAST_STEP, Evidence, FeatureSource, Finding, HarnessFigures, Message, Pairing, Party,
    PbxIdentity, Run, SCHEMA, Scenario, Step,
};
pub use vantage::{StunAnswer, StunAsked, Vantage};
pub use verdict::Verdict;
