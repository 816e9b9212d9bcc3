//! Defects of the media relay.

use super::Defect;
use super::row::Row;
use crate::record::Cause;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::OneWayAudio,
        "one-way-audio",
        "relays RTP from the caller to the callee but not back",
        &[
            "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
            "7.2.2",
        ],
        Cause::OneWayAudio,
    )
    .seen("the most frequent complaint about any PBX behind address translation"),
    Row::new(
        Defect::CrossedAudio,
        "crossed-audio",
        "relays the audio of two concurrent calls crossed",
        &["7.2.1", "7.2.2"],
        Cause::CrossedAudio,
    )
    .seen("rtpengine and Asterisk reports of media ports used twice"),
];
