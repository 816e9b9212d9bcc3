//! Advice to what the softphone of guide 3 finds.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause of guide 3.
pub(super) const fn softphone(cause: Cause) -> Advice {
    match cause {
        Cause::TestedFromInside => row(
            "3",
            "The PBX was reached from its own network",
            "Run pbxcert on an external IP address, from outside of the PBX's network (perhaps by \
             tethering to a mobile hotspot): only that verifies that the connection can be made \
             through the firewall or proxy. Give the PBX's public address or name in sip_domain or \
             sip_proxy.",
        ),
        Cause::StunUnanswered => row(
            "3.1",
            "STUN did not tell the public address of the softphone",
            "Give a STUN server that can be reached in softphone.stun_server (host:port, 3478 if \
             no port is given), and let UDP to it out of this network: with STUN the softphone \
             uses its public address in calls, as the Call2Teams service does. It says nothing of \
             the PBX.",
        ),
        Cause::StunStranger => row(
            "3.1",
            "An answer of STUN came from somebody who had not been asked",
            "Such answers are not believed. Name a server that answers from the address at which it \
             is asked; if the address is nobody's that you know, see who in this network sends \
             forged answers.",
        ),
        Cause::OnlineOutgoingOnly => row(
            "3.1",
            "The softphone is registered and calls out, but calls do not reach it",
            "Online (outgoing) is not fully set up. See that the PBX calls the registered Contact: \
             the route of the user's number ends at this account, no forward, do-not-disturb or \
             other device takes the call, the account may have a second device (guide 2.6.2), and \
             the PBX can send to the address and port that it saw (firewall, guide 2.5; Asterisk \
             PJSIP: qualify_frequency, rewrite_contact; FreeSWITCH: NDLB-force-rport; 3CX: the \
             extension's forwarding rules).",
        ),
        _ => row(
            "3.1",
            "The PBX chose a codec that pbxcert offers as every softphone does and cannot speak",
            "Nothing is said of the PBX. Let it prefer the first codec that is offered, or PCMU, \
             PCMA or G722: Asterisk PJSIP: codec_prefs_incoming_offer=prefer:pending; FreeSWITCH: \
             inbound-codec-negotiation=generous; 3CX: codec priority of the extension.",
        ),
    }
}
