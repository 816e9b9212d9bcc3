//! What a cause means and what to change: the one table behind reports and `explain`.
//!
//! A match, not a map, so that a cause without advice does not compile.

use super::account_advice::account;
use super::beyond_advice::beyond;
use super::call_advice::{call_set_up, caller_id};
use super::form_advice::form;
use super::protection_advice::protection;
use super::readiness_advice::{certificate, network};
use super::softphone_advice::softphone;
use super::stream_advice::stream;
use crate::record::Cause;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// Guide clause that speaks of it, or the test that finds it.
    pub clause: &'static str,
    /// What was seen, in general.
    pub meaning: &'static str,
    /// What to change.
    pub remedy: &'static str,
}

pub(super) const fn row(
    clause: &'static str,
    meaning: &'static str,
    remedy: &'static str,
) -> Advice {
    Advice { clause, meaning, remedy }
}

/// The row of a cause.
pub const fn advice(cause: Cause) -> Advice {
    match cause {
        Cause::NoResponse
        | Cause::UnresolvedName
        | Cause::AuthenticationFailure
        | Cause::ClientBlocked
        | Cause::SourceBanned
        | Cause::RegistrationRefused
        | Cause::ShortExpiry
        | Cause::NotSip
        | Cause::BindingMissing
        | Cause::BindingLost => registration(cause),
        Cause::ShrinkingExpiry
        | Cause::BindingNotRemoved
        | Cause::ContactRewritten
        | Cause::LicenceLimit
        | Cause::Overload
        | Cause::OneDeviceRings
        | Cause::OtherDeviceRingsOn
        | Cause::NoDeskPhone
        | Cause::OtherPort
        | Cause::UnreachableVia => account(cause),
        Cause::NodeNotCalled
        | Cause::NoSecondNode
        | Cause::NoNumberAbroad
        | Cause::NoDirectNumber
        | Cause::OutsidePrefixKept
        | Cause::BindingReplaced
        | Cause::ContactDataLost
        | Cause::ContactDataHinders
        | Cause::NumberFormNotTaken => form(cause),
        Cause::CalleeNotRung
        | Cause::WrongPartyRung
        | Cause::ContactAltered
        | Cause::CallRejected
        | Cause::CallUnanswered
        | Cause::AnswerNotRelayed
        | Cause::AnswerNotAcknowledged
        | Cause::UnreachableContact
        | Cause::NoRingingIndication
        | Cause::BadAnswer
        | Cause::OtherPartyAnswered => call_set_up(cause),
        Cause::WrongCallerId
        | Cause::CallerIdMissing
        | Cause::CallerIdWithheld
        | Cause::CallerIdFormat
        | Cause::CallerIdOnlyAsserted => caller_id(cause),
        Cause::UnreachableMediaAddress
        | Cause::OneWayAudio
        | Cause::NoAudio
        | Cause::LateAudio
        | Cause::AudioGaps
        | Cause::AudioStopped
        | Cause::CrossedAudio
        | Cause::Echo
        | Cause::DistortedAudio
        | Cause::StreamChanged => audio(cause),
        Cause::WrongLevel
        | Cause::LongDelay
        | Cause::PacketLoss
        | Cause::Jitter
        | Cause::StuckAudio
        | Cause::UnagreedPayload
        | Cause::BadTimestamps
        | Cause::AsymmetricRtp
        | Cause::PacketOrder => stream(cause),
        Cause::MediaNotEncrypted
        | Cause::EncryptionRefused
        | Cause::UnusableKey
        | Cause::KeysDoNotMatch => protection(cause),
        Cause::HoldRefused
        | Cause::HoldSilent
        | Cause::HoldRingback
        | Cause::HoldNoise
        | Cause::HoldTone
        | Cause::HoldLeaksAudio
        | Cause::HoldInterrupted
        | Cause::HoldAnswerOdd
        | Cause::SdpVersion
        | Cause::StillOnHold
        | Cause::ResumeRefused
        | Cause::ResumeAnswerOdd => hold(cause),
        Cause::TransferRefused
        | Cause::TransferUnanswered
        | Cause::TransferTargetRefused
        | Cause::TransferNotAttempted
        | Cause::TransferWrongTarget
        | Cause::TransferWrongParty
        | Cause::TransferNoAudio
        | Cause::TransferRingsSilently
        | Cause::TransferCallLost
        | Cause::TransferNotifyUnusual
        | Cause::TransferorLegLeftUp => transfer(cause),
        _ => of_the_way_there(cause),
    }
}

