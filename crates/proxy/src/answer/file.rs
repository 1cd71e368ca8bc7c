//! A download: held until it is known what it is and whether it does harm, then let through or refused whole.

use std::fs::File as DiskFile;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use usher_policy::facts::WebFacts;
use usher_scan::archive::{self, Inside, Limits, Stopped};
use usher_scan::coding::{self, Decoder};
use usher_scan::document::{self, TextLimits};
use usher_scan::features::{File, Malware, Says, ScanFailure, Unread};
use usher_scan::kind::{self, Class, Hints, Kind, LOOKED_AT_BYTES, LOOKED_AT_TAIL_BYTES};
use usher_scan::page::{PageScan, TextKind};
use usher_scan::phrase::book::PhraseBook;
use usher_scanners::held::Held;

use super::name;
use super::reading::{Reading, carried, read, says};
use super::stopwatch;
use crate::coming::{Coming, Stored, Took};
use crate::gateway::Gateway;
use crate::limits::{HELD_BYTES, HELD_IN_MEMORY_BYTES, HELD_TIME, STILL_TIME};
use crate::record::Recording;
use crate::shares::Share;

/// A part of what held files may take of the disk, in bytes of one permit.
pub(crate) const HELD_UNIT_BYTES: u64 = 1024 * 1024;

/// Holds a download and looks into it. Whether it is refused; the recording says why.
pub(crate) async fn look(
    gateway: &Arc<Gateway>,
    recording: &mut Recording<WebFacts>,
    headers: &HeaderMap,
    reading: &Reading,
    kind: Kind,
    coming: &mut Coming,
) -> bool {
    carried(recording).file = Some(bare(kind, None));
    // What is closed by its kind alone need not be fetched.
    if recording.judge_again() {
        return true;
    }
    let client = recording.facts.who.device.address;
    let share = gateway.holding.one(client).await;
    let mut hold = Hold::default();
    let fetched = hold.fetch(gateway, coming).await;
    let seen = match fetched {
        Ok(held) => {
            let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let asked = Asked {
                name: reading.name().map(str::to_owned),
                content_type: content_type.map(str::to_owned),
                coding: name::codings(headers),
                shown_as: reading.shown_as(),
            };
            see(gateway, held, asked, recording.book()).await
        }
        Err(Unheld::TooLarge) => unseen(kind, Unread::TooMuch, ScanFailure::TooLarge),
        Err(Unheld::NoRoom) => unseen(kind, Unread::TooMuch, ScanFailure::Down),
        // What reads half of it may be harmed by half of it.
        Err(Unheld::BrokeOff) => unseen(kind, Unread::Partial, ScanFailure::Partial),
    };
    let carried = carried(recording);
    (carried.file, carried.says, carried.malware) = (Some(seen.file), seen.says, seen.malware);
    hold.give_back(coming, share);
    recording.judge_again()
}

fn unseen(kind: Kind, unread: Unread, failure: ScanFailure) -> Seen {
    Seen { file: bare(kind, Some(unread)), says: None, malware: Malware::Failed(failure) }
}

fn bare(kind: Kind, unread: Option<Unread>) -> File {
    File { kind, within: None, locked: false, unread }
}

/// Why a download is not held whole.
enum Unheld {
    /// It is more than may be held.
    TooLarge,
    /// There is no room for it now.
    NoRoom,
    /// The site broke off, or stopped sending.
    BrokeOff,
}

/// A download as it is held: in memory while it is small, then in a file without a name.
#[derive(Default)]
struct Hold {
    pieces: Vec<Bytes>,
    in_memory: u64,
    disk: Option<(Arc<DiskFile>, u64)>,
    room: Vec<OwnedSemaphorePermit>,
}

impl Hold {
    /// Fetches all of it.
    async fn fetch(&mut self, gateway: &Arc<Gateway>, coming: &mut Coming) -> Result<Held, Unheld> {
        let longest = Instant::now() + HELD_TIME;
        loop {
            for piece in coming.let_go() {
                self.in_memory += piece.len() as u64;
                self.pieces.push(piece);
            }
            if self.in_memory > HELD_IN_MEMORY_BYTES {
                self.spill(gateway).await?;
            }
            match coming.take((Instant::now() + STILL_TIME).min(longest)).await {
                Took::Piece(_) => {}
                Took::End if coming.is_whole() => break,
                Took::End | Took::Nothing => return Err(Unheld::BrokeOff),
            }
        }
        for piece in coming.let_go() {
            self.in_memory += piece.len() as u64;
            self.pieces.push(piece);
        }
        if self.disk.is_some() {
            self.spill(gateway).await?;
        }
        Ok(self.held())
    }

