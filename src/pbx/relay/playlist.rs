//! The sounds, encoded once for every codec that needs no memory of what was sent before.

use std::collections::BTreeMap;

use super::super::sound::Piece;
use crate::media::Codec;

/// Samples in a packet of 20 ms.
pub(super) const FRAME: usize = 160;

/// A sound to be played in a loop.
#[derive(Debug)]
pub(super) struct Loop {
    samples: Vec<i16>,
    alaw: Vec<u8>,
    ulaw: Vec<u8>,
}

impl Loop {
    /// Cut to whole packets, so that the loop has no odd one.
    fn of(samples: &[i16]) -> Self {
        let samples = &samples[..samples.len() / FRAME * FRAME];
        Self {
            samples: samples.to_vec(),
            alaw: Codec::Pcma.encode(samples),
            ulaw: Codec::Pcmu.encode(samples),
        }
    }

    /// The payload of the packet of this number, round and round; `None` if it depends on what
    /// the listener was sent before.
    pub(super) fn payload(&self, codec: Codec, number: usize) -> Option<&[u8]> {
        let encoded = match codec {
            Codec::Pcma => &self.alaw,
            Codec::Pcmu => &self.ulaw,
            _ => return None,
        };
        Some(&encoded[self.range(number)])
    }

    /// The samples of the same packet.
    pub(super) fn samples(&self, number: usize) -> &[i16] {
        &self.samples[self.range(number)]
    }

    fn range(&self, number: usize) -> std::ops::Range<usize> {
        let at = number % (self.samples.len() / FRAME) * FRAME;
        at..at + FRAME
    }
}

/// Everything that the PBX can play.
#[derive(Debug)]
pub(super) struct Playlist(BTreeMap<Piece, Loop>);

impl Playlist {
    /// What a healthy PBX plays; other pieces are composed when they are asked for.
    pub(super) fn compose() -> Self {
        let mut playlist = Self(BTreeMap::new());
        playlist.prepare(Piece::Music);
        playlist.prepare(Piece::Ringback);
        playlist
    }

    /// Composes the piece, unless it is there.
    pub(super) fn prepare(&mut self, piece: Piece) {
        self.0.entry(piece).or_insert_with(|| Loop::of(&piece.compose()));
    }

    /// A piece that was prepared.
    pub(super) fn get(&self, piece: Piece) -> Option<&Loop> {
        self.0.get(&piece)
    }
}
