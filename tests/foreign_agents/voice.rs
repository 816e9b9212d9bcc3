//! What a caller of another stack says and hears, and its half of the session description.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use pbxcert::media::{Codec, Engine, Identity, Leg, LegSpec, Stream};
use pbxcert::wire::{Clock, Tap};

/// How many windows of 32 ms it has to hear: two seconds of talk.
const WINDOWS: usize = 62;
/// Longer than they take; only a failed test waits for it.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Clone)]
pub(crate) struct Voice(Leg);

impl Voice {
    pub(crate) fn new(ip: [u8; 4]) -> Self {
        let engine = Engine::start(Clock::start(), Tap::off()).unwrap();
        let spec = LegSpec {
            ip: IpAddr::from(ip),
            party: "A".to_owned(),
            label: "voice".to_owned(),
            identity: Identity::of(7),
        };
        Self(engine.open(spec).unwrap())
    }

    /// Its offer.
    pub(crate) fn offer(&self) -> String {
        let at = self.0.rtp_addr();
        format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n",
            ip = at.ip(),
            port = at.port(),
        )
    }

    /// Speaks to where the answer says.
    pub(crate) fn connect(&self, answer: &str) {
        let after = |start: &str| {
            let line = answer.lines().find_map(|line| line.strip_prefix(start));
            line.unwrap_or_else(|| panic!("no {start} in {answer}"))
        };
        let ip: IpAddr = after("c=IN IP4 ").trim().parse().unwrap();
        let (port, formats) = after("m=audio ").split_once(" RTP/AVP ").unwrap();
        assert_eq!(formats.split_whitespace().next(), Some("8"), "{answer}");
        let remote = SocketAddr::new(ip, port.parse().unwrap());
        self.0.configure(Stream::two_way(remote, Codec::Pcma));
        self.0.speak(true);
    }

    /// Waits until it has heard itself, which is what the trunk sends back, for a while.
    pub(crate) async fn hears_itself(&self) {
        let own = self.0.identity().number();
        let enough = async {
            let mut seen = 0;
            let mut heard = 0;
            while heard < WINDOWS {
                self.0.beyond(seen).await;
                let windows = self.0.windows(seen);
                seen += windows.len();
                let with_own = windows.iter().filter(|w| w.heard.iter().any(|h| h.identity == own));
                heard += with_own.count();
            }
        };
        let heard = tokio::time::timeout(PATIENCE, enough).await;
        assert!(heard.is_ok(), "nothing comes back: {:?}", self.0.stats());
    }
}
