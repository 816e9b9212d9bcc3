//! Advice to fields of the guide's form (4.1.1): what to enter there, or to change on the PBX.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause that a field of the form brings about.
pub(super) const fn form(cause: Cause) -> Advice {
    match cause {
        Cause::NodeNotCalled => row(
            "4.1.1.1",
            "A user's calls do not reach the second node of the bridge when the first is lost",
            "Two nodes serve each PBX, and a lost one cannot remove its registration: the PBX must \
             ring every binding of a user, or replace the older by the newer. Asterisk PJSIP: \
             max_contacts=2 and PJSIP_DIAL_CONTACTS, or max_contacts=1 with remove_existing=yes; \
             qualify_frequency finds out what is lost; FreeSWITCH: multiple-registrations and \
             sofia_contact(*); Kamailio: parallel forking, not one branch after the other.",
        ),
        Cause::NoSecondNode => row(
            "4.1.1.1",
            "The profile names one node of the bridge, and the service has two for each PBX",
            "Give the second another address of this machine, or at least another port: bridge: \
             { bind: …, second_node: { bind: \"192.0.2.22:5060\" } }, and let it through the \
             firewall and the PBX's access list as the first (guide 2.5, 2.6.4). Without one \
             nothing is said of 4.1.1.1, and the run is no certification.",
        ),
        Cause::OutsidePrefixKept => row(
            "4.1.1.9",
            "The PBX passes the prefix for an outside line on with the number",
            "Let the outbound route strip what it asks for: Asterisk: Dial(…/${EXTEN:1}@trunk); \
             FreeSWITCH: ^9(\\d+)$ and $1; FreePBX: prefix, not prepend, in the dial pattern; 3CX: \
             strip digits of the outbound rule. If the PBX needs no prefix, leave \
             outside_line_prefix empty.",
        ),
        Cause::NoDirectNumber => row(
            "5",
            "The number of a user is just an extension, which the outside does not reach",
            "Nothing to change for a user who is called from inside only. The tests of calls from \
             outside need a user with an active DiD number (guide 7): give it in `number`, in \
             E.164, and route it to the user on the PBX; or let the PBX's trunk take calls to \
             extensions. Without either nothing is said of this clause, and the run is no \
             certification.",
        ),
        Cause::NoNumberAbroad => row(
            "4.1.1.10",
            "The profile has no external number of another country",
            "Add one to external.numbers, and say in location.country or number_format.country_code \
             where the PBX stands: a number that is kept free for fiction does where the PBX's trunk \
             ends at pbxcert (\"+12025550123\"). Without one nothing is said of international \
             numbers, and the run is no certification.",
        ),
        Cause::BindingReplaced => row(
            "4.1.1.1",
            "The registration of the second node replaces that of the first",
            "Nothing to change for the bridge, whose nodes do not need two at once. A desk phone \
             beside Teams does (guide 2.6.2): Asterisk PJSIP: max_contacts=2 or more.",
        ),
        Cause::ContactDataLost => row(
            "4.1.1.8",
            "The data parameter of the Contact does not come back",
            "The Request-URI of a call must be the registered Contact with all its parameters \
             (RFC 3261 §10.3, §16.5). Where the right user rings all the same it does no harm; \
             the bridge can as well go without: suppress_contact_data: yes. Where another user's \
             parameter comes, the PBX or a proxy before it mixes up users of one address: let it \
             keep the whole Contact of each registration (Kamailio: usrloc, add_contact_alias; \
             FreeSWITCH: sip-force-contact off; Asterisk PJSIP: contact of each AOR).",
        ),
        Cause::ContactDataHinders => row(
            "4.1.1.8",
            "The profile has the value of suppress_contact_data that does not work",
            "Enter the other value in the form (Suppress Contact Data Param) and in the profile: \
             the text says which. ‘No’ is right for a PBX of one organization with one public \
             address, ‘Yes’ for some with several tenants or servers.",
        ),
        _ => row(
            "4.1.1.10",
            "The PBX takes outside numbers in another form than the profile says",
            "Enter what the PBX expects: country code, national and international prefix \
             (number_format, guide 4.1.1.10), or none of them for E.164, and the prefix for an \
             outside line (outside_line_prefix, 4.1.1.9). The text names a form that works.",
        ),
    }
}
