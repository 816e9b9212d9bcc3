//! Binding sockets, with errors that say who is in the way.

use std::io;
use std::net::{SocketAddr, UdpSocket};

use socket2::{Domain, Protocol as SocketProtocol, Socket, Type};

/// A local address could not be had.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else has it.
    #[error(
        "{address} is in use by {holder}: stop it, or give another address (port 0 picks a free one)"
    )]
    InUse {
        /// The address asked for.
        address: SocketAddr,
        /// Name and pid of the process, or that it is unknown.
        holder: String,
    },
    /// This machine has no such address.
    #[error("{0} is not an address of this machine: give one that `ip address` lists")]
    NotOurs(SocketAddr),
    /// Anything else.
    #[error("{address} cannot be bound: {source}")]
    Other {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// Binds a non-blocking UDP socket with a receive buffer of 1 MiB (the system may
/// grant less), so that a burst of full-size datagrams is not lost.
pub fn bind_udp(address: SocketAddr) -> Result<UdpSocket, BindError> {
    let open = || -> io::Result<UdpSocket> {
        let socket =
            Socket::new(Domain::for_address(address), Type::DGRAM, Some(SocketProtocol::UDP))?;
        let _ = socket.set_recv_buffer_size(1 << 20);
        let _ = socket.set_send_buffer_size(1 << 20);
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        Ok(socket.into())
    };
    open().map_err(|source| BindError::of(address, source, Table::Udp))
}

/// The kernel's table of sockets in which a port is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Udp,
    Tcp,
}

impl Table {
    fn files(self) -> [&'static str; 2] {
        match self {
            Self::Udp => ["/proc/net/udp", "/proc/net/udp6"],
            Self::Tcp => ["/proc/net/tcp", "/proc/net/tcp6"],
        }
    }
}

impl BindError {
    pub(super) fn of(address: SocketAddr, source: io::Error, table: Table) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => {
                Self::InUse { address, holder: holder(address.port(), table) }
            }
            io::ErrorKind::AddrNotAvailable => Self::NotOurs(address),
            _ => Self::Other { address, source },
        }
    }
}

/// Names the process that has the port open, as far as /proc tells.
fn holder(port: u16, table: Table) -> String {
    let unknown = || "another process".to_owned();
    let Some(inode) = table.files().iter().find_map(|table| {
        let table = std::fs::read_to_string(table).ok()?;
        table.lines().skip(1).find_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let local = fields.get(1)?.rsplit_once(':')?.1;
            (u16::from_str_radix(local, 16).ok()? == port)
                .then(|| fields.get(9).copied())?
                .map(str::to_owned)
        })
    }) else {
        return unknown();
    };
    let wanted = format!("socket:[{inode}]");
    let Ok(processes) = std::fs::read_dir("/proc") else { return unknown() };
    let is_pid =
        |name: &std::ffi::OsStr| name.to_string_lossy().bytes().all(|b| b.is_ascii_digit());
    for process in processes.flatten().filter(|process| is_pid(&process.file_name())) {
        let Ok(files) = std::fs::read_dir(process.path().join("fd")) else { continue };
        let holds = files.flatten().any(|file| {
            std::fs::read_link(file.path()).is_ok_and(|to| to.as_os_str() == wanted.as_str())
        });
        if holds {
            let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return format!("{} (pid {})", name.trim(), process.file_name().to_string_lossy());
        }
    }
    unknown()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_names_its_holder() {
        let first = bind_udp(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = first.local_addr().unwrap();
        let error = bind_udp(address).unwrap_err().to_string();
        assert!(error.contains(&address.to_string()), "{error}");
        assert!(error.contains(&format!("pid {}", std::process::id())), "{error}");
    }

    #[test]
    fn a_foreign_address_is_told_apart() {
        let error = bind_udp(SocketAddr::from(([192, 0, 2, 1], 0))).unwrap_err();
        assert!(matches!(error, BindError::NotOurs(_)), "{error}");
    }
}
