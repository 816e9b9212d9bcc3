//! G.722 at 64 kbit/s (ITU-T G.722, mode 1) for samples at 8 kHz.

use audio_codec::g722::{G722Decoder, G722Encoder};
use audio_codec::{Decoder as _, Encoder as _};

use super::half_band::{Decimator, Interpolator};

/// What an encoder or a decoder takes of the whole delay, samples at 8 kHz: 11.5 of the
/// half-band filter and 5.5 of the codec's own filters, which split and join two bands.
pub(super) const DELAY: u64 = 17;

/// Encodes a stream.
#[derive(Default)]
pub(super) struct Encoder {
    to_wide: Interpolator,
    wide: Vec<i16>,
    coder: G722Encoder,
}

impl Encoder {
    /// An octet at the end of `payload` for each of `samples`.
    pub(super) fn encode_into(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        self.wide.clear();
        self.to_wide.double(samples, &mut self.wide);
        let start = payload.len();
        payload.resize(start + samples.len(), 0);
        // It fails only if it is given too little room.
        let written = self.coder.encode_into(&self.wide, &mut payload[start..]);
        payload.truncate(start + written.unwrap_or_default());
    }
}

/// Decodes a stream. What is lost leaves a trace, 20 dB down after 100 ms and gone after half a
/// second: the predictor of the decoder leaks, and finds to that of the encoder again.
#[derive(Default)]
pub(super) struct Decoder {
    coder: G722Decoder,
    wide: Vec<i16>,
    to_narrow: Decimator,
}

impl Decoder {
    /// A sample at the end of `samples` for each octet of `payload`.
    pub(super) fn decode_into(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        self.wide.resize(2 * payload.len(), 0);
        // It fails only if it is given too little room.
        let written = self.coder.decode_into(payload, &mut self.wide);
        self.wide.truncate(written.unwrap_or_default());
        self.to_narrow.halve(&self.wide, samples);
    }
}
