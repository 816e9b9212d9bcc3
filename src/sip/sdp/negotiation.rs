//! The offer/answer engine of one call leg (RFC 3264).

use super::codec::CodecSpec;
use super::crypto::{Encryption, OwnKeys, Protection, has_keys, suites_of};
use super::description::{Media, Session, Substance};
use super::evaluate::{Agreed, Peer, limited};
use super::local::Local;
use super::offered::{Transport, acceptable_audio, described, is_secure};
use super::read::SdpError;
use super::remark::{Previous, about_answer};
use crate::record::Direction;

/// Offers, answers and what has been agreed, for one leg.
#[derive(Debug, Clone)]
pub struct Negotiation {
    local: Local,
    /// Codecs that are offered and cannot be spoken.
    beyond: Vec<CodecSpec>,
    keys: OwnKeys,
    session_id: u64,
    /// The sections of the session in their order; they never become fewer (§8).
    layout: Vec<Slot>,
    in_force: Option<Written>,
    /// Our offer, until the next exchange begins: an answer may come twice (183, 200).
    offer: Option<Offer>,
    highest: u64,
    peer: Option<Previous>,
    agreed: Option<Agreed>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Slot {
    Audio,
    /// Somebody else's idea that we refuse.
    Refused(Media),
}

/// A description of ours under its version.
#[derive(Debug, Clone)]
struct Written {
    version: u64,
    substance: Substance,
}

#[derive(Debug, Clone)]
struct Offer {
    written: Written,
    listed: Vec<CodecSpec>,
    direction: Direction,
    encrypted: bool,
    answered: bool,
    refused: bool,
}

impl Negotiation {
    /// A leg that has exchanged nothing yet.
    pub fn new(local: Local) -> Self {
        Self {
            keys: OwnKeys::new(&local.suites),
            local,
            beyond: Vec::new(),
            // 31 bits: some readers keep it in a signed integer.
            session_id: u64::from(rand::random::<u32>() >> 1),
            layout: vec![Slot::Audio],
            in_force: None,
            offer: None,
            highest: 0,
            peer: None,
            agreed: None,
        }
    }

    /// Offers these codecs behind our own, as a softphone does with all of them enabled. They
    /// cannot be spoken: offers of the peer are answered without them.
    #[must_use]
    pub fn offering(self, beyond: Vec<CodecSpec>) -> Self {
        Self { beyond, ..self }
    }

    /// Codecs that are offered and cannot be spoken.
    pub fn beyond(&self) -> &[CodecSpec] {
        &self.beyond
    }

    /// What we can do.
    pub fn local(&self) -> &Local {
        &self.local
    }

    /// What both sides have settled on last.
    pub fn agreed(&self) -> Option<&Agreed> {
        self.agreed.as_ref()
    }

    /// The leg receives at other ports: the next offer, or answer, tells them.
    pub fn move_to(&mut self, port: u16, rtcp_port: u16) {
        self.local.port = port;
        self.local.rtcp_port = rtcp_port;
    }

    /// Takes new keys: the next offer, or answer, tells them.
    pub fn rekey(&mut self) {
        self.keys.renew();
    }

    /// A new offer. The version in `o=` is one more than the last if anything else differs,
    /// and stays if nothing does.
    pub fn offer(&mut self, direction: Direction) -> String {
        let in_use = self.agreed.as_ref().map(|agreed| (&agreed.codec, agreed.telephone_event));
        let mut listed = self.local.offered(in_use);
        let events = listed.iter().position(CodecSpec::is_telephone_event).unwrap_or(listed.len());
        listed.splice(events..events, self.beyond.iter().cloned());
        let encrypted = self.offers_encrypted();
        let keys = if encrypted { self.keys.offered() } else { Vec::new() };
        let protocol = if encrypted { "RTP/SAVP" } else { "RTP/AVP" };
        let audio = self.local.audio(protocol, &listed, keys, direction);
        let (text, written) = self.write(&audio);
        self.offer =
            Some(Offer { written, listed, direction, encrypted, answered: false, refused: false });
        text
    }

    /// Answers the peer's offer; `wanted` is narrowed to what the offer allows (§6.1). An
    /// offer of ours that is still open is given up.
    ///
    /// # Errors
    /// [`SdpError`] if no audio can come of it: the offer deserves a 488. The last agreement
    /// then stays.
    pub fn answer(
        &mut self,
        remote_offer: &str,
        wanted: Direction,
    ) -> Result<(String, Agreed), SdpError> {
        let session = Session::parse(remote_offer)?;
        let (at, media, transport) = acceptable_audio(&session, &self.local, &self.keys)?;
        let peer = Peer::of(&session, media)?;
        let listed = self.local.common(&media.codecs());
        let codec = speech(&listed).ok_or_else(|| no_common(media))?.clone();
        let direction = limited(wanted, peer.direction());
        let mut oddities = self.oddities(&session);
        if session.media.len() < self.layout.len() && self.agreed.is_some() {
            oddities.push(format!(
                "{} streams offered, {} were there before",
                session.media.len(),
                self.layout.len()
            ));
        }
        if peer.held_by_address() {
            oddities.push("hold by connection address 0.0.0.0".to_owned());
        }
        let (keys, protection) = match &transport {
            Transport::Plain => (None, None),
            Transport::Encrypted(line) => (self.keys.answered(line), self.keys.protection(line)),
        };
        let keys: Vec<_> = keys.into_iter().collect();
        let agreed = peer.agree(codec, &listed, direction, protection, oddities);
        self.layout = session.media.iter().cloned().map(Slot::Refused).collect();
        self.layout[at] = Slot::Audio;
        let audio = self.local.audio(&media.protocol, &listed, keys, direction);
        let (text, written) = self.write(&audio);
        self.in_force = Some(written);
        self.offer = None;
        self.peer = Some(Previous::of(&session));
        self.agreed = Some(agreed.clone());
        Ok((text, agreed))
    }

