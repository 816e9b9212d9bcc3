//! Users that differ by a number only, written once with a `count`.

use super::User;
use super::people::letter_name;
use super::section::Section;

/// The user and those after it, `count` in all: name, username, number and extension count up
/// from one to the next.
pub(super) fn counted(section: &Section<'_, '_>, first: User, count: usize) -> Vec<User> {
    if count == 1 {
        return vec![first];
    }
    if first.desk_phone.is_some() {
        section.error(
            section.key_span("desk_phone"),
            "a desk phone cannot be one of many",
            "list its user by itself, without `count`",
        );
    }
    let spelt = [
        ("username", Some(&first.username)),
        ("auth_username", first.auth_username.as_ref()),
        ("number", Some(&first.number)),
        ("extension", first.extension.as_ref()),
    ];
    let short = spelt.into_iter().find(|(_, value)| {
        value.is_some_and(|v| !v.is_empty() && counted_up(v, count - 1).is_none())
    });
    if let Some((key, _)) = short {
        section.error(
            section.key_span(key),
            format!("`{key}` cannot count up to {count}"),
            "end it with as many digits as the last one needs, as in \"2001\" for 500",
        );
        return vec![first];
    }
    let nth = |n: usize| {
        let up = |text: &str| counted_up(text, n).unwrap_or_else(|| text.to_owned());
        User {
            name: format!("{} {}", first.name, n + 1),
            username: up(&first.username),
            auth_username: first.auth_username.as_deref().map(up),
            number: up(&first.number),
            extension: first.extension.as_deref().map(up),
            desk_phone: None,
            ..first.clone()
        }
    };
    (0..count).map(nth).collect()
}

/// The text with the number at its end larger by `more`, in as many digits; `None` if these do
/// not suffice, or are not there.
fn counted_up(text: &str, more: usize) -> Option<String> {
    let head = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &text[head.len()..];
    let number: u64 = digits.parse().ok()?;
    let next = format!("{:0width$}", number.checked_add(more as u64)?, width = digits.len());
    (next.len() == digits.len()).then(|| format!("{head}{next}"))
}

/// The name of a user who has none.
pub(super) fn unnamed(index: usize, count: usize) -> String {
    if count == 1 { letter_name(index) } else { "User".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_in_digits_counts_up_in_as_many() {
        assert_eq!(counted_up("2001", 499).as_deref(), Some("2500"));
        assert_eq!(counted_up("+441632960101", 1).as_deref(), Some("+441632960102"));
        assert_eq!(counted_up("u007", 5).as_deref(), Some("u012"));
        assert_eq!(counted_up("99", 1), None);
        assert_eq!(counted_up("bob", 1), None);
        assert_eq!(counted_up("99999999999999999999", 1), None);
    }
}
