//! Profiles good and bad: every complaint names its place and its remedy, and none
//! shows a password.

use std::path::Path;

use pbxcert::profile::{
    Authentication, Codec, Line, Profile, Protocol, Softphone, TransferCallerId, VENDORS, template,
};

fn environment(name: &str) -> Option<String> {
    matches!(name, "PBX_PASSWORD_A" | "PBX_PASSWORD_B" | "PBX_PASSWORD_D")
        .then(|| format!("value of {name}"))
}

fn load(text: &str) -> Result<Profile, pbxcert::profile::ProfileError> {
    Profile::from_text(Path::new("p.yaml"), text, &environment)
}

#[test]
fn every_shipped_scenario_passes_the_check() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let profile = Profile::load_with(&entry.path(), &environment);
        assert!(profile.is_ok(), "{}", profile.unwrap_err());
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn the_template_passes_the_check_without_a_warning() {
    let profile = load(template()).unwrap();
    assert!(profile.warnings.is_empty(), "{}", profile.warnings);
    let target = profile.pbx.target();
    assert_eq!((target.host, target.port_or_default()), ("pbx.example.com", 5060));
    assert!(target.is_looked_up());
    assert_eq!(profile.pbx.protocol, Protocol::Udp);
    assert!(profile.pbx.supports_refer && !profile.pbx.suppress_contact_data);
    assert_eq!(profile.users[1].password.expose(), "value of PBX_PASSWORD_B");
    assert_eq!(profile.expect.transfer_caller_id, TransferCallerId::Either);
    assert!(matches!(&profile.external.line, Line::Trunk(t) if t.bind.port() == 5060));
    assert_eq!(profile.pbx.dialled("+441632960201"), "01632960201");
    assert_eq!(profile.source.stem, "p");
    assert_eq!(profile.source.digest.len(), 64);
    assert!(profile.expect.relaxations().is_empty());
}

#[test]
fn the_template_of_every_vendor_passes_the_check_as_the_plain_one_does() {
    let plain = load(template()).unwrap();
    for vendor in VENDORS {
        let profile = load(&vendor.template()).unwrap_or_else(|e| panic!("{}: {e}", vendor.name));
        let (told, plainly) = (profile.warnings.to_string(), plain.warnings.to_string());
        assert_eq!(told, plainly, "{}", vendor.name);
        assert_ne!(profile.name, plain.name);
    }
}

#[test]
fn a_desk_phone_may_share_the_account_of_its_user_but_nobody_elses() {
    let with = |phone: &str| {
        let line = "    desk_phone: { username: \"1002d\", password: \"${PBX_PASSWORD_D}\" }";
        load(&changed(line, &format!("    desk_phone: {phone}")))
    };
    let own = "{ username: \"1002\", password: \"${PBX_PASSWORD_B}\", bind: \"192.0.2.9:5060\" }";
    let profile = with(own).unwrap();
    let phone = profile.users[1].desk_phone.as_ref().unwrap();
    assert_eq!((phone.username.as_str(), phone.bind.unwrap().port()), ("1002", 5060));
    let of_another = with("{ username: \"1001\", password: \"${PBX_PASSWORD_A}\" }").unwrap_err();
    assert!(of_another.to_string().contains("duplicate username"), "{of_another}");
}

