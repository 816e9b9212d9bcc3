//! White noise, the same every time.

use super::{RATE, ZERO_DBM0};

/// Seconds of noise at a level in dBm0.
pub(in crate::pbx) fn noise(level_dbm0: f32, seconds: f32) -> Vec<i16> {
    // A uniform distribution has its root mean square at 1/√3 of its limit.
    let limit = ZERO_DBM0 * 10_f32.powf(level_dbm0 / 20.0) * 3_f32.sqrt();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..(seconds * RATE) as usize)
        .map(|_| {
            // Marsaglia's xorshift with the shifts 13, 7, 17.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let uniform = (state >> 40) as f32 / (1_u32 << 23) as f32 - 1.0;
            (limit * uniform) as i16
        })
        .collect()
}
