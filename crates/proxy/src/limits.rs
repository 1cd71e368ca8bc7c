//! Every limit of the gateway, and why it is what it is.

use std::time::Duration;

/// Connections of clients open at once, tunnels among them. A school of 500 devices with 20 connections each, twice
/// over; each idle one costs about 20 KiB. Each may need two open files, one of them to its site.
pub const CONNECTIONS: usize = 20_000;
/// The longest head of a request, in bytes. Browsers send cookies of up to 8 KiB a site and addresses of up to 64 KiB.
pub const HEAD_BYTES: usize = 96 * 1024;
/// The most header fields of a request or an answer. Browsers send about 30; 100 is what servers commonly allow.
pub const HEAD_FIELDS: usize = 100;
/// The longest target of a request, in bytes. Browsers send up to 64 KiB; the library takes no more.
pub const TARGET_BYTES: usize = 65_534;
/// The longest name of a header field, in bytes. The longest registered one has 39.
pub const FIELD_NAME_BYTES: usize = 256;
/// What HTTP/2 is told to take: more than [`HEAD_BYTES`], so that a head too large is refused with a page and an event
/// and only one far too large by the library.
pub const H2_HEAD_BYTES: u32 = 1024 * 1024;
/// A head that began must be whole after this long (slow-loris).
pub const HEAD_TIME: Duration = Duration::from_secs(20);
/// After an answer to a request whose body nobody wants, the rest of it is let in and dropped for so long: a school's line
/// takes some 50 MB in that time.
pub const LINGER_TIME: Duration = Duration::from_secs(30);
/// The same, since its last piece.
pub const LINGER_STILL_TIME: Duration = Duration::from_secs(5);
/// The longest PROXY header of a load balancer, in bytes. Addresses take 52; the rest are notes nobody here reads.
pub const RELAY_HEADER_BYTES: usize = 2 * 1024;
/// A connection without a request is closed after this long. Browsers keep theirs for about five minutes.
pub const IDLE_TIME: Duration = Duration::from_secs(300);
/// The first bytes of a tunnel must come within this time, or the client is taken to wait for the server.
pub const PEEK_TIME: Duration = Duration::from_secs(3);
/// The longest TLS hello, in bytes. Post-quantum key shares make them 2 KiB; 64 KiB is four records.
pub const HELLO_BYTES: usize = 64 * 1024;
/// A TLS handshake, with either side, must be done after this long.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(15);
/// TLS sessions with sites that are kept to be taken up again, which spares both a signature: the sites a school uses in an
/// hour. One is a few KiB.
pub const SESSIONS_KEPT: usize = 2_048;
/// Sites whose leaf a device refused, over all devices: a few for each device of a school. When there are more, those asked
/// for least are forgotten and asked again.
pub const REFUSALS_KEPT: usize = 4_096;
/// Devices of which it is kept that they took a leaf: more than a school has.
pub const DEVICES_KEPT: usize = 8_192;
/// A site must take a connection within this time, for each of its addresses.
pub const CONNECT_TIME: Duration = Duration::from_secs(8);
/// The most addresses of a site that are tried.
pub const ADDRESSES_TRIED: usize = 4;
/// A name must be resolved within this time.
pub const RESOLVE_TIME: Duration = Duration::from_secs(5);
/// Names asked of the resolver at once: each waits on a thread, which the rest of the server shares.
pub const LOOKUPS: usize = 64;
/// Names asked at once for one client: one that asks for names nobody answers for does not hold up the others.
pub const LOOKUPS_PER_CLIENT: usize = 8;
/// How long an answer of the resolver is kept. The system's resolver gives no times of its own.
pub const RESOLVED_KEPT: Duration = Duration::from_secs(30);
/// Names kept.
pub const NAMES_KEPT: usize = 10_000;
/// A site must begin to answer within this time after it has the whole request, however long sending that took. Slow reports take a minute or two.
pub const ANSWER_TIME: Duration = Duration::from_secs(120);
/// A body that stands still this long, in either direction, is given up. Long polls and server-sent events send
/// something every minute or so.
pub const STILL_TIME: Duration = Duration::from_secs(300);
/// The longest body of a request, in bytes. Larger uploads belong in a file service.
pub const REQUEST_BODY_BYTES: u64 = 8 * 1024 * 1024 * 1024;
/// Idle connections to sites kept for plain HTTP, in all and per site.
pub const POOLED: usize = 512;
/// Idle connections kept for one site. A class that opens one page makes a few dozen; a new connection costs as much as
/// the whole request.
pub const POOLED_PER_SITE: usize = 64;
/// How long an idle connection to a site is kept. Servers commonly close theirs after a minute.
pub const POOLED_TIME: Duration = Duration::from_secs(30);
/// Streams at once on one HTTP/2 connection.
pub const H2_STREAMS: u32 = 128;
/// The window of one HTTP/2 stream, in bytes: what may be under way before the reader must take some.
pub const H2_WINDOW_BYTES: u32 = 256 * 1024;
/// Requests of one client that have a place for their event and did not fill it yet; more of them wait. Browsers have at
/// most some 200 under way, and some schools have a room behind one address. It takes 32 such clients to fill the spool's
/// places.
pub const REQUESTS_PER_CLIENT: usize = 512;
/// A request still open after this long is recorded, and its end later.
pub const RECORDED_OPEN_AFTER: Duration = Duration::from_secs(10);
/// How often an open stream or tunnel is judged again.
pub const JUDGED_AGAIN_EVERY: Duration = Duration::from_secs(5);
/// The buffer of each direction of a spliced tunnel, in bytes.
pub const SPLICE_BUFFER_BYTES: usize = 64 * 1024;
/// A spliced tunnel or WebSocket on which nothing moves either way is closed after this long. Those that wait for news
/// say something every minute or so; people leave a remote shell open over a break.
pub const TUNNEL_STILL_TIME: Duration = Duration::from_secs(30 * 60);
/// How much of a text is looked at before it is taken for one. Marks of files stand further forward; a shorter answer is
/// told at its end.
pub const KIND_BYTES: usize = 512;
/// How much of a text is held back until it is read: nearly every page is shorter, and can still be refused with a page.
pub const HELD_TEXT_BYTES: usize = 256 * 1024;
/// How long a text is held back after its first bytes. Pages that come more slowly are written as somebody reads them.
pub const HELD_TEXT_TIME: Duration = Duration::from_secs(2);
/// How much of a form or an upload is read before it goes on, in bytes. Words and names stand at the beginning; pictures
/// are not understood anyway.
pub const SENT_LOOKED_AT_BYTES: usize = 1024 * 1024;
/// Up to how many bytes a form is read where it came in; longer ones are read aside, so that nobody else waits for it.
pub const SENT_AT_ONCE_BYTES: usize = 4 * 1024;
/// How long the beginning of an upload is waited for. What comes more slowly goes on as far as it was read.
pub const SENT_TIME: Duration = Duration::from_secs(10);
/// The longest download that is held, in bytes; what happens to longer ones the school's policy says.
pub const HELD_BYTES: u64 = 256 * 1024 * 1024;
/// The longest download held in memory, in bytes; longer ones go to a file.
pub const HELD_IN_MEMORY_BYTES: u64 = 1024 * 1024;
/// What all held files together may take of the disk, in MiB: sixteen of the longest at once.
pub const HELD_TOTAL_MIB: usize = 4096;
/// Downloads of one client that are held at once; more of them wait.
pub const HELD_PER_CLIENT: usize = 8;
/// A download must be there after this long to be held.
pub const HELD_TIME: Duration = Duration::from_secs(600);
/// Subjects of a page kept with its event: the first decides, two more say what else it was about.
pub const SUBJECTS_KEPT: usize = 3;
/// How long connections may finish what they do when the gateway stops.
pub const DRAIN_TIME: Duration = Duration::from_secs(8);