/// The row of a cause that lies between the PBX and the bridge, or at the end of a call.
const fn of_the_way_there(cause: Cause) -> Advice {
    match cause {
        Cause::SipAlg
        | Cause::HeadersRewritten
        | Cause::FragmentsLost
        | Cause::LargeRequestLost
        | Cause::SourcePortsFiltered
        | Cause::MediaPortOutside => network(cause),
        Cause::TestedFromInside
        | Cause::StunUnanswered
        | Cause::StunStranger
        | Cause::OnlineOutgoingOnly
        | Cause::CodecUnspoken => softphone(cause),
        Cause::CertificateExpired
        | Cause::CertificateNotYetValid
        | Cause::CertificateSelfSigned
        | Cause::CertificateChainIncomplete
        | Cause::CertificateUntrusted
        | Cause::CertificateWrongName
        | Cause::CertificateWeakKey
        | Cause::CertificateExpiresSoon => certificate(cause),
        Cause::CancelIgnored
        | Cause::RefusalNotRelayed
        | Cause::RefusalTranslated
        | Cause::RingingEnded
        | Cause::MethodUnsupported
        | Cause::MediaToHolder
        | Cause::FailedTransferStuck
        | Cause::FailedTransferOtherwise
        | Cause::PartyNotIntroduced
        | Cause::KeysLost
        | Cause::RefreshRefused
        | Cause::OfferNotMade
        | Cause::CodecChangeRefused
        | Cause::AnswerNotRepeated => beyond(cause),
        _ => ending(cause),
    }
}

const fn registration(cause: Cause) -> Advice {
    match cause {
        Cause::NoResponse => row(
            "5.2",
            "No response received after xx seconds",
            "The PBX did not respond. Check the firewall and the SIP proxy or domain; give a \
             port in sip_proxy if the PBX uses another one for remote users (guide 2.6.3). Some \
             PBXs also ignore a User-Agent that they do not know (guide 2.6.7).",
        ),
        Cause::ClientBlocked => row(
            "2.6.7",
            "The PBX refuses us before it has asked for a password",
            "The password is not the matter. Put ‘Call2Teams.com’ on the list of allowed \
             User-Agents (guide 2.6.7), and the bridge's address on the ACL (guide 2.6.4). \
             Asterisk PJSIP: type=acl, contact_permit; chan_sip: permit and deny; FreeSWITCH: \
             apply-register-acl; 3CX: the phone's template, and the IP blacklist. Some PBXs also \
             say so of a SIP username that they do not know.",
        ),
        Cause::SourceBanned => row(
            "2.5",
            "The PBX has answered and is silent since",
            "All Teams users register from one address, which may look like an attack: exempt the \
             bridge's addresses from rate limits and bans (fail2ban's ignoreip; 3CX: anti-hacking \
             and IP blacklist; Kamailio: pike; the firewall's SIP limits). If only the REGISTER \
             with the password is lost, look for lost fragments (guide 2.1); or the PBX has died.",
        ),
        Cause::UnresolvedName => row(
            "5.2",
            "Unable to resolve URI",
            "Either sip_proxy (if given) or sip_domain is wrong: correct the name, or give the \
             IP address.",
        ),
        Cause::AuthenticationFailure => row(
            "5.2",
            "Authentication failure, declined, forbidden, not found or unauthorized",
            "Usually the SIP username, the SIP auth username (if given) or the SIP password is \
             wrong. It could be that the SIP realm is wrong if the PBX checks it (sip_domain), \
             that an ACL of the PBX refuses our address (guide 2.6.4), or that it refuses the \
             User-Agent (guide 2.6.7).",
        ),
        Cause::ShortExpiry => row(
            "2.6.6",
            "The registration is granted for less than recommended",
            "Set the PBX's registration expiry to 3600 s; it should not be lower than 600 s. \
             Asterisk PJSIP: maximum_expiration and default_expiration of the AOR; FreeSWITCH: \
             sip-force-expires; 3CX: the phone's registration period.",
        ),
        Cause::NotSip => row(
            "5.2",
            "What answers at the PBX's address does not speak SIP",
            "Check address, port and protocol in sip_proxy: is it the port of a web page, or of \
             SIP over TLS?",
        ),
        Cause::BindingMissing => row(
            "5.2",
            "The PBX accepts the registration but does not list it",
            "The 200 to REGISTER must list our Contact (RFC 3261 §10.3). Look for a limit of one \
             contact per account, and for a SIP ALG or proxy that rewrites Contact (guide 2.1).",
        ),
        Cause::BindingLost => row(
            "7.2",
            "The PBX has forgotten a registration that it granted",
            "All Teams users register from one IP address and port: the PBX must keep one binding \
             per user, told apart by the whole Contact and not by its address. Asterisk PJSIP: \
             max_contacts and remove_existing of each AOR; FreeSWITCH: multiple-registrations; \
             Kamailio: matching_mode of usrloc; and see that no ‘same source’ rule replaces them.",
        ),
        _ => row(
            "5.2",
            "The PBX refuses the registration",
            "The status line says why. Check the account's licence (guide 2.6.1), its limit of \
             devices (2.6.2) and the PBX's log. 423: the PBX wants longer registrations than 3600 s \
             (Asterisk PJSIP: minimum_expiration; Kamailio: min_expires).",
        ),
    }
}

