//! A session description as data, and how it is written.

use super::codec::CodecSpec;
use crate::record::Direction;
use crate::sip::masked;
use std::fmt;
use std::net::IpAddr;

/// The `o=` line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// User name, `-` if none.
    pub username: String,
    /// Session id, numeric by the book.
    pub session_id: String,
    /// Version, numeric by the book.
    pub version: String,
    /// Address or name of the host.
    pub address: String,
}

/// An `a=` line. Its debug form shows no key.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Before the colon.
    pub name: String,
    /// After it.
    pub value: Option<String>,
}

/// One `m=` section.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Media {
    /// `audio`, `video`, `image`…
    pub kind: String,
    /// Port; 0 refuses the stream.
    pub port: u16,
    /// `RTP/AVP`, `udptl`…
    pub protocol: String,
    /// Formats as written; for RTP payload types.
    pub formats: Vec<String>,
    /// Address of a `c=` line of this section.
    pub connection: Option<String>,
    /// The section's attributes.
    pub attributes: Vec<Attribute>,
}

/// A session description.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// `o=`
    pub origin: Origin,
    /// `s=`
    pub name: String,
    /// Address of the `c=` line that holds for all sections without their own.
    pub connection: Option<String>,
    /// Attributes before the first `m=`.
    pub attributes: Vec<Attribute>,
    /// The `m=` sections, refused ones too.
    pub media: Vec<Media>,
    /// What was odd, in words.
    pub oddities: Vec<String>,
}

impl Attribute {
    /// `a=name:value`
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: Some(value.into()) }
    }

    /// `a=name`
    pub fn flag(name: &str) -> Self {
        Self { name: name.to_owned(), value: None }
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = match &self.value {
            Some(value) => format!("a={}:{value}", self.name),
            None => format!("a={}", self.name),
        };
        f.write_str(&masked(line.as_bytes()))
    }
}

/// The last direction written among the attributes.
fn direction_among(attributes: &[Attribute]) -> Option<Direction> {
    attributes.iter().rev().find_map(|attribute| match attribute.name.as_str() {
        "sendrecv" => Some(Direction::SendRecv),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::RecvOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    })
}

/// The attribute that writes a direction.
pub(super) fn direction_attribute(direction: Direction) -> Attribute {
    Attribute::flag(match direction {
        Direction::SendRecv => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::RecvOnly => "recvonly",
        Direction::Inactive => "inactive",
    })
}

impl Media {
    /// The first value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|a| a.name.eq_ignore_ascii_case(name))?;
        Some(found.value.as_deref().unwrap_or_default())
    }

    /// What the formats stand for, in their order: `a=rtpmap`, else the static assignment;
    /// formats that mean nothing are left out.
    pub fn codecs(&self) -> Vec<CodecSpec> {
        let mut table: Vec<Option<CodecSpec>> = (0..128).map(CodecSpec::assigned).collect();
        for attribute in self.attributes.iter().filter(|a| a.name == "rtpmap") {
            let value = attribute.value.as_deref().unwrap_or_default();
            if let Some(codec) = CodecSpec::from_rtpmap(value) {
                let at = usize::from(codec.pt);
                table[at] = Some(codec);
            }
        }
        let types = self.formats.iter().filter_map(|format| format.parse::<usize>().ok());
        types.filter_map(|pt| table.get_mut(pt).and_then(Option::take)).collect()
    }

    /// Packet time in ms.
    pub fn ptime(&self) -> Option<u16> {
        self.attribute("ptime")?.trim().parse().ok()
    }
}

impl Session {
    /// The direction that is written for a section: in it, or for the whole session.
    pub fn direction_of(&self, media: &Media) -> Option<Direction> {
        direction_among(&media.attributes).or_else(|| direction_among(&self.attributes))
    }

    /// The address that holds for a section, as written.
    pub fn address_of<'a>(&'a self, media: &'a Media) -> Option<&'a str> {
        media.connection.as_deref().or(self.connection.as_deref())
    }

    /// The text without its `o=` line: what must differ where the version does.
    pub(super) fn substance(&self) -> Substance {
        let mut bare = self.clone();
        bare.origin = Origin::default();
        Substance(bare.to_string())
    }
}

/// A description without its `o=` line. Its debug form shows no key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Substance(String);

impl fmt::Debug for Substance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(self.0.as_bytes()))
    }
}

fn family(address: &str) -> &'static str {
    match address.parse() {
        Ok(IpAddr::V6(_)) => "IP6",
        _ => "IP4",
    }
}

fn attributes(f: &mut fmt::Formatter<'_>, attributes: &[Attribute]) -> fmt::Result {
    for Attribute { name, value } in attributes {
        match value {
            Some(value) => write!(f, "a={name}:{value}\r\n")?,
            None => write!(f, "a={name}\r\n")?,
        }
    }
    Ok(())
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { username, session_id, version, address } = &self.origin;
        write!(
            f,
            "v=0\r\no={username} {session_id} {version} IN {} {address}\r\n",
            family(address)
        )?;
        write!(f, "s={}\r\n", if self.name.is_empty() { "-" } else { &self.name })?;
        if let Some(address) = &self.connection {
            write!(f, "c=IN {} {address}\r\n", family(address))?;
        }
        write!(f, "t=0 0\r\n")?;
        attributes(f, &self.attributes)?;
        for media in &self.media {
            let Media { kind, port, protocol, formats, .. } = media;
            write!(f, "m={kind} {port} {protocol} {}\r\n", formats.join(" "))?;
            if let Some(address) = &media.connection {
                write!(f, "c=IN {} {address}\r\n", family(address))?;
            }
            attributes(f, &media.attributes)?;
        }
        Ok(())
    }
}
