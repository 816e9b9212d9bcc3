//! Answering and rejecting a call that rings.

use bytes::Bytes;

use super::{AgentError, Call};
use crate::record::What;

impl Call {
    /// Answers with 200. `Acknowledged` follows when the ACK arrives. An offer without
    /// audio is answered 488, and is an observation.
    pub fn answer(&self) -> Result<(), AgentError> {
        let offer = self.session().invite_request().sdp();
        let mut media = self.media();
        let wanted = media.wanted;
        let Some(offer) = offer else {
            let own = media.negotiation.offer(wanted);
            media.answer_in_ack = true;
            drop(media);
            self.mark_answered();
            let (codec, remote_media) = (String::new(), "in the ACK".to_owned());
            self.note(What::Answered { codec, remote_media });
            self.session().answer(Some(Bytes::from(own)));
            return Ok(());
        };
        match media.negotiation.answer(&offer, wanted) {
            Ok((own, agreed)) => {
                drop(media);
                self.configure(&agreed);
                self.mark_answered();
                // Before the 200 goes out: what the PBX makes of it comes later.
                self.note(What::Answered {
                    codec: agreed.codec.name.clone(),
                    remote_media: agreed.remote.to_string(),
                });
                self.session().answer(Some(Bytes::from(own)));
                Ok(())
            }
            Err(error) => {
                drop(media);
                self.session().reject(488, "Not Acceptable Here");
                self.note_unusable(&error);
                Ok(())
            }
        }
    }

    /// Rejects with a final status: 486 busy, 603 declined…
    pub fn reject(&self, status: u16, reason: &str) {
        self.session().reject(status, reason);
    }
}
