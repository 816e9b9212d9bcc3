//! Tests: identities are recognised through what lines do to them.

use super::scene::*;
use crate::media::identity::{SYMBOL_SAMPLES, symbol_at};
use crate::media::{Codec, Decoder, Detector, Encoder, Identity, Speaker};
use crate::record::{Sound, Window};

fn strangers(windows: &[Window], known: &[u16]) -> usize {
    windows.iter().flat_map(|w| &w.heard).filter(|h| !known.contains(&h.identity)).count()
}

#[test]
fn one_voice_is_heard_in_every_window_with_its_delay() {
    for (number, delay) in [(0, 0), (1, 160), (7, 333), (500, 1000), (999, 4000), (42, 8123)] {
        for codec in [Codec::Pcma, Codec::Pcmu] {
            let windows = heard_samples(&coded(&spoken(number, delay, 4.0), codec));
            assert!(share(&windows, number) > 0.995, "{number}: {}", share(&windows, number));
            assert_eq!(strangers(&windows, &[number]), 0);
            let last = &windows[windows.len() - 5].heard[0];
            assert!(last.snr_db > 28.0, "{number}: {} dB", last.snr_db);
            let measured = last.delay_ms.unwrap();
            let real = delay as f32 / 8.0;
            assert!((measured - real).abs() < 4.0, "{number}: {measured} for {real} ms");
        }
    }
}

#[test]
fn every_fortieth_voice_of_the_codebook_is_told_from_all_others() {
    for number in (0..1000).step_by(40) {
        let windows = heard(&spoken(number, 400, 2.0));
        assert!(share(&windows, number) > 0.99, "{number}: {}", share(&windows, number));
        assert_eq!(strangers(&windows, &[number]), 0, "{number}");
    }
}

#[test]
fn onset_is_exact_to_a_window_and_silence_ends_it() {
    let mut sound = vec![0.0; 8000];
    let mut voice = spoken(77, 160, 4.0);
    voice.drain(..8000);
    sound.extend(&voice);
    sound.extend(vec![0.0; 8000]);
    let windows = heard(&sound);
    let start = START as f64 / 8000.0;
    let heard: Vec<f64> = windows.iter().filter(|w| w.hears(77)).map(|w| w.at - start).collect();
    assert!((0.95..1.1).contains(&heard[0]), "{}", heard[0]);
    assert!((3.9..4.05).contains(heard.last().unwrap()));
    let rest = windows.iter().filter(|w| !w.hears(77));
    assert!(rest.filter(|w| w.sound != Sound::Silence).count() < 3);
}

#[test]
fn two_voices_at_once_are_both_heard_and_nobody_else() {
    for (a, b) in [(3, 4), (100, 900), (512, 17), (250, 251), (600, 50)] {
        let windows = heard(&mix(&[spoken(a, 160, 6.0), spoken(b, 800, 6.0)]));
        let settled = &windows[windows.len() / 3..];
        assert!(share(settled, a) > 0.95, "{a},{b}: {}", share(settled, a));
        assert!(share(settled, b) > 0.95, "{a},{b}: {}", share(settled, b));
        assert_eq!(strangers(&windows, &[a, b]), 0, "{a},{b}");
    }
}

#[test]
fn a_voice_that_joins_another_is_heard_soon() {
    let mut late = spoken(31, 240, 5.0);
    late[..16_000].fill(0.0);
    let windows = heard(&mix(&[spoken(30, 160, 5.0), late]));
    let from = START as f64 / 8000.0;
    let first = windows.iter().find(|w| w.hears(31)).unwrap().at - from;
    assert!((1.9..2.9).contains(&first), "{first}");
    assert_eq!(strangers(&windows, &[30, 31]), 0);
}

#[test]
fn an_echo_of_minus_35_db_is_heard_in_silence() {
    let windows = heard(&softer(spoken(5, 1200, 3.0), 35.0));
    assert!(share(&windows, 5) > 0.95, "{}", share(&windows, 5));
}

