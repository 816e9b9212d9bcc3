//! Hold and resume, as the bridge does them: a re-INVITE with `a=inactive`, and one
//! with `a=sendrecv`.

use bytes::Bytes;

use super::Call;
use crate::record::{Direction, What};
use crate::sip::session::SessionError;

impl Call {
    /// Puts the call on hold. `Negotiated` or `Refused` follows.
    pub fn hold(&self) {
        self.renegotiate(Direction::Inactive);
    }

    /// Resumes it. `Negotiated` or `Refused` follows.
    pub fn resume(&self) {
        self.renegotiate(Direction::SendRecv);
    }

    fn renegotiate(&self, wanted: Direction) {
        let call = self.clone();
        tokio::spawn(async move {
            let offer = {
                let mut media = call.media();
                media.wanted = wanted;
                media.negotiation.offer(wanted)
            };
            match call.session().reinvite(Some(Bytes::from(offer))).await {
                Ok(response) if response.status().is_some_and(|s| s < 300) => {
                    call.accept_answer(response.sdp().as_deref());
                }
                Ok(response) => {
                    call.media().negotiation.rollback();
                    call.note(What::Refused {
                        status: response.status().unwrap_or_default(),
                        reason: response.reason().unwrap_or_default().to_owned(),
                        method: "INVITE".to_owned(),
                    });
                }
                // The end of the call is an observation of its own.
                Err(SessionError::Ended) => {}
                Err(error) => {
                    call.media().negotiation.rollback();
                    call.note(What::Refused {
                        status: 408,
                        reason: error.to_string(),
                        method: "INVITE".to_owned(),
                    });
                }
            }
        });
    }

    /// Takes the answer to an offer of ours in an established call.
    pub(super) fn accept_answer(&self, answer: Option<&str>) {
        let mut media = self.media();
        let agreed = match answer {
            Some(answer) => media.negotiation.accept(answer).map_err(|error| error.to_string()),
            None => Err("the 200 has no session description".to_owned()),
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
