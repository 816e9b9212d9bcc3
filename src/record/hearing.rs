//! What a leg heard, from single windows to the track that a report draws.

use serde::{Deserialize, Serialize};

/// The class of a window's sound (design §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sound {
    /// No RTP packet covered the window.
    NoRtp,
    /// RTP, at or below -50 dBm0.
    Silence,
    /// At least one identity of the codebook.
    Identity,
    /// Ringback cadence frequencies (RFC-less, ITU-T E.180: 400–450, 440+480 Hz).
    Ringback,
    /// Busy or congestion frequencies (425, 480+620 Hz) in their cadence.
    Busy,
    /// One or two steady tones that are neither an identity nor call progress.
    Tone,
    /// A flat spectrum: comfort noise, hiss.
    Noise,
    /// Anything tonal and changing: music or an announcement.
    Music,
}

/// An identity heard in a window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// Number of the identity in the codebook of the run.
    pub identity: u16,
    /// Its tones over the residual of the window, dB.
    pub snr_db: f32,
    /// One-way delay against the sender's code position, ms, where it is known.
    pub delay_ms: Option<f32>,
}

/// One analysis window of a leg: at most 64 ms long, one every 32 ms or less.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Seconds from the start of the run to the middle of the window, on the
    /// listener's clock.
    pub at: f64,
    /// Mean level of the window, dBm0 (digital silence is -100).
    pub level_dbm0: f32,
    /// The class of its sound.
    pub sound: Sound,
    /// Every identity present, strongest first.
    pub heard: Vec<Heard>,
}

impl Window {
    /// Whether the identity is among those heard.
    pub fn hears(&self, identity: u16) -> bool {
        self.heard.iter().any(|h| h.identity == identity)
    }
}

/// A stretch of time in which a leg heard the same thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Start, seconds from the start of the run.
    pub from: f64,
    /// End, seconds from the start of the run.
    pub to: f64,
    /// Class of the sound.
    pub sound: Sound,
    /// Identities heard.
    pub identities: Vec<u16>,
    /// Mean level, dBm0.
    pub level_dbm0: f32,
}

/// All that one leg heard in a scenario.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HearingTrack {
    /// Name of the party that listens.
    pub party: String,
    /// The identity that the party itself speaks.
    pub identity: u16,
    /// What was heard, in order of time and without overlap.
    pub segments: Vec<Segment>,
}

impl HearingTrack {
    /// Folds windows into stretches of equal sound and identities.
    pub fn fold(party: &str, identity: u16, windows: &[Window]) -> Self {
        let mut segments: Vec<Segment> = Vec::new();
        let mut count = 0.0_f32;
        for window in windows {
            let mut identities: Vec<u16> = window.heard.iter().map(|h| h.identity).collect();
            identities.sort_unstable();
            match segments.last_mut() {
                Some(last) if last.sound == window.sound && last.identities == identities => {
                    count += 1.0;
                    last.to = window.at;
                    last.level_dbm0 += (window.level_dbm0 - last.level_dbm0) / count;
                }
                _ => {
                    if let Some(last) = segments.last_mut() {
                        last.to = window.at;
                    }
                    count = 1.0;
                    segments.push(Segment {
                        from: window.at,
                        to: window.at,
                        sound: window.sound,
                        identities,
                        level_dbm0: window.level_dbm0,
                    });
                }
            }
        }
        Self { party: party.to_owned(), identity, segments }
    }
}

