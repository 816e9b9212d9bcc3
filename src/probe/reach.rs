//! Whether the PBX answers: OPTIONS and an unauthenticated REGISTER over UDP, TCP and TLS.
//!
//! Over UDP the bridge's own port asks, as it will for every registration, and a free one
//! beside it. Over TCP and TLS every connection has a port of its own anyway.

use std::net::SocketAddr;
use std::time::Instant;

use futures::future::join_all;

use super::Site;
use super::exchange::{Exchange, connects, exchange, response_after, with_via};
use super::site::{METHODS, PATIENCE};
use crate::agent::AgentError;
use crate::profile::Protocol;
use crate::record::{Answer, Path, ProbeFact, SourcePort};
use crate::sip::endpoint::RequestError;
use crate::sip::{Message, Method};

/// Asks over every protocol at once and notes what came.
pub async fn ask_everywhere(site: &Site) -> Result<(), AgentError> {
    let protocols = [Protocol::Udp, Protocol::Tcp, Protocol::Tls];
    let alone = protocols
        .iter()
        .flat_map(|protocol| METHODS.map(|method| from_another_port(site, *protocol, method)));
    let of_bridge = METHODS.map(|method| from_bridge(site, method));
    let (alone, of_bridge) = tokio::join!(join_all(alone), join_all(of_bridge));
    alone.into_iter().chain(of_bridge).collect()
}

/// From a socket of its own.
async fn from_another_port(
    site: &Site,
    protocol: Protocol,
    method: Method,
) -> Result<(), AgentError> {
    let remote = site.pbx_over(protocol)?;
    let channel = site.socket(protocol)?;
    let request = with_via(site.request(method.clone()), &channel, remote);
    let asked = match connects(&channel, remote, PATIENCE).await {
        Err(answer) => Exchange { sent: request, answer, response: None },
        Ok(()) => exchange(&channel, remote, request, PATIENCE).await,
    };
    note(site, protocol, remote, &method, SourcePort::Another, asked);
    Ok(())
}

/// From the bridge's own port, where that is one of UDP.
async fn from_bridge(site: &Site, method: Method) -> Result<(), AgentError> {
    if site.profile().pbx.protocol != Protocol::Udp {
        return Ok(());
    }
    let (remote, endpoint) = (site.pbx()?, site.stage.bridge_endpoint());
    let request = site.request(method.clone());
    let start = Instant::now();
    let mut transaction = endpoint.request(request.clone(), remote);
    let answered = tokio::time::timeout(PATIENCE, transaction.final_response()).await;
    let (answer, response) = match answered {
        Ok(Ok(response)) => (response_after(&response, start), Some(response)),
        Ok(Err(RequestError::Transport(reason))) => (Answer::Refused { reason }, None),
        Ok(Err(RequestError::Timeout(_))) | Err(_) => {
            let waited_s = PATIENCE.as_secs_f64();
            (Answer::Silent { waited_s, connected: false }, None)
        }
    };
    // The endpoint gave it a Via of the same sent-by.
    let sent = with_via(request, endpoint.channel(), remote);
    let asked = Exchange { sent, answer, response };
    note(site, Protocol::Udp, remote, &method, SourcePort::Bridge, asked);
    Ok(())
}

fn note(
    site: &Site,
    protocol: Protocol,
    remote: SocketAddr,
    method: &Method,
    from: SourcePort,
    asked: Exchange,
) {
    site.note(ProbeFact::Asked {
        transport: protocol.word().to_uppercase(),
        remote: remote.to_string(),
        method: method.to_string(),
        from,
        answer: asked.answer,
    });
    if let Some(response) = &asked.response
        && protocol == site.profile().pbx.protocol
        && *method == Method::Options
    {
        site.note(ProbeFact::Path(path(&asked.sent, response, remote)));
    }
}

/// Over connections our port in Via is the one that we listen at, and only addresses compare.
fn path(sent: &Message, response: &Message, remote: SocketAddr) -> Path {
    let ours = sent.top_via();
    let over_udp = ours.as_ref().is_some_and(|via| via.transport == "UDP");
    let seen_from = response.top_via().and_then(|via| {
        let ours = ours.as_ref()?;
        let ip = via.received().map(|ip| ip.to_string());
        if !over_udp {
            return ip;
        }
        let port = via.rport();
        ip.as_ref().map(|_| ()).or(port.map(|_| ()))?;
        Some(format!("{}:{}", ip.unwrap_or_else(|| ours.host.clone()), port.or(ours.port)?))
    });
    let server = response.get("Server").or_else(|| response.get("User-Agent"));
    let sent_from = ours.map(|via| if over_udp { via.sent_by() } else { via.host });
    Path {
        sent_from: sent_from.unwrap_or_default(),
        seen_from,
        remote: remote.to_string(),
        contact: response.contacts().first().map(|contact| contact.uri.host_port()),
        record_route: response.get("Record-Route").map(str::to_owned),
        server: server.map(str::to_owned),
    }
}
