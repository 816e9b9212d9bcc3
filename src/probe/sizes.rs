//! Requests of growing size over UDP, by real headers and a session description with every
//! codec that a softphone has (guide 2.1 and 3.1), and one whose answer is large.

use std::fmt::Write as _;
use std::net::SocketAddr;

use futures::future::join_all;

use super::Site;
use super::exchange::{exchange, with_via};
use super::site::{METHODS, PATIENCE};
use crate::agent::AgentError;
use crate::profile::Protocol;
use crate::record::{Answer, ProbeFact, Sized};
use crate::sip::sdp::EVERY_CODEC;
use crate::sip::{Message, Method, identifier};

/// Bytes of SIP that are tried, beside the size of the INVITE that has to pass.
const SIZES: [usize; 9] = [1200, 1400, 1600, 2000, 2500, 3000, 4000, 5000, 6000];

/// How many Vias a request carries whose answer is to be large: each comes back.
const VIAS: usize = 18;

/// Sends every size at once, each from a port of its own, and notes which were answered.
/// Nothing is sent where the profile's protocol is not UDP.
pub async fn send_sizes(site: &Site) -> Result<(), AgentError> {
    let pbx = &site.profile().pbx;
    if pbx.protocol != Protocol::Udp {
        return Ok(());
    }
    let remote = site.pbx()?;
    let required = authenticated_invite(site, remote).to_bytes().len();
    let mut sizes = SIZES.to_vec();
    sizes.push(required);
    sizes.sort_unstable();
    for method in METHODS {
        let padded =
            sizes.iter().map(|bytes| send(site, remote, method.clone(), Kind::Padded(*bytes)));
        let (answered, reply) =
            tokio::join!(join_all(padded), send(site, remote, method.clone(), Kind::ManyVias),);
        let answered = answered.into_iter().collect::<Result<Vec<Sized>, AgentError>>()?;
        let reply = reply?;
        let heard = answered.iter().any(|sized| matches!(sized.answer, Answer::Response { .. }));
        if heard || method == Method::Register {
            site.note(ProbeFact::Sizes { required, answered, reply });
            break;
        }
    }
    Ok(())
}

enum Kind {
    /// With so many bytes.
    Padded(usize),
    /// With the Vias of a long way, which the answer repeats.
    ManyVias,
}

async fn send(
    site: &Site,
    remote: SocketAddr,
    method: Method,
    kind: Kind,
) -> Result<Sized, AgentError> {
    let channel = site.socket(Protocol::Udp)?;
    let request = site.request(method);
    let request = match kind {
        Kind::Padded(bytes) => {
            padded(with_via(described(request, remote), &channel, remote), bytes)
        }
        Kind::ManyVias => {
            let hops = (0..VIAS).fold(request, |request, n| {
                let branch = identifier::new_branch();
                let via =
                    format!("SIP/2.0/UDP 192.0.2.{n}:5060;branch={branch};received=192.0.2.{n}");
                request.with("Via", via)
            });
            with_via(hops, &channel, remote)
        }
    };
    let bytes = request.to_bytes().len();
    let asked = exchange(&channel, remote, request, PATIENCE).await;
    let reply_bytes = asked.response.map_or(0, |response| response.raw.len());
    Ok(Sized { bytes, reply_bytes, answer: asked.answer })
}

/// The request with headers that phones really send until it has that many bytes.
fn padded(request: Message, bytes: usize) -> Message {
    let request = request
        .with("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, INFO, UPDATE, PRACK")
        .with("Supported", "replaces, norefersub, timer, 100rel, outbound, path, gruu");
    let length = request.to_bytes().len();
    let header = "Call-Info: <http://www.example.com/>;purpose=info\r\n".len();
    match bytes.checked_sub(length + header) {
        Some(more) => {
            let path = "a".repeat(more);
            request.with("Call-Info", format!("<http://www.example.com/{path}>;purpose=info"))
        }
        // The description alone is more: leave it out.
        None if !request.body.is_empty() => padded(without_description(request), bytes),
        None => request,
    }
}

fn without_description(request: Message) -> Message {
    request.with_body("", bytes::Bytes::new()).without("Allow").without("Supported")
}

fn described(request: Message, remote: SocketAddr) -> Message {
    request.with_body("application/sdp", every_codec(remote))
}

fn every_codec(address: SocketAddr) -> String {
    let ip = address.ip();
    let formats: Vec<String> = EVERY_CODEC.iter().map(|codec| codec.format.to_string()).collect();
    let mut sdp = format!(
        "v=0\r\no=- 3838000000 3838000000 IN IP4 {ip}\r\ns=pjmedia\r\nb=AS:284\r\nt=0 0\r\n\
         a=X-nat:0\r\nm=audio 40000 RTP/AVP {}\r\nc=IN IP4 {ip}\r\nb=TIAS:256000\r\n\
         a=rtcp:40001 IN IP4 {ip}\r\na=sendrecv\r\n",
        formats.join(" ")
    );
    for codec in EVERY_CODEC {
        let _ = write!(sdp, "a=rtpmap:{} {}\r\n", codec.format, codec.encoding);
        if let Some(parameters) = codec.parameters {
            let _ = write!(sdp, "a=fmtp:{} {parameters}\r\n", codec.format);
        }
    }
    sdp
}

/// The largest request of a softphone with every codec: the INVITE that answers a challenge.
fn authenticated_invite(site: &Site, remote: SocketAddr) -> Message {
    let hex = |n: usize| "0123456789abcdef".repeat(n.div_ceil(16))[..n].to_owned();
    let pbx = &site.profile().pbx;
    let user = site.profile().users.first().map_or("", |user| user.username.as_str());
    let authorization = format!(
        "Digest username=\"{user}\", realm=\"{}\", nonce=\"{}\", uri=\"sip:{}\", \
         response=\"{}\", algorithm=MD5, cnonce=\"{}\", opaque=\"{}\", qop=auth, nc=00000001",
        pbx.sip_domain,
        hex(48),
        pbx.sip_domain,
        hex(32),
        hex(32),
        hex(32)
    );
    let request = Message::request(Method::Invite, format!("sip:{user}@{remote}"))
        .with("Via", format!("SIP/2.0/UDP {remote};rport;branch={}", identifier::new_branch()))
        .with("Max-Forwards", "70")
        .with("From", format!("\"{user}\" <sip:{user}@{remote}>;tag={}", identifier::new_tag()))
        .with("To", format!("<sip:{user}@{remote}>"))
        .with("Contact", format!("<sip:{user}@{remote};ob>"))
        .with("Call-ID", identifier::new_call_id())
        .with("CSeq", "2 INVITE")
        .with("Allow", "PRACK, INVITE, ACK, BYE, CANCEL, UPDATE, INFO, SUBSCRIBE, NOTIFY, REFER")
        .with("Supported", "replaces, 100rel, timer, norefersub")
        .with("Session-Expires", "1800")
        .with("Min-SE", "90")
        .with("User-Agent", &site.profile().bridge.user_agent)
        .with("Proxy-Authorization", authorization);
    described(request, remote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_met_to_the_byte_and_the_description_is_in_the_large_ones() {
        let remote = SocketAddr::from(([192, 0, 2, 1], 5060));
        let request = || {
            Message::request(Method::Options, "sip:192.0.2.1")
                .with("Via", "SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK1")
                .with("Call-ID", "x")
        };
        for bytes in SIZES {
            let made = padded(described(request(), remote), bytes);
            assert_eq!(made.to_bytes().len(), bytes);
            assert!(bytes < 1600 || !made.body.is_empty(), "{bytes}");
        }
    }
}
