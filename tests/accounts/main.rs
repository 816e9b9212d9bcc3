//! Guide 4 and 5 against the reference PBX: what the profile enters in the form and the accounts,
//! right, wrong or not at all, and what is said of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod failures;
mod lacking;
mod numbers;
mod ousted;
mod site;
