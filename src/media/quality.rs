//! What a listener would think of a stream: the E-model (ITU-T G.107) with its default
//! values, reduced to what a harness can measure: delay and loss.

/// R with every parameter at its default (G.107, table 3).
const BASE: f32 = 93.2;

/// Robustness of G.711 against random loss, without concealment (G.113, appendix I).
const LOSS_ROBUSTNESS: f32 = 4.3;

/// Rating R, 0–100, of a G.711 stream with a share of packets lost (0–1) and a one-way
/// delay in ms.
pub fn r_factor(loss: f32, delay_ms: f32) -> f32 {
    let percent = 100.0 * loss.clamp(0.0, 1.0);
    // G.107, 7-29 with Ie = 0 and random loss.
    let equipment = 95.0 * percent / (percent + LOSS_ROBUSTNESS);
    (BASE - delay_impairment(delay_ms) - equipment).clamp(0.0, 100.0)
}

/// Idd of G.107, 7-27.
fn delay_impairment(delay_ms: f32) -> f32 {
    if delay_ms <= 100.0 {
        return 0.0;
    }
    let x = (delay_ms / 100.0).log2();
    25.0 * ((1.0 + x.powi(6)).powf(1.0 / 6.0) - 3.0 * (1.0 + (x / 3.0).powi(6)).powf(1.0 / 6.0)
        + 2.0)
}

/// Mean opinion score of R (G.107, annex B), 1–4.5.
pub fn mos(r: f32) -> f32 {
    if r <= 0.0 {
        return 1.0;
    }
    if r >= 100.0 {
        return 4.5;
    }
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_stream_scores_what_the_standard_says() {
        let r = r_factor(0.0, 20.0);
        assert!((r - 93.2).abs() < 0.01);
        assert!((mos(r) - 4.41).abs() < 0.01, "{}", mos(r));
    }

    #[test]
    fn loss_and_delay_cost() {
        assert!(r_factor(0.01, 20.0) < 78.0);
        assert!(r_factor(0.0, 400.0) < r_factor(0.0, 200.0));
        assert!((delay_impairment(200.0) - 3.0).abs() < 0.5, "{}", delay_impairment(200.0));
        assert!((mos(0.0) - 1.0).abs() < f32::EPSILON);
    }
}
