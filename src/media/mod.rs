//! What is spoken and heard: the RTP engine, codecs, identities and their detector,
//! quality figures and recordings.

mod codec;
mod coder;
mod detector;
mod engine;
mod error;
mod identity;
mod lateness;
mod leg;
mod ports;
pub mod quality;
mod recording;
mod srtp;
mod stream;

pub use codec::{Codec, NO_LEVEL, PACKET_SAMPLES, RATE, level_dbm0, rms_of_dbm0};
pub use coder::{Decoder, Encoder};
pub use detector::Detector;
pub(crate) use engine::be_punctual;
pub use engine::{Earpiece, Engine, Mouthpiece};
pub use error::MediaError;
pub use identity::{Identity, SPOKEN_DBM0, Speaker};
pub use lateness::{Lateness, Tardiness};
pub use leg::{Leg, LegSpec};
pub(crate) use ports::PortPair;
pub use recording::Recording;
pub(crate) use srtp::{Opener, Sealer};
pub use srtp::{Security, Suite};
pub use stream::Stream;
