//! Advice to the end of a call, and what is no word on the PBX.

use super::{Advice, row};
use crate::record::Cause;

/// The row of every other cause.
pub(super) const fn ending(cause: Cause) -> Advice {
    match cause {
        Cause::HangupNotPropagated => row(
            "7.2",
            "One party hung up and the other was not told",
            "The PBX must send BYE to the other leg. Check that it knows where to: Contact and \
             Record-Route behind NAT (guide 2.6.5).",
        ),
        Cause::HangupRefused => row(
            "7.2",
            "BYE was refused or not answered",
            "The PBX did not recognise the dialog, or lost the request: look for a proxy or ALG \
             that changes Contact, tags or Record-Route (guide 2.1).",
        ),
        Cause::RtpAfterHangup => row(
            "7.2",
            "RTP goes on after the end of the call",
            "The PBX keeps a media session open: check its timers, and look for a leg that was \
             left up.",
        ),
        Cause::CallDropped => row(
            "7.1",
            "The PBX ended the call on its own",
            "At 32 s: an ACK was lost. After a round time: session timers (RFC 4028) or an RTP \
             time-out. Otherwise the Reason header and the PBX's log say why.",
        ),
        Cause::WrongCallEnded => row(
            "7.2",
            "A call ended when another did",
            "The PBX must tell the calls of users with one address apart by Call-ID and tags.",
        ),
        Cause::HarnessLate => row(
            "",
            "This machine was too late to judge",
            "Nothing is said of the PBX. Stop other work on this machine, or use fewer --jobs.",
        ),
        Cause::HarnessFault => row(
            "",
            "The harness could not do its part",
            "Nothing is said of the PBX. The text names what was missing on this machine; with \
             -v the log tells more.",
        ),
        Cause::EarlierStep => row(
            "",
            "A step that this one needs did not succeed",
            "Mend the first finding of the scenario; this one was not tried.",
        ),
        Cause::Interrupted => row("", "The run was interrupted", "Run it again to the end."),
        _ => row(
            "4.1.1.7",
            "The profile says that the PBX does not support it",
            "Nothing, if that is so. Change the profile if it is not.",
        ),
    }
}
