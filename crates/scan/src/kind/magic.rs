//! Kinds told by marks: fixed bytes at fixed places, and the few formats that need one more look.
//!
//! Owns: the table of marks. Does not: tell text from text (`script`) or read names people gave (`name`).

use memchr::memmem;

use super::{Class, Kind};

/// Marks at the start. The first that fits counts, so longer ones stand before their beginnings.
pub(super) const STARTS: [(&[u8], Kind); 97] = [
    (b"\x7fELF", Kind::Elf),
    (b"\xfe\xed\xfa\xce", Kind::MachO),
    (b"\xfe\xed\xfa\xcf", Kind::MachO),
    (b"\xce\xfa\xed\xfe", Kind::MachO),
    (b"\xcf\xfa\xed\xfe", Kind::MachO),
    (b"\xca\xfe\xba\xbf", Kind::MachO),
    (b"\xca\xfe\xd0\x0d", Kind::JavaClass),
    (b"dex\n", Kind::Dex),
    (b"\0asm", Kind::Wasm),
    (b"FWS", Kind::Swf),
    (b"CWS", Kind::Swf),
    (b"ZWS", Kind::Swf),
    (b"!<arch>\ndebian-binary", Kind::Deb),
    (b"!<arch>\n", Kind::Ar),
    (b"!<thin>\n", Kind::Ar),
    (b"\xed\xab\xee\xdb", Kind::Rpm),
    (b"xar!", Kind::MacPkg),
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00", Kind::Lnk),
    (b"Windows Registry Editor", Kind::RegistryFile),
    (b"REGEDIT4", Kind::RegistryFile),
    (b"regf", Kind::RegistryFile),
    (b"vhdxfile", Kind::Vhd),
    (b"conectix", Kind::Vhd),
    (b"KDMV", Kind::VmDisk),
    (b"QFI\xfb", Kind::VmDisk),
    (b"<<< Oracle VM VirtualBox Disk Image", Kind::VmDisk),
    (b"encrcdsa", Kind::Dmg),
    (b"hsqs", Kind::FileSystem),
    (b"sqsh", Kind::FileSystem),
    (b"MSCF\0\0\0\0", Kind::Cab),
    (b"ISc(", Kind::OtherArchive),
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"PK\x07\x08PK\x03\x04", Kind::Zip),
    (b"PK00PK\x03\x04", Kind::Zip),
    (b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
    (b"Rar!\x1a\x07", Kind::Rar),
    (b"RE\x7e\x5e", Kind::Rar),
    (b"\x1f\x8b", Kind::Gzip),
    (b"\xfd7zXZ\0", Kind::Xz),
    (b"\x28\xb5\x2f\xfd", Kind::Zstd),
    (b"070701", Kind::Cpio),
    (b"070702", Kind::Cpio),
    (b"070707", Kind::Cpio),
    (b"\xc7\x71", Kind::Cpio),
    (b"\x71\xc7", Kind::Cpio),
    (b"\x60\xea", Kind::OtherArchive),
    (b"\x1f\x9d", Kind::OtherArchive),
    (b"\x1f\xa0", Kind::OtherArchive),
    (b"\x04\x22\x4d\x18", Kind::OtherArchive),
    (b"LZIP", Kind::OtherArchive),
    (b"SZDD\x88\xf0\x27\x33", Kind::OtherArchive),
    (b"KWAJ\x88\xf0\x27\xd1", Kind::OtherArchive),
    (b"StuffIt", Kind::OtherArchive),
    (b"SIT!", Kind::OtherArchive),
    (b"ITSF\x03\0\0\0", Kind::OtherArchive),
    (b"\x78\x9f\x3e\x22", Kind::OtherArchive),
    (b"MSWIM\0\0\0", Kind::DiskImage),
    (b"Cr24", Kind::Crx),
    (b"{\\rt", Kind::Rtf),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", Kind::OneNote),
    (b"%!PS", Kind::PostScript),
    (b"\xc5\xd0\xd3\xc6", Kind::PostScript),
    (b"\x89PNG\r\n\x1a\n", Kind::Png),
    (b"\xff\xd8\xff", Kind::Jpeg),
    (b"GIF87a", Kind::Gif),
    (b"GIF89a", Kind::Gif),
    (b"II*\0", Kind::Tiff),
    (b"MM\0*", Kind::Tiff),
    (b"\0\0\x01\0", Kind::Ico),
    (b"\0\0\x02\0", Kind::Ico),
    (b"\xff\x0a", Kind::OtherImage),
    (b"\0\0\0\x0cJXL \r\n\x87\n", Kind::OtherImage),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Kind::OtherImage),
    (b"8BPS", Kind::OtherImage),
    (b"\x1a\x45\xdf\xa3", Kind::Webm),
    (b"FLV\x01", Kind::OtherVideo),
    (b"\0\0\x01\xba", Kind::OtherVideo),
    (b"\0\0\x01\xb3", Kind::OtherVideo),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind::OtherVideo),
    (b"ID3", Kind::Mp3),
    (b"OggS", Kind::Ogg),
    (b"fLaC", Kind::Flac),
    (b"MThd", Kind::OtherAudio),
    (b"FORM", Kind::OtherAudio),
    (b"#!AMR", Kind::OtherAudio),
    (b"wOFF", Kind::Font),
    (b"wOF2", Kind::Font),
    (b"OTTO", Kind::Font),
    (b"ttcf", Kind::Font),
    (b"true\0", Kind::Font),
    (b"\0\x01\0\0\0", Kind::Font),
    (b"d8:announce", Kind::Torrent),
    (b"d13:announce-list", Kind::Torrent),
    (b"d7:comment", Kind::Torrent),
    (b"d10:created by", Kind::Torrent),
    (b"SQLite format 3\0", Kind::Sqlite),
];

