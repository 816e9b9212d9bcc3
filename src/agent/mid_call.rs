//! What phones do in a standing call besides hold: another codec, another port, a new stream, a
//! question for an offer; and ACKs that are lost, which a healthy peer makes up for.

use bytes::Bytes;

use super::{AgentError, Call};
use crate::record::What;
use crate::sip::Message;
use crate::sip::session::SessionError;

impl Call {
    /// Offers once more what holds already, which refreshes the session (RFC 4028 §7.4).
    /// `Negotiated` or `Refused` follows.
    pub fn refresh(&self) {
        self.offer_anew(|call| {
            let mut media = call.media();
            let wanted = media.wanted;
            media.negotiation.offer(wanted)
        });
    }

    /// Offers every codec but the one in use. `Negotiated` or `Refused` follows.
    pub fn change_codec(&self) {
        self.offer_anew(|call| {
            let mut media = call.media();
            let wanted = media.wanted;
            let in_use = media.negotiation.agreed().map(|agreed| agreed.codec.pt);
            let offer = media.negotiation.offer(wanted);
            in_use.map_or(offer.clone(), |in_use| without(&offer, in_use))
        });
    }

    /// Offers to receive at another pair of ports, and moves there once that is accepted
    /// (RFC 3264 §8.3.1). `Negotiated` or `Refused` follows.
    pub fn move_media(&self) -> Result<(), AgentError> {
        let beside = self.leg().open_beside()?;
        let (rtp, rtcp) = beside.ok_or(AgentError::NoCall("move its media"))?;
        let call = self.clone();
        tokio::spawn(async move {
            let (offer, before) = {
                let mut media = call.media();
                let before = (media.negotiation.local().port, media.negotiation.local().rtcp_port);
                media.negotiation.move_to(rtp.port(), rtcp.port());
                let wanted = media.wanted;
                (media.negotiation.offer(wanted), before)
            };
            let answered = call.session().reinvite(Some(Bytes::from(offer))).await;
            let taken = |response: &Message| response.status().is_some_and(|status| status < 300);
            if answered.as_ref().is_ok_and(taken) {
                call.leg().move_on();
            } else {
                call.leg().stay();
                call.media().negotiation.move_to(before.0, before.1);
            }
            call.on_reinvited(answered);
        });
        Ok(())
    }

    /// Encoding name of the codec that is sent, empty before there is one.
    pub fn codec(&self) -> String {
        let media = self.media();
        media.negotiation.agreed().map(|agreed| agreed.codec.name.clone()).unwrap_or_default()
    }

    fn offer_anew(&self, make: impl FnOnce(&Self) -> String + Send + 'static) {
        let call = self.clone();
        tokio::spawn(async move {
            let offer = make(&call);
            let answered = call.session().reinvite(Some(Bytes::from(offer))).await;
            call.on_reinvited(answered);
        });
    }

    fn on_reinvited(&self, answered: Result<Message, SessionError>) {
        match answered {
            Ok(response) => self.on_offer_answered("INVITE", &response),
            Err(error) => self.on_offer_failed("INVITE", &error),
        }
    }

    /// The final response to an offer of ours in an established call.
    pub(super) fn on_offer_answered(&self, method: &str, response: &Message) {
        if response.status().is_some_and(|status| status < 300) {
            return self.accept_answer(response.sdp().as_deref());
        }
        self.media().negotiation.rollback();
        let reason = response.reason().unwrap_or_default().to_owned();
        self.note_refused(method, response.status().unwrap_or_default(), reason);
    }

    /// No response came to it. The end of the call is an observation of its own.
    pub(super) fn on_offer_failed(&self, method: &str, error: &SessionError) {
        if *error != SessionError::Ended {
            self.media().negotiation.rollback();
            self.note_refused(method, 408, error.to_string());
        }
    }

    /// Asks for an offer by a re-INVITE without one (RFC 3261 §14.1, RFC 3725). `Negotiated` with
    /// the peer's offer follows, or `Refused`.
    pub fn ask_for_offer(&self) {
        let call = self.clone();
        tokio::spawn(async move {
            match call.session().reinvite(None).await {
                // Its offer has been taken by then.
                Ok(response) if response.status().is_some_and(|status| status < 300) => {
                    if response.sdp().is_none() {
                        call.note_no_offer("the 200 has no session description".to_owned());
                    }
                }
                Ok(response) => {
                    let reason = response.reason().unwrap_or_default().to_owned();
                    call.note_refused("INVITE", response.status().unwrap_or_default(), reason);
                }
                Err(SessionError::Ended) => {}
                Err(error) => call.note_refused("INVITE", 408, error.to_string()),
            }
        });
    }

    /// A 2xx brings the offer that we asked for; its ACK is to bring the answer.
    pub(super) fn on_offer_in_answer(&self, response: &Message) {
        let mut media = self.media();
        let wanted = media.wanted;
        let answered =
            response.sdp().map(|offer| media.negotiation.answer(&offer, wanted)).transpose();
        drop(media);
        match answered {
            Ok(Some((own, agreed))) => {
                self.configure(&agreed);
                self.session().ack_with(Bytes::from(own));
                self.note(What::Negotiated {
                    offered_by_peer: true,
                    direction: agreed.peer_direction,
                    remote_media: agreed.remote.to_string(),
                    oddities: agreed.oddities.clone(),
                });
            }
            Ok(None) => {}
            Err(error) => {
                // Without an answer the call cannot go on (RFC 3261 §13.2.2.4).
                self.note_no_offer(error.to_string());
                self.hang_up();
            }
        }
    }

    fn note_no_offer(&self, problem: String) {
        self.note(What::Negotiated {
            offered_by_peer: true,
            direction: None,
            remote_media: String::new(),
            oddities: vec![problem],
        });
    }

    /// The next ACK of its INVITE is lost: its own is not sent, or the peer's not seen. Before
    /// the answer only.
    pub fn lose_ack(&self) {
        self.session().lose_ack();
    }
}

/// The offer without the format of this payload type.
fn without(offer: &str, pt: u8) -> String {
    let pt = pt.to_string();
    let of_it = |line: &str| {
        let rest = line.strip_prefix("a=rtpmap:").or_else(|| line.strip_prefix("a=fmtp:"));
        rest.is_some_and(|rest| rest.split(' ').next() == Some(pt.as_str()))
    };
    let mut shorter = String::new();
    for line in offer.lines().filter(|line| !of_it(line)) {
        if line.starts_with("m=audio ") {
            // Port and protocol come before the formats.
            let words = line.split(' ').enumerate();
            let words: Vec<&str> =
                words.filter(|(n, word)| *n < 3 || *word != pt).map(|(_, word)| word).collect();
            shorter += &words.join(" ");
        } else {
            shorter += line;
        }
        shorter += "\r\n";
    }
    shorter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_taken_out_of_an_offer() {
        let offer = "v=0\r\nm=audio 8 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 \
                     PCMA/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\n";
        let shorter = "v=0\r\nm=audio 8 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=fmtp:101 \
                       0-16\r\na=sendrecv\r\n";
        assert_eq!(without(offer, 8), shorter);
    }
}
