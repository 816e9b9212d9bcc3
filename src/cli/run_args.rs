//! The arguments of `run`.

use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Default, Clone, clap::Args)]
pub(super) struct RunArgs {
    /// Profiles; the built-in reference PBX if none is given
    #[arg(value_name = "PROFILE.yaml")]
    pub(super) profiles: Vec<PathBuf>,
    /// Only clauses of this list, such as `7.1.1,6`
    #[arg(long, value_name = "CLAUSES")]
    pub(super) only: Vec<String>,
    /// Only scenarios that this tag expression takes, such as `not @external-2`; `@beyond` takes
    /// those that go beyond the guide, which run only where they are named
    #[arg(long, value_name = "EXPRESSION")]
    pub(super) tags: Option<String>,
    /// Talk for this long in place of the guide's durations: no certification
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) talk: Option<Duration>,
    /// Also try other ports and another User-Agent where the PBX does not let us in: few requests,
    /// which a PBX may take for an attack all the same
    #[arg(long)]
    pub(super) intrusive: bool,
    /// Folder for reports
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Most scenarios side by side (the users of the profile limit it too)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: Option<u16>,
    /// Feature files of this folder instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(super) features: Option<PathBuf>,
    /// Show what would run; touches no network
    #[arg(long)]
    pub(super) dry_run: bool,
    /// No progress; only findings and the verdict
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// For a profile of the reference PBX: a defect to have; may be given several times
    #[arg(long = "defect", value_name = "NAME")]
    pub(super) defects: Vec<String>,
}

/// Reads `3s`, `500ms`, `1m` or a plain number of seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let read = match text.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() && (0.0..=3600.0).contains(&seconds) => {
            Ok(Duration::from_secs_f64(seconds))
        }
        Ok(_) => Err("between 0 and one hour".to_owned()),
        Err(_) => humantime::parse_duration(text).map_err(|error| error.to_string()),
    };
    let read = read.map_err(|why| format!("{why}; write for example 3s or 500ms"))?;
    if read < Duration::from_millis(500) {
        return Err("at least 500ms, or nothing could be heard".to_owned());
    }
    if read > Duration::from_hours(1) {
        return Err("at most one hour".to_owned());
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_take_units_and_plain_seconds() {
        assert_eq!(duration("3s"), Ok(Duration::from_secs(3)));
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        for bad in ["", "x", "-1", "1ms", "nan", "1e99", "2h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
