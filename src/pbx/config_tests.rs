use super::*;

#[test]
fn the_builtin_configuration_has_sixteen_users_with_numbers() {
    let config = Config::builtin().unwrap();
    assert_eq!(config.users.len(), 16);
    assert_eq!(config.users[15].number, "+441632960116");
    assert_eq!(config.registration.max_contacts, 5);
}

#[test]
fn unknown_keys_duplicates_and_bad_numbers_are_errors() {
    let good = include_str!("default.yaml");
    let misspelt = format!("{good}\nring_timout_s: 3\n");
    assert!(matches!(Config::parse(&misspelt), Err(ConfigError::Syntax(_))));
    let twice = good.replace("extension: \"1002\"", "extension: \"1001\"");
    assert!(matches!(Config::parse(&twice), Err(ConfigError::Duplicate { what: "extension", .. })));
    let codecs = |list: &str| Config::parse(&format!("{good}\ncodecs: [{list}]\n"));
    assert_eq!(codecs("G722, pcma").unwrap().codecs, ["G722", "pcma"]);
    assert!(matches!(codecs("PCMA, G729"), Err(ConfigError::UnknownCodec(_))));
    assert!(matches!(codecs("PCMA, PCMA"), Err(ConfigError::Duplicate { .. })));
    let national = good.replace("+441632960103", "01632960103");
    assert!(matches!(Config::parse(&national), Err(ConfigError::NotE164(_))));
    let granting = format!("{good}\nregistration: {{ refusal: {{ status: 200, reason: OK }} }}\n");
    assert!(matches!(Config::parse(&granting), Err(ConfigError::NoRefusal(200))));
}

#[test]
fn no_error_shows_a_password() {
    let yaml = "realm: x\nusers:\n  - { name: a, username: b, password: hushhush, extnsion: c }\n";
    let error = Config::parse(yaml).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hushhush"), "{error}");
}