    /// Writes what is in memory to the file.
    async fn spill(&mut self, gateway: &Arc<Gateway>) -> Result<(), Unheld> {
        let length = self.disk.as_ref().map_or(0, |(_, length)| *length) + self.in_memory;
        if length > HELD_BYTES {
            return Err(Unheld::TooLarge);
        }
        while self.room.len() as u64 * HELD_UNIT_BYTES < length {
            match Arc::clone(&gateway.held).try_acquire_owned() {
                Ok(room) => self.room.push(room),
                Err(_none_left) => return Err(Unheld::NoRoom),
            }
        }
        let (pieces, disk) = (self.pieces.clone(), self.disk.clone());
        let written = tokio::task::spawn_blocking(move || -> std::io::Result<Arc<DiskFile>> {
            let file = match disk {
                Some((file, _)) => file,
                None => Arc::new(tempfile::tempfile()?),
            };
            for piece in pieces {
                (&*file).write_all(&piece)?;
            }
            Ok(file)
        });
        let file = match written.await {
            Ok(Ok(file)) => file,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a download cannot be held: is the disk full?");
                return Err(Unheld::NoRoom);
            }
            Err(_stopping) => return Err(Unheld::NoRoom),
        };
        self.disk = Some((file, length));
        self.pieces.clear();
        self.in_memory = 0;
        Ok(())
    }

    fn held(&self) -> Held {
        match &self.disk {
            Some((file, length)) => Held::File { file: Arc::clone(file), length: *length },
            None => Held::Bytes(join(&self.pieces)),
        }
    }

    /// Gives back what was held, so that it goes on before the rest.
    fn give_back(mut self, coming: &mut Coming, share: Share) {
        let kept = std::mem::take(&mut self.pieces);
        if let Some((file, length)) = self.disk.take() {
            let reader = Held::File { file, length }.reader();
            coming.stored(Stored { reader, _room: self.room, _share: share });
        }
        coming.put_back(kept);
    }
}

fn join(pieces: &[Bytes]) -> Bytes {
    match pieces {
        [one] => one.clone(),
        _ => pieces
            .iter()
            .fold(BytesMut::new(), |mut whole, piece| {
                whole.extend_from_slice(piece);
                whole
            })
            .freeze(),
    }
}

/// What is known of a download besides its bytes.
struct Asked {
    name: Option<String>,
    content_type: Option<String>,
    coding: Option<String>,
    /// How a browser would show it, if it would.
    shown_as: Option<TextKind>,
}

/// What was seen in a download.
struct Seen {
    file: File,
    says: Option<Says>,
    malware: Malware,
}

/// Looks into a download, away from the threads that pass bytes on.
async fn see(gateway: &Arc<Gateway>, held: Held, asked: Asked, book: Arc<PhraseBook>) -> Seen {
    // Looking takes a core and room on the disk for what is unpacked: a few at a time, and the others wait.
    let _turn = gateway.looking.acquire().await;
    let looked = tokio::task::spawn_blocking(move || {
        let (held, cut) = match &asked.coding {
            None => (held, false),
            Some(coding) => decoded(&held, coding),
        };
        let file = inside(&held, &asked, cut);
        let says = words(&held, file.kind, &asked, &book);
        (held, file, says)
    });
    let Ok((held, file, says)) = looked.await else {
        let file = bare(Kind::Unknown, Some(Unread::Broken));
        return Seen { file, says: None, malware: Malware::Failed(ScanFailure::Refused) };
    };
    let malware = gateway.parts.scanner.scan(&held).await;
    Seen { file, says, malware }
}

