//! The sounds, encoded once for every codec.

use crate::media::Codec;

use super::super::sound;

/// Samples in a packet of 20 ms.
pub(super) const FRAME: usize = 160;

/// A sound to be played in a loop.
#[derive(Debug)]
pub(super) struct Loop {
    alaw: Vec<u8>,
    ulaw: Vec<u8>,
}

impl Loop {
    /// Cut to whole packets, so that the loop has no odd one.
    fn of(samples: &[i16]) -> Self {
        let samples = &samples[..samples.len() / FRAME * FRAME];
        Self { alaw: Codec::Pcma.encode(samples), ulaw: Codec::Pcmu.encode(samples) }
    }

    /// The packet of this number, round and round.
    pub(super) fn frame(&self, codec: Codec, number: usize) -> &[u8] {
        let encoded = match codec {
            Codec::Pcma => &self.alaw,
            Codec::Pcmu => &self.ulaw,
        };
        let at = number % (encoded.len() / FRAME) * FRAME;
        &encoded[at..at + FRAME]
    }
}

/// Everything that the PBX can play.
#[derive(Debug)]
pub(super) struct Playlist {
    pub(super) music: Loop,
    pub(super) ringback: Loop,
}

impl Playlist {
    pub(super) fn compose() -> Self {
        Self { music: Loop::of(&sound::music()), ringback: Loop::of(&sound::ringback()) }
    }
}
