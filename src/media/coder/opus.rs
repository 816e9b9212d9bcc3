//! Opus (RFC 6716, RFC 7587) for samples at 8 kHz: a decoder may have any of Opus' rates,
//! whatever the packets were encoded from.

use opus_rs::{Application, OpusDecoder, OpusEncoder};

/// How far the encoder looks ahead, samples at 8 kHz: 6.5 ms.
pub(super) const LOOKAHEAD: u64 = 52;

/// Samples of the longest packet, 120 ms (RFC 6716 §3.2.5).
const LONGEST: usize = 960;

/// Bytes of the largest frame (RFC 6716 §3.2.1).
const LARGEST: usize = 1275;

/// Ticks of the RTP clock, 48 kHz, for a sample at 8 kHz.
const TICKS: u32 = 6;

/// Encodes a stream, mono.
pub(super) struct Encoder {
    coder: Option<OpusEncoder>,
}

impl Default for Encoder {
    fn default() -> Self {
        // Not for speech only, which would be filtered: tones are said. It fails for rates and
        // channels that Opus does not have.
        let mut coder = OpusEncoder::new(8000, 1, Application::Audio).ok();
        if let Some(coder) = &mut coder {
            // Searching longer costs four times as much, and betters tones by 1 dB.
            coder.complexity = 0;
        }
        Self { coder }
    }
}

impl Encoder {
    /// A packet at the end of `payload`; nothing for a number of samples that no frame of Opus
    /// has (2.5, 5, 10, 20, 40 and 60 ms are possible).
    pub(super) fn encode_into(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        let Some(coder) = &mut self.coder else { return };
        let start = payload.len();
        payload.resize(start + LARGEST, 0);
        let written = coder.encode_i16(samples, samples.len(), &mut payload[start..]);
        payload.truncate(start + written.unwrap_or_default());
    }
}

/// Decodes a stream. Stereo is mixed down.
pub(super) struct Decoder {
    coder: Option<OpusDecoder>,
    sound: Vec<f32>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { coder: OpusDecoder::new(8000, 1).ok(), sound: vec![0.0; LONGEST] }
    }
}

impl Decoder {
    /// The samples of a packet at the end of `samples`; none of what is no packet of Opus.
    pub(super) fn decode_into(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        // Without a frame it would conceal a loss, which is to be heard here.
        let Some(coder) = self.coder.as_mut().filter(|_| payload.len() > 1) else { return };
        let count = coder.decode(payload, LONGEST, &mut self.sound).unwrap_or_default();
        // A cast of f32 saturates.
        samples.extend(self.sound.iter().take(count).map(|x| (x * 32768.0).round() as i16));
    }
}

/// How long a packet's sound is, ticks of the RTP clock (RFC 6716 §3.1 and §3.2).
pub(in crate::media) fn duration(payload: &[u8]) -> u32 {
    let Some(&first) = payload.first() else { return 0 };
    let frame = match first >> 3 {
        config @ 0..12 => [80, 160, 320, 480][usize::from(config % 4)],
        config @ 12..16 => [80, 160][usize::from(config % 2)],
        config => [20, 40, 80, 160][usize::from(config % 4)],
    };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => payload.get(1).map_or(0, |count| u32::from(count & 63)),
    };
    frame * frames * TICKS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_tells_how_long_it_is() {
        for (payload, microseconds) in [
            (&[0b0000_0000_u8][..], 10_000),
            (&[0b0001_1000], 60_000),
            (&[0b0110_1000], 20_000),
            (&[0b1000_0000], 2500),
            (&[0b1111_1001], 40_000),
            (&[0b1111_1011, 6], 120_000),
            (&[], 0),
        ] {
            assert_eq!(duration(payload) * 1000, microseconds * 48, "{payload:?}");
        }
    }
}
