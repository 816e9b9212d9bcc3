//! Memory for datagrams, many in one piece.

use bytes::{Bytes, BytesMut};

/// Octets of a piece.
const PIECE: usize = 1 << 16;

/// Pieces of memory from which datagrams are cut off, one after the other. A piece lives as long as
/// any of the datagrams in it, whosever they are.
#[derive(Debug, Default)]
pub(crate) struct Roll(BytesMut);

impl Roll {
    /// Room for a datagram: zeros.
    pub(crate) fn sheet(&mut self, length: usize) -> BytesMut {
        self.have(length);
        self.0.resize(length, 0);
        self.0.split()
    }

    /// A copy of a datagram.
    pub(crate) fn copy(&mut self, bytes: &[u8]) -> Bytes {
        self.have(bytes.len());
        self.0.extend_from_slice(bytes);
        self.0.split().freeze()
    }

    fn have(&mut self, length: usize) {
        if self.0.capacity() < length {
            self.0 = BytesMut::with_capacity(PIECE.max(length));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_lie_side_by_side_and_are_each_their_own() {
        let mut roll = Roll::default();
        let first = roll.copy(b"first");
        let mut second = roll.sheet(6);
        assert_eq!(second[..], [0; 6]);
        second.copy_from_slice(b"second");
        let second = second.freeze();
        let long = roll.copy(&vec![7; 2 * PIECE]);
        assert_eq!(
            (&first[..], &second[..], long.len()),
            (&b"first"[..], &b"second"[..], 2 * PIECE)
        );
        assert_eq!(first.as_ptr().wrapping_add(first.len()), second.as_ptr());
        assert!(roll.copy(b"").is_empty());
    }
}
