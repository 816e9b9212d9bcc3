//! The rows of the table of advice on calls that are being set up.

use super::{Advice, row};
use crate::record::Cause;

/// Of who rings, and who learns of the answer.
pub(super) const fn call_set_up(cause: Cause) -> Advice {
    match cause {
        Cause::CalleeNotRung => row(
            "7.1",
            "The dialled party's phone got no call",
            "Check the PBX's route for the dialled number: inbound route or DDI to the user's \
             extension, outbound route to the trunk, outside_line_prefix and number_format of \
             the profile (guide 4.1.1.9, 4.1.1.10). For Teams users also see that the \
             registration is still there and that the PBX sends to the registered Contact.",
        ),
        Cause::WrongPartyRung => row(
            "7.2",
            "Another phone than the dialled one rang",
            "All Teams users register from one IP address and port: the PBX must tell their \
             bindings apart by the user part of the Contact, not by address. Check the DDI's \
             destination as well.",
        ),
        Cause::ContactAltered => row(
            "7.2",
            "The PBX calls another address than the registered Contact",
            "All Teams users share one IP address and port: only the Request-URI says whose call \
             it is, so it must be the registered Contact with its user part and parameters \
             (RFC 3261 §16.5). Look for rewritten contacts: SIP ALG (guide 2.1), fixed Request-URIs \
             of a trunk; Asterisk PJSIP: contact and rewrite_contact; FreeSWITCH: sip-force-contact.",
        ),
        Cause::CallRejected => row(
            "7.1",
            "The PBX refused the call",
            "404: no route for the number; 403 or 401: the account may not call there; 480: the \
             user is not registered; 486: busy, perhaps by a limit of calls per user or address \
             (chan_sip: call-limit; Asterisk PJSIP: device_state_busy_at; FreeSWITCH: \
             limit_execute); 488: no common codec, allow PCMU or PCMA; 503: trunk down or out of \
             channels; 3xx: let the PBX call the target itself.",
        ),
        Cause::CallUnanswered => row(
            "7.1",
            "The PBX did not answer the INVITE",
            "Registration works but INVITE does not: look for a firewall or router that drops \
             large or fragmented UDP packets (guide 2.1), or use TCP.",
        ),
        Cause::AnswerNotRelayed => row(
            "7.1",
            "The callee answered but the caller was not told",
            "The PBX must send 200 to the caller when the callee answers. Look for a lost 200 or \
             ACK between the PBX's legs.",
        ),
        Cause::AnswerNotAcknowledged => row(
            "7.1",
            "The 200 of the callee got no ACK",
            "ACK goes to the Contact of the 200 through the recorded route (RFC 3261 §13.2.2.4). \
             A PBX that sends it elsewhere drops the call after 32 s: check NAT and external \
             address settings, and SIP ALG (guide 2.1, 2.6.5).",
        ),
        Cause::UnreachableContact => row(
            "2.6.5",
            "The PBX's Contact is an address at which it cannot be reached",
            "ACK, BYE, hold and transfer go to the PBX's Contact: it must be its public address or \
             host name, or a proxy must put itself before it with Record-Route. Asterisk PJSIP: \
             external_signaling_address and local_net; chan_sip: externaddr; FreeSWITCH: \
             ext-sip-ip; 3CX: static public IP or FQDN. Over TLS the full host name of the \
             certificate belongs there.",
        ),
        Cause::NoRingingIndication => row(
            "7.1",
            "The caller was not told by 180 that the callee rings",
            "Harmless if callers hear ringing all the same. Otherwise let the PBX pass 180 \
             Ringing on (FreeSWITCH: instant_ringback, ring_ready; Asterisk: Dial option r).",
        ),
        Cause::BadAnswer => row(
            "7.1",
            "The PBX's session description gives no audio",
            "An offer or answer of the PBX has no session description, no audio stream, or no \
             codec that its peer offered (RFC 3264 §6). Enable PCMU and PCMA on account and \
             trunk, and switch off codec forcing and SRTP where the profile says none.",
        ),
        _ => row(
            "7.1",
            "Something else than the dialled party answered",
            "Voicemail, an IVR, a queue or a forward took the call. Switch it off for the test \
             users, or make its delay longer.",
        ),
    }
}

/// Of the number that is shown.
pub(super) const fn caller_id(cause: Cause) -> Advice {
    match cause {
        Cause::WrongCallerId => row(
            "7.1.1",
            "The callee is shown a wrong caller-id",
            "Let the PBX pass the caller's number on in From, or present the user's DiD: \
             Asterisk PJSIP: send_pai, trust_id_outbound and callerid; FreeSWITCH: \
             effective_caller_id_number; 3CX: outbound caller ID of the extension and trunk. \
             expect.transfer_caller_id says what a transfer shows.",
        ),
        Cause::CallerIdMissing => row(
            "7.1.1",
            "The callee is shown no number",
            "The PBX does not know the caller's number, or shows an account or itself in its \
             place. Asterisk PJSIP: from_user empty, callerid, trust_id_inbound (default_from_user \
             stands where no number is known); chan_sip: fromuser, trustrpid; FreeSWITCH: \
             caller-id-in-from and caller-id-type; 3CX: caller ID of the trunk's inbound \
             parameters. It may also come without one from the trunk.",
        ),
        Cause::CallerIdWithheld => row(
            "7.1.1",
            "The callee is shown a caller who withholds the number",
            "Nobody asked for it, so the carrier or the PBX hides the number. Call a mobile phone \
             from the same number: if it shows none either, it is the carrier, whose portal has it \
             under CLIR, ‘withhold number’ or ‘anonymous’ (often *31#, 141 or *67 before a call). \
             Else let the PBX read the number that the trunk gives in P-Asserted-Identity, and pass \
             it on: Asterisk PJSIP: trust_id_inbound and trust_id_outbound, callerid_privacy = \
             allowed, CALLERID(pres)=allowed; chan_sip: trustrpid, sendrpid, callingpres; \
             FreeSWITCH: caller-id-type, and privacy=no in the bridge string; 3CX: caller ID of the \
             trunk's inbound parameters.",
        ),
        Cause::CallerIdFormat => row(
            "7.1.1",
            "The callee is shown the right number in an unusable form",
            "The number must be E.164, or as number_format and outside_line_prefix of the profile \
             say (guide 4.1.1.9, 4.1.1.10): Teams can neither name such a caller nor call back. \
             Reformat it on the trunk; 3CX: E164 processing; FreeSWITCH: effective_caller_id_number.",
        ),
        _ => row(
            "7.1.1",
            "The right caller-id stands only in P-Asserted-Identity or Remote-Party-ID",
            "Phones that read only From show something else: present the number in From too.",
        ),
    }
}
