//! A STUN server (RFC 8489 §6.3) that answers binding requests and does nothing else, for the
//! reference PBX and for tests.

use std::io;
use std::net::SocketAddr;

use stun_types::attribute::{Fingerprint, Software, XorMappedAddress};
use stun_types::message::{BINDING, Message, MessageClass, MessageWriteVec};
use stun_types::prelude::{AttributeStaticType as _, MessageWrite as _, MessageWriteExt as _};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use super::refused::is_icmp;
use super::{BindError, bind_udp};

/// Bytes of a request that are read: nobody needs more for a binding request.
const LARGEST: usize = 1500;

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StunManner {
    /// As RFC 8489 has it.
    #[default]
    Sound,
    /// It never answers.
    Silent,
    /// Its answers come from another port than was asked.
    FromElsewhere,
}

/// A running server; it ends when it is dropped.
#[derive(Debug)]
pub struct StunServer {
    local: SocketAddr,
    task: JoinHandle<()>,
}

impl StunServer {
    /// Serves at a UDP address; port 0 takes a free one. Must be called within a tokio
    /// runtime.
    ///
    /// # Errors
    /// [`BindError`] if the address cannot be had.
    pub fn start(at: SocketAddr, manner: StunManner) -> Result<Self, BindError> {
        let asked = socket(at)?;
        let local = asked.local_addr().unwrap_or(at);
        let answering = match manner {
            StunManner::FromElsewhere => Some(socket(SocketAddr::new(local.ip(), 0))?),
            StunManner::Sound | StunManner::Silent => None,
        };
        let silent = manner == StunManner::Silent;
        let task = tokio::spawn(async move {
            let mut buffer = [0; LARGEST];
            loop {
                let (length, remote) = match asked.recv_from(&mut buffer).await {
                    Ok(received) => received,
                    Err(error) if is_icmp(error.kind()) => continue,
                    Err(_) => break,
                };
                let Some(answer) = answer_to(&buffer[..length], remote).filter(|_| !silent) else {
                    continue;
                };
                let answering = answering.as_ref().unwrap_or(&asked);
                if let Err(error) = answering.send_to(&answer, remote).await {
                    tracing::debug!(%error, %remote, "no answer of STUN sent");
                }
            }
        });
        Ok(Self { local, task })
    }

    /// Where it listens, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.local
    }
}

impl Drop for StunServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn socket(at: SocketAddr) -> Result<UdpSocket, BindError> {
    let failed = |source: io::Error| BindError::Other { address: at, source };
    UdpSocket::from_std(bind_udp(at)?).map_err(failed)
}

/// The answer to a binding request; `None` to anything else.
fn answer_to(bytes: &[u8], remote: SocketAddr) -> Option<Vec<u8>> {
    let request = Message::from_bytes(bytes).ok()?;
    if !request.has_class(MessageClass::Request) || !request.has_method(BINDING) {
        return None;
    }
    let known = [Fingerprint::TYPE, Software::TYPE];
    let refusal = Message::check_attribute_types(&request, &known, &[], MessageWriteVec::new());
    if let Some(refusal) = refusal {
        return Some(refusal.finish());
    }
    let mut answer = Message::builder_success(&request, MessageWriteVec::new());
    let mapped = XorMappedAddress::new(remote, request.transaction_id());
    answer.add_attribute(&mapped).ok()?;
    let software = Software::new("pbxcert").ok()?;
    answer.add_attribute(&software).ok()?;
    Some(answer.finish())
}
