use std::collections::HashMap;

use super::{music, ringback};
use crate::media::{Codec, Detector};
use crate::record::{Sound, Window};

/// What a listener makes of a sound that starts at this sample of the run.
fn heard(sound: &[i16], codec: Codec, start: u64) -> Vec<Window> {
    let mut detector = Detector::new(start);
    detector.hear(&codec.decode(&codec.encode(sound)));
    detector.finish();
    detector.take()
}

fn classes(windows: &[Window]) -> HashMap<Sound, usize> {
    windows.iter().fold(HashMap::new(), |mut counts, window| {
        *counts.entry(window.sound).or_default() += 1;
        counts
    })
}

/// Most windows in a row that hear one and the same identity.
fn longest_identity(windows: &[Window]) -> usize {
    let mut runs: HashMap<u16, usize> = HashMap::new();
    let mut longest = 0;
    for window in windows {
        runs = window
            .heard
            .iter()
            .map(|heard| (heard.identity, runs.get(&heard.identity).unwrap_or(&0) + 1))
            .collect();
        longest = longest.max(runs.values().copied().max().unwrap_or_default());
    }
    longest
}

#[test]
fn music_is_heard_as_music_and_as_nobody() {
    let piece = music();
    for codec in [Codec::Pcma, Codec::Pcmu] {
        // Every phase against the code that identities follow.
        for start in (0..60).map(|n| n * 80_077 + n * n * 13) {
            let windows = heard(&piece, codec, start);
            let counts = classes(&windows);
            let music = counts.get(&Sound::Music).copied().unwrap_or_default();
            assert!(music * 10 >= windows.len() * 9, "{counts:?}");
            assert!(longest_identity(&windows) < 5, "{codec:?} from {start}");
        }
    }
}

#[test]
fn ringback_is_heard_as_ringback() {
    let tone = ringback();
    let windows = heard(&[tone.as_slice(), &tone].concat(), Codec::Pcma, 0);
    let counts = classes(&windows);
    let ringback = counts.get(&Sound::Ringback).copied().unwrap_or_default();
    // 0.8 s of every 3 s sound.
    assert!(ringback as f32 >= 0.2 * windows.len() as f32, "{counts:?}");
    // A burst begins and ends within a window, which then is anything.
    let music = counts.get(&Sound::Music).copied().unwrap_or_default();
    assert!(music * 20 < windows.len(), "{counts:?}");
}
