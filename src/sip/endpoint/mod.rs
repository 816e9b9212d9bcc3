//! One socket and everything that goes on over it: transactions, dispatch of requests
//! to dialogs, and polite answers to whatever nobody claims.

mod arrival;
mod authenticated;
mod client;
mod core;
mod courtesy;
mod dispatch;
mod server;
mod start;

pub use client::{ClientTransaction, Reply, RequestError};
pub use server::ServerTransaction;
pub use start::{Endpoint, EndpointConfig, Incoming};

pub(crate) use self::core::DialogInput;
pub(crate) use client::ClientMail;
pub(crate) use courtesy::{ALLOW, SUPPORTED, refusal_of};
pub(crate) use dispatch::unknown_dialog;
pub(crate) use server::ServerEvent;
