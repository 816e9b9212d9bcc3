//! What a certified run needs besides a valid profile: where it is lacking, a clause is
//! `unsupported`, and no certificate rests on the run (design §3).

use super::section::Section;
use super::{Authentication, Profile};

/// Warns of what the profile lacks.
pub(super) fn complain(section: &Section<'_, '_>, profile: &Profile) {
    let lacks = |key: &str, what: String, remedy: &str| {
        let message = format!("{what}, so that a run of this profile certifies nothing");
        section.warn(section.key_span(key), message, remedy);
    };
    let registers = profile.pbx.authentication == Authentication::Registration;
    if registers && profile.bridge.second_node.is_none() {
        lacks(
            "bridge",
            "bridge has no `second_node`, of which 4.1.1.1 speaks".to_owned(),
            "add `second_node: { bind: \"192.0.2.22:5060\" }`: another address of this machine, or \
             another port",
        );
    }
    if profile.users.iter().all(|user| user.desk_phone.is_none()) {
        lacks(
            "users",
            "no user has a `desk_phone` besides Teams, of which 2.6.2 speaks".to_owned(),
            "add one to a user: `desk_phone: { username: …, password: … }`, which may be the user's \
             own account",
        );
    }
    if profile.softphone.stun_server.is_none() {
        lacks(
            "softphone",
            "softphone has no `stun_server`, of which 3.1 speaks".to_owned(),
            "add `softphone: { stun_server: \"stun.example.com:3478\" }`: without one section 3 is \
             whole only where the PBX sees this machine at its own address",
        );
    }
    if !profile.external.numbers.iter().any(|number| profile.pbx.is_abroad(number)) {
        lacks(
            "external",
            "no external number is of another country, of which 4.1.1.10 speaks".to_owned(),
            "add one to `numbers`, as \"+12025550123\" (where accounts own them, an account of another \
             country), and `location: { country: GB }` to `pbx` if that does not say where the PBX \
             stands",
        );
    }
    if profile.extensions.is_empty() {
        lacks(
            "extensions",
            "the profile has no `extensions`, one of which 6.3 dials".to_owned(),
            "add `extensions: [{ username: \"1003\", password: …, extension: \"1003\" }]`",
        );
    }
    for relaxed in profile.expect.relaxations() {
        lacks("expect", relaxed, "leave it out for a certification");
    }
}
