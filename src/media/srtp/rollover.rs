//! The rollover counter: from sequence numbers of 16 bits to indices of 48 bits
//! (RFC 3711 §3.3.1, appendix A).

/// Sequence numbers further apart than this are on two sides of a rollover.
const HALF: u16 = 1 << 15;

/// Where a source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rollover {
    /// The highest index so far.
    highest: u64,
}

impl Rollover {
    /// A source whose first packet has this index.
    pub(super) const fn at(index: u64) -> Self {
        Self { highest: index }
    }

    /// The index that a packet of this number most likely has.
    pub(super) const fn estimate(self, sequence: u16) -> u64 {
        let (rollovers, last) = ((self.highest >> 16) as u32, self.highest as u16);
        let rollovers = if last < HALF {
            // Before the very first packet there was no other round.
            if sequence > last && sequence - last > HALF && rollovers > 0 {
                rollovers - 1
            } else {
                rollovers
            }
        } else if last - HALF > sequence {
            rollovers.wrapping_add(1)
        } else {
            rollovers
        };
        (rollovers as u64) << 16 | sequence as u64
    }

    /// The packet of this index is genuine. One before the first round is no reason to
    /// go forward by a whole one.
    pub(super) const fn advance(&mut self, index: u64) {
        if index > self.highest && index - self.highest <= HALF as u64 {
            self.highest = index;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_counted_through_loss_and_reordering() {
        let mut source = Rollover::at(65_530);
        for (sequence, index) in [
            (65_535_u16, 65_535_u64),
            (1, 65_537),
            (65_534, 65_534),
            (0, 65_536),
            (30_000, 95_536),
            (60_000, 125_536),
            (3, 131_075),
            (65_535, 131_071),
        ] {
            assert_eq!(source.estimate(sequence), index, "{sequence}");
            source.advance(index);
        }
    }

    #[test]
    fn one_before_the_first_leads_nowhere() {
        let mut source = Rollover::at(0);
        assert_eq!(source.estimate(65_535), 65_535);
        source.advance(65_535);
        assert_eq!(source.estimate(1), 1);
    }
}
