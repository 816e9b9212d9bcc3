//! Ending a call.

use super::Call;
use crate::record::What;
use crate::sip::session::SessionError;

impl Call {
    /// Hangs up in whatever state the call is. `Ended` and `HangupAnswered` follow.
    pub fn hang_up(&self) {
        let call = self.clone();
        tokio::spawn(async move { call.say_bye().await });
    }

    /// Hangs up and waits for the answer, or for the end of the transaction.
    pub(super) async fn say_bye(&self) {
        match self.session().bye().await {
            Ok(response) => {
                let status = response.status().unwrap_or_default();
                self.note(What::HangupAnswered { status });
            }
            Err(SessionError::Timeout(_) | SessionError::Transport(_)) => {
                self.note(What::HangupAnswered { status: 408 });
            }
            // The peer was faster: there is nothing left to hang up.
            Err(SessionError::Ended | SessionError::NotEstablished) => {}
        }
    }
}
