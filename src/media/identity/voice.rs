//! The number under which a voice goes on record.

/// One voice of the codebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity(u16);

impl Identity {
    /// How many identities the codebook has.
    pub const COUNT: u16 = 1000;

    /// The identity of a number; numbers beyond the codebook start over.
    pub const fn of(number: u16) -> Self {
        Self(number % Self::COUNT)
    }

    /// Its number, as in `record::Heard`.
    pub const fn number(self) -> u16 {
        self.0
    }
}
