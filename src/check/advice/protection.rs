//! Advice about encrypted media, for the table of advice.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause that has to do with SRTP.
pub(super) const fn protection(cause: Cause) -> Advice {
    match cause {
        Cause::MediaNotEncrypted => row(
            "4.1.1.6",
            "Encrypted media is required, and the PBX has plain RTP",
            "Enable SRTP with SDES for these users on the PBX, or say media_encryption: no. \
             Asterisk PJSIP: media_encryption=sdes and media_encryption_optimistic=no on the \
             endpoint; chan_sip: encryption=yes; FreeSWITCH: rtp_secure_media=mandatory on the \
             user, and inbound-late-negotiation on; 3CX: the extension's SRTP mode set to \
             enforced.",
        ),
        Cause::EncryptionRefused => row(
            "4.1.1.6",
            "The PBX refuses encrypted media",
            "Enable SRTP with SDES and AES_CM_128_HMAC_SHA1_80 for these users on the PBX, or say \
             media_encryption: no. Asterisk: res_srtp loaded, and media_encryption=sdes on the \
             PJSIP endpoint (dtls will not do) or encryption=yes in chan_sip; FreeSWITCH: \
             rtp_secure_media=optional; FreePBX: media encryption of the extension. Plain calls \
             are refused with 488 as well where no codec is shared: allow PCMU or PCMA.",
        ),
        Cause::UnusableKey => row(
            "4.1.1.6",
            "No key in the PBX's session description can be used",
            "An answer must take up one of the offered a=crypto lines, with its tag and its suite, \
             and bring a key of that suite's length (RFC 4568 §5.1.3). Allow AES_CM_128_HMAC_SHA1_80 \
             on the PBX, and look for an SBC that writes a=crypto by itself. Asterisk PJSIP: \
             srtp_tag_32=no; chan_sip: encryption_taglen=80.",
        ),
        _ => row(
            "4.1.1.6",
            "Encrypted media does not open under the key in the session description",
            "The PBX encrypts with another key than it announced, or keeps an old one after a \
             re-INVITE (RFC 4568 §7.1.4). Look for an SBC or proxy that passes a=crypto on \
             without passing the media through, for several keys or an MKI in one line, and \
             update the PBX. Asterisk: res_srtp loaded, srtp_tag_32 as the peer has it.",
        ),
    }
}