#[test]
fn the_softphone_may_have_a_stun_server_an_address_and_a_name() {
    let (before, after) = template().split_once("softphone:\n").unwrap();
    let after = after.split_once("\n\n").unwrap().1;
    let with = |softphone: &str| load(&format!("{before}softphone: {softphone}\n\n{after}"));
    assert_eq!(with("").unwrap().softphone, Softphone::default());
    let own = "{ stun_server: stun.example.com, bind: 192.0.2.9, user_agent: MicroSIP/3.17.7 }";
    let softphone = with(own).unwrap().softphone;
    let server = softphone.stun_server.unwrap();
    assert_eq!((server.host.as_str(), server.port), ("stun.example.com", None));
    assert_eq!(softphone.bind, Some("192.0.2.9".parse().unwrap()));
    assert_eq!(softphone.user_agent.as_deref(), Some("MicroSIP/3.17.7"));
    for (bad, message) in [
        ("{ stun_server: \"stun:stun.example.com\" }", "no host with an optional port"),
        ("{ stun_server: \"stun.example.com:0\" }", "no host with an optional port"),
        ("{ stun: stun.example.com }", "unknown key `stun` in softphone"),
        ("{ bind: \"192.0.2.9:5060\" }", "without a port"),
        ("{ user_agent: \"a\\nb\" }", "one line of text"),
    ] {
        let error = with(bad).unwrap_err().to_string();
        assert!(error.contains(message), "{bad}: {error}");
    }
}

#[test]
fn the_bridge_may_have_other_codecs_than_those_that_every_pbx_has() {
    let with =
        |codecs: &str| load(&changed("  # codecs: [PCMU, PCMA] ", &format!("  codecs: {codecs} ")));
    let line = template().lines().position(|line| line.contains("# codecs:")).unwrap() + 1;
    assert_eq!(load(template()).unwrap().bridge.codecs, [Codec::Pcmu, Codec::Pcma]);
    assert_eq!(with("[g722, PCMA]").unwrap().bridge.codecs, [Codec::G722, Codec::Pcma]);
    for (bad, message) in [
        ("[]", "`codecs` is empty"),
        ("G722", "`codecs` must be a list"),
        ("[G722, PCMA, g722]", "G722 is listed twice"),
        ("[G729]", "`G729` is no codec that the bridge can have"),
        #[cfg(not(feature = "opus"))]
        ("[PCMA, opus]", "this build of pbxcert has no Opus"),
        ("[[PCMA]]", "each of `codecs` must be a single value"),
    ] {
        let error = with(bad).unwrap_err().to_string();
        let place = format!("p.yaml:{line}:");
        assert!(error.contains(message) && error.contains(&place), "{bad}: {error}");
    }
    let embedded = |bridge: &str| load(&format!("pbx: {{ embedded: true }}\nbridge: {bridge}\n"));
    assert_eq!(embedded("{ codecs: [G722] }").unwrap().bridge.codecs, [Codec::G722]);
    let error = embedded("{ codecs: [G722], bind: \"127.0.0.1:5060\" }").unwrap_err().to_string();
    assert!(error.contains("`bind` has no meaning for the embedded PBX"), "{error}");
}

/// The template with one text replaced.
fn changed(from: &str, to: &str) -> String {
    assert!(template().contains(from), "{from}");
    template().replacen(from, to, 1)
}

