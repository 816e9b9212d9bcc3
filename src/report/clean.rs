//! Text from the wire, made harmless.

/// One line: control characters, escapes and characters that reorder text become
/// visible (`␛`, `␀`, `�`), line breaks and tabs become spaces.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { harmless(c) }).collect()
}

/// Several lines: as [`clean`], but line breaks stay (CR LF as LF).
pub fn clean_block(text: &str) -> String {
    text.replace("\r\n", "\n").chars().map(|c| if c == '\n' { c } else { harmless(c) }).collect()
}

/// At most so many characters on one line, cleaned, with an ellipsis where it was cut.
pub(super) fn short(text: &str, most: usize) -> String {
    // Bounded before it is cleaned: a peer may send megabytes.
    let cut: String = text.chars().take(most + 1).collect();
    let cleaned = clean(&cut);
    if cut.chars().count() <= most {
        return cleaned;
    }
    let mut kept: String = cleaned.chars().take(most.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

fn harmless(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ if is_harmful(c) => '\u{fffd}',
        c => c,
    }
}

/// Control characters beyond ASCII, direction marks, line separators, and what XML
/// does not allow.
pub(super) fn is_harmful(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(
            c,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
                | '\u{fffe}' | '\u{ffff}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_visible() {
        assert_eq!(clean("a\u{1b}[31mb\0c\r\nd\u{9b}\u{202e}é"), "a␛[31mb␀c  d\u{fffd}\u{fffd}é");
        assert_eq!(clean_block("a\r\nb\rc\u{7f}"), "a\nb␍c␡");
    }
}
