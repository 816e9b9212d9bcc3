//! What a transaction machine asks of its driver.
//!
//! The machines are pure: they get inputs and return actions. Sockets, clocks and
//! messages belong to the driver in `endpoint`.

use std::time::Duration;

/// The timers of RFC 3261 table 4, and RFC 6026's L and M.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// INVITE request retransmission.
    A,
    /// INVITE transaction timeout; after CANCEL, the wait for its effect (§9.1).
    B,
    /// Wait for retransmitted non-2xx responses.
    D,
    /// Non-INVITE request retransmission.
    E,
    /// Non-INVITE transaction timeout.
    F,
    /// INVITE response retransmission.
    G,
    /// Wait for ACK.
    H,
    /// Wait for retransmitted ACKs.
    I,
    /// Wait for retransmitted non-INVITE requests.
    J,
    /// Non-INVITE: wait for retransmitted responses.
    K,
    /// Server: wait for retransmitted INVITEs after 2xx (RFC 6026).
    L,
    /// Client: wait for retransmitted 2xx (RFC 6026).
    M,
}

/// An action of a machine, to be carried out in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Send the request (client) or the latest response (server).
    Send,
    /// Send the ACK of a non-2xx final response (client).
    SendAck,
    /// Pass what came in to the transaction user.
    Deliver,
    /// Start a timer, replacing it if it runs.
    Start(Timer, Duration),
    /// Stop a timer.
    Stop(Timer),
    /// Tell the transaction user that nobody answered (§8.1.3.1: as if 408), or,
    /// for a server, that the ACK never came.
    TimedOut,
    /// Tell the transaction user that the transport failed (§8.1.3.1: as if 503).
    TransportFailed,
    /// Destroy the transaction.
    Terminate,
}
