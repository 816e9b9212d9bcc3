//! Why two runs are not quite comparable: whoever reads a change must know.

use crate::record::Run;
use crate::report::clean;
use crate::report::outcome::relaxations;

/// Durations of a run whose packets left this late (99th percentile, ms) say more about
/// this machine than about the PBX.
const LATE_MS: f32 = 20.0;

/// A reason for care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caveat {
    /// A word for scripts.
    pub(super) code: &'static str,
    /// A sentence for people.
    pub(super) text: String,
}

/// Everything that differs between the runs beside the PBX's behaviour.
pub(super) fn caveats(earlier: &Run, later: &Run) -> Vec<Caveat> {
    let mut found = Vec::new();
    let mut add = |code, text: String| found.push(Caveat { code, text });
    for (run, which) in [(earlier, "earlier"), (later, "later")] {
        if run.interrupted {
            add("interrupted", format!("the {which} run was interrupted: scenarios are missing"));
        }
    }
    if earlier.plan_digest != later.plan_digest {
        add(
            "plan",
            format!(
                "the feature files differ ({} → {}): a scenario may ask for something else",
                digest(&earlier.plan_digest),
                digest(&later.plan_digest)
            ),
        );
    }
    if earlier.profile_digest != later.profile_digest {
        let digests = [&earlier.profile_digest, &later.profile_digest].map(|text| digest(text));
        add("profile", format!("the profile was changed ({} → {})", digests[0], digests[1]));
    }
    match (earlier.abridged, later.abridged) {
        (true, true) => add(
            "abridged",
            "both runs are abridged: what needs the guide's durations is not seen".to_owned(),
        ),
        (true, false) => add(
            "abridged",
            "only the earlier run is abridged: what fails now may need the longer duration"
                .to_owned(),
        ),
        (false, true) => add(
            "abridged",
            "only the later run is abridged: what seems mended may not have lasted long enough"
                .to_owned(),
        ),
        (false, false) => {}
    }
    if relaxations(earlier) != relaxations(later) && earlier.abridged == later.abridged {
        add(
            "relaxed",
            format!(
                "the runs are relaxed differently ({} → {})",
                listed(&relaxations(earlier)),
                listed(&relaxations(later))
            ),
        );
    }
    if earlier.tool_version != later.tool_version {
        add(
            "tool",
            format!(
                "another pbxcert judged ({} → {})",
                clean(&earlier.tool_version),
                clean(&later.tool_version)
            ),
        );
    }
    if earlier.pbx.server != later.pbx.server {
        add(
            "server",
            format!(
                "the PBX says of itself something else ({} → {})",
                named(earlier.pbx.server.as_deref()),
                named(later.pbx.server.as_deref())
            ),
        );
    }
    if let Some(why) = untimed(earlier, later) {
        add("untimed", format!("durations are not compared: {why}"));
    }
    found
}

/// Why durations of two runs cannot be compared; `None` if they can.
pub(super) fn untimed(earlier: &Run, later: &Run) -> Option<String> {
    if earlier.jobs != later.jobs {
        return Some(format!(
            "{} and then {} scenarios ran side by side",
            earlier.jobs, later.jobs
        ));
    }
    let late = |run: &Run| run.harness.lateness_p99_ms > LATE_MS;
    let which = match (late(earlier), late(later)) {
        (true, true) => "both runs",
        (true, false) => "the earlier run",
        (false, true) => "the later run",
        (false, false) => return None,
    };
    Some(format!("the harness itself was late in {which}"))
}

fn digest(text: &str) -> String {
    clean(&text.chars().take(8).collect::<String>())
}

fn listed(reasons: &[String]) -> String {
    if reasons.is_empty() { "not at all".to_owned() } else { reasons.join("; ") }
}

fn named(server: Option<&str>) -> String {
    server.map_or_else(|| "nothing".to_owned(), clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn codes(change: impl Fn(&mut Run)) -> Vec<&'static str> {
        let mut later = sample::passing();
        change(&mut later);
        caveats(&sample::passing(), &later).into_iter().map(|one| one.code).collect()
    }

    #[test]
    fn equal_runs_need_no_care() {
        assert!(codes(|_| {}).is_empty());
    }

    #[test]
    fn whatever_differs_is_said() {
        assert_eq!(codes(|run| run.interrupted = true), ["interrupted"]);
        assert_eq!(codes(|run| run.plan_digest = "other".to_owned()), ["plan"]);
        assert_eq!(codes(|run| run.profile_digest = "other".to_owned()), ["profile"]);
        assert_eq!(codes(|run| run.abridged = true), ["abridged"]);
        assert_eq!(codes(|run| run.relaxations = vec!["any tone".to_owned()]), ["relaxed"]);
        assert_eq!(codes(|run| run.tool_version = "9".to_owned()), ["tool"]);
        assert_eq!(codes(|run| run.pbx.server = None), ["server"]);
        assert_eq!(codes(|run| run.jobs = 8), ["untimed"]);
        assert_eq!(codes(|run| run.harness.lateness_p99_ms = 30.0), ["untimed"]);
        assert!(codes(|run| run.harness.lateness_p99_ms = 9.5).is_empty());
    }
}
