//! Who should hear whom, and when: for the record, so that a report can tell a peer from a
//! crossed line.

use super::cast::{Role, Talk};
use super::world::Scene;
use crate::record::Pairing;

impl Scene {
    /// Two parties begin to belong together: one dialled, or was transferred.
    pub(super) fn begin_talk(&mut self, talk: Talk) {
        self.talks_began.push(self.log().now());
        self.talks.push(talk);
    }

    /// All talks with the times at which they stood.
    pub(super) fn pairings(&self) -> Vec<Pairing> {
        self.talks
            .iter()
            .zip(&self.talks_began)
            .map(|(talk, from)| {
                let ends = talk.both().into_iter().filter_map(|role| self.left(role, *from));
                Pairing {
                    caller: talk.caller.name().to_owned(),
                    callee: talk.callee.name().to_owned(),
                    from: *from,
                    to: ends.fold(self.log().now(), f64::min),
                }
            })
            .collect()
    }

    /// When the call ended that the role had at a time or got after it.
    fn left(&self, role: Role, at: f64) -> Option<f64> {
        let calls = self.phones.get(&role)?.calls();
        calls.iter().filter_map(crate::agent::Call::ended_at).find(|ended| *ended > at)
    }
}
