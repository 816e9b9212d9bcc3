//! Advice to hold, its music and resume.

use super::{Advice, row};
use crate::record::Cause;

/// The row of a cause of hold or resume.
pub(super) const fn hold(cause: Cause) -> Advice {
    match cause {
        Cause::HoldRefused => row(
            "7.1.1",
            "The PBX refuses hold",
            "The bridge holds with a re-INVITE that says a=inactive (RFC 3264 §8.4). 488 or 491: \
             allow re-INVITE with a=inactive on the account. If it was not answered at all, look \
             for lost in-dialog requests (Contact and Record-Route).",
        ),
        Cause::HoldSilent => row(
            "7.1.1",
            "The held party hears nothing",
            "Music on hold must come from the PBX. Switch it on and see that a music file is \
             there and readable: Asterisk: musiconhold.conf and moh_suggest; FreeSWITCH: \
             hold_music; 3CX: music on hold of the system.",
        ),
        Cause::HoldRingback => row(
            "7.1.1",
            "The held party hears ringback or busy tone",
            "Replace the tone that the PBX plays on hold by music.",
        ),
        Cause::HoldNoise => row(
            "7.1.1",
            "The held party hears only noise",
            "The music on hold is comfort noise or a broken file: give it a real one, 8 kHz mono.",
        ),
        Cause::HoldTone => row(
            "7.1.1",
            "The held party hears a tone instead of music",
            "Play music on hold, or say hold_audio: tone in the profile if a tone is what your \
             PBX has (the run is then no certification).",
        ),
        Cause::HoldLeaksAudio => row(
            "7.1.1",
            "The held party still hears the other",
            "The PBX did not stop relaying audio on hold. See that it honours a=inactive and \
             plays music on hold instead of passing the stream through.",
        ),
        Cause::HoldInterrupted => row(
            "7.1.1",
            "Music on hold is interrupted",
            "The music stops or starts late. Use a longer file without silence, and check the \
             PBX's load.",
        ),
        Cause::HoldAnswerOdd => row(
            "7.1.1",
            "Hold works but its SDP answer is odd",
            "An offer of a=inactive must be answered a=inactive (RFC 3264 §6.1). Other \
             equipment may not take it so kindly.",
        ),
        Cause::SdpVersion => row(
            "7.1.1",
            "The version in o= does not follow the session description",
            "A changed description needs a version that is one higher (RFC 3264 §8): some peers \
             ignore a change without it, and hold or resume then does nothing. Update the PBX, \
             or the SBC that rewrites its SDP.",
        ),
        Cause::StillOnHold => row(
            "7.1.1",
            "A party still hears hold music after the resume",
            "The PBX accepted the resume but did not end the hold on the other leg. Asterisk \
             PJSIP: moh_passthrough=no; look for music that was started by two parties, or by \
             the dial plan as well, and for a trunk that holds by itself.",
        ),
        Cause::ResumeRefused => row(
            "7.1.1",
            "The PBX refuses to resume the call",
            "The bridge resumes with a re-INVITE that says a=sendrecv: the PBX must accept it.",
        ),
        _ => row(
            "7.1.1",
            "Resume is answered with a one-way direction",
            "An offer of a=sendrecv should be answered a=sendrecv, or audio stays one-way after \
             hold.",
        ),
    }
}
