//! FFmpeg at the other end of a protected stream: its SRTP is its own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pbxcert::media::{Codec, Engine, Identity, Leg, LegSpec, Security, Stream, Suite};
use pbxcert::wire::{Clock, Tap};

use crate::process::Process;

pub(crate) const IP: [u8; 4] = [127, 0, 0, 74];

/// Keys of our leg, and of FFmpeg.
const OURS: [u8; 30] = *b"what the leg of ours sends...!";
const THEIRS: [u8; 30] = *b"what comes from FFmpeg........";

pub(crate) fn leg(engine: &Engine) -> Leg {
    let spec = LegSpec {
        ip: IpAddr::from(IP),
        party: "A".to_owned(),
        label: "ffmpeg".to_owned(),
        identity: Identity::of(1),
    };
    engine.open(spec).unwrap()
}

fn protected(remote: SocketAddr, suite: Suite) -> Stream {
    let security = Security::new(suite.name(), &OURS, &THEIRS, 0);
    assert!(security.is_some());
    Stream { security, ..Stream::two_way(remote, Codec::Pcma) }
}

pub(crate) fn ffmpeg(folder: &Path, arguments: &[&str]) -> Process {
    let arguments = [&["-nostdin", "-hide_banner", "-loglevel", "warning"], arguments].concat();
    Process::start("ffmpeg", &arguments, &folder.join("ffmpeg.log"))
}

/// FFmpeg listens on a port and the next one, of every address.
pub(crate) fn free_pair() -> SocketAddr {
    let any = |port| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port));
    loop {
        let first = any(0).unwrap();
        let port = first.local_addr().unwrap().port();
        if port.checked_add(1).is_some_and(|next| any(next).is_ok()) {
            return SocketAddr::from((IP, port));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ffmpeg_encrypts_is_heard() {
    for suite in [Suite::Aes128Tag80, Suite::Aes128Tag32] {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::start(Clock::start(), Tap::off()).unwrap();
        let leg = leg(&engine);
        leg.configure(protected(crate::free(IP), suite));
        // 12 bytes of header, 160 of sound, and 14 that it keeps for tags.
        let to = format!("srtp://{}?pkt_size=186", leg.rtp_addr());
        let sender = ffmpeg(
            folder.path(),
            &[
                "-re",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=1000:sample_rate=8000",
                "-t",
                "2",
                "-ac",
                "1",
                "-c:a",
                "pcm_alaw",
                "-f",
                "rtp",
                "-srtp_out_suite",
                suite.name(),
                "-srtp_out_params",
                &STANDARD.encode(THEIRS),
                &to,
            ],
        );
        let (status, log) = tokio::task::spawn_blocking(|| sender.finish()).await.unwrap();
        assert!(status.success(), "{log}");
        engine.settle().await;
        let stats = leg.stats();
        assert!(stats.received > 80, "{suite:?}: {stats:?}\n{log}");
        assert_eq!((stats.unauthenticated, stats.lost), (0, 0), "{suite:?}: {stats:?}");
        leg.close();
        leg.beyond(usize::MAX).await;
        let loud = leg.windows(0).iter().filter(|window| window.level_dbm0 > -30.0).count();
        assert!(loud > 40, "{loud} windows of its tone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_encrypt_is_heard_by_ffmpeg() {
    for suite in [Suite::Aes128Tag80, Suite::Aes128Tag32] {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::start(Clock::start(), Tap::off()).unwrap();
        let (leg, to) = (leg(&engine), free_pair());
        let description = format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
             m=audio {port} RTP/SAVP 8\r\na=crypto:1 {suite} inline:{key}\r\n",
            ip = to.ip(),
            port = to.port(),
            suite = suite.name(),
            key = STANDARD.encode(OURS)
        );
        let (sdp, heard) = (folder.path().join("in.sdp"), folder.path().join("heard.raw"));
        std::fs::write(&sdp, description).unwrap();
        let receiver = ffmpeg(
            folder.path(),
            &[
                "-protocol_whitelist",
                "file,udp,rtp,srtp,crypto",
                "-i",
                sdp.to_str().unwrap(),
                "-t",
                "1.5",
                "-f",
                "s16le",
                heard.to_str().unwrap(),
            ],
        );
        leg.configure(protected(to, suite));
        leg.speak(true);
        let finished = tokio::task::spawn_blocking(|| receiver.finish());
        let finished = tokio::time::timeout(Duration::from_secs(30), finished).await;
        let (status, log) = finished.unwrap().unwrap();
        assert!(status.success(), "{log}");
        let samples = std::fs::read(&heard).unwrap();
        let samples: Vec<f64> = samples
            .chunks_exact(2)
            .map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]])))
            .collect();
        let power = samples.iter().map(|s| s * s).sum::<f64>() / samples.len().max(1) as f64;
        // -16 dBm0 of tones; noise, which a wrong key would give, is at full scale.
        let rms = power.sqrt();
        assert!(samples.len() > 8000 && (1000.0..8000.0).contains(&rms), "{rms} {log}");
    }
}
