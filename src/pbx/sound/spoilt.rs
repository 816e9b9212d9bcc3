//! Music as broken players have it: it stops, comes late, or is full of holes.

use super::music::music;

/// Samples of a second.
const SECOND: usize = 8000;

/// Longer than anybody listens, s.
const FOR_EVER: usize = 90;

/// Five seconds of music, then nothing.
pub(super) fn music_that_stops() -> Vec<i16> {
    let mut sound = music();
    sound.truncate(5 * SECOND);
    sound.resize(FOR_EVER * SECOND, 0);
    sound
}

/// Nothing for five seconds, then music.
pub(super) fn late_music() -> Vec<i16> {
    let piece = music();
    let mut sound = vec![0; 5 * SECOND];
    while sound.len() < FOR_EVER * SECOND {
        sound.extend_from_slice(&piece);
    }
    sound
}

/// Two seconds of music, five of nothing.
pub(super) fn music_with_holes() -> Vec<i16> {
    let mut sound = music();
    sound.truncate(2 * SECOND);
    sound.resize(7 * SECOND, 0);
    sound
}
