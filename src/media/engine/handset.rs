//! A leg without sockets and threads: the engine's own mouth and ear, whose packets are
//! carried, timed and lost by whoever holds them. For measuring what a call would hear.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::ear::Ear;
use super::mouth::{Mouth, Paper};
use crate::media::codec::RATE;
use crate::media::{Codec, Identity, Stream};
use crate::record::Window;

/// An address to speak to; nothing is ever sent there.
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 4000);

/// What a leg speaks.
#[derive(Debug)]
pub struct Mouthpiece {
    mouth: Mouth,
    paper: Paper,
}

impl Mouthpiece {
    /// Speaks an identity in packets of the codec, and is silent at first.
    pub fn new(identity: Identity, codec: Codec) -> Self {
        let mut mouth = Mouth::new(identity);
        mouth.configure(Stream::two_way(PEER, codec));
        Self { mouth, paper: Paper::default() }
    }

    /// Speaks from the next packet on, or falls silent with it.
    pub fn speak(&mut self, on: bool) {
        self.mouth.speak(on);
    }

    /// The RTP packet of 20 ms whose first sample is sample `n` of the run (8 kHz).
    pub fn packet(&mut self, n: u64) -> Option<Bytes> {
        self.mouth.packet(n, &mut self.paper).map(|parcel| parcel.bytes)
    }
}

/// What a leg hears.
#[derive(Debug)]
pub struct Earpiece {
    ear: Ear,
    start: u64,
    began: Instant,
}

impl Earpiece {
    /// Listens from sample `start` of the run (8 kHz) on to a stream of the codec.
    pub fn new(start: u64, codec: Codec) -> Self {
        let began = Instant::now();
        let mut ear = Ear::new(start);
        ear.configure(began, start, &Stream::two_way(PEER, codec));
        Self { ear, start, began }
    }

    /// Takes an RTP datagram that arrived at sample `arrival` of the run.
    pub fn take(&mut self, arrival: u64, datagram: &[u8]) {
        let since = arrival.saturating_sub(self.start) as f64 / f64::from(RATE);
        self.ear.take(self.began + Duration::from_secs_f64(since), arrival, PEER, datagram);
    }

    /// The windows that have become final by sample `now` of the run, in order.
    pub fn hear(&mut self, now: u64) -> Vec<Window> {
        self.ear.hear(now)
    }

    /// The rest of the windows: nothing more is to come.
    pub fn finish(&mut self) -> Vec<Window> {
        self.ear.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_is_heard_in_every_codec_though_packets_are_lost() {
        for &codec in Codec::ALL {
            let mut mouth = Mouthpiece::new(Identity::of(7), codec);
            let mut ear = Earpiece::new(80_000, codec);
            mouth.speak(true);
            let mut windows = Vec::new();
            for n in (80_000..160_000).step_by(160) {
                let packet = mouth.packet(n).unwrap();
                if n / 160 % 50 != 0 {
                    ear.take(n + 40, &packet);
                }
                windows.extend(ear.hear(n + 40));
            }
            windows.extend(ear.finish());
            let settled: Vec<&Window> =
                windows.iter().filter(|w| (11.0..19.8).contains(&w.at)).collect();
            let heard = settled.iter().filter(|w| w.hears(7)).count();
            assert!(heard * 100 > settled.len() * 90, "{codec:?}: {heard} of {}", settled.len());
            assert!(settled.iter().all(|w| w.heard.iter().all(|h| h.identity == 7)), "{codec:?}");
        }
    }

    #[test]
    fn what_is_spoken_here_is_heard_there_at_once() {
        let mut mouth = Mouthpiece::new(Identity::of(7), Codec::Pcmu);
        let mut ear = Earpiece::new(80_000, Codec::Pcmu);
        let mut windows = Vec::new();
        for n in (80_000..104_000).step_by(160) {
            mouth.speak(n >= 88_000);
            ear.take(n + 40, &mouth.packet(n).unwrap());
            windows.extend(ear.hear(n + 40));
        }
        windows.extend(ear.finish());
        let first = windows.iter().find(|w| w.hears(7)).unwrap();
        assert!((10.95..11.1).contains(&first.at), "{}", first.at);
        assert!(windows.iter().filter(|w| w.at > 11.1 && w.at < 12.9).all(|w| w.hears(7)));
    }
}
