//! The client against servers that are sound, silent, strange and malformed.

use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _};
use stun_types::attribute::Attribute as _;
use stun_types::message::MessageType;
use stun_types::prelude::MessageWriteExt as _;
use tokio::net::UdpSocket;

use super::*;
use crate::wire::{StunManner, StunServer, Tap};

const SOON: Duration = Duration::from_millis(300);

fn here() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn channel() -> Channel {
    Channel::udp(here(), Tap::off()).unwrap()
}

/// An answer with these attributes.
fn success(id: TransactionId, mapped: Option<SocketAddr>) -> Vec<u8> {
    let kind = MessageType::from_class_method(MessageClass::Success, BINDING);
    let mut message = Message::builder(kind, id, MessageWriteVec::new());
    if let Some(mapped) = mapped {
        message.add_attribute(&XorMappedAddress::new(mapped, id)).unwrap();
    }
    message.finish()
}

/// A server that answers the first request with whatever `answer` makes of it, from `sockets`
/// in turn; the address that it is asked at is that of the first.
async fn server(
    answers: impl Fn(TransactionId, SocketAddr) -> Vec<(usize, Vec<u8>)> + Send + 'static,
) -> SocketAddr {
    let asked = UdpSocket::bind(here()).await.unwrap();
    let other = UdpSocket::bind(here()).await.unwrap();
    let at = asked.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        loop {
            let (length, from) = asked.recv_from(&mut buffer).await.unwrap();
            let id = Message::from_bytes(&buffer[..length]).unwrap().transaction_id();
            for (socket, bytes) in answers(id, from) {
                let socket = if socket == 0 { &asked } else { &other };
                socket.send_to(&bytes, from).await.unwrap();
            }
        }
    });
    at
}

#[tokio::test]
async fn the_built_in_server_tells_the_address_of_the_socket() {
    let stun = StunServer::start(here(), StunManner::Sound).unwrap();
    let channel = channel();
    let reply = ask_stun(&channel, stun.address(), Duration::from_secs(5)).await;
    assert_eq!(reply.mapped, Ok(channel.local_addr()));
    assert!(reply.took < Duration::from_secs(1) && reply.strangers.is_empty(), "{reply:?}");
}

#[tokio::test]
async fn silence_ends_and_absence_is_told_at_once() {
    let stun = StunServer::start(here(), StunManner::Silent).unwrap();
    let reply = ask_stun(&channel(), stun.address(), SOON).await;
    assert_eq!(reply.mapped, Err(StunError::Silent(SOON)));
    let gone = std::net::UdpSocket::bind(here()).unwrap().local_addr().unwrap();
    let reply = ask_stun(&channel(), gone, Duration::from_secs(5)).await;
    assert_eq!(reply.mapped, Err(StunError::Refused));
    assert!(reply.took < Duration::from_secs(2), "{reply:?}");
}

#[tokio::test]
async fn a_lost_request_is_sent_again() {
    let asked = UdpSocket::bind(here()).await.unwrap();
    let at = asked.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        asked.recv_from(&mut buffer).await.unwrap();
        let (length, from) = asked.recv_from(&mut buffer).await.unwrap();
        let id = Message::from_bytes(&buffer[..length]).unwrap().transaction_id();
        asked.send_to(&success(id, Some(from)), from).await.unwrap();
    });
    let channel = channel();
    let reply = ask_stun(&channel, at, Duration::from_secs(5)).await;
    assert_eq!(reply.mapped, Ok(channel.local_addr()));
    assert!(reply.took >= Duration::from_millis(450), "{reply:?}");
}

#[tokio::test]
async fn the_answer_of_a_stranger_counts_for_nothing_and_is_told() {
    let foreign = SocketAddr::from(([203, 0, 113, 66], 1));
    // The stranger first, with the right id; then the server itself.
    let at =
        server(move |id, from| vec![(1, success(id, Some(foreign))), (0, success(id, Some(from)))])
            .await;
    let channel = channel();
    let reply = ask_stun(&channel, at, Duration::from_secs(5)).await;
    assert_eq!(reply.mapped, Ok(channel.local_addr()));
    assert_eq!((reply.strangers.len(), reply.from_strangers), (1, 1));
    assert_ne!(reply.strangers[0], at);
    let stun = StunServer::start(here(), StunManner::FromElsewhere).unwrap();
    let reply = ask_stun(&channel, stun.address(), SOON).await;
    assert_eq!(reply.mapped, Err(StunError::Silent(SOON)));
    assert_eq!(reply.strangers.len(), 1);
}

