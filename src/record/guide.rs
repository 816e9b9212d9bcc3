//! The numbered paragraphs of the guide, and where each is tested. One that nobody tests is
//! named with the reason, so that none is forgotten.

/// What becomes of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tested {
    /// By scenarios of that clause.
    Scenario,
    /// By a rule for the profile, which says so before anything is sent.
    Profile(&'static str),
    /// By the clauses that it introduces or repeats.
    Within(&'static [&'static str]),
    /// By nothing: it is plain advice, for this reason.
    Advice(&'static str),
    /// By nothing yet.
    NotYet(&'static str),
}

/// A numbered paragraph of the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paragraph {
    /// Its number. The steps of section 6 count as 6.1 to 6.5.
    pub number: &'static str,
    /// Its heading, shortened.
    pub title: &'static str,
    /// Where it is tested.
    pub tested: Tested,
}

const fn paragraph(number: &'static str, title: &'static str, tested: Tested) -> Paragraph {
    Paragraph { number, title, tested }
}

use Tested::{Advice, Profile, Scenario, Within};

/// All of them from 2.1 to 7.2.2, in the order of the guide.
pub const PARAGRAPHS: &[Paragraph] = &[
    paragraph("2.1", "Important notes to network administrators", Scenario),
    paragraph(
        "2.2",
        "SBC or SIP proxy",
        Advice(
            "whether there is one is the customer's to say; what it does to SIP shows at 2.1, 2.3 \
             and 2.6.5",
        ),
    ),
    paragraph("2.3", "Connection topology", Scenario),
    paragraph("2.3.1", "Directly published PBX", Within(&["2.3"])),
    paragraph("2.3.2", "PBX behind a firewall", Within(&["2.3", "2.5"])),
    paragraph("2.3.3", "Proxy or gateway", Within(&["2.3"])),
    paragraph("2.4", "Encryption", Scenario),
    paragraph("2.5", "Firewall rules", Scenario),
    paragraph(
        "2.6",
        "PBX specific considerations",
        Within(&["2.6.1", "2.6.2", "2.6.3", "2.6.4", "2.6.5", "2.6.6", "2.6.7"]),
    ),
    paragraph("2.6.1", "Licences for remote access", Scenario),
    paragraph("2.6.2", "Licences for multiple devices", Scenario),
    paragraph("2.6.3", "Different ports for remote users", Scenario),
    paragraph("2.6.4", "ACLs in addition to the firewall", Scenario),
    paragraph("2.6.5", "Public IP presentation", Scenario),
    paragraph("2.6.6", "Registration timeout", Scenario),
    paragraph("2.6.7", "SIP User Agent", Scenario),
    paragraph("3", "Test access to your PBX", Scenario),
    paragraph("3.1", "Configuring MicroSIP", Scenario),
    paragraph("4", "Configuration to work with your PBX", Within(&["4.1"])),
    paragraph("4.1", "Configure the connection to your PBX", Within(&["4.1.1"])),
    paragraph(
        "4.1.1",
        "The PBX configuration form",
        Within(&[
            "4.1.1.1", "4.1.1.2", "4.1.1.3", "4.1.1.4", "4.1.1.5", "4.1.1.6", "4.1.1.7", "4.1.1.8",
            "4.1.1.9", "4.1.1.10",
        ]),
    ),
    paragraph("4.1.1.1", "Country and state", Scenario),
    paragraph("4.1.1.2", "SIP domain", Profile("pbx.sip_domain: a host without a port")),
    paragraph("4.1.1.3", "SIP proxy", Profile("pbx.sip_proxy: a host, a port after a colon")),
    paragraph(
        "4.1.1.4",
        "Authentication type",
        Profile("pbx.authentication: registration, or address, and then nobody registers"),
    ),
    paragraph("4.1.1.5", "Protocol", Profile("pbx.protocol: udp, tcp or tls, used in every call")),
    paragraph(
        "4.1.1.6",
        "Encryption of media",
        Profile("pbx.media_encryption: sdes needs tls; what the PBX encrypts shows in every call"),
    ),
    paragraph(
        "4.1.1.7",
        "Supports REFER",
        Profile("pbx.supports_refer: REFER, or the bridge connects two calls, at 6.5 and 7.1"),
    ),
    paragraph("4.1.1.8", "Suppress contact data param", Scenario),
    paragraph(
        "4.1.1.9",
        "Outside line prefix",
        Profile("pbx.outside_line_prefix: dialled before every outside number, as in 6.2"),
    ),
    paragraph("4.1.1.10", "E164 number format", Scenario),
    paragraph(
        "5",
        "Creating SIP accounts on your PBX",
        Profile("users: no @ in a username, every number once, an auth username where it differs"),
    ),
    paragraph("5.1", "Additional configuration topics", Within(&["5.1.1"])),
    paragraph(
        "5.1.1",
        "Dialling limitations",
        Profile("extension: one that begins with 0, and *11, *12 and *13, are warned of"),
    ),
    paragraph("5.2", "SIP registration indicators and error messages", Within(&["6.1"])),
    paragraph("6", "Initial confidence tests", Within(&["6.1", "6.2", "6.3", "6.4", "6.5"])),
    paragraph("6.1", "At least 2 users registered", Scenario),
    paragraph("6.2", "Calls out to the PSTN", Scenario),
    paragraph("6.3", "Calls to extension numbers", Scenario),
    paragraph("6.4", "Calls from the PSTN", Scenario),
    paragraph("6.5", "Transfer back out to the PSTN", Scenario),
    paragraph("7", "Further testing for full interoperability", Within(&["7.1", "7.2"])),
    paragraph("7.1", "Single calls", Within(&["7.1.1", "7.1.2", "7.1.3", "7.1.4"])),
    paragraph("7.1.1", "Single incoming call 1", Scenario),
    paragraph("7.1.2", "Single incoming call 2", Scenario),
    paragraph("7.1.3", "Single outgoing call 1", Scenario),
    paragraph("7.1.4", "Single outgoing call 2", Scenario),
    paragraph("7.2", "Multiple calls", Within(&["7.2.1", "7.2.2"])),
    paragraph("7.2.1", "Two incoming calls", Scenario),
    paragraph("7.2.2", "Two outgoing calls", Scenario),
];

