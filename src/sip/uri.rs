//! SIP, SIPS and TEL URIs, read leniently and written back as they were.

use super::params::Params;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// Longer texts are not handed to `rsip`, whose parser builds an error context as it goes.
const RSIP_LIMIT: usize = 1024;

/// The text cannot be a URI.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no URI in {0:?}")]
pub struct UriError(String);

/// A URI. For `tel:` the number is the user and the host is empty; of schemes that are
/// not SIP's, everything after the colon is the host.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Uri {
    /// `sip`, `sips`, `tel`… as written; empty if there was none.
    pub scheme: String,
    /// User part without password, as written (percent-escapes kept).
    pub user: Option<String>,
    /// The deprecated password of RFC 3261 §19.1.1.
    pub password: Option<String>,
    /// Name or literal address; IPv6 keeps its brackets.
    pub host: String,
    /// Port, if written.
    pub port: Option<u16>,
    /// `;transport=tcp;lr`…
    pub params: Params,
    /// The text after `?`, as written.
    pub headers: Option<String>,
}

impl Uri {
    /// A `sip:` URI without parameters. An IPv6 address gets its brackets.
    pub fn sip(user: Option<&str>, host: &str, port: Option<u16>) -> Self {
        let bare_v6 = host.contains(':') && !host.starts_with('[');
        Self {
            scheme: "sip".to_owned(),
            user: user.map(str::to_owned),
            host: if bare_v6 { format!("[{host}]") } else { host.to_owned() },
            port,
            ..Self::default()
        }
    }

    /// Reads a URI: `rsip` if it reproduces the text exactly, else our own lenient reader.
    ///
    /// # Errors
    /// [`UriError`] if nothing is left that names a host or a number.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let text = text.trim();
        let bare = text.strip_prefix('<').map_or(text, |t| t.split('>').next().unwrap_or(t)).trim();
        let uri = Self::by_rsip(bare).unwrap_or_else(|| Self::by_hand(bare));
        if uri.host.is_empty() && uri.user.as_deref().is_none_or(str::is_empty) {
            return Err(UriError(text.chars().take(80).collect()));
        }
        Ok(uri)
    }

    /// The user part (for `tel:` the number).
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// `host:port`, or the host alone if no port is written.
    pub fn host_port(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The host if it is a literal address.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// The port, which defaults to 5060, for TLS to 5061 (RFC 3263 §4.2).
    pub fn port_or_default(&self) -> u16 {
        let secure = self.scheme.eq_ignore_ascii_case("sips")
            || self.params.get("transport").is_some_and(|t| t.eq_ignore_ascii_case("tls"));
        self.port.unwrap_or(if secure { 5061 } else { 5060 })
    }

    /// Address and port if the host is a literal address.
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        Some(SocketAddr::new(self.ip()?, self.port_or_default()))
    }

    fn by_rsip(text: &str) -> Option<Self> {
        if text.len() > RSIP_LIMIT {
            return None;
        }
        let uri = rsip::Uri::try_from(text).ok()?;
        Self::from_rsip(&uri).filter(|_| uri.to_string() == text)
    }

    /// What `rsip` has understood; `None` for what it has no words for.
    pub(crate) fn from_rsip(uri: &rsip::Uri) -> Option<Self> {
        let scheme = match uri.scheme.as_ref()? {
            rsip::Scheme::Other(_) => return None,
            scheme => scheme.to_string(),
        };
        let host = uri.host_with_port.host.to_string();
        // A dot in the user part makes it take the user for a part of the host.
        if !host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b)) {
            return None;
        }
        let (user, password) = match &uri.auth {
            Some(auth) => (Some(auth.user.clone()), auth.password.clone()),
            None => (None, None),
        };
        let params: String = uri.params.iter().map(ToString::to_string).collect();
        Some(Self {
            scheme,
            user,
            password,
            host,
            port: uri.host_with_port.port.map(|port| *port.value()),
            params: Params::parse(&params),
            headers: None,
        })
    }

    fn by_hand(text: &str) -> Self {
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme, rest) => (scheme, rest),
            _ => ("", text),
        };
        let mut uri = Self { scheme: scheme.to_owned(), ..Self::default() };
        let sip_like = matches!(scheme.to_ascii_lowercase().as_str(), "" | "sip" | "sips");
        if scheme.eq_ignore_ascii_case("tel") {
            let (number, params) = rest.split_once(';').unwrap_or((rest, ""));
            uri.user = Some(number.trim().to_owned());
            uri.params = Params::parse(params);
            return uri;
        }
        if !sip_like {
            rest.clone_into(&mut uri.host);
            return uri;
        }
        let (before, after) = match rest.split_once('@') {
            Some((user, after)) => (Some(user), after),
            None => (None, rest),
        };
        if let Some(user) = before {
            let (user, password) = match user.split_once(':') {
                Some((user, password)) => (user, Some(password.to_owned())),
                None => (user, None),
            };
            uri.user = Some(user.to_owned());
            uri.password = password;
        }
        let (after, headers) = match after.split_once('?') {
            Some((after, headers)) => (after, Some(headers.to_owned())),
            None => (after, None),
        };
        uri.headers = headers;
        let (host_port, params) = after.split_once(';').unwrap_or((after, ""));
        uri.params = Params::parse(params);
        (uri.host, uri.port) = host_and_port(host_port);
        uri
    }
}

