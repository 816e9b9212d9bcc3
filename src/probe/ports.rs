//! Whether the PBX answers at the profile's port, or at another one (guide 2.6.3).

use std::net::SocketAddr;

use futures::future::join_all;

use super::Site;
use super::exchange::any_answer;
use crate::agent::AgentError;
use crate::record::{FromPort, ProbeFact};

/// Asks at the profile's port where `ports` is empty, else at these, over the profile's
/// protocol and from a socket of its own for each, and notes what came.
pub async fn ask_ports(site: &Site, ports: &[u16]) -> Result<(), AgentError> {
    let own = site.pbx()?;
    let ports: Vec<u16> = if ports.is_empty() { vec![own.port()] } else { ports.to_vec() };
    let asked = ports.into_iter().map(|port| ask(site, SocketAddr::new(own.ip(), port)));
    let answers = join_all(asked).await.into_iter().collect::<Result<Vec<_>, AgentError>>()?;
    site.note(ProbeFact::AtPorts { answers });
    Ok(())
}

async fn ask(site: &Site, remote: SocketAddr) -> Result<FromPort, AgentError> {
    let protocol = site.profile().pbx.protocol;
    let channel = site.socket(protocol)?;
    let port = remote.port();
    Ok(FromPort { port, answer: any_answer(site, &channel, remote).await })
}
