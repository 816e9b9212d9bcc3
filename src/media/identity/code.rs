//! Which pair of tones an identity sounds at which time.
//!
//! Codewords are evaluations of `x + c x² + e x³` over GF(53) at the 52 powers of a
//! primitive root: a cyclic Reed–Solomon code of dimension 3, so that two different
//! words, or a word and its own shift, agree in at most 2 of 52 places. A shift by
//! one multiplies the coefficients by powers of the root; with the first one fixed at
//! 1, no two words are shifts of each other. Words that repeat a symbol in
//! neighbouring places are left out: the tones shall change each time.
//!
//! Hence three symbols in a row name both the identity and the place in its word,
//! and with it the time at which they were spoken. [`triple`] is that table.

use std::sync::LazyLock;

use super::Identity;

/// Size of the alphabet, a prime.
pub(crate) const SYMBOLS: usize = 53;

/// Symbols until a word starts over: 13.3 s.
pub(crate) const PERIOD: usize = SYMBOLS - 1;

/// Samples that a symbol lasts: 256 ms.
pub(crate) const SYMBOL_SAMPLES: u64 = 2048;

/// A primitive root of 53.
const ROOT: usize = 2;

type Word = [u8; PERIOD];

struct Codebook {
    words: Vec<Word>,
    /// For each triple `identity * PERIOD + place of its last symbol + 1`, or 0.
    triples: Vec<u16>,
}

static CODEBOOK: LazyLock<Codebook> = LazyLock::new(Codebook::build);

impl Codebook {
    fn build() -> Self {
        let words: Vec<Word> = (0..SYMBOLS * SYMBOLS)
            .map(|n| word([1, n / SYMBOLS, n % SYMBOLS]))
            .filter(|word| (0..PERIOD).all(|i| word[i] != word[(i + 1) % PERIOD]))
            .take(usize::from(Identity::COUNT))
            .collect();
        let mut triples = vec![0; SYMBOLS * SYMBOLS * SYMBOLS];
        for (identity, word) in words.iter().enumerate() {
            for place in 0..PERIOD {
                let last = (place + 2) % PERIOD;
                let key = key(word[place], word[(place + 1) % PERIOD], word[last]);
                triples[key] = (identity * PERIOD + last + 1) as u16;
            }
        }
        Self { words, triples }
    }
}

/// The word of the polynomial `a x + c x² + e x³`.
fn word([a, c, e]: [usize; 3]) -> Word {
    let mut word = [0; PERIOD];
    let mut x = 1;
    for symbol in &mut word {
        *symbol = (x * (a + x * (c + x * e % SYMBOLS) % SYMBOLS) % SYMBOLS) as u8;
        x = x * ROOT % SYMBOLS;
    }
    word
}

const fn key(first: u8, second: u8, third: u8) -> usize {
    (first as usize * SYMBOLS + second as usize) * SYMBOLS + third as usize
}

/// The symbol that an identity speaks in the given slot of [`SYMBOL_SAMPLES`] samples,
/// counted from the start of the run.
pub(crate) fn symbol_at(identity: Identity, slot: u64) -> u8 {
    CODEBOOK.words[usize::from(identity.number())][(slot % PERIOD as u64) as usize]
}

/// Who speaks these symbols in three slots in a row, and the place in the word of the
/// last of them.
pub(crate) fn triple(first: u8, second: u8, third: u8) -> Option<(Identity, usize)> {
    let in_alphabet = |symbol: u8| usize::from(symbol) < SYMBOLS;
    if !(in_alphabet(first) && in_alphabet(second) && in_alphabet(third)) {
        return None;
    }
    let found = usize::from(CODEBOOK.triples[key(first, second, third)].checked_sub(1)?);
    Some((Identity::of((found / PERIOD) as u16), found % PERIOD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codebook_is_full_and_its_tones_always_change() {
        assert_eq!(CODEBOOK.words.len(), usize::from(Identity::COUNT));
        for word in &CODEBOOK.words {
            assert!((0..PERIOD).all(|i| word[i] != word[(i + 1) % PERIOD]));
        }
    }

    /// A word's shift by one is the word of (a r, c r², e r³), and the places where two
    /// words agree are the zeros of the word of the difference of their coefficients. So
    /// the distance of all words under all shifts is the weight of the lightest one.
    #[test]
    fn no_two_words_agree_in_more_than_two_places_under_any_shift() {
        for n in 1..SYMBOLS * SYMBOLS * SYMBOLS {
            let word = word([n / SYMBOLS / SYMBOLS, n / SYMBOLS % SYMBOLS, n % SYMBOLS]);
            let zeros = word.iter().map(|symbol| u8::from(*symbol == 0)).sum::<u8>();
            assert!(zeros <= 2);
        }
        for (c, e) in [(0, 1), (7, 52), (31, 0)] {
            let mut shifted = word([1, c, e]);
            shifted.rotate_left(1);
            let by = [ROOT, c * ROOT * ROOT % SYMBOLS, e * ROOT * ROOT * ROOT % SYMBOLS];
            assert_eq!(shifted, word(by));
        }
        let turns = (1..PERIOD).scan(1, |power, _| {
            *power = *power * ROOT % SYMBOLS;
            Some(*power)
        });
        assert!(turns.into_iter().all(|power| power != 1), "no word is its own shift");
    }

    #[test]
    fn words_of_the_codebook_differ_where_it_was_proved() {
        let sample: Vec<&Word> = CODEBOOK.words.iter().step_by(40).collect();
        for (i, a) in sample.iter().enumerate() {
            for b in &sample[i + 1..] {
                for shift in 0..PERIOD {
                    let agreements =
                        (0..PERIOD).filter(|&n| a[n] == b[(n + shift) % PERIOD]).count();
                    assert!(agreements <= 2, "{agreements} agreements at shift {shift}");
                }
            }
        }
    }

    #[test]
    fn three_symbols_name_the_identity_and_the_place() {
        for number in 0..Identity::COUNT {
            let identity = Identity::of(number);
            for place in 0..PERIOD as u64 {
                let spoken = [0, 1, 2].map(|n| symbol_at(identity, place + n));
                let (who, last) = triple(spoken[0], spoken[1], spoken[2]).unwrap();
                assert_eq!((who, last as u64), (identity, (place + 2) % PERIOD as u64));
            }
        }
    }

    #[test]
    fn a_steady_pair_is_nobody() {
        assert!((0..SYMBOLS as u8).all(|symbol| triple(symbol, symbol, symbol).is_none()));
    }
}
