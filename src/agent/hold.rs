//! Hold and resume: as the bridge does them, by a re-INVITE with `a=inactive` and one with
//! `a=sendrecv`; and in the ways of other phones.

use bytes::Bytes;

use super::Call;
use crate::record::{Direction, HoldForm, What};

impl Call {
    /// Puts the call on hold in a way that [`Self::resume`] keeps to. No RTP is sent until then:
    /// the music is the PBX's to play. `Negotiated` or `Refused` follows.
    pub fn hold(&self, form: HoldForm) {
        self.media().hold_form = form;
        self.renegotiate(form.direction());
    }

    /// Resumes it. `Negotiated` or `Refused` follows.
    pub fn resume(&self) {
        self.renegotiate(Direction::SendRecv);
    }

    fn renegotiate(&self, wanted: Direction) {
        let call = self.clone();
        tokio::spawn(async move {
            let (offer, form) = {
                let mut media = call.media();
                media.wanted = wanted;
                let offer = media.negotiation.offer(wanted);
                let nulled =
                    wanted == Direction::Inactive && media.hold_form == HoldForm::NullAddress;
                (if nulled { null_address(&offer) } else { offer }, media.hold_form)
            };
            let offer = Some(Bytes::from(offer));
            let (method, answered) = match form {
                HoldForm::Update => ("UPDATE", call.session().update(offer).await),
                HoldForm::Inactive | HoldForm::SendOnly | HoldForm::NullAddress => {
                    ("INVITE", call.session().reinvite(offer).await)
                }
            };
            match answered {
                Ok(response) => call.on_offer_answered(method, &response),
                Err(error) => call.on_offer_failed(method, &error),
            }
        });
    }

    /// Takes the answer to an offer of ours in an established call.
    pub(super) fn accept_answer(&self, answer: Option<&str>) {
        let mut media = self.media();
        let agreed = match answer {
            Some(answer) => media.negotiation.accept(answer).map_err(Some),
            None => Err(None),
        };
        drop(media);
        match agreed {
            Ok(agreed) => {
                self.configure(&agreed);
                self.note(What::Negotiated {
                    offered_by_peer: false,
                    direction: agreed.peer_direction,
                    remote_media: agreed.remote.to_string(),
                    oddities: agreed.oddities.clone(),
                });
            }
            Err(error) => {
                self.media().negotiation.rollback();
                if let Some(error) = error.as_ref().filter(|error| error.concerns_keys()) {
                    self.note_unusable(error);
                }
                let error = error.map_or_else(
                    || "the 200 has no session description".to_owned(),
                    |error| error.to_string(),
                );
                self.note(What::Negotiated {
                    offered_by_peer: false,
                    direction: None,
                    remote_media: String::new(),
                    oddities: vec![error],
                });
            }
        }
    }
}

/// The offer of `a=inactive` as RFC 2543 had it: the connection address alone says that nobody is
/// to send here.
fn null_address(offer: &str) -> String {
    let lines = offer.lines().map(|line| match line {
        "a=inactive" => "a=sendrecv",
        line if line.starts_with("c=IN IP4 ") => "c=IN IP4 0.0.0.0",
        line if line.starts_with("c=IN IP6 ") => "c=IN IP6 ::",
        line => line,
    });
    lines.flat_map(|line| [line, "\r\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_address_says_hold_and_the_direction_does_not() {
        let offer = "v=0\r\no=a 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
                     m=audio 4000 RTP/AVP 0\r\na=inactive\r\n";
        let nulled = null_address(offer);
        assert!(nulled.contains("\r\nc=IN IP4 0.0.0.0\r\n"), "{nulled}");
        assert!(nulled.contains("o=a 1 2 IN IP4 192.0.2.1\r\n"), "{nulled}");
        assert!(nulled.ends_with("a=sendrecv\r\n"), "{nulled}");
    }
}