/// Marks further in: place, bytes, kind.
const INSIDE: [(usize, &[u8], Kind); 14] = [
    (257, b"ustar", Kind::Tar),
    (32_769, b"CD001", Kind::Iso),
    (32_769, b"BEA01", Kind::Iso),
    (34_817, b"CD001", Kind::Iso),
    (34_817, b"NSR0", Kind::Iso),
    (2, b"-lh", Kind::OtherArchive),
    (7, b"**ACE**", Kind::OtherArchive),
    (1_024, b"BD", Kind::FileSystem),
    (1_024, b"H+\0\x04", Kind::FileSystem),
    (1_080, b"\x53\xef", Kind::FileSystem),
    (34, b"LP", Kind::Font),
    (16, b"\x19\x04\0\x10", Kind::Sis),
    (8, b"\x19\x04\0\x10", Kind::Sis),
    (0, b"\x7a\x1a\x20\x10", Kind::Sis),
];

/// How far into a file a PDF's mark may stand (readers accept the first 1,024 bytes).
const PDF_MARK_WITHIN_BYTES: usize = 1_024;

/// The kind that marks tell, if any does.
pub(super) fn told(head: &[u8]) -> Option<Kind> {
    if let Some(kind) = program(head) {
        return Some(kind);
    }
    // JPEG, GIF and PNG readers are strict about the first bytes, PDF readers are not: such a file is both.
    if memmem::find(head.get(..PDF_MARK_WITHIN_BYTES + 5).unwrap_or(head), b"%PDF-").is_some() {
        return Some(Kind::Pdf);
    }
    let start = STARTS.iter().find(|(mark, _)| head.starts_with(mark)).map(|(_, kind)| *kind);
    let kind = match start {
        Some(Kind::Zip) => Some(ZipNames::in_head(head).kind()),
        Some(Kind::OtherAudio) if head.starts_with(b"FORM") && head.get(8..11) != Some(b"AIF") => None,
        Some(Kind::OtherArchive) if head.starts_with(b"\x60\xea") && !is_arj(head) => None,
        Some(Kind::Swf) if head.get(3).is_none_or(|version| *version == 0 || *version > 60) => None,
        // "ID3" and "FLV" could begin a sentence; the version byte could not.
        Some(Kind::Mp3) if head.get(3).is_none_or(|version| *version > 9) => None,
        other => other,
    };
    // The first 32 KiB of an ISO image are free: an image file may stand there.
    let deep = inside(head);
    match (kind, deep) {
        (Some(kind), Some(deep)) => Some(kind.or_stricter(deep)),
        (kind, deep) => kind.or(deep).or_else(|| structured(head)),
    }
}

