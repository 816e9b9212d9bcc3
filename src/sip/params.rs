//! The `;name=value` lists behind URIs and header values: in order, as written.

use super::split::{split_outside, unquote};
use std::fmt;

/// Parameters in the order in which they were written; names compare without case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Params(Vec<(String, Option<String>)>);

impl Params {
    /// Reads `a=1;b;c="x"`, with or without a leading `;`. Empty pieces are skipped.
    pub fn parse(text: &str) -> Self {
        let pieces = split_outside(text, b';').into_iter().filter(|piece| !piece.is_empty());
        Self(
            pieces
                .map(|piece| match piece.split_once('=') {
                    Some((name, value)) => {
                        (name.trim_end().to_owned(), Some(value.trim_start().to_owned()))
                    }
                    None => (piece.to_owned(), None),
                })
                .collect(),
        )
    }

    /// The value without its quotes; `""` for a parameter that has none (`;lr`).
    pub fn get(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| unquote(value.unwrap_or_default()))
    }

    /// The value as written: `Some(None)` for a parameter without one.
    pub fn raw(&self, name: &str) -> Option<Option<&str>> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_deref())
    }

    /// Whether the parameter is there.
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// Replaces the parameter, or appends it.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        match self.0.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some(found) => found.1 = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Takes the parameter away.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// All of them, in order, values as written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Writes `;a=1;b`: each parameter with its leading `;`.
impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_quotes_and_white_space() {
        let params = Params::parse(r#"; tag = 12 ;lr;+sip.instance="<urn:uuid:1;2>""#);
        assert_eq!(params.get("TAG").as_deref(), Some("12"));
        assert_eq!(params.get("lr").as_deref(), Some(""));
        assert_eq!(params.get("+sip.instance").as_deref(), Some("<urn:uuid:1;2>"));
        assert_eq!(params.to_string(), r#";tag=12;lr;+sip.instance="<urn:uuid:1;2>""#);
    }

    #[test]
    fn setting_replaces_in_place() {
        let mut params = Params::parse("rport;branch=z");
        params.set("rport", Some("5060"));
        params.set("received", Some("10.0.0.1"));
        params.remove("branch");
        assert_eq!(params.to_string(), ";rport=5060;received=10.0.0.1");
    }
}
