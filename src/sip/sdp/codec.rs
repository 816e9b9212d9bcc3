//! What a payload type stands for.

use std::fmt;

/// A codec under a payload type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodecSpec {
    /// Encoding name as in `a=rtpmap`: `PCMU`, `PCMA`, `G722`, `telephone-event`…
    pub name: String,
    /// RTP clock in Hz.
    pub clock: u32,
    /// Payload type, 0–127.
    pub pt: u8,
}

impl CodecSpec {
    /// A codec under a payload type.
    pub fn new(name: &str, clock: u32, pt: u8) -> Self {
        Self { name: name.to_owned(), clock, pt }
    }

    /// G.711 µ-law, payload type 0.
    pub fn pcmu() -> Self {
        Self::new("PCMU", 8000, 0)
    }

    /// G.711 A-law, payload type 8.
    pub fn pcma() -> Self {
        Self::new("PCMA", 8000, 8)
    }

    /// The same encoding, whatever the payload type.
    pub fn same_encoding(&self, other: &Self) -> bool {
        self.name.eq_ignore_ascii_case(&other.name) && self.clock == other.clock
    }

    /// What accompanies speech but is none: DTMF events, comfort noise, redundancy.
    pub fn is_auxiliary(&self) -> bool {
        ["telephone-event", "CN", "red", "tone"].iter().any(|n| self.name.eq_ignore_ascii_case(n))
    }

    /// Whether this is `telephone-event` (RFC 4733).
    pub fn is_telephone_event(&self) -> bool {
        self.name.eq_ignore_ascii_case("telephone-event")
    }

    /// The static assignment of RFC 3551 §6.
    pub(super) fn assigned(pt: u8) -> Option<Self> {
        let (name, clock) = match pt {
            0 => ("PCMU", 8000),
            3 => ("GSM", 8000),
            4 => ("G723", 8000),
            5 => ("DVI4", 8000),
            6 => ("DVI4", 16_000),
            7 => ("LPC", 8000),
            8 => ("PCMA", 8000),
            9 => ("G722", 8000),
            10 | 11 => ("L16", 44_100),
            12 => ("QCELP", 8000),
            13 => ("CN", 8000),
            15 => ("G728", 8000),
            16 => ("DVI4", 11_025),
            17 => ("DVI4", 22_050),
            18 => ("G729", 8000),
            _ => return None,
        };
        Some(Self::new(name, clock, pt))
    }

    /// Reads the value of `a=rtpmap`: `8 PCMA/8000`.
    pub(super) fn from_rtpmap(value: &str) -> Option<Self> {
        let (pt, encoding) = value.trim().split_once(char::is_whitespace)?;
        let pt = pt.parse().ok().filter(|pt| *pt < 128)?;
        let mut parts = encoding.trim().split('/');
        let name = parts.next().filter(|name| !name.is_empty())?;
        let clock = parts.next()?.trim().parse().ok().filter(|clock| *clock > 0)?;
        Some(Self::new(name, clock, pt))
    }
}

/// `PCMA/8000`, as in `a=rtpmap`
impl fmt::Display for CodecSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.clock)?;
        // Two channels whatever is sent (RFC 7587 §7).
        if self.name.eq_ignore_ascii_case("opus") { f.write_str("/2") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps() {
        assert_eq!(CodecSpec::from_rtpmap("8 PCMA/8000"), Some(CodecSpec::pcma()));
        assert_eq!(
            CodecSpec::from_rtpmap("111 opus/48000/2"),
            Some(CodecSpec::new("opus", 48_000, 111))
        );
        assert_eq!(CodecSpec::new("opus", 48_000, 107).to_string(), "opus/48000/2");
        for bad in ["", "8", "8 PCMA", "300 PCMA/8000", "8 /8000", "8 PCMA/x", "8 PCMA/0"] {
            assert_eq!(CodecSpec::from_rtpmap(bad), None, "{bad}");
        }
        assert_eq!(CodecSpec::assigned(0), Some(CodecSpec::pcmu()));
    }
}
