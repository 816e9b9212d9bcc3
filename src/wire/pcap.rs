//! Capture files that Wireshark opens with its calls decoded.
//!
//! The tap sees payloads and addresses, not packets: IP and transport headers are
//! made up around them, one packet for each datagram however large, with correct
//! lengths and checksums.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use etherparse::PacketBuilder;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::{DataLink, Endianness, TsResolution};

use super::{Clock, Datagram, Protocol, Way};

/// Hops that the invented IP headers allow.
const TTL: u8 = 64;
/// Window of the invented TCP headers.
const WINDOW: u16 = u16::MAX;
/// Payload of one invented TCP segment.
const SEGMENT: usize = 65_000;
/// More than any IP packet.
const SNAP_LENGTH: u32 = 262_144;

/// A capture file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be written: {source}")]
pub struct CaptureError {
    /// The file.
    pub path: String,
    /// What the system said.
    pub source: io::Error,
}

/// Writes datagrams as a pcap file of raw IP packets with times in nanoseconds. The
/// folder must exist; a file of this name is replaced.
pub fn write_pcap(path: &Path, datagrams: &[Datagram], clock: &Clock) -> Result<(), CaptureError> {
    let failed = |source| CaptureError { path: path.display().to_string(), source };
    let file = File::create(path).map_err(failed)?;
    let written = write_capture(BufWriter::with_capacity(1 << 16, file), datagrams, clock);
    written.map(|_| ()).map_err(failed)
}

fn write_capture<W: Write>(into: W, datagrams: &[Datagram], clock: &Clock) -> io::Result<W> {
    let header = PcapHeader {
        snaplen: SNAP_LENGTH,
        datalink: DataLink::RAW,
        ts_resolution: TsResolution::NanoSecond,
        endianness: Endianness::Little,
        ..PcapHeader::default()
    };
    let mut writer = PcapWriter::with_header(into, header).map_err(io::Error::other)?;
    let mut streams = Streams::default();
    for datagram in datagrams {
        let at = clock.since_epoch(datagram.at);
        for packet in packets(datagram, &mut streams) {
            let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
            writer
                .write_packet(&PcapPacket::new_owned(at, length, packet))
                .map_err(io::Error::other)?;
        }
    }
    let mut into = writer.into_writer();
    into.flush()?;
    Ok(into)
}

/// Next sequence number of each direction of each TCP connection.
type Streams = HashMap<(SocketAddr, SocketAddr), u32>;

fn packets(datagram: &Datagram, streams: &mut Streams) -> Vec<Vec<u8>> {
    let (from, to) = match datagram.way {
        Way::Sent => (datagram.local, datagram.remote),
        Way::Received => (datagram.remote, datagram.local),
    };
    let payload = datagram.bytes.as_ref();
    match datagram.protocol {
        Protocol::Udp => {
            let builder = ip(from.ip(), to.ip()).udp(from.port(), to.port());
            let mut packet = Vec::with_capacity(builder.size(payload.len()));
            builder.write(&mut packet, payload).map(|()| packet).into_iter().collect()
        }
        Protocol::Tcp | Protocol::Tls => payload
            .chunks(SEGMENT)
            .filter_map(|segment| {
                let acknowledged = streams.get(&(to, from)).copied().unwrap_or(1);
                let sequence = streams.entry((from, to)).or_insert(1);
                let builder = ip(from.ip(), to.ip())
                    .tcp(from.port(), to.port(), *sequence, WINDOW)
                    .psh()
                    .ack(acknowledged);
                *sequence = sequence.wrapping_add(u32::try_from(segment.len()).unwrap_or(0));
                let mut packet = Vec::with_capacity(builder.size(segment.len()));
                builder.write(&mut packet, segment).ok().map(|()| packet)
            })
            .collect(),
    }
}

/// An IP header; an IPv4 address beside an IPv6 one is written as mapped.
fn ip(from: IpAddr, to: IpAddr) -> etherparse::PacketBuilderStep<etherparse::IpHeaders> {
    let headers = match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => etherparse::IpHeaders::Ipv4(
            etherparse::Ipv4Header {
                time_to_live: TTL,
                source: from.octets(),
                destination: to.octets(),
                ..Default::default()
            },
            etherparse::Ipv4Extensions::default(),
        ),
        _ => etherparse::IpHeaders::Ipv6(
            etherparse::Ipv6Header {
                hop_limit: TTL,
                source: octets(from),
                destination: octets(to),
                ..Default::default()
            },
            etherparse::Ipv6Extensions::default(),
        ),
    };
    PacketBuilder::ip(headers)
}

