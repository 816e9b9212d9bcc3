//! The names of the defects in code, and the table that they index.

use super::row::Row;
use super::{
    caller_id, certificate, description, dialogs, form, hold, keys, load, media, network,
    other_holds, other_transfers, protection, refer, registration, resume, rtp, set_up, sound,
    teardown, transfer, transferred, unanswered,
};

/// One way to be broken. Its [`Row`] says how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Defect {
    // network
    /// Via is rewritten on its way to the PBX.
    SipAlg,
    /// Call-ID is rewritten on its way back.
    CallIdRewritten,
    /// Fragments do not reach the PBX.
    DropsFragments,
    /// Fragments of the PBX do not reach anybody.
    DropsLargeAnswers,
    /// Datagrams of more than 4000 bytes do not reach the PBX.
    DropsHugeRequests,
    /// Only some of our ports reach the PBX.
    SourcePortsFiltered,
    /// SIP is answered at another port.
    RemoteUsersPort,
    /// Media is on ports that nobody opened.
    MediaPortOutside,
    /// Its STUN server never answers.
    StunSilent,
    /// Its STUN server answers from another port.
    StunFromElsewhere,
    // certificate
    /// It has expired.
    CertificateExpired,
    /// It is not valid yet.
    CertificateNotYetValid,
    /// It is self-signed.
    CertificateSelfSigned,
    /// Its intermediate is not presented.
    CertificateWithoutChain,
    /// Its authority is unknown.
    CertificateOfStranger,
    /// It is for another host.
    CertificateWrongName,
    /// There is a short key in its chain.
    CertificateWeakKey,
    /// It has five days left.
    CertificateExpiresSoon,
    // registration
    /// REGISTER is never answered.
    RegistrationSilent,
    /// What answers is not SIP.
    NotSip,
    /// REGISTER of an unknown User-Agent is never answered.
    UserAgentIgnored,
    /// REGISTER of an unknown User-Agent gets 403.
    UserAgentBlocked,
    /// An address is ignored after two REGISTERs.
    RegistersBanned,
    /// 401 whatever the credentials.
    EndlessChallenge,
    /// Computes with another realm than it announces.
    WrongRealm,
    /// One user may register and no more.
    UserLimit,
    /// Six calls between users at once and no more.
    LicenceLimit,
    /// Of several devices of a user only the latest rings.
    OneDeviceRings,
    /// A device rings on when another has answered.
    OtherDeviceRingsOn,
    /// The 200 to REGISTER has no Contact.
    ContactMissing,
    /// The 200 to REGISTER lists another Contact.
    ForeignContact,
    /// A registration from an address replaces all others from there.
    OneBindingPerAddress,
    /// Registrations last 300 s.
    ShortExpiry,
    /// Registrations last 1800 s.
    HalfExpiry,
    /// Every renewal lasts half as long.
    ShrinkingExpiry,
    /// A binding stays when it is removed.
    RemovalIgnored,
    /// What was removed is listed to who asks, and not called.
    RemovedYetListed,
    /// Bindings are listed at the address of a proxy.
    RewritesContact,
    /// 423 that does not say what would do.
    NoMinExpires,
    /// INVITE to a binding without its Contact's user part.
    ContactUserDropped,
    /// Users are registered and call, and nobody is put through to them.
    OutgoingOnly,
    // fields of the form
    /// Of several bindings of a user only the first rings.
    OldestBindingRings,
    /// A user has one binding at a time.
    OneBindingKept,
    /// The bridge is asked for a password where its address should do.
    BridgeAddressUnknown,
    /// A user in a call may not call.
    OneCallPerUser,
    /// INVITE to a binding without the parameters of its Contact.
    ContactDataDropped,
    /// INVITE to a binding with the parameters of another.
    ContactDataMixed,
    /// A Contact with unknown parameters is refused.
    ContactDataRefused,
    /// Outside numbers are taken in E.164 only.
    NationalNumbersUnknown,
    /// Takes outside numbers behind a 9 only.
    OutsidePrefixDemanded,
    /// Takes no prefix before an outside number.
    OutsidePrefixUnknown,
    /// Passes the prefix on.
    OutsidePrefixKept,
    // call set-up
    /// The INVITE is never answered.
    InviteIgnored,
    /// The INVITE with credentials is never answered.
    AuthorizedInviteIgnored,
    /// Its requests name a private address in Via.
    PrivateVia,
    /// Its Contact is a private address.
    PrivateContact,
    /// 100 and no more.
    CallNotForwarded,
    /// Users may not call out.
    OutgoingRefused,
    /// Direct numbers lead nowhere.
    DirectNumbersUnknown,
    /// Extensions lead nowhere.
    ExtensionsUnknown,
    /// One call per address.
    SecondCallRefused,
    /// 302 in place of a call.
    CallRedirected,
    /// Voicemail answers in place of the callee.
    VoicemailAnswers,
    /// Voicemail takes the call as soon as the callee rings.
    VoicemailTooEarly,
    /// The caller is answered before the callee rings.
    EarlyAnswer,
    /// No 180.
    NoRinging,
    /// The callee's 200 gets no ACK.
    AckWithheld,
    /// The session timer runs out.
    SessionExpires,
    /// Another user rings.
    WrongUserRings,
    /// The caller never learns of the answer.
    NoAnswer,
    /// The ACK to a 200 is lost.
    AckIgnored,
    // caller-id
    /// The trunk's own number is shown.
    WrongCallerId,
    /// The PBX is shown in the caller's place.
    CallerIdLost,
    /// The caller is anonymous, and Privacy asks for that.
    CallerIdWithheld,
    /// The caller is said to be restricted.
    CallerIdRestricted,
    /// The caller is shown only in P-Asserted-Identity.
    CallerIdOnlyAsserted,
    /// The caller's number is shown without its area code.
    CallerIdLocal,
    /// The caller's number is shown behind the digit for an outside line.
    CallerIdPrefixed,
    // session descriptions
    /// Answers with a codec that was not offered.
    CodecNotOffered,
    /// Answers with audio refused.
    AudioRefused,
    /// The 200 has no session description.
    AnswerWithoutSdp,
    /// Offers only codecs that nobody has.
    CodecForced,
    /// Offers only SRTP.
    SrtpForced,
    /// Wants all media at a private address.
    PrivateMediaAddress,
    /// Wants the caller's media at a private address.
    PrivateAddressInAnswer,
    /// Good early media, then an answer with a private address.
    PrivateAddressAfterEarlyMedia,
    // media
    /// The caller hears nothing.
    OneWayAudio,
    /// The callee hears nothing.
    CalleeHearsNothing,
    /// Nobody hears anything.
    NoAudio,
    /// Audio begins late.
    LateAudio,
    /// Audio begins very late.
    VeryLateAudio,
    /// Audio ends in mid-call.
    AudioStops,
    /// Two concurrent calls hear each other's parties.
    CrossedAudio,
    /// One of two concurrent calls hears a party of the other as well.
    LeakingAudio,
    /// The second of two concurrent calls is one-way.
    SecondCallOneWay,
    // encryption
    /// Plain RTP is answered to encrypted media.
    AnswersPlain,
    /// Users are offered plain RTP.
    OffersPlain,
    /// Encrypted media is refused.
    EncryptionRefused,
    /// An answer's key has a tag that was not offered.
    WrongKeyTag,
    /// An answer's key is for a suite that was not offered.
    WrongSuite,
    /// Media is encrypted with another key than the one announced.
    WrongMediaKey,
    /// A new key is announced with hold, and the old one is used on.
    StaleMediaKey,
    // sound
    /// Holes in the sound.
    AudioGaps,
    /// The softer part of speech is not sent.
    SpeechSuppressed,
    /// One's own voice comes back.
    EchoedAudio,
    /// Far too loud.
    ClippedAudio,
    /// Buried in noise.
    NoisyAudio,
    /// Encoded in the other law.
    WrongLaw,
    /// Far too soft.
    FaintAudio,
    /// Noise in place of voices.
    ComfortNoiseOnly,
    /// The same 20 ms for ever.
    StuckAudio,
    // RTP
    /// Packets are lost.
    PacketLoss,
    /// Packets come in bursts.
    Jitter,
    /// Packets come late.
    LongDelay,
    /// RTP comes from another port than announced.
    OtherPort,
    /// The SSRC changes.
    SsrcChanges,
    /// The payload type changes.
    PayloadTypeAlternates,
    /// The payload type was not agreed on.
    UnagreedPayloadType,
    /// Sequence numbers jump.
    SequenceJumps,
    /// Timestamps advance wrongly.
    TimestampSteps,
    /// Packets come twice.
    DoubledPackets,
    /// Packets overtake each other.
    ReorderedPackets,
    // hold
    /// Hold without music.
    SilentHold,
    /// Hold with silence as music.
    HoldSilence,
    /// The held party hears itself.
    HoldEchoes,
    /// The held party hears 20 ms of the holder for ever.
    HoldStuck,
    /// Ringback as music.
    HoldRingback,
    /// Busy tone as music.
    HoldBusy,
    /// Noise as music.
    HoldNoise,
    /// A tone as music.
    HoldTone,
    /// Music that stops.
    HoldStops,
    /// Music with holes.
    HoldHoles,
    /// Music that begins late.
    HoldLate,
    /// Hold gets 488.
    HoldRefused,
    /// Hold gets 491.
    HoldPending,
    /// Hold gets no answer.
    HoldUnanswered,
    /// Hold is answered sendrecv.
    HoldAnsweredSendrecv,
    /// Hold is answered without SDP.
    HoldAnsweredBare,
    /// The version of the SDP does not change with it.
    HoldVersionKept,
    /// Hold ends the call.
    HoldEndsCall,
    /// Hold ends the call after a while.
    HoldTimesOut,
    // resume
    /// Resume gets 488.
    ResumeRefused,
    /// Resume gets 491.
    ResumePending,
    /// Resume gets no answer.
    ResumeUnanswered,
    /// Resume ends the call.
    ResumeEndsCall,
    /// Who resumes hears nothing.
    ResumeOneWay,
    /// Resume is answered recvonly.
    ResumeRecvonly,
    /// Resume is answered with 0.0.0.0.
    ResumeNowhere,
    /// The music goes on.
    ResumeStillMusic,
    /// Resume is answered with a codec that was not offered.
    ResumeOtherCodec,
    /// Resume is answered with port 0.
    ResumePortZero,
    // REFER
    /// REFER gets 405.
    ReferRefused,
    /// REFER gets 501.
    ReferUnknown,
    /// REFER gets 603.
    ReferDeclined,
    /// REFER of the party that called gets 403.
    ReferFromCallerRefused,
    /// REFER gets 401 whatever it carries.
    ReferChallenged,
    /// REFER is never answered.
    ReferUnanswered,
    // transfer
    /// 202, and nothing comes of it.
    TransferForgotten,
    /// 202 and NOTIFY 180, but nobody is called.
    TransferPretended,
    /// The target is called when the transferor has hung up, not before.
    TransferWaitsForBye,
    /// No route to any target.
    TransferTargetRefused,
    /// No way from the outside to the outside.
    TrunkToTrunkRefused,
    /// The transferor rings instead of the target.
    TransferCallsBack,
    /// A number is called that nobody asked for.
    TransferMisdials,
    /// The target's number is called where the transferor is.
    TransferCallsBridge,
    /// The transferor is connected with the target.
    TransferorConnected,
    /// The transferor's early BYE ends everything.
    TransferDropsSurvivor,
    /// The transferor's BYE ends the call of another phone of the PBX.
    TransferDropsColleague,
    /// Everything ends when the target answers.
    TransferDropsAtAnswer,
    /// Everything ends shortly after the target answered.
    TransferDropsLater,
    /// The transferor's BYE is not answered, and none is sent.
    TransferorLegLeftUp,
    /// The transferor gets RTP after its BYE.
    TransferorHearsOn,
    /// No NOTIFY.
    NoNotify,
    /// BYE where NOTIFY is due.
    ByeForNotify,
    /// NOTIFY 200 when the target rings.
    NotifyOkEarly,
    // the transferred call
    /// Neither hears the other.
    TransferSilent,
    /// The target hears nothing.
    TransferTargetDeaf,
    /// The transferred party hears nothing.
    TransfereeDeaf,
    /// The transferred party hears music for ever.
    TransferKeepsMusic,
    /// The transferred party hears ringback for ever.
    TransferKeepsRingback,
    /// The transferred party hears nothing while the target rings.
    TransferRingsSilently,
    /// The two are joined late.
    TransferJoinsLate,
    /// The target is shown the trunk's own number.
    TransferCallerId,
    /// The target is shown the right number in P-Asserted-Identity only.
    TransferCallerIdAsserted,
    /// The target is called without an offer, and never gets an answer to its own.
    TransferAnswerMissing,
    // teardown
    /// The other party never learns of a hang-up.
    ByeNotPropagated,
    /// The caller never learns that the callee hung up.
    CalleeByeNotPropagated,
    /// The other party learns of it after 8 s.
    ByeSlow,
    /// The other party gets music instead of BYE.
    LegHung,
    /// BYE gets 481.
    ByeUnknown,
    /// BYE gets 500.
    ByeFails,
    /// BYE is never answered.
    ByeUnanswered,
    /// Music is sent after BYE.
    RtpAfterBye,
    /// The call of the neighbour ends too.
    WrongCallEnded,
    /// The neighbour's call ends instead.
    ByeToWrongCall,
    /// The answer is followed by BYE.
    ByeOnAnswer,
    // hold in other ways, beyond the guide
    /// Hold by a=sendonly gets 488.
    SendonlyRefused,
    /// 0.0.0.0 is no hold.
    NullAddressIgnored,
    /// UPDATE gets no answer.
    UpdateUnanswered,
    /// Hold ends the call after a minute.
    LongHoldTimesOut,
    /// Who holds is sent RTP.
    HolderSentAudio,
    /// Hold gets 491 where the other party holds.
    DoubleHoldRefused,
    // other transfers, beyond the guide
    /// A failed transfer leaves everybody alone.
    FailedTransferForgotten,
    /// REFER of who holds gets 403.
    HeldTransferRefused,
    /// The leg that transferred with consultation cannot be ended.
    ConsultedLegLeftUp,
    /// The parties of a transfer with consultation are not told of each other.
    PartyNotIntroduced,
    // keys, beyond the guide
    /// No key is passed on.
    KeysLost,
    /// No key is passed on after a hold.
    KeysLostAfterHold,
    // long calls and lost messages, beyond the guide
    /// A re-INVITE that changes nothing gets 488.
    RefreshRefused,
    /// A renewed registration ends the user's calls.
    RegistrationEndsCalls,
    /// A re-INVITE without an offer gets 400.
    NoOfferMade,
    /// A 200 is sent once.
    AnswerNotRepeated,
    /// An ACK is sent once.
    AckNotRepeated,
    /// Another codec gets 500.
    CodecChangeRefused,
    /// Another RTP port gets 500.
    PortChangeRefused,
    /// Another RTP port is accepted and not used.
    PortChangeIgnored,
    /// Only the first SSRC is passed on.
    SourceLocked,
    // calls that are not answered, beyond the guide
    /// Whoever is called rings on when the caller gives up.
    CancelNotRelayed,
    /// A cancelled INVITE gets no final response.
    CancelledInviteUnanswered,
    /// The caller never learns of a refusal.
    RefusalNotRelayed,
    /// Every refusal is told as 503.
    RefusalTranslated,
    /// A call is taken back soon.
    RingsBriefly,
    /// The same, and its caller never learns of it.
    RingsBrieflyUntold,
    // many users at once, beyond the guide
    /// More than a dozen REGISTERs in a second get 503.
    RegistersThrottled,
    /// The ninth call gets 503.
    ChannelLimit,
    /// The ninth call has no audio.
    MediaLimit,
    /// Calls beyond the eighth are crossed.
    CrossedUnderLoad,
}