fn inside(head: &[u8]) -> Option<Kind> {
    let marked = INSIDE.iter().find(|(at, mark, kind)| {
        head.get(*at..).is_some_and(|rest| rest.starts_with(mark))
            && match kind {
                // These marks are short: the bytes before must not be text.
                Kind::FileSystem | Kind::Font | Kind::Sis => head.iter().take(32).any(|byte| *byte == 0),
                Kind::OtherArchive if *at == 2 => head.get(6) == Some(&b'-'),
                _ => true,
            }
    });
    marked.map(|(_, _, kind)| *kind)
}

/// Programs, whatever else the file may be.
fn program(head: &[u8]) -> Option<Kind> {
    match head.get(..2)? {
        b"MZ" | b"ZM" => {
            let at = u32_at(head, 0x3c).and_then(|at| usize::try_from(at).ok());
            if at.and_then(|at| head.get(at..)).is_some_and(|rest| rest.starts_with(b"PE\0\0")) {
                return Some(Kind::Pe);
            }
            // A stub whose PE header stands beyond what is held, or an older program. "MZ" may begin a text.
            let binary = head.iter().take(64).any(|byte| *byte < 9 || (14..27).contains(byte));
            binary.then_some(Kind::DosExe)
        }
        b"\x7fE" if head.starts_with(b"\x7fELF") => {
            Some(if head.get(8..10) == Some(b"AI") { Kind::AppImage } else { Kind::Elf })
        }
        // Fat Mach-O and Java classes share a mark; a fat file holds few parts, a class has a version from 43 up.
        b"\xca\xfe" if head.starts_with(b"\xca\xfe\xba\xbe") => {
            let parts = head.get(4..8).and_then(|four| Some(u32::from_be_bytes(four.try_into().ok()?)))?;
            Some(if parts < 43 { Kind::MachO } else { Kind::JavaClass })
        }
        _ => None,
    }
}

/// Formats whose mark stands within a frame.
fn structured(head: &[u8]) -> Option<Kind> {
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Some(ole(head));
    }
    if head.starts_with(b"RIFF") {
        return Some(match head.get(8..12) {
            Some(b"WEBP") => Kind::Webp,
            Some(b"WAVE") => Kind::Wav,
            Some(b"AVI ") => Kind::Avi,
            _ => Kind::Unknown,
        });
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some(match head.get(8..12) {
            Some(b"avif" | b"avis" | b"heic" | b"heix" | b"mif1" | b"msf1" | b"hevc") => Kind::Avif,
            Some(b"M4A " | b"M4B ") => Kind::OtherAudio,
            _ => Kind::Mp4,
        });
    }
    if matches!(head.get(4..8), Some(b"moov" | b"mdat" | b"wide" | b"free")) && head.first() == Some(&0) {
        return Some(Kind::Mp4);
    }
    if head.starts_with(b"BZh") && matches!(head.get(3), Some(b'1'..=b'9')) {
        return Some(Kind::Bzip2);
    }
    if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) {
        return Some(Kind::Bmp);
    }
    // MPEG audio frames and ADTS: eleven set bits, and no layer or rate that does not exist.
    if let Some([0xff, second, third, ..]) = head.get(..4) {
        if second & 0xf6 == 0xf0 {
            return Some(Kind::OtherAudio);
        }
        if second & 0xe0 == 0xe0
            && matches!(second & 0x06, 2 | 4)
            && third & 0xf0 != 0xf0
            && third & 0x0c != 0x0c
        {
            return Some(Kind::Mp3);
        }
    }
    if head.first() == Some(&0x47) && head.get(188) == Some(&0x47) && head.get(376) == Some(&0x47) {
        return Some(Kind::OtherVideo);
    }
    // Bare LZMA: usual properties, a dictionary that is a power of two, and a size that is unknown or small.
    if head.starts_with(b"\x5d\0\0")
        && head.get(5..13).is_some_and(|size| size == [0xff; 8] || size.get(5..) == Some(&[0; 3]))
    {
        return Some(Kind::Lzma);
    }
    if is_old_tar(head) {
        return Some(Kind::Tar);
    }
    // A boot sector: the mark at its end, and a jump or nothing at its start.
    let boots = head.get(510..512) == Some(b"\x55\xaa")
        && matches!(head.first(), Some(0xeb | 0xe9 | 0xfa | 0x33 | 0));
    boots.then_some(Kind::DiskImage)
}

