//! PBXs that are absent, silent, rude, hostile or dying: each is a verdict with the guide's
//! own advice, never a hang, a panic or a leaked password.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod calls;
mod disk;
mod dying;
mod interrupted;
mod pbx;
mod registration;
mod site;
mod switch;
