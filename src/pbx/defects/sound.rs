//! Defects of what is heard: sound that is torn, buried, too soft or no voice at all.

use super::Defect;
use super::media::EVERY_CALL;
use super::row::Row;
use crate::record::Cause;

/// What tears or buries a voice may hide where it begins, and more of it.
const HIDES: &[Cause] = &[Cause::LateAudio, Cause::AudioGaps];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::AudioGaps,
        "audio-gaps",
        "sends 300 ms of silence every 1.2 s",
        EVERY_CALL,
        Cause::AudioGaps,
    )
    .also(HIDES)
    .seen("overloaded mixers and virtual machines that lose their turn"),
    Row::new(
        Defect::SpeechSuppressed,
        "speech-suppressed",
        "takes the softer half of speech for silence and sends nothing for it",
        EVERY_CALL,
        Cause::AudioGaps,
    )
    .also(HIDES)
    .seen("silence suppression with its threshold set too high"),
    Row::new(
        Defect::EchoedAudio,
        "echo",
        "sends everybody's own voice back, 20 dB softer",
        EVERY_CALL,
        Cause::Echo,
    )
    .seen("analogue trunks without an echo canceller"),
    Row::new(
        Defect::ClippedAudio,
        "clipped-audio",
        "amplifies by 26 dB and cuts off what exceeds the scale",
        EVERY_CALL,
        Cause::DistortedAudio,
    )
    .also(HIDES)
    .seen("rx and tx gain of telephony cards, automatic gain gone wild"),
    Row::new(
        Defect::NoisyAudio,
        "noisy-audio",
        "adds noise only 5 dB below the voice",
        EVERY_CALL,
        Cause::DistortedAudio,
    )
    .also(HIDES)
    .seen("analogue gateways with a ground loop"),
    Row::new(
        Defect::WrongLaw,
        "wrong-law",
        "sends A-law under the payload type of µ-law and the reverse",
        EVERY_CALL,
        Cause::DistortedAudio,
    )
    .also(HIDES)
    .seen("gateways set to the other continent's law; media cards set to the wrong companding"),
    Row::new(
        Defect::FaintAudio,
        "faint-audio",
        "passes audio on 28 dB too soft",
        EVERY_CALL,
        Cause::WrongLevel,
    )
    .seen("gain settings of gateways, padding applied twice"),
    Row::new(
        Defect::ComfortNoiseOnly,
        "comfort-noise-only",
        "sends comfort noise in place of every voice",
        EVERY_CALL,
        Cause::NoAudio,
    )
    .seen("voice detectors that never find a voice"),
    Row::new(
        Defect::StuckAudio,
        "stuck-audio",
        "gets stuck on 20 ms of a voice and sends them for ever",
        EVERY_CALL,
        Cause::StuckAudio,
    )
    .seen("media threads that hang on to their last buffer"),
];
