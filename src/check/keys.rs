//! Whether keys that are pressed come through as RFC 4733 events (beyond the guide).

use super::Judgement;
use crate::record::Cause;

/// Keys that were pressed.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    /// Who pressed them.
    pub by: &'a str,
    /// Who is to receive them.
    pub other: &'a str,
    /// The keys.
    pub pressed: &'a str,
    /// Whether the PBX has agreed on telephone-event with who is to receive them.
    pub agreed: bool,
}

/// Judges what arrived since, each key once and in order. `None` while it may still come.
pub fn keys_received(keys: &Keys<'_>, heard: &str, over: bool) -> Option<Judgement> {
    let Keys { by, other, pressed, agreed } = *keys;
    let expected = format!("{other} receives the keys {pressed} of {by} as RFC 4733 events");
    if heard == pressed {
        return Some(Judgement::pass(expected, format!("received {heard}")));
    }
    // Too many can only become more.
    let hopeless = heard.len() > pressed.len();
    (over || hopeless).then(|| {
        let observed = match heard {
            "" if !agreed => {
                format!("received none: the PBX has not agreed on telephone-event with {other}")
            }
            "" => "received none".to_owned(),
            heard => format!("received {heard}"),
        };
        Judgement::fail(Cause::KeysLost, expected, observed)
    })
}

/// Of a party that cannot press keys, since the PBX has not agreed on telephone-event.
pub fn no_key_events(expected: String, by: &str) -> Judgement {
    let observed = format!("the PBX has not agreed on telephone-event with {by}");
    Judgement::fail(Cause::KeysLost, expected, observed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;

    #[test]
    fn every_key_comes_once_and_in_order() {
        let judge = |heard: &str, over| {
            let keys = Keys { by: "User A", other: "External 1", pressed: "12#", agreed: true };
            keys_received(&keys, heard, over).map(|judged| judged.verdict)
        };
        assert_eq!(judge("12#", false), Some(Verdict::Pass));
        assert_eq!(judge("12", false), None);
        assert_eq!(judge("12", true), Some(Verdict::Fail));
        assert_eq!(judge("1122", false), Some(Verdict::Fail));
        assert_eq!(judge("", true), Some(Verdict::Fail));
    }
}
