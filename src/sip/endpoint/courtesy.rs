//! What a polite user agent says to requests that nobody claims (RFC 3261 §8.2.1).

use super::server::ServerTransaction;
use crate::sip::{Message, Method};

/// The methods that sessions and endpoints answer.
pub(crate) const ALLOW: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, UPDATE, PRACK, INFO";

/// The extensions that sessions understand.
pub(crate) const SUPPORTED: &str = "100rel, timer";

/// 405 with Allow for a method that we know, 501 for one that we do not.
pub(crate) fn refusal_of(request: &Message) -> Message {
    let unknown = matches!(request.method(), Some(Method::Other(_)) | None);
    let (status, reason) =
        if unknown { (501, "Not Implemented") } else { (405, "Method Not Allowed") };
    Message::response(request, status, reason).with("Allow", ALLOW)
}

/// Answers `transaction`.
pub(crate) fn answer(transaction: &ServerTransaction) {
    let request = &transaction.request;
    let respond = |status, reason: &str| Message::response(request, status, reason);
    let response = match request.method() {
        Some(Method::Options) => respond(200, "OK")
            .with("Allow", ALLOW)
            .with("Accept", "application/sdp, message/sipfrag")
            .with("Supported", SUPPORTED),
        Some(Method::Notify) => respond(200, "OK"),
        Some(Method::Invite) => respond(480, "Temporarily Unavailable"),
        Some(Method::Bye | Method::Update | Method::Prack | Method::Info) => {
            respond(481, "Call/Transaction Does Not Exist")
        }
        _ => refusal_of(request),
    };
    transaction.respond(response);
}
