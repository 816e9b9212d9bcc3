//! What a leg has said, kept as it was sent until somebody asks for the recording.

use std::time::Instant;

use bytes::Bytes;

use crate::media::codec::PACKET_SAMPLES;
use crate::media::{Codec, Decoder};

/// The payloads of a leg's packets, in the order in which they went.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spoken(Vec<Said>);

/// A packet's payload, plain.
#[derive(Debug, Clone)]
struct Said {
    at: Instant,
    codec: Codec,
    payload: Bytes,
}

impl Spoken {
    /// Keeps the payload of a packet that has gone.
    pub(crate) fn keep(&mut self, at: Instant, codec: Codec, payload: Bytes) {
        self.0.push(Said { at, codec, payload });
    }

    /// The sound of it from sample `origin` of the run on, where `sample_at` tells the sample of
    /// an instant; zeros where nothing was sent.
    pub(crate) fn samples(&self, origin: u64, sample_at: impl Fn(Instant) -> u64) -> Vec<i16> {
        let mut samples = Vec::with_capacity(self.0.len() * PACKET_SAMPLES);
        let mut decoder = Decoder::new(Codec::default());
        for said in &self.0 {
            let start = sample_at(said.at).saturating_sub(origin) as usize;
            // Sending jitters by less than the packets touch: a small step is joined.
            if start.abs_diff(samples.len()) >= PACKET_SAMPLES / 2 {
                samples.resize(start, 0);
            }
            decoder.turn_to(said.codec);
            decoder.decode_into(&said.payload, &mut samples);
        }
        samples
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn packets_that_touch_are_joined_and_a_pause_is_silent() {
        let (mut spoken, start) = (Spoken::default(), Instant::now());
        let loud = Bytes::from_static(&[0x2a; PACKET_SAMPLES]);
        for ms in [0, 21, 39, 100] {
            spoken.keep(start + Duration::from_millis(ms), Codec::Pcma, loud.clone());
        }
        let sample_at = |at: Instant| 800 + (at - start).as_millis() as u64 * 8;
        let samples = spoken.samples(0, sample_at);
        let sounds: Vec<bool> =
            samples.chunks_exact(80).map(|c| c.iter().all(|s| *s != 0)).collect();
        let of = |from: usize, to: usize| sounds[from..to].iter().all(|sounds| *sounds);
        assert!(samples.len() == 1760 && of(10, 16) && of(20, 22), "{sounds:?}");
        assert!(samples[..800].iter().chain(&samples[1280..1600]).all(|s| *s == 0));
    }
}
