//! The TLS client hello, read without answering it (RFC 8446, 4.1.2; RFC 6066, 3; RFC 7301).
//!
//! Pure: it is given what came so far and says whether that is a hello, is none, or may become one. Hellos come in any
//! number of segments and records, with made-up values (GREASE, RFC 8701) and keys of two kilobytes.

use usher_types::host::HostName;

use crate::limits::HELLO_BYTES;

/// The content type of a handshake record.
const HANDSHAKE: u8 = 22;
/// The handshake type of a client hello.
const CLIENT_HELLO: u8 = 1;
/// The longest record (RFC 8446, 5.1; older ones may add 2 KiB).
const RECORD_BYTES: usize = 16_384 + 2_048;

/// Extension numbers.
const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;

/// What a hello says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientHello {
    /// The server name, in normal form; none when there is none, or it is no host name.
    pub server_name: Option<HostName>,
    /// Protocols offered for inside (ALPN), in order.
    pub protocols: Vec<Vec<u8>>,
    /// Whether an encrypted inner hello is there. Browsers put random bytes there when they have none to hide; the two
    /// cannot be told apart, which is their purpose.
    pub hides_name: bool,
}

/// What the bytes so far are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A hello that is not whole yet.
    More,
    /// A hello.
    Hello(ClientHello),
    /// Not a hello.
    NotTls,
}

/// Reads what came so far.
pub fn read(bytes: &[u8]) -> Reading {
    if bytes.len() > HELLO_BYTES {
        return Reading::NotTls;
    }
    match handshake(bytes) {
        Records::More => Reading::More,
        Records::NotTls => Reading::NotTls,
        Records::Whole(body) => client_hello(&body).map_or(Reading::NotTls, Reading::Hello),
    }
}

enum Records {
    More,
    NotTls,
    /// The body of the hello, put together from its records.
    Whole(Vec<u8>),
}

fn handshake(mut bytes: &[u8]) -> Records {
    let mut message: Vec<u8> = Vec::new();
    loop {
        let Some((&kind, rest)) = bytes.split_first() else { return Records::More };
        if kind != HANDSHAKE {
            return Records::NotTls;
        }
        let Some((version, rest)) = rest.split_first_chunk::<2>() else {
            return if rest.first().is_none_or(|&major| major == 3) {
                Records::More
            } else {
                Records::NotTls
            };
        };
        let Some((length, rest)) = rest.split_first_chunk::<2>() else {
            return if version[0] == 3 { Records::More } else { Records::NotTls };
        };
        let length = usize::from(u16::from_be_bytes(*length));
        if version[0] != 3 || length == 0 || length > RECORD_BYTES {
            return Records::NotTls;
        }
        message.extend_from_slice(rest.get(..length.min(rest.len())).unwrap_or_default());
        if message.first().is_some_and(|&kind| kind != CLIENT_HELLO) {
            return Records::NotTls;
        }
        if let Some(wanted) = message_length(&message) {
            if wanted > HELLO_BYTES {
                return Records::NotTls;
            }
            if let Some(body) = message.get(4..4 + wanted) {
                return Records::Whole(body.to_vec());
            }
        }
        match rest.get(length..) {
            Some(next) => bytes = next,
            None => return Records::More,
        }
    }
}

fn message_length(message: &[u8]) -> Option<usize> {
    let [_, a, b, c] = *message.first_chunk::<4>()?;
    usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()
}

fn client_hello(body: &[u8]) -> Option<ClientHello> {
    let mut reader = Reader(body);
    // Version and random.
    reader.take(2 + 32)?;
    reader.vector8()?;
    // Cipher suites are pairs.
    let suites = reader.vector16()?;
    reader.vector8()?;
    let mut hello = ClientHello::default();
    if suites.len() < 2 || suites.len() % 2 != 0 {
        return None;
    }
    // Hellos before TLS 1.2 may end here.
    if reader.0.is_empty() {
        return Some(hello);
    }
    let mut extensions = Reader(reader.vector16()?);
    let mut seen_name = false;
    while !extensions.0.is_empty() {
        let kind = extensions.u16()?;
        let content = extensions.vector16()?;
        match kind {
            // Two server names, in one extension or two, are two answers to one question.
            SERVER_NAME if seen_name => return None,
            SERVER_NAME => {
                seen_name = true;
                hello.server_name = server_name(content)?;
            }
            ALPN => hello.protocols = protocols(content)?,
            ENCRYPTED_CLIENT_HELLO => hello.hides_name = true,
            _ => {}
        }
    }
    Some(hello)
}

