//! Reading a session description line by line; a bad line costs itself, not the whole.

use super::description::{Attribute, Media, Origin, Session};

const MOST_ODDITIES: usize = 16;

/// Why a description leads to no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// There is none, or it has neither `v=` nor `m=`.
    #[error("no session description")]
    Missing,
    /// No audio stream that we could take part in.
    #[error("no usable audio stream: {0}")]
    NoAudio(String),
    /// Encrypted media is required, and the peer has plain RTP.
    #[error("encrypted media is required, but the peer has {0}")]
    NotEncrypted(String),
    /// Encrypted media, but no suite with a key that we can use.
    #[error("no usable key for encrypted media: {0}")]
    NoUsableKey(String),
    /// The answer takes up a key line that was not offered under that tag (RFC 4568 §5.1.3).
    #[error("the answer takes up a=crypto {0}, which was not offered")]
    KeyNotOffered(String),
    /// The peer refused the stream with port 0.
    #[error("the audio stream was refused with port 0")]
    Refused,
    /// Nothing in common.
    #[error("no common codec, the peer has {0}")]
    NoCommonCodec(String),
    /// Neither the session nor the stream has a `c=` line.
    #[error("no connection address")]
    NoAddress,
    /// The address is a name.
    #[error("connection address {0:?} is no literal address")]
    NotLiteral(String),
    /// An answer without an offer of ours.
    #[error("an answer came without an offer")]
    NoOffer,
}

impl SdpError {
    /// Whether it is about encryption: plain RTP where there must be keys, or keys that are
    /// of no use.
    pub fn concerns_keys(&self) -> bool {
        matches!(self, Self::NotEncrypted(_) | Self::NoUsableKey(_) | Self::KeyNotOffered(_))
    }
}

impl Session {
    /// Reads a description. Line ends may be CR LF, LF or CR; unknown lines are skipped.
    ///
    /// # Errors
    /// [`SdpError::Missing`] if the text has neither a `v=` nor an `m=` line.
    pub fn parse(text: &str) -> Result<Self, SdpError> {
        let mut session = Self::default();
        let mut seen_any = false;
        for line in text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()) {
            let Some((kind, value)) = line.split_once('=') else {
                session.odd("a line without =");
                continue;
            };
            let value = value.trim();
            seen_any |= matches!(kind, "v" | "m");
            match kind {
                "v" if value != "0" => session.odd("v= is not 0"),
                "o" => session.origin(value),
                "s" => value.clone_into(&mut session.name),
                "c" => session.connection(value),
                "m" => session.section(value),
                "a" => session.attribute(value),
                _ => {}
            }
        }
        if !seen_any {
            return Err(SdpError::Missing);
        }
        if session.origin.session_id.is_empty() {
            session.odd("no o= line that can be read");
        }
        Ok(session)
    }

    pub(super) fn odd(&mut self, what: impl Into<String>) {
        let what = what.into();
        if self.oddities.len() < MOST_ODDITIES && !self.oddities.contains(&what) {
            self.oddities.push(what);
        }
    }

    fn origin(&mut self, value: &str) {
        let words: Vec<&str> = value.split_whitespace().take(7).collect();
        // The user name may wrongly hold nothing at all; count from the end.
        if let [.., id, version, _, _, address] = words.as_slice() {
            let username = if words.len() > 5 { words[0] } else { "-" };
            self.origin = Origin {
                username: username.to_owned(),
                session_id: (*id).to_owned(),
                version: (*version).to_owned(),
                address: (*address).to_owned(),
            };
        }
    }

    fn connection(&mut self, value: &str) {
        let Some(address) = value.split_whitespace().nth(2) else {
            self.odd("a c= line without an address");
            return;
        };
        // A multicast address carries its TTL behind a slash.
        let address = address.split('/').next().unwrap_or(address).to_owned();
        match self.media.last_mut() {
            Some(media) => media.connection = Some(address),
            None => self.connection = Some(address),
        }
    }

    fn section(&mut self, value: &str) {
        let mut words = value.split_whitespace().map(str::to_owned);
        let kind = words.next().unwrap_or_default();
        let port = words.next().unwrap_or_default();
        let protocol = words.next().unwrap_or_default();
        let formats: Vec<String> = words.collect();
        // `49170/2` asks for two consecutive port pairs.
        let number = port.split('/').next().and_then(|port| port.parse().ok());
        if number.is_none() {
            self.odd(format!("the port of the {kind:.12} stream is no number"));
        }
        if formats.is_empty() {
            self.odd(format!("the {kind:.12} stream has no format"));
        }
        let port = number.unwrap_or(0);
        self.media.push(Media { kind, port, protocol, formats, ..Media::default() });
    }

    fn attribute(&mut self, value: &str) {
        let attribute = match value.split_once(':') {
            Some((name, value)) => Attribute::new(name.trim(), value.trim()),
            None => Attribute::flag(value),
        };
        if attribute.name == "rtpmap"
            && attribute.value.as_deref().and_then(super::CodecSpec::from_rtpmap).is_none()
        {
            self.odd("an a=rtpmap line cannot be read");
        }
        match self.media.last_mut() {
            Some(media) => media.attributes.push(attribute),
            None => self.attributes.push(attribute),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Direction;

    #[test]
    fn a_real_description() {
        let session = Session::parse(
            "v=0\no=Asterisk 1 2 IN IP6 2001:db8::1\ns=a b\nc=IN IP4 192.0.2.1/127\nt=0 0\n\
             a=sendonly\nm=audio 10000/2 RTP/AVP 8 101 9\na=rtpmap:101 telephone-event/8000\n\
             a=ptime:20\nm=image 0 udptl t38\nc=IN IP6 ::1\na=inactive\n",
        )
        .unwrap();
        assert_eq!(session.origin.version, "2");
        let [audio, image] = session.media.as_slice() else { panic!("{session:?}") };
        assert_eq!((audio.port, audio.ptime()), (10_000, Some(20)));
        let names: Vec<String> = audio.codecs().iter().map(|c| c.name.clone()).collect();
        assert_eq!(names, ["PCMA", "telephone-event", "G722"]);
        assert_eq!(session.direction_of(audio), Some(Direction::SendOnly));
        assert_eq!(session.direction_of(image), Some(Direction::Inactive));
        assert_eq!(session.address_of(audio), Some("192.0.2.1"));
        assert_eq!(session.address_of(image), Some("::1"));
        assert_eq!(Session::parse(&session.to_string()), Ok(session));
    }

    #[test]
    fn rubbish_is_named() {
        assert_eq!(Session::parse("hello\r\n"), Err(SdpError::Missing));
        let session = Session::parse("v=1\r\nm=audio x\r\na=rtpmap:0\r\nc=IN\r\nnonsense").unwrap();
        assert_eq!(session.media[0].port, 0);
        assert_eq!(session.oddities.len(), 7, "{:?}", session.oddities);
    }

    #[test]
    fn a_flood_of_formats_is_read_in_its_length() {
        let formats = "0 8 101 ".repeat(4000);
        let maps = "a=rtpmap:101 x/8000\r\n".repeat(1500);
        let session =
            Session::parse(&format!("v=0\r\nm=audio 4 RTP/AVP {formats}\r\n{maps}")).unwrap();
        assert_eq!(session.media[0].codecs().len(), 3);
    }
}
