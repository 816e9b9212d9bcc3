//! Defects of transfers that fail, of a held call, and with consultation (beyond the guide).

use super::Defect;
use super::row::Row;
use super::transfer::lose_byes_after_refer;
use crate::record::Cause;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::FailedTransferForgotten,
        "failed-transfer-forgotten",
        "notifies that a transfer failed, and leaves the transferred party with nobody",
        &["B.3.1", "B.3.2", "B.3.3"],
        Cause::FailedTransferStuck,
    )
    .seen("dial plans in which nothing follows the call to the target but a wait"),
    Row::new(
        Defect::HeldTransferRefused,
        "held-transfer-refused",
        "answers the REFER of who holds the call with 403",
        &["B.3.4"],
        Cause::TransferRefused,
    )
    .seen("PBXs that transfer what is connected only: phones hold before they transfer"),
    Row::new(
        Defect::ConsultedLegLeftUp,
        "consulted-leg-left-up",
        "does not answer the BYE of who transferred with consultation, and sends none itself",
        &["B.3.5"],
        Cause::TransferorLegLeftUp,
    )
    .seen("dialogs that REFER took away from the call they belong to")
    .tampers(lose_byes_after_refer),
    Row::new(
        Defect::PartyNotIntroduced,
        "party-not-introduced",
        "does not tell the parties of a transfer with consultation of each other",
        &["B.3.5"],
        Cause::PartyNotIntroduced,
    )
    .shared()
    .seen("PBXs without connected-line updates, and most of them towards trunks"),
];
