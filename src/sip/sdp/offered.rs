//! Which of the streams in an offer is taken.

use super::crypto::{CryptoLine, Encryption, OwnKeys, has_keys, suites_of};
use super::description::{Media, Session};
use super::local::Local;
use super::read::SdpError;

/// How the stream is to be carried.
#[derive(Debug)]
pub(super) enum Transport {
    /// RTP.
    Plain,
    /// SRTP, under the key of this line of the peer's.
    Encrypted(CryptoLine),
}

/// The first audio stream that is not refused and that the leg takes: encrypted before
/// plain, where it takes both and both are there.
pub(super) fn acceptable_audio<'a>(
    session: &'a Session,
    local: &Local,
    keys: &OwnKeys,
) -> Result<(usize, &'a Media, Transport), SdpError> {
    let audio = |media: &&Media| media.kind.eq_ignore_ascii_case("audio") && media.port != 0;
    let all = || session.media.iter().enumerate().filter(|(_, media)| audio(media));
    let mut unusable = None;
    if local.encryption != Encryption::Off {
        // Keys beside plain RTP are an offer of SRTP to those who want nothing else.
        let beside = local.encryption == Encryption::Required;
        let wanted =
            |media: &Media| is_secure(media) || (beside && is_plain(media) && has_keys(media));
        for (at, media) in all().filter(|(_, media)| wanted(media)) {
            match keys.choose(media) {
                Some(line) => return Ok((at, media, Transport::Encrypted(line))),
                None => unusable = unusable.or(Some(suites_of(media))),
            }
        }
    }
    let plain = all().find(|(_, media)| is_plain(media));
    match (plain, unusable) {
        (Some((at, media)), _) if local.encryption != Encryption::Required => {
            Ok((at, media, Transport::Plain))
        }
        (_, Some(suites)) => Err(SdpError::NoUsableKey(suites)),
        (Some(_), None) => Err(SdpError::NotEncrypted(offered(session))),
        (None, None) => Err(SdpError::NoAudio(offered(session))),
    }
}

/// Whether it is RTP.
fn is_plain(media: &Media) -> bool {
    ["RTP/AVP", "RTP/AVPF"].iter().any(|p| media.protocol.eq_ignore_ascii_case(p))
}

/// Whether it is SRTP with keys in the description.
pub(super) fn is_secure(media: &Media) -> bool {
    ["RTP/SAVP", "RTP/SAVPF"].iter().any(|p| media.protocol.eq_ignore_ascii_case(p))
}

/// A section in few words.
pub(super) fn described(media: &Media) -> String {
    format!("{:.16} {} {:.20}", media.kind, media.port, media.protocol)
}

fn offered(session: &Session) -> String {
    let offered = session.media.iter().take(8).map(described).collect::<Vec<_>>().join(", ");
    if offered.is_empty() { "no stream at all".to_owned() } else { offered }
}
