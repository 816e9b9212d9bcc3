//! Guide 2.5: the firewall lets SIP in from any port of the bridge's addresses, and media on
//! the ports that the PBX uses for it.

use std::net::SocketAddr;
use std::ops::RangeInclusive;

use super::fact::facts;
use crate::check::Judgement;
use crate::record::{Answer, Cause, FromPort, Observation, ProbeFact, What};

/// Whether SIP is answered whatever port it comes from.
pub fn any_source_port(seen: &[Observation]) -> Judgement {
    let expected = "SIP is answered from any port of an allowed address";
    let answers = facts(seen).find_map(|fact| match fact {
        ProbeFact::FromPorts { answers } => Some(answers),
        _ => None,
    });
    let Some(answers) = answers else {
        return Judgement::inconclusive(Cause::HarnessFault, expected, "nobody asked");
    };
    let answered = |from: &&FromPort| matches!(from.answer, Answer::Response { .. });
    let ports = |from: Vec<&FromPort>| {
        let ports: Vec<String> = from.into_iter().map(|from| from.port.to_string()).collect();
        ports.join(", ")
    };
    let (heard, lost): (Vec<&FromPort>, Vec<&FromPort>) = answers.iter().partition(answered);
    match (heard.is_empty(), lost.is_empty()) {
        (_, true) => Judgement::pass(expected, format!("answered from {}", ports(heard))),
        (true, false) => Judgement::inconclusive(
            Cause::NoResponse,
            expected,
            format!("not answered from any of {}", ports(lost)),
        ),
        (false, false) => {
            let observed =
                format!("answered from {}, not answered from {}", ports(heard), ports(lost));
            Judgement::fail(Cause::SourcePortsFiltered, expected, observed)
        }
    }
}

/// Whether the PBX announced a port for its media outside of those that the profile says are
/// open. Decides nothing where it did not.
pub fn media_port_outside(
    seen: &[Observation],
    ports: Option<&RangeInclusive<u16>>,
) -> Option<Judgement> {
    let ports = ports?;
    let outside = seen.iter().find_map(|o| match &o.what {
        What::Answered { remote_media, .. } | What::Negotiated { remote_media, .. } => {
            let media: SocketAddr = remote_media.parse().ok()?;
            (media.port() != 0 && !ports.contains(&media.port())).then_some((&o.party, media))
        }
        _ => None,
    });
    let (party, media) = outside?;
    let (first, last) = (ports.start(), ports.end());
    Some(Judgement::warn(
        Cause::MediaPortOutside,
        format!("the PBX uses the ports {first}-{last} for media, as the profile says"),
        format!("the PBX wants the audio of {party} at {media}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::fact::observed;
    use super::*;
    use crate::record::Verdict;

    fn from(port: u16, passes: bool) -> FromPort {
        let answer = if passes {
            Answer::Response { status: 401, reason: "Unauthorized".into(), took_ms: 1.0 }
        } else {
            Answer::Silent { waited_s: 5.0, connected: false }
        };
        FromPort { port, answer }
    }

    #[test]
    fn a_port_that_is_not_answered_while_others_are_is_filtered() {
        let judge = |passes: [bool; 2]| {
            let answers = vec![from(5071, passes[0]), from(40_000, passes[1])];
            any_source_port(&observed([ProbeFact::FromPorts { answers }]))
        };
        assert_eq!(judge([true, true]).verdict, Verdict::Pass);
        let judged = judge([false, true]);
        assert_eq!(judged.cause, Some(Cause::SourcePortsFiltered));
        assert_eq!(judged.observed, "answered from 40000, not answered from 5071");
        assert_eq!(judge([false, false]).verdict, Verdict::Inconclusive);
    }

    #[test]
    fn media_is_held_against_the_ports_of_the_profile() {
        let seen = |port: u16| {
            let what =
                What::Answered { codec: "PCMU".into(), remote_media: format!("192.0.2.1:{port}") };
            [Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }]
        };
        let ports = 10_000..=20_000;
        assert!(media_port_outside(&seen(9_000), None).is_none());
        assert!(media_port_outside(&seen(10_000), Some(&ports)).is_none());
        let judged = media_port_outside(&seen(9_000), Some(&ports)).unwrap();
        assert_eq!((judged.verdict, judged.cause), (Verdict::Warn, Some(Cause::MediaPortOutside)));
    }
}