impl Paragraph {
    /// The paragraph of that number.
    pub fn numbered(number: &str) -> Option<&'static Self> {
        PARAGRAPHS.iter().find(|paragraph| paragraph.number == number)
    }

    /// Where it is tested, in words; empty where its scenarios say it themselves.
    pub fn in_words(&self) -> String {
        match self.tested {
            Tested::Scenario => String::new(),
            Tested::Profile(rule) => format!("tested by the profile: {rule}"),
            Tested::Within(clauses) => format!("tested by {}", clauses.join(", ")),
            Tested::Advice(reason) => format!("plain advice: {reason}"),
            Tested::NotYet(what) => format!("not tested yet: {what}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paragraph_stands_once_in_the_order_of_the_guide() {
        let key = |number: &str| -> Vec<u32> {
            number.split('.').map(|part| part.parse().unwrap()).collect()
        };
        let keys: Vec<Vec<u32>> = PARAGRAPHS.iter().map(|p| key(p.number)).collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
        // After a paragraph comes its first child, its next sibling, or the next of a parent.
        for pair in keys.windows(2) {
            let [before, after] = pair else { continue };
            let depth = after.len() - 1;
            let follows = before.get(..depth) == Some(&after[..depth])
                && after[depth] == before.get(depth).copied().unwrap_or(0) + 1;
            assert!(follows, "{after:?} after {before:?}");
        }
    }

    #[test]
    fn what_is_tested_elsewhere_leads_to_a_paragraph() {
        for paragraph in PARAGRAPHS {
            if let Tested::Within(clauses) = paragraph.tested {
                assert!(clauses.iter().all(|c| Paragraph::numbered(c).is_some()), "{paragraph:?}");
            }
        }
    }
}
