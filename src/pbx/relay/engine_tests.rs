use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use rtp_rs::{RtpPacketBuilder, RtpReader, Seq};

use super::super::{Port, Relay, Source, Stream};
use super::Faults;
use crate::media::{Codec, Decoder, Encoder, Opener, Sealer, Security, Suite, level_dbm0};
use crate::pbx::sound::Piece;

const IP: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

struct Phone {
    socket: UdpSocket,
    port: Port,
}

impl Phone {
    fn new(relay: &Relay, codec: Codec) -> Self {
        let socket = UdpSocket::bind((IP, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        let port = relay.open(IP).unwrap();
        port.configure(stream(socket.local_addr().unwrap(), codec));
        Self { socket, port }
    }

    fn send(&self, payload_type: u8, sequence: u16, payload: &[u8]) {
        let bytes = RtpPacketBuilder::new()
            .payload_type(payload_type)
            .sequence(Seq::from(sequence))
            .timestamp(u32::from(sequence) * 160)
            .ssrc(5)
            .payload(payload)
            .build()
            .unwrap();
        self.socket.send_to(&bytes, (IP, self.port.number())).unwrap();
    }

    fn receive(&self) -> (u8, Vec<u8>, u32) {
        let mut buffer = [0; 2048];
        let (length, from) = self.socket.recv_from(&mut buffer).unwrap();
        assert_eq!(from.port(), self.port.number(), "symmetric RTP");
        let packet = RtpReader::new(&buffer[..length]).unwrap();
        (packet.payload_type(), packet.payload().to_vec(), packet.ssrc())
    }
}

fn stream(remote: SocketAddr, codec: Codec) -> Stream {
    Stream {
        remote,
        remote_rtcp: SocketAddr::new(remote.ip(), remote.port() + 1),
        codec,
        payload_type: codec.payload_type(),
        accept: Codec::ALL.iter().map(|codec| (codec.payload_type(), *codec)).collect(),
        one_source: false,
        telephone_event: Some(101),
        sends: true,
        receives: true,
        security: None,
    }
}

#[test]
fn packets_cross_the_relay_transcoded_where_the_codecs_differ() {
    let relay = Relay::start(None, Faults::default()).unwrap();
    let (a, b) = (Phone::new(&relay, Codec::Pcma), Phone::new(&relay, Codec::Pcmu));
    a.port.play(Source::Port(b.port.id()), None);
    b.port.play(Source::Port(a.port.id()), None);
    let tone: Vec<i16> = (0..160).map(|n| (n % 20 - 10) * 800).collect();
    a.send(8, 1, &Codec::Pcma.encode(&tone));
    let (payload_type, payload, _) = b.receive();
    assert_eq!(payload_type, 0);
    let heard = Codec::Pcmu.decode(&payload);
    assert!(heard.iter().zip(&tone).all(|(h, t)| (h - t).abs() < 600));
    b.send(101, 9, &[5, 0, 0, 160]);
    assert_eq!((a.receive().0, b.port.number() % 2), (101, 0));
    relay.shutdown();
    assert!(UdpSocket::bind((IP, a.port.number())).is_ok(), "the port is free again");
}

/// A low tone of 20 ms that joins itself.
fn tone() -> Vec<i16> {
    (0..160_u8)
        .map(|n| (f64::from(n) / 20.0 * std::f64::consts::TAU).sin() * 8000.0)
        .map(|x| x as i16)
        .collect()
}

/// What a phone hears of 25 packets, decoded as one stream.
fn heard(phone: &Phone, codec: Codec, mut next: impl FnMut(u16)) -> Vec<i16> {
    let mut decoder = Decoder::new(codec);
    let mut samples = Vec::new();
    for n in 0..25 {
        next(n);
        let (payload_type, payload, _) = phone.receive();
        assert_eq!(payload_type, codec.payload_type());
        samples.extend(decoder.decode(&payload));
    }
    samples
}

fn level(samples: &[i16]) -> f32 {
    let settled = &samples[samples.len() / 2..];
    let power = settled.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>();
    level_dbm0(power / settled.len() as f64)
}

#[test]
fn a_codec_with_a_memory_is_transcoded_both_ways_as_a_stream() {
    let relay = Relay::start(None, Faults::default()).unwrap();
    let (a, b) = (Phone::new(&relay, Codec::Pcma), Phone::new(&relay, Codec::G722));
    a.port.play(Source::Port(b.port.id()), None);
    b.port.play(Source::Port(a.port.id()), None);
    let tone = tone();
    let spoken = level(&tone);
    let at_b = heard(&b, Codec::G722, |n| a.send(8, n, &Codec::Pcma.encode(&tone)));
    assert!((level(&at_b) - spoken).abs() < 0.5, "{} for {spoken} dBm0", level(&at_b));
    let mut encoder = Encoder::new(Codec::G722);
    let at_a = heard(&a, Codec::Pcma, |n| b.send(9, n, &encoder.encode(&tone)));
    assert!((level(&at_a) - spoken).abs() < 0.5, "{} for {spoken} dBm0", level(&at_a));
    relay.shutdown();
}

#[test]
fn music_is_played_in_the_codec_of_the_leg() {
    let relay = Relay::start(None, Faults::default()).unwrap();
    let levels = [Codec::Pcma, Codec::G722].map(|codec| {
        let phone = Phone::new(&relay, codec);
        phone.port.play(Source::Plays(Piece::Music), None);
        level(&heard(&phone, codec, |_| ()))
    });
    assert!((levels[0] - levels[1]).abs() < 1.0 && levels[0] > -40.0, "{levels:?}");
    relay.shutdown();
}

#[test]
fn music_is_paced_and_keeps_the_stream() {
    let relay = Relay::start(None, Faults::default()).unwrap();
    let (a, b) = (Phone::new(&relay, Codec::Pcma), Phone::new(&relay, Codec::Pcma));
    b.port.play(Source::Port(a.port.id()), None);
    a.send(8, 1, &[1; 160]);
    let relayed = b.receive();
    b.port.play(Source::Plays(Piece::Music), None);
    let first = b.receive();
    let start = Instant::now();
    for _ in 0..25 {
        assert_eq!(b.receive().2, relayed.2, "one SSRC from first to last");
    }
    let took = start.elapsed().as_secs_f64();
    assert!((0.45..0.6).contains(&took), "25 packets in {took} s");
    assert_eq!(first.1.len(), 160);
    a.send(8, 2, &[1; 160]);
    b.port.play(Source::Nothing, None);
    b.socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let silent = (0..5).any(|_| b.socket.recv_from(&mut [0; 2048]).is_err());
    assert!(silent, "nothing is sent without a source");
    relay.shutdown();
}

#[test]
fn a_leg_that_may_not_be_sent_to_gets_nothing() {
    let relay = Relay::start(None, Faults::default()).unwrap();
    let (a, b) = (Phone::new(&relay, Codec::Pcma), Phone::new(&relay, Codec::Pcma));
    let held = Stream { sends: false, ..stream(b.socket.local_addr().unwrap(), Codec::Pcma) };
    b.port.configure(held);
    b.port.play(Source::Port(a.port.id()), None);
    a.port.play(Source::Port(b.port.id()), None);
    a.send(8, 1, &[1; 160]);
    // What b sends after it has come through, so a's packet has been handled too.
    b.send(8, 1, &[2; 160]);
    assert_eq!(a.receive().1, [2; 160]);
    b.socket.set_nonblocking(true).unwrap();
    assert!(b.socket.recv_from(&mut [0; 64]).is_err());
    relay.shutdown();
}

fn security(ours: u8, theirs: u8) -> Security {
    let suite = Suite::Aes128Tag80;
    let key = |byte| vec![byte; suite.material()];
    Security::new(suite.name(), &key(ours), &key(theirs), 0).unwrap()
}

#[test]
fn each_leg_has_its_own_keys_and_takes_up_new_ones() {
    let relay = Relay::start(None, Faults::default()).unwrap();
    let (a, b) = (Phone::new(&relay, Codec::Pcma), Phone::new(&relay, Codec::Pcma));
    a.port.play(Source::Port(b.port.id()), None);
    b.port.play(Source::Port(a.port.id()), None);
    let to_a = || stream(a.socket.local_addr().unwrap(), Codec::Pcma);
    let mut sequence = 0;
    for (ours, theirs) in [(1, 2), (1, 3), (4, 3)] {
        a.port.configure(Stream { security: Some(security(ours, theirs)), ..to_a() });
        // The phone's view of the same keys.
        let phone = security(theirs, ours);
        let (mut sealer, mut opener) = (Sealer::new(&phone).unwrap(), Opener::new(&phone).unwrap());
        sequence += 1;
        let packet = RtpPacketBuilder::new()
            .payload_type(8)
            .sequence(Seq::from(sequence))
            .timestamp(u32::from(sequence) * 160)
            .ssrc(5)
            .payload(&[theirs; 160])
            .build()
            .unwrap();
        let sealed = sealer.seal(&packet).unwrap();
        a.socket.send_to(&packet, (IP, a.port.number())).unwrap();
        a.socket.send_to(&sealed, (IP, a.port.number())).unwrap();
        assert_eq!(b.receive().1, [theirs; 160], "plain for b, and the forged one is dropped");
        b.send(8, sequence, &[9; 160]);
        let mut buffer = [0; 2048];
        let (length, _) = a.socket.recv_from(&mut buffer).unwrap();
        let opened = opener.open(&buffer[..length], Instant::now()).unwrap();
        assert_eq!(RtpReader::new(&opened).unwrap().payload(), [9; 160]);
    }
    relay.shutdown();
}
