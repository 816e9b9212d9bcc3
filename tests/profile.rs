//! Profiles good and bad: every complaint names its place and its remedy, and none
//! shows a password.

use std::path::Path;

use pbxcert::profile::{Line, Profile, Protocol, TransferCallerId, template};

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
    assert_eq!(profile.pbx.target(), ("pbx.example.com", 5060));
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
        ("+441632960102", "12", "no E.164 number", "country code"),
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
            "\"+441632960201\", \"+441632960202\"",
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
        ("media_encryption: no ", "media_encryption: sdes ", "keys travel in the clear"),
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
        .replace("+441632960102", "12")
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
        changed("\"${PBX_PASSWORD_A}\"", "hunter2").replace("+441632960101", "12"),
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
    let account = "  account: { username: u, password: p, sip_domain: sip.example.net, number: \"+441632960201\" }";
    let profile = load(&changed(from, account)).unwrap();
    assert_eq!(profile.external.numbers, ["+441632960201", "+441632960202"]);
    let Line::Accounts(accounts) = &profile.external.line else { panic!("no accounts") };
    assert_eq!(accounts[0].target(), ("sip.example.net", 5060));
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
    let error = load("pbx: { embedded: true }\nusers: []\n").unwrap_err().to_string();
    assert!(error.contains("no meaning for the embedded PBX"), "{error}");
}
