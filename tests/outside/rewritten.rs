//! What carriers make of a caller's number, and what is said of it.

use crate::provider::Site;
use crate::run::{certify, found};

/// What is found of the caller-id at 7.1.1, where the provider has that defect: the only thing
/// that is.
async fn caller_id_behind(defect: &str, of_accounts: &str) -> Vec<String> {
    let site = Site::start(&[], &[defect]);
    let profile = site.profile("GB", of_accounts);
    let record = certify(&profile, &["--talk", "1s", "--only", "7.1.1"]).await;
    site.stop().await;
    found(&record)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_withholds_the_number_is_named() {
    for defect in ["caller-id-withheld", "caller-id-restricted"] {
        let found = caller_id_behind(defect, "").await;
        assert!(!found.is_empty(), "{defect}");
        for finding in found {
            assert!(finding.starts_with("7.1.1 fail caller-id-withheld"), "{defect}: {finding}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_shows_the_number_of_the_switchboard_is_wrong_unless_the_profile_says_so() {
    let found = caller_id_behind("wrong-caller-id", "").await;
    assert!(!found.is_empty());
    for finding in found {
        assert!(finding.starts_with("7.1.1 fail wrong-caller-id"), "{finding}");
        assert!(finding.contains("presents"), "{finding}");
    }
    let told = ", presents: \"+441632960200\"";
    assert_eq!(caller_id_behind("wrong-caller-id", told).await, Vec::<String>::new());
}
