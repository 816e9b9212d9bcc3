//! Guide 2.3: published directly, behind a translating firewall, or behind a proxy. What
//! headers tell is a hint and never held against the PBX: that its addresses are of use is
//! for guide 2.6.5.

use crate::record::Path;

/// Products that stand before a PBX rather than being one.
const PROXIES: &[&str] = &[
    "kamailio",
    "opensips",
    "openser",
    "sbc",
    "session border",
    "audiocodes",
    "oracle",
    "acme",
    "ribbon",
    "sonus",
    "anynode",
    "drachtio",
    "proxy",
];

/// What the path looks like, in words.
pub(super) fn topology(path: &Path) -> String {
    let host =
        |address: &str| address.rsplit_once(':').map_or(address, |(host, _)| host).to_owned();
    let mut words = Vec::new();
    let server = path.server.as_deref().unwrap_or_default();
    let is_proxy = PROXIES.iter().any(|name| server.to_lowercase().contains(name));
    let reached = host(&path.remote);
    match (&path.record_route, &path.contact) {
        (Some(route), _) => words.push(format!("via a proxy (Record-Route {route})")),
        _ if is_proxy => words.push(format!("via a proxy ({server})")),
        (None, Some(contact)) if host(contact) == reached => {
            words.push(format!("directly published, or translated well (Contact {contact})"));
        }
        (None, Some(contact)) => {
            words.push(format!("behind a translation or a proxy (Contact {contact})"));
        }
        (None, None) => words.push("nothing says whether directly or behind a firewall".to_owned()),
    }
    match &path.seen_from {
        Some(seen) if *seen == path.sent_from => {
            words.push(format!("we are seen as we are, {seen}"));
        }
        Some(seen) => {
            words.push(format!("we are translated: {} is seen as {seen}", path.sent_from));
        }
        None => {}
    }
    if !server.is_empty() && !is_proxy {
        words.push(format!("Server: {server}"));
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(contact: Option<&str>, server: Option<&str>) -> Path {
        Path {
            sent_from: "10.0.0.2:5060".into(),
            seen_from: Some("203.0.113.9:40000".into()),
            remote: "192.0.2.1:5060".into(),
            contact: contact.map(str::to_owned),
            record_route: None,
            server: server.map(str::to_owned),
        }
    }

    #[test]
    fn the_three_methods_of_the_guide_and_our_own_translation_are_told_apart() {
        let direct = topology(&path(Some("192.0.2.1:5060"), Some("Asterisk PBX 22")));
        assert!(direct.starts_with("directly published"), "{direct}");
        assert!(direct.contains("10.0.0.2:5060 is seen as 203.0.113.9:40000"), "{direct}");
        assert!(direct.ends_with("Server: Asterisk PBX 22"), "{direct}");
        let behind = topology(&path(Some("192.168.0.5:5060"), None));
        assert!(behind.starts_with("behind a translation"), "{behind}");
        let proxy = topology(&path(None, Some("kamailio (5.7.4)")));
        assert!(proxy.starts_with("via a proxy (kamailio"), "{proxy}");
        let route = Path { record_route: Some("<sip:sbc;lr>".into()), ..path(None, None) };
        assert!(topology(&route).starts_with("via a proxy (Record-Route"));
        assert!(topology(&path(None, None)).starts_with("nothing says"));
    }
}
