//! The gateway as an ICAP server (RFC 3507): a proxy the school has already shows what passes, and does as it is told.
//!
//! Owns: listening, the protocol, and whose word about clients is believed. Does not: judge or record in a way of its own
//! ([`modify`]), or connect anywhere: which address a name leads to is the other proxy's to see to.
//!
//! A proxy that asks about requests and about answers has two events a page, one for each.

pub(crate) mod body;
pub mod head;
mod modify;
mod out;

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use usher_events::event::{MalformedFault, Protocol};
use usher_scanners::icap::answer::Parts;

use self::body::{BrokeOff, Pieces, Reading};
use self::head::{Ask, Asks, Fault, Side};
use self::modify::{Can, First, Shown};
use self::out::Writing;
use crate::gateway::Gateway;
use crate::guard::ConnectionState;
use crate::limits::{HEAD_TIME, IDLE_TIME};
use crate::listener::{Held, accept, record_malformed};
use crate::serve::Connection;

/// Connections of ICAP clients open at once. Squid opens one for each message under way.
pub const CONNECTIONS: usize = 1_000;

/// The proxies that ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients {
    /// Where they are.
    pub networks: Vec<IpNet>,
    /// Whether they decrypt what is in tunnels and ask about it. If not, a tunnel is judged by its name and never again.
    pub decrypt: bool,
}

/// Takes connections of these clients until `stop` is pulled. Anybody else's is closed without a word.
pub async fn listen(gateway: Arc<Gateway>, listener: TcpListener, clients: Clients, stop: CancellationToken) {
    let Clients { networks, decrypt } = clients;
    let serve = |stream, peer, held| {
        if !is_client(&networks, peer) {
            tracing::warn!(%peer, "no ICAP client of this server asked it");
            return None;
        }
        Some(Box::pin(serve(Arc::clone(&gateway), stream, peer, decrypt, held)))
    };
    accept(&gateway, listener, stop, Arc::new(Semaphore::new(CONNECTIONS)), serve).await;
}

fn is_client(clients: &[IpNet], peer: SocketAddr) -> bool {
    let address = peer.ip().to_canonical();
    clients.iter().any(|net| net.contains(&address))
}

async fn serve(
    gateway: Arc<Gateway>,
    stream: TcpStream,
    peer: SocketAddr,
    decrypts: bool,
    (stop, tasks, room): Held,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no delay could not be set");
    }
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    let (socket, writing) = stream.into_split();
    let mut reading = Reading { socket, read: Vec::new() };
    let mut writing = Writing { socket: writing, istag: String::new(), closes: false };
    loop {
        let asked = tokio::select! {
            asked = next(&mut reading) => asked,
            () = stop.cancelled() => return,
        };
        let digest = gateway.snapshot().as_ref().map(|snapshot| snapshot.digest()).unwrap_or_default();
        // An ISTag has at most 32 characters (4.7).
        writing.istag = digest.to_string().chars().filter(char::is_ascii_alphanumeric).take(32).collect();
        let connection = Connection {
            peer,
            state: Arc::new(ConnectionState::default()),
            protocol: Protocol::Http1,
            inside: None,
            tasks: tasks.clone(),
            stop: stop.clone(),
            room: Arc::clone(&room),
        };
        let went = match asked {
            Ok(None) => return,
            Ok(Some(ask)) => {
                message(&gateway, connection, (&mut reading, &mut writing), &ask, decrypts).await
            }
            Err(fault) => odd(&gateway, &connection, &mut writing, fault).await,
        };
        if went.is_none() || writing.closes {
            return;
        }
    }
}

/// What is no ICAP, or holds no HTTP, is recorded as what cannot be read.
async fn odd(gateway: &Gateway, connection: &Connection, writing: &mut Writing, fault: Fault) -> Option<()> {
    tracing::warn!(peer = %connection.peer, %fault, "an ICAP client cannot be understood");
    let (what, status) = match fault {
        Fault::Client => (MalformedFault::RelayUnclear, "400 X-Client-IP is missing"),
        Fault::Method => (MalformedFault::NotHttp, "405 Method Not Allowed"),
        _ => (MalformedFault::NotHttp, "400 Bad Request"),
    };
    record_malformed(gateway, connection.peer.ip(), what).await;
    // Where the next message would begin is not known.
    writing.closes = true;
    writing.refuse(status).await.ok()
}

