//! The ways in which phones put a call on hold.

use super::Direction;

/// How a call is put on hold. The bridge does it by `a=inactive`; the others are beyond the guide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HoldForm {
    /// re-INVITE with `a=inactive` (RFC 3264 §8.4).
    #[default]
    Inactive,
    /// re-INVITE with `a=sendonly`, as phones do that play music themselves (RFC 3264 §8.4).
    SendOnly,
    /// re-INVITE with the connection address 0.0.0.0 and no other sign, as RFC 2543 had it.
    NullAddress,
    /// UPDATE (RFC 3311) with `a=inactive`, resumed by UPDATE too.
    Update,
}

impl HoldForm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Inactive, Self::SendOnly, Self::NullAddress, Self::Update];

    /// What a feature file calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Inactive => "a=inactive",
            Self::SendOnly => "a=sendonly",
            Self::NullAddress => "connection address 0.0.0.0",
            Self::Update => "UPDATE",
        }
    }

    /// The direction that our offer stands for.
    pub const fn direction(self) -> Direction {
        match self {
            Self::SendOnly => Direction::SendOnly,
            Self::Inactive | Self::NullAddress | Self::Update => Direction::Inactive,
        }
    }

    /// Whether an answer of this direction fits the offer (RFC 3264 §6.1); `None` if it wrote
    /// none. Nothing is said of how to answer 0.0.0.0.
    pub fn is_answered_by(self, direction: Option<Direction>) -> bool {
        match self {
            Self::Inactive | Self::Update => direction == Some(Direction::Inactive),
            Self::SendOnly => {
                matches!(direction, Some(Direction::RecvOnly | Direction::Inactive))
            }
            Self::NullAddress => true,
        }
    }

    /// The method that carries it.
    pub const fn method(self) -> &'static str {
        match self {
            Self::Update => "UPDATE",
            Self::Inactive | Self::SendOnly | Self::NullAddress => "re-INVITE",
        }
    }
}