#[tokio::test]
async fn a_flood_of_strangers_is_bounded() {
    let at = server(|id, from| (0..2 * MOST).map(|_| (1, success(id, Some(from)))).collect()).await;
    let reply = ask_stun(&channel(), at, Duration::from_secs(5)).await;
    let given_up = matches!(reply.mapped, Err(StunError::Flooded | StunError::Silent(_)));
    assert!(given_up, "{reply:?}");
    assert!(reply.from_strangers <= MOST && reply.strangers.len() == 1, "{reply:?}");
}

#[tokio::test]
async fn answers_that_are_none_are_named() {
    let unusable = async |answer: fn(TransactionId, SocketAddr) -> Vec<u8>| {
        let at = server(move |id, from| vec![(0, answer(id, from))]).await;
        match ask_stun(&channel(), at, SOON).await.mapped {
            Err(StunError::Unusable(problem)) => problem,
            other => panic!("{other:?}"),
        }
    };
    let foreign_id = |id: TransactionId| TransactionId::from(u128::from(id) ^ 1);
    assert_eq!(unusable(|_, _| b"220 ESMTP\r\n".to_vec()).await, "it is no STUN message");
    let other = server(move |id, from| vec![(0, success(foreign_id(id), Some(from)))]).await;
    let reply = ask_stun(&channel(), other, SOON).await;
    assert_eq!(reply.mapped, Err(StunError::Unusable("it answers another request".to_owned())));
    assert_eq!(unusable(|id, _| success(id, None)).await, "it has no mapped address");
    let nowhere = |id, _| success(id, Some(SocketAddr::from(([0, 0, 0, 0], 9))));
    assert_eq!(unusable(nowhere).await, "0.0.0.0:9 is no address");
    let cut = |id, from| {
        let mut bytes = success(id, Some(from));
        bytes.truncate(24);
        bytes
    };
    assert!(!unusable(cut).await.is_empty());
}

#[tokio::test]
async fn an_error_answer_is_told_with_its_code() {
    let at = server(|id, _| {
        let kind = MessageType::from_class_method(MessageClass::Error, BINDING);
        let mut message = Message::builder(kind, id, MessageWriteVec::new());
        message.add_attribute(&ErrorCode::new(500, "Server\u{7} Error").unwrap()).unwrap();
        vec![(0, message.finish())]
    })
    .await;
    let reply = ask_stun(&channel(), at, SOON).await;
    assert_eq!(reply.mapped, Err(StunError::Error(500, "Server Error".to_owned())));
}

#[test]
fn a_server_of_rfc_3489_is_understood() {
    let id = TransactionId::generate();
    let kind = MessageType::from_class_method(MessageClass::Success, BINDING);
    let address = SocketAddr::from(([203, 0, 113, 9], 40_000));
    let mut message = Message::builder(kind, id, MessageWriteVec::new());
    let raw = MappedSocketAddr::new(address);
    message.add_attribute(&raw.to_raw(MAPPED_ADDRESS)).unwrap();
    let bytes = message.finish();
    assert!(matches!(answer_in(&bytes, id), Some(Answer::Mapped(found)) if found == address));
    assert_eq!(raw.to_raw(MAPPED_ADDRESS).length(), 8);
}

#[test]
fn nothing_that_arrives_makes_the_reader_panic() {
    let id = TransactionId::generate();
    let whole = success(id, Some(SocketAddr::from(([203, 0, 113, 9], 40_000))));
    let mut random = rand::rngs::StdRng::seed_from_u64(7);
    for length in 0..whole.len() {
        let _ = answer_in(&whole[..length], id);
    }
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..random.random_range(1..6) {
            let at = random.random_range(0..bytes.len());
            bytes[at] = random.random();
        }
        bytes.truncate(random.random_range(0..=bytes.len()));
        let _ = answer_in(&bytes, id);
    }
}
