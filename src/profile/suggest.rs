//! "Did you mean" for misspelt words.

/// The candidate nearest to a misspelt word, if one is near enough to be meant.
pub(super) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase().replace('-', "_");
    let near = (word.chars().count() / 3).max(1);
    candidates
        .iter()
        .map(|&candidate| (strsim::damerau_levenshtein(&word, candidate), candidate))
        .filter(|(distance, _)| *distance <= near)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Words as a list for people: "`a`, `b` or `c`".
pub(super) fn listed(words: &[&str]) -> String {
    let ticked: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match ticked.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => ticked.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let keys = ["username", "password", "number"];
        assert_eq!(closest("usrename", &keys), Some("username"));
        assert_eq!(closest("user-name", &keys), Some("username"));
        assert_eq!(closest("Pasword", &keys), Some("password"));
        assert_eq!(closest("colour", &keys), None);
        assert_eq!(closest("", &keys), None);
    }

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(listed(&["udp", "tcp", "tls"]), "`udp`, `tcp` or `tls`");
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&[]), "");
    }
}
