//! Defects of the call that a blind transfer makes: what its parties hear and see.

use std::time::Duration;

use super::refer::TRANSFERS;
use super::row::Row;
use super::{Defect, Defects};
use crate::pbx::relay::Source;
use crate::pbx::sound::Piece;
use crate::record::Cause;

/// Past the second in which audio should have begun, and before the three in which it
/// must have.
const LATE: Duration = Duration::from_millis(2600);

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::TransferSilent,
        "transfer-silent",
        "relays nothing between the two parties of a transferred call",
        TRANSFERS,
        Cause::TransferNoAudio,
    )
    .seen("media proxies that do not follow a leg that was replaced"),
    Row::new(
        Defect::TransferTargetDeaf,
        "transfer-target-deaf",
        "relays from the target of a transfer to the transferred party but not back",
        TRANSFERS,
        Cause::TransferNoAudio,
    )
    .seen("rtpengine reports: the transferred party's stream still goes to the transferor"),
    Row::new(
        Defect::TransfereeDeaf,
        "transferee-deaf",
        "relays from the transferred party to the target but not back",
        TRANSFERS,
        Cause::TransferNoAudio,
    )
    .seen("parties that stay on hold: the re-INVITE that would take them off is missing"),
    Row::new(
        Defect::TransferKeepsMusic,
        "transfer-keeps-music",
        "goes on playing music to the transferred party when the target has answered",
        TRANSFERS,
        Cause::TransferNoAudio,
    )
    .seen("Asterisk reports of music on hold that is not stopped after a blind transfer"),
    Row::new(
        Defect::TransferKeepsRingback,
        "transfer-keeps-ringback",
        "goes on playing ringback to the transferred party when the target has answered",
        TRANSFERS,
        Cause::TransferNoAudio,
    )
    .seen("FreeSWITCH with transfer_ringback at targets that answer without ringing"),
    Row::new(
        Defect::TransferRingsSilently,
        "transfer-rings-silently",
        "sends the transferred party nothing while the target rings",
        &["7.1.1", "7.1.3"],
        Cause::TransferRingsSilently,
    )
    .shared()
    .seen("FreeSWITCH without transfer_ringback"),
    Row::new(
        Defect::TransferJoinsLate,
        "transfer-joins-late",
        "joins the two parties of a transfer 2.6 s after the answer",
        TRANSFERS,
        Cause::LateAudio,
    )
    .seen("PBXs that wait for re-INVITEs on both legs before they relay"),
    Row::new(
        Defect::TransferCallerId,
        "transfer-caller-id",
        "shows the target of a transfer the trunk's own number",
        &["7.1.1"],
        Cause::WrongCallerId,
    )
    .seen("trunks that accept no number but their own, and transfers that carry none"),
    Row::new(
        Defect::TransferCallerIdAsserted,
        "transfer-caller-id-asserted",
        "shows the target of a transfer the right number in P-Asserted-Identity only",
        &["7.1.1"],
        Cause::CallerIdOnlyAsserted,
    )
    .seen("trunks with the pilot number in From and clip no screening"),
    Row::new(
        Defect::TransferAnswerMissing,
        "transfer-answer-missing",
        "calls the target without an offer, and sends ACK without the answer to the target's",
        TRANSFERS,
        Cause::BadAnswer,
    )
    .seen("Cisco reports of delayed offer towards a leg that is replaced meanwhile"),
];

impl Defects {
    /// What a party of a transferred call hears instead of the other.
    pub(in crate::pbx) fn transferred_hears(&self, is_target: bool) -> Option<Source> {
        let deaf = if is_target { Defect::TransferTargetDeaf } else { Defect::TransfereeDeaf };
        if self.has(Defect::TransferSilent) || self.has(deaf) {
            Some(Source::Nothing)
        } else if is_target {
            None
        } else if self.has(Defect::TransferKeepsMusic) {
            Some(Source::Plays(Piece::Music))
        } else {
            self.has(Defect::TransferKeepsRingback).then_some(Source::Plays(Piece::Ringback))
        }
    }

    /// How long the parties of a transferred call wait for each other after the answer.
    pub(in crate::pbx) fn joins_late(&self) -> Option<Duration> {
        self.has(Defect::TransferJoinsLate).then_some(LATE)
    }
}
