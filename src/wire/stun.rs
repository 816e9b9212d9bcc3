//! STUN (RFC 8489): at which address a socket of ours is seen by somebody outside, as a
//! softphone finds out its public address (guide 3.1).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use stun_types::attribute::{AttributeType, ErrorCode, MappedSocketAddr, XorMappedAddress};
use stun_types::message::{BINDING, Message, MessageClass, MessageWriteVec, TransactionId};
use stun_types::prelude::MessageWrite as _;
use tokio::time::Instant;

use super::{Channel, Refused};

/// The port of a server that names none (RFC 8489 §18.6).
pub const STUN_PORT: u16 = 3478;

/// When a request is sent again, after the first time: RTO of 500 ms, doubled each time
/// (RFC 8489 §6.2.1). Nobody waits for the seventh transmission, 39.5 s later.
const AGAIN: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_millis(1500), Duration::from_millis(3500)];

/// Datagrams that an exchange looks at: a flood of them is no answer.
const MOST: usize = 1000;

/// Strangers that are named.
const NAMED: usize = 4;

/// `MAPPED-ADDRESS`, which servers of RFC 3489 answer with.
const MAPPED_ADDRESS: AttributeType = AttributeType::new(0x0001);

/// Why STUN did not tell an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StunError {
    /// Nothing that could be used came in time.
    #[error("no answer after {} s", .0.as_secs())]
    Silent(Duration),
    /// Nobody listens at the server's port.
    #[error("nobody listens there")]
    Refused,
    /// The server answered with an error (RFC 8489 §14.8).
    #[error("it answered {0} {1}")]
    Error(u16, String),
    /// What the server answered is no answer to a binding request.
    #[error("its answer is of no use: {0}")]
    Unusable(String),
    /// More datagrams came than anybody would send.
    #[error("{MOST} datagrams came that were no answer")]
    Flooded,
    /// It could not be sent.
    #[error("it could not be asked: {0}")]
    Transport(String),
}

/// What came of a binding request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StunReply {
    /// The address that the server sees, or why it is not known.
    pub mapped: Result<SocketAddr, StunError>,
    /// From the first transmission to the answer, or to giving up.
    pub took: Duration,
    /// Others than the server that sent STUN answers, at most four of them.
    pub strangers: Vec<SocketAddr>,
    /// How many answers came from strangers.
    pub from_strangers: usize,
}

/// Asks `server` at which address it sees the channel's UDP socket, for `patience` at most.
/// Only an answer from the server's own address with the request's transaction id counts;
/// those of others are told. What else arrives meanwhile is lost: ask before anybody else
/// reads from the channel.
pub async fn ask_stun(channel: &Channel, server: SocketAddr, patience: Duration) -> StunReply {
    let start = Instant::now();
    let mut exchange = Exchange {
        server,
        id: TransactionId::generate(),
        unusable: None,
        strangers: Vec::new(),
        from_strangers: 0,
    };
    let asked = tokio::time::timeout(patience, exchange.ask(channel, start)).await;
    let mapped = match asked {
        Ok(mapped) => mapped,
        Err(_) => {
            Err(exchange.unusable.take().map_or(StunError::Silent(patience), StunError::Unusable))
        }
    };
    let Exchange { strangers, from_strangers, .. } = exchange;
    StunReply { mapped, took: start.elapsed(), strangers, from_strangers }
}

struct Exchange {
    server: SocketAddr,
    id: TransactionId,
    /// What is wrong with the last thing that the server sent.
    unusable: Option<String>,
    strangers: Vec<SocketAddr>,
    from_strangers: usize,
}

