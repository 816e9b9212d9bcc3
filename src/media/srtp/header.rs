//! The part of an RTP packet that is not encrypted. A reader of RTP would look at the
//! padding, which is.

/// What protection needs of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    /// Where the payload begins: behind CSRCs and extension (RFC 3550 §5.1, §5.3.1).
    pub(super) length: usize,
}

impl Header {
    /// `None` if the packet is no RTP or ends within its header.
    pub(super) fn read(packet: &[u8]) -> Option<Self> {
        let (&first, ssrc) = (packet.first()?, packet.get(8..12)?);
        if first >> 6 != 2 {
            return None;
        }
        let mut length = 12 + 4 * usize::from(first & 0x0f);
        if first & 0x10 != 0 {
            let words = packet.get(length + 2..length + 4)?;
            length += 4 + 4 * usize::from(u16::from_be_bytes(words.try_into().ok()?));
        }
        let sequence = packet.get(2..4)?;
        (length <= packet.len()).then_some(Self {
            ssrc: u32::from_be_bytes(ssrc.try_into().ok()?),
            sequence: u16::from_be_bytes(sequence.try_into().ok()?),
            length,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_extensions_are_passed_over_and_what_is_cut_off_is_none() {
        let mut packet = vec![0x91, 8, 1, 2, 0, 0, 0, 0, 0, 0, 0, 7];
        packet.extend([0, 0, 0, 9]);
        packet.extend([0xbe, 0xde, 0, 1, 1, 2, 3, 4]);
        let header = Header::read(&packet).unwrap();
        assert_eq!(header, Header { ssrc: 7, sequence: 0x0102, length: 24 });
        for length in 0..packet.len() {
            assert_eq!(Header::read(&packet[..length]), None, "{length}");
        }
        packet[0] = 0x11;
        assert_eq!(Header::read(&packet), None, "version 0 is STUN or DTLS");
    }
}
