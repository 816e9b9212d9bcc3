//! How many times faster than real time one core decodes G.711 and recognises who
//! speaks: one voice, two at once, music, silence; and one voice in G.722. `cargo bench --bench detector`.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use audio_codec_algorithms::decode_alaw;
use pbxcert::media::{Codec, Decoder, Detector, Identity, Speaker};

/// Seconds of audio in each measurement.
const SECONDS: usize = 600;

/// The figure to reach in G.711, and in a codec that predicts sample by sample.
const GOAL: f64 = 2000.0;
const PREDICTING_GOAL: f64 = 200.0;

fn voices(numbers: &[u16]) -> Vec<i16> {
    let mut sum = vec![0_i16; SECONDS * 8000];
    let mut one = sum.clone();
    for number in numbers {
        Speaker::new(Identity::of(*number)).fill(0, &mut one);
        for (sum, one) in sum.iter_mut().zip(&one) {
            *sum = sum.saturating_add(*one);
        }
    }
    sum
}

fn music() -> Vec<i16> {
    (0..SECONDS * 8000)
        .map(|n| {
            let t = n as f64 / 8000.0;
            let root = [262.0, 330.0, 392.0, 294.0][(t * 3.0) as usize % 4];
            let tones = (1..7)
                .map(|k| (std::f64::consts::TAU * root * f64::from(k) * t).sin() / f64::from(k));
            (3000.0 * tones.sum::<f64>()) as i16
        })
        .collect()
}

fn measure(name: &str, codec: Codec, samples: &[i16]) {
    let goal = if Codec::G711.contains(&codec) { GOAL } else { PREDICTING_GOAL };
    let payload = codec.encode(samples);
    let start = Instant::now();
    let mut detector = Detector::new(0);
    let mut decoder = Decoder::new(codec);
    let mut decoded = Vec::with_capacity(160);
    let (mut windows, mut heard) = (0, 0);
    for packet in payload.chunks(160) {
        decoded.clear();
        decoder.decode_into(packet, &mut decoded);
        detector.hear(&decoded);
        for window in detector.take() {
            windows += 1;
            heard += window.heard.len();
        }
    }
    let speed = SECONDS as f64 / start.elapsed().as_secs_f64();
    let verdict = if speed >= goal { "reaches" } else { "MISSES" };
    println!(
        "{name:<12} {speed:>7.0} × real time per core ({verdict} {goal}), {windows} windows, {:.2} voices each",
        f64::from(heard as u32) / f64::from(windows.max(1))
    );
}

/// What a decoder with a stream's memory costs G.711, which needs none: the same packets by one
/// and by a bare loop, each the best of several runs.
fn compare() {
    let payload = Codec::Pcma.encode(&voices(&[1]));
    let mut samples = Vec::with_capacity(160);
    let mut best = |decode: &mut dyn FnMut(&[u8], &mut Vec<i16>)| {
        let once = |_| {
            let start = Instant::now();
            for packet in payload.chunks(160) {
                samples.clear();
                decode(packet, &mut samples);
                std::hint::black_box(&samples);
            }
            start.elapsed().as_secs_f64()
        };
        (0..20).map(once).fold(f64::MAX, f64::min) * 1e9 / payload.len() as f64
    };
    let mut decoder = Decoder::new(Codec::Pcma);
    let object = best(&mut |packet, samples| decoder.decode_into(packet, samples));
    let bare = best(&mut |packet, samples| samples.extend(packet.iter().map(|&b| decode_alaw(b))));
    println!("A-law        {object:.2} ns per sample by a decoder, {bare:.2} by a bare loop");
    let mut decoder = Decoder::new(Codec::G722);
    let payload = Codec::G722.encode(&voices(&[1])[..80_000]);
    let start = Instant::now();
    for packet in payload.chunks(160) {
        samples.clear();
        decoder.decode_into(packet, &mut samples);
    }
    let wideband = start.elapsed().as_secs_f64() * 1e9 / payload.len() as f64;
    println!("G.722        {wideband:.2} ns per sample by a decoder");
}

fn main() {
    compare();
    measure("warming up", Codec::Pcma, &voices(&[1]));
    measure("one voice", Codec::Pcma, &voices(&[1]));
    measure("two voices", Codec::Pcma, &voices(&[1, 2]));
    measure("music", Codec::Pcma, &music());
    measure("silence", Codec::Pcma, &vec![0; SECONDS * 8000]);
    measure("G.722", Codec::G722, &voices(&[1]));
}
