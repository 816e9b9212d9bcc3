//! The audio encodings, and the units of level that go with them.

#[cfg(feature = "opus")]
use super::coder::opus_duration;
use super::{Decoder, Encoder};

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
    /// G.722 at 64 kbit/s, static payload type 9. Its sound has 16 kHz, its RTP clock 8 kHz (RFC
    /// 3551 §4.5.2).
    G722,
    /// Opus, mono, under a dynamic payload type; its RTP clock has 48 kHz (RFC 7587).
    #[cfg(feature = "opus")]
    Opus,
}

impl Codec {
    /// What every PBX has. Which of the laws comes first is all the same to Teams.
    pub const G711: &[Self] = &[Self::Pcmu, Self::Pcma];

    /// Every codec of this build, those that every PBX has first.
    pub const ALL: &[Self] = &[
        Self::Pcmu,
        Self::Pcma,
        Self::G722,
        #[cfg(feature = "opus")]
        Self::Opus,
    ];

    /// The codec of an SDP encoding name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// The encoding name of SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
            #[cfg(feature = "opus")]
            Self::Opus => "opus",
        }
    }

    /// The static payload type (RFC 3551 §6), or the dynamic one that we give it.
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcma => 8,
            Self::Pcmu => 0,
            Self::G722 => 9,
            #[cfg(feature = "opus")]
            Self::Opus => 96,
        }
    }

    /// RTP clock rate, Hz.
    pub const fn clock(self) -> u32 {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => RATE,
            #[cfg(feature = "opus")]
            Self::Opus => 48_000,
        }
    }

    /// Ticks of the RTP clock for each of our samples.
    pub const fn ticks(self) -> u32 {
        self.clock() / RATE
    }

    /// How much sound a payload is, ticks of the RTP clock.
    pub fn duration(self, payload: &[u8]) -> u32 {
        match self {
            // Of 8 kHz an octet for every sample, of G.722's 16 kHz one for every two.
            Self::Pcma | Self::Pcmu | Self::G722 => payload.len() as u32,
            #[cfg(feature = "opus")]
            Self::Opus => opus_duration(payload),
        }
    }

    /// Encodes 16-bit samples at 8 kHz, which are a whole stream.
    pub fn encode(self, samples: &[i16]) -> Vec<u8> {
        Encoder::new(self).encode(samples)
    }

    /// Decodes a whole stream to 16-bit samples at 8 kHz.
    pub fn decode(self, payload: &[u8]) -> Vec<i16> {
        Decoder::new(self).decode(payload)
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
        for &codec in Codec::ALL {
            assert_eq!(Codec::from_name(codec.name()), Some(codec));
        }
        assert_eq!(Codec::from_name("g722").map(Codec::payload_type), Some(9));
        assert_eq!(Codec::from_name("pcmu").map(Codec::payload_type), Some(0));
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
