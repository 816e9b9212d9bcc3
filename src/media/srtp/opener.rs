//! The receiving side of a protected stream.

use std::time::{Duration, Instant};

use super::header::Header;
use super::rollover::Rollover;
use super::sealer::ENCRYPTED;
use super::session_keys::SessionKeys;
use super::suite::REPORT_TAG;
use super::{MasterKey, Security, Suite};

/// Sources (SSRC) of one key that are remembered, the latest. Only what is authenticated
/// counts, so a flood of forged ones does no harm.
const SOURCES: usize = 8;

/// How long after a change of keys packets under the old ones may still be on their way.
const OVERLAP: Duration = Duration::from_secs(2);

/// Takes the protection off the packets of a leg.
#[derive(Debug)]
pub(crate) struct Opener {
    current: Receiver,
    previous: Option<(Receiver, Instant)>,
}

/// One key of the peer's.
struct Receiver {
    suite: Suite,
    key: MasterKey,
    mki: usize,
    keys: SessionKeys,
    sources: Vec<(u32, Rollover)>,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").field("suite", &self.suite).finish_non_exhaustive()
    }
}

impl Opener {
    /// For the peer's key of `security`.
    pub(crate) fn new(security: &Security) -> Option<Self> {
        Some(Self { current: Receiver::new(security)?, previous: None })
    }

    /// Goes on with what was agreed last, at `now`: the same key keeps its count, an old
    /// one is still taken for a while.
    pub(crate) fn renewed(
        before: Option<Self>,
        security: Option<&Security>,
        now: Instant,
    ) -> Option<Self> {
        let security = security?;
        match before {
            Some(opener) if opener.current.is_for(security) => Some(opener),
            Some(opener) => Some(Self {
                current: Receiver::new(security)?,
                previous: Some((opener.current, now + OVERLAP)),
            }),
            None => Self::new(security),
        }
    }

    /// The RTP packet in an SRTP packet that came at `at`; `None` if it is not authentic.
    pub(crate) fn open(&mut self, packet: &[u8], at: Instant) -> Option<Vec<u8>> {
        let opened = self.current.open(packet);
        opened.or_else(|| self.previous(at)?.open(packet))
    }

    /// The RTCP packet in an SRTCP packet that came at `at`; `None` if it is not authentic.
    pub(crate) fn open_report(&mut self, packet: &[u8], at: Instant) -> Option<Vec<u8>> {
        let opened = self.current.open_report(packet);
        opened.or_else(|| self.previous(at)?.open_report(packet))
    }

    fn previous(&mut self, at: Instant) -> Option<&mut Receiver> {
        self.previous.take_if(|(_, until)| at > *until);
        self.previous.as_mut().map(|(receiver, _)| receiver)
    }
}

impl Receiver {
    fn new(security: &Security) -> Option<Self> {
        Some(Self {
            suite: security.suite,
            key: security.receive.clone(),
            mki: security.mki,
            keys: SessionKeys::derive(security.suite, &security.receive)?,
            sources: Vec::new(),
        })
    }

    fn is_for(&self, security: &Security) -> bool {
        self.suite == security.suite && self.key == security.receive && self.mki == security.mki
    }

    fn open(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let header = Header::read(packet)?;
        let (rest, tag) = packet.split_last_bytes(self.keys.tag())?;
        let (signed, _mki) = rest.split_last_bytes(self.mki)?;
        let known = self.sources.iter().position(|(ssrc, _)| *ssrc == header.ssrc);
        let index = match known.and_then(|at| self.sources.get(at)) {
            Some((_, source)) => {
                let index = source.estimate(header.sequence);
                self.keys.verify(index, signed, tag).then_some(index)?
            }
            // Of a stream that began just before a rollover the first packets may be missing.
            None => [0, 1 << 16]
                .map(|round| round + u64::from(header.sequence))
                .into_iter()
                .find(|&index| self.keys.verify(index, signed, tag))?,
        };
        match known.and_then(|at| self.sources.get_mut(at)) {
            Some((_, source)) => source.advance(index),
            None => {
                if self.sources.len() == SOURCES {
                    self.sources.remove(0);
                }
                self.sources.push((header.ssrc, Rollover::at(index)));
            }
        }
        let mut opened = signed.to_vec();
        self.keys.apply(header.ssrc, index, opened.get_mut(header.length..)?);
        Some(opened)
    }

    fn open_report(&self, packet: &[u8]) -> Option<Vec<u8>> {
        let (rest, tag) = packet.split_last_bytes(REPORT_TAG)?;
        let (signed, _mki) = rest.split_last_bytes(self.mki)?;
        let (report, index) = signed.split_last_bytes(4)?;
        let ssrc = u32::from_be_bytes(report.get(4..8)?.try_into().ok()?);
        if !self.keys.verify_report(signed, tag) {
            return None;
        }
        let index = u32::from_be_bytes(index.try_into().ok()?);
        let mut opened = report.to_vec();
        if index & ENCRYPTED != 0 {
            self.keys.apply_report(ssrc, index & !ENCRYPTED, opened.get_mut(8..)?);
        }
        Some(opened)
    }
}

trait SplitLast {
    /// The slice without its last `count` bytes, and these; `None` if there are fewer.
    fn split_last_bytes(&self, count: usize) -> Option<(&[u8], &[u8])>;
}

impl SplitLast for [u8] {
    fn split_last_bytes(&self, count: usize) -> Option<(&[u8], &[u8])> {
        self.split_at_checked(self.len().checked_sub(count)?)
    }
}