/// Figures of the stream that one leg received, and of how punctually it sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StreamStats {
    /// Name of the party whose leg this is.
    pub party: String,
    /// Encoding name of the received stream, as in SDP.
    pub codec: String,
    /// Packets sent.
    pub sent: u64,
    /// Packets received (RTP only, duplicates included).
    pub received: u64,
    /// Packets missing by sequence number.
    pub lost: u64,
    /// Packets that came after a later one.
    pub reordered: u64,
    /// Packets seen twice.
    pub duplicated: u64,
    /// Interarrival jitter, RFC 3550 §6.4.1, ms.
    pub jitter_ms: f32,
    /// Longest time between two packets while receiving, ms.
    pub longest_gap_ms: f32,
    /// Median one-way delay, ms, where the sender's code was recognised.
    pub delay_ms: Option<f32>,
    /// Time from the first configuration of the leg to the first packet, ms.
    pub onset_ms: Option<f32>,
    /// E-model rating R (ITU-T G.107), 0–100.
    pub r_factor: Option<f32>,
    /// Mean opinion score estimated from R (ITU-T G.107 Annex B), 1–4.5.
    pub mos: Option<f32>,
    /// How often the SSRC changed.
    pub ssrc_changes: u32,
    /// How often the source address or port changed.
    pub source_changes: u32,
    /// How often the payload type changed (telephone-event not counted).
    pub payload_changes: u32,
    /// How often the sequence numbers jumped by thousands under the same SSRC.
    pub sequence_jumps: u32,
    /// Packets that came more than 60 ms later than the fastest by their timestamps.
    pub late: u64,
    /// Bursts of such packets.
    pub late_bursts: u64,
    /// Packets with the same payload as the one before, constant payloads not counted.
    pub repeated: u64,
    /// Packets whose timestamp does not follow from what the one before held.
    pub mistimed: u64,
    /// Packets under a payload type that was not agreed on.
    pub unagreed: u64,
    /// The last such payload type.
    pub unagreed_type: Option<u8>,
    /// Packets from elsewhere than where the peer's session description says.
    pub elsewhere: u64,
    /// Address and port of the last such packet, and those of the description.
    pub elsewhere_at: Option<(String, String)>,
    /// Packets to a port that the leg has moved away from in mid-call. They are not among those
    /// received.
    pub left_behind: u64,
    /// Packets that are not authentic under the agreed keys (SRTP). They are not among those
    /// received.
    pub unauthenticated: u64,
    /// Those of them that are RTP without any protection, as far as can be seen.
    pub unprotected: u64,
    /// 99th percentile of the harness's own send lateness, ms.
    pub lateness_p99_ms: f32,
    /// Worst send lateness, ms.
    pub lateness_max_ms: f32,
    /// By how much this machine was late at worst while the leg stood, ms, to wake a thread of
    /// ordinary priority or a task of the agents, or to let the embedded PBX pass a packet on: a
    /// PBX beside us may have been as late.
    pub machine_late_max_ms: f32,
    /// Share of the time in which programs of this machine waited for a processor, at its worst
    /// while the leg stood, 0 to 1: a PBX beside us may have been among them.
    #[serde(default)]
    pub machine_pressed: f32,
}

impl StreamStats {
    /// The packets that were counted since `before`; other figures are those of the whole.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            sent: self.sent.saturating_sub(before.sent),
            received: self.received.saturating_sub(before.received),
            lost: self.lost.saturating_sub(before.lost),
            reordered: self.reordered.saturating_sub(before.reordered),
            duplicated: self.duplicated.saturating_sub(before.duplicated),
            late: self.late.saturating_sub(before.late),
            late_bursts: self.late_bursts.saturating_sub(before.late_bursts),
            repeated: self.repeated.saturating_sub(before.repeated),
            mistimed: self.mistimed.saturating_sub(before.mistimed),
            unagreed: self.unagreed.saturating_sub(before.unagreed),
            elsewhere: self.elsewhere.saturating_sub(before.elsewhere),
            left_behind: self.left_behind.saturating_sub(before.left_behind),
            unauthenticated: self.unauthenticated.saturating_sub(before.unauthenticated),
            unprotected: self.unprotected.saturating_sub(before.unprotected),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(at: f64, sound: Sound, identity: Option<u16>) -> Window {
        let heard = identity
            .map(|identity| Heard { identity, snr_db: 30.0, delay_ms: None })
            .into_iter()
            .collect();
        Window { at, level_dbm0: -16.0, sound, heard }
    }

    #[test]
    fn equal_neighbours_become_one_segment() {
        let windows = [
            window(0.0, Sound::Silence, None),
            window(0.1, Sound::Identity, Some(3)),
            window(0.2, Sound::Identity, Some(3)),
            window(0.3, Sound::Identity, Some(4)),
        ];
        let track = HearingTrack::fold("User A", 1, &windows);
        let seen: Vec<_> = track.segments.iter().map(|s| (s.from, s.identities.clone())).collect();
        assert_eq!(seen, vec![(0.0, vec![]), (0.1, vec![3]), (0.3, vec![4])]);
        assert!((track.segments[1].to - 0.3).abs() < 1e-9);
    }
}
