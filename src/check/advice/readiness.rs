//! What the causes of guide sections 2 to 5 mean and what to change.

use super::Advice;
use super::row;
use crate::record::Cause;

/// Of the network between the bridge and the PBX (guide 2.1).
pub(super) const fn network(cause: Cause) -> Advice {
    match cause {
        Cause::SipAlg => row(
            "2.1",
            "A SIP ALG rewrites messages on their way",
            "Disable it in the firewall or router before the PBX (and in the one before this \
             machine): it is called SIP ALG, SIP helper, SIP inspection, SIP fixup or SIP \
             transformations. Linux: unload nf_nat_sip and nf_conntrack_sip; Cisco ASA: no inspect \
             sip; FortiGate: delete the SIP session helper; SonicWall: disable SIP \
             Transformations.",
        ),
        Cause::HeadersRewritten => row(
            "2.1",
            "A header came back other than it was sent",
            "If it is the work of a SIP ALG in a firewall, disable that. An SBC or proxy may do so \
             on purpose: then nothing is to be changed.",
        ),
        Cause::FragmentsLost => row(
            "2.1",
            "UDP datagrams that are larger than a packet are lost",
            "Set protocol to tcp or tls here, in the bridge and in the PBX (Asterisk PJSIP: a \
             transport with protocol=tcp; chan_sip: tcpenable and transport; FreeSWITCH: the \
             profile listens on both; 3CX: TCP is open by default), or let routers and firewalls \
             pass fragmented UDP. In Azure and Azure Stack only TCP or TLS will do. Fewer codecs \
             make messages smaller.",
        ),
        Cause::SourcePortsFiltered => row(
            "2.5",
            "SIP is answered from some ports of an address and not from others",
            "Let the firewall allow SIP from any port on the bridge's IP addresses, with the \
             protocol that corresponds to the transport (udp for UDP, tcp for TCP and TLS).",
        ),
        Cause::MediaPortOutside => row(
            "2.5",
            "The PBX wants media on a port outside of the range that is opened for it",
            "Open the ports that the PBX really uses for media, from any address and port, or set \
             them in the PBX: Asterisk: rtpstart and rtpend in rtp.conf; FreeSWITCH: \
             rtp-start-port and rtp-end-port; 3CX: 9000-10999. Then correct media_ports.",
        ),
        _ => row(
            "2.1",
            "A very large UDP datagram is lost",
            "Nothing needs to be changed: no phone sends so much. PBXs limit the size themselves \
             (Asterisk PJSIP: 6000 bytes as built).",
        ),
    }
}

/// Of the PBX's certificate (guide 2.4).
pub(super) const fn certificate(cause: Cause) -> Advice {
    match cause {
        Cause::CertificateExpired => row(
            "2.4",
            "A certificate that the PBX presents has expired",
            "Renew it, restart or reload the PBX's TLS transport so that it is used, and have \
             the renewal managed (with an ACME client, for instance): the service stops with the \
             certificate. Asterisk PJSIP: cert_file of the transport; chan_sip: tlscertfile; \
             FreeSWITCH: agent.pem in tls-cert-dir; 3CX renews those of its own names itself.",
        ),
        Cause::CertificateNotYetValid => row(
            "2.4",
            "A certificate that the PBX presents is not valid yet",
            "Look at the clocks of the PBX, of who made the certificate and of this machine; or \
             wait.",
        ),
        Cause::CertificateSelfSigned => row(
            "2.4",
            "The PBX's certificate is self-signed",
            "The PBX requires a real certificate: get one for its public host name from an \
             authority that everybody trusts, and publish its intermediate certificates with it.",
        ),
        Cause::CertificateChainIncomplete => row(
            "2.4",
            "The PBX does not present its intermediate certificates",
            "Publish the intermediate certificates as well as the main one: put the whole chain \
             into the PBX's file, its own certificate first (fullchain.pem, not cert.pem). \
             Asterisk PJSIP: cert_file takes the chain; FreeSWITCH: append it in agent.pem.",
        ),
        Cause::CertificateUntrusted => row(
            "2.4",
            "Nobody who is trusted has issued the PBX's certificate",
            "Use a certificate of a public authority. One of your own authority does only where \
             the bridge trusts it: name it in ca_file to test with it. Guide 2.4 says which flaw \
             it has.",
        ),
        Cause::CertificateWrongName => row(
            "2.4",
            "The PBX's certificate is for another host",
            "The host name that the bridge connects to (sip_proxy, else sip_domain) must be in \
             the certificate: write the full external host name there rather than an address \
             (guide 2.6.5), or get a certificate with that name.",
        ),
        Cause::CertificateWeakKey => row(
            "2.4",
            "A key in the PBX's certificates is weak",
            "Make a new key with RSA of 2048 bits or EC of 256 bits, and drop certificates from \
             the chain that nobody needs any more.",
        ),
        _ => row(
            "2.4",
            "The PBX's certificate expires within two weeks",
            "Renew it now, and have the renewal managed: the service stops with the certificate.",
        ),
    }
}
