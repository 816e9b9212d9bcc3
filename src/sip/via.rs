//! Via: which way a response travels back.

use super::params::Params;
use super::uri::{Uri, host_and_port};
use rsip::headers::UntypedHeader as _;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// One Via value (RFC 3261 §20.42, `rport` of RFC 3581).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// `UDP`, `TCP`, `TLS`… as written.
    pub transport: String,
    /// Host of sent-by; IPv6 keeps its brackets.
    pub host: String,
    /// Port of sent-by, if written.
    pub port: Option<u16>,
    /// `branch`, `received`, `rport`…
    pub params: Params,
}

impl Via {
    /// A Via for a request of our own, asking for `rport`.
    pub fn new(transport: &str, sent_by: SocketAddr, branch: &str) -> Self {
        let ip = match sent_by.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let mut params = Params::default();
        params.set("rport", None);
        params.set("branch", Some(branch));
        Self { transport: transport.to_owned(), host: ip, port: Some(sent_by.port()), params }
    }

    /// Reads one value; `None` if it names no transport or no host.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::by_rsip(text).or_else(|| Self::by_hand(text))
    }

    /// The branch.
    pub fn branch(&self) -> Option<String> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }

    /// `host` or `host:port`, the sent-by as written.
    pub fn sent_by(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The address in `received`.
    pub fn received(&self) -> Option<IpAddr> {
        literal(&self.params.get("received")?)
    }

    /// The port in `rport`, once the receiver has filled it in.
    pub fn rport(&self) -> Option<u16> {
        self.params.get("rport")?.parse().ok()
    }

    /// Notes where the request really came from (RFC 3261 §18.2.1, RFC 3581 §4).
    pub fn stamp(&mut self, source: SocketAddr) {
        let wants_port = self.params.has("rport");
        if wants_port {
            self.params.set("rport", Some(&source.port().to_string()));
        }
        if wants_port || literal(&self.host) != Some(source.ip()) {
            self.params.set("received", Some(&source.ip().to_string()));
        }
    }

    /// Where the response goes (RFC 3261 §18.2.2, RFC 3581 §4); `None` if only a name is known.
    pub fn destination(&self) -> Option<SocketAddr> {
        let ip = self
            .params
            .get("maddr")
            .and_then(|maddr| literal(&maddr))
            .or_else(|| self.received())
            .or_else(|| literal(&self.host))?;
        let tls = self.transport.eq_ignore_ascii_case("TLS");
        let port = self.rport().or(self.port).unwrap_or(if tls { 5061 } else { 5060 });
        Some(SocketAddr::new(ip, port))
    }

    fn by_rsip(text: &str) -> Option<Self> {
        if text.len() > 1024 {
            return None;
        }
        let typed = rsip::typed::Via::try_from(rsip::headers::Via::new(text)).ok()?;
        if typed.to_string() != text {
            return None;
        }
        let host = typed.uri.host_with_port.host.to_string();
        if host.contains('@') {
            return None;
        }
        let params: String = typed.params.iter().map(ToString::to_string).collect();
        Some(Self {
            transport: typed.transport.to_string(),
            host,
            port: typed.uri.host_with_port.port.map(|port| *port.value()),
            params: Params::parse(&params),
        })
    }

    fn by_hand(text: &str) -> Option<Self> {
        // `SIP / 2.0 / UDP host : port ;params`: white space may stand around the slashes.
        let (_, after_name) = text.split_once('/')?;
        let (_, after_version) = after_name.split_once('/')?;
        let (transport, rest) = after_version.trim_start().split_once(char::is_whitespace)?;
        let (sent_by, params) = rest.split_once(';').unwrap_or((rest, ""));
        let (host, port) = host_and_port(sent_by);
        let whole = !transport.is_empty() && !host.is_empty();
        whole.then(|| Self {
            transport: transport.to_owned(),
            host,
            port,
            params: Params::parse(params),
        })
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    Uri::sip(None, host.trim(), None).ip()
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}{}", self.transport, self.sent_by(), self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_odd() {
        let via = Via::parse("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK87").unwrap();
        assert_eq!((via.sent_by().as_str(), via.port), ("192.0.2.1:5060", Some(5060)));
        let via = Via::parse("SIP  / 2.0  / UDP  [2001:db8::9:1] : 5070 ; branch = z9hG4bKas3 ; x")
            .unwrap();
        assert_eq!(via.host, "[2001:db8::9:1]");
        assert_eq!(via.destination(), "[2001:db8::9:1]:5070".parse().ok());
        assert_eq!(via.branch().as_deref(), Some("z9hG4bKas3"));
        assert!(Via::parse("SIP/2.0/UDP").is_none());
        assert!(Via::parse("").is_none());
    }

    #[test]
    fn stamped_with_its_source() {
        let mut via = Via::parse("SIP/2.0/UDP pc33.atlanta.com;rport;branch=z9").unwrap();
        via.stamp("192.0.2.207:9988".parse().unwrap());
        assert_eq!(
            via.to_string(),
            "SIP/2.0/UDP pc33.atlanta.com;rport=9988;branch=z9;received=192.0.2.207"
        );
        assert_eq!(via.destination(), "192.0.2.207:9988".parse().ok());
        let mut via = Via::parse("SIP/2.0/UDP 192.0.2.1:5070;branch=z9").unwrap();
        via.stamp("192.0.2.1:9".parse().unwrap());
        assert_eq!(via.destination(), "192.0.2.1:5070".parse().ok());
    }

    #[test]
    fn built() {
        let via = Via::new("UDP", "[::1]:5060".parse().unwrap(), "z9hG4bKx");
        assert_eq!(via.to_string(), "SIP/2.0/UDP [::1]:5060;rport;branch=z9hG4bKx");
        assert_eq!(Via::parse(&via.to_string()), Some(via));
    }
}
