//! A request outside of a dialog with its digest rounds (RFC 3261 §22.2).

use std::net::SocketAddr;

use super::{Endpoint, RequestError};
use crate::sip::Message;
use crate::sip::digest::Authorizer;

/// Answers to challenges for one request: the first, and one for a stale nonce.
const ROUNDS: usize = 2;

/// See [`Endpoint::send_authenticated`] and [`Endpoint::send_authorized`].
pub(crate) async fn send(
    endpoint: &Endpoint,
    message: Message,
    destination: SocketAddr,
    mut authorizer: Option<&mut Authorizer>,
) -> Result<Message, RequestError> {
    let mut message = match &mut authorizer {
        Some(authorizer) => authorizer.authorize(message),
        None => message,
    };
    let mut round = 0;
    loop {
        let response = endpoint.request(message.clone(), destination).final_response().await?;
        let challenged = matches!(response.status(), Some(401 | 407)) && round < ROUNDS;
        let Some(authorizer) = authorizer.as_deref_mut().filter(|_| challenged) else {
            return Ok(response);
        };
        match authorizer.answer(&message, &response) {
            Ok(answer) => {
                message = next_number(answer);
                round += 1;
            }
            Err(error) => {
                tracing::debug!(%error, "challenge not answered");
                return Ok(response);
            }
        }
    }
}

/// The same request with the next CSeq.
fn next_number(message: Message) -> Message {
    match message.cseq() {
        Some((number, method)) => {
            message.set("CSeq", format!("{} {method}", number.wrapping_add(1)))
        }
        None => message,
    }
}
