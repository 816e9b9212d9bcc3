//! Advice to what is heard in a call.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause that is heard.
pub(super) const fn audio(cause: Cause) -> Advice {
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
