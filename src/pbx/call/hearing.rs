//! Who hears whom.

use super::super::defects::{Defect, Farewell, Held};
use super::super::dial_plan::Party;
use super::super::relay::{Board, Source};
use super::super::sound::Piece;
use super::leg::{Leg, LegId};
use super::state::{Call, Purpose};

impl Call {
    /// Tells the relay what every leg hears.
    pub(super) fn connect(&self) {
        for (&id, leg) in &self.legs {
            leg.media.port.play(self.source(id, leg), self.board());
        }
    }

    /// Two neighbouring accounts share a board, and so do their calls.
    fn board(&self) -> Option<Board> {
        let (caller, callee) = self.bridge?;
        [caller, callee].iter().find_map(|id| match self.legs.get(id)?.caller.party {
            Party::Account(index) => Some(Board(index / 2)),
            Party::Outside => None,
        })
    }

    fn source(&self, id: LegId, leg: &Leg) -> Source {
        let port = |leg: &Leg| Source::Port(leg.media.port.id());
        let other = |id: LegId| self.legs.get(&id).map(port).unwrap_or_default();
        if let Some(away) = self.away.as_ref().filter(|away| away.leg == id) {
            return away.hears;
        }
        if let Some(partner) = self.partner(id) {
            return self.hears(id, leg, self.legs.get(&partner));
        }
        match &self.attempt {
            Some(attempt) if attempt.waiting == id => match (attempt.early, attempt.purpose) {
                (Some(branch), _) => other(branch),
                (None, Purpose::Transfer { .. })
                    if self.switch.defects.has(Defect::TransferRingsSilently) =>
                {
                    Source::Nothing
                }
                (None, Purpose::Transfer { .. }) => Source::Plays(Piece::Ringback),
                (None, Purpose::Call) if self.switch.defects.has(Defect::EarlyAnswer) => {
                    Source::Plays(Piece::Ringback)
                }
                (None, Purpose::Call) => Source::Nothing,
            },
            // What a voicemail says.
            None if self.switch.defects.has(Defect::VoicemailAnswers)
                || self.switch.defects.has(Defect::VoicemailTooEarly) =>
            {
                Source::Plays(Piece::Music)
            }
            Some(attempt) if attempt.early == Some(id) => other(attempt.waiting),
            _ => Source::Nothing,
        }
    }

    /// What a leg of the bridge hears; its partner may be gone.
    fn hears(&self, id: LegId, leg: &Leg, partner: Option<&Leg>) -> Source {
        let defects = &self.switch.defects;
        let caller = self.bridge.is_some_and(|(caller, _)| caller == id);
        if self.unjoined {
            return Source::Nothing;
        }
        if let Some(instead) = defects.transferred_hears(!caller)
            && self.transferred
        {
            return instead;
        }
        let Some(partner) = partner else {
            return match defects.farewell(false) {
                Farewell::Music => Source::Plays(Piece::Music),
                _ => Source::Nothing,
            };
        };
        let unseen = partner.media.is_nulled() && defects.has(Defect::NullAddressIgnored);
        if partner.media.holds() && !unseen {
            return match defects.held_hears() {
                Held::Piece(piece) => Source::Plays(piece),
                Held::Itself => Source::Port(leg.media.port.id()),
                Held::Stuck => Source::Stuck,
                Held::Nothing => Source::Nothing,
            };
        }
        if defects.stays_on_hold() && partner.media.has_resumed() {
            return Source::Plays(Piece::Music);
        }
        if defects.deafens(caller, leg.media.has_resumed()) {
            return Source::Nothing;
        }
        Source::Port(partner.media.port.id())
    }
}
