//! Tunnels in which nothing moves, as a school's thousand open tabs and waiting apps hold them.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::AsyncReadExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;

use crate::SPLICED;
use crate::load::{Roots, tls, tunnel};

/// Tunnels of one client: a gateway bounds what one device may hold.
const PER_CLIENT: usize = 100;
/// Handshakes at once.
const AT_ONCE: usize = 64;

/// Opens so many tunnels with TLS in them, says so, and holds them until its input ends.
pub(crate) async fn run(folder: &str, proxy: SocketAddr, site: SocketAddr, count: usize) {
    let roots = Arc::new(Roots::load(folder));
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let opening: Vec<_> = (0..count)
        .map(|number| {
            let (roots, permits) = (Arc::clone(&roots), Arc::clone(&permits));
            tokio::spawn(async move {
                let _permit = permits.acquire_owned().await.unwrap();
                let stream = tunnel(from(number / PER_CLIENT, proxy).await, site).await;
                tls(stream, SPLICED, &[b"http/1.1"], &roots).await
            })
        })
        .collect();
    let held = futures_util::future::join_all(opening).await;
    println!("{}", held.iter().filter(|one| one.is_ok()).count());
    std::io::stdout().flush().unwrap();
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await.unwrap();
}

/// A connection from one of many devices.
async fn from(client: usize, proxy: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let [high, low] = u16::try_from(client + 1).unwrap().to_be_bytes();
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 2, high, low), 0))).unwrap();
    socket.connect(proxy).await.unwrap()
}
