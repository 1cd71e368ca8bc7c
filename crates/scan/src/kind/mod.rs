//! What a file is, told by its content.
//!
//! Owns: the closed list of kinds, the classes a school's rules speak of, and telling one from first and last bytes.
//! Does not: unpack anything (`archive`), read text (`document`), decide, or trust a name or header: these can only
//! make the answer stricter.
//!
//! A script to run is told by content where that is reliable (a `#!` line, `@echo off`, `<job>`). JavaScript is not: a
//! page's own scripts are the same text. It stays [`Kind::Text`] until a file name says otherwise, so the caller
//! gives a file name only where the browser would save the answer: `Content-Disposition: attachment`, or the last
//! segment of an address that was navigated to and did not come as a page.

mod magic;
mod name;
mod script;

use serde::{Deserialize, Serialize};

pub(crate) use magic::{end_record, u16_at, u32_at};
pub use name::Hints;
pub(crate) use name::is_unseen;

/// How many first bytes are looked at. The furthest mark is ISO 9660's, at 32,769; a zip's first member names, which
/// tell a JAR or a document from other zips, nearly always stand before it too.
pub const LOOKED_AT_BYTES: usize = 36_864;
/// How many last bytes are looked at: a zip's end record and the longest comment after it (APPNOTE 4.3.16).
pub const LOOKED_AT_TAIL_BYTES: usize = 65_557;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// Windows program or library (MZ with a PE header).
    Pe,
    /// Older DOS or Windows program: MZ without PE.
    DosExe,
    /// Linux program or library.
    Elf,
    /// macOS or iOS program or library, fat or thin.
    MachO,
    /// Bare DOS program, told by name only.
    Com,
    /// Java class file.
    JavaClass,
    /// Java archive.
    Jar,
    /// Android program.
    Apk,
    /// Android byte code.
    Dex,
    /// Linux program in a mountable image.
    AppImage,
    /// WebAssembly module. Pages bring these along as they do script, and nothing runs a saved one: data.
    Wasm,
    /// Flash film.
    Swf,
    /// Windows Installer package or patch.
    Msi,
    /// Windows app package.
    Appx,
    /// Debian package.
    Deb,
    /// RPM package.
    Rpm,
    /// macOS installer package.
    MacPkg,
    /// Symbian or other phone installer.
    Sis,
    /// Apple device settings.
    MobileConfig,
    /// Script with a `#!` line, or shell by name.
    Shell,
    /// Windows command script.
    Batch,
    /// PowerShell script.
    PowerShell,
    /// VBScript.
    VbScript,
    /// JavaScript file to be run by Windows, told by name only.
    JavaScript,
    /// Windows Script File or scriptlet.
    WindowsScript,
    /// Python script.
    Python,
    /// Windows shortcut.
    Lnk,
    /// Address shortcut, `.url` or `.desktop`: starts what it names.
    Shortcut,
    /// HTML application: a page that runs as a program.
    Hta,
    /// Registry changes.
    RegistryFile,
    /// Setup information file.
    SetupInf,
    /// ISO 9660 or UDF image.
    Iso,
    /// Virtual hard disk, VHD or VHDX.
    Vhd,
    /// Virtual machine disk: VMDK, VDI, QCOW.
    VmDisk,
    /// Apple disk image.
    Dmg,
    /// Raw disk image with a boot sector.
    DiskImage,
    /// SquashFS or another bare file system.
    FileSystem,
    /// Microsoft cabinet.
    Cab,
    /// Zip that is nothing more special.
    Zip,
    /// 7-Zip archive.
    SevenZip,
    /// RAR archive, version 4 or 5.
    Rar,
    /// gzip stream.
    Gzip,
    /// bzip2 stream.
    Bzip2,
    /// xz stream.
    Xz,
    /// Bare LZMA stream.
    Lzma,
    /// Zstandard stream.
    Zstd,
    /// tar archive.
    Tar,
    /// cpio archive.
    Cpio,
    /// Unix `ar` archive that is no Debian package.
    Ar,
    /// Archives that are known but not read: ARJ, LHA, ACE, `compress`, lz4, lzip, SZDD, StuffIt, XAR, CHM, TNEF.
    OtherArchive,
    /// Chrome extension.
    Crx,
    /// Firefox extension.
    Xpi,
    /// PDF.
    Pdf,
    /// PDF that runs script, starts programs or carries files.
    PdfActive,
    /// Old Microsoft compound file, not told further.
    Ole,
    /// Old Word document.
    Doc,
    /// Old Excel workbook.
    Xls,
    /// Old PowerPoint presentation.
    Ppt,
    /// Word document.
    Docx,
    /// Excel workbook.
    Xlsx,
    /// PowerPoint presentation.
    Pptx,
    /// Any of the office documents with macros.
    MacroDocument,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation.
    Odp,
    /// Rich text.
    Rtf,
    /// E-book.
    Epub,
    /// OneNote section: a document that carries files.
    OneNote,
    /// PostScript.
    PostScript,
    /// HTML page.
    Html,
    /// XML of no known vocabulary.
    Xml,
    /// JSON.
    Json,
    /// Plain text of any language.
    Text,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// GIF image.
    Gif,
    /// WebP image.
    Webp,
    /// AVIF or HEIF image.
    Avif,
    /// SVG image.
    Svg,
    /// BMP image.
    Bmp,
    /// TIFF image.
    Tiff,
    /// Windows icon.
    Ico,
    /// JPEG XL or JPEG 2000.
    OtherImage,
    /// MP4 or QuickTime film.
    Mp4,
    /// WebM or Matroska film.
    Webm,
    /// AVI film.
    Avi,
    /// MPEG transport or program stream, or Flash video.
    OtherVideo,
    /// MP3 sound.
    Mp3,
    /// Ogg sound or film.
    Ogg,
    /// WAV sound.
    Wav,
    /// FLAC sound.
    Flac,
    /// AAC, MIDI, AIFF or AMR sound.
    OtherAudio,
    /// TrueType, OpenType, WOFF or EOT.
    Font,
    /// BitTorrent file.
    Torrent,
    /// SQLite data base.
    Sqlite,
    /// Nothing at all.
    Empty,
    /// Bytes of no known kind.
    Unknown,
}

