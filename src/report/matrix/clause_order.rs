//! The order of clauses and folders as people read them: 7.1.2 before 7.1.10, and
//! `…08Z` before `…08Z-2` before `…08Z-10`.

use std::cmp::Ordering;

/// Compares numbers in a text by their value and everything else by its characters.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (one, two) = (part(left), part(right));
        if one.is_empty() || two.is_empty() {
            // What is equal as a number need not be the same text: 07 and 7.
            return one.len().cmp(&two.len()).then_with(|| a.cmp(b));
        }
        let order = match (number(one), number(two)) {
            (Some(one), Some(two)) => (one.len(), one).cmp(&(two.len(), two)),
            _ => one.cmp(two),
        };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (&left[one.len()..], &right[two.len()..]);
    }
}

/// The digits, or the text without digits, that a text begins with.
fn part(text: &str) -> &str {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    &text[..end]
}

/// Digits without leading zeros, so that longer is greater.
fn number(part: &str) -> Option<&str> {
    part.starts_with(|c: char| c.is_ascii_digit()).then(|| part.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_by_their_value() {
        let mut clauses =
            ["7.1.10", "7.1.2", "7.1.4b", "6.1", "7.1.4a", "10", "7.1", "7.1.4", "", "7.01.2"];
        clauses.sort_by(|a, b| natural(a, b));
        assert_eq!(
            clauses,
            ["", "6.1", "7.1", "7.01.2", "7.1.2", "7.1.4", "7.1.4a", "7.1.4b", "7.1.10", "10"]
        );
        let mut folders = ["08Z-10", "08Z-2", "08Z", "9é", "99999999999999999999999"];
        folders.sort_by(|a, b| natural(a, b));
        assert_eq!(folders, ["08Z", "08Z-2", "08Z-10", "9é", "99999999999999999999999"]);
    }
}
