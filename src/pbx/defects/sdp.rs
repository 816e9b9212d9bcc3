//! Offers of hold and resume, and their answers, on their way.

use super::tamper::{Fate, Passage};
use crate::sip::{Message, Method};
use crate::wire::Way;

/// What an offer in an established call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum Change {
    /// The PBX is not to send any more.
    Hold,
    /// It may send again.
    Resume,
    /// Anything else.
    Other,
}

/// Loses the re-INVITEs that are for this change.
pub(super) fn lose_offers(passage: &mut Passage<'_>, message: Message, change: Change) -> Fate {
    let offers = passage.way == Way::Received && message.method() == Some(&Method::Invite);
    if offers && follow(passage, &message) == Some(change) {
        return Fate::Lost;
    }
    Fate::Passes(message)
}

/// Alters the session description of the 200s to re-INVITEs that are for these changes;
/// `None` takes it away.
pub(super) fn alter_answers(
    passage: &mut Passage<'_>,
    message: Message,
    changes: &[Change],
    alter: impl Fn(&str) -> Option<String>,
) -> Fate {
    let is_invite = message.cseq().is_some_and(|(_, method)| method == Method::Invite);
    if !is_invite {
        return Fate::Passes(message);
    }
    if passage.way == Way::Received && message.is_request() {
        let asked = follow(passage, &message);
        let key = transaction(&message);
        passage.notes.insert(key, u64::from(asked.is_some_and(|asked| changes.contains(&asked))));
        return Fate::Passes(message);
    }
    let key = transaction(&message);
    let answers = passage.way == Way::Sent
        && message.status() == Some(200)
        && passage.notes.get(&key) == Some(&1);
    let Some(sdp) = message.sdp().filter(|_| answers) else { return Fate::Passes(message) };
    Fate::Passes(match alter(&sdp) {
        Some(altered) => message.with_body("application/sdp", altered.into_bytes()),
        None => message.with_body("", ""),
    })
}

/// What the offer of a re-INVITE is for, by the offers of the same dialog before it.
fn follow(passage: &mut Passage<'_>, message: &Message) -> Option<Change> {
    message.to_tag()?;
    let sdp = message.sdp()?;
    let holds = sdp.lines().any(|line| line.trim() == "a=inactive");
    let key = format!("{} holds", message.call_id());
    let held = passage.notes.contains_key(&key);
    if holds {
        passage.notes.insert(key, 1);
        return Some(Change::Hold);
    }
    Some(if held { Change::Resume } else { Change::Other })
}

fn transaction(message: &Message) -> String {
    let number = message.cseq().map_or(0, |(number, _)| number);
    format!("{} {number}", message.call_id())
}
