//! The time axis that the ladder and the hearing strips share.
//!
//! A call is set up within milliseconds and then nothing is sent for 45 s. On a scale
//! true to time one of the two cannot be read. So every message and every step has a row
//! of its own, and the time between two rows takes a height that grows less than the
//! time does. Within such a gap time runs evenly, so strips keep their proportions.

/// Height of a row, px.
pub(super) const ROW: f64 = 22.0;
/// Time below which two rows simply follow each other, s.
const NO_GAP: f64 = 0.08;
/// Height of a gap of one second, px.
const SECOND: f64 = 26.0;
/// How fast gaps grow with their time.
const GROWTH: f64 = 0.58;
/// Tallest gap, px: reached by about 45 s.
const TALLEST: f64 = 230.0;

/// A monotone map from seconds to pixels.
#[derive(Debug)]
pub(super) struct Axis {
    points: Vec<(f64, f64)>,
    cursor: f64,
}

impl Axis {
    /// Starts at a time and a height.
    pub(super) fn new(at: f64, y: f64) -> Self {
        Self { points: vec![(at, y)], cursor: y }
    }

    /// Adds a row at a time not before the last one; its middle, px.
    pub(super) fn row(&mut self, at: f64) -> f64 {
        self.skip(at);
        let y = self.cursor + ROW / 2.0;
        self.points.push((at, y));
        self.cursor += ROW;
        y
    }

    /// Lets time pass without a row: a margin at the end. The gap's middle and seconds
    /// where it is worth a label.
    pub(super) fn skip(&mut self, at: f64) -> Option<(f64, f64)> {
        let (last, _) = self.points.last().copied().unwrap_or_default();
        let gap = at - last;
        if gap.is_nan() || gap < NO_GAP {
            return None;
        }
        let height = (SECOND * gap.powf(GROWTH)).min(TALLEST);
        let from = self.cursor;
        self.points.push((last, from));
        self.cursor += height;
        self.points.push((at, self.cursor));
        (gap >= 1.0).then_some((from + height / 2.0, gap))
    }

    /// The end of what was laid out, px.
    pub(super) fn end(&self) -> f64 {
        self.cursor
    }

    /// Where a time lies, px; times outside lie at the ends.
    pub(super) fn y(&self, at: f64) -> f64 {
        let after = self.points.partition_point(|(time, _)| *time < at);
        let end = self.points.last().map_or(0.0, |(_, y)| *y);
        let Some(&(t1, y1)) = self.points.get(after) else { return end };
        let Some(&(t0, y0)) = after.checked_sub(1).and_then(|index| self.points.get(index)) else {
            return y1;
        };
        if t1 > t0 { y0 + (y1 - y0) * (at - t0) / (t1 - t0) } else { y1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_never_overlap_and_gaps_are_compressed() {
        let mut axis = Axis::new(10.0, 0.0);
        let rows: Vec<f64> = [10.0, 10.0001, 10.0002, 55.0].map(|at| axis.row(at)).to_vec();
        for pair in rows.windows(2) {
            assert!(pair[1] - pair[0] >= ROW, "{rows:?}");
        }
        assert!(rows[3] - rows[2] < ROW + TALLEST + 1.0, "{rows:?}");
    }

    #[test]
    fn time_never_runs_backwards() {
        let mut axis = Axis::new(0.0, 5.0);
        for at in [0.0, 0.5, 0.5, 0.51, 20.0] {
            axis.row(at);
        }
        assert_eq!(axis.skip(22.0).map(|(_, gap)| gap.round()), Some(2.0));
        let mut last = f64::MIN;
        for step in -10..250 {
            let y = axis.y(f64::from(step) / 10.0);
            assert!(y >= last, "at {step}: {y} < {last}");
            last = y;
        }
        assert!((axis.y(1e9) - axis.end()).abs() < f64::EPSILON);
    }

    #[test]
    fn time_runs_evenly_within_a_gap() {
        let mut axis = Axis::new(0.0, 0.0);
        axis.row(0.0);
        axis.row(10.0);
        let (a, b, c) = (axis.y(2.0), axis.y(4.0), axis.y(6.0));
        assert!(((b - a) - (c - b)).abs() < 1e-9);
        assert!(b - a > 10.0);
    }
}
