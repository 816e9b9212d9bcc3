//! What the profile's author expects where the guide leaves it open.

use std::time::Duration;

/// Expectations that the guide leaves to the PBX's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// Caller-id at the target of a transfer (guide 7.1.1, step 6).
    pub transfer_caller_id: TransferCallerId,
    /// What counts as hold music (guide 7.1.1, step 4).
    pub hold_audio: HoldAudio,
    /// Longest time from dialling until the callee rings.
    pub post_dial_delay: Duration,
    /// Whether the PBX's registration expiry can be set (guide 2.6.6).
    pub expiry_settable: bool,
    /// What becomes of a call whose transfer fails (beyond the guide).
    pub failed_transfer: FailedTransfer,
    /// Whether the PBX transfers with consultation, REFER with Replaces (RFC 3891; beyond the
    /// guide).
    pub attended_transfer: bool,
    /// How many calls the PBX is to carry at a time (beyond the guide); one for each user of the
    /// profile if not given.
    pub simultaneous_calls: Option<usize>,
}

impl Expect {
    /// What a run allows when the profile says nothing.
    pub const POST_DIAL_DELAY: Duration = Duration::from_secs(20);

    /// Everything that was made easier than the guide, in words; a run with any is
    /// no certification.
    pub fn relaxations(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.hold_audio != HoldAudio::Music {
            found.push(format!("expect.hold_audio is `{}`, not `music`", self.hold_audio.word()));
        }
        if self.post_dial_delay > Self::POST_DIAL_DELAY {
            found.push(format!(
                "expect.post_dial_delay is {} s, more than {} s",
                self.post_dial_delay.as_secs_f64(),
                Self::POST_DIAL_DELAY.as_secs()
            ));
        }
        if !self.expiry_settable {
            found.push("expect.expiry_settable is `no`: a short expiry only warns".to_owned());
        }
        found
    }
}

impl Default for Expect {
    fn default() -> Self {
        Self {
            transfer_caller_id: TransferCallerId::default(),
            hold_audio: HoldAudio::default(),
            post_dial_delay: Self::POST_DIAL_DELAY,
            expiry_settable: true,
            failed_transfer: FailedTransfer::default(),
            attended_transfer: true,
            simultaneous_calls: None,
        }
    }
}

/// Whose number the target of a transfer is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TransferCallerId {
    /// The Teams user's DiD.
    Transferor,
    /// The external number that originated the call.
    Original,
    /// Any of the two.
    #[default]
    Either,
}

/// What becomes of a call that could not be transferred.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FailedTransfer {
    /// It comes back to who transferred it.
    Returns,
    /// It ends.
    Ends,
    /// Any of the two.
    #[default]
    Either,
}

/// What a held party must hear.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HoldAudio {
    /// Music or an announcement.
    #[default]
    Music,
    /// Music, or a steady or repeated tone.
    Tone,
    /// Anything, silence too.
    Any,
}

impl HoldAudio {
    /// The word used in the profile.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Music => "music",
            Self::Tone => "tone",
            Self::Any => "any",
        }
    }
}
