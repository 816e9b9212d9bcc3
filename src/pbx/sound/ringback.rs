//! Ringback tone as in the United Kingdom (ITU-T E.180): 400 + 450 Hz, two short
//! bursts every three seconds.

use std::f32::consts::TAU;

use super::{RATE, ZERO_DBM0};

/// Level of each tone, dBm0.
const LEVEL_DBM0: f32 = -22.0;

/// One period, 3 s.
pub(super) fn ringback() -> Vec<i16> {
    let amplitude = ZERO_DBM0 * 10_f32.powf(LEVEL_DBM0 / 20.0) * std::f32::consts::SQRT_2;
    (0..24_000)
        .map(|n| {
            let at = n as f32 / RATE;
            let on = at < 0.4 || (0.6..1.0).contains(&at);
            let tones = (TAU * 400.0 * at).sin() + (TAU * 450.0 * at).sin();
            if on { (amplitude * tones) as i16 } else { 0 }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bursts_then_silence() {
        let tone = ringback();
        assert_eq!(tone.len(), 24_000);
        assert!(tone[..3200].iter().any(|&s| s > 2000));
        assert!(tone[3200..4800].iter().all(|&s| s == 0));
        assert!(tone[4800..8000].iter().any(|&s| s > 2000));
        assert!(tone[8000..].iter().all(|&s| s == 0));
    }
}