impl Exchange {
    async fn ask(&mut self, channel: &Channel, start: Instant) -> Result<SocketAddr, StunError> {
        let request = binding_request(self.id);
        let transport = |error: &io::Error| StunError::Transport(error.to_string());
        channel.send(self.server, request.clone()).await.map_err(|e| transport(&e))?;
        let mut again = AGAIN.iter();
        let mut next = again.next();
        let mut seen = 0;
        loop {
            // Past the last transmission only the caller's patience ends the wait.
            let due = next.map_or(start + Duration::from_hours(1), |after| start + *after);
            tokio::select! {
                received = channel.recv() => {
                    seen += 1;
                    if seen > MOST {
                        return Err(StunError::Flooded);
                    }
                    match received {
                        Ok(datagram) => {
                            if let Some(answer) = self.take(&datagram.bytes, datagram.remote) {
                                return answer;
                            }
                        }
                        Err(error) => match Refused::in_error(&error) {
                            Some(refused) if refused.0 == self.server => {
                                return Err(StunError::Refused);
                            }
                            Some(_) => {}
                            None => return Err(transport(&error)),
                        },
                    }
                }
                () = tokio::time::sleep_until(due) => {
                    channel.send(self.server, request.clone()).await.map_err(|e| transport(&e))?;
                    next = again.next();
                }
            }
        }
    }

    /// What a datagram means; `None` if it decides nothing.
    fn take(&mut self, bytes: &[u8], from: SocketAddr) -> Option<Result<SocketAddr, StunError>> {
        let answer = answer_in(bytes, self.id);
        if from != self.server {
            if answer.is_some() {
                self.from_strangers += 1;
                if self.strangers.len() < NAMED && !self.strangers.contains(&from) {
                    self.strangers.push(from);
                }
            }
            return None;
        }
        match answer {
            Some(Answer::Mapped(address)) => Some(Ok(address)),
            Some(Answer::Error(code, reason)) => Some(Err(StunError::Error(code, reason))),
            Some(Answer::Unusable(problem)) => {
                self.unusable = Some(problem);
                None
            }
            None => {
                self.unusable = Some("it is no STUN message".to_owned());
                None
            }
        }
    }
}

/// An answer to some binding request.
enum Answer {
    Mapped(SocketAddr),
    Error(u16, String),
    Unusable(String),
}

/// The answer in a datagram; `None` if there is no STUN message in it.
fn answer_in(bytes: &[u8], id: TransactionId) -> Option<Answer> {
    if !is_stun(bytes) {
        return None;
    }
    let message = match Message::from_bytes(bytes) {
        Ok(message) => message,
        Err(error) => return Some(Answer::Unusable(error.to_string())),
    };
    if message.transaction_id() != id {
        return Some(Answer::Unusable("it answers another request".to_owned()));
    }
    if !message.has_method(BINDING) || !message.is_response() {
        return Some(Answer::Unusable("it is no answer to a binding request".to_owned()));
    }
    if message.has_class(MessageClass::Error) {
        let (code, reason) = message
            .attribute::<ErrorCode>()
            .map_or((0, "without a code".to_owned()), |e| (e.code(), printable(e.reason())));
        return Some(Answer::Error(code, reason));
    }
    let mapped = message.attribute::<XorMappedAddress>().map(|mapped| mapped.addr(id)).ok();
    let mapped = mapped.or_else(|| {
        let raw = message.raw_attribute(MAPPED_ADDRESS)?;
        Some(MappedSocketAddr::from_raw(&raw).ok()?.addr())
    });
    Some(match mapped {
        Some(address) if !address.ip().is_unspecified() && address.port() != 0 => {
            Answer::Mapped(address)
        }
        Some(address) => Answer::Unusable(format!("{address} is no address")),
        None => Answer::Unusable("it has no mapped address".to_owned()),
    })
}

/// Whether a datagram on a port of SIP or RTP may be STUN: its first two bits are zero, and
/// SIP's text begins higher (RFC 7983 §7).
pub fn is_stun(bytes: &[u8]) -> bool {
    bytes.len() >= 20 && bytes.first().is_some_and(|first| *first <= 3)
}

/// What a stranger wrote, fit for a report.
fn printable(reason: &str) -> String {
    reason.chars().filter(|c| !c.is_control()).take(80).collect()
}

fn binding_request(id: TransactionId) -> Bytes {
    let kind = stun_types::message::MessageType::from_class_method(MessageClass::Request, BINDING);
    Bytes::from(Message::builder(kind, id, MessageWriteVec::new()).finish())
}

#[cfg(test)]
#[path = "stun_tests.rs"]
mod tests;
