//! Defects that fields of the guide's form (4.1.1) bring to light: numbers, Contact parameters,
//! two nodes, authentication by address, transfers without REFER.

use super::refer::TRANSFERS;
use super::row::Row;
use super::{Defect, Defects};
use crate::pbx::config::{NumberForm, Numbering};
use crate::record::Cause;
use crate::sip::Uri;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::OldestBindingRings,
        "oldest-binding-rings",
        "rings only the binding of a user that was registered first",
        &["2.6.2", "4.1.1.1"],
        Cause::NodeNotCalled,
    )
    .also(&[Cause::OneDeviceRings])
    .seen("registrars that keep one contact and refuse to have it replaced while it lasts"),
    Row::new(
        Defect::OneBindingKept,
        "one-binding-kept",
        "keeps the latest binding of a user only",
        &["2.6.2", "4.1.1.1"],
        Cause::BindingReplaced,
    )
    // A desk phone takes Teams' place, or is taken for it.
    .also(&[Cause::OneDeviceRings, Cause::BindingLost])
    .seen("Asterisk PJSIP with max_contacts=1 and remove_existing=yes; chan_sip")
    .shared(),
    Row::new(
        Defect::BridgeAddressUnknown,
        "bridge-address-unknown",
        "asks the bridge for a password where it should know it by its address",
        &["3.1", "6.2", "6.3", "7.1.3", "7.1.4a", "7.1.4b", "7.2.2"],
        Cause::CallRejected,
    )
    .seen("Asterisk PJSIP without an identify section, FreeSWITCH without apply-inbound-acl")
    .by_address(),
    Row::new(
        Defect::OneCallPerUser,
        "one-call-per-user",
        "answers 486 to a call of a user who is in another",
        TRANSFERS,
        Cause::CallRejected,
    )
    .seen("limits of calls per extension: chan_sip's call-limit=1, FreeSWITCH's limit_execute")
    .without_refer(),
    Row::new(
        Defect::ContactDataDropped,
        "contact-data-dropped",
        "calls a user at its Contact without the parameters of the URI",
        &["2.6.5", "4.1.1.8"],
        Cause::ContactDataLost,
    )
    .also(&[Cause::ContactRewritten])
    .seen("PBXs that keep user and address of a Contact and build the Request-URI from them")
    .shared(),
    Row::new(
        Defect::ContactDataMixed,
        "contact-data-mixed",
        "calls every user of an address with the parameters of who registered there last",
        &["2.6.5", "4.1.1.8"],
        Cause::ContactDataLost,
    )
    .also(&[Cause::ContactRewritten])
    .seen("proxies that keep one alias or path for each address, not for each registration"),
    Row::new(
        Defect::ContactDataRefused,
        "contact-data-refused",
        "answers 400 to a REGISTER whose Contact has a parameter that it does not know",
        &["3", "4.1.1.8", "6.1"],
        Cause::ContactDataHinders,
    )
    .also(&[Cause::RegistrationRefused])
    .seen("guide 4.1.1.8; multi-tenant SBCs that validate Contacts against a pattern"),
    Row::new(
        Defect::NationalNumbersUnknown,
        "national-numbers-unknown",
        "takes outside numbers in E.164 only, not with national or international prefix",
        OUTGOING,
        Cause::NumberFormNotTaken,
    )
    .also(&[Cause::CallRejected, Cause::TransferTargetRefused])
    .seen("guide 4.1.1.10: dial plans for E.164 where the profile has prefixes"),
    Row::new(
        Defect::OutsidePrefixDemanded,
        "outside-prefix-demanded",
        "takes outside numbers behind a 9 only, of which the profile says nothing",
        OUTGOING,
        Cause::NumberFormNotTaken,
    )
    .also(&[Cause::CallRejected, Cause::TransferTargetRefused])
    .seen("guide 4.1.1.9: PBXs whose users dial 9 for a line, where outside_line_prefix is empty"),
    Row::new(
        Defect::OutsidePrefixUnknown,
        "outside-prefix-unknown",
        "knows no prefix for an outside line, where the profile has one",
        OUTGOING,
        Cause::NumberFormNotTaken,
    )
    .also(&[Cause::CallRejected, Cause::TransferTargetRefused])
    .seen("guide 4.1.1.9: an outside_line_prefix that is left from another PBX")
    .with_outside_line(),
    Row::new(
        Defect::OutsidePrefixKept,
        "outside-prefix-kept",
        "passes the prefix for an outside line on to the trunk",
        &["4.1.1.10"],
        Cause::OutsidePrefixKept,
    )
    .seen("guide 4.1.1.9: outbound routes that match a prefix and strip nothing")
    .with_outside_line(),
];

