//! What is to be sent, encoded packet by packet.

use std::fmt;

#[cfg(feature = "opus")]
use super::opus;
use super::{g711, g722};
use crate::media::Codec;

/// Encodes the packets of one stream, in order.
pub struct Encoder(Kind);

enum Kind {
    Pcma,
    Pcmu,
    G722(Box<g722::Encoder>),
    #[cfg(feature = "opus")]
    Opus(Box<opus::Encoder>),
}

impl Encoder {
    /// An encoder at the start of a stream.
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

    /// How much of the delay of what is heard is the encoder's, samples at 8 kHz.
    pub fn delay(&self) -> u64 {
        match self.0 {
            Kind::Pcma | Kind::Pcmu => 0,
            Kind::G722(_) => g722::DELAY,
            #[cfg(feature = "opus")]
            Kind::Opus(_) => opus::LOOKAHEAD,
        }
    }

    /// Encodes the next packet, 16-bit samples at 8 kHz, at the end of `payload`.
    pub fn encode_into(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        match &mut self.0 {
            Kind::Pcma => g711::A.encode_into(samples, payload),
            Kind::Pcmu => g711::MU.encode_into(samples, payload),
            Kind::G722(coder) => coder.encode_into(samples, payload),
            #[cfg(feature = "opus")]
            Kind::Opus(coder) => coder.encode_into(samples, payload),
        }
    }

    /// Encodes the next packet, 16-bit samples at 8 kHz.
    pub fn encode(&mut self, samples: &[i16]) -> Vec<u8> {
        let mut payload = Vec::with_capacity(samples.len());
        self.encode_into(samples, &mut payload);
        payload
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Encoder").field(&self.codec()).finish()
    }
}
