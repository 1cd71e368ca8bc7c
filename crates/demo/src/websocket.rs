//! WebSocket (RFC 6455), as much as the demonstration needs: the handshake's answer, and one whole frame at a time.
//!
//! Does not: fragments, extensions, or anything longer than [`MOST_PAYLOAD_BYTES`].

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest payload taken.
pub const MOST_PAYLOAD_BYTES: usize = 64 * 1024;

/// What every handshake is made with (RFC 6455, 1.3).
const KEY_END: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What a frame is (RFC 6455, 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// Text.
    Text,
    /// Bytes.
    Binary,
    /// The last one.
    Close,
    /// "Are you there?"
    Ping,
    /// "I am."
    Pong,
}

impl Opcode {
    const fn number(self) -> u8 {
        match self {
            Self::Text => 1,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }

    const fn of(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }
}

/// The answer to a handshake's key: `Sec-WebSocket-Accept`.
pub fn accept_key(key: &str) -> String {
    let hashed = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{key}{KEY_END}").as_bytes());
    base64(hashed.as_ref())
}

/// Bytes in base 64 (RFC 4648, 4).
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for place in 0..4_usize {
            let digit = usize::try_from((group >> (18 - 6 * place)) & 63).unwrap_or(0);
            let letter = ALPHABET.get(digit).copied().unwrap_or(b'A');
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

/// Reads one frame, unmasked.
///
/// # Errors
/// When the line ends or fails, or the frame is fragmented, of an unknown kind or too long.
pub async fn read_frame<R: AsyncRead + Unpin>(from: &mut R) -> std::io::Result<(Opcode, Vec<u8>)> {
    let odd = |what: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, what.to_owned());
    let first = from.read_u8().await?;
    let second = from.read_u8().await?;
    if first & 0x80 == 0 {
        return Err(odd("a fragmented frame"));
    }
    let opcode = Opcode::of(first & 0x0f).ok_or_else(|| odd("a frame of an unknown kind"))?;
    let length = match second & 0x7f {
        126 => u64::from(from.read_u16().await?),
        127 => from.read_u64().await?,
        short => u64::from(short),
    };
    let length = usize::try_from(length).ok().filter(|&length| length <= MOST_PAYLOAD_BYTES);
    let length = length.ok_or_else(|| odd("a frame that is too long"))?;
    let mut mask = [0; 4];
    if second & 0x80 != 0 {
        from.read_exact(&mut mask).await?;
    }
    let mut payload = vec![0; length];
    from.read_exact(&mut payload).await?;
    payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    Ok((opcode, payload))
}

/// Writes one frame. Clients give a mask, servers none (RFC 6455, 5.1).
///
/// # Errors
/// When the line fails.
pub async fn write_frame<W: AsyncWrite + Unpin>(
    to: &mut W,
    opcode: Opcode,
    payload: &[u8],
    mask: Option<[u8; 4]>,
) -> std::io::Result<()> {
    let mut frame = vec![0x80 | opcode.number()];
    let masked = if mask.is_some() { 0x80 } else { 0 };
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if short < 126 => frame.push(masked | short),
        (_, Ok(middle)) => {
            frame.push(masked | 126);
            frame.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            frame.push(masked | 127);
            frame.extend_from_slice(&u64::try_from(payload.len()).unwrap_or(u64::MAX).to_be_bytes());
        }
    }
    let mask = mask.inspect(|mask| frame.extend_from_slice(mask)).unwrap_or_default();
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    to.write_all(&frame).await?;
    to.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handshake_of_the_standard() {
        // RFC 6455, 1.3.
        assert_eq!(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[tokio::test]
    async fn frames_of_every_length_come_back() {
        for length in [0, 5, 125, 126, 65_535, MOST_PAYLOAD_BYTES] {
            for mask in [None, Some([1, 2, 3, 4])] {
                let payload = vec![7_u8; length];
                let mut line = Vec::new();
                write_frame(&mut line, Opcode::Binary, &payload, mask).await.unwrap();
                let (opcode, read) = read_frame(&mut line.as_slice()).await.unwrap();
                assert!(opcode == Opcode::Binary && read == payload, "{length} bytes");
            }
        }
        let too_long = [0x82, 127, 0, 0, 0, 0, 1, 0, 0, 0];
        assert!(read_frame(&mut too_long.as_slice()).await.is_err());
    }
}
