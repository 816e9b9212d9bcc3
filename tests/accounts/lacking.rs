//! What the profile does not name is not tried, and no certificate rests on it.

use crate::site::{Form, Site};

#[test]
fn one_node_no_desk_phone_and_no_number_abroad_are_unsupported() {
    let site = Site::sound();
    let ran = site.run(&site.form(), "2.6.2,4.1.1.1,4.1.1.10,6.1");
    let expected = [
        ("2.6.2: unsupported no-desk-phone", "desk_phone:"),
        ("4.1.1.1: unsupported no-second-node", "second_node: { bind:"),
        ("4.1.1.10: unsupported no-number-abroad", "external.numbers"),
    ];
    for (which, remedy) in expected {
        let finding = ran.finding(which);
        let advice = finding["advice"].as_str().unwrap();
        assert!(advice.contains(remedy) && advice.contains("no certification"), "{advice}");
    }
    // 2.6.2 has two scenarios.
    assert_eq!(ran.found().len(), 4, "{:?}", ran.found());
    assert_eq!(ran.verdict("6.1"), "pass");
    assert_eq!((ran.code, &ran.record["verdict"]), (0, &"unsupported".into()));
    let relaxed = ran.record["relaxations"].as_array().unwrap();
    let untried = |clause: &str| {
        relaxed.iter().filter(|text| text.as_str().unwrap().starts_with(clause)).count()
    };
    for clause in ["2.6.2 was not tried", "4.1.1.1 was not tried", "4.1.1.10 was not tried"] {
        assert_eq!(untried(clause), 1, "{relaxed:?}");
    }
    assert!(ran.said.contains("not a certification"), "{}", ran.said);
    site.stop();
}

#[test]
fn what_is_named_is_tried() {
    let site = Site::sound();
    let form = site.form();
    let form = Form {
        more: format!(
            ", desk_phone: {{ username: \"1001\", password: \"{}\", bind: \"127.0.0.1:0\" }}",
            form.password
        ),
        external: "numbers: [\"+441632960201\", \"+441632960202\", \"+12025550123\"]",
        bridge: "bind: \"127.0.0.1:0\", second_node: { bind: \"127.0.0.1:0\" }",
        ..form
    };
    let ran = site.run(&form, "2.6.2,4.1.1.1,4.1.1.10");
    assert!(ran.found().is_empty(), "{:?}\n{}", ran.found(), ran.said);
    assert_eq!((ran.code, &ran.record["verdict"]), (0, &"pass".into()));
    site.stop();
}
