//! The rows of the table of advice on what is tested beyond the guide.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause that only those tests name.
pub(super) const fn beyond(cause: Cause) -> Advice {
    match cause {
        Cause::CancelIgnored => row(
            "B.1.1",
            "The caller gave up, and the PBX goes on with the call",
            "CANCEL has to be answered 200, the INVITE 487, and every phone that rings cancelled \
             (RFC 3261 §9, §16.10). If it never arrives, look for a firewall, proxy or SIP ALG \
             that loses it or changes the branch of its Via (guide 2.1).",
        ),
        Cause::RefusalNotRelayed => row(
            "B.1.3",
            "The callee refused, and the caller is not told",
            "The caller waits for nothing. Let the PBX pass the refusal on: look for a queue, hunt \
             group or announcement that keeps the call, and for a dial plan that goes on after \
             Dial (Asterisk: DIALSTATUS; FreeSWITCH: continue_on_fail, hangup_after_bridge).",
        ),
        Cause::RefusalTranslated => row(
            "B.1.3",
            "The caller is told another reason than the callee gave",
            "Harmless where callers hear the same. 5xx makes carriers and SBCs try again \
             elsewhere, and mark the trunk as failed: map busy to 486 and declined to 603 or 403 \
             (Asterisk: hangup causes; FreeSWITCH: sip_ignore_remote_cause).",
        ),
        Cause::MethodUnsupported => row(
            "B.2.3",
            "The PBX does not know a method that it need not know",
            "Nothing to change: the bridge does the same thing by re-INVITE.",
        ),
        Cause::MediaToHolder => row(
            "B.2.4",
            "Who holds is sent audio that nobody hears",
            "Nothing to change unless bandwidth is short: after a=inactive or a=sendonly nothing \
             should be sent (RFC 3264 §8.4). Asterisk: rtp_keepalive sends now and then only; \
             SBCs and transcoders often go on.",
        ),
        Cause::FailedTransferStuck => row(
            "B.3.1",
            "A transfer failed, and the transferred party is left alone",
            "Nobody speaks to the caller any more. Let the PBX give the call back to who \
             transferred it, or end it: Asterisk: what follows Dial in the context of the \
             transfer; FreeSWITCH: transfer_fallback_extension; 3CX: failed transfers back to \
             the extension.",
        ),
        Cause::FailedTransferOtherwise => row(
            "B.3.1",
            "A call whose transfer failed fared otherwise than the profile says",
            "Correct expect.failed_transfer (returns, ends or either), or the PBX.",
        ),
        Cause::PartyNotIntroduced => row(
            "B.3.5",
            "The transferred party is not shown whom it talks to",
            "Nothing to change if nobody misses it. Otherwise: Asterisk PJSIP: send_pai or \
             send_rpid, and send_connected_line=yes; FreeSWITCH: send-display-update and \
             update_display.",
        ),
        Cause::KeysLost => row(
            "B.4.1",
            "Keys pressed in a call do not come through",
            "Voice menus cannot be steered. Set DTMF to RFC 4733 (also called RFC 2833) on the \
             account and on the trunk, so that neither tones in the audio nor INFO are used: \
             Asterisk PJSIP: dtmf_mode=rfc4733; FreeSWITCH: dtmf-type rfc2833; 3CX: DTMF of the \
             trunk.",
        ),
        _ => of_dialogs(cause),
    }
}

/// Of what goes on in a standing call.
const fn of_dialogs(cause: Cause) -> Advice {
    match cause {
        Cause::RefreshRefused => row(
            "B.5.1",
            "The PBX refuses to refresh the session",
            "A call ends when its session timer runs out. A re-INVITE or UPDATE that changes \
             nothing has to be accepted (RFC 4028 §9): Asterisk PJSIP: timers and \
             timers_sess_expires; FreeSWITCH: enable-timer; Kamailio: sst.",
        ),
        Cause::OfferNotMade => row(
            "B.5.3",
            "The PBX makes no offer when it is asked for one",
            "Gateways, SBCs and call managers move media by a re-INVITE without an offer: the 200 \
             has to make one (RFC 3261 §14.2). Look for SIP inspection that wants a body in every \
             INVITE, and switch early offer on where the PBX can only do that.",
        ),
        Cause::CodecChangeRefused => row(
            "B.5.6",
            "The PBX does not take another codec in mid-call",
            "Allow PCMU and PCMA on account and trunk, and let the PBX transcode or pass the \
             change on to the other leg.",
        ),
        Cause::PortChangeRefused => row(
            "B.5.8",
            "The PBX does not take another RTP port in mid-call",
            "Gateways and SBCs move media when they fail over, or when a call changes its node. \
             A re-INVITE with another port or address has to be accepted (RFC 3264 §8.3.1): look \
             for an SBC or ALG that pins the media of a call.",
        ),
        Cause::MediaLeftBehind => row(
            "B.5.8",
            "The PBX goes on sending audio to a port that was left",
            "It accepted the new port in its 200 and does not use it. Asterisk PJSIP: \
             rtp_symmetric=no, or see that it learns the new source; FreeSWITCH: \
             disable-rtp-auto-adjust; Kamailio: rtpengine without strict-source; 3CX, SBCs: switch off the latching of media to the first source.",
        ),
        Cause::AnswerNotRepeated => row(
            "B.5.4",
            "The PBX sends its 200 once and no more",
            "If that packet or its ACK is lost, the caller hears nothing of the answer. 200 has to \
             be repeated until its ACK comes (RFC 3261 §13.3.1.4), over TCP and TLS too: look for \
             a proxy or SBC that filters what is sent again.",
        ),
        _ => row(
            "B.1.6",
            "The PBX ended a call while it rang",
            "Callers are given up too soon. Make the ring time longer (Asterisk: Dial's time-out; \
             FreeSWITCH: call_timeout, originate_timeout; 3CX: ring time-out of the extension), \
             and look for a proxy's timer C (RFC 3261 §16.6: more than 3 minutes).",
        ),
    }
}