#[test]
fn lost_packets_and_concealment_do_not_hide_a_voice() {
    for conceal in [false, true] {
        let mut samples = coded(&spoken(88, 160, 8.0), Codec::Pcma);
        let mut dice = Dice::new(5);
        for n in 1..samples.len() / 160 {
            if dice.roll() < -0.9 {
                let (before, lost) = samples.split_at_mut(n * 160);
                let repeated: Vec<i16> = before[before.len() - 160..].to_vec();
                for (to, from) in lost[..160].iter_mut().zip(repeated) {
                    *to = if conceal { from } else { 0 };
                }
            }
        }
        let windows = heard_samples(&samples);
        assert!(share(&windows, 88) > 0.95, "conceal {conceal}: {}", share(&windows, 88));
        assert!(windows.iter().all(|w| w.heard.len() <= 1), "nobody is heard twice at once");
        assert_eq!(strangers(&windows, &[88]), 0);
    }
}

/// Windows whose whole extent lies in `range`, samples from the start.
fn within(windows: &[Window], range: std::ops::Range<usize>) -> Vec<&Window> {
    let place = |window: &&Window| {
        let middle = (window.at * 8000.0) as u64 - START;
        range.start as u64 + 256 <= middle && middle + 256 <= range.end as u64
    };
    windows.iter().filter(place).collect()
}

#[test]
fn what_lies_between_a_burst_of_losses_and_the_end_of_a_voice_is_heard() {
    for (number, delay) in [(9, 160_u64), (300, 400), (717, 1234)] {
        let into = (START - delay) % SYMBOL_SAMPLES;
        // Four windows on each side of a change: not two symbols.
        let change = (9 * SYMBOL_SAMPLES - into) as usize;
        let (from, to) = (change - 1000, change + 1000);
        let mut sound = spoken(number, delay, 4.5);
        sound[from - 1300..from].fill(0.0);
        sound[to..].fill(0.0);
        let windows = heard_samples(&coded(&sound, Codec::Pcma));
        let told = within(&windows, from..to);
        assert!(told.len() >= 5 && told.iter().all(|w| w.hears(number)), "{number}: {told:?}");
        assert!(within(&windows, to..sound.len()).iter().all(|w| w.heard.is_empty()), "{number}");
        assert!(within(&windows, from - 1300..from).iter().all(|w| w.heard.is_empty()), "{number}");
    }
}

#[test]
fn the_first_that_a_decoder_makes_after_a_loss_is_heard_and_the_loss_is_not() {
    const LOST: usize = 1280;
    for number in [50, 102, 492, 757, 891] {
        let sound: Vec<i16> = spoken(number, 160, 40.0).into_iter().map(|x| x as i16).collect();
        let (mut encoder, mut decoder) = (Encoder::new(Codec::G722), Decoder::new(Codec::G722));
        let silence = Encoder::new(Codec::G722).encode(&[0; 160]);
        let losses: Vec<usize> = (16_000..300_000).step_by(7360).collect();
        let is_lost = |n: usize| losses.iter().any(|&from| (from..from + LOST).contains(&n));
        let mut arrived = Vec::new();
        for (n, packet) in sound.chunks(160).enumerate() {
            let payload = encoder.encode(packet);
            let payload = if is_lost(160 * n) { &silence } else { &payload };
            decoder.decode_into(payload, &mut arrived);
        }
        let windows = heard_samples(&coded(
            &arrived.into_iter().map(f64::from).collect::<Vec<_>>(),
            Codec::Pcma,
        ));
        for from in losses {
            let lost = within(&windows, from + 200..from + LOST);
            assert!(!lost.is_empty() && lost.iter().all(|w| w.heard.is_empty()), "{number} {from}");
            // What the coder delays, and then all of it.
            let after = within(&windows, from + LOST + 160..from + 7360);
            let missed = after.iter().filter(|w| !w.hears(number)).count();
            assert_eq!(missed, 0, "{number} {from}");
        }
    }
}

#[test]
fn a_stuck_buffer_is_not_a_voice() {
    let mut samples = coded(&spoken(9, 160, 14.0), Codec::Pcma);
    let stuck: Vec<i16> = samples[8000..8160].to_vec();
    for packet in samples[8000..].chunks_mut(160) {
        packet.copy_from_slice(&stuck);
    }
    let windows = heard_samples(&samples);
    // The word comes back to much the same pair once or twice in its 13 s.
    let stuck = &windows[48..];
    assert!(share(stuck, 9) < 0.1, "{}", share(stuck, 9));
}

