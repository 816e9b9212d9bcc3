//! One socket and everything that goes on over it: transactions, dispatch of requests
//! to dialogs, and polite answers to whatever nobody claims.

mod arrival;
mod client;
mod core;
mod courtesy;
mod credentials;
mod dispatch;
mod running;
mod server;
mod start;

pub use client::{ClientTransaction, Reply, RequestError};
pub use credentials::Credentials;
pub use server::ServerTransaction;
pub use start::{Endpoint, EndpointConfig, Incoming};

pub(crate) use self::core::DialogInput;
pub(crate) use courtesy::{ALLOW, SUPPORTED, refusal_of};
