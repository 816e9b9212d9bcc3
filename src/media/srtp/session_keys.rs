//! From a master key to the keys that packets are protected with, and what they do.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::cipher::Cipher;
use super::suite::{REPORT_TAG, SALT};
use super::{MasterKey, Suite};

/// Bytes of an authentication key.
const AUTHENTICATION: usize = 20;

/// Which packets the keys are for: the first of their three labels (RFC 3711 §4.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Labels {
    Rtp = 0,
    Rtcp = 3,
}

/// The keys of one direction, for RTP or for RTCP.
struct Keys {
    cipher: Cipher,
    salt: [u8; SALT],
    /// HMAC that has taken in its key, to be cloned for each packet.
    authentication: Hmac<Sha1>,
}

/// The session keys of one direction.
pub(super) struct SessionKeys {
    rtp: Keys,
    rtcp: Keys,
    tag: usize,
}

impl Keys {
    fn derive(master: &Cipher, salt: &[u8], labels: Labels, key: usize) -> Option<Self> {
        let label = labels as u8;
        let mut encryption = [0; 32];
        derive(master, salt, label, encryption.get_mut(..key)?);
        let mut authentication = [0; AUTHENTICATION];
        derive(master, salt, label + 1, &mut authentication);
        let mut session_salt = [0; SALT];
        derive(master, salt, label + 2, &mut session_salt);
        Some(Self {
            cipher: Cipher::new(encryption.get(..key)?)?,
            salt: session_salt,
            authentication: Hmac::new_from_slice(&authentication).ok()?,
        })
    }

    fn apply(&self, ssrc: u32, index: u64, data: &mut [u8]) {
        self.cipher.apply(iv(&self.salt, ssrc, index), data);
    }

    fn authenticate(&self, parts: [&[u8]; 2]) -> Hmac<Sha1> {
        let mut mac = self.authentication.clone();
        for part in parts {
            mac.update(part);
        }
        mac
    }
}

impl SessionKeys {
    /// `None` if the key is not of the suite's length. Key derivation rate 0: once.
    pub(super) fn derive(suite: Suite, key: &MasterKey) -> Option<Self> {
        let (key, salt) = key.split(suite);
        let master = Cipher::new(key)?;
        Some(Self {
            rtp: Keys::derive(&master, salt, Labels::Rtp, key.len())?,
            rtcp: Keys::derive(&master, salt, Labels::Rtcp, key.len())?,
            tag: suite.tag(),
        })
    }

    /// Bytes of the tag behind an RTP packet.
    pub(super) const fn tag(&self) -> usize {
        self.tag
    }

    /// En- or decrypts the payload of an RTP packet.
    pub(super) fn apply(&self, ssrc: u32, index: u64, payload: &mut [u8]) {
        self.rtp.apply(ssrc, index, payload);
    }

    /// Appends the tag of an RTP packet (RFC 3711 §4.2: over it and the rollover counter).
    pub(super) fn sign(&self, index: u64, packet: &mut Vec<u8>) {
        let rollovers = ((index >> 16) as u32).to_be_bytes();
        let mac = self.rtp.authenticate([packet, &rollovers]).finalize().into_bytes();
        packet.extend(mac.iter().take(self.tag));
    }

    /// Whether the tag is that of the RTP packet under this index.
    pub(super) fn verify(&self, index: u64, packet: &[u8], tag: &[u8]) -> bool {
        let rollovers = ((index >> 16) as u32).to_be_bytes();
        self.rtp.authenticate([packet, &rollovers]).verify_truncated_left(tag).is_ok()
    }

    /// En- or decrypts what follows the first 8 bytes of an RTCP packet.
    pub(super) fn apply_report(&self, ssrc: u32, index: u32, rest: &mut [u8]) {
        self.rtcp.apply(ssrc, u64::from(index), rest);
    }

    /// Appends the tag of an RTCP packet that ends with its index.
    pub(super) fn sign_report(&self, packet: &mut Vec<u8>) {
        let mac = self.rtcp.authenticate([packet, &[]]).finalize().into_bytes();
        packet.extend(mac.iter().take(REPORT_TAG));
    }

    /// Whether the tag is that of the RTCP packet that ends with its index.
    pub(super) fn verify_report(&self, packet: &[u8], tag: &[u8]) -> bool {
        self.rtcp.authenticate([packet, &[]]).verify_truncated_left(tag).is_ok()
    }
}

/// The key stream under the label (RFC 3711 §4.3.1).
fn derive(master: &Cipher, salt: &[u8], label: u8, out: &mut [u8]) {
    let mut iv = [0; 16];
    for (to, from) in iv.iter_mut().zip(salt.iter().take(SALT)) {
        *to = *from;
    }
    iv[7] ^= label;
    out.fill(0);
    master.apply(iv, out);
}

/// Salt, SSRC and index as RFC 3711 §4.1.1 adds them up.
fn iv(salt: &[u8; SALT], ssrc: u32, index: u64) -> [u8; 16] {
    let mut iv = [0; 16];
    iv[4..8].copy_from_slice(&ssrc.to_be_bytes());
    iv[8..14].copy_from_slice(&index.to_be_bytes()[2..]);
    for (byte, salt) in iv.iter_mut().zip(salt) {
        *byte ^= salt;
    }
    iv
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        hex::decode(text).unwrap()
    }

    /// RFC 3711 appendix B.2: segments 0 to 2 of the key stream.
    #[test]
    fn the_key_stream_of_the_rfc() {
        let cipher = Cipher::new(&bytes("2b7e151628aed2a6abf7158809cf4f3c")).unwrap();
        let mut stream = [0; 48];
        let iv: [u8; 16] = bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000").try_into().unwrap();
        cipher.apply(iv, &mut stream);
        let expected = "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab\
                        41e95b3bb0a2e8dd477901e4fca894c0";
        assert_eq!(hex::encode(stream), expected);
    }

    /// RFC 3711 appendix B.3.
    #[test]
    fn the_session_keys_of_the_rfc() {
        let master = Cipher::new(&bytes("e1f97a0d3e018be0d64fa32c06de4139")).unwrap();
        let salt = bytes("0ec675ad498afeebb6960b3aabe6");
        let derived = |label, length| {
            let mut out = vec![0; length];
            derive(&master, &salt, label, &mut out);
            hex::encode(out)
        };
        assert_eq!(derived(0, 16), "c61e7a93744f39ee10734afe3ff7a087");
        assert_eq!(derived(2, 14), "30cbbc08863d8c85d49db34a9ae1");
        let authentication = "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbce\
                              e049646c43d9327ad175578ef72270986371c10c9a369ac2f94a8c5fbcdddc25\
                              6d6e919a48b610ef17c2041e47403576";
        assert_eq!(derived(1, 80), authentication[..160]);
    }

    /// RFC 6188 §7.2.
    #[test]
    fn the_session_keys_of_aes_256() {
        let key = "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6";
        let master = Cipher::new(&bytes(key)).unwrap();
        let salt = bytes("3b04803de51ee7c96423ab5b78d2");
        let derived = |label, length| {
            let mut out = vec![0; length];
            derive(&master, &salt, label, &mut out);
            hex::encode(out)
        };
        let session = "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4";
        assert_eq!(derived(0, 32), session);
        assert_eq!(derived(2, 14), "fa31791685ca444a9e07c6c64e93");
        assert_eq!(derived(1, 20), "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05");
    }
}
