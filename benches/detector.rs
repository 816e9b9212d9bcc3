//! How many times faster than real time one core decodes G.711 and recognises who
//! speaks: one voice, two at once, music, silence. `cargo bench --bench detector`.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use pbxcert::media::{Codec, Detector, Identity, Speaker};

/// Seconds of audio in each measurement.
const SECONDS: usize = 600;

/// The figure to reach.
const GOAL: f64 = 2000.0;

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

fn measure(name: &str, samples: &[i16]) {
    let payload = Codec::Pcma.encode(samples);
    let start = Instant::now();
    let mut detector = Detector::new(0);
    let mut decoded = Vec::with_capacity(160);
    let (mut windows, mut heard) = (0, 0);
    for packet in payload.chunks(160) {
        decoded.clear();
        Codec::Pcma.decode_into(packet, &mut decoded);
        detector.hear(&decoded);
        for window in detector.take() {
            windows += 1;
            heard += window.heard.len();
        }
    }
    let speed = SECONDS as f64 / start.elapsed().as_secs_f64();
    let verdict = if speed >= GOAL { "reaches" } else { "MISSES" };
    println!(
        "{name:<12} {speed:>7.0} × real time per core ({verdict} {GOAL}), {windows} windows, {:.2} voices each",
        f64::from(heard as u32) / f64::from(windows.max(1))
    );
}

fn main() {
    measure("warming up", &voices(&[1]));
    measure("one voice", &voices(&[1]));
    measure("two voices", &voices(&[1, 2]));
    measure("music", &music());
    measure("silence", &vec![0; SECONDS * 8000]);
}
