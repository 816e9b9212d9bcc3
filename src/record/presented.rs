//! How a PBX refers to itself in what it sends (guide 2.6.5).

use serde::{Deserialize, Serialize};

/// Where in a message an address of the PBX stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Contact, where no Record-Route stands before it: what follows in a call goes there.
    Contact,
    /// The Record-Route nearest to us: what follows in a call goes there first.
    RecordRoute,
    /// The topmost Via of a request of the PBX.
    Via,
    /// `c=` of a session description: media goes there.
    Connection,
    /// `o=` of a session description: a name, where nothing is sent.
    Origin,
}

impl Place {
    /// As it stands in the message.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Contact => "Contact",
            Self::RecordRoute => "Record-Route",
            Self::Via => "Via",
            Self::Connection => "c=",
            Self::Origin => "o=",
        }
    }
}

/// An address, or a host name, by which the PBX refers to itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Presented {
    /// Where it stands.
    pub place: Place,
    /// The host alone.
    pub host: String,
    /// The whole value.
    pub value: String,
    /// The message, in words: "200 to INVITE", "INVITE".
    pub message: String,
    /// For a response whether the request carried credentials; `None` for a request.
    pub authenticated: Option<bool>,
}
