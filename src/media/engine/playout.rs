//! Where a packet's samples belong on the listener's time axis.
//!
//! The first packet of a source is played when it comes; the others by their
//! timestamps. A gap in the timestamps is a gap in the sound, and a source that
//! restarts its clock is anchored anew.

/// Samples between arrival and the last moment at which a packet can be heard: 60 ms.
pub(crate) const REACH: u64 = 480;

/// Timestamps this far ahead of their arrival (500 ms) are another clock's.
const AHEAD: i64 = 4000;

/// Packets that come too late for this long (80 ms) and number start a new anchor.
const LATE_FOR: u64 = 640;
const LATE_PACKETS: u32 = 4;

/// Samples over which the smallest transit is taken: 1 s.
const MEMORY: u64 = 8000;

/// Places packets.
#[derive(Debug, Clone, Default)]
pub(crate) struct Playout {
    anchor: Option<Anchor>,
    /// Arrival of the first of the packets that are late in a row, and their number.
    late: Option<(u64, u32)>,
    /// Smallest arrival minus place, of this second and the one before.
    fastest: [Option<i64>; 2],
    second: u64,
    /// Packets that came later than [`REACH`] after the fastest, and their bursts.
    behind: u64,
    bursts: u64,
    /// Whether the last packet was one of them.
    is_behind: bool,
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    ssrc: u32,
    /// Ticks of its RTP clock for each sample.
    ticks: u32,
    timestamp: u32,
    place: i64,
}

impl Playout {
    /// The sample of the run at which a packet's first sample is heard, `None` if it
    /// comes too late: sounds before sample `heard` are over. Its source's clock has so many
    /// ticks for each sample.
    pub(crate) fn place(
        &mut self,
        (ssrc, ticks): (u32, u32),
        timestamp: u32,
        marker: bool,
        arrival: u64,
        heard: u64,
    ) -> Option<u64> {
        let now = arrival as i64;
        let of_source = |anchor: &Anchor| anchor.ssrc == ssrc && anchor.ticks == ticks;
        let known = self.anchor.filter(of_source);
        let by_timestamp = known.map(|anchor| {
            let since = i64::from(timestamp.wrapping_sub(anchor.timestamp) as i32);
            anchor.place + since / i64::from(ticks)
        });
        let is_behind = by_timestamp.is_some_and(|place| now - place - self.bias() > REACH as i64);
        self.behind += u64::from(is_behind);
        self.bursts += u64::from(is_behind && !self.is_behind);
        self.is_behind = is_behind;
        let place = match by_timestamp {
            Some(place) if place > now + AHEAD => now,
            Some(place) if marker && (place - now).abs() > REACH as i64 / 2 => now,
            Some(place) if place < heard as i64 => {
                let (first, count) = self.late.unwrap_or((arrival, 0));
                self.late = Some((first, count + 1));
                if count + 1 < LATE_PACKETS || arrival - first < LATE_FOR {
                    return None;
                }
                now
            }
            Some(place) => place,
            None => now,
        };
        self.late = None;
        if by_timestamp != Some(place) {
            self.fastest = [None; 2];
        }
        self.anchor = Some(Anchor { ssrc, ticks, timestamp, place });
        self.remember(now - place, arrival);
        u64::try_from(place).ok()
    }

    /// How many packets came later than [`REACH`] after the fastest of the last second, and
    /// in how many bursts.
    pub(crate) fn behind(&self) -> (u64, u64) {
        (self.behind, self.bursts)
    }

    fn remember(&mut self, transit: i64, arrival: u64) {
        if arrival / MEMORY != self.second {
            self.second = arrival / MEMORY;
            self.fastest = [None, self.fastest[0]];
        }
        self.fastest[0] = Some(self.fastest[0].map_or(transit, |known| known.min(transit)));
    }

    /// How much later, in samples, the fastest packets come than they are placed.
    /// Negative if the first one was slow: that much of a measured delay is ours.
    pub(crate) fn bias(&self) -> i64 {
        self.fastest.iter().flatten().min().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_timestamps_not_arrivals() {
        let mut playout = Playout::default();
        assert_eq!(playout.place((1, 1), 1000, true, 8000, 7000), Some(8000));
        assert_eq!(playout.place((1, 1), 1160, false, 8290, 7500), Some(8160));
        assert_eq!(playout.place((1, 1), 1480, false, 8480, 7500), Some(8480), "a gap stays a gap");
        assert_eq!(playout.bias(), 0);
    }

    #[test]
    fn a_faster_clock_has_more_ticks_and_another_clock_is_another_source() {
        let mut playout = Playout::default();
        assert_eq!(playout.place((1, 6), 1000, true, 8000, 7000), Some(8000));
        assert_eq!(playout.place((1, 6), 1960, false, 8200, 7000), Some(8160));
        assert_eq!(playout.place((1, 1), 2120, false, 8330, 7000), Some(8330));
    }

    #[test]
    fn a_slow_first_packet_is_known_from_the_others() {
        let mut playout = Playout::default();
        playout.place((1, 1), 0, true, 8000, 7000);
        playout.place((1, 1), 160, false, 8060, 7000);
        assert_eq!(playout.bias(), -100);
    }

    #[test]
    fn one_late_packet_is_lost_and_a_clock_that_stood_still_is_anchored_anew() {
        let mut playout = Playout::default();
        playout.place((1, 1), 0, true, 8000, 7000);
        assert_eq!(playout.place((1, 1), 160, false, 9000, 8520), None);
        assert_eq!(playout.behind(), (1, 1));
        assert_eq!(playout.place((1, 1), 1000, false, 9010, 8530), Some(9000));
        // The sender paused for a second and did not count it.
        let placed: Vec<Option<u64>> = (0..8)
            .map(|n| {
                let arrival = 17_000 + 160 * n;
                playout.place((1, 1), 1160 + 160 * n as u32, false, arrival, arrival - REACH)
            })
            .collect();
        assert_eq!(placed.iter().filter(|p| p.is_none()).count(), 4, "{placed:?}");
        assert_eq!(placed[7], Some(17_000 + 160 * 7));
    }

    #[test]
    fn a_new_source_or_a_marker_after_a_pause_starts_anew() {
        let mut playout = Playout::default();
        playout.place((1, 1), 0, true, 8000, 7000);
        assert_eq!(playout.place((2, 1), 77_777, false, 8160, 7000), Some(8160));
        assert_eq!(playout.place((2, 1), 78_000, true, 20_000, 19_520), Some(20_000));
        assert_eq!(playout.place((2, 1), 178_000, false, 20_160, 19_680), Some(20_160));
    }
}