/// The one host name of the extension. The outer none is a broken hello; the inner, a name that is none.
fn server_name(content: &[u8]) -> Option<Option<HostName>> {
    let mut list = Reader(Reader(content).vector16()?);
    let mut found = None;
    while !list.0.is_empty() {
        let kind = list.u8()?;
        let name = list.vector16()?;
        if kind == 0 {
            if found.is_some() {
                return None;
            }
            found = Some(std::str::from_utf8(name).ok().and_then(|name| HostName::parse(name).ok()));
        }
    }
    Some(found.flatten())
}

fn protocols(content: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Reader(Reader(content).vector16()?);
    let mut found = Vec::new();
    while !list.0.is_empty() {
        found.push(list.vector8()?.to_vec());
    }
    Some(found)
}

/// Takes from the front of bytes what TLS structures are made of.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|pair| u16::from_be_bytes(*pair))
    }

    fn vector8(&mut self) -> Option<&'a [u8]> {
        let length = self.u8()?;
        self.take(usize::from(length))
    }

    fn vector16(&mut self) -> Option<&'a [u8]> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// A hello as a real library sends it.
    pub(crate) fn real_hello(name: &str, protocols: &[&str]) -> Vec<u8> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let name = rustls::pki_types::ServerName::try_from(name.to_owned()).unwrap();
        let mut connection = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
        let mut bytes = Vec::new();
        connection.write_tls(&mut bytes).unwrap();
        bytes
    }

    /// Cuts the one record of a hello into records of at most `size` bytes.
    fn in_records(hello: &[u8], size: usize) -> Vec<u8> {
        hello[5..]
            .chunks(size)
            .flat_map(|part| {
                let mut record = vec![22, 3, 1];
                record.extend_from_slice(&u16::try_from(part.len()).unwrap().to_be_bytes());
                record.extend_from_slice(part);
                record
            })
            .collect()
    }

    fn name_of(bytes: &[u8]) -> Option<String> {
        match read(bytes) {
            Reading::Hello(hello) => Some(hello.server_name.map(|name| name.to_string()).unwrap_or_default()),
            Reading::More | Reading::NotTls => None,
        }
    }

    #[test]
    fn a_real_hello_is_read_at_every_cut_and_in_any_records() {
        let hello = real_hello("games.example", &["h2", "http/1.1"]);
        assert!(hello.len() > 1_200, "it carries a post-quantum key: {} bytes", hello.len());
        for cut in 0..hello.len() {
            assert_eq!(read(&hello[..cut]), Reading::More, "cut at {cut}");
        }
        let Reading::Hello(read_hello) = read(&hello) else { panic!("a whole hello is a hello") };
        assert_eq!(read_hello.server_name.unwrap().as_str(), "games.example");
        assert_eq!(read_hello.protocols, [b"h2".to_vec(), b"http/1.1".to_vec()]);
        for size in [1, 2, 3, 100, 517] {
            assert_eq!(
                name_of(&in_records(&hello, size)).as_deref(),
                Some("games.example"),
                "records of {size}"
            );
        }
        let more = [hello, vec![20, 3, 3, 0, 1, 1]].concat();
        assert_eq!(name_of(&more).as_deref(), Some("games.example"), "what follows is left alone");
    }

    #[test]
    fn what_is_no_hello_is_known_at_once() {
        for other in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"SSH-2.0-x",
            b"\x80\x2e\x01",
            b"\x16\x02",
            b"\x16\x03\x01\x00\x00",
            b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",
        ] {
            assert_eq!(read(other), Reading::NotTls, "{other:?}");
        }
        assert_eq!(read(b""), Reading::More);
        assert_eq!(read(b"\x16\x03"), Reading::More);
    }

    #[test]
    fn doubled_names_are_no_hello_and_odd_names_are_no_name() {
        let hello = real_hello("games.example", &[]);
        let at = hello.windows(13).position(|window| window == b"games.example").unwrap();
        let mut odd = hello.clone();
        odd[at] = 0;
        assert_eq!(name_of(&odd).as_deref(), Some(""));
        let mut address = hello;
        address[at..at + 13].copy_from_slice(b"192.000.002.1");
        assert_eq!(name_of(&address).as_deref(), Some(""));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }

        #[test]
        fn one_wrong_byte_makes_no_panic(at in 0usize..1_500, byte: u8) {
            let mut hello = real_hello("games.example", &["h2"]);
            if let Some(slot) = hello.get_mut(at) {
                *slot = byte;
            }
            let _ = read(&hello);
        }
    }
}