    /// Takes the peer's answer to our last offer; the same answer may come again.
    ///
    /// # Errors
    /// [`SdpError`] if the answer gives no audio; the last agreement then stays.
    pub fn accept(&mut self, remote_answer: &str) -> Result<Agreed, SdpError> {
        let offer = self.offer.as_ref().filter(|o| !o.refused).ok_or(SdpError::NoOffer)?;
        let session = Session::parse(remote_answer)?;
        let mut oddities = self.oddities(&session);
        if session.media.len() != self.layout.len() {
            oddities.push(format!(
                "{} streams answered, {} were offered",
                session.media.len(),
                self.layout.len()
            ));
        }
        let slot = self.layout.iter().position(|slot| *slot == Slot::Audio).unwrap_or(0);
        let media = session
            .media
            .get(slot)
            .filter(|media| media.kind.eq_ignore_ascii_case("audio"))
            .or_else(|| session.media.iter().find(|m| m.kind.eq_ignore_ascii_case("audio")))
            .ok_or_else(|| SdpError::NoAudio("the answer has none".to_owned()))?;
        if media.port == 0 {
            return Err(SdpError::Refused);
        }
        let peer = Peer::of(&session, media)?;
        let usable: Vec<CodecSpec> = media
            .codecs()
            .into_iter()
            .filter(|codec| offer.listed.iter().any(|own| own.same_encoding(codec)))
            .collect();
        let codec = speech(&usable).ok_or_else(|| no_common(media))?.clone();
        oddities.extend(about_answer(&peer, &offer.listed, offer.direction));
        let (listed, direction) = (&offer.listed, offer.direction);
        let protection = self.answered_keys(media, offer.encrypted, &mut oddities)?;
        let agreed = peer.agree(codec, listed, direction, protection, oddities);
        self.in_force = Some(offer.written.clone());
        if let Some(offer) = &mut self.offer {
            offer.answered = true;
        }
        self.peer = Some(Previous::of(&session));
        self.agreed = Some(agreed.clone());
        Ok(agreed)
    }

    /// The offer was refused: the last agreement goes on (§8). Repeating the refused offer
    /// later repeats its version; anything else gets a new one.
    pub fn rollback(&mut self) {
        if let Some(offer) = self.offer.as_mut().filter(|offer| !offer.answered) {
            offer.refused = true;
        }
    }

    /// What an offer is of: what is agreed on already, else what the leg prefers.
    fn offers_encrypted(&self) -> bool {
        match &self.agreed {
            Some(agreed) => {
                agreed.protection.is_some() || self.local.encryption == Encryption::Required
            }
            None => self.local.encryption.offered(),
        }
    }

    /// The keys of an answer to an offer that was encrypted, or was not.
    fn answered_keys(
        &self,
        media: &Media,
        encrypted: bool,
        oddities: &mut Vec<String>,
    ) -> Result<Option<Protection>, SdpError> {
        let answered = described(media);
        if !encrypted {
            // Whoever takes up plain RTP so can only send what nobody can decrypt.
            return if is_secure(media) {
                Err(SdpError::NoAudio(format!("{answered} answered to RTP/AVP")))
            } else {
                Ok(None)
            };
        }
        if !is_secure(media) && !has_keys(media) {
            return Err(SdpError::NotEncrypted(answered));
        }
        let line = self.keys.choose(media);
        let line = line.ok_or_else(|| SdpError::NoUsableKey(suites_of(media)))?;
        if !self.keys.has_offered(&line) {
            return Err(SdpError::KeyNotOffered(line.named()));
        }
        oddities.extend(self.keys.remarks(media, &line));
        if !is_secure(media) {
            oddities.push(format!("RTP/SAVP answered with {:.20} and a key", media.protocol));
        }
        Ok(self.keys.protection(&line))
    }

    fn oddities(&self, session: &Session) -> Vec<String> {
        let mut all = session.oddities.clone();
        all.extend(self.peer.iter().flat_map(|previous| previous.remarks(session)));
        all
    }

    /// Our description with this audio section, under the version that is due to it.
    fn write(&mut self, audio: &Media) -> (String, Written) {
        let sections = self.layout.iter().map(|slot| match slot {
            Slot::Audio => audio.clone(),
            Slot::Refused(theirs) => {
                Media { port: 0, connection: None, attributes: Vec::new(), ..theirs.clone() }
            }
        });
        let mut session = self.local.session(self.session_id, sections.collect());
        let substance = session.substance();
        let open = self.offer.as_ref().map(|offer| &offer.written);
        let known = [self.in_force.as_ref(), open];
        let same = known.into_iter().flatten().find(|written| written.substance == substance);
        let version = same.map_or(self.highest + 1, |written| written.version);
        self.highest = self.highest.max(version);
        session.origin.version = version.to_string();
        (session.to_string(), Written { version, substance })
    }
}

fn speech(codecs: &[CodecSpec]) -> Option<&CodecSpec> {
    codecs.iter().find(|codec| !codec.is_auxiliary())
}

fn no_common(media: &Media) -> SdpError {
    let names: Vec<String> =
        media.codecs().iter().take(16).map(|codec| format!("{codec:.40}")).collect();
    let names = if names.is_empty() { media.formats.join(" ") } else { names.join(", ") };
    SdpError::NoCommonCodec(names.chars().take(200).collect())
}

#[cfg(test)]
#[path = "negotiation_tests.rs"]
mod tests;
