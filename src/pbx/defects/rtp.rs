//! Defects of RTP: packets lost, late, doubled or wrongly labelled.

use super::Defect;
use super::media::EVERY_CALL;
use super::row::Row;
use super::set_up::ANY_CALL;
use crate::record::Cause;

/// The rows. What the figures of a stream tell shows wherever a call lasts long enough.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::PacketLoss,
        "packet-loss",
        "loses 15 % of the packets that it sends",
        EVERY_CALL,
        Cause::PacketLoss,
    )
    // Chance puts some of the lost packets side by side, where a voice begins too.
    .also(&[Cause::AudioGaps, Cause::LateAudio])
    .seen("overloaded uplinks and duplex mismatches"),
    Row::new(
        Defect::Jitter,
        "jitter",
        "holds its packets back for up to 150 ms twice a second",
        EVERY_CALL,
        Cause::Jitter,
    )
    .seen("virtual machines and wireless links that send in bursts"),
    Row::new(
        Defect::LongDelay,
        "long-delay",
        "sends every packet 600 ms late",
        EVERY_CALL,
        Cause::LongDelay,
    )
    // Whoever is joined by a transfer hears the other that much later as well.
    .also(&[Cause::LateAudio])
    .seen("jitter buffers of media servers that grow and never shrink"),
    Row::new(
        Defect::OtherPort,
        "other-port",
        "sends RTP from another port than the one in its SDP",
        ANY_CALL,
        Cause::AsymmetricRtp,
    )
    .seen("gateways without symmetric RTP (RFC 4961), which break behind address translation"),
    Row::new(
        Defect::SsrcChanges,
        "ssrc-changes",
        "starts a new SSRC every second",
        ANY_CALL,
        Cause::StreamChanged,
    )
    .shared()
    .seen("Asterisk and SBC reports of a new SSRC at every change of bridge"),
    Row::new(
        Defect::PayloadTypeAlternates,
        "payload-type-alternates",
        "changes between A-law and µ-law every second",
        ANY_CALL,
        Cause::StreamChanged,
    )
    .shared()
    .seen("Asterisk where a second codec is answered: it follows whatever came last"),
    Row::new(
        Defect::UnagreedPayloadType,
        "unagreed-payload-type",
        "sends everything under payload type 18, which nobody agreed on",
        EVERY_CALL,
        Cause::UnagreedPayload,
    )
    .seen("trunks that force G.729 whatever the SDP says"),
    Row::new(
        Defect::SequenceJumps,
        "sequence-jumps",
        "lets the sequence numbers jump by thousands every second",
        ANY_CALL,
        Cause::StreamChanged,
    )
    .shared()
    .seen("media servers that restart their numbers under an old SSRC"),
    Row::new(
        Defect::TimestampSteps,
        "timestamp-steps",
        "advances its timestamps by 80 for every 160 samples",
        EVERY_CALL,
        Cause::BadTimestamps,
    )
    .seen("transcoders that mistake ptime or the clock of G.722"),
    Row::new(
        Defect::DoubledPackets,
        "doubled-packets",
        "sends every packet twice",
        ANY_CALL,
        Cause::PacketOrder,
    )
    .shared()
    .seen("port mirroring and redundant links"),
    Row::new(
        Defect::ReorderedPackets,
        "reordered-packets",
        "sends every tenth packet after the one that follows it",
        ANY_CALL,
        Cause::PacketOrder,
    )
    .shared()
    .seen("load balancing over links of different length"),
];
