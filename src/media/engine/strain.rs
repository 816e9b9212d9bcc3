//! How this machine was strained of late: how late it was and how pressed.

use std::time::Duration;

/// Rounds that are remembered: every leg is told once in so many.
pub(crate) const ROUNDS: u64 = 8;

/// The worst of the last [`ROUNDS`] rounds of the listener.
#[derive(Debug, Default)]
pub(crate) struct Strain {
    rounds: [(Duration, f32); ROUNDS as usize],
    next: usize,
}

impl Strain {
    /// Takes a round: how late it was, and the share of the time in which somebody waited for a
    /// processor, where that is known.
    pub(crate) fn note(&mut self, late: Duration, pressed: Option<f32>) {
        self.rounds[self.next] = (late, pressed.unwrap_or_default());
        self.next = (self.next + 1) % self.rounds.len();
    }

    /// How late the worst of them was.
    pub(crate) fn late(&self) -> Duration {
        self.rounds.iter().map(|round| round.0).max().unwrap_or_default()
    }

    /// The greatest share of them.
    pub(crate) fn pressed(&self) -> f32 {
        self.rounds.iter().map(|round| round.1).fold(0.0, f32::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_told_for_as_many_rounds_and_then_forgotten() {
        let mut strain = Strain::default();
        strain.note(Duration::from_millis(30), Some(0.5));
        for _ in 1..ROUNDS {
            strain.note(Duration::from_millis(2), None);
            assert_eq!((strain.late(), strain.pressed()), (Duration::from_millis(30), 0.5));
        }
        strain.note(Duration::ZERO, None);
        assert_eq!((strain.late(), strain.pressed()), (Duration::from_millis(2), 0.0));
    }
}
