//! The tones that identities are made of.
//!
//! They were found by search among the bins of a 512-point spectrum at 8 kHz, under
//! conditions that the tests below restate: every tone keeps clear of the tones of
//! telephony, of its fellows, and of what a companding or clipping path makes of any
//! pair (odd harmonics and third-order intermodulation, folded at 4 kHz).

/// Width of a bin, Hz: 8000 / 512.
#[cfg(test)]
const BIN_HZ: f64 = 15.625;

/// Bins of the low tones: 578 to 1281 Hz.
pub(crate) const LOW: [usize; 7] = [37, 42, 47, 52, 67, 72, 82];

/// Bins of the high tones: 1547 to 2641 Hz.
pub(crate) const HIGH: [usize; 8] = [99, 109, 129, 139, 144, 149, 159, 169];

/// How many tones there are, low ones first.
pub(crate) const TONES: usize = LOW.len() + HIGH.len();

/// An octave apart, 1125 and 2250 Hz would sound like one tone distorted.
const OCTAVE: (usize, usize) = (5, 4);

/// Indices into [`LOW`] and [`HIGH`] of a symbol.
pub(crate) const fn pair_of(symbol: u8) -> (usize, usize) {
    let mut index = symbol as usize;
    if index >= OCTAVE.0 * HIGH.len() + OCTAVE.1 {
        index += 1;
    }
    (index / HIGH.len(), index % HIGH.len())
}

/// The symbol of a pair, if it stands for one. Some pairs stand for symbols beyond
/// the code's alphabet; no codeword holds them.
pub(crate) fn symbol_of(low: usize, high: usize) -> Option<u8> {
    if (low, high) == OCTAVE {
        return None;
    }
    let index = low * HIGH.len() + high;
    let symbol = if index > OCTAVE.0 * HIGH.len() + OCTAVE.1 { index - 1 } else { index };
    u8::try_from(symbol).ok()
}

#[cfg(test)]
mod tests {
    use super::super::code::SYMBOLS;
    use super::*;

    const TELEPHONY_HZ: [f64; 26] = [
        350.0, 400.0, 425.0, 440.0, 450.0, 480.0, 620.0, 697.0, 770.0, 852.0, 941.0, 1209.0,
        1336.0, 1477.0, 1633.0, 1100.0, 2100.0, 2225.0, 2280.0, 2400.0, 2600.0, 950.0, 985.2,
        1370.6, 1428.5, 1776.7,
    ];

    fn all() -> Vec<usize> {
        LOW.into_iter().chain(HIGH).collect()
    }

    #[test]
    fn tones_lie_in_the_voice_band_and_apart() {
        let all = all();
        assert!(all.iter().all(|&k| (500.0..=3000.0).contains(&(k as f64 * BIN_HZ))));
        assert!(all.windows(2).all(|w| (w[1] - w[0]) as f64 * BIN_HZ >= 62.5), "{all:?}");
    }

    #[test]
    fn tones_avoid_those_of_telephony() {
        for tone in all().into_iter().map(|k| k as f64 * BIN_HZ) {
            for other in TELEPHONY_HZ {
                assert!((tone - other).abs() >= 24.0, "{tone} Hz is too close to {other} Hz");
            }
        }
    }

    #[test]
    fn distortion_of_a_pair_makes_no_other_tone() {
        let fold = |k: i64| {
            let k = k.rem_euclid(512);
            if k > 256 { 512 - k } else { k }
        };
        for symbol in 0..SYMBOLS as u8 {
            let (low, high) = pair_of(symbol);
            let (l, h) = (LOW[low] as i64, HIGH[high] as i64);
            for product in [3 * l, 3 * h, 2 * l + h, 2 * l - h, 2 * h + l, 2 * h - l].map(fold) {
                let nearest = all().into_iter().map(|k| (k as i64 - product).abs()).min();
                assert!(nearest >= Some(2), "pair {l},{h} makes {product}");
            }
            assert!((2 * l - h).abs() >= 2, "pair {l},{h} is an octave");
        }
    }

    #[test]
    fn pairs_and_symbols_are_one_to_one() {
        for symbol in 0..SYMBOLS as u8 {
            let (low, high) = pair_of(symbol);
            assert_eq!(symbol_of(low, high), Some(symbol));
        }
        assert_eq!(symbol_of(5, 4), None);
    }
}