#[test]
fn each_mistake_is_named_with_its_place_and_remedy() {
    let a = "\"${PBX_PASSWORD_A}\"";
    for (from, to, message, remedy) in [
        (
            "  sip_domain:",
            "  sip_domian:",
            "unknown key `sip_domian` in pbx",
            "did you mean `sip_domain`?",
        ),
        ("name: My PBX", "name: My PBX\nname: Yours", "duplicate key `name`", "keep one"),
        (a, "\"${PBX_PASSWORD_X}\"", "PBX_PASSWORD_X is not set", "export PBX_PASSWORD_X=…"),
        (a, "\"${PBX_PASSWORD_A\"", "not closed", "password_file"),
        (
            "username: \"1001\" ",
            "username: 1001@x.com ",
            "must not include an @",
            "username: \"1001\"",
        ),
        (
            "pbx.example.com ",
            "pbx.example.com:5070 ",
            "must not carry a port",
            "sip_proxy: pbx.example.com:5070",
        ),
        ("pbx.example.com ", "\"sip:pbx.example.com\" ", "neither a host", "without scheme"),
        ("pbx.example.com ", "10.0.0.300 ", "neither a host", "without scheme"),
        (
            "+441632960102",
            "+441632960101",
            "duplicate number `+441632960101`",
            "unique for each user",
        ),
        ("+441632960102", "01632960102", "no E.164 number", "write \"+441632960102\""),
        ("+441632960102", "441632960102", "no E.164 number", "country code"),
        (
            "username: \"1002\"",
            "username: \"1001\"",
            "duplicate username `1001`",
            "own SIP account",
        ),
        ("extension: \"1002\"", "extension: \"1001\"", "duplicate extension `1001`", "its own"),
        (
            "protocol: udp",
            "protocol: sctp",
            "`sctp` is no value of `protocol`",
            "`udp`, `tcp` or `tls`",
        ),
        (
            "media_encryption: no ",
            "media_encryption: sdes ",
            "keys travel in the clear",
            "set `protocol: tls`",
        ),
        (
            "hold_audio: music",
            "hold_audio: musik",
            "no value of `hold_audio`",
            "did you mean `music`?",
        ),
        (
            "supports_refer: yes",
            "supports_refer: maybe",
            "no value of `supports_refer`",
            "`yes`, `no`",
        ),
        ("# failed_transfer: either ", "failed_transfer: 17 ", "`failed_transfer`", "`ends`"),
        ("# post_dial_delay: 20s", "post_dial_delay: 20", "`20` is no duration", "20s"),
        ("# expires: 3600", "expires: soon", "no value of `expires`", "3600"),
        ("bind: \"192.0.2.20:5060\"", "bind: 192.0.2.300", "no local address", "192.0.2.10:5060"),
        (
            "bind: \"192.0.2.20:5060\"",
            "bind: 0.0.0.0:5060",
            "cannot be told to the PBX",
            "ip address",
        ),
        ("bind: \"192.0.2.20:5060\"", "bind: 192.0.2.30", "both listen", "another address"),
        ("  trunk:  ", "  trnk:  ", "neither a trunk nor an account", "exactly one"),
        (
            "\"+441632960201\", \"+441632960202\", \"+12025550123\"",
            "\"+441632960201\"",
            "at least two numbers",
            "list two",
        ),
        ("  bind: \"192.0.2.20:5060\"", "  user_agent: x", "bridge has no `bind`", "add `bind:"),
        ("pbx:\n", "pbx: 5\nx:\n", "pbx must be a mapping", "key: value"),
        ("users:\n", "users: nobody\nx:\n", "must be a list", "after `- `"),
    ] {
        let text = changed(from, to);
        let error = load(&text).expect_err(to);
        let shown = error.to_string();
        let line = shown.lines().find(|line| line.contains(message));
        let line = line.unwrap_or_else(|| panic!("{to}: no `{message}` in\n{shown}"));
        assert!(line.contains(remedy), "{to}: no `{remedy}` in\n{line}");
        let place = line.strip_prefix("p.yaml:").unwrap();
        let row: usize = place.split(':').next().unwrap().parse().unwrap();
        assert!(row >= 1 && row <= text.lines().count(), "{line}");
        let drawn = error.render(80, false);
        assert!(drawn.contains("help:"), "{drawn}");
        assert!(!drawn.contains('\u{1b}'), "{drawn}");
    }
}

#[test]
fn what_the_guide_advises_against_is_a_warning() {
    for (from, to, message) in [
        ("extension: \"1002\"", "extension: \"0102\"", "begins with 0"),
        ("extension: \"1002\"", "extension: \"*12\"", "does not dial *12"),
        ("extension: \"1002\"", "extension: \"*55\"", "star code"),
        ("bind: \"192.0.2.20:5060\"", "bind: 192.0.2.30:5070", "share the address"),
        ("# expires: 3600", "expires: 300", "short registration"),
        ("# hosting: azure", "hosting: azure", "fragmented UDP"),
        ("    extension: \"1002\"", "", "users[2] has no `extension`"),
    ] {
        let profile = load(&changed(from, to)).unwrap();
        assert_eq!(profile.warnings.len(), 1, "{to}: {}", profile.warnings);
        assert!(profile.warnings.to_string().contains(message), "{}", profile.warnings);
    }
}

