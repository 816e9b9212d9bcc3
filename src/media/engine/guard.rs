//! What stands between the datagrams of a protected leg and its ear.

use std::borrow::Cow;
use std::time::Instant;

use rtp_rs::RtpReader;

use crate::media::{Opener, Stream};
use crate::record::StreamStats;

/// Samples in 10 ms of our codecs, each of a byte: plain audio comes in multiples of it, and
/// a tag is never as long.
const TEN_MS: usize = 80;

/// Opens what is protected and counts what cannot be opened.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    opener: Option<Opener>,
    awaits_keys: bool,
    unauthenticated: u64,
    unprotected: u64,
}

impl Guard {
    /// From `at` on, packets are as the stream says.
    pub(crate) fn configure(&mut self, at: Instant, stream: &Stream) {
        self.awaits_keys = false;
        self.opener = Opener::renewed(self.opener.take(), stream.security.as_ref(), at);
    }

    /// Until the next [`Guard::configure`] nothing can be opened.
    pub(crate) fn await_keys(&mut self) {
        self.awaits_keys = self.opener.is_none();
    }

    /// The RTP packet in a datagram that came at `at`.
    pub(crate) fn open<'a>(
        &mut self,
        datagram: &'a [u8],
        at: Instant,
        stream: Option<&Stream>,
    ) -> Option<Cow<'a, [u8]>> {
        let Some(opener) = &mut self.opener else {
            return (!self.awaits_keys).then_some(Cow::Borrowed(datagram));
        };
        let opened = opener.open(datagram, at).map(Cow::Owned);
        // Not everything that comes to a media port is RTP.
        if opened.is_none() && datagram.first().is_some_and(|first| first >> 6 == 2) {
            self.unauthenticated += 1;
            self.unprotected += u64::from(stream.is_some_and(|s| is_plain(datagram, s)));
        }
        opened
    }

    /// The RTCP packet in a datagram that came at `at`.
    pub(crate) fn open_report<'a>(
        &mut self,
        datagram: &'a [u8],
        at: Instant,
    ) -> Option<Cow<'a, [u8]>> {
        match &mut self.opener {
            Some(opener) => opener.open_report(datagram, at).map(Cow::Owned),
            None => (!self.awaits_keys).then_some(Cow::Borrowed(datagram)),
        }
    }

    pub(crate) fn describe(&self, stats: &mut StreamStats) {
        stats.unauthenticated = self.unauthenticated;
        stats.unprotected = self.unprotected;
    }
}

/// Whether it looks like audio that was never protected.
fn is_plain(datagram: &[u8], stream: &Stream) -> bool {
    RtpReader::new(datagram).is_ok_and(|packet| {
        let length = packet.payload().len();
        let agreed = stream.codec_of(packet.payload_type()).is_some();
        agreed && length > 0 && length.is_multiple_of(TEN_MS)
    })
}
