//! Encoders and decoders of streams. G.711 has no memory; a codec that predicts needs one of
//! each for every stream and direction.

mod decoder;
mod encoder;
mod g711;
mod g722;
mod half_band;
#[cfg(feature = "opus")]
mod opus;

pub use decoder::Decoder;
pub use encoder::Encoder;
#[cfg(feature = "opus")]
pub(in crate::media) use opus::duration as opus_duration;

#[cfg(test)]
mod tests;
