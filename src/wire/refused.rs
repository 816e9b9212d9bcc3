//! ICMP errors, and which destination they are about.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd as _;

use nix::sys::socket::sockopt::{Ipv4RecvErr, Ipv6RecvErr};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt};
use tokio::net::UdpSocket;

/// Room for one extended error and the address of who reported it.
const CONTROL: usize = 128;

/// Inside an [`io::Error`] of [`super::Channel::recv`]: nobody listens at the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody listens at {0} (ICMP port or host unreachable)")]
pub struct Refused(pub SocketAddr);

impl Refused {
    /// What an error says about a destination, if it does.
    pub fn in_error(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Self>().copied()
    }
}

/// Asks the system to keep ICMP errors with their destination. Without it (another
/// system, a sandbox) an absent peer is only known by its silence.
pub(super) fn watch(socket: &UdpSocket, v6: bool) {
    let _ = if v6 {
        setsockopt(socket.as_raw_fd(), Ipv6RecvErr, &true)
    } else {
        setsockopt(socket.as_raw_fd(), Ipv4RecvErr, &true)
    };
}

/// Whether an error is what an ICMP message turns into.
pub(super) fn is_icmp(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::ConnectionReset
    )
}

/// Takes the next error about an absent peer off the socket's error queue; `WouldBlock`
/// if there is none.
pub(super) fn take(socket: &UdpSocket) -> io::Result<Refused> {
    let mut payload = [0; 64];
    let mut control = Vec::with_capacity(CONTROL);
    loop {
        control.clear();
        let mut parts = [io::IoSliceMut::new(&mut payload)];
        let received = recvmsg::<SockaddrStorage>(
            socket.as_raw_fd(),
            &mut parts,
            Some(&mut control),
            MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT,
        )?;
        let errno = received.cmsgs().find_map(|message| match message {
            ControlMessageOwned::Ipv4RecvErr(error, _)
            | ControlMessageOwned::Ipv6RecvErr(error, _) => Some(error.ee_errno),
            _ => None,
        });
        let kind = errno.map(|errno| io::Error::from_raw_os_error(errno as i32).kind());
        // The name is the destination of the datagram that failed (ip(7), IP_RECVERR).
        // Other errors, of the path's MTU for one, are not the peer's.
        if kind.is_some_and(is_icmp)
            && let Some(destination) = received.address.and_then(|name| std_address(&name))
        {
            return Ok(Refused(destination));
        }
    }
}

/// The address that the system names, of either family.
pub(super) fn std_address(name: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = name.as_sockaddr_in().map(|v4| SocketAddr::V4((*v4).into()));
    v4.or_else(|| name.as_sockaddr_in6().map(|v6| SocketAddr::V6((*v6).into())))
}