const fn audio(cause: Cause) -> Advice {
    match cause {
        Cause::OneWayAudio => row(
            "7.1",
            "Only one of the parties hears the other",
            "RTP of one direction does not arrive. Check that the PBX announces its public \
             address in SDP (guide 2.6.5) and that the firewall lets its media ports in from any \
             address (guide 2.5). Asterisk PJSIP: external_media_address, rtp_symmetric, \
             direct_media=no; FreeSWITCH: ext-rtp-ip; 3CX: static public IP.",
        ),
        Cause::NoAudio | Cause::UnreachableMediaAddress => row(
            "7.1",
            "No audio in either direction",
            "Look at the address in the PBX's SDP: it must be one that the bridge can reach \
             (guide 2.6.5). Open the PBX's media ports in the firewall (guide 2.5). Asterisk \
             PJSIP: external_media_address and direct_media=no.",
        ),
        Cause::LateAudio => row(
            "7.1",
            "Audio came late after the answer",
            "Callers lose the first words. Look for NAT learning (symmetric RTP) that waits for \
             a first packet, and for media set up only after a second re-INVITE.",
        ),
        Cause::AudioGaps => row(
            "7.1",
            "Audio is interrupted",
            "Packets are lost or late. Check load and network of the PBX, its jitter buffer, \
             transcoding and silence suppression.",
        ),
        Cause::AudioStopped => row(
            "7.1",
            "Audio stopped during the call",
            "Something ends the media in mid-call: an RTP time-out, a re-INVITE that moves media \
             to an unreachable address, a NAT mapping that expires, or a PBX that died.",
        ),
        Cause::CrossedAudio => row(
            "7.2",
            "A party hears somebody of another call",
            "The PBX mixes up media of users that share an IP address: it must tell streams \
             apart by port. Switch off strict-source or comedia learning across calls.",
        ),
        Cause::Echo => row(
            "7.1",
            "A party hears itself",
            "The PBX or its gateway sends audio back. Check conference bridges, echo \
             cancellation on analogue trunks and loops in the media path.",
        ),
        Cause::DistortedAudio => row(
            "7.1",
            "Audio is heard but distorted",
            "Levels are wrong, or audio is transcoded with loss. Prefer PCMU or PCMA end to end \
             and switch off automatic gain.",
        ),
        _ => row(
            "7.1",
            "The stream changed in mid-call",
            "SSRC, payload type or port changed. Phones follow it; it is a hint where a call has \
             gaps.",
        ),
    }
}

