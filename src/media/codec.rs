//! G.711 in both laws, and the units of level that go with it.

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

/// Samples per second of everything that is generated, decoded and recorded.
pub const RATE: u32 = 8000;

/// Samples in a packet of 20 ms.
pub const PACKET_SAMPLES: usize = 160;

/// RMS of a full-scale 16-bit sine, which is +3.14 dBm0 (ITU-T G.711, A-law).
const FULL_SCALE_RMS: f64 = 32768.0 * std::f64::consts::FRAC_1_SQRT_2;
#[expect(clippy::approx_constant, reason = "the standard's figure, by chance close to pi")]
const FULL_SCALE_DBM0: f64 = 3.14;

/// Level of digital silence.
pub const NO_LEVEL: f32 = -100.0;

/// An audio encoding that the engine can send and hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Codec {
    /// G.711 A-law, static payload type 8.
    #[default]
    Pcma,
    /// G.711 µ-law, static payload type 0.
    Pcmu,
}

impl Codec {
    /// The codec of an SDP encoding name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "PCMA" => Some(Self::Pcma),
            "PCMU" => Some(Self::Pcmu),
            _ => None,
        }
    }

    /// The encoding name of SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
        }
    }

    /// The static payload type (RFC 3551 §6).
    pub const fn static_payload_type(self) -> u8 {
        match self {
            Self::Pcma => 8,
            Self::Pcmu => 0,
        }
    }

    /// RTP clock rate, Hz.
    pub const fn clock(self) -> u32 {
        RATE
    }

    /// Encodes 16-bit samples at 8 kHz.
    pub fn encode(self, samples: &[i16]) -> Vec<u8> {
        let mut payload = Vec::with_capacity(samples.len());
        self.encode_into(samples, &mut payload);
        payload
    }

    /// Encodes 16-bit samples at 8 kHz at the end of `payload`.
    pub fn encode_into(self, samples: &[i16], payload: &mut Vec<u8>) {
        match self {
            Self::Pcma => payload.extend(samples.iter().map(|&s| encode_alaw(s))),
            Self::Pcmu => payload.extend(samples.iter().map(|&s| encode_ulaw(s))),
        }
    }

    /// Decodes a payload to 16-bit samples at 8 kHz.
    pub fn decode(self, payload: &[u8]) -> Vec<i16> {
        let mut samples = Vec::with_capacity(payload.len());
        self.decode_into(payload, &mut samples);
        samples
    }

    /// Decodes a payload at the end of `samples`.
    pub fn decode_into(self, payload: &[u8], samples: &mut Vec<i16>) {
        match self {
            Self::Pcma => samples.extend(payload.iter().map(|&b| decode_alaw(b))),
            Self::Pcmu => samples.extend(payload.iter().map(|&b| decode_ulaw(b))),
        }
    }
}

/// Level of a mean square of 16-bit samples, dBm0.
pub fn level_dbm0(mean_square: f64) -> f32 {
    if mean_square <= 0.0 {
        return NO_LEVEL;
    }
    let level = 10.0 * (mean_square / (FULL_SCALE_RMS * FULL_SCALE_RMS)).log10() + FULL_SCALE_DBM0;
    (level as f32).max(NO_LEVEL)
}

/// RMS in 16-bit samples of a level in dBm0.
pub fn rms_of_dbm0(level: f64) -> f64 {
    FULL_SCALE_RMS * 10_f64.powf((level - FULL_SCALE_DBM0) / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_payload_types_are_those_of_rfc_3551() {
        for codec in [Codec::Pcma, Codec::Pcmu] {
            assert_eq!(Codec::from_name(codec.name()), Some(codec));
        }
        assert_eq!(Codec::from_name("pcmu").map(Codec::static_payload_type), Some(0));
        assert_eq!(Codec::from_name("G729"), None);
    }

    #[test]
    fn both_laws_keep_a_tone_within_38_db() {
        let tone: Vec<i16> = (0..800)
            .map(|n| (8000.0 * (2.0 * std::f64::consts::PI * 0.1237 * f64::from(n)).sin()) as i16)
            .collect();
        for codec in [Codec::Pcma, Codec::Pcmu] {
            let back = codec.decode(&codec.encode(&tone));
            let power = |of: &mut dyn Iterator<Item = f64>| of.map(|x| x * x).sum::<f64>();
            let signal = power(&mut tone.iter().map(|&s| f64::from(s)));
            let error =
                power(&mut tone.iter().zip(&back).map(|(&a, &b)| f64::from(a) - f64::from(b)));
            let snr = 10.0 * (signal / error).log10();
            assert!(snr > 36.0, "{} {snr:.1} dB", codec.name());
        }
    }

    #[test]
    fn levels_go_both_ways() {
        let rms = rms_of_dbm0(-16.0);
        assert!((level_dbm0(rms * rms) + 16.0).abs() < 1e-3);
        assert!((level_dbm0(0.0) - NO_LEVEL).abs() < f32::EPSILON);
    }
}
