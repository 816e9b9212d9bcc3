//! Defects of the media relay: who hears whom, and when.

use std::time::Duration;

use super::load::many_mixed;
use super::row::Row;
use super::{Defect, Defects};
use crate::pbx::relay::{AudioFault, Faults, Mixing, PassageFault, StreamFault};
use crate::record::Cause;

/// Every clause with a call in it.
pub(super) const EVERY_CALL: &[&str] = &[
    "3.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
    "7.2.2",
];

/// The clauses in which parties speak for a while.
const EVERY_TALK: &[&str] = &["6.2", "6.4", "7.1.1", "7.1.3", "7.1.4a"];

/// The clauses with two calls at once.
const TWO_CALLS: &[&str] = &["7.2.1", "7.2.2"];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::OneWayAudio,
        "one-way-audio",
        "relays RTP from the caller to the callee but not back",
        EVERY_CALL,
        Cause::OneWayAudio,
    )
    .seen("the most frequent complaint about any PBX behind address translation"),
    Row::new(
        Defect::CalleeHearsNothing,
        "callee-hears-nothing",
        "relays RTP from the callee to the caller but not back",
        EVERY_CALL,
        Cause::OneWayAudio,
    )
    .seen("Asterisk without rtp_symmetric, FreeSWITCH without ext-rtp-ip: only one side learns"),
    Row::new(
        Defect::NoAudio,
        "no-audio",
        "joins calls in signalling and relays no RTP at all",
        EVERY_CALL,
        Cause::NoAudio,
    )
    .seen("media ports of the PBX that its firewall does not open (guide 2.5)"),
    Row::new(
        Defect::LateAudio,
        "late-audio",
        "relays nothing in the first 2.5 s of every connection",
        EVERY_CALL,
        Cause::LateAudio,
    )
    .seen("media set up by a second re-INVITE, or by address learning that waits for packets"),
    Row::new(
        Defect::VeryLateAudio,
        "very-late-audio",
        "relays nothing in the first 5 s of every connection",
        EVERY_CALL,
        Cause::LateAudio,
    )
    .seen("ICE and DTLS checks towards a peer that has neither, given up after seconds"),
    Row::new(
        Defect::AudioStops,
        "audio-stops",
        "stops to relay after half a minute of talk",
        EVERY_TALK,
        Cause::AudioStopped,
    )
    .needs_talk(8)
    .seen("RTP time-outs, and address mappings that expire at a time"),
    Row::new(
        Defect::CrossedAudio,
        "crossed-audio",
        "relays the audio of two concurrent calls of neighbouring users crossed",
        TWO_CALLS,
        Cause::CrossedAudio,
    )
    .seen("rtpengine and Asterisk reports of media ports used twice"),
    Row::new(
        Defect::LeakingAudio,
        "leaking-audio",
        "mixes a voice of one call into that of the neighbouring user",
        TWO_CALLS,
        Cause::CrossedAudio,
    )
    // A voice beside it may hide where one begins.
    .also(&[Cause::LateAudio])
    .seen("conference bridges and crosstalk of media cards"),
    Row::new(
        Defect::SecondCallOneWay,
        "second-call-one-way",
        "relays the second call of two neighbouring users in one direction only",
        TWO_CALLS,
        Cause::OneWayAudio,
    )
    .seen("address learning that takes one stream per IP address: guide 7.2's very question"),
];

impl Defects {
    /// Whether a party of a call hears nothing, by its place in the call and by whether
    /// it has resumed the call.
    pub(in crate::pbx) fn deafens(&self, caller: bool, resumed: bool) -> bool {
        let place = if caller { Defect::OneWayAudio } else { Defect::CalleeHearsNothing };
        self.has(place) || self.has(Defect::NoAudio) || (resumed && self.deafens_who_resumes())
    }

    /// What is wrong with the media relay.
    pub(in crate::pbx) fn media_faults(&self) -> Faults {
        let mut faults = Faults::default();
        for defect in self.iter() {
            match defect {
                Defect::CrossedAudio => faults.mixing.push(Mixing::Crossed),
                Defect::LeakingAudio => faults.mixing.push(Mixing::Leaking),
                Defect::SecondCallOneWay => faults.mixing.push(Mixing::SecondOneWay),
                Defect::HoldStuck => faults.remember = true,
                _ => faults.mixing.extend(many_mixed(defect)),
            }
            faults.audio.extend(self.audio_fault(defect));
            faults.stream.extend(stream_fault(defect));
            faults.passage.extend(passage_fault(defect));
        }
        faults
    }

    fn audio_fault(&self, defect: Defect) -> Option<AudioFault> {
        let ms = Duration::from_millis;
        Some(match defect {
            Defect::LateAudio => AudioFault::BeginsAfter(ms(2500)),
            Defect::VeryLateAudio => AudioFault::BeginsAfter(ms(5000)),
            // 2-way audio is listened for in full however short the talk is.
            Defect::AudioStops => AudioFault::StopsAfter(ms(4000) + self.after(ms(27_000))),
            Defect::AudioGaps => AudioFault::Holes { every: ms(1200), length: ms(300) },
            Defect::SpeechSuppressed => AudioFault::Suppressed(-17.0),
            Defect::EchoedAudio => AudioFault::Echo(20.0),
            Defect::LeakingAudio => AudioFault::Leak(3.0),
            Defect::ClippedAudio => AudioFault::Louder(26.0),
            Defect::FaintAudio => AudioFault::Louder(-28.0),
            Defect::NoisyAudio => AudioFault::Noisy(-21.0),
            Defect::ComfortNoiseOnly => AudioFault::OnlyNoise(-40.0),
            Defect::StuckAudio => AudioFault::Stuck,
            Defect::WrongLaw => AudioFault::OtherLaw,
            Defect::PayloadTypeAlternates => AudioFault::Alternating,
            _ => return None,
        })
    }
}

fn stream_fault(defect: Defect) -> Option<StreamFault> {
    Some(match defect {
        Defect::SsrcChanges => StreamFault::NewSources,
        Defect::SequenceJumps => StreamFault::Renumbered,
        Defect::TimestampSteps => StreamFault::Steps(80),
        Defect::UnagreedPayloadType => StreamFault::PayloadType(18),
        _ => return None,
    })
}

fn passage_fault(defect: Defect) -> Option<PassageFault> {
    let ms = Duration::from_millis;
    Some(match defect {
        Defect::PacketLoss => PassageFault::Lost(0.15),
        Defect::Jitter => PassageFault::Stalls { every: ms(500), length: ms(150) },
        Defect::LongDelay => PassageFault::Delayed(ms(600)),
        Defect::OtherPort => PassageFault::OtherPort,
        Defect::DoubledPackets => PassageFault::Doubled,
        Defect::ReorderedPackets => PassageFault::Reordered,
        _ => return None,
    })
}
