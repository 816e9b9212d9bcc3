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
    /// Every renewal of a registration is granted for less than the one before (guide 2.6.6).
    ShrinkingExpiry,
    /// A registration cannot be removed (RFC 3261 §10.2.2).
    BindingNotRemoved,
    /// The PBX lists our Contact at another address: seen on healthy PBXs.
    ContactRewritten,
    /// What one user may, not all may at once: licences or channels are counted (guide 2.6.1).
    LicenceLimit,
    /// Who holds a call is sent RTP nevertheless (RFC 3264 §8.4): seen on healthy PBXs.
    MediaToHolder,
    /// What one user is granted is refused or not answered when many ask at a time.
    Overload,
    /// Of two devices on one extension only one rings (guide 2.6.2).
    OneDeviceRings,
    /// A device rings on when another has answered (guide 2.6.2).
    OtherDeviceRingsOn,
    /// A call goes to a node of the bridge that is lost, and not to the other (guide 4.1.1.1).
    NodeNotCalled,
    /// The profile names one node of the bridge only (guide 4.1.1.1).
    NoSecondNode,
    /// The profile has no external number of another country (guide 4.1.1.10).
    NoNumberAbroad,
    /// The profile names no desk phone besides Teams (guide 2.6.2).
    NoDeskPhone,
    /// A user's second binding takes the place of the first: seen on healthy PBXs.
    BindingReplaced,
    /// The data parameter of a Contact does not come back, or another's does (guide 4.1.1.8).
    ContactDataLost,
    /// Only the other value of `suppress_contact_data` works (guide 4.1.1.8).
    ContactDataHinders,
    /// A user's number is just an extension (guide 5), which nobody outside can dial.
    NoDirectNumber,
    /// The PBX takes numbers in another form than the profile's (guide 4.1.1.9, 4.1.1.10).
    NumberFormNotTaken,
    /// The prefix for an outside line goes out with the number (guide 4.1.1.9).
    OutsidePrefixKept,
    /// The PBX answers at another port than the profile's (guide 2.6.3).
    OtherPort,
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
    /// The PBX's requests come with a Via that is not where they come from (guide 2.6.5).
    UnreachableVia,
    /// The caller got no 180 while the callee rang.
    NoRingingIndication,
    /// The 200 of the callee got no ACK.
    AnswerNotAcknowledged,
    /// The caller-id shown is not one that the guide allows.
    WrongCallerId,
    /// No caller's number is shown at all.
    CallerIdMissing,
    /// The caller is shown as one who hides: anonymous, restricted, unavailable (RFC 3323).
    CallerIdWithheld,
    /// The right number is shown in a form that cannot be mapped to E.164.
    CallerIdFormat,
    /// The caller-id is right only in P-Asserted-Identity.
    CallerIdOnlyAsserted,
    /// An offer or answer gives no audio: none there, refused, or no codec that was
    /// offered (RFC 3264 §6).
    BadAnswer,
    /// The profile requires encrypted media (guide 4.1.1.6), and the PBX has plain RTP.
    MediaNotEncrypted,
    /// The PBX refuses encrypted media (guide 4.1.1.6) with 488 or 606.
    EncryptionRefused,
    /// Encrypted media without a key that can be used: none, or a suite or tag that was not
    /// offered (RFC 4568 §5.1.3).
    UnusableKey,
    /// Encrypted media arrives, but not under the keys that were agreed on.
    KeysDoNotMatch,
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
    /// Something in the way rewrites SIP in passing (guide 2.1).
    SipAlg,
    /// A header came back that is not as it was sent.
    HeadersRewritten,
    /// UDP datagrams larger than a packet do not come through (guide 2.1).
    FragmentsLost,
    /// A datagram far larger than any phone's does not come through.
    LargeRequestLost,
    /// A certificate of the PBX has expired (guide 2.4).
    CertificateExpired,
    /// A certificate of the PBX is not valid yet.
    CertificateNotYetValid,
    /// The PBX's certificate is self-signed.
    CertificateSelfSigned,
    /// The PBX does not present the intermediate certificates.
    CertificateChainIncomplete,
    /// Nobody who is trusted has issued the PBX's certificate, or it is of no use.
    CertificateUntrusted,
    /// The PBX's certificate is for another host.
    CertificateWrongName,
    /// A key in the PBX's certificates is short.
    CertificateWeakKey,
    /// The PBX's certificate has to be renewed.
    CertificateExpiresSoon,
    /// SIP from some of our ports does not come through (guide 2.5).
    SourcePortsFiltered,
    /// Media is announced on a port that is not among those of the profile (guide 2.5).
    MediaPortOutside,
    /// The PBX was reached from its own network (guide 3).
    TestedFromInside,
    /// STUN did not tell the softphone's public address (guide 3.1).
    StunUnanswered,
    /// An answer of STUN came from somebody who was not asked.
    StunStranger,
    /// The softphone is registered and calls out, and calls do not reach it (guide 3.1).
    OnlineOutgoingOnly,
    /// A codec was agreed on that a softphone has and the harness cannot speak.
    CodecUnspoken,
    /// Something else than the dialled party answered.
    OtherPartyAnswered,
    /// The caller gave up, and its callee rings on or its INVITE stays open (RFC 3261 §9).
    CancelIgnored,
    /// The callee refused, and the caller is not told.
    RefusalNotRelayed,
    /// The callee refused, and the caller is told another reason: seen on healthy PBXs.
    RefusalTranslated,
    /// The PBX ended a call while it rang.
    RingingEnded,
    /// The PBX does not know a method for which there is another way.
    MethodUnsupported,
    /// A transfer failed, and who was transferred is left alone.
    FailedTransferStuck,
    /// A transfer failed, and the call did not end, or come back, as the profile says.
    FailedTransferOtherwise,
    /// Who was transferred is not shown whom it talks to: seen on healthy PBXs.
    PartyNotIntroduced,
    /// Keys that one party presses do not come through as RFC 4733 events.
    KeysLost,
    /// A re-INVITE that changes nothing, to refresh the session, is refused (RFC 4028).
    RefreshRefused,
    /// A re-INVITE without an offer is not answered with one (RFC 3261 §14.2).
    OfferNotMade,
    /// Another codec is refused in mid-call.
    CodecChangeRefused,
    /// Another RTP port is refused in mid-call (RFC 3264 §8.3.1).
    PortChangeRefused,
    /// Audio goes on to a port that the peer has moved away from.
    MediaLeftBehind,
    /// A 200 whose ACK is lost is not sent again (RFC 3261 §13.3.1.4).
    AnswerNotRepeated,
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