/// The next head; none when the client leaves, or says nothing for too long.
async fn next(reading: &mut Reading) -> Result<Option<Ask>, Fault> {
    if reading.read.is_empty() && !matches!(timeout(IDLE_TIME, reading.more()).await, Ok(Some(()))) {
        return Ok(None);
    }
    let whole = async {
        loop {
            if let Some((ask, length)) = head::read(&reading.read)? {
                reading.read.drain(..length);
                return Ok(Some(ask));
            }
            reading.more().await.ok_or(Fault::Cut)?;
        }
    };
    timeout(HEAD_TIME, whole).await.unwrap_or(Err(Fault::Cut))
}

/// Answers one request. None when the connection cannot be used any more.
async fn message(
    gateway: &Arc<Gateway>,
    mut connection: Connection,
    (reading, writing): (&mut Reading, &mut Writing),
    ask: &Ask,
    decrypts: bool,
) -> Option<()> {
    writing.closes = ask.closes;
    let (client, parts) = match ask.asks {
        Asks::Options(side) => return writing.options(side, CONNECTIONS).await.ok(),
        Asks::About { client, parts } => (client, parts),
    };
    connection.peer = SocketAddr::new(client, 0);
    let (shown, has_rest) = match shown(reading, parts, ask.preview).await {
        Ok(read) => read,
        Err(fault) => return odd(gateway, &connection, writing, fault).await,
    };
    let (preview, waits) = (shown.preview.clone(), shown.waits);
    let can = Can { decrypt: decrypts, leave_as_it_was: ask.allows_204 };
    let begun = match modify::first(gateway, &connection, shown, can).await {
        First::GoOn(begun) => begun,
        First::Answered(answer) => {
            writing.answer(answer).await.ok()?;
            // What was not asked for does not come; what comes anyway is read before the next message.
            return if has_rest && !waits { reading.skip().await.ok() } else { Some(()) };
        }
    };
    if waits && has_rest {
        writing.go_on().await.ok()?;
    }
    // After it has asked for the rest, a server may say "as it was" only where the client allows it.
    let allows_204 = ask.allows_204 || (waits && !has_rest);
    let (body, sender) = Pieces::beginning(preview, has_rest);
    let answering = async {
        let answer = Box::pin(modify::then(gateway, &connection, *begun, body, allows_204)).await;
        writing.answer(answer).await
    };
    let Some(sender) = sender else { return answering.await.ok() };
    let pump = async { reading.pump(sender).await.map_err(std::io::Error::other) };
    tokio::try_join!(answering, pump).ok().map(drop)
}

/// Reads what is shown at once: heads and preview. Also whether there is more of the body.
async fn shown(reading: &mut Reading, parts: Parts, longest: Option<u64>) -> Result<(Shown, bool), Fault> {
    let heads = timeout(HEAD_TIME, heads(reading, parts.heads)).await.ok().flatten().ok_or(Fault::Cut)?;
    let mut shown = inner(&heads, parts.response)?;
    let Some(longest) = longest.filter(|_| parts.body) else { return Ok((shown, parts.body)) };
    let (preview, is_whole) = reading.preview(longest).await.map_err(|broken| match broken {
        BrokeOff::Left | BrokeOff::StoodStill => Fault::Cut,
        BrokeOff::Chunk | BrokeOff::TooLong => Fault::Parts,
    })?;
    (shown.preview, shown.waits) = (preview, true);
    Ok((shown, !is_whole))
}

async fn heads(reading: &mut Reading, length: usize) -> Option<Vec<u8>> {
    while reading.read.len() < length {
        reading.more().await?;
    }
    let rest = reading.read.split_off(length);
    Some(std::mem::replace(&mut reading.read, rest))
}

fn inner(heads: &[u8], response: Option<usize>) -> Result<Shown, Fault> {
    let at = response.unwrap_or(heads.len());
    let (request, response_head) = heads.split_at_checked(at).ok_or(Fault::Inner)?;
    let response = if response.is_some() { Some(head::response(response_head)?) } else { None };
    Ok(Shown { request: head::request(request)?, response, preview: Bytes::new(), waits: false })
}
