//! Figures of the stream that each leg received.

use serde::Serialize;

use crate::record::{Scenario, StreamStats};

use super::text::short;

/// One row of the table.
#[derive(Debug, Serialize)]
pub(super) struct QualityRow {
    party: String,
    /// Whose audio it should be, one after another.
    from: String,
    codec: String,
    sent: u64,
    received: u64,
    lost: String,
    disorder: String,
    jitter: String,
    delay: String,
    onset: String,
    gap: String,
    rating: String,
    changes: String,
    lateness: String,
}

/// One row for each leg.
pub(super) fn rows(scenario: &Scenario) -> Vec<QualityRow> {
    scenario
        .streams
        .iter()
        .take(16)
        .map(|stats| QualityRow { from: peers(scenario, &stats.party), ..row(stats) })
        .collect()
}

/// With whom a party was in a call, in the order of time.
fn peers(scenario: &Scenario, party: &str) -> String {
    let mut peers: Vec<&str> = scenario.pairings.iter().filter_map(|p| p.peer_of(party)).collect();
    peers.dedup();
    if peers.is_empty() { "–".to_owned() } else { short(&peers.join(", then "), 60) }
}

fn row(stats: &StreamStats) -> QualityRow {
    let all = stats.received + stats.lost;
    let share = if all > 0 { 100.0 * stats.lost as f64 / all as f64 } else { 0.0 };
    let ms = |value: Option<f32>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.1}"));
    QualityRow {
        party: short(&stats.party, 40),
        from: String::new(),
        codec: if stats.codec.is_empty() { "–".to_owned() } else { short(&stats.codec, 20) },
        sent: stats.sent,
        received: stats.received,
        lost: if stats.lost == 0 {
            "0".to_owned()
        } else {
            format!("{} ({share:.1} %)", stats.lost)
        },
        disorder: format!("{} / {}", stats.reordered, stats.duplicated),
        jitter: format!("{:.1}", stats.jitter_ms),
        delay: ms(stats.delay_ms.map(|delay| delay.max(0.0))),
        onset: stats.onset_ms.map_or_else(|| "–".to_owned(), |onset| format!("{onset:.0}")),
        gap: format!("{:.0}", stats.longest_gap_ms),
        rating: match (stats.mos, stats.r_factor) {
            (Some(mos), Some(r)) => format!("{mos:.1} ({r:.0})"),
            (Some(mos), None) => format!("{mos:.1}"),
            _ => "–".to_owned(),
        },
        changes: format!(
            "{} / {} / {}",
            stats.ssrc_changes, stats.source_changes, stats.payload_changes
        ),
        lateness: format!("{:.1} / {:.1}", stats.lateness_p99_ms, stats.lateness_max_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_a_dash() {
        let row = row(&StreamStats { received: 90, lost: 10, ..StreamStats::default() });
        assert_eq!(
            (row.lost.as_str(), row.delay.as_str(), row.rating.as_str(), row.codec.as_str()),
            ("10 (10.0 %)", "–", "–", "–")
        );
    }
}
