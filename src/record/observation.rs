//! What the agents saw, in the order in which they saw it.
//!
//! Observations are facts, never judgements: checks decide what they mean.

use serde::{Deserialize, Serialize};

use super::{LoadStep, Presented, ProbeFact, StunAsked, Vantage};

/// A fact about one party at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Seconds from the start of the run.
    pub at: f64,
    /// Name of the party that saw it ("User A", "External 1", "Desk phone").
    pub party: String,
    /// SIP Call-ID of the leg, empty for what is no call.
    pub call_id: String,
    /// The fact.
    pub what: What,
}

/// The identities that an INVITE shows to the callee: user parts or whole numbers
/// as they stood on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerId {
    /// User part of the From URI.
    pub from: String,
    /// Display name of From, if any.
    pub display: Option<String>,
    /// User part of P-Asserted-Identity (RFC 3325), if present.
    pub asserted: Option<String>,
    /// User part of Remote-Party-ID, if present.
    pub remote_party: Option<String>,
    /// Host of the From URI, `anonymous.invalid` if the caller is hidden (RFC 3323 §4.1.1.3).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host: String,
    /// What Privacy asks for (RFC 3323 §4.2), or the `privacy` of Remote-Party-ID; in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<String>,
}

/// A media direction of SDP (RFC 3264 §5.1), as written by its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Sends and receives.
    #[default]
    SendRecv,
    /// Sends only.
    SendOnly,
    /// Receives only.
    RecvOnly,
    /// Neither.
    Inactive,
}

/// The remark about a session description that changed without a new version in its
/// `o=` line (RFC 3264 §8), among [`What::Negotiated`]'s oddities.
pub const VERSION_KEPT: &str = "version in o= not incremented although the description changed";

/// How every remark about that version begins.
pub const ABOUT_VERSION: &str = "version in o=";

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ender {
    /// The party whose leg this is.
    Ourselves,
    /// The PBX or whoever is behind it.
    Peer,
}

/// Why a registration failed, in the classes of guide 5.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegistrationFailure {
    /// No address for the SIP domain or proxy.
    Unresolved,
    /// No answer within the transaction's time.
    NoResponse,
    /// Refused with a status code.
    Refused,
    /// What came back was not SIP.
    NotSip,
    /// 200, but our binding is not in it.
    BindingMissing,
    /// The PBX's certificate is not trusted (guide 2.4).
    Untrusted,
    /// The packet could not be sent (no route, port unreachable).
    Transport,
}

