//! A file held until it is known whether it may go on: small ones in memory, larger ones in a file without a name, which
//! is gone when nobody holds it any more.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;

/// A file that is held. Cheap to clone; nobody changes it any more.
#[derive(Debug, Clone)]
pub enum Held {
    /// In memory.
    Bytes(Bytes),
    /// In a file.
    File {
        /// The file.
        file: Arc<File>,
        /// How long it is, in bytes.
        length: u64,
    },
}

impl Held {
    /// How long it is, in bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }

    /// Reads it from its beginning. Every reader has a place of its own.
    pub fn reader(&self) -> Reader {
        Reader { held: self.clone(), at: 0 }
    }
}

/// Reads a held file.
#[derive(Debug)]
pub struct Reader {
    held: Held,
    at: u64,
}

impl Reader {
    /// How much is left to read, in bytes.
    pub fn left(&self) -> u64 {
        self.held.length().saturating_sub(self.at)
    }
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = match &self.held {
            Held::Bytes(bytes) => {
                let at = usize::try_from(self.at).unwrap_or(usize::MAX);
                let mut rest = bytes.get(at..).unwrap_or_default();
                rest.read(into)?
            }
            Held::File { file, .. } => file.read_at(into, self.at)?,
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => {
                self.at = at;
                return Ok(at);
            }
            SeekFrom::End(by) => (self.held.length(), by),
            SeekFrom::Current(by) => (self.at, by),
        };
        let before_start =
            || io::Error::new(io::ErrorKind::InvalidInput, "before the beginning of a held file");
        self.at = from.checked_add_signed(by).ok_or_else(before_start)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn readers_of_both_kinds_read_the_same_and_do_not_disturb_each_other() {
        let text = b"a file that is held".as_slice();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        let on_disk = Held::File { file: Arc::new(file), length: text.len() as u64 };
        for held in [Held::Bytes(Bytes::from_static(text)), on_disk] {
            let (mut one, mut other) = (held.reader(), held.reader());
            one.seek(SeekFrom::End(-4)).unwrap();
            let (mut end, mut whole) = (String::new(), String::new());
            one.read_to_string(&mut end).unwrap();
            other.read_to_string(&mut whole).unwrap();
            assert_eq!((end.as_str(), whole.as_bytes()), ("held", text));
            assert!(one.seek(SeekFrom::Current(-100)).is_err());
        }
    }
}
