//! The profile: one YAML file is one PBX model under one configuration.
//!
//! A file is read into a located tree, the tree into a [`Profile`], and the profile
//! is held against the guide's own rules (4.1.1 and 5). Every complaint names file,
//! line and column, shows the place, and says what to do instead; several are made
//! at once. No complaint ever shows a password.

mod bridge;
mod certification;
mod country;
mod duration;
mod embedded;
mod environment;
mod expect;
mod forms;
mod load;
mod localisation;
mod mask;
mod national;
mod numbers;
mod outside;
mod parties;
mod pbx;
mod people;
mod problem;
mod read;
mod rules;
mod secret;
mod section;
mod series;
mod softphone;
mod suggest;
mod template;
mod tree;

pub use bridge::{Bridge, Codec};
pub use embedded::{EmbeddedUser, Reached};
pub use environment::{Environment, process_environment};
pub use expect::{Expect, FailedTransfer, HoldAudio, TransferCallerId};
pub use load::{Profile, Source};
pub use national::read_number_tables;
pub use numbers::{Likeness, NumberFormat, is_e164};
pub use parties::{Account, DeskPhone, Extension, External, Line, Registrar, Trunk, User};
pub use pbx::{Authentication, HostPort, Location, MediaEncryption, Pbx, Protocol, Target};
pub use problem::{Problem, Problems, ProfileError, Severity};
pub use secret::Secret;
pub use softphone::Softphone;
pub use template::{UnknownVendor, VENDORS, Vendor, template};
