//! A request with marks that something in the way would rewrite: its Via, Call-ID, Contact
//! and session description name our address, as those of every phone do (guide 2.1).

use super::Site;
use super::exchange::{connects, exchange, with_via};
use super::site::{METHODS, PATIENCE};
use crate::agent::AgentError;
use crate::record::{MarkedAnswer, ProbeFact};
use crate::sip::{Message, Method, identifier};

/// Sends the marks from a free port, in OPTIONS or else in REGISTER, and notes what comes
/// back of them.
pub async fn send_marks(site: &Site) -> Result<(), AgentError> {
    let protocol = site.profile().pbx.protocol;
    let remote = site.pbx_over(protocol)?;
    let channel = site.socket(protocol)?;
    let local = channel.local_for(remote);
    let call_id = format!("{}@{}", identifier::new_call_id(), local.ip());
    site.claim(&call_id);
    let body = format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 8\r\n",
        ip = local.ip(),
        port = local.port(),
    );
    let mut fact = None;
    for method in METHODS {
        // A Contact in REGISTER would change a registration.
        let contact = method == Method::Options;
        let request = site.request(method).set("Call-ID", &call_id);
        let request = if contact {
            request.with("Contact", format!("<sip:pbxcert@{local}>"))
        } else {
            request
        };
        let request = request.with_body("application/sdp", body.clone());
        let request = with_via(request, &channel, remote);
        let sent = headers(&request);
        let (answer, came_back) = match connects(&channel, remote, PATIENCE).await {
            Err(answer) => (answer, None),
            Ok(()) => {
                let asked = exchange(&channel, remote, request, PATIENCE).await;
                (asked.answer, asked.response.as_ref().map(headers))
            }
        };
        let answered = came_back.is_some();
        fact = Some(ProbeFact::Marked { sent, answer, came_back });
        if answered {
            break;
        }
    }
    if let Some(fact) = fact {
        site.note(fact);
    }
    Ok(())
}

/// What a response has to give back as it was (RFC 3261 §8.2.6.2).
fn headers(message: &Message) -> MarkedAnswer {
    let text = |name: &str| message.get(name).unwrap_or_default().to_owned();
    let via = message.get_all("Via").first().map(|via| (*via).to_owned());
    MarkedAnswer {
        sent_by: message.top_via().map(|via| via.sent_by()).unwrap_or_default(),
        via: via.unwrap_or_default(),
        call_id: text("Call-ID"),
        from: text("From"),
        cseq: text("CSeq"),
    }
}
