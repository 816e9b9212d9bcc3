//! G.711 by tables: the laws know no past, so each octet and each sample has one answer, and a
//! look is several times cheaper than working it out.

use std::sync::LazyLock;

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

/// Low bits of a 16-bit sample that neither law looks at: A-law takes 13 bits and µ-law 14.
const A_UNSEEN: u32 = 3;
const MU_UNSEEN: u32 = 2;

/// A companding law.
pub(super) struct Law {
    unseen: u32,
    /// The octet of a sample without its unseen bits, as an unsigned number.
    octets: Vec<u8>,
    samples: [i16; 256],
}

/// A-law.
pub(super) static A: LazyLock<Law> = LazyLock::new(|| Law::new(A_UNSEEN, encode_alaw, decode_alaw));
/// µ-law.
pub(super) static MU: LazyLock<Law> =
    LazyLock::new(|| Law::new(MU_UNSEEN, encode_ulaw, decode_ulaw));

impl Law {
    fn new(unseen: u32, encode: fn(i16) -> u8, decode: fn(u8) -> i16) -> Self {
        let seen = (0..=u16::MAX).step_by(1 << unseen);
        Self {
            unseen,
            octets: seen.map(|bits| encode(bits.cast_signed())).collect(),
            samples: std::array::from_fn(|octet| decode(octet as u8)),
        }
    }

    /// Encodes samples at the end of `payload`.
    pub(super) fn encode_into(&self, samples: &[i16], payload: &mut Vec<u8>) {
        let octet = |sample: &i16| self.octets[usize::from(sample.cast_unsigned() >> self.unseen)];
        payload.extend(samples.iter().map(octet));
    }

    /// Decodes octets at the end of `samples`.
    pub(super) fn decode_into(&self, payload: &[u8], samples: &mut Vec<i16>) {
        samples.extend(payload.iter().map(|&octet| self.samples[usize::from(octet)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_the_laws() {
        let samples: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let octets: Vec<u8> = (0..=u8::MAX).collect();
        for (law, encode, decode) in [
            (&*A, encode_alaw as fn(i16) -> u8, decode_alaw as fn(u8) -> i16),
            (&*MU, encode_ulaw, decode_ulaw),
        ] {
            let mut encoded = Vec::new();
            law.encode_into(&samples, &mut encoded);
            assert!(samples.iter().zip(&encoded).all(|(&sample, &octet)| encode(sample) == octet));
            let mut decoded = Vec::new();
            law.decode_into(&octets, &mut decoded);
            assert!(octets.iter().zip(&decoded).all(|(&octet, &sample)| decode(octet) == sample));
        }
    }
}
