//! `"Display" <uri>;params`: From, To, Contact, Route and their kin.

use super::params::Params;
use super::split::{find_outside, quote, unquote};
use super::uri::Uri;
use rsip::headers::UntypedHeader as _;
use std::fmt;

/// One name-addr or addr-spec (RFC 3261 §20.10) with the header's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// Display name without quotes and escapes.
    pub display: Option<String>,
    /// The address.
    pub uri: Uri,
    /// Header parameters such as `tag`, `expires`, `q`.
    pub params: Params,
}

impl NameAddr {
    /// An address alone.
    pub fn new(uri: Uri) -> Self {
        Self { display: None, uri, params: Params::default() }
    }

    /// Reads one value; `None` if it holds no URI. Without angle brackets, parameters
    /// belong to the header, not to the URI (RFC 3261 §20.10).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::by_rsip(text).or_else(|| Self::by_hand(text))
    }

    /// The `tag` parameter.
    pub fn tag(&self) -> Option<String> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// The `expires` parameter of a Contact, in seconds.
    pub fn expires(&self) -> Option<u32> {
        let text = self.params.get("expires")?;
        let text = text.trim();
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u32::MAX))
    }

    fn by_rsip(text: &str) -> Option<Self> {
        if text.len() > 1024 || text.contains(['"', '?']) {
            return None;
        }
        let typed = rsip::typed::Contact::try_from(rsip::headers::Contact::new(text)).ok()?;
        // It always writes brackets; only what had them can be compared.
        if typed.to_string() != text {
            return None;
        }
        let params: String = typed.params.iter().map(ToString::to_string).collect();
        Some(Self {
            display: typed.display_name.filter(|name| !name.is_empty()),
            uri: Uri::from_rsip(&typed.uri)?,
            params: Params::parse(&params),
        })
    }

    fn by_hand(text: &str) -> Option<Self> {
        if let Some(open) = find_outside(text, b'<') {
            let name = unquote(&text[..open]);
            let rest = &text[open + 1..];
            let (uri, after) = rest.split_once('>').unwrap_or((rest, ""));
            return Some(Self {
                display: Some(name).filter(|name| !name.is_empty()),
                uri: Uri::parse(uri).ok()?,
                params: Params::parse(after),
            });
        }
        // A user part may hold `;`: parameters begin after the host.
        let host = text.find('@').map_or(0, |at| at + 1);
        let (uri, params) = match text[host..].find(';') {
            Some(at) => text.split_at(host + at),
            None => (text, ""),
        };
        Some(Self { display: None, uri: Uri::parse(uri).ok()?, params: Params::parse(params) })
    }
}

/// Always with angle brackets; the display name is quoted unless it is tokens.
impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.display {
            let token = |c: char| c.is_ascii_alphanumeric() || " -.!%*_+`'~".contains(c);
            if name.chars().all(token) && name.trim() == name {
                write!(f, "{name} ")?;
            } else {
                write!(f, "{} ", quote(name))?;
            }
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_rfc_3261() {
        let a = NameAddr::parse(r#""A. G. \"Bell\" <x>" <sip:agb@bell.com> ;tag=a48s"#).unwrap();
        assert_eq!(a.display.as_deref(), Some(r#"A. G. "Bell" <x>"#));
        assert_eq!((a.uri.user(), a.tag().as_deref()), (Some("agb"), Some("a48s")));
        let a = NameAddr::parse("sip:+12125551212@server.phone2net.com;tag=887s").unwrap();
        assert_eq!(a.uri.to_string(), "sip:+12125551212@server.phone2net.com");
        assert_eq!(a.tag().as_deref(), Some("887s"));
        let a = NameAddr::parse("Anonymous <sip:c8oqz84zk7z@privacy.org;lr>;expires=60").unwrap();
        assert_eq!(a.display.as_deref(), Some("Anonymous"));
        assert!(a.uri.params.has("lr"));
        assert_eq!(a.expires(), Some(60));
    }

    #[test]
    fn odd_but_readable() {
        let a = NameAddr::parse("<sip:+49;npdi=yes@[::1]:5062;transport=udp").unwrap();
        assert_eq!(a.uri.user(), Some("+49;npdi=yes"));
        let a = NameAddr::parse(r#"<sip:a@h>;+sip.instance="<urn:uuid:0-1>";q=0.5"#).unwrap();
        assert_eq!(a.params.get("q").as_deref(), Some("0.5"));
        assert!(NameAddr::parse("*").is_some_and(|a| a.uri.host == "*"));
        assert!(NameAddr::parse("").is_none());
        let a = NameAddr::parse("\"tel\" <tel:+1234>").unwrap();
        assert_eq!(a.uri.user(), Some("+1234"));
    }

    #[test]
    fn names_are_quoted_when_they_must_be() {
        let mut a = NameAddr::new(Uri::sip(Some("bob"), "h", None));
        a.display = Some("Bob B".to_owned());
        assert_eq!(a.to_string(), "Bob B <sip:bob@h>");
        a.display = Some("Bob <\"B\">".to_owned());
        assert_eq!(a.to_string(), r#""Bob <\"B\">" <sip:bob@h>"#);
        assert_eq!(NameAddr::parse(&a.to_string()), Some(a));
    }
}
