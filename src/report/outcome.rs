//! The one sentence that says what a run means (design §3).

use crate::record::{Run, Verdict};

use super::clean;

/// The verdict of a run in one line: a certification is claimed only where it is one.
pub fn outcome(run: &Run) -> String {
    let total = run.scenarios.len();
    if total == 0 {
        return if run.interrupted {
            "INTERRUPTED before the first scenario ended: nothing was judged".to_owned()
        } else {
            "INCONCLUSIVE: no scenario ran".to_owned()
        };
    }
    if run.interrupted {
        let worst = match run.worst() {
            Verdict::Pass => "all of them passed so far",
            Verdict::Fail => "at least one of them failed",
            _ => "not all of them passed",
        };
        return format!("INTERRUPTED after {}: {worst}; not a certification", scenarios(total));
    }
    match run.verdict {
        Verdict::Fail => {
            format!("FAILED: {} of {}", run.count(Verdict::Fail), scenarios(total))
        }
        Verdict::Inconclusive => format!(
            "INCONCLUSIVE: {} of {} could not be judged, none failed",
            run.count(Verdict::Inconclusive),
            scenarios(total)
        ),
        _ if run.certified => {
            format!("CERTIFIED: {} passed all of {}", clean(&run.pbx_model), scenarios(total))
        }
        _ => format!("PASSED, not a certification: {}", reasons(run)),
    }
}

/// Why a pass is no certification.
fn reasons(run: &Run) -> String {
    let mut reasons = relaxations(run);
    if reasons.is_empty() {
        reasons.push("it did not cover the whole guide".to_owned());
    }
    reasons.join("; ")
}

/// The relaxations of a run, abridged durations among them.
pub(super) fn relaxations(run: &Run) -> Vec<String> {
    let mut reasons: Vec<String> = run.relaxations.iter().map(|reason| clean(reason)).collect();
    if run.abridged && !reasons.iter().any(|reason| reason.contains("abridged")) {
        reasons.insert(0, "durations are abridged".to_owned());
    }
    reasons
}

fn scenarios(count: usize) -> String {
    if count == 1 { "1 scenario".to_owned() } else { format!("{count} scenarios") }
}

/// How many scenarios have each verdict, worst first: "1 fail, 12 pass".
pub(super) fn counts(run: &Run) -> String {
    let counted: Vec<String> = Verdict::ALL
        .into_iter()
        .rev()
        .map(|verdict| (run.count(verdict), verdict))
        .filter(|(count, _)| *count > 0)
        .map(|(count, verdict)| format!("{count} {verdict}"))
        .collect();
    if counted.is_empty() { "no scenario".to_owned() } else { counted.join(", ") }
}

/// Wall time and what the guide prescribes of it.
pub(super) fn times(run: &Run) -> String {
    let ratio = if run.mandated_s > 0.0 && run.jobs <= 1 {
        format!(" ({:.2} times)", run.wall_s / run.mandated_s)
    } else if run.jobs > 1 {
        format!(" ({} scenarios side by side)", run.jobs)
    } else {
        String::new()
    };
    format!("{:.1} s for {:.1} s that the guide prescribes{ratio}", run.wall_s, run.mandated_s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn only_a_certified_run_says_so() {
        assert!(outcome(&sample::passing()).starts_with("CERTIFIED: Example PBX"));
        let mut abridged = sample::passing();
        abridged.certified = false;
        abridged.abridged = true;
        assert_eq!(outcome(&abridged), "PASSED, not a certification: durations are abridged");
        assert_eq!(outcome(&sample::failing()), "FAILED: 1 of 3 scenarios");
        assert!(outcome(&sample::interrupted()).starts_with("INTERRUPTED after 1 scenario:"));
        assert!(outcome(&Run::default()).starts_with("INCONCLUSIVE"));
    }

    #[test]
    fn counts_are_worst_first() {
        assert_eq!(counts(&sample::failing()), "1 fail, 1 warn, 1 pass");
        assert_eq!(counts(&Run::default()), "no scenario");
    }
}
