//! Guide 2.6.3: the port for remote users, which need not be that of desk phones.

use super::fact::facts;
use crate::check::Judgement;
use crate::record::{Answer, Cause, FromPort, Observation, ProbeFact};

/// Whether the PBX answered at the first port that it was asked at, the profile's.
pub fn answers_at_port(seen: &[Observation]) -> bool {
    asked(seen).next().is_some_and(answered)
}

/// Judges where the PBX answers. `port` is the profile's. Silence itself is judged by 2.3.
pub fn right_port(seen: &[Observation], port: u16, intrusive: bool) -> Judgement {
    let expected = format!("the PBX answers remote users at port {port}");
    if answers_at_port(seen) {
        return Judgement::pass(expected, format!("it answers at port {port}"));
    }
    let others: Vec<String> =
        asked(seen).filter(|at| answered(at)).map(|at| at.port.to_string()).collect();
    let silent = format!("it does not answer at port {port}");
    if !others.is_empty() {
        let observed = format!("{silent}, but at port {}", others.join(" and "));
        return Judgement::fail(Cause::OtherPort, expected, observed);
    }
    let observed = if intrusive {
        format!("{silent}, and at none of the other usual ports")
    } else {
        format!("{silent}; --intrusive asks at other usual ports")
    };
    Judgement::inconclusive(Cause::NoResponse, expected, observed)
}

fn asked(seen: &[Observation]) -> impl Iterator<Item = &FromPort> {
    facts(seen)
        .filter_map(|fact| match fact {
            ProbeFact::AtPorts { answers } => Some(answers),
            _ => None,
        })
        .flatten()
}

fn answered(at: &FromPort) -> bool {
    matches!(at.answer, Answer::Response { .. })
}

#[cfg(test)]
mod tests {
    use super::super::fact::observed;
    use super::*;
    use crate::record::Verdict;

    fn seen(ports: &[(u16, bool)]) -> Vec<Observation> {
        let answer = |answers: bool| {
            if answers {
                Answer::Response { status: 200, reason: "OK".to_owned(), took_ms: 1.0 }
            } else {
                Answer::Silent { waited_s: 5.0, connected: false }
            }
        };
        let answers =
            ports.iter().map(|&(port, answers)| FromPort { port, answer: answer(answers) });
        observed([ProbeFact::AtPorts { answers: answers.collect() }])
    }

    #[test]
    fn another_port_that_answers_is_named() {
        let right = right_port(&seen(&[(5060, true)]), 5060, false);
        assert_eq!(right.verdict, Verdict::Pass);
        let silent = right_port(&seen(&[(5060, false)]), 5060, false);
        assert_eq!(silent.verdict, Verdict::Inconclusive);
        assert!(silent.observed.contains("--intrusive"), "{}", silent.observed);
        let other = right_port(&seen(&[(5060, false), (5065, true)]), 5060, true);
        assert_eq!((other.verdict, other.cause), (Verdict::Fail, Some(Cause::OtherPort)));
        assert!(other.observed.ends_with("but at port 5065"), "{}", other.observed);
    }
}
