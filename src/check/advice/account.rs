//! Advice to what guide 2.6 asks of the PBX's accounts: registrations, licences, devices,
//! addresses.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause of guide 2.6.
pub(super) const fn account(cause: Cause) -> Advice {
    match cause {
        Cause::ShrinkingExpiry => row(
            "2.6.6",
            "Every renewal of a registration is granted for less time than the one before",
            "Set one expiry of 3600 s for all registrations, and look for what counts a renewal's \
             time from the first registration. Asterisk PJSIP: maximum_expiration, \
             default_expiration; FreeSWITCH: sip-force-expires without sip-expires-max-deviation; \
             an SBC in between: its own registration cache.",
        ),
        Cause::BindingNotRemoved => row(
            "2.6.6",
            "A registration cannot be removed",
            "A REGISTER with expires=0 must remove its binding (RFC 3261 §10.2.2), or calls go on \
             to ring at a device that is gone. Look for a registrar, SBC or SIP ALG that does not \
             find the binding again because it has rewritten the Contact (guide 2.1).",
        ),
        Cause::LicenceLimit => row(
            "2.6.1",
            "One user is served, and not all at the same time",
            "Check the licences of the PBX: many count generic SIP devices, remote users or \
             simultaneous calls, and each user of Teams needs one. Also limits by configuration: \
             Asterisk: maxcalls, call-limit, device_state_busy_at; FreeSWITCH: max-sessions; \
             3CX: simultaneous calls of the licence; SBCs: sessions per trunk or per address.",
        ),
        Cause::Overload => row(
            "7.2",
            "What one user is granted is not granted to many who ask at the same time",
            "All users of the bridge come from one IP address and port, so what counts requests by \
             address takes them for an attack: exempt the bridge (Kamailio: pike and htable; \
             fail2ban: ignoreip; FreeSWITCH: max-sessions-per-second; 3CX: allowed IP addresses; \
             Asterisk: taskprocessor alerts show a machine too slow). If the profile asks for more \
             than the PBX is meant for, say so: expect.simultaneous_calls, bridge.transactions.",
        ),
        Cause::OneDeviceRings => row(
            "2.6.2",
            "Of a desk phone and Teams on one extension only one rings",
            "The extension needs two devices, and perhaps a licence for the second (‘shared call \
             appearance’). Asterisk PJSIP: max_contacts=2 or more and remove_existing=no, or Dial \
             both endpoints; chan_sip: one peer each, and Dial both; FreeSWITCH: \
             multiple-registrations=contact and sofia_contact(*); 3CX: one more device of the \
             extension, ring all.",
        ),
        Cause::OtherDeviceRingsOn => row(
            "2.6.2",
            "A device rings on although another has answered",
            "The PBX must send CANCEL to every other device when one answers (RFC 3261 §16.7, step \
             10). Look for a ring group or forking proxy that leaves branches open, and for a \
             CANCEL that goes to a rewritten Contact (guide 2.1).",
        ),
        Cause::OtherPort => row(
            "2.6.3",
            "The PBX answers at another port than that of the profile",
            "Some PBXs use another port for remote users than for desk phones: give the one that \
             answers in sip_proxy (host:port), and publish that one in the firewall (guide 2.3.2, \
             2.5). Asterisk PJSIP: bind of the transport; FreeSWITCH: sip-port of the external \
             profile, 5080; 3CX: the tunnel's 5090 is no SIP port.",
        ),
        Cause::NoDeskPhone => row(
            "2.6.2",
            "No user of the profile has a desk phone besides Teams",
            "Give one user of each pair, or of one pair, a second device on the same extension: \
             desk_phone: { username: …, password: … }, which may be the user's own account where \
             the PBX allows several devices for it. pbxcert plays that phone, too. Without one \
             nothing is said of 2.6.2, and the run is no certification.",
        ),
        Cause::UnreachableVia => row(
            "2.6.5",
            "The PBX's requests name a private address in Via",
            "Answers find their way only by grace of received and rport (RFC 3581): let the PBX \
             use its public address there as well. Asterisk PJSIP: external_signaling_address and \
             local_net; chan_sip: externaddr and localnet; FreeSWITCH: ext-sip-ip; 3CX: static \
             public IP.",
        ),
        _ => row(
            "2.6.5",
            "The PBX lists our Contact otherwise than we wrote it",
            "Nothing to change where calls arrive: the PBX calls devices where their REGISTER came \
             from (Asterisk PJSIP: rewrite_contact; chan_sip: nat=force_rport; FreeSWITCH: \
             NDLB-force-rport, sip-nat-hack). Where users are mixed up or calls do not arrive, \
             switch it off for the bridge, and any SIP ALG (guide 2.1).",
        ),
    }
}
