//! Guide 5: "this may be a full DID number or just an extension".

use crate::site::{Form, Site};

/// Clauses that call users from inside and from outside, and show their numbers.
const CALLS: &str = "4.1.1.8,6.2,6.4,7.1.2,7.1.4a,7.2";

fn extensions_as_numbers(site: &Site) -> Form {
    let numbers = ["1001".to_owned(), "1002".to_owned()];
    let external = "numbers: [\"+441632960201\", \"+441632960202\", \"+12025550123\"]";
    Form { numbers, external, ..site.form() }
}

#[test]
fn extensions_do_where_the_trunk_reaches_them() {
    let site = Site::sound();
    let ran = site.run(&extensions_as_numbers(&site), CALLS);
    assert_eq!(ran.code, 0, "{:?}\n{}", ran.found(), ran.said);
    let unsaid: Vec<String> =
        ran.found().into_iter().filter(|found| found.contains("unsupported")).collect();
    // The PBX shows the users' direct numbers outside, of which the profile tells nothing.
    let of_caller_id = |found: &String| found.ends_with("no-direct-number");
    assert!(unsaid.iter().all(of_caller_id), "{unsaid:?}");
    for clause in ["4.1.1.8", "6.2", "6.4", "7.1.2", "7.1.4a", "7.2.1", "7.2.2"] {
        assert!(matches!(ran.verdict(clause), "pass" | "note"), "{clause}: {}", ran.said);
    }
    site.stop();
}

#[test]
fn where_the_trunk_does_not_reach_extensions_it_is_explained() {
    let site = Site::start(|config| config.trunk.direct_only = true, &[]);
    let ran = site.run(&extensions_as_numbers(&site), CALLS);
    assert_eq!(ran.code, 0, "{:?}\n{}", ran.found(), ran.said);
    for clause in ["4.1.1.8", "6.4", "7.1.2", "7.2.1"] {
        let finding = ran.finding(&format!("{clause}: unsupported no-direct-number"));
        let observed = finding["observed"].as_str().unwrap();
        assert!(observed.contains("to a call to 100"), "{observed}");
        let advice = finding["advice"].as_str().unwrap();
        assert!(advice.contains("active DiD number") && advice.contains("trunk"), "{advice}");
    }
    for clause in ["6.2", "7.1.4a", "7.2.2"] {
        assert!(matches!(ran.verdict(clause), "pass" | "note"), "{clause}: {}", ran.said);
    }
    assert_eq!(ran.record["certified"], false);
    site.stop();
}
