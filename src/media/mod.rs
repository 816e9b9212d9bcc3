//! What is spoken and heard: the RTP engine, codecs, identities and their detector,
//! quality figures and recordings.

mod codec;
mod detector;
mod engine;
mod error;
mod identity;
mod lateness;
mod leg;
mod ports;
pub mod quality;
mod recording;
mod stream;

pub use codec::{Codec, NO_LEVEL, PACKET_SAMPLES, RATE, level_dbm0, rms_of_dbm0};
pub use detector::Detector;
pub use engine::Engine;
pub use error::MediaError;
pub use identity::{Identity, SPOKEN_DBM0, Speaker};
pub use lateness::Lateness;
pub use leg::{Leg, LegSpec};
pub use recording::Recording;
pub use stream::Stream;
