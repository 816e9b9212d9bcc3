//! From sound to verdict, without sockets: identities are generated, encoded, harmed,
//! decoded, heard and judged. Each way in which a call can sound wrong must be found
//! under its name, and none in a call that sounds right.

#![expect(clippy::unwrap_used, reason = "a test that cannot judge has failed")]

mod error_rates;
mod hold;
mod line;
#[path = "../../benches/error_rates/rates/mod.rs"]
#[expect(dead_code, reason = "the bench uses the rest")]
mod rates;
mod talk;
mod two_way;