/// The bytes without their coding, and whether they were cut off or could not be decoded.
fn decoded(held: &Held, coding: &str) -> (Held, bool) {
    let Ok(codings) = coding::codings(coding) else { return (held.clone(), true) };
    let (mut decoder, mut reader) = (Decoder::new(&codings, stopwatch()), held.reader());
    let mut plain = Vec::new();
    let mut out = || -> std::io::Result<(DiskFile, u64, bool)> {
        let mut file = tempfile::tempfile()?;
        let mut piece = vec![0; 64 * 1024];
        loop {
            let count = reader.read(&mut piece)?;
            let Some(bytes) = piece.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            let broken = decoder.push(bytes, |decoded| plain.extend_from_slice(decoded)).is_err();
            file.write_all(&plain)?;
            plain.clear();
            if broken || decoder.decoded_bytes() > HELD_BYTES {
                return Ok((file, decoder.decoded_bytes(), true));
            }
        }
        Ok((file, decoder.decoded_bytes(), false))
    };
    match out() {
        Ok((file, length, cut)) => (Held::File { file: Arc::new(file), length }, cut),
        Err(_disk) => (held.clone(), true),
    }
}

/// What it is and what is in it.
fn inside(held: &Held, asked: &Asked, cut: bool) -> File {
    let head = ends(held, 0, LOOKED_AT_BYTES);
    let tail_at = held.length().saturating_sub(LOOKED_AT_TAIL_BYTES as u64);
    let tail = ends(held, tail_at, LOOKED_AT_TAIL_BYTES);
    let hints = Hints { file_name: asked.name.as_deref(), content_type: asked.content_type.as_deref() };
    let kind = kind::identify(&head, &tail, &hints);
    let inside =
        archive::look_inside(kind, &mut held.reader(), &Limits::default(), &stopwatch(), &mut |_member| {});
    let unread = if cut { Some(Unread::Broken) } else { unread(&inside) };
    // A PDF that may be read but not changed is encrypted too, so only a locked archive counts as locked.
    let locked = inside.encrypted && inside.kind.class() == Class::Archive;
    let within = inside.worst.into_iter().next().map(|found| (found.kind, found.path));
    File { kind: inside.kind, within, locked, unread }
}

/// What cannot be read by anybody here and is no archive is not read: pictures and data have nothing inside.
fn unread(inside: &Inside) -> Option<Unread> {
    match inside.stopped? {
        Stopped::TooDeep => Some(Unread::TooDeep),
        Stopped::TooMany | Stopped::TooLarge | Stopped::TooLong | Stopped::Bomb(_) => Some(Unread::TooMuch),
        Stopped::Broken => Some(Unread::Broken),
        Stopped::Unreadable => Some(Unread::UnknownForm),
    }
}

fn ends(held: &Held, from: u64, most: usize) -> Vec<u8> {
    let mut reader = held.reader();
    let mut bytes = Vec::new();
    let read =
        reader.seek(SeekFrom::Start(from)).and_then(|_| reader.take(most as u64).read_to_end(&mut bytes));
    // A file that cannot be read is of no known kind, and nothing of an unknown kind is trusted.
    if read.is_err() {
        bytes.clear();
    }
    bytes
}

/// What a document's words say, or those of anything that a browser would show as text.
fn words(held: &Held, kind: Kind, asked: &Asked, book: &Arc<PhraseBook>) -> Option<Says> {
    let scan = |kind, charset| PageScan::new(Arc::clone(book), kind, &[], charset);
    let mut text = match (asked.shown_as, kind.class()) {
        (Some(shown_as), _) => {
            let charset = asked.content_type.as_deref().and_then(name::charset);
            let mut text = scan(shown_as, charset.as_deref());
            let (mut reader, mut piece) = (held.reader(), vec![0; 64 * 1024]);
            while let Ok(count @ 1..) = reader.read(&mut piece) {
                read(&mut text, piece.get(..count).unwrap_or_default());
            }
            text
        }
        (None, Class::Document | Class::MacroDocument) => {
            let mut text = scan(TextKind::Plain, Some("utf-8"));
            let sink = &mut |piece: &str| read(&mut text, piece.as_bytes());
            document::text(kind, &mut held.reader(), &TextLimits::default(), sink);
            text
        }
        _ => return None,
    };
    text.end();
    says(&text, book)
}