#[test]
fn an_address_over_tls_is_a_warning() {
    let text = changed("protocol: udp", "protocol: tls").replace("pbx.example.com ", "192.0.2.1 ");
    let warnings = load(&text).unwrap().warnings.to_string();
    assert!(warnings.contains("guide 2.6.5"), "{warnings}");
    let text = changed("# ca_file: my-ca.pem", "ca_file: my-ca.pem");
    assert!(load(&text).unwrap_err().to_string().contains("my-ca.pem is no file"));
}

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % limit
    }
}

#[test]
fn damaged_text_neither_panics_nor_shows_a_password() {
    let whole = template().replace("${PBX_PASSWORD_A}", "hunter2").replace("GB", "é\u{3000}漢");
    let bits = [
        "\"", "'", "{", "}", "[", ":", ",", "\n", " ", "\u{3000}", "|", "#", "&a ", "*a", "\t",
        "${", "\u{1b}", "- ",
    ];
    let mut random = Random(1);
    for _ in 0..3000 {
        let mut text = whole.clone();
        for _ in 0..=random.below(3) {
            let mut at = random.below(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            // The password itself stays whole, and its key in front of it: text that is
            // nowhere near a key cannot be known for a password.
            let key = text.find("password: \"hunter2").unwrap_or(0);
            if (key..key + 20).contains(&at) {
                continue;
            }
            if random.below(2) == 0 {
                text.insert_str(at, bits[random.below(bits.len())]);
            } else {
                let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
                if end < key || at > key + 20 {
                    text.replace_range(at..end, "");
                }
            }
        }
        if let Err(error) = load(&text) {
            for shown in [error.to_string(), error.render(60, false)] {
                assert!(!shown.contains("hunter2"), "{text}\n{shown}");
                assert!(!shown.contains('\u{1b}'), "{text}\n{shown}");
            }
        }
    }
}

#[test]
fn deep_nesting_and_alias_bombs_are_errors() {
    let bomb = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
        let below = level - 1;
        text + &format!("a{level}: &a{level} [*a{below}, *a{below}, *a{below}]\n")
    });
    for text in ["[".repeat(100_000), "a: ".repeat(10_000), "- ".repeat(50_000), bomb] {
        assert!(load(&text).is_err());
    }
}

#[test]
fn several_mistakes_are_shown_at_once_in_the_order_of_the_file() {
    let text = changed("protocol: udp", "protocol: sctp")
        .replace("+441632960102", "44163296")
        .replace("username: \"1001\" ", "username: 1001@x ");
    let shown = load(&text).unwrap_err().to_string();
    assert_eq!(shown.lines().count(), 3, "{shown}");
    let rows: Vec<u32> =
        shown.lines().map(|l| l.split(':').nth(1).unwrap().parse().unwrap()).collect();
    assert!(rows.is_sorted(), "{shown}");
}

