//! Relayed sound that is late, broken off, torn, buried or somebody else's.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::kind::AudioFault;
use crate::media::{Codec, level_dbm0};
use crate::pbx::relay::Stream;
use crate::pbx::sound::noise;

/// Samples that wait to be mixed in: 60 ms.
const WAITING: usize = 480;

/// Level that makes a packet worth getting stuck on, dBm0, and how many must come first:
/// voices begin softly.
const STUCK_DBM0: f32 = -30.0;
const STUCK_AFTER: u32 = 5;

/// Seconds of noise until it repeats.
const NOISE_S: f32 = 5.0;

/// What a port remembers of the sound that it relays.
#[derive(Debug)]
pub(super) struct AudioState {
    faults: Vec<AudioFault>,
    /// The first packet since the source was connected.
    connected: Option<Instant>,
    /// What is to be mixed in.
    besides: VecDeque<i16>,
    noise: Vec<i16>,
    noise_at: usize,
    loud: u32,
    stuck: Option<Vec<i16>>,
}

impl AudioState {
    pub(super) fn new(faults: &[AudioFault]) -> Self {
        let noise = faults.iter().find_map(|fault| match fault {
            AudioFault::Noisy(level) | AudioFault::OnlyNoise(level) => Some(noise(*level, NOISE_S)),
            _ => None,
        });
        Self {
            faults: faults.to_vec(),
            connected: None,
            besides: VecDeque::new(),
            noise: noise.unwrap_or_default(),
            noise_at: 0,
            loud: 0,
            stuck: None,
        }
    }

    /// The port sends something else from now on.
    pub(super) fn reconnected(&mut self) {
        self.connected = None;
        self.stuck = None;
        self.loud = 0;
    }

    /// Whether it matters what the port's own phone says.
    pub(super) fn listens(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault, AudioFault::Echo(_)))
    }

    /// What is to be mixed in: what the port's own phone says, or what it overhears.
    pub(super) fn mix_in(&mut self, samples: &[i16]) {
        self.besides.extend(samples);
        let late = self.besides.len().saturating_sub(WAITING);
        self.besides.drain(..late);
    }

    /// Spoils the samples of a packet. `false` if it is not to be sent.
    pub(super) fn spoil(&mut self, samples: &mut Vec<i16>, now: Instant) -> bool {
        let connected = *self.connected.get_or_insert(now);
        let passed = now.duration_since(connected);
        for fault in self.faults.clone() {
            match fault {
                AudioFault::BeginsAfter(time) if passed < time => return false,
                AudioFault::StopsAfter(time) if passed >= time => return false,
                AudioFault::Holes { every, length } => {
                    if is_within(passed, every, length) {
                        samples.fill(0);
                    }
                }
                AudioFault::Suppressed(level) if level_of(samples) < level => return false,
                AudioFault::Echo(softer) | AudioFault::Leak(softer) => {
                    let gain = 10_f32.powf(-softer / 20.0);
                    let count = self.besides.len().min(samples.len());
                    for (sample, other) in samples.iter_mut().zip(self.besides.drain(..count)) {
                        *sample = sample.saturating_add((f32::from(other) * gain) as i16);
                    }
                }
                AudioFault::Louder(db) => {
                    let gain = 10_f32.powf(db / 20.0);
                    for sample in samples.iter_mut() {
                        // A cast of f32 saturates: that is the clipping.
                        *sample = (f32::from(*sample) * gain) as i16;
                    }
                }
                AudioFault::Noisy(_) => self.add_noise(samples),
                AudioFault::OnlyNoise(_) => {
                    samples.fill(0);
                    self.add_noise(samples);
                }
                AudioFault::Stuck => self.stick(samples),
                AudioFault::BeginsAfter(_)
                | AudioFault::StopsAfter(_)
                | AudioFault::Suppressed(_)
                | AudioFault::OtherLaw
                | AudioFault::Alternating => {}
            }
        }
        true
    }

    fn add_noise(&mut self, samples: &mut [i16]) {
        for sample in samples {
            *sample = sample.saturating_add(self.noise[self.noise_at]);
            self.noise_at = (self.noise_at + 1) % self.noise.len();
        }
    }

    fn stick(&mut self, samples: &mut Vec<i16>) {
        if self.stuck.is_none() {
            self.loud += u32::from(level_of(samples) > STUCK_DBM0);
            if self.loud == STUCK_AFTER {
                self.stuck = Some(samples.clone());
            }
        }
        if let Some(stuck) = &self.stuck {
            samples.clone_from(stuck);
        }
    }

    /// How the samples are encoded, and the payload type that they go under.
    pub(super) fn encoding(&self, stream: &Stream, now: Instant) -> (Codec, u8) {
        let agreed = (stream.codec, stream.payload_type);
        let other = match stream.codec {
            Codec::Pcmu => Codec::Pcma,
            Codec::Pcma => Codec::Pcmu,
            // Not even a law: what is decoded of it is noise.
            _ => Codec::Pcma,
        };
        if self.faults.contains(&AudioFault::OtherLaw) {
            return (other, stream.payload_type);
        }
        let odd = self.connected.is_some_and(|at| now.duration_since(at).as_secs() % 2 == 1);
        if odd && self.faults.contains(&AudioFault::Alternating) {
            let taken = stream.accept.iter().find(|(_, codec)| *codec == other);
            return taken.map_or(agreed, |&(payload_type, codec)| (codec, payload_type));
        }
        agreed
    }
}

