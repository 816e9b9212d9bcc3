//! Defects of encrypted media: they show only where the profile wants it (guide 4.1.1.6).

use super::row::Row;
use super::set_up::CALLS;
use super::{Defect, Defects};
use crate::record::Cause;

/// Where a Teams user calls, or renews its offer.
const OUTGOING: &[&str] = &["3.1", "6.2", "6.3", "7.1.1", "7.1.3", "7.1.4a", "7.1.4b", "7.2.2"];

/// Where a Teams user or another phone is called.
const INCOMING: &[&str] =
    &["3.1", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.4a", "7.1.4b", "7.2.1"];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::AnswersPlain,
        "answers-plain",
        "answers plain RTP where encrypted media is offered",
        OUTGOING,
        Cause::MediaNotEncrypted,
    )
    .seen("PBXs whose SRTP is optional, or set on the phone and not on the PBX")
    .encrypted(),
    Row::new(
        Defect::OffersPlain,
        "offers-plain",
        "offers plain RTP to users whose media has to be encrypted",
        INCOMING,
        Cause::MediaNotEncrypted,
    )
    .seen(
        "FreeSWITCH without rtp_secure_media on the leg out; Asterisk with encryption best effort",
    )
    .encrypted(),
    Row::new(
        Defect::EncryptionRefused,
        "encryption-refused",
        "refuses offers of encrypted media with 488",
        &["3.1", "6.2", "6.3", "7.1.3", "7.1.4a", "7.1.4b", "7.2.2"],
        Cause::EncryptionRefused,
    )
    .seen("Asterisk without res_srtp, and accounts without media_encryption")
    .encrypted(),
    Row::new(
        Defect::WrongKeyTag,
        "wrong-key-tag",
        "answers encrypted media with a key whose tag was not offered",
        OUTGOING,
        Cause::UnusableKey,
    )
    .seen("RFC 4568 §5.1.3; SBCs that number the keys of each leg by themselves")
    .encrypted(),
    Row::new(
        Defect::WrongSuite,
        "wrong-suite",
        "answers encrypted media with a suite that nobody offered",
        OUTGOING,
        Cause::UnusableKey,
    )
    .seen("RFC 4568 §5.1.3; PBXs that pass on the a=crypto line of the other leg")
    .encrypted(),
    Row::new(
        Defect::WrongMediaKey,
        "wrong-media-key",
        "encrypts media with another key than the one in its session description",
        CALLS,
        Cause::KeysDoNotMatch,
    )
    .seen("rtpengine and Asterisk reports of keys passed on from the other leg, or kept too long")
    .encrypted(),
    Row::new(
        Defect::StaleMediaKey,
        "stale-media-key",
        "announces a new key when it answers hold and resume, and goes on with the old one",
        &["7.1.1", "7.1.3"],
        Cause::KeysDoNotMatch,
    )
    .seen("RFC 4568 §7.1.4; rtpengine and SBCs that renew a=crypto in every description")
    .encrypted(),
];

/// What the PBX does with keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum Keying {
    /// As announced.
    Sound,
    /// Answers without any.
    AnswersPlain,
    /// Offers none.
    OffersPlain,
    /// Takes no offer with any.
    Refuses,
    /// Answers under another tag.
    OtherTag,
    /// Answers with another suite.
    OtherSuite,
    /// Announces one and uses another.
    OtherKey,
    /// Announces a new one in a call, and uses the first.
    StaleKey,
}

impl Keying {
    /// The first offer of a call as it goes out.
    pub(in crate::pbx) fn offer(self, offer: String) -> String {
        if self == Self::OffersPlain { plain(&offer) } else { offer }
    }

    /// An answer as it goes out.
    pub(in crate::pbx) fn answer(self, answer: String) -> String {
        match self {
            Self::AnswersPlain => plain(&answer),
            Self::OtherTag => answer.replace("a=crypto:", "a=crypto:9"),
            Self::OtherSuite => answer.replace("AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"),
            _ => answer,
        }
    }
}

/// The description with its keys left out.
fn plain(description: &str) -> String {
    let lines = description.split_inclusive('\n').filter(|line| !line.starts_with("a=crypto"));
    lines.map(|line| line.replace("RTP/SAVP", "RTP/AVP")).collect()
}

impl Defects {
    /// How keys are dealt with.
    pub(in crate::pbx) fn keying(&self) -> Keying {
        let all = [
            (Defect::AnswersPlain, Keying::AnswersPlain),
            (Defect::OffersPlain, Keying::OffersPlain),
            (Defect::EncryptionRefused, Keying::Refuses),
            (Defect::WrongKeyTag, Keying::OtherTag),
            (Defect::WrongSuite, Keying::OtherSuite),
            (Defect::WrongMediaKey, Keying::OtherKey),
            (Defect::StaleMediaKey, Keying::StaleKey),
        ];
        let found = all.into_iter().find(|(defect, _)| self.has(*defect));
        found.map_or(Keying::Sound, |(_, keying)| keying)
    }
}