/// The fact itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// REGISTER was answered with 200.
    Registered {
        /// Seconds asked for.
        asked_s: u32,
        /// Seconds granted to our own contact.
        granted_s: u32,
        /// The PBX's Server or User-Agent header.
        server: Option<String>,
        /// Whether the 200 lists our own Contact.
        bound: bool,
        /// The URIs of all Contacts that the 200 lists.
        #[serde(default)]
        listed: Vec<String>,
    },
    /// REGISTER did not succeed.
    RegistrationFailed {
        /// The class of the failure.
        failure: RegistrationFailure,
        /// Status code, if one came.
        status: Option<u16>,
        /// Reason phrase or the error's text.
        reason: String,
        /// Whether the PBX had asked for a password.
        #[serde(default)]
        challenged: bool,
    },
    /// What came from the peer's address was not SIP.
    NotSip {
        /// What is wrong with it.
        problem: String,
    },
    /// Asked for its bindings (RFC 3261 §10.2.3), the PBX listed them.
    BindingsListed {
        /// Whether our own is among them.
        bound: bool,
    },
    /// The PBX lists our binding otherwise than we wrote it: at the address that it saw, say.
    ContactRewritten {
        /// URI of our Contact.
        ours: String,
        /// URI in the 200.
        listed: String,
    },
    /// Where the PBX saw our REGISTER come from (RFC 3581), as it says in the answer.
    SeenAt {
        /// `ip:port`.
        address: String,
    },
    /// Our binding was removed.
    Unregistered,
    /// The party dialled.
    Dialled {
        /// What it dialled, as in the Request-URI's user part.
        number: String,
    },
    /// An INVITE arrived: the party's phone rings.
    Invited {
        /// Whom it shows as the caller.
        caller: CallerId,
        /// User part of the Request-URI.
        dialled: String,
    },
    /// What the INVITE that arrives is addressed to: its Request-URI as it stood on the wire.
    AddressedTo {
        /// The URI.
        uri: String,
    },
    /// An INVITE arrived for a party whose Contact has a data parameter (guide 4.1.1.8).
    ContactData {
        /// Its value in the Contact.
        sent: String,
        /// Its value in the Request-URI, if it has one there.
        back: Option<String>,
    },
    /// An INVITE arrived on the party's line for a user or number that nobody has there.
    CalledNobody {
        /// User part of the Request-URI.
        dialled: String,
    },
    /// A provisional response to our INVITE.
    Progress {
        /// Status code, 100–199.
        status: u16,
        /// Whether it carried SDP (early media).
        early_media: bool,
    },
    /// Our INVITE met a challenge and went out again with credentials.
    Challenged {
        /// 401 or 407.
        status: u16,
    },
    /// Where the PBX wants the requests that follow in a call: the address of its Contact,
    /// where no Record-Route stands before it.
    PeerContact {
        /// IP address.
        address: String,
    },
    /// The PBX refers to itself by an address or a name.
    Presented(Presented),
    /// The call is answered, on the callee's side by itself and on the caller's by 2xx.
    Answered {
        /// Encoding name agreed on.
        codec: String,
        /// Where the peer wants its RTP.
        remote_media: String,
    },
    /// A codec was agreed on that we offer as every softphone does and cannot speak.
    CodecUnspoken {
        /// Encoding name.
        codec: String,
    },
    /// The peer's session description gives no audio: missing, unreadable, refused, or
    /// without a codec of ours.
    UnusableMedia {
        /// What is wrong with it.
        problem: String,
    },
    /// Encrypted media is required (guide 4.1.1.6), and the peer's session description is of
    /// plain RTP.
    NotEncrypted {
        /// What it has instead.
        problem: String,
    },
    /// Encrypted media is required, and no key of the peer's session description can be used:
    /// none there, or a suite or tag that was not offered (RFC 4568 §5.1.3).
    UnusableKey {
        /// What is wrong with them.
        problem: String,
    },
    /// The ACK of our 2xx arrived.
    Acknowledged,
    /// The PBX tells in mid-call whom the party talks to (P-Asserted-Identity or Remote-Party-ID
    /// of a re-INVITE or UPDATE).
    ConnectedTo {
        /// Its user part.
        number: String,
    },
    /// The peer's 2xx to our INVITE came again, since its ACK was lost or late.
    AnswerRepeated,
    /// An INVITE, re-INVITE or UPDATE of ours was refused.
    Refused {
        /// Status code, 300–699; 408 stands for no answer at all.
        status: u16,
        /// Reason phrase.
        reason: String,
        /// The method refused.
        method: String,
        /// Whether it offered encrypted media, and nothing else.
        #[serde(default)]
        encrypted: bool,
    },
    /// A re-INVITE of ours was answered 491 and is tried again (RFC 3261 §14.1).
    OfferPostponed,
    /// The call was cancelled by the caller before the answer.
    Cancelled,
    /// An SDP answer or offer of the peer in an established call.
    Negotiated {
        /// `true` if the peer offered (its re-INVITE or UPDATE), `false` if it answered ours.
        offered_by_peer: bool,
        /// The direction that the peer wrote; `None` if it wrote none.
        direction: Option<Direction>,
        /// Address and port of the peer's media.
        remote_media: String,
        /// What is odd about it: version not incremented, format not offered…
        oddities: Vec<String>,
    },
    /// Our REFER was answered 2xx.
    TransferAccepted {
        /// Status code.
        status: u16,
    },
    /// Our REFER was refused or not answered.
    TransferRefused {
        /// Status code; 408 stands for no answer.
        status: u16,
        /// Reason phrase.
        reason: String,
    },
    /// A NOTIFY of the implicit subscription (RFC 3515 §2.4.4).
    TransferProgress {
        /// Status of the sipfrag, 0 if it had none.
        status: u16,
        /// Whether the subscription is over.
        terminated: bool,
    },
    /// The call ended.
    Ended {
        /// By whom.
        by: Ender,
        /// Text of a Reason header or the like, empty if none.
        reason: String,
    },
    /// Our BYE was answered, or not.
    HangupAnswered {
        /// Status of the answer; 408 stands for none.
        status: u16,
    },
    /// The last RTP packet that arrived after the end of the call.
    RtpAfterEnd {
        /// Seconds after the BYE.
        seconds: f64,
    },
    /// A STUN server was asked for the address of a socket (guide 3.1).
    StunAsked(StunAsked),
    /// From where the PBX was reached (guide 3).
    Vantage(Vantage),
    /// A readiness probe saw something (guide sections 2 to 5).
    Probed(ProbeFact),
    /// Many users did the same at once (beyond the guide).
    Load(LoadStep),
    /// Something worth telling that no check reads: an oddity on the wire.
    Oddity {
        /// What it was.
        text: String,
    },
}
