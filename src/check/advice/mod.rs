//! What a cause means and what to change: the one table behind reports and `explain`.
//!
//! A match, not a map, so that a cause without advice does not compile.

mod account;
mod audio;
mod beyond;
mod call;
mod ending;
mod form;
mod hold;
mod protection;
mod readiness;
mod registration;
mod softphone;
mod stream;
mod transfer;

use account::account;
use audio::audio;
use beyond::beyond;
use call::{call_set_up, caller_id};
use ending::ending;
use form::form;
use hold::hold;
use protection::protection;
use readiness::{certificate, network};
use registration::registration;
use softphone::softphone;
use stream::stream;
use transfer::transfer;

use crate::record::Cause;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// Guide clause that speaks of it, or the test that finds it.
    pub clause: &'static str,
    /// What was seen, in general.
    pub meaning: &'static str,
    /// What to change.
    pub remedy: &'static str,
}

const fn row(clause: &'static str, meaning: &'static str, remedy: &'static str) -> Advice {
    Advice { clause, meaning, remedy }
}

/// The row of a cause.
pub const fn advice(cause: Cause) -> Advice {
    match cause {
        Cause::NoResponse
        | Cause::UnresolvedName
        | Cause::AuthenticationFailure
        | Cause::ClientBlocked
        | Cause::SourceBanned
        | Cause::RegistrationRefused
        | Cause::ShortExpiry
        | Cause::NotSip
        | Cause::BindingMissing
        | Cause::BindingLost => registration(cause),
        Cause::ShrinkingExpiry
        | Cause::BindingNotRemoved
        | Cause::ContactRewritten
        | Cause::LicenceLimit
        | Cause::Overload
        | Cause::OneDeviceRings
        | Cause::OtherDeviceRingsOn
        | Cause::NoDeskPhone
        | Cause::OtherPort
        | Cause::UnreachableVia => account(cause),
        Cause::NodeNotCalled
        | Cause::NoSecondNode
        | Cause::NoNumberAbroad
        | Cause::NoDirectNumber
        | Cause::OutsidePrefixKept
        | Cause::BindingReplaced
        | Cause::ContactDataLost
        | Cause::ContactDataHinders
        | Cause::NumberFormNotTaken => form(cause),
        Cause::CalleeNotRung
        | Cause::WrongPartyRung
        | Cause::ContactAltered
        | Cause::CallRejected
        | Cause::CallUnanswered
        | Cause::AnswerNotRelayed
        | Cause::AnswerNotAcknowledged
        | Cause::UnreachableContact
        | Cause::NoRingingIndication
        | Cause::BadAnswer
        | Cause::OtherPartyAnswered => call_set_up(cause),
        Cause::WrongCallerId
        | Cause::CallerIdMissing
        | Cause::CallerIdWithheld
        | Cause::CallerIdFormat
        | Cause::CallerIdOnlyAsserted => caller_id(cause),
        Cause::UnreachableMediaAddress
        | Cause::OneWayAudio
        | Cause::NoAudio
        | Cause::LateAudio
        | Cause::AudioGaps
        | Cause::AudioStopped
        | Cause::CrossedAudio
        | Cause::Echo
        | Cause::DistortedAudio
        | Cause::StreamChanged => audio(cause),
        Cause::WrongLevel
        | Cause::LongDelay
        | Cause::PacketLoss
        | Cause::Jitter
        | Cause::StuckAudio
        | Cause::UnagreedPayload
        | Cause::BadTimestamps
        | Cause::AsymmetricRtp
        | Cause::PacketOrder => stream(cause),
        Cause::MediaNotEncrypted
        | Cause::EncryptionRefused
        | Cause::UnusableKey
        | Cause::KeysDoNotMatch => protection(cause),
        Cause::HoldRefused
        | Cause::HoldSilent
        | Cause::HoldRingback
        | Cause::HoldNoise
        | Cause::HoldTone
        | Cause::HoldLeaksAudio
        | Cause::HoldInterrupted
        | Cause::HoldAnswerOdd
        | Cause::SdpVersion
        | Cause::StillOnHold
        | Cause::ResumeRefused
        | Cause::ResumeAnswerOdd => hold(cause),
        Cause::TransferRefused
        | Cause::TransferUnanswered
        | Cause::TransferTargetRefused
        | Cause::TransferNotAttempted
        | Cause::TransferWrongTarget
        | Cause::TransferWrongParty
        | Cause::TransferNoAudio
        | Cause::TransferRingsSilently
        | Cause::TransferCallLost
        | Cause::TransferNotifyUnusual
        | Cause::TransferorLegLeftUp => transfer(cause),
        _ => of_the_way_there(cause),
    }
}

/// The row of a cause that lies between the PBX and the bridge, or at the end of a call.
const fn of_the_way_there(cause: Cause) -> Advice {
    match cause {
        Cause::SipAlg
        | Cause::HeadersRewritten
        | Cause::FragmentsLost
        | Cause::LargeRequestLost
        | Cause::SourcePortsFiltered
        | Cause::MediaPortOutside => network(cause),
        Cause::TestedFromInside
        | Cause::StunUnanswered
        | Cause::StunStranger
        | Cause::OnlineOutgoingOnly
        | Cause::CodecUnspoken => softphone(cause),
        Cause::CertificateExpired
        | Cause::CertificateNotYetValid
        | Cause::CertificateSelfSigned
        | Cause::CertificateChainIncomplete
        | Cause::CertificateUntrusted
        | Cause::CertificateWrongName
        | Cause::CertificateWeakKey
        | Cause::CertificateExpiresSoon => certificate(cause),
        Cause::CancelIgnored
        | Cause::RefusalNotRelayed
        | Cause::RefusalTranslated
        | Cause::RingingEnded
        | Cause::MethodUnsupported
        | Cause::MediaToHolder
        | Cause::FailedTransferStuck
        | Cause::FailedTransferOtherwise
        | Cause::PartyNotIntroduced
        | Cause::KeysLost
        | Cause::RefreshRefused
        | Cause::OfferNotMade
        | Cause::CodecChangeRefused
        | Cause::PortChangeRefused
        | Cause::MediaLeftBehind
        | Cause::AnswerNotRepeated => beyond(cause),
        _ => ending(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_table_5_2_is_told_in_its_own_words() {
        assert!(advice(Cause::NoResponse).remedy.contains("Check the firewall"));
        assert!(advice(Cause::UnresolvedName).remedy.contains("sip_domain is wrong"));
        assert!(advice(Cause::AuthenticationFailure).remedy.contains("realm"));
    }

    #[test]
    fn what_says_nothing_of_the_pbx_says_so() {
        for cause in [Cause::HarnessLate, Cause::HarnessFault] {
            assert!(advice(cause).remedy.contains("Nothing is said of the PBX"));
        }
    }
}
