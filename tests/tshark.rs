//! tshark must read our capture files as Wireshark would: SIP and RTP decoded, no
//! malformed packet, right checksums.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use pbxcert::wire::{Clock, Datagram, Protocol, Way, write_pcap};

fn invite(ends: &[SocketAddr; 2], media: u16) -> String {
    let [local, remote] = ends;
    let family = if local.is_ipv4() { "IP4" } else { "IP6" };
    let sdp = format!(
        "v=0\r\no=- 1 1 IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n\
         m=audio {media} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n",
        ip = local.ip()
    );
    format!(
        "INVITE sip:1001@{remote} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK1\r\n\
         From: <sip:a@{local}>;tag=1\r\nTo: <sip:1001@{remote}>\r\nCall-ID: {family}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:a@{local}>\r\nMax-Forwards: 70\r\n\
         X-Padding: {padding}\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}",
        padding = "x".repeat(3000),
        length = sdp.len()
    )
}

fn rtp(sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 160).to_be_bytes());
    packet.extend(7_u32.to_be_bytes());
    packet.extend([0xd5; 160]);
    packet
}

#[test]
fn sip_and_rtp_are_decoded_over_both_families() {
    let clock = Clock::start();
    let mut datagrams = Vec::new();
    for ends in [["127.0.0.1:5060", "127.0.0.2:5060"], ["[::1]:5060", "[::2]:5060"]] {
        let ends = ends.map(|end| end.parse::<SocketAddr>().unwrap());
        let base = Datagram {
            at: clock.zero(),
            way: Way::Sent,
            protocol: Protocol::Udp,
            local: ends[0],
            remote: ends[1],
            bytes: Bytes::from(invite(&ends, 40_000)),
        };
        datagrams.push(base.clone());
        for sequence in 0..10 {
            datagrams.push(Datagram {
                at: clock.zero() + Duration::from_millis(u64::from(sequence) * 20),
                way: Way::Received,
                local: SocketAddr::new(ends[0].ip(), 40_000),
                remote: SocketAddr::new(ends[1].ip(), 50_000),
                bytes: Bytes::from(rtp(sequence)),
                ..base.clone()
            });
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wire.pcap");
    write_pcap(&path, &datagrams, &clock).unwrap();
    let tshark = |arguments: &[&str]| {
        let output = Command::new("tshark")
            .args(["-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-r"])
            .arg(&path)
            .args(arguments)
            .output()
            .expect("tshark is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).lines().count()
    };
    assert_eq!(tshark(&["-Y", "sip.Method == \"INVITE\" && sdp"]), 2);
    assert_eq!(tshark(&["-Y", "rtp && rtp.p_type == 8"]), 20);
    assert_eq!(
        tshark(&["-Y", "_ws.malformed || udp.checksum.status == 0 || ip.checksum.status == 0"]),
        0
    );
}