#[test]
fn noise_clipping_and_a_narrow_filter_do_not_hide_a_voice() {
    let noisy = mix(&[spoken(61, 160, 4.0), white(-34.0, 4.0)]);
    assert!(share(&heard(&noisy), 61) > 0.98, "noise {}", share(&heard(&noisy), 61));
    let clipped: Vec<f64> =
        spoken(61, 160, 4.0).into_iter().map(|x| (x * 4.0).clamp(-6000.0, 6000.0)).collect();
    let windows = heard(&clipped);
    assert!(share(&windows, 61) > 0.98, "clipped {}", share(&windows, 61));
    assert_eq!(strangers(&windows, &[61]), 0);
    let mut state = 0.0;
    let filtered: Vec<f64> = spoken(61, 160, 4.0)
        .into_iter()
        .map(|x| {
            state += 0.5 * (x - state);
            state
        })
        .collect();
    assert!(share(&heard(&filtered), 61) > 0.98);
}

#[test]
fn a_voice_leaking_under_music_is_heard() {
    let windows = heard(&mix(&[chords(8.0, 4.0, 1), softer(spoken(12, 400, 8.0), 6.0)]));
    assert!(share(&windows, 12) > 0.3, "{}", share(&windows, 12));
}

#[test]
fn a_step_in_delay_is_followed() {
    let mut samples = spoken(70, 160, 6.0);
    let later = spoken(70, 160 + 1200, 6.0);
    samples[24_000..].copy_from_slice(&later[24_000..]);
    let windows = heard(&samples);
    assert!(share(&windows, 70) > 0.93, "{}", share(&windows, 70));
    let last = windows[windows.len() - 5].heard[0].delay_ms.unwrap();
    assert!((last - 170.0).abs() < 8.0, "{last}");
}

#[test]
fn a_voice_that_has_ended_is_not_the_next_one_where_their_words_coincide() {
    // Here the word of 846 has a tone of 674's in one symbol and both in the next.
    let start = 413_251_079;
    let said = |number, delay: u64| {
        let mut samples = vec![0; 32_000];
        Speaker::new(Identity::of(number)).fill(start - delay, &mut samples);
        samples
    };
    let (one, next) = (said(674, 2248), said(846, 2168));
    for change in (18_320..=18_420).step_by(20) {
        let mut sound = next.clone();
        sound[..6240].fill(0);
        sound[6240..change].copy_from_slice(&one[6240..change]);
        let mut detector = Detector::new(start);
        detector.hear(&Codec::Pcma.decode(&Codec::Pcma.encode(&sound)));
        detector.finish();
        let windows = detector.take();
        let since = |window: &Window| window.at - (start + change as u64) as f64 / 8000.0;
        let last = since(windows.iter().rfind(|w| w.hears(674)).unwrap());
        let first = since(windows.iter().find(|w| w.hears(846)).unwrap());
        assert!((-0.1..0.2).contains(&last) && first < 0.3, "{change}: {last} {first}");
    }
}

#[test]
fn a_voice_that_has_ended_is_not_the_next_one_that_begins_with_two_symbols_of_its_word() {
    const DELAY: u64 = 160;
    let first_slot = (START - DELAY) / SYMBOL_SAMPLES + 8;
    let mut told = 0;
    for slot in first_slot..first_slot + 12 {
        // Who speaks at the same time never has two: the next one's way is a symbol longer.
        let word = |number, later: u64| {
            [slot, slot + 1].map(|slot| symbol_at(Identity::of(number), slot - later))
        };
        let mut pairs = (0..1000).flat_map(|a| (0..1000).map(move |b| (a, b)));
        let Some((one, next)) = pairs.find(|(a, b)| word(*a, 0) == word(*b, 1)) else { continue };
        let change = ((slot + 1) * SYMBOL_SAMPLES + DELAY - START) as usize;
        for begins in (200..1400).step_by(400).map(|before| change - before) {
            let mut sound = spoken(next, DELAY + SYMBOL_SAMPLES, 6.0);
            sound[begins - 1500..begins].fill(0.0);
            let ends = begins - 1500;
            sound[..ends].copy_from_slice(&spoken(one, DELAY, 6.0)[..ends]);
            let windows = heard_samples(&coded(&sound, Codec::G722));
            let (before, after) =
                (within(&windows, 8000..ends), within(&windows, ends + 2400..48_000));
            assert!(before.iter().all(|w| w.hears(one)), "{one} {next} {begins}");
            assert!(!after.iter().any(|w| w.hears(one)), "{one} {next} {begins}");
            assert!(within(&windows, begins + 8000..48_000).iter().all(|w| w.hears(next)));
            told += 1;
        }
    }
    assert!(told > 20, "{told}");
}
