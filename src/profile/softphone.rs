//! The softphone of guide 3: who tests the access from outside, and which STUN server tells it
//! its public address.

use std::net::IpAddr;

use super::HostPort;
use super::read::{local_ip, placed_host};
use super::section::Section;

/// How the softphone of guide 3 goes online. All of it is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Softphone {
    /// STUN server (guide 3.1); without one the softphone knows only its own address.
    pub stun_server: Option<HostPort>,
    /// Local address for SIP and RTP; the bridge's if not given. The ports are free ones, so
    /// that several scenarios may have it.
    pub bind: Option<IpAddr>,
    /// User-Agent header; the bridge's if not given.
    pub user_agent: Option<String>,
}

/// Reads `softphone`.
pub(super) fn softphone(profile: &Section<'_, '_>) -> Softphone {
    let keys = ["stun_server", "bind", "user_agent"];
    let Some(section) = profile.section("softphone", &keys) else { return Softphone::default() };
    let user_agent = section.placed("user_agent").filter(|agent| !agent.value.is_empty());
    if let Some(agent) = user_agent.as_ref().filter(|a| a.value.chars().any(char::is_control)) {
        section.error(
            agent.span,
            "user_agent must be one line of text",
            "write `user_agent: MicroSIP/3.17.7`",
        );
    }
    Softphone {
        stun_server: placed_host(&section, "stun_server"),
        bind: local_ip(&section, "bind"),
        user_agent: user_agent.map(|agent| agent.value),
    }
}
