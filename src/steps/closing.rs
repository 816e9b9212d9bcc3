//! The end of every scenario, whatever became of it: no calls, no registrations, and
//! the evidence gathered. One failure never fails the next scenario.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};

use super::adapter::findings;
use super::waiting::REACTION;
use super::world::Scene;
use crate::agent::{Call, Gathered, Phone, gather};
use crate::check::{self, Judgement};
use crate::record::{AFTER_THE_LAST_STEP, Cause, Finding, Pairing, What};

/// How long after the end of a call RTP is still watched: what comes later than 1 s is
/// a finding (design §6).
const WATCH_AFTER_END: Duration = Duration::from_millis(1250);

/// How long the removal of a registration may take.
pub(super) const UNREGISTRATION: Duration = Duration::from_secs(2);

/// What the end of a scenario brought to light.
#[derive(Debug)]
pub struct Closed {
    /// Evidence, with files written.
    pub gathered: Gathered,
    /// Findings that belong to no step.
    pub findings: Vec<Finding>,
    /// Who should have heard whom, and when.
    pub pairings: Vec<Pairing>,
}

impl Scene {
    /// Seconds from the start of the run to now.
    pub fn now(&self) -> f64 {
        self.log().now()
    }

    /// When the scenario began, seconds from the start of the run.
    pub fn started_s(&self) -> f64 {
        self.started_s
    }

    /// Ends all calls, watches for RTP that does not end, removes the registrations and
    /// gathers the evidence into `folder/name`.
    pub async fn close(&mut self, clause: &str, folder: Option<&Path>, name: &str) -> Closed {
        let phones = self.phones();
        let kept = |call: &Call| !self.set_aside.contains(call.call_id());
        let calls: Vec<Call> = phones.iter().flat_map(Phone::calls).filter(kept).collect();
        self.end_calls(&calls).await;
        let mut judged: Vec<Judgement> = self.watch_after_end(&calls).await.into_iter().collect();
        if let Some(phone) = &self.node {
            phone.line().lose(false);
        }
        // A PBX that is gone keeps nobody waiting: the binding expires by itself.
        let leave = |phone: &Phone| {
            let phone = phone.clone();
            async move { tokio::time::timeout(UNREGISTRATION, phone.unregister()).await }
        };
        let at_once = self.stage.profile().bridge.transactions;
        let leaving = stream::iter(phones.iter().map(leave)).buffer_unordered(at_once);
        leaving.for_each(|_| async {}).await;
        let expected = check::expected_changes(&self.observations());
        for call in &calls {
            // Of many calls at once the figures of each step say enough.
            if self.outsiders.is_empty() {
                judged.extend(check::quality_notes(&call.leg().stats(), expected));
            }
            call.leg().close();
        }
        let stage = Arc::clone(&self.stage);
        let (label, folder) = (self.place.label.clone(), folder.map(Path::to_owned));
        let (name, set_aside) = (name.to_owned(), std::mem::take(&mut self.set_aside));
        let writing = tokio::task::spawn_blocking(move || {
            gather(&stage, &label, &phones, &set_aside, folder.as_deref(), &name)
        });
        let gathered = writing.await.unwrap_or_default();
        judged.extend(gathered.problems.iter().map(|problem| {
            Judgement::note(
                Cause::HarnessFault,
                "evidence is written",
                format!("could not be written: {problem}"),
            )
        }));
        let findings = findings(clause, AFTER_THE_LAST_STEP, judged);
        Closed { gathered, findings, pairings: self.pairings() }
    }

    async fn end_calls(&self, calls: &[Call]) {
        for call in calls.iter().filter(|call| !call.has_ended()) {
            call.hang_up();
        }
        let ended = |_: &[_]| calls.iter().all(Call::has_ended).then_some(());
        self.log().wait(0, Instant::now() + REACTION, ended).await;
    }

    /// Watches every leg until [`WATCH_AFTER_END`] after its end.
    async fn watch_after_end(&mut self, calls: &[Call]) -> Option<Judgement> {
        let answered = || calls.iter().filter(|call| call.is_answered());
        let last = answered().filter_map(Call::ended_at).fold(f64::MIN, f64::max);
        let left = last + WATCH_AFTER_END.as_secs_f64() - self.now();
        if left > 0.0 {
            let left = Duration::from_secs_f64(left);
            tokio::select! {
                () = tokio::time::sleep(left) => self.mandated += left,
                () = self.options.stop.cancelled() => {}
            }
        }
        for call in answered() {
            let (Some(ended), Some(packet)) = (call.ended_at(), call.leg().last_packet_at()) else {
                continue;
            };
            let seconds = packet - ended;
            if seconds > 1.0 {
                let what = What::RtpAfterEnd { seconds };
                self.log().note(call.party(), call.call_id(), what);
            }
        }
        let transferor = self.transfer.map(|transfer| transfer.by.name());
        check::silent_after_end(&self.observations(), transferor)
    }
}