const fn hold(cause: Cause) -> Advice {
    match cause {
        Cause::HoldRefused => row(
            "7.1.1",
            "The PBX refuses hold",
            "The bridge holds with a re-INVITE that says a=inactive (RFC 3264 §8.4). 488 or 491: \
             allow re-INVITE with a=inactive on the account. If it was not answered at all, look \
             for lost in-dialog requests (Contact and Record-Route).",
        ),
        Cause::HoldSilent => row(
            "7.1.1",
            "The held party hears nothing",
            "Music on hold must come from the PBX. Switch it on and see that a music file is \
             there and readable: Asterisk: musiconhold.conf and moh_suggest; FreeSWITCH: \
             hold_music; 3CX: music on hold of the system.",
        ),
        Cause::HoldRingback => row(
            "7.1.1",
            "The held party hears ringback or busy tone",
            "Replace the tone that the PBX plays on hold by music.",
        ),
        Cause::HoldNoise => row(
            "7.1.1",
            "The held party hears only noise",
            "The music on hold is comfort noise or a broken file: give it a real one, 8 kHz mono.",
        ),
        Cause::HoldTone => row(
            "7.1.1",
            "The held party hears a tone instead of music",
            "Play music on hold, or say hold_audio: tone in the profile if a tone is what your \
             PBX has (the run is then no certification).",
        ),
        Cause::HoldLeaksAudio => row(
            "7.1.1",
            "The held party still hears the other",
            "The PBX did not stop relaying audio on hold. See that it honours a=inactive and \
             plays music on hold instead of passing the stream through.",
        ),
        Cause::HoldInterrupted => row(
            "7.1.1",
            "Music on hold is interrupted",
            "The music stops or starts late. Use a longer file without silence, and check the \
             PBX's load.",
        ),
        Cause::HoldAnswerOdd => row(
            "7.1.1",
            "Hold works but its SDP answer is odd",
            "An offer of a=inactive must be answered a=inactive (RFC 3264 §6.1). Other \
             equipment may not take it so kindly.",
        ),
        Cause::SdpVersion => row(
            "7.1.1",
            "The version in o= does not follow the session description",
            "A changed description needs a version that is one higher (RFC 3264 §8): some peers \
             ignore a change without it, and hold or resume then does nothing. Update the PBX, \
             or the SBC that rewrites its SDP.",
        ),
        Cause::StillOnHold => row(
            "7.1.1",
            "A party still hears hold music after the resume",
            "The PBX accepted the resume but did not end the hold on the other leg. Asterisk \
             PJSIP: moh_passthrough=no; look for music that was started by two parties, or by \
             the dial plan as well, and for a trunk that holds by itself.",
        ),
        Cause::ResumeRefused => row(
            "7.1.1",
            "The PBX refuses to resume the call",
            "The bridge resumes with a re-INVITE that says a=sendrecv: the PBX must accept it.",
        ),
        _ => row(
            "7.1.1",
            "Resume is answered with a one-way direction",
            "An offer of a=sendrecv should be answered a=sendrecv, or audio stays one-way after \
             hold.",
        ),
    }
}

const fn transfer(cause: Cause) -> Advice {
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

const fn ending(cause: Cause) -> Advice {
    match cause {
        Cause::HangupNotPropagated => row(
            "7.2",
            "One party hung up and the other was not told",
            "The PBX must send BYE to the other leg. Check that it knows where to: Contact and \
             Record-Route behind NAT (guide 2.6.5).",
        ),
        Cause::HangupRefused => row(
            "7.2",
            "BYE was refused or not answered",
            "The PBX did not recognise the dialog, or lost the request: look for a proxy or ALG \
             that changes Contact, tags or Record-Route (guide 2.1).",
        ),
        Cause::RtpAfterHangup => row(
            "7.2",
            "RTP goes on after the end of the call",
            "The PBX keeps a media session open: check its timers, and look for a leg that was \
             left up.",
        ),
        Cause::CallDropped => row(
            "7.1",
            "The PBX ended the call on its own",
            "At 32 s: an ACK was lost. After a round time: session timers (RFC 4028) or an RTP \
             time-out. Otherwise the Reason header and the PBX's log say why.",
        ),
        Cause::WrongCallEnded => row(
            "7.2",
            "A call ended when another did",
            "The PBX must tell the calls of users with one address apart by Call-ID and tags.",
        ),
        Cause::HarnessLate => row(
            "",
            "This machine was too late to judge",
            "Nothing is said of the PBX. Stop other work on this machine, or use fewer --jobs.",
        ),
        Cause::HarnessFault => row(
            "",
            "The harness could not do its part",
            "Nothing is said of the PBX. The text names what was missing on this machine; with \
             -v the log tells more.",
        ),
        Cause::EarlierStep => row(
            "",
            "A step that this one needs did not succeed",
            "Mend the first finding of the scenario; this one was not tried.",
        ),
        Cause::Interrupted => row("", "The run was interrupted", "Run it again to the end."),
        _ => row(
            "4.1.1.7",
            "The profile says that the PBX does not support it",
            "Nothing, if that is so. Change the profile if it is not.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_table_5_2_is_told_in_its_own_words() {
        assert!(advice(Cause::NoResponse).remedy.contains("Check the firewall"));
        assert!(advice(Cause::UnresolvedName).remedy.contains("sip_domain is wrong"));
        assert!(advice(Cause::AuthenticationFailure).remedy.contains("realm"));
    }

    #[test]
    fn what_says_nothing_of_the_pbx_says_so() {
        for cause in [Cause::HarnessLate, Cause::HarnessFault] {
            assert!(advice(cause).remedy.contains("Nothing is said of the PBX"));
        }
    }
}
