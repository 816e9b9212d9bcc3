//! What has arrived, decoded packet by packet.

use std::fmt;

#[cfg(feature = "opus")]
use super::opus;
use super::{g711, g722};
use crate::media::Codec;

/// Decodes the packets of one stream as they come: packets of any size, and with others
/// missing between them.
pub struct Decoder(Kind);

enum Kind {
    Pcma,
    Pcmu,
    G722(Box<g722::Decoder>),
    #[cfg(feature = "opus")]
    Opus(Box<opus::Decoder>),
}

impl Decoder {
    /// A decoder at the start of a stream.
    pub fn new(codec: Codec) -> Self {
        Self(match codec {
            Codec::Pcma => Kind::Pcma,
            Codec::Pcmu => Kind::Pcmu,
            Codec::G722 => Kind::G722(Box::default()),
            #[cfg(feature = "opus")]
            Codec::Opus => Kind::Opus(Box::default()),
        })
    }

    /// The codec.
    pub fn codec(&self) -> Codec {
        match self.0 {
            Kind::Pcma => Codec::Pcma,
            Kind::Pcmu => Codec::Pcmu,
            Kind::G722(_) => Codec::G722,
            #[cfg(feature = "opus")]
            Kind::Opus(_) => Codec::Opus,
        }
    }

    /// Starts a new stream if the codec is another than before.
    pub fn turn_to(&mut self, codec: Codec) {
        if self.codec() != codec {
            *self = Self::new(codec);
        }
    }

    /// How much of the delay of what is heard is the decoder's, samples at 8 kHz.
    pub fn delay(&self) -> u64 {
        match self.0 {
            Kind::Pcma | Kind::Pcmu => 0,
            Kind::G722(_) => g722::DELAY,
            #[cfg(feature = "opus")]
            Kind::Opus(_) => 0,
        }
    }

    /// Decodes a payload to 16-bit samples at 8 kHz, at the end of `samples`.
    pub fn decode_into(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        match &mut self.0 {
            Kind::Pcma => g711::A.decode_into(payload, samples),
            Kind::Pcmu => g711::MU.decode_into(payload, samples),
            Kind::G722(coder) => coder.decode_into(payload, samples),
            #[cfg(feature = "opus")]
            Kind::Opus(coder) => coder.decode_into(payload, samples),
        }
    }

    /// Decodes a payload to 16-bit samples at 8 kHz.
    pub fn decode(&mut self, payload: &[u8]) -> Vec<i16> {
        let mut samples = Vec::with_capacity(payload.len());
        self.decode_into(payload, &mut samples);
        samples
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Decoder").field(&self.codec()).finish()
    }
}