/// Splits `host`, `host:port`, `[v6]`, `[v6]:port`; a bare IPv6 address is a host. A port
/// that is no number stays part of the host, so that nothing written is lost.
pub(crate) fn host_and_port(text: &str) -> (String, Option<u16>) {
    let text = text.trim();
    let split = match text.find(']') {
        Some(end) if text.starts_with('[') => {
            text[end + 1..].trim_start().strip_prefix(':').map(|port| (&text[..=end], port))
        }
        _ if text.matches(':').count() == 1 => text.split_once(':'),
        _ => None,
    };
    match split.map(|(host, port)| (host.trim_end(), port.trim().parse())) {
        Some((host, Ok(port))) => (host.to_owned(), Some(port)),
        _ => (text.to_owned(), None),
    }
}

/// `localhost:5060` has no scheme; `sip:5060` has.
fn is_scheme(scheme: &str, rest: &str) -> bool {
    let known = ["sip", "sips", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let mut chars = scheme.chars();
    let well_formed = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let port_like = rest.split([';', '?']).next().is_some_and(|port| port.parse::<u16>().is_ok());
    known || (well_formed && !port_like)
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_uri(self, f, self.password.as_deref())
    }
}

/// As [`Display`](fmt::Display), with the password masked.
impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_uri(self, f, self.password.as_ref().map(|_| "***"))
    }
}

fn write_uri(uri: &Uri, f: &mut fmt::Formatter<'_>, password: Option<&str>) -> fmt::Result {
    if !uri.scheme.is_empty() {
        write!(f, "{}:", uri.scheme)?;
    }
    if let Some(user) = &uri.user {
        f.write_str(user)?;
        if let Some(password) = password {
            write!(f, ":{password}")?;
        }
        if !uri.host.is_empty() {
            f.write_str("@")?;
        }
    }
    f.write_str(&uri.host_port())?;
    write!(f, "{}", uri.params)?;
    match &uri.headers {
        Some(headers) => write!(f, "?{headers}"),
        None => Ok(()),
    }
}

impl FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_back() {
        for text in [
            "sip:alice@atlanta.com",
            "sip:alice:secret@atlanta.com:5070;transport=tcp;lr?subject=x",
            "sip:+49.30.123;phone-context=x@10.0.0.1:5060;user=phone",
            "sips:[2001:db8::10]:5061;transport=tls",
            "tel:+1-201-555-0123;phone-context=example.com",
            "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too@example.com",
            "nobodyKnowsThisScheme:totallyopaquecontent",
            "localhost:5060",
            "SIP:Bob@BIG.example.com",
        ] {
            assert_eq!(Uri::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn parts() {
        let uri = Uri::parse("sip:+49.30@[2001:db8::10]:5070;ob").unwrap();
        assert_eq!(uri.user(), Some("+49.30"));
        assert_eq!(uri.host_port(), "[2001:db8::10]:5070");
        assert_eq!(uri.socket_addr(), "[2001:db8::10]:5070".parse().ok());
        assert!(uri.params.has("ob"));
        let uri = Uri::parse("sips:bob@192.0.2.1").unwrap();
        assert_eq!(uri.socket_addr(), "192.0.2.1:5061".parse().ok());
        assert_eq!(Uri::parse("sip:a.b@h.example").unwrap().user(), Some("a.b"));
        for number in ["+4930123", "030123"] {
            let uri = Uri::parse(&format!("tel:{number};a=b")).unwrap();
            assert_eq!((uri.user(), uri.host.as_str()), (Some(number), ""));
        }
        assert_eq!(Uri::parse("sip:host.example").unwrap().socket_addr(), None);
        assert_eq!(Uri::parse("<sip:a@b>;x").unwrap().to_string(), "sip:a@b");
    }

    #[test]
    fn nothing_is_an_error_and_debug_hides_the_password() {
        assert!(Uri::parse("sip:").is_err());
        assert!(Uri::parse("  ").is_err());
        assert_eq!(format!("{:?}", Uri::parse("sip:a:pw@h").unwrap()), "sip:a:***@h");
    }

    #[test]
    fn building_brackets_ipv6() {
        assert_eq!(Uri::sip(Some("a"), "::1", Some(5060)).to_string(), "sip:a@[::1]:5060");
    }
}
