//! Tests: nothing that a line carries by itself is taken for an identity, and each
//! thing is called by its name.

use super::scene::*;
use crate::record::{Sound, Window};

fn most(windows: &[Window], sound: Sound) -> f64 {
    windows.iter().filter(|w| w.sound == sound).count() as f64 / windows.len() as f64
}

fn nobody(name: &str, windows: &[Window]) {
    let heard = windows.iter().filter(|w| !w.heard.is_empty()).count();
    assert_eq!(heard, 0, "{name}: somebody heard in {heard} windows");
}

/// Share of the loud windows that are of the class, and nobody in any.
fn is(name: &str, sound: &[f64], class: Sound, least: f64) {
    let windows = heard(sound);
    nobody(name, &windows);
    let loud: Vec<Window> = windows.into_iter().filter(|w| w.sound != Sound::Silence).collect();
    let counts: Vec<(Sound, f64)> =
        [Sound::Ringback, Sound::Busy, Sound::Tone, Sound::Noise, Sound::Music]
            .map(|sound| (sound, most(&loud, sound)))
            .to_vec();
    assert!(most(&loud, class) >= least, "{name}: {counts:?}");
}

#[test]
fn music_is_music() {
    for seed in 1..6 {
        is("chords", &chords(20.0, 3.0 + seed as f64 / 2.0, seed), Sound::Music, 0.9);
        is("in the code's own rhythm", &chords(20.0, 1000.0 / 256.0, seed), Sound::Music, 0.9);
        is("melody", &melody(20.0, seed), Sound::Music, 0.9);
    }
}

#[test]
fn speech_is_not_noise_nor_ringing() {
    is("speech", &speech(20.0), Sound::Music, 0.7);
}

#[test]
fn noise_is_noise() {
    is("white", &white(-30.0, 20.0), Sound::Noise, 0.95);
    is("loud white", &white(-10.0, 20.0), Sound::Noise, 0.95);
    is("coloured", &coloured(-35.0, 20.0), Sound::Noise, 0.95);
}

#[test]
fn ringing_is_ringing() {
    is("Europe", &cadence(&[425.0], &[1.0, 4.0], 20.0), Sound::Ringback, 0.85);
    is("Germany, long", &cadence(&[425.0], &[1.5, 3.0], 20.0), Sound::Ringback, 0.85);
    is("United States", &cadence(&[440.0, 480.0], &[2.0, 4.0], 20.0), Sound::Ringback, 0.85);
    is(
        "United Kingdom",
        &cadence(&[400.0, 450.0], &[0.4, 0.2, 0.4, 2.0], 20.0),
        Sound::Ringback,
        0.8,
    );
}

#[test]
fn busy_is_busy() {
    is("Europe", &cadence(&[425.0], &[0.5, 0.5], 20.0), Sound::Busy, 0.85);
    is("congestion", &cadence(&[425.0], &[0.25, 0.25], 20.0), Sound::Busy, 0.75);
    is("United States", &cadence(&[480.0, 620.0], &[0.5, 0.5], 20.0), Sound::Busy, 0.85);
    is("United Kingdom", &cadence(&[400.0], &[0.375, 0.375], 20.0), Sound::Busy, 0.8);
}

#[test]
fn steady_tones_are_tones() {
    is("dial tone", &cadence(&[350.0, 440.0], &[60.0], 10.0), Sound::Tone, 0.95);
    is("1004 Hz", &cadence(&[1004.0], &[60.0], 10.0), Sound::Tone, 0.95);
    is("a pair of the codebook", &cadence(&[656.25, 2015.625], &[60.0], 10.0), Sound::Tone, 0.95);
    is("425 Hz for ever", &cadence(&[425.0], &[60.0], 10.0), Sound::Tone, 0.65);
}

#[test]
fn digits_are_nobody() {
    nobody("DTMF", &heard(&dtmf(20.0)));
}

#[test]
fn silence_is_silence() {
    let windows = heard(&vec![0.0; 80_000]);
    assert!(most(&windows, Sound::Silence) > 0.999);
    let windows = heard(&white(-65.0, 10.0));
    assert!(most(&windows, Sound::Silence) > 0.999);
}

#[test]
fn no_rtp_is_told_from_silence() {
    let mut detector = crate::media::Detector::new(START);
    detector.hear_partly(&vec![0; 16_000], &vec![false; 16_000]);
    detector.hear(&vec![0; 16_000]);
    detector.finish();
    let windows = detector.take();
    assert_eq!(windows[10].sound, Sound::NoRtp);
    assert_eq!(windows[windows.len() - 3].sound, Sound::Silence);
}

/// Music that follows speech of identities which are remembered from it.
#[test]
fn music_after_a_talk_is_nobody() {
    let mut wrong = Vec::new();
    for seed in 1..9 {
        for (name, music) in [
            ("chords", chords(40.0, 2.0 + seed as f64 / 2.0, seed)),
            ("chords in the code's rhythm", chords(40.0, 1000.0 / 256.0, seed)),
            ("melody", melody(40.0, seed)),
            ("white noise", white(-20.0, 40.0)),
            ("speech", speech(40.0)),
        ] {
            let first = 20 * seed as u16;
            let mut sound = mix(&[spoken(first, 160, 3.0), spoken(first + 1, 480, 3.0)]);
            let talk = sound.len();
            sound.extend(music);
            let windows = heard(&sound);
            let from = (START as f64 + talk as f64) / 8000.0 + 0.1;
            let after: Vec<&Window> = windows.iter().filter(|w| w.at > from).collect();
            let count = after.iter().filter(|w| !w.heard.is_empty()).count();
            if count > 0 {
                let snr =
                    after.iter().flat_map(|w| &w.heard).map(|h| h.snr_db).fold(-99.0, f32::max);
                wrong.push((name, seed, count, snr));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
