//! Advice about streams of packets, for the table of advice.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause that is read off RTP.
pub(super) const fn stream(cause: Cause) -> Advice {
    match cause {
        Cause::WrongLevel => row(
            "7.1",
            "A party is heard far too softly or too loudly",
            "Gain is set, or applied twice: set it to 0 dB on gateways and trunks. Asterisk: \
             rxgain and txgain of DAHDI, the VOLUME function in the dial plan; FreeSWITCH: \
             read_gain, write_gain and set_audio_level; Cisco: input gain and output attenuation \
             of the voice port.",
        ),
        Cause::LongDelay => row(
            "7.1",
            "Audio takes longer than people can talk with",
            "ITU-T G.114 accepts 150 ms one way, and 400 ms at the very most. Look for jitter \
             buffers that grow (Asterisk: jitterbuffer and jbmaxsize; FreeSWITCH: \
             jitterbuffer_msec), for several PBXs in a row, and for a location (guide 4.1.1.1) \
             that is far from the PBX.",
        ),
        Cause::PacketLoss => row(
            "7.1",
            "Packets of the PBX's stream do not arrive",
            "They are missing by RTP sequence number, so the PBX or the network lost them. Check \
             the uplink's load and QoS (DSCP EF), duplex settings, and the PBX's CPU. A capture \
             at the PBX tells whether it sent them.",
        ),
        Cause::Jitter => row(
            "7.1",
            "Packets of the PBX's stream come too late to be played",
            "The PBX or its host sends in bursts: give a virtual machine reserved CPU, take media \
             off wireless links, and let only one jitter buffer work per call. Asterisk: a \
             timing source such as res_timing_timerfd.",
        ),
        Cause::StuckAudio => row(
            "7.1",
            "The PBX repeats the same few milliseconds of sound for ever",
            "Its media thread hangs on to its last buffer. Update the PBX; see whether \
             transcoding or a jitter buffer on the call brings it about. On hold: play a file \
             instead of parking the stream (a steady tone may look stuck as well).",
        ),
        Cause::UnagreedPayload => row(
            "7.1",
            "The PBX sends a payload type that the session description does not list",
            "A peer may drop it (RFC 3264 §5.1). Do not force a codec on the account or trunk: \
             Asterisk PJSIP: allow=!all,ulaw,alaw and asymmetric_rtp_codec=no; FreeSWITCH: \
             absolute_codec_string, inbound-codec-negotiation; 3CX: the trunk's codec list.",
        ),
        Cause::BadTimestamps => row(
            "7.1",
            "RTP timestamps do not advance by the samples that packets hold",
            "Jitter buffers play such a stream too fast or full of holes (RFC 3550 §5.1). Look \
             for a transcoder with another ptime on each side, or for G.722 counted at 16 kHz: \
             its clock is 8 kHz. Set ptime to 20.",
        ),
        Cause::AsymmetricRtp => row(
            "2.6.5",
            "RTP comes from another address or port than its session description names",
            "Peers behind address translation, and strict ones, do not hear it: send from where \
             you receive (RFC 4961). Asterisk PJSIP: rtp_symmetric=yes; FreeSWITCH: no \
             disable-rtp-auto-adjust, ext-rtp-ip right; otherwise look for a NAT that changes \
             the PBX's media ports (guide 2.5).",
        ),
        _ => row(
            "7.1",
            "Packets come twice or out of order",
            "Jitter buffers put up with it. It hints at port mirroring, or at links of different \
             length between the PBX and here.",
        ),
    }
}