/// Kinds told by the last bytes: a zip's end record, an Apple image's trailer, a fixed VHD's footer.
pub(super) fn told_by_end(tail: &[u8]) -> Option<Kind> {
    let last = tail.len().checked_sub(512).and_then(|at| tail.get(at..));
    if last.is_some_and(|last| last.starts_with(b"koly")) {
        return Some(Kind::Dmg);
    }
    if last.is_some_and(|last| last.starts_with(b"conectix")) {
        return Some(Kind::Vhd);
    }
    end_record(tail).map(|_| Kind::Zip)
}

/// Where in the last bytes a zip's end record with at least one member stands. The comment must fit before the end;
/// what stands after it is ignored, as unpackers do.
pub(crate) fn end_record(tail: &[u8]) -> Option<usize> {
    let mut end = tail.len();
    loop {
        let at = tail.get(..end)?.windows(4).rposition(|window| window == b"PK\x05\x06")?;
        let record = tail.get(at..)?;
        let members = u16_at(record, 10)?;
        let directory_bytes = u32_at(record, 12)?;
        let comment = usize::from(u16_at(record, 20)?);
        let is_sane = members > 0 && directory_bytes >= 46 && record.len() >= 22 + comment;
        if is_sane {
            return Some(at);
        }
        end = at + 3;
    }
}

/// Whether these first bytes are a zip's.
pub(super) fn is_zip(head: &[u8]) -> bool {
    STARTS.iter().any(|(mark, kind)| *kind == Kind::Zip && head.starts_with(mark))
}

fn is_arj(head: &[u8]) -> bool {
    let size = u16_at(head, 2).unwrap_or(0);
    (20..=2_600).contains(&size) && head.get(10) == Some(&2)
}

/// A tar from before `ustar`: the header's sum is right.
fn is_old_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else { return false };
    let Some(field) = header.get(148..156) else { return false };
    let digits: String =
        field.iter().map(|byte| char::from(*byte)).filter(|c| *c != '\0' && !c.is_whitespace()).collect();
    let Ok(told) = u32::from_str_radix(&digits, 8) else { return false };
    let sum: u32 = header
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { u32::from(b' ') } else { u32::from(*byte) })
        .sum();
    told == sum && header.first() != Some(&0)
}

/// What a compound file is, as far as the head shows: by the root's class identifier, else by its streams' names.
fn ole(head: &[u8]) -> Kind {
    let shift = u16_at(head, 30).unwrap_or(9);
    let sector = 1_usize.checked_shl(u32::from(shift)).unwrap_or(512).clamp(512, 4_096);
    let directory = u32_at(head, 48).and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
    let root = directory.checked_add(1).and_then(|at| at.checked_mul(sector)).and_then(|at| head.get(at..));
    match root.and_then(|root| root.get(0x50..0x54)) {
        // {000C1084…} package, {000C1086…} patch, {000C1082…} transform.
        Some([0x82 | 0x84 | 0x86, 0x10, 0x0c, 0x00]) => return Kind::Msi,
        Some([0x06 | 0x00, 0x09, 0x02, 0x00]) => return Kind::Doc,
        Some([0x10 | 0x20, 0x08, 0x02, 0x00]) => return Kind::Xls,
        Some([0x10, 0x8d, 0x81, 0x64]) => return Kind::Ppt,
        _ => {}
    }
    let root = root.unwrap_or(head);
    for (name, kind) in
        [("WordDocument", Kind::Doc), ("Workbook", Kind::Xls), ("PowerPoint Document", Kind::Ppt)]
    {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        if root.windows(wide.len()).any(|window| window == wide) {
            return kind;
        }
    }
    Kind::Ole
}

