//! SIP text for the record, without anything that could be used to log in or to decrypt.

use super::Message;
use regex::Regex;
use std::sync::LazyLock;

/// What is masked. Each pattern keeps its first group.
const PATTERNS: &[&str] = &[
    // Digest responses can be attacked offline; passwords need no reason. An open quote
    // hides the rest of its line.
    r#"(?i)(\b(?:response|cnonce|rspauth|password|passwd|pwd|secret|api[-_]?key)\s*=\s*)(?:"(?:[^"\\\r\n]|\\.)*"?|[^\s,;"]+)"#,
    r"(?im)(^(?:proxy-)?authorization[ \t]*:\s*(?:basic|bearer|negotiate|ntlm)\s+)[^\r\n]+",
    // The password of a URI.
    r#"(?i)(\bsips?:[^:@<>\s"]*:)[^@<>\s"]*@"#,
    // Keys of SRTP (RFC 4568), of SDP (RFC 4566 §5.12) and of ICE (RFC 8839).
    r"(?i)(\binline:)[^\s|]+",
    r"(?im)(^k=)[^\r\n]+",
    r"(?im)(^a=(?:ice-pwd|key-mgmt):)[^\r\n]+",
];

static RULES: LazyLock<Vec<Regex>> =
    LazyLock::new(|| PATTERNS.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect());

/// The text of a datagram with secrets replaced by `***`: digest `response` and `cnonce`,
/// Basic and bearer credentials, URI passwords, SRTP keys. Bytes that are not UTF-8 are
/// replaced; the nonce stays, since it explains stale challenges.
pub fn masked(raw: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(raw).into_owned();
    for (at, rule) in RULES.iter().enumerate() {
        let mask = if at == 2 { "${1}***@" } else { "${1}***" };
        text = rule.replace_all(&text, mask).into_owned();
    }
    text
}

impl Message {
    /// The message for the record, see [`masked`]: as it came, or as it would go out.
    pub fn masked(&self) -> String {
        if self.raw.is_empty() { masked(&self.to_bytes()) } else { masked(&self.raw) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_compiles() {
        assert_eq!(RULES.len(), PATTERNS.len());
    }

    #[test]
    fn secrets_go_and_the_rest_stays() {
        let text = "REGISTER sip:h:5060 SIP/2.0\r\n\
            Contact: <sip:10.0.0.1:5060>, <sip:bob:hunter2@h>\r\n\
            Authorization: Digest username=\"b\", nonce=\"abc\", response =\r\n \"f00d\",\r\n cnonce=cafe, nc=00000001\r\n\
            Proxy-Authorization: Basic Ym9iOnB3\r\n\r\n\
            a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3|2^20\r\n\
            k=base64:x\r\na=ice-pwd:y\r\n";
        let shown = masked(text.as_bytes());
        for secret in ["hunter2", "f00d", "cafe", "Ym9iOnB3", "d0Rm", "base64", "ice-pwd:y"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
        for kept in ["sip:h:5060", "sip:10.0.0.1:5060>", "sip:bob:***@h", "abc", "00000001", "2^20"]
        {
            assert!(shown.contains(kept), "{kept} not in {shown}");
        }
    }

    #[test]
    fn an_open_quote_hides_its_line() {
        let shown = masked(b"Authorization: Digest response=\"secret, x\r\nTo: <sip:b@h>\xff\r\n");
        assert!(!shown.contains("secret") && shown.contains("To: <sip:b@h>"));
    }
}
