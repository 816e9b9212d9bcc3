//! The sending side of a protected stream.

use bytes::Bytes;

use super::header::Header;
use super::rollover::Rollover;
use super::session_keys::SessionKeys;
use super::{MasterKey, Security, Suite};

/// The flag of an encrypted RTCP packet, before its index of 31 bits.
pub(super) const ENCRYPTED: u32 = 1 << 31;

/// Protects the packets of a leg.
pub(crate) struct Sealer {
    suite: Suite,
    key: MasterKey,
    keys: SessionKeys,
    source: Option<(u32, Rollover)>,
    pub(super) reports: u32,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("suite", &self.suite).finish_non_exhaustive()
    }
}

impl Sealer {
    /// For our own key of `security`.
    pub(crate) fn new(security: &Security) -> Option<Self> {
        Some(Self {
            suite: security.suite,
            key: security.send.clone(),
            keys: SessionKeys::derive(security.suite, &security.send)?,
            source: None,
            reports: 0,
        })
    }

    /// Goes on with what was agreed last: under the same key its count goes on too, since
    /// no index may be used twice.
    pub(crate) fn renewed(before: Option<Self>, security: Option<&Security>) -> Option<Self> {
        let security = security?;
        match before {
            Some(sealer) if sealer.suite == security.suite && sealer.key == security.send => {
                Some(sealer)
            }
            _ => Self::new(security),
        }
    }

    /// The SRTP packet for an RTP packet; `None` if that is none.
    pub(crate) fn seal(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let Header { ssrc, sequence, length } = Header::read(packet)?;
        let source = match &mut self.source {
            Some((known, source)) if *known == ssrc => source,
            source => &mut source.insert((ssrc, Rollover::at(u64::from(sequence)))).1,
        };
        let index = source.estimate(sequence);
        source.advance(index);
        let mut sealed = Vec::with_capacity(packet.len() + self.keys.tag());
        sealed.extend_from_slice(packet);
        self.keys.apply(ssrc, index, sealed.get_mut(length..)?);
        self.keys.sign(index, &mut sealed);
        Some(sealed)
    }

    /// The SRTCP packet for a compound RTCP packet; `None` if that is too short.
    pub(crate) fn seal_report(&mut self, packet: &[u8]) -> Option<Bytes> {
        let ssrc = u32::from_be_bytes(packet.get(4..8)?.try_into().ok()?);
        self.reports = (self.reports + 1) & !ENCRYPTED;
        let mut sealed = packet.to_vec();
        self.keys.apply_report(ssrc, self.reports, sealed.get_mut(8..)?);
        sealed.extend((ENCRYPTED | self.reports).to_be_bytes());
        self.keys.sign_report(&mut sealed);
        Some(sealed.into())
    }
}
