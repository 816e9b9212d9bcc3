//! Advice to blind transfer.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause of a transfer.
pub(super) const fn transfer(cause: Cause) -> Advice {
    match cause {
        Cause::TransferRefused => row(
            "4.1.1.7",
            "The PBX refuses REFER",
            "Allow transfers for the account (Asterisk PJSIP: allow_transfer=yes and \
             res_pjsip_refer; chan_sip: allowtransfer=yes; FreeSWITCH: disable-transfer=false). \
             401 or 407: it challenges REFER and does not accept the account's own credentials. \
             If it refuses only callers, or only the called, allow both. Only if the PBX has no \
             support for transferring calls, set supports_refer to no.",
        ),
        Cause::TransferUnanswered => row(
            "4.1.1.7",
            "The PBX does not answer REFER",
            "Other requests of the call are answered: look for a firewall, proxy or SIP ALG \
             (guide 2.1) that lets only methods pass which it knows, and allow REFER there.",
        ),
        Cause::TransferTargetRefused => row(
            "7.1.1",
            "The PBX accepts REFER and then reports that the target cannot be called",
            "404: no route for the number as Refer-To gives it, see outside_line_prefix and \
             number_format (guide 4.1.1.9, 4.1.1.10). 403: allow transfers from trunk to trunk \
             and the class of service to dial outside. 503: the trunk has no free channel for \
             the second call. Asterisk: TRANSFER_CONTEXT; FreeSWITCH: force_transfer_context; \
             3CX: outbound rules.",
        ),
        Cause::TransferNotAttempted => row(
            "7.1.1",
            "The PBX accepts REFER but does not call the target",
            "Check that the transferred call may dial the target: Refer-To carries the number as \
             a user would dial it. Asterisk: TRANSFER_CONTEXT; FreeSWITCH: \
             force_transfer_context; trunk permissions for external calls in transfer.",
        ),
        Cause::TransferWrongTarget => row(
            "7.1.1",
            "The transfer rang somebody else",
            "Refer-To's number is routed wrongly: check prefixes and patterns that apply to \
             transferred calls, and switch off the recall of blind transfers.",
        ),
        Cause::TransferWrongParty => row(
            "7.1.1",
            "The target was connected with the transferor",
            "REFER moves the other party of its dialog, not its sender (RFC 3515 §2). A gateway \
             between bridge and PBX that handles REFER itself may take the wrong leg: let it pass \
             REFER through to the PBX.",
        ),
        Cause::TransferNoAudio => row(
            "7.1.1",
            "The parties of a transferred call do not hear each other",
            "Before the transfer audio was right, so addresses and firewall are: the PBX does not \
             join the media of the two legs that are left, or leaves music or ringback on. Keep \
             media anchored in the PBX: Asterisk PJSIP: direct_media=no; chan_sip: \
             directmedia=no; FreeSWITCH: bypass_media=false; 3CX: PBX delivers audio.",
        ),
        Cause::TransferRingsSilently => row(
            "7.1.1",
            "The transferred party hears nothing while the target rings",
            "Callers may take the call for lost. FreeSWITCH: set transfer_ringback; Asterisk: \
             Dial option r or m; others: music on hold or ringback for blind transfers.",
        ),
        Cause::TransferCallLost => row(
            "7.1.1",
            "The transferred call was ended",
            "The party to be transferred lost its call. The bridge sends BYE about 280 ms after \
             the 202: the PBX must keep the other party and complete the transfer.",
        ),
        Cause::TransferNotifyUnusual => row(
            "7.1.1",
            "The transfer works, its NOTIFYs are unusual",
            "Nothing to change: healthy PBXs notify early, late or not at all.",
        ),
        _ => row(
            "7.1.1",
            "The transferor's leg stays up",
            "After the transfer the transferor's BYE must be answered and its media must stop, \
             or users stay busy.",
        ),
    }
}
