//! AES in counter mode (RFC 3711 §4.1.1).

use aes::cipher::{InnerIvInit as _, KeyInit as _, StreamCipher as _, StreamCipherCoreWrapper};
use aes::{Aes128, Aes256};
use ctr::{CtrCore, flavors::Ctr128BE};

/// AES with its key schedule, which is worth keeping.
pub(super) enum Cipher {
    Short(Box<Aes128>),
    Long(Box<Aes256>),
}

impl Cipher {
    /// `None` unless the key has 16 or 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(|cipher| Self::Short(Box::new(cipher))),
            32 => Aes256::new_from_slice(key).ok().map(|cipher| Self::Long(Box::new(cipher))),
            _ => None,
        }
    }

    /// Adds the key stream that begins at `iv` to the data.
    pub(super) fn apply(&self, iv: [u8; 16], data: &mut [u8]) {
        type Ctr<'a, C> = CtrCore<&'a C, Ctr128BE>;
        match self {
            Self::Short(cipher) => {
                let core = Ctr::inner_iv_init(cipher.as_ref(), &iv.into());
                StreamCipherCoreWrapper::from_core(core).apply_keystream(data);
            }
            Self::Long(cipher) => {
                let core = Ctr::inner_iv_init(cipher.as_ref(), &iv.into());
                StreamCipherCoreWrapper::from_core(core).apply_keystream(data);
            }
        }
    }
}
