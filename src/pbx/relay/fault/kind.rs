//! The faults by name.

use std::time::Duration;

/// Everything that is wrong with a relay. By default nothing is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::pbx) struct Faults {
    /// Who hears whom, other than calls want.
    pub(in crate::pbx) mixing: Vec<Mixing>,
    /// What becomes of the sound that is relayed; what is played is left alone.
    pub(in crate::pbx) audio: Vec<AudioFault>,
    /// What becomes of the headers of every packet.
    pub(in crate::pbx) stream: Vec<StreamFault>,
    /// What becomes of every packet on its way.
    pub(in crate::pbx) passage: Vec<PassageFault>,
    /// Whether ports keep what they relayed last, to get stuck on it in a hold.
    pub(in crate::pbx) remember: bool,
}

/// Wrong connections between ports that talk in pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum Mixing {
    /// Every two pairs exchange their speakers.
    Crossed,
    /// Of every two pairs, a party of the second overhears one of the first.
    Leaking,
    /// Of every two pairs, the second is connected in one direction only.
    SecondOneWay,
    /// Pairs beyond so many are not connected.
    SilentBeyond(usize),
    /// Pairs beyond so many exchange their speakers by twos; a last one is left alone.
    CrossedBeyond(usize),
}

/// Something wrong with relayed sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::pbx) enum AudioFault {
    /// Nothing is relayed until so long after the connection.
    BeginsAfter(Duration),
    /// Nothing is relayed from so long after the connection on.
    StopsAfter(Duration),
    /// Silence of this length in every period.
    Holes {
        /// How often.
        every: Duration,
        /// How long.
        length: Duration,
    },
    /// What is softer than this, dBm0, is taken for silence and not sent.
    Suppressed(f32),
    /// The listener's own voice comes back, softer by so many dB.
    Echo(f32),
    /// What the port overhears is mixed in, softer by so many dB.
    Leak(f32),
    /// Louder by so many dB, with what exceeds the scale cut off.
    Louder(f32),
    /// Noise of this level, dBm0, is added.
    Noisy(f32),
    /// Noise of this level, dBm0, takes the place of the sound.
    OnlyNoise(f32),
    /// The same 20 ms again and again.
    Stuck,
    /// Payload of the other law under the payload type of the agreed one.
    OtherLaw,
    /// Every second the other law, properly labelled.
    Alternating,
}

/// Something wrong with the headers of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum StreamFault {
    /// Another SSRC every second.
    NewSources,
    /// Sequence numbers jump by thousands every second.
    Renumbered,
    /// Timestamps advance by this for every packet, whatever it holds.
    Steps(u32),
    /// This payload type, whatever was agreed on.
    PayloadType(u8),
}

/// Something wrong with how packets reach the phone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::pbx) enum PassageFault {
    /// Later by this.
    Delayed(Duration),
    /// This share is lost.
    Lost(f64),
    /// In every period the line stands still for so long; what gathers comes at once.
    Stalls {
        /// How often.
        every: Duration,
        /// How long.
        length: Duration,
    },
    /// Every packet comes twice.
    Doubled,
    /// Every tenth packet comes after the one that follows it.
    Reordered,
    /// From another port than the one in the session description.
    OtherPort,
}

impl Faults {
    /// Whether anything is wrong with single packets.
    pub(in crate::pbx::relay) fn impair(&self) -> bool {
        let packets_pass =
            self.audio.is_empty() && self.stream.is_empty() && self.passage.is_empty();
        self.remember || !packets_pass
    }

    /// Whether packets may have to wait.
    pub(in crate::pbx::relay) fn delay(&self) -> bool {
        self.passage.iter().any(|fault| {
            matches!(
                fault,
                PassageFault::Delayed(_) | PassageFault::Stalls { .. } | PassageFault::Reordered
            )
        })
    }
}