/// Every clause in which an outside number is dialled or transferred to.
const OUTGOING: &[&str] = &["3.1", "4.1.1.10", "6.2", "6.5", "7.1.1", "7.1.3", "7.1.4b", "7.2.2"];

impl Defects {
    /// How outside numbers are taken, as the defects leave it.
    pub(in crate::pbx) fn numbering(&self, mut numbers: Numbering) -> Numbering {
        if self.has(Defect::NationalNumbersUnknown) {
            numbers.form = NumberForm::E164;
        }
        if self.has(Defect::OutsidePrefixDemanded) {
            "9".clone_into(&mut numbers.outside_prefix);
        }
        if self.has(Defect::OutsidePrefixUnknown) {
            numbers.outside_prefix.clear();
        }
        numbers
    }

    /// What goes out before a number, where the plan has that prefix for an outside line.
    pub(in crate::pbx) fn prefix_outside<'a>(&self, prefix: &'a str) -> &'a str {
        if self.has(Defect::OutsidePrefixKept) { prefix } else { "" }
    }

    /// Whether the registrar takes that Contact.
    pub(in crate::pbx) fn takes_contact(&self, uri: &str) -> bool {
        let known = |name: &str| ["transport", "ob", "lr"].contains(&name);
        let strange =
            || Uri::parse(uri).is_ok_and(|uri| uri.params.iter().any(|(name, _)| !known(name)));
        !(self.has(Defect::ContactDataRefused) && strange())
    }

    /// The Request-URI for a binding, where the binding from the same address that was
    /// registered last is `latest`.
    pub(in crate::pbx) fn called_at(&self, binding: &str, latest: Option<&str>) -> String {
        let other = match latest {
            Some(latest) if self.has(Defect::ContactDataMixed) => Some(latest),
            _ => None,
        };
        if other.is_none() && !self.has(Defect::ContactDataDropped) {
            return binding.to_owned();
        }
        let Ok(mut uri) = Uri::parse(binding) else { return binding.to_owned() };
        let transport = uri.params.get("transport");
        uri.params = other
            .and_then(|latest| Uri::parse(latest).ok())
            .map(|latest| latest.params)
            .unwrap_or_default();
        if let Some(transport) = transport {
            uri.params.set("transport", Some(&transport));
        }
        uri.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_a_contact_are_dropped_or_mixed_up_and_the_transport_is_kept() {
        let own = "sip:1001@192.0.2.1:5060;transport=tcp;data=a";
        let other = Some("sip:1002@192.0.2.1:5060;transport=tcp;data=b");
        let called = |name| Defects::named([name]).unwrap().called_at(own, other);
        assert_eq!(called("contact-data-dropped"), "sip:1001@192.0.2.1:5060;transport=tcp");
        assert_eq!(called("contact-data-mixed"), "sip:1001@192.0.2.1:5060;transport=tcp;data=b");
        assert_eq!(called("silent-hold"), own);
        let refuses = Defects::named(["contact-data-refused"]).unwrap();
        assert!(!refuses.takes_contact(own));
        assert!(refuses.takes_contact("sip:1001@192.0.2.1:5060;transport=tcp"));
    }
}
