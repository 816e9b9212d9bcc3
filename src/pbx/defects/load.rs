//! Defects that show when many users do the same at the same time (beyond the guide).

use std::time::{SystemTime, UNIX_EPOCH};

use super::row::Row;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::pbx::relay::Mixing;
use crate::record::Cause;
use crate::sip::{Message, Method, StartLine};
use crate::wire::Way;

/// Calls that a PBX carries as it should.
const CARRIED: usize = 8;

/// REGISTERs of one address in a second that a PBX answers.
const REGISTERS: u64 = 12;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::RegistersThrottled,
        "registers-throttled",
        "answers 503 to an address that sends more than 12 REGISTERs within a second",
        &["B.6.1"],
        Cause::Overload,
    )
    .seen("Kamailio pike and the overload control of SBCs, which count by address and not by user")
    .tampers(throttle_registers),
    Row::new(
        Defect::ChannelLimit,
        "channel-limit",
        "has eight channels, and answers 503 to more calls",
        &["B.6.3"],
        Cause::LicenceLimit,
    )
    .seen("trunks by the channel, Asterisk maxcalls, FreeSWITCH max-sessions, licences of 3CX"),
    Row::new(
        Defect::MediaLimit,
        "media-limit",
        "relays the audio of eight calls, and that of no other",
        &["B.6.2"],
        Cause::NoAudio,
    )
    .seen("rtp.conf and rtpengine port ranges that are too small; transcoders by the channel"),
    Row::new(
        Defect::CrossedUnderLoad,
        "crossed-under-load",
        "crosses the audio of calls when there are more than eight",
        &["B.6.3"],
        Cause::CrossedAudio,
    )
    .seen("media ports given out twice when their range wraps round"),
];

impl Defects {
    /// Whether a new call is one too many.
    pub(super) fn has_no_channel(&self, standing: usize) -> bool {
        standing >= CARRIED && self.has(Defect::ChannelLimit)
    }
}

/// What is wrong with the connections of many calls.
pub(super) const fn many_mixed(defect: Defect) -> Option<Mixing> {
    match defect {
        Defect::MediaLimit => Some(Mixing::SilentBeyond(CARRIED)),
        Defect::CrossedUnderLoad => Some(Mixing::CrossedBeyond(CARRIED)),
        _ => None,
    }
}

fn throttle_registers(passage: &mut Passage<'_>, message: Message) -> Fate {
    let of_register = message.cseq().is_some_and(|(_, method)| method == Method::Register);
    if passage.way != Way::Sent || !of_register {
        return Fate::Passes(message);
    }
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let key = format!("{} {}", passage.remote, since_epoch.as_secs());
    let count = passage.notes.entry(key).or_default();
    *count += 1;
    if *count <= REGISTERS {
        return Fate::Passes(message);
    }
    let reason = "Too Many Registrations".to_owned();
    Fate::Passes(Message { start: StartLine::Response { status: 503, reason }, ..message })
}
