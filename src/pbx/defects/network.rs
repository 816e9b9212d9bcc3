//! Defects of the network before the PBX (guide 2.1, 2.5), which a PBX suffers rather than has.

use std::net::SocketAddr;

use super::row::Row;
use super::tamper::{Fate, Passage};
use super::{Defect, Defects};
use crate::record::Cause;
use crate::sip::{Message, Via};
use crate::wire::{StunManner, Way};

/// Bytes of SIP that fit into one packet of Ethernet.
const WHOLE: usize = 1472;

/// Where an ALG believes that everybody is.
const OUTSIDE: &str = "203.0.113.77";

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::SipAlg,
        "sip-alg",
        "gets every request with another address in its topmost Via",
        &["2.1"],
        Cause::SipAlg,
    )
    .seen("guide 2.1: SIP ALGs of routers, which rewrite what leaves and not what comes back")
    .tampers(rewrite_via),
    Row::new(
        Defect::CallIdRewritten,
        "call-id-rewritten",
        "answers with another address in the Call-ID where one was in it",
        &["2.1"],
        Cause::HeadersRewritten,
    )
    .seen("SBCs that hide topology, and SIP ALGs")
    .shared()
    .tampers(rewrite_call_id),
    Row::new(
        Defect::DropsFragments,
        "drops-fragments",
        "never gets a datagram that is larger than a packet",
        &["2.1", "3.1"],
        Cause::FragmentsLost,
    )
    .seen("guide 2.1: routers and switches that drop fragments, and Azure")
    .tampers(drop_fragments),
    Row::new(
        Defect::DropsLargeAnswers,
        "drops-large-answers",
        "sends datagrams larger than a packet that nobody gets",
        &["2.1", "3.1"],
        Cause::FragmentsLost,
    )
    .seen("firewalls that drop the fragments of one direction")
    .tampers(drop_large_answers),
    Row::new(
        Defect::DropsHugeRequests,
        "drops-huge-requests",
        "takes no datagram larger than 4000 bytes",
        &["2.1"],
        Cause::LargeRequestLost,
    )
    .seen("PJSIP as it comes, whose PJSIP_MAX_PKT_LEN is 4000")
    .shared()
    .tampers(drop_huge),
    Row::new(
        Defect::SourcePortsFiltered,
        "source-ports-filtered",
        "gets nothing from ports below 32768",
        &["2.5"],
        Cause::SourcePortsFiltered,
    )
    .seen("guide 2.5: firewall rules that name source ports as well")
    .tampers(filter_ports),
    Row::new(
        Defect::RemoteUsersPort,
        "remote-users-port",
        "answers phones at port 5080, and not at the one that the profile names",
        &["2.3", "2.6.3", "2.6.4", "2.6.7", "3", "6.1"],
        Cause::OtherPort,
    )
    .also(&[Cause::NoResponse])
    .seen("guide 2.6.3: FreeSWITCH's external profile, session border controllers of telephone makers")
    .intrusive(),
    Row::new(
        Defect::MediaPortOutside,
        "media-port-outside",
        "uses other ports for media than those that the firewall lets in",
        HEARD,
        Cause::MediaPortOutside,
    )
    .seen("guide 2.3.2, 2.5: a port range that was changed on the PBX and not in the firewall")
    .with_media_ports(),
    Row::new(
        Defect::StunSilent,
        "stun-silent",
        "has a STUN server that never answers",
        &["3"],
        Cause::StunUnanswered,
    )
    .seen("guide 3.1: STUN servers that were switched off, and firewalls that keep UDP 3478 in"),
    Row::new(
        Defect::StunFromElsewhere,
        "stun-from-elsewhere",
        "has a STUN server whose answers come from another port than was asked",
        &["3"],
        Cause::StunStranger,
    )
    .seen("servers with several addresses and no route back; forged answers in public networks"),
];

/// Every clause in which audio is heard.
const HEARD: &[&str] = &[
    "3.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
    "7.2.2",
];

/// The port at which a PBX answers that does not answer at the profile's.
const REMOTE_USERS: u16 = 5080;

/// Ports for media that no setting opens.
const CLOSED: (u16, u16) = (12_000, 12_999);

impl Defects {
    /// Where SIP is answered, of a PBX that is said to be at `listen`.
    pub(in crate::pbx) fn answers_at(&self, listen: SocketAddr) -> SocketAddr {
        let elsewhere = SocketAddr::new(listen.ip(), REMOTE_USERS);
        if self.has(Defect::RemoteUsersPort) { elsewhere } else { listen }
    }

    /// First and last port for media.
    pub(in crate::pbx) fn media_ports(&self, ports: Option<(u16, u16)>) -> Option<(u16, u16)> {
        if self.has(Defect::MediaPortOutside) { Some(CLOSED) } else { ports }
    }

    /// How its STUN server behaves.
    pub(in crate::pbx) fn stun_manner(&self) -> StunManner {
        if self.has(Defect::StunSilent) {
            StunManner::Silent
        } else if self.has(Defect::StunFromElsewhere) {
            StunManner::FromElsewhere
        } else {
            StunManner::Sound
        }
    }
}

/// Where the ports begin that systems give to their clients.
const CLIENTS: u16 = 32_768;

fn filter_ports(passage: &mut Passage<'_>, message: Message) -> Fate {
    let filtered = passage.way == Way::Received && passage.remote.port() < CLIENTS;
    if filtered { Fate::Lost } else { Fate::Passes(message) }
}

fn rewrite_via(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Sent || !message.is_request() {
        return Fate::Passes(message);
    }
    let Some(via) = message.top_via().filter(|via| via.transport.eq_ignore_ascii_case("UDP"))
    else {
        return Fate::Passes(message);
    };
    let rewritten = Via { host: OUTSIDE.to_owned(), ..via };
    let below: Vec<String> =
        message.get_all("Via").into_iter().skip(1).map(str::to_owned).collect();
    let message = message.without("Via");
    let message = below.iter().rev().fold(message, |message, via| message.with_first("Via", via));
    Fate::Passes(message.with_first("Via", rewritten))
}

fn rewrite_call_id(passage: &mut Passage<'_>, message: Message) -> Fate {
    if passage.way == Way::Received {
        return Fate::Passes(message);
    }
    match message.call_id().split_once('@') {
        Some((id, _)) => {
            let rewritten = format!("{id}@{OUTSIDE}");
            Fate::Passes(message.set("Call-ID", rewritten))
        }
        None => Fate::Passes(message),
    }
}

fn drop_fragments(passage: &mut Passage<'_>, message: Message) -> Fate {
    drop_larger(passage, message, Way::Received, WHOLE)
}

fn drop_large_answers(passage: &mut Passage<'_>, message: Message) -> Fate {
    drop_larger(passage, message, Way::Sent, WHOLE)
}

fn drop_huge(passage: &mut Passage<'_>, message: Message) -> Fate {
    drop_larger(passage, message, Way::Received, 4000)
}

fn drop_larger(passage: &Passage<'_>, message: Message, way: Way, most: usize) -> Fate {
    if passage.way == way && message.raw.len() > most { Fate::Lost } else { Fate::Passes(message) }
}
