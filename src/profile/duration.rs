//! Durations such as `20s`, `500ms`, `2m`.

use std::time::Duration;

/// Reads a duration with its unit. A bare number is refused, since nobody can tell
/// seconds from milliseconds; the error is the remedy.
pub(super) fn read(text: &str) -> Result<Duration, String> {
    if text.chars().all(|c| c.is_ascii_digit()) && !text.is_empty() {
        return Err(format!("add the unit, as in {text}s or {text}ms"));
    }
    humantime::parse_duration(text)
        .map_err(|_| "write a number with its unit, as in 20s, 500ms or 2m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_needed() {
        assert_eq!(read("20s"), Ok(Duration::from_secs(20)));
        assert_eq!(read("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(read("2m"), Ok(Duration::from_mins(2)));
        assert!(read("20").is_err_and(|remedy| remedy.contains("20s")));
        assert!(read("soon").is_err());
        assert!(read("").is_err());
    }
}
