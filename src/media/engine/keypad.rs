//! Keys of a telephone as RFC 4733 events: what is pressed, and what arrives.

use std::collections::VecDeque;

use crate::media::codec::PACKET_SAMPLES;

/// Packets of one key press: 160 ms, above the 40 ms that Q.24 takes for the least.
const PACKETS: u16 = 8;

/// How often the last of them is sent, with the end bit (RFC 4733 §2.5.1.4).
const ENDS: u16 = 3;

/// Packets of audio between two keys: 100 ms.
const PAUSE: u16 = 5;

/// -10 dBm0.
const VOLUME: u8 = 10;

/// The event codes of the keys (RFC 4733 §3.2), by their place.
const KEYS: &str = "0123456789*#ABCD";

/// An event packet's payload, and whether the event begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) payload: [u8; 4],
    pub(crate) begins: bool,
    /// How long ago it began, samples: all of its packets have the timestamp of the first.
    pub(crate) since: u16,
}

/// Keys that are pressed, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Keypad {
    waiting: VecDeque<u8>,
    /// The key that is down, and which packet of it is next.
    pressed: Option<(u8, u16)>,
    pause: u16,
}

impl Keypad {
    /// Presses these keys; what is no key is left out.
    pub(crate) fn press(&mut self, keys: &str) {
        let codes = keys.chars().filter_map(|key| KEYS.find(key));
        self.waiting.extend(codes.filter_map(|code| u8::try_from(code).ok()));
    }

    /// What is sent in place of the next packet of audio, if anything.
    pub(crate) fn next(&mut self) -> Option<Event> {
        if self.pressed.is_none() {
            if self.pause > 0 {
                self.pause -= 1;
                return None;
            }
            self.pressed = self.waiting.pop_front().map(|code| (code, 0));
        }
        let (code, n) = self.pressed?;
        let samples = PACKET_SAMPLES as u16;
        let duration = samples * (n + 1).min(PACKETS);
        let ends = n + 1 >= PACKETS;
        if n + 1 == PACKETS + ENDS - 1 {
            self.pressed = None;
            self.pause = PAUSE;
        } else {
            self.pressed = Some((code, n + 1));
        }
        let [high, low] = duration.to_be_bytes();
        let payload = [code, if ends { 0x80 | VOLUME } else { VOLUME }, high, low];
        Some(Event { payload, begins: n == 0, since: samples * n })
    }
}

/// The keys that arrived.
#[derive(Debug, Default)]
pub(crate) struct KeysHeard {
    keys: String,
    /// SSRC and timestamp of the last: every packet of an event has the same.
    last: Option<(u32, u32)>,
}

impl KeysHeard {
    /// Takes an event packet.
    pub(crate) fn take(&mut self, ssrc: u32, timestamp: u32, payload: &[u8]) {
        let [code, _, _, _, ..] = payload else { return };
        let Some(key) = KEYS.chars().nth(usize::from(*code)) else { return };
        if self.last != Some((ssrc, timestamp)) {
            self.last = Some((ssrc, timestamp));
            self.keys.push(key);
        }
    }

    /// All of them so far.
    pub(crate) fn keys(&self) -> &str {
        &self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_pressed_one_after_the_other_and_each_is_heard_once() {
        let mut keypad = Keypad::default();
        keypad.press("1x11#");
        let mut heard = KeysHeard::default();
        let (mut began, mut packets, mut ends) = (0_u32, 0, 0);
        for n in 0..200_u32 {
            let Some(event) = keypad.next() else { continue };
            began = if event.begins { n } else { began };
            packets += 1;
            ends += usize::from(event.payload[1] & 0x80 != 0);
            heard.take(7, began, &event.payload);
        }
        assert_eq!(heard.keys(), "111#");
        assert_eq!((packets, ends), (4 * usize::from(PACKETS + ENDS - 1), 4 * usize::from(ENDS)));
        assert!(keypad.next().is_none());
    }

    #[test]
    fn what_is_no_key_is_not_heard() {
        let mut heard = KeysHeard::default();
        heard.take(1, 2, &[16, 0x8a, 3, 32]);
        heard.take(1, 3, &[4, 0x8a]);
        heard.take(1, 4, &[4, 0x8a, 3, 32]);
        assert_eq!(heard.keys(), "4");
    }
}