/// What a school's rules speak of, mildest first: the order is how strict an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Unknown or harmless data.
    Data,
    /// Plain text, JSON, XML.
    Text,
    /// A web page.
    Page,
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// Film.
    Video,
    /// A font.
    Font,
    /// A document without macros.
    Document,
    /// An archive: what it is depends on what is in it.
    Archive,
    /// A torrent.
    Torrent,
    /// A disk image.
    DiskImage,
    /// A browser extension.
    BrowserExtension,
    /// A document with macros or other active parts.
    MacroDocument,
    /// A script that runs when opened.
    Script,
    /// An installer or device settings.
    Installer,
    /// A program.
    Executable,
}

impl Class {
    /// Whether opening a file of this class can run it, change the device or bring more in.
    #[must_use]
    pub fn is_active(self) -> bool {
        self >= Self::DiskImage
    }
}

impl Kind {
    /// The class that rules speak of.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Self::Pe
            | Self::DosExe
            | Self::Elf
            | Self::MachO
            | Self::Com
            | Self::JavaClass
            | Self::Jar
            | Self::Apk
            | Self::Dex
            | Self::AppImage
            | Self::Swf => Class::Executable,
            Self::Msi
            | Self::Appx
            | Self::Deb
            | Self::Rpm
            | Self::MacPkg
            | Self::Sis
            | Self::MobileConfig => Class::Installer,
            Self::Shell
            | Self::Batch
            | Self::PowerShell
            | Self::VbScript
            | Self::JavaScript
            | Self::WindowsScript
            | Self::Python
            | Self::Lnk
            | Self::Shortcut
            | Self::Hta
            | Self::RegistryFile
            | Self::SetupInf => Class::Script,
            Self::PdfActive | Self::MacroDocument => Class::MacroDocument,
            Self::Crx | Self::Xpi => Class::BrowserExtension,
            Self::Iso | Self::Vhd | Self::VmDisk | Self::Dmg | Self::DiskImage | Self::FileSystem => {
                Class::DiskImage
            }
            Self::Torrent => Class::Torrent,
            _ => self.mild_class(),
        }
    }

    fn mild_class(self) -> Class {
        match self {
            Self::Cab
            | Self::Zip
            | Self::SevenZip
            | Self::Rar
            | Self::Gzip
            | Self::Bzip2
            | Self::Xz
            | Self::Lzma
            | Self::Zstd
            | Self::Tar
            | Self::Cpio
            | Self::Ar
            | Self::OtherArchive => Class::Archive,
            Self::Pdf
            | Self::Ole
            | Self::Doc
            | Self::Xls
            | Self::Ppt
            | Self::Docx
            | Self::Xlsx
            | Self::Pptx
            | Self::Odt
            | Self::Ods
            | Self::Odp
            | Self::Rtf
            | Self::Epub
            | Self::OneNote
            | Self::PostScript => Class::Document,
            Self::Html => Class::Page,
            Self::Xml | Self::Json | Self::Text => Class::Text,
            Self::Png
            | Self::Jpeg
            | Self::Gif
            | Self::Webp
            | Self::Avif
            | Self::Svg
            | Self::Bmp
            | Self::Tiff
            | Self::Ico
            | Self::OtherImage => Class::Image,
            Self::Mp4 | Self::Webm | Self::Avi | Self::OtherVideo => Class::Video,
            Self::Mp3 | Self::Ogg | Self::Wav | Self::Flac | Self::OtherAudio => Class::Audio,
            Self::Font => Class::Font,
            _ => Class::Data,
        }
    }

    /// The stricter of two answers; `self` where they are as strict.
    #[must_use]
    pub fn or_stricter(self, other: Self) -> Self {
        if other.class() > self.class() { other } else { self }
    }
}

/// What bytes are, from the first of them: at most [`LOOKED_AT_BYTES`] are looked at, and fewer do unless the mark
/// stands further in.
#[must_use]
pub fn sniff(head: &[u8]) -> Kind {
    let head = head.get(..LOOKED_AT_BYTES).unwrap_or(head);
    if head.is_empty() {
        return Kind::Empty;
    }
    magic::told(head).unwrap_or_else(|| script::told(head))
}

/// What a whole file is: its first bytes, its last (at most [`LOOKED_AT_TAIL_BYTES`]; they may overlap), and the name
/// and type it came with. A picture or other harmless kind with a zip behind it is a zip; names count as
/// [`Hints`] says.
#[must_use]
pub fn identify(head: &[u8], tail: &[u8], hints: &Hints<'_>) -> Kind {
    let kind = sniff(head);
    let ends = magic::told_by_end(tail).unwrap_or(Kind::Unknown);
    // What is a zip anyway (a document, a JAR) has a zip's end.
    let kind = if magic::is_zip(head) && ends == Kind::Zip { kind } else { kind.or_stricter(ends) };
    name::stricter(kind, hints)
}

/// What a zip that begins like `kind` is, by all of its members' names.
#[must_use]
pub fn zip_kind<'n>(kind: Kind, names: impl Iterator<Item = &'n str>) -> Kind {
    magic::ZipNames::read(kind, names).kind()
}

#[cfg(test)]
mod tests;