/// Whether this time lies in the last `length` of its period.
fn is_within(passed: Duration, every: Duration, length: Duration) -> bool {
    let at = passed.as_nanos() % every.as_nanos();
    at >= every.saturating_sub(length).as_nanos()
}

fn level_of(samples: &[i16]) -> f32 {
    let power = samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>();
    level_dbm0(power / samples.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoilt(fault: AudioFault, at_ms: u64, samples: &[i16]) -> Option<Vec<i16>> {
        let mut state = AudioState::new(&[fault]);
        let start = Instant::now();
        state.mix_in(&[10_000; 160]);
        state.spoil(&mut vec![0; 160], start);
        state.mix_in(&[10_000; 160]);
        let mut samples = samples.to_vec();
        state.spoil(&mut samples, start + Duration::from_millis(at_ms)).then_some(samples)
    }

    #[test]
    fn what_is_late_or_over_is_not_sent() {
        let second = Duration::from_secs(1);
        assert_eq!(spoilt(AudioFault::BeginsAfter(second), 900, &[1]), None);
        assert_eq!(spoilt(AudioFault::BeginsAfter(second), 1000, &[1]), Some(vec![1]));
        assert_eq!(spoilt(AudioFault::StopsAfter(second), 1000, &[1]), None);
        assert_eq!(spoilt(AudioFault::Suppressed(-20.0), 0, &[100; 160]), None);
    }

    #[test]
    fn samples_are_spoilt_as_the_name_says() {
        let holes =
            AudioFault::Holes { every: Duration::from_secs(2), length: Duration::from_millis(300) };
        assert_eq!(spoilt(holes, 1800, &[7]), Some(vec![0]));
        assert_eq!(spoilt(holes, 2000, &[7]), Some(vec![7]));
        assert_eq!(spoilt(AudioFault::Echo(20.0), 0, &[5]), Some(vec![1005]));
        assert_eq!(spoilt(AudioFault::Louder(20.0), 0, &[5, -5000]), Some(vec![50, i16::MIN]));
        let noise = spoilt(AudioFault::OnlyNoise(-20.0), 0, &[0; 160]).unwrap();
        assert!((level_of(&noise) + 20.0).abs() < 1.0);
    }

    #[test]
    fn it_gets_stuck_on_what_is_loud() {
        let mut state = AudioState::new(&[AudioFault::Stuck]);
        let frames = (1..20).map(|n| vec![n * 1000; 160]);
        let sent: Vec<i16> = frames
            .map(|mut frame| {
                state.spoil(&mut frame, Instant::now());
                frame[0]
            })
            .collect();
        assert_eq!(sent[..6], [1000, 2000, 3000, 4000, 5000, 5000]);
        assert!(sent[6..].iter().all(|sample| *sample == 5000));
    }
}
