//! FFmpeg at the other end of a plain stream: what its codecs encode is heard, and it hears what
//! ours do.

use std::path::Path;
use std::time::Duration;

use pbxcert::media::{Codec, Detector, Engine, Identity, Leg, Speaker, Stream};
use pbxcert::record::Window;
use pbxcert::wire::{Clock, Tap};

use crate::ffmpeg::{IP, ffmpeg, free_pair, leg};

/// Whom FFmpeg plays.
const THEIRS: u16 = 44;

/// A codec, and what FFmpeg has to be told for it.
struct Foreign {
    codec: Codec,
    encoder: &'static [&'static str],
    /// Most bytes of an RTP packet: one of 20 ms.
    packet: usize,
    /// Value of `a=rtpmap` behind the payload type.
    map: &'static str,
    /// A voice is to be so much louder than what the codec adds to it, dB.
    snr_db: f32,
}

const G722: Foreign = Foreign {
    codec: Codec::G722,
    encoder: &["-c:a", "g722", "-ar", "16000"],
    packet: 172,
    map: "G722/8000",
    snr_db: 25.0,
};

#[cfg(feature = "opus")]
const OPUS: Foreign = Foreign {
    codec: Codec::Opus,
    encoder: &["-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-ar", "48000"],
    packet: 1200,
    map: "opus/48000/2",
    snr_db: 15.0,
};

/// As a browser or a media player has it: stereo, of the whole band.
#[cfg(feature = "opus")]
const STEREO: Foreign = Foreign {
    encoder: &["-c:a", "libopus", "-application", "audio", "-ac", "2", "-ar", "48000"],
    ..OPUS
};

fn engine() -> (Engine, Clock) {
    let clock = Clock::start();
    (Engine::start(clock, Tap::off()).unwrap(), clock)
}

/// The sample of the run that it is now.
fn sample(clock: Clock) -> u64 {
    (clock.seconds() * 8000.0) as u64
}

fn bytes_of(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// How many windows hear the identity, and the median of how far it stands out, dB.
fn heard(windows: &[Window], identity: u16) -> (usize, f32) {
    let mut snr: Vec<f32> = windows
        .iter()
        .flat_map(|window| window.heard.iter().filter(|heard| heard.identity == identity))
        .map(|heard| heard.snr_db)
        .collect();
    snr.sort_by(f32::total_cmp);
    (snr.len(), snr.get(snr.len() / 2).copied().unwrap_or_default())
}

async fn is_heard(foreign: &Foreign) {
    let folder = tempfile::tempdir().unwrap();
    let (engine, clock) = engine();
    let leg = leg(&engine);
    leg.configure(Stream::two_way(crate::free(IP), foreign.codec));
    let mut voice = vec![0; 3 * 8000];
    Speaker::new(Identity::of(THEIRS)).fill(sample(clock), &mut voice);
    let file = folder.path().join("voice.raw");
    std::fs::write(&file, bytes_of(&voice)).unwrap();
    let to = format!("rtp://{}?pkt_size={}", leg.rtp_addr(), foreign.packet);
    let kind = foreign.codec.payload_type().to_string();
    let from = ["-re", "-f", "s16le", "-ar", "8000", "-ac", "1", "-i", file.to_str().unwrap()];
    let out = ["-f", "rtp", "-payload_type", &kind, &to];
    let sender = ffmpeg(folder.path(), &[&from, foreign.encoder, &out].concat());
    let (status, log) = tokio::task::spawn_blocking(|| sender.finish()).await.unwrap();
    assert!(status.success(), "{log}");
    engine.settle().await;
    let stats = leg.stats();
    assert!(stats.received > 140, "{stats:?}\n{log}");
    assert_eq!((stats.lost, stats.mistimed, stats.unagreed), (0, 0, 0), "{stats:?}");
    assert_eq!(stats.codec, foreign.codec.name());
    finish(&leg).await;
    let (windows, snr) = heard(&leg.windows(0), THEIRS);
    assert!(windows > 70, "{windows} windows, {snr} dB\n{log}");
    assert!(snr > foreign.snr_db, "{snr} dB");
}

async fn finish(leg: &Leg) {
    leg.close();
    leg.beyond(usize::MAX).await;
}

async fn hears(foreign: &Foreign) {
    let folder = tempfile::tempdir().unwrap();
    let (engine, clock) = engine();
    let (leg, to) = (leg(&engine), free_pair());
    let description = format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP {kind}\r\na=rtpmap:{kind} {map}\r\n",
        ip = to.ip(),
        port = to.port(),
        kind = foreign.codec.payload_type(),
        map = foreign.map,
    );
    let (sdp, file) = (folder.path().join("in.sdp"), folder.path().join("heard.raw"));
    std::fs::write(&sdp, description).unwrap();
    leg.configure(Stream::two_way(to, foreign.codec));
    leg.speak(true);
    let receiver = ffmpeg(
        folder.path(),
        &[
            "-protocol_whitelist",
            "file,udp,rtp",
            "-i",
            sdp.to_str().unwrap(),
            "-t",
            "3",
            "-ar",
            "8000",
            "-ac",
            "1",
            "-f",
            "s16le",
            file.to_str().unwrap(),
        ],
    );
    let finished = tokio::task::spawn_blocking(|| receiver.finish());
    let finished = tokio::time::timeout(Duration::from_secs(30), finished).await;
    let (status, log) = finished.unwrap().unwrap();
    assert!(status.success(), "{log}");
    // It heard us until now: what the file begins with was said no later than this.
    let start = sample(clock) - 3 * 8000;
    let (windows, snr) = heard(&listened(&file, start), leg.identity().number());
    assert!(windows > 70, "{windows} windows, {snr} dB\n{log}");
    assert!(snr > foreign.snr_db, "{snr} dB");
}

/// What the detector hears in a file that begins at sample `start` of the run.
fn listened(file: &Path, start: u64) -> Vec<Window> {
    let bytes = std::fs::read(file).unwrap();
    let samples: Vec<i16> =
        bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let mut detector = Detector::new(start);
    detector.hear(&samples);
    detector.finish();
    detector.take()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ffmpeg_says_in_g722_is_heard() {
    is_heard(&G722).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ffmpeg_hears_what_we_say_in_g722() {
    hears(&G722).await;
}

#[cfg(feature = "opus")]
#[tokio::test(flavor = "multi_thread")]
async fn what_ffmpeg_says_in_opus_is_heard() {
    is_heard(&OPUS).await;
    is_heard(&STEREO).await;
}

#[cfg(feature = "opus")]
#[tokio::test(flavor = "multi_thread")]
async fn ffmpeg_hears_what_we_say_in_opus() {
    hears(&OPUS).await;
}
