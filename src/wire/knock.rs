//! Whether anybody takes a connection, before anything is said over it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};

/// Opens a TCP connection from an address of ours within `limit`. The error's kind tells a
/// refusal (`ConnectionRefused`) from silence (`TimedOut`) and from no way there.
pub async fn knock(local: IpAddr, remote: SocketAddr, limit: Duration) -> io::Result<TcpStream> {
    let socket = if remote.is_ipv6() { TcpSocket::new_v6() } else { TcpSocket::new_v4() }?;
    if !local.is_unspecified() && local.is_ipv6() == remote.is_ipv6() {
        socket.bind(SocketAddr::new(local, 0))?;
    }
    let silent = |_| {
        let text = format!("no TCP connection within {:.1} s", limit.as_secs_f64());
        io::Error::new(io::ErrorKind::TimedOut, text)
    };
    tokio::time::timeout(limit, socket.connect(remote)).await.map_err(silent)?
}