fn octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use etherparse::{SlicedPacket, TransportSlice};
    use pcap_file::pcap::PcapReader;

    use super::*;

    fn datagram(clock: &Clock, ms: u64, ends: [&str; 2], way: Way, bytes: Vec<u8>) -> Datagram {
        Datagram {
            at: clock.zero() + Duration::from_millis(ms),
            way,
            protocol: Protocol::Udp,
            local: ends[0].parse().unwrap(),
            remote: ends[1].parse().unwrap(),
            bytes: Bytes::from(bytes),
        }
    }

    #[test]
    fn packets_carry_addresses_times_payloads_and_right_checksums() {
        let clock = Clock::start();
        let v4 = ["127.0.0.1:5060", "192.0.2.7:5070"];
        let v6 = ["[::1]:5060", "[2001:db8::7]:5070"];
        let sent = [
            datagram(&clock, 0, v4, Way::Sent, b"OPTIONS".to_vec()),
            datagram(&clock, 20, v4, Way::Received, vec![7; 65_507]),
            datagram(&clock, 40, v6, Way::Sent, Vec::new()),
            datagram(&clock, 60, v6, Way::Received, vec![1; 65_507]),
        ];
        let bytes = write_capture(Vec::new(), &sent, &clock).unwrap();
        let mut reader = PcapReader::new(bytes.as_slice()).unwrap();
        for expected in &sent {
            let packet = reader.next_packet().unwrap().unwrap();
            assert_eq!(packet.timestamp, clock.since_epoch(expected.at));
            let sliced = SlicedPacket::from_ip(&packet.data).unwrap();
            let Some(TransportSlice::Udp(udp)) = sliced.transport else { panic!("no UDP") };
            assert_eq!(udp.payload(), expected.bytes.as_ref());
            let (from, to) = match expected.way {
                Way::Sent => (expected.local, expected.remote),
                Way::Received => (expected.remote, expected.local),
            };
            assert_eq!((udp.source_port(), udp.destination_port()), (from.port(), to.port()));
            let header = udp.to_header();
            let checksum = match (from.ip(), to.ip()) {
                (IpAddr::V4(from), IpAddr::V4(to)) => {
                    header.calc_checksum_ipv4_raw(from.octets(), to.octets(), udp.payload())
                }
                (from, to) => {
                    header.calc_checksum_ipv6_raw(octets(from), octets(to), udp.payload())
                }
            };
            assert_eq!(header.checksum, checksum.unwrap());
        }
        assert!(reader.next_packet().is_none());
    }

    #[test]
    fn chunks_of_a_stream_follow_each_other() {
        let clock = Clock::start();
        let ends = ["127.0.0.1:5060", "192.0.2.7:5070"];
        let chunk = |way, length| Datagram {
            protocol: Protocol::Tcp,
            ..datagram(&clock, 0, ends, way, vec![b'x'; length])
        };
        let sent = [chunk(Way::Sent, 10), chunk(Way::Received, 5), chunk(Way::Sent, 100_000)];
        let bytes = write_capture(Vec::new(), &sent, &clock).unwrap();
        let mut reader = PcapReader::new(bytes.as_slice()).unwrap();
        let mut seen = Vec::new();
        while let Some(packet) = reader.next_packet() {
            let packet = packet.unwrap();
            let sliced = SlicedPacket::from_ip(&packet.data).unwrap();
            let Some(TransportSlice::Tcp(tcp)) = sliced.transport else { panic!("no TCP") };
            seen.push((tcp.sequence_number(), tcp.acknowledgment_number(), tcp.payload().len()));
        }
        assert_eq!(seen, [(1, 1, 10), (1, 11, 5), (11, 6, 65_000), (65_011, 6, 35_000)]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let path = Path::new("/nonexistent/wire.pcap");
        let error = write_pcap(path, &[], &Clock::start()).unwrap_err().to_string();
        assert!(error.starts_with("/nonexistent/wire.pcap cannot be written"), "{error}");
    }
}
