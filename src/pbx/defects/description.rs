//! Defects of session descriptions: what the PBX offers and answers, and where it wants
//! its media (guide 2.6.5).

use super::Defect;
use super::row::Row;
use super::set_up::{CALLS, CALLS_AND_ADDRESSES, PRIVATE};
use super::tamper::{Fate, Passage};
use crate::record::Cause;
use crate::sip::{Message, Method};
use crate::wire::Way;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::CodecNotOffered,
        "codec-not-offered",
        "answers every offer with G.729, which no phone but the softphone of 3.1 offered",
        CALLS,
        Cause::BadAnswer,
    )
    // Only a softphone offers it (guide 3.1).
    .also(&[Cause::CodecUnspoken])
    .seen("Asterisk and FreeSWITCH reports of an answer with the codec of the other leg")
    .tampers(answer_g729),
    Row::new(
        Defect::AudioRefused,
        "audio-refused",
        "answers with an audio stream on port 0",
        CALLS,
        Cause::BadAnswer,
    )
    .seen("PBXs that are out of media ports, or refuse what they cannot transcode")
    .tampers(refuse_audio),
    Row::new(
        Defect::AnswerWithoutSdp,
        "answer-without-sdp",
        "answers an INVITE with a 200 that has no session description",
        CALLS,
        Cause::BadAnswer,
    )
    .seen("FreeSWITCH in proxy-media mode with a far end that answers late")
    .tampers(answer_nothing),
    Row::new(
        Defect::CodecForced,
        "codec-forced",
        "offers a callee G.729 only",
        CALLS,
        Cause::BadAnswer,
    )
    .seen("trunks and accounts with one allowed codec")
    .tampers(offer_g729),
    Row::new(
        Defect::SrtpForced,
        "srtp-forced",
        "offers a callee SRTP only, though the profile says that media is not encrypted",
        CALLS,
        Cause::BadAnswer,
    )
    .seen("guide 4.1.1.6; accounts whose template demands encryption")
    .tampers(offer_srtp),
    Row::new(
        Defect::PrivateMediaAddress,
        "private-media-address",
        "wants all media at its private address",
        CALLS_AND_ADDRESSES,
        Cause::UnreachableMediaAddress,
    )
    .also(&[Cause::AsymmetricRtp])
    .seen("guide 2.6.5; Asterisk without external_media_address, FreeSWITCH without ext-rtp-ip")
    .tampers(hide_media),
    Row::new(
        Defect::PrivateAddressInAnswer,
        "private-address-in-answer",
        "wants the caller's media at its private address, and offers callees its public one",
        CALLS_AND_ADDRESSES,
        Cause::UnreachableMediaAddress,
    )
    .also(&[Cause::AsymmetricRtp])
    .seen("address translation that is set up for the trunk and not for phones")
    .tampers(hide_answers),
    Row::new(
        Defect::PrivateAddressAfterEarlyMedia,
        "private-address-after-early-media",
        "describes its media rightly in 180 and with its private address in 200",
        CALLS_AND_ADDRESSES,
        Cause::UnreachableMediaAddress,
    )
    .also(&[Cause::AsymmetricRtp])
    .seen("reports of early media that is fine and silence after the answer")
    .tampers(hide_final_answers),
];

/// Changes the lines of the message's session description.
fn rewrite(message: Message, change: impl Fn(&str) -> Option<String>) -> Message {
    let Some(sdp) = message.sdp() else { return message };
    let lines = sdp.lines().filter_map(change).flat_map(|line| [line, "\r\n".to_owned()]);
    let changed: String = lines.collect();
    message.with_body("application/sdp", changed)
}

fn is_answer(passage: &Passage<'_>, message: &Message) -> bool {
    let invite = message.cseq().is_some_and(|(_, method)| method == Method::Invite);
    passage.way == Way::Sent && !message.is_request() && invite
}

fn is_offer(passage: &Passage<'_>, message: &Message) -> bool {
    passage.way == Way::Sent && message.method() == Some(&Method::Invite)
}

/// The line with G.729 for its codecs, if it speaks of codecs.
fn only_g729(line: &str) -> Option<String> {
    if line.starts_with("m=audio ") {
        let head: Vec<&str> = line.split(' ').take(3).collect();
        return Some(format!("{} 18", head.join(" ")));
    }
    match line.strip_prefix("a=rtpmap:").or_else(|| line.strip_prefix("a=fmtp:")) {
        Some(format) if format.starts_with("0 ") => Some("a=rtpmap:18 G729/8000".to_owned()),
        Some(_) => None,
        None => Some(line.to_owned()),
    }
}

fn answer_g729(passage: &mut Passage<'_>, message: Message) -> Fate {
    if !is_answer(passage, &message) {
        return Fate::Passes(message);
    }
    Fate::Passes(rewrite(message, only_g729))
}

fn offer_g729(passage: &mut Passage<'_>, message: Message) -> Fate {
    if !is_offer(passage, &message) {
        return Fate::Passes(message);
    }
    Fate::Passes(rewrite(message, only_g729))
}

fn refuse_audio(passage: &mut Passage<'_>, message: Message) -> Fate {
    if !is_answer(passage, &message) {
        return Fate::Passes(message);
    }
    Fate::Passes(rewrite(message, |line| match line.strip_prefix("m=audio ") {
        Some(rest) => Some(format!("m=audio 0 {}", rest.split_once(' ').map_or("", |(_, r)| r))),
        None => Some(line.to_owned()),
    }))
}

fn answer_nothing(passage: &mut Passage<'_>, message: Message) -> Fate {
    if !is_answer(passage, &message) {
        return Fate::Passes(message);
    }
    Fate::Passes(message.with_body("", ""))
}

fn offer_srtp(passage: &mut Passage<'_>, message: Message) -> Fate {
    if !is_offer(passage, &message) {
        return Fate::Passes(message);
    }
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    Fate::Passes(rewrite(message, |line| {
        let crypto = format!("\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}");
        Some(if line.starts_with("m=audio ") {
            line.replace(" RTP/AVP ", " RTP/SAVP ") + &crypto
        } else {
            line.to_owned()
        })
    }))
}

/// The line with the private address, if it holds an address.
fn hidden(line: &str) -> String {
    let address = ["c=", "o="].iter().any(|kind| line.starts_with(kind));
    let (head, _) = line.rsplit_once(' ').filter(|_| address).unzip();
    head.map_or_else(|| line.to_owned(), |head| format!("{head} {PRIVATE}"))
}

fn hide_media(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Received {
        return Fate::Passes(message);
    }
    Fate::Passes(rewrite(message, |line| Some(hidden(line))))
}

fn hide_answers(passage: &mut Passage<'_>, message: Message) -> Fate {
    if !is_answer(passage, &message) {
        return Fate::Passes(message);
    }
    Fate::Passes(rewrite(message, |line| Some(hidden(line))))
}

fn hide_final_answers(passage: &mut Passage<'_>, message: Message) -> Fate {
    let last = message.status().is_some_and(|status| status >= 200);
    if !last || !is_answer(passage, &message) {
        return Fate::Passes(message);
    }
    Fate::Passes(rewrite(message, |line| Some(hidden(line))))
}
