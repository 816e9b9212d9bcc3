//! Advice to registrations, after guide 5.2.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause of guide 5.2.
pub(super) const fn registration(cause: Cause) -> Advice {
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
