//! Sound that comes in one codec and goes out in another.

use crate::media::{Codec, Decoder, Encoder};

/// Which stream a packet is of: the port that it came to and its SSRC.
pub(super) type Origin = (u64, u32);

/// A port's own decoder, of whatever it sends on, and the encoder of what it sends.
#[derive(Debug)]
pub(super) struct Transcoder {
    decoder: Decoder,
    origin: Option<Origin>,
    encoder: Encoder,
}

impl Default for Transcoder {
    fn default() -> Self {
        Self {
            decoder: Decoder::new(Codec::default()),
            origin: None,
            encoder: Encoder::new(Codec::default()),
        }
    }
}

impl Transcoder {
    /// The next packet of a stream, decoded: 16-bit samples at 8 kHz.
    pub(super) fn decode(&mut self, origin: Origin, codec: Codec, payload: &[u8]) -> Vec<i16> {
        if self.origin.replace(origin) == Some(origin) {
            self.decoder.turn_to(codec);
        } else {
            self.decoder = Decoder::new(codec);
        }
        self.decoder.decode(payload)
    }

    /// The next packet that is sent, encoded.
    pub(super) fn encode(&mut self, codec: Codec, samples: &[i16]) -> Vec<u8> {
        self.encoder.turn_to(codec);
        self.encoder.encode(samples)
    }
}