/// What member names say about a zip.
#[derive(Debug, Default)]
pub(super) struct ZipNames {
    manifest: bool,
    classes: bool,
    android: bool,
    appx: bool,
    extension: bool,
    /// Visual Basic.
    macros: bool,
    /// LibreOffice's macros; other zips have such folders too, so they count in documents only.
    scripts: bool,
    office: Option<Kind>,
}

impl ZipNames {
    pub(super) fn read<'n>(kind: Kind, names: impl Iterator<Item = &'n str>) -> Self {
        let is_document = kind.class() == Class::Document;
        let mut told = Self { office: is_document.then_some(kind), ..Self::default() };
        for name in names {
            told.name(name);
        }
        told
    }

    /// From the local headers among the first bytes.
    fn in_head(head: &[u8]) -> Self {
        let mut told = Self::default();
        let mut rest = head;
        while let Some(at) = rest.windows(4).position(|window| window == b"PK\x03\x04") {
            rest = rest.get(at..).unwrap_or_default();
            let name_bytes = usize::from(u16_at(rest, 26).unwrap_or(0));
            let extra_bytes = usize::from(u16_at(rest, 28).unwrap_or(0));
            let name = rest.get(30..30 + name_bytes).unwrap_or_default();
            told.name(&String::from_utf8_lossy(name));
            if name == b"mimetype" {
                told.mimetype(rest.get(30 + name_bytes + extra_bytes..).unwrap_or_default());
            }
            rest = rest.get(4..).unwrap_or_default();
        }
        told
    }

    fn name(&mut self, name: &str) {
        let name = name.replace('\\', "/").to_ascii_lowercase();
        match name.as_str() {
            "meta-inf/manifest.mf" => self.manifest = true,
            "androidmanifest.xml" | "classes.dex" => self.android = true,
            "appxmanifest.xml" | "appxmetadata/appxbundlemanifest.xml" => self.appx = true,
            "meta-inf/mozilla.rsa" | "install.rdf" => self.extension = true,
            "word/document.xml" => self.office = Some(Kind::Docx),
            "xl/workbook.xml" | "xl/workbook.bin" => self.office = Some(Kind::Xlsx),
            "ppt/presentation.xml" => self.office = Some(Kind::Pptx),
            _ if name.ends_with(".class") => self.classes = true,
            _ if name.ends_with("vbaproject.bin") => self.macros = true,
            _ if name.starts_with("word/") => self.office = self.office.or(Some(Kind::Docx)),
            _ if name.starts_with("xl/") => self.office = self.office.or(Some(Kind::Xlsx)),
            _ if name.starts_with("ppt/") => self.office = self.office.or(Some(Kind::Pptx)),
            _ => {}
        }
        self.scripts |= name.starts_with("basic/") || name.starts_with("scripts/");
    }

    fn mimetype(&mut self, content: &[u8]) {
        for (start, kind) in [
            (&b"application/vnd.oasis.opendocument.text"[..], Kind::Odt),
            (b"application/vnd.oasis.opendocument.spreadsheet", Kind::Ods),
            (b"application/vnd.oasis.opendocument", Kind::Odp),
            (b"application/epub+zip", Kind::Epub),
        ] {
            if content.starts_with(start) {
                self.office = Some(kind);
                return;
            }
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self.office {
            _ if self.android => Kind::Apk,
            _ if self.appx => Kind::Appx,
            _ if self.extension => Kind::Xpi,
            _ if self.macros => Kind::MacroDocument,
            Some(Kind::Odt | Kind::Ods | Kind::Odp) if self.scripts => Kind::MacroDocument,
            Some(kind) => kind,
            None if self.manifest || self.classes => Kind::Jar,
            None => Kind::Zip,
        }
    }
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}
