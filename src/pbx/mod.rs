//! The reference PBX: a small but whole PBX to certify against, for the harness's own
//! tests, for `pbxcert pbx`, and, with [`Defect`]s switched on, to see every check fail.
//!
//! It shares the SIP layer with the agents and reaches them only through the wire.

mod accounts;
mod bindings;
mod call;
mod caller_id;
mod certificate;
mod config;
mod defects;
mod dial_plan;
mod dialled;
mod numbers;
mod reception;
mod registrar;
mod registration;
mod relay;
mod server;
mod sound;
mod switch;

pub use accounts::{Account, Kind};
pub use config::{
    Config, ConfigError, DigestAlgorithm, NumberForm, Numbering, PhoneConfig, Refusal,
    Registration, Srtp, TlsConfig, TransferCallerId, TransferPolicy, TrunkAccount, TrunkConfig,
    UserConfig,
};
pub use defects::{Defect, DefectError, Defects, Row, Setting};
pub use relay::RelayError;
pub use server::{PbxError, ReferencePbx};
