//! Names of probable causes.

use serde::{Deserialize, Serialize};

/// Why an expectation was probably not met. The kebab-case form is what reports
/// print, what `pbxcert explain` takes and what scripts may match on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Nothing answered the REGISTER (guide 5.2, "No response received").
    NoResponse,
    /// The SIP domain or proxy has no address (guide 5.2, "Unable to resolve URI").
    UnresolvedName,
    /// User name, auth user name, password or realm is wrong (guide 5.2).
    AuthenticationFailure,
    /// The PBX refuses to talk to us before it has asked for a password (guide 2.6.4, 2.6.7).
    ClientBlocked,
    /// The PBX has fallen silent after it had answered: rate limit, ban, or death.
    SourceBanned,
    /// The PBX refused the registration for another stated reason.
    RegistrationRefused,
    /// The granted expiry is below what the guide recommends (guide 2.6.6).
    ShortExpiry,
    /// The peer answered something that is not SIP.
    NotSip,
    /// A 200 to REGISTER does not list our binding (RFC 3261 §10.3).
    BindingMissing,
    /// A registration that was granted and has not expired is gone (guide 7.2).
    BindingLost,
    /// The INVITE is not addressed to the Contact that was registered (guide 7.2).
    ContactAltered,
    /// No INVITE reached the party that should ring.
    CalleeNotRung,
    /// The INVITE reached another user than the one dialled.
    WrongPartyRung,
    /// The call was rejected with a status code.
    CallRejected,
    /// The caller was never told of the answer, or answered late.
    AnswerNotRelayed,
    /// No answer to an INVITE at all.
    CallUnanswered,
    /// What we send in a call goes to a Contact that is not where the PBX was reached.
    UnreachableContact,
    /// The caller got no 180 while the callee rang.
    NoRingingIndication,
    /// The 200 of the callee got no ACK.
    AnswerNotAcknowledged,
    /// The caller-id shown is not one that the guide allows.
    WrongCallerId,
    /// No caller's number is shown at all.
    CallerIdMissing,
    /// The right number is shown in a form that cannot be mapped to E.164.
    CallerIdFormat,
    /// The caller-id is right only in P-Asserted-Identity.
    CallerIdOnlyAsserted,
    /// An offer or answer gives no audio: none there, refused, or no codec that was
    /// offered (RFC 3264 §6).
    BadAnswer,
    /// Media is announced at an address that cannot be the peer's.
    UnreachableMediaAddress,
    /// One party hears the other, not the reverse.
    OneWayAudio,
    /// Neither party hears the other.
    NoAudio,
    /// Audio came, but too late after the answer.
    LateAudio,
    /// Audio has gaps longer than 200 ms, or covers too little of the time.
    AudioGaps,
    /// Audio stopped during the talk and did not come back.
    AudioStopped,
    /// A party hears a third party of the run.
    CrossedAudio,
    /// A party hears itself.
    Echo,
    /// The tone is there but buried in noise or distortion.
    DistortedAudio,
    /// A party is heard far too softly, or too loudly.
    WrongLevel,
    /// Audio takes longer than ITU-T G.114 accepts.
    LongDelay,
    /// Packets of the PBX's stream are missing by number.
    PacketLoss,
    /// Packets come too late for a jitter buffer.
    Jitter,
    /// The same packet's worth of sound comes again and again.
    StuckAudio,
    /// Payload under a type that was not agreed on (RFC 3264 §5.1).
    UnagreedPayload,
    /// RTP timestamps do not advance by what packets hold (RFC 3550 §5.1).
    BadTimestamps,
    /// RTP comes from elsewhere than its session description says (RFC 4961).
    AsymmetricRtp,
    /// Packets come twice or out of order.
    PacketOrder,
    /// The hold re-INVITE was refused.
    HoldRefused,
    /// On hold, no RTP or only silence arrives.
    HoldSilent,
    /// On hold, ringback or busy tone arrives instead of music.
    HoldRingback,
    /// On hold, comfort noise or plain noise arrives instead of music.
    HoldNoise,
    /// On hold, a steady tone arrives instead of music.
    HoldTone,
    /// On hold, a party of the call is still heard.
    HoldLeaksAudio,
    /// Music on hold stops, or is interrupted too long.
    HoldInterrupted,
    /// The SDP answer to hold is odd, though what is heard is right.
    HoldAnswerOdd,
    /// The version in `o=` does not follow the description (RFC 3264 §8).
    SdpVersion,
    /// The resume re-INVITE was refused.
    ResumeRefused,
    /// The resume was answered with a direction other than `sendrecv`.
    ResumeAnswerOdd,
    /// After the resume a party still hears the music of the hold.
    StillOnHold,
    /// The REFER was refused.
    TransferRefused,
    /// The REFER was not answered.
    TransferUnanswered,
    /// The PBX told the transferor that the target cannot be reached.
    TransferTargetRefused,
    /// The REFER was accepted but the target was never called.
    TransferNotAttempted,
    /// The transfer rang somebody else.
    TransferWrongTarget,
    /// The target talks to the transferor, not to the party that was transferred.
    TransferWrongParty,
    /// After the transfer at least one of the two hears nothing of the other.
    TransferNoAudio,
    /// The transferred party hears nothing while the target rings.
    TransferRingsSilently,
    /// The PBX ended the transferred call with the transferor's leg.
    TransferCallLost,
    /// No NOTIFY, a NOTIFY out of order, or BYE in its place: seen on healthy PBXs.
    TransferNotifyUnusual,
    /// The transferor's leg cannot be ended, or its RTP goes on.
    TransferorLegLeftUp,
    /// The BYE of one party was not passed on to the other.
    HangupNotPropagated,
    /// BYE was refused or not answered.
    HangupRefused,
    /// RTP goes on later than 1 s after the BYE.
    RtpAfterHangup,
    /// The PBX ended the call on its own.
    CallDropped,
    /// A call ended because another did.
    WrongCallEnded,
    /// The harness itself was late or short of resources; says nothing of the PBX.
    HarnessLate,
    /// The harness failed: a bug or a lack on this machine.
    HarnessFault,
    /// A step that this one needs did not succeed.
    EarlierStep,
    /// The run was interrupted.
    Interrupted,
    /// The profile says that the PBX does not support this.
    Disclaimed,
    /// The SSRC, payload type or source port changed in mid-call.
    StreamChanged,
    /// Something else than the dialled party answered.
    OtherPartyAnswered,
}

impl Cause {
    /// The kebab-case name.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}
