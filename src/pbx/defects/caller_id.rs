//! Defects of what the callee is shown (guide 7.1.1, steps 1 and 6).

use super::row::Row;
use super::{Defect, Defects};
use crate::pbx::caller_id::{ASSERTED, Shown};
use crate::record::Cause;

/// Where the guide looks at the caller-id.
const LOOKED_AT: &[&str] = &["4.1.1.10", "7.1.1"];

/// Digits of a local number.
const LOCAL: usize = 6;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::WrongCallerId,
        "wrong-caller-id",
        "shows the trunk's own number on every call from or to the outside",
        LOOKED_AT,
        Cause::WrongCallerId,
    )
    .seen("trunks that replace every number by their pilot number"),
    Row::new(
        Defect::CallerIdLost,
        "caller-id-lost",
        "shows its own name in place of every caller from or to the outside",
        LOOKED_AT,
        Cause::CallerIdMissing,
    )
    .seen("trunks that PBXs do not trust with identities; Asterisk's default_from_user"),
    Row::new(
        Defect::CallerIdWithheld,
        "caller-id-withheld",
        "shows every caller from or to the outside as anonymous, and asks for privacy",
        LOOKED_AT,
        Cause::CallerIdWithheld,
    )
    .seen("accounts with CLIR; Asterisk without trust_id_inbound, which shows From as it came"),
    Row::new(
        Defect::CallerIdRestricted,
        "caller-id-restricted",
        "shows every caller from or to the outside as Restricted, without a word of privacy",
        LOOKED_AT,
        Cause::CallerIdWithheld,
    )
    .seen("gateways to ISDN that write its presentation indicator in words"),
    Row::new(
        Defect::CallerIdOnlyAsserted,
        "caller-id-only-asserted",
        "shows the account in From and the caller's number only in P-Asserted-Identity",
        LOOKED_AT,
        Cause::CallerIdOnlyAsserted,
    )
    .seen("from_user of Asterisk's endpoints; providers that want the account in From"),
    Row::new(
        Defect::CallerIdLocal,
        "caller-id-local",
        "shows a caller's number without country and area code",
        LOOKED_AT,
        Cause::CallerIdFormat,
    )
    .seen("PBXs that came from ISDN, where a call of the same area shows a local number"),
    Row::new(
        Defect::CallerIdPrefixed,
        "caller-id-prefixed",
        "shows a caller's number behind the 9 that its desk phones need to call back",
        LOOKED_AT,
        Cause::CallerIdFormat,
    )
    .seen("3CX and Avaya systems that reformat numbers for their own phones"),
];

impl Defects {
    /// From as `host` sends it for a call from or to the outside, and the headers that say more
    /// of the caller.
    pub(in crate::pbx) fn identities(
        &self,
        shown: &Shown,
        main_number: &str,
        host: &str,
    ) -> (String, Vec<(String, String)>) {
        let number = |number: &str| {
            Shown { number: number.to_owned(), display: shown.display.clone() }.name_addr(host)
        };
        let asserted = |who: String| vec![(ASSERTED.to_owned(), who)];
        let digits = shown.number.trim_start_matches('+');
        if self.has(Defect::CallerIdLost) {
            return (format!("<sip:pbx@{host}>"), Vec::new());
        }
        if self.has(Defect::CallerIdWithheld) {
            let privacy = vec![("Privacy".to_owned(), "id".to_owned())];
            return ("\"Anonymous\" <sip:anonymous@anonymous.invalid>".to_owned(), privacy);
        }
        if self.has(Defect::CallerIdRestricted) {
            return (format!("\"Restricted\" <sip:Restricted@{host}>"), Vec::new());
        }
        if self.has(Defect::CallerIdOnlyAsserted) {
            return (number("pbx"), asserted(number(&shown.number)));
        }
        let changed = if self.has(Defect::WrongCallerId) {
            Shown { number: main_number.to_owned(), display: None }.name_addr(host)
        } else if self.has(Defect::CallerIdLocal) {
            number(&digits[digits.len().saturating_sub(LOCAL)..])
        } else if self.has(Defect::CallerIdPrefixed) {
            number(&format!("9{digits}"))
        } else {
            number(&shown.number)
        };
        (changed.clone(), asserted(changed))
    }
}
