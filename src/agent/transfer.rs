//! Blind transfer with REFER (RFC 3515).

use std::time::Duration;

use super::{AgentError, Call, Phone};
use crate::record::What;
use crate::sip::session::SessionError;

/// How long after the 202 the bridge sends BYE where it does not wait for the target.
pub const BYE_AFTER_ACCEPT: Duration = Duration::from_millis(280);

/// When the transferor leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// [`BYE_AFTER_ACCEPT`] after the 202, as the bridge service is seen to do.
    AfterAccept,
    /// When it is told to.
    Stays,
}

impl Phone {
    /// Transfers its current call to a number, mapped to the PBX's format.
    /// `TransferAccepted` or `TransferRefused` follows.
    pub fn transfer(&self, number: &str, leaving: Leaving) -> Result<Call, AgentError> {
        let call = self.current_call().ok_or(AgentError::NoCall("transfer"))?;
        let refer_to = format!("<sip:{number}@{}>", self.0.spec.peer.domain());
        let referred_by = format!("<{}>", self.address_of_record());
        let transferring = call.clone();
        tokio::spawn(async move {
            transferring.refer(refer_to, referred_by, leaving).await;
        });
        Ok(call)
    }
}

impl Call {
    pub(super) async fn refer(&self, refer_to: String, referred_by: String, leaving: Leaving) {
        match self.session().refer(refer_to, Some(referred_by)).await {
            Ok(response) => {
                let status = response.status().unwrap_or_default();
                if status < 300 {
                    self.note(What::TransferAccepted { status });
                    if leaving == Leaving::AfterAccept {
                        tokio::time::sleep(BYE_AFTER_ACCEPT).await;
                        self.say_bye().await;
                    }
                } else {
                    let reason = response.reason().unwrap_or_default().to_owned();
                    self.note(What::TransferRefused { status, reason });
                }
            }
            // The end of the call is an observation of its own.
            Err(SessionError::Ended) => {}
            Err(error) => {
                self.note(What::TransferRefused { status: 408, reason: error.to_string() });
            }
        }
    }
}