/// The rows, by phase.
const PHASES: &[&[Row]] = &[
    network::ROWS,
    certificate::ROWS,
    registration::ROWS,
    form::ROWS,
    set_up::ROWS,
    caller_id::ROWS,
    description::ROWS,
    media::ROWS,
    protection::ROWS,
    sound::ROWS,
    rtp::ROWS,
    hold::ROWS,
    resume::ROWS,
    refer::ROWS,
    transfer::ROWS,
    transferred::ROWS,
    teardown::ROWS,
    other_holds::ROWS,
    other_transfers::ROWS,
    keys::ROWS,
    dialogs::ROWS,
    unanswered::ROWS,
    load::ROWS,
];

impl Defect {
    /// Every row, in the order of a call's phases.
    pub fn table() -> impl Iterator<Item = &'static Row> {
        PHASES.iter().copied().flatten()
    }

    /// Its row; the tests see to it that there is exactly one.
    pub fn row(self) -> Option<&'static Row> {
        Self::table().find(|row| row.defect == self)
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_defect_has_one_row_with_name_clause_cause_and_source() {
        let rows: Vec<&Row> = Defect::table().collect();
        let names: HashSet<&str> = rows.iter().map(|row| row.name).collect();
        let defects: HashSet<Defect> = rows.iter().map(|row| row.defect).collect();
        assert_eq!(names.len(), rows.len());
        assert_eq!(defects.len(), rows.len());
        for row in rows {
            assert_eq!(row.defect.name(), row.name);
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(row.name.chars().all(kebab), "{}", row.name);
            assert!(!row.does.is_empty() && !row.seen.is_empty(), "{}", row.name);
            assert!(!row.clauses.is_empty(), "{}", row.name);
            let of_guide = |c: &&str| c.starts_with(['2', '3', '4', '5', '6', '7']);
            assert!(row.is_beyond() || row.clauses.iter().all(of_guide), "{}", row.name);
        }
    }
}