#[test]
fn no_error_shows_a_password() {
    let mut leaks = Vec::new();
    for text in [
        changed("\"${PBX_PASSWORD_A}\"", "hunter2").replace("+441632960101", "44163296"),
        changed("password: \"${PBX_PASSWORD_A}\"", "pasword: hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: [hunter2]"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: hunter2: x"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: \"hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: hunter2\n    password: hunter2"),
        changed("password: \"${PBX_PASSWORD_D}\", ext", "password: hunter2, bad: 1, ext"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: *hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: !hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: !!hunter2 x\nx: y"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: @hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: %hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: {hunter2: x}"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: {hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: &hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: |hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: >-\n      hunter2\n bad"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: \"\\xhunter2\""),
        changed("password: \"${PBX_PASSWORD_A}\"", "password: ${hunter2 }"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password:hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "password = hunter2"),
        changed("password: \"${PBX_PASSWORD_A}\"", "? password\n    : hunter2\n    bad: x"),
    ] {
        let Err(error) = load(&text) else { continue };
        for shown in [error.to_string(), error.render(80, true), format!("{error:?}")] {
            if shown.contains("hunter2") {
                leaks.push(shown);
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n\n"));
}

#[test]
fn what_is_no_profile_at_all_is_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.yaml");
    let missing = Profile::load_with(&path, &environment).unwrap_err().to_string();
    assert!(missing.contains("no such file") && missing.contains("pbxcert init"), "{missing}");
    let is_folder = Profile::load_with(folder.path(), &environment).unwrap_err().to_string();
    assert!(is_folder.contains("is a folder"), "{is_folder}");
    for (bytes, expected) in [
        (&b""[..], "the profile is empty"),
        (b"# nothing\n", "the profile is empty"),
        (b"name: \xff\n", "p.yaml:1:7: byte 0xff is not UTF-8"),
        (b"a: [1\nb: 2\n", "not valid YAML"),
        (b"pbx:\n\tname: x\n", "not valid YAML"),
        (b"a: 1\n---\nb: 2\n", "not valid YAML"),
        (b"just words\n", "must be a mapping"),
        (b"- a\n- b\n", "must be a mapping"),
        (b"\x00\x01", ""),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = Profile::load_with(&path, &environment).unwrap_err();
        let shown = error.to_string();
        assert!(shown.contains(expected), "{shown}");
        assert!(!error.render(80, false).contains('\u{0}'));
    }
}

#[test]
fn passwords_come_from_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.yaml");
    std::fs::write(folder.path().join("a.txt"), "from a file\n").unwrap();
    let text = changed("password: \"${PBX_PASSWORD_A}\"", "password_file: a.txt");
    let profile = Profile::from_text(&path, &text, &environment).unwrap();
    assert_eq!(profile.users[0].password.expose(), "from a file");
    let text = changed("password: \"${PBX_PASSWORD_A}\"", "password_file: b.txt");
    let error = Profile::from_text(&path, &text, &environment).unwrap_err().to_string();
    assert!(error.contains("b.txt cannot be read"), "{error}");
}

#[test]
fn the_digest_ignores_literal_passwords_only() {
    let digest = |text: &str| load(text).unwrap().source.digest;
    let one = digest(&changed("\"${PBX_PASSWORD_A}\"", "\"aaaa\""));
    assert_eq!(one, digest(&changed("\"${PBX_PASSWORD_A}\"", "\"bbbb\"")));
    assert_ne!(one, digest(template()));
}

#[test]
fn accounts_own_their_numbers() {
    let from = "  trunk:                             # the PBX's SIP trunk points to this machine\n    bind: \"192.0.2.30:5060\"";
    let mut accounts = "  accounts:".to_owned();
    for number in ["441632960201", "441632960202", "12025550123"] {
        accounts.push_str("\n    - { password: p, sip_domain: sip.example.net, ");
        for (key, plus) in [("username", ""), ("number", "+")] {
            accounts.extend([key, ": \"", plus, number, "\", "]);
        }
        accounts.push_str("presents: \"+441632960200\" }");
    }
    let profile = load(&changed(from, &accounts)).unwrap();
    assert_eq!(profile.external.numbers, ["+441632960201", "+441632960202", "+12025550123"]);
    let account = profile.external.account_of("+12025550123").unwrap();
    assert_eq!(account.presents.as_deref(), Some("+441632960200"));
    assert_eq!(account.number_format.dialled("+441632960101", ""), "+441632960101");
    let Line::Accounts(accounts) = &profile.external.line else { panic!("no accounts") };
    let target = accounts[0].target();
    assert_eq!((target.host, target.port_or_default()), ("sip.example.net", 5060));
}

#[test]
fn unquoted_numbers_keep_plus_and_zeros() {
    let text = changed("number: \"+441632960101\" ", "number: +441632960101 ")
        .replacen("national_prefix: \"0\" ", "national_prefix: 0 ", 1)
        .replacen("international_prefix: \"00\" ", "international_prefix: 00 ", 1);
    let profile = load(&text).unwrap();
    assert_eq!(profile.users[0].number, "+441632960101");
    assert_eq!(profile.pbx.dialled("+12025550123"), "0012025550123");
}

#[test]
fn the_embedded_pbx_needs_nothing_else_and_takes_nothing_else() {
    let profile = load("pbx: { embedded: true }\n").unwrap();
    assert!(profile.is_embedded());
    assert_eq!(profile.name, "p");
    for more in ["}\nusers: []\n", ", sip_domain: pbx.example.com }\n"] {
        let error = load(&format!("pbx: {{ embedded: true {more}")).unwrap_err().to_string();
        assert!(error.contains("no meaning for the embedded PBX"), "{error}");
    }
}

#[test]
fn the_form_makes_the_embedded_pbx() {
    let form = "pbx: { embedded: true, authentication: address, supports_refer: no, \
                suppress_contact_data: yes, outside_line_prefix: \"9\", users: 40 }\n";
    let pbx = load(form).unwrap().pbx;
    assert_eq!(pbx.authentication, Authentication::Address);
    assert!(!pbx.supports_refer && pbx.suppress_contact_data);
    assert_eq!((pbx.outside_line_prefix.as_str(), pbx.embedded_users), ("9", 40));
    let error = load("pbx: { embedded: true, users: 1 }\n").unwrap_err().to_string();
    assert!(error.contains("write a whole number from 2 to 500"), "{error}");
    let error = load(&changed("pbx:\n", "pbx:\n  users: 40\n")).unwrap_err().to_string();
    assert!(error.contains("`users` in `pbx` is for the embedded PBX only"), "{error}");
}

#[test]
fn the_country_gives_the_country_code_and_must_agree_with_it() {
    let code = "    country_code: \"44\"               # that of location.country if not given\n";
    let with = |country: &str, code_line: &str| {
        let text = changed(code, code_line).replacen("country: GB", country, 1);
        load(&text)
    };
    let german = with("country: de", "").unwrap();
    assert_eq!(german.pbx.location.country.as_deref(), Some("DE"));
    assert_eq!(german.pbx.number_format.country_code.as_deref(), Some("49"));
    assert_eq!(german.pbx.dialled("+4930123456"), "030123456");
    assert_eq!(german.pbx.dialled("+441632960201"), "00441632960201");
    let other = with("country: DE", code).unwrap();
    assert!(other.warnings.to_string().contains("numbers of DE begin with +49"));
    let nowhere = with("country: UK", code).unwrap_err().to_string();
    assert!(nowhere.contains("`UK` is no country"), "{nowhere}");
    let neither = with("state: Kent", "").unwrap_err().to_string();
    assert!(neither.contains("without a country code"), "{neither}");
}

#[test]
fn authentication_by_address_is_advised_against_and_allowed() {
    let text = changed("authentication: registration ", "authentication: address ");
    let profile = load(&text).unwrap();
    assert_eq!(profile.pbx.authentication, Authentication::Address);
    assert!(profile.warnings.to_string().contains("for advanced configurations"));
}

#[test]
fn a_second_node_needs_an_address_of_its_own() {
    let line = "  second_node: { bind: \"192.0.2.22:5060\" }";
    let with = |bind: &str| load(&changed(line, &format!("  second_node: {{ bind: \"{bind}\" }}")));
    let node = with("192.0.2.22:5060").unwrap().bridge.second_node.unwrap();
    assert_eq!(node.to_string(), "192.0.2.22:5060");
    for taken in ["192.0.2.20:5060", "192.0.2.30:5060"] {
        let error = with(taken).unwrap_err().to_string();
        assert!(error.contains(&format!("two would listen at {taken}")), "{error}");
    }
}

#[test]
fn what_a_certification_needs_and_the_profile_lacks_is_a_warning() {
    for (from, to, message) in [
        ("  second_node: { bind: \"192.0.2.22:5060\" }", "", "no `second_node`"),
        (
            "    desk_phone: { username: \"1002d\", password: \"${PBX_PASSWORD_D}\" }",
            "",
            "no user has a `desk_phone`",
        ),
        ("  stun_server: stun.example.com:3478", "  bind: 192.0.2.9", "no `stun_server`"),
        (", \"+12025550123\"", "", "no external number is of another country"),
        ("hold_audio: music", "hold_audio: tone", "expect.hold_audio is `tone`"),
    ] {
        let warnings = load(&changed(from, to)).unwrap().warnings;
        assert_eq!(warnings.len(), 1, "{to}: {warnings}");
        let said = warnings.to_string();
        assert!(said.contains(message) && said.contains("certifies nothing"), "{said}");
    }
    let alone = changed("extensions:\n  - ", "# extensions:\n  # - ");
    let warnings = load(&alone).unwrap().warnings.to_string();
    assert!(warnings.contains("no `extensions`"), "{warnings}");
    // Nobody registers at a second node where nobody registers.
    let address = changed("authentication: registration ", "authentication: address ");
    let address = address.replace("  second_node: { bind: \"192.0.2.22:5060\" }", "");
    let warnings = load(&address).unwrap().warnings;
    assert_eq!(warnings.len(), 1, "{warnings}");
    assert!(warnings.to_string().contains("certifies nothing"), "{warnings}");
}

#[test]
fn users_that_differ_by_a_number_are_written_once() {
    let line = "  - name: User A\n    username: \"1001\"";
    let with = |more: &str| {
        let text = changed(line, &format!("  - name: Crowd\n    count: {more}"));
        let text = text.replacen("+441632960101", "+442079460001", 1);
        load(&text.replacen("extension: \"1001\"", "extension: \"2001\"", 1))
    };
    let profile = with("50\n    username: \"2001\"").unwrap();
    assert_eq!(profile.users.len(), 51);
    let last = &profile.users[49];
    assert_eq!((last.name.as_str(), last.username.as_str()), ("Crowd 50", "2050"));
    assert_eq!((last.number.as_str(), last.extension.as_deref()), ("+442079460050", Some("2050")));
    assert_eq!(last.password.expose(), "value of PBX_PASSWORD_A");
    assert_eq!(profile.users[50].name, "User B");
    for (more, complaint) in [
        ("50\n    username: crowd", "`username` cannot count up to 50"),
        ("50\n    username: \"60\"", "`username` cannot count up to 50"),
        ("0\n    username: \"2001\"", "`0` is no value of `count`"),
        ("501\n    username: \"2001\"", "`501` is no value of `count`"),
        ("2\n    username: \"1002\"", "duplicate username `1002`"),
    ] {
        let error = with(more).unwrap_err().to_string();
        assert!(error.contains(complaint), "{more}: {error}");
    }
}

#[test]
fn a_users_number_may_be_just_an_extension() {
    let of_a =
        "    number: \"+441632960101\"          # DiD number in E.164, or just an extension\n";
    let with = |number: &str, more: &str| {
        let text = changed(of_a, &format!("    number: {number}\n"));
        load(&text.replacen("    extension: \"1001\" ", more, 1))
    };
    let profile = with("\"1001\"", "").unwrap();
    let user = &profile.users[0];
    assert_eq!((user.number.as_str(), user.extension.as_deref()), ("1001", Some("1001")));
    assert_eq!(profile.warnings.len(), 1, "{}", profile.warnings);
    assert!(profile.warnings.to_string().contains("just an extension"), "{}", profile.warnings);
    // What may be a number outside has to be written so that it can be dialled from there.
    for number in ["01632960101", "1632960101", "1", "10 01"] {
        let error = with(&format!("\"{number}\""), "    extension: \"1001\" ").unwrap_err();
        assert!(error.to_string().contains("no E.164 number"), "{number}: {error}");
    }
}
