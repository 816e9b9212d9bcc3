//! SIP from several ports of ours at once: the firewall should let the bridge's address in
//! from any of them (guide 2.5).

use std::ops::Range;

use futures::future::join_all;

use super::Site;
use super::exchange::any_answer;
use crate::agent::AgentError;
use crate::profile::Protocol;
use crate::record::{FromPort, ProbeFact};

/// Where ports are taken from: near SIP's own, in the middle, and where the system takes
/// those of its clients.
const RANGES: [Range<u16>; 3] = [5070..6000, 10_000..30_000, 0..1];

/// Asks from a port of each range and notes which were answered. Over TCP and TLS the system
/// chooses the ports of connections.
pub async fn ask_from_ports(site: &Site) -> Result<(), AgentError> {
    let asked = join_all(RANGES.map(|range| ask(site, range))).await;
    let answers = asked.into_iter().collect::<Result<Vec<FromPort>, AgentError>>()?;
    site.note(ProbeFact::FromPorts { answers });
    Ok(())
}

async fn ask(site: &Site, range: Range<u16>) -> Result<FromPort, AgentError> {
    let protocol = site.profile().pbx.protocol;
    let remote = site.pbx_over(protocol)?;
    let range = if protocol == Protocol::Udp { range } else { 0..1 };
    let channel = site.socket_in(protocol, range)?;
    let port = channel.local_addr().port();
    Ok(FromPort { port, answer: any_answer(site, &channel, remote).await })
}
