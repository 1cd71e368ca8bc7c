//! What a name or a declared type adds: never a milder answer.
//!
//! Owns: endings and media types of things that run. Does not: tell anything else from a name.

use percent_encoding::percent_decode_str;

use super::{Class, Kind};

/// What came with the bytes. A name counts only where the content could be what it says: text named `.bat` is a
/// batch file, a true picture named `.bat` stays a picture.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The name it would be saved under, percent-encoded or not. Leave it out for what a page only uses.
    pub file_name: Option<&'a str>,
    /// The `Content-Type`.
    pub content_type: Option<&'a str>,
}

/// Endings that Windows, macOS, Linux or a browser runs or installs.
const ENDINGS: [(&str, Kind); 90] = [
    ("exe", Kind::Pe),
    ("dll", Kind::Pe),
    ("scr", Kind::Pe),
    ("cpl", Kind::Pe),
    ("sys", Kind::Pe),
    ("ocx", Kind::Pe),
    ("drv", Kind::Pe),
    ("pif", Kind::Pe),
    ("xll", Kind::Pe),
    ("com", Kind::Com),
    ("elf", Kind::Elf),
    ("run", Kind::Elf),
    ("appimage", Kind::AppImage),
    ("jar", Kind::Jar),
    ("war", Kind::Jar),
    ("jnlp", Kind::Jar),
    ("apk", Kind::Apk),
    ("xapk", Kind::Apk),
    ("apks", Kind::Apk),
    ("aab", Kind::Apk),
    ("ipa", Kind::Apk),
    ("msi", Kind::Msi),
    ("msp", Kind::Msi),
    ("mst", Kind::Msi),
    ("msix", Kind::Appx),
    ("msixbundle", Kind::Appx),
    ("appx", Kind::Appx),
    ("appxbundle", Kind::Appx),
    ("appinstaller", Kind::Appx),
    ("application", Kind::Appx),
    ("deb", Kind::Deb),
    ("rpm", Kind::Rpm),
    ("pkg", Kind::MacPkg),
    ("mpkg", Kind::MacPkg),
    ("flatpak", Kind::Deb),
    ("flatpakref", Kind::Deb),
    ("snap", Kind::Deb),
    ("sis", Kind::Sis),
    ("sisx", Kind::Sis),
    ("mobileconfig", Kind::MobileConfig),
    ("sh", Kind::Shell),
    ("bash", Kind::Shell),
    ("zsh", Kind::Shell),
    ("command", Kind::Shell),
    ("bat", Kind::Batch),
    ("cmd", Kind::Batch),
    ("ps1", Kind::PowerShell),
    ("psm1", Kind::PowerShell),
    ("psd1", Kind::PowerShell),
    ("ps1xml", Kind::PowerShell),
    ("vbs", Kind::VbScript),
    ("vbe", Kind::VbScript),
    ("vb", Kind::VbScript),
    ("js", Kind::JavaScript),
    ("jse", Kind::JavaScript),
    ("mjs", Kind::JavaScript),
    ("wsf", Kind::WindowsScript),
    ("wsh", Kind::WindowsScript),
    ("wsc", Kind::WindowsScript),
    ("sct", Kind::WindowsScript),
    ("py", Kind::Python),
    ("pyw", Kind::Python),
    ("pyc", Kind::Python),
    ("pyz", Kind::Python),
    ("lnk", Kind::Lnk),
    ("url", Kind::Shortcut),
    ("desktop", Kind::Shortcut),
    ("website", Kind::Shortcut),
    ("scf", Kind::Shortcut),
    ("hta", Kind::Hta),
    ("reg", Kind::RegistryFile),
    ("inf", Kind::SetupInf),
    ("msc", Kind::WindowsScript),
    ("settingcontent-ms", Kind::WindowsScript),
    ("library-ms", Kind::Shortcut),
    ("iso", Kind::Iso),
    ("img", Kind::DiskImage),
    ("vhd", Kind::Vhd),
    ("vhdx", Kind::Vhd),
    ("vmdk", Kind::VmDisk),
    ("dmg", Kind::Dmg),
    ("crx", Kind::Crx),
    ("xpi", Kind::Xpi),
    ("docm", Kind::MacroDocument),
    ("dotm", Kind::MacroDocument),
    ("xlsm", Kind::MacroDocument),
    ("xltm", Kind::MacroDocument),
    ("xlam", Kind::MacroDocument),
    ("pptm", Kind::MacroDocument),
    ("torrent", Kind::Torrent),
];

/// Declared types of the same.
const TYPES: [(&str, Kind); 24] = [
    ("application/x-msdownload", Kind::Pe),
    ("application/x-msdos-program", Kind::Pe),
    ("application/x-dosexec", Kind::Pe),
    ("application/vnd.microsoft.portable-executable", Kind::Pe),
    ("application/x-executable", Kind::Elf),
    ("application/x-elf", Kind::Elf),
    ("application/x-mach-binary", Kind::MachO),
    ("application/java-archive", Kind::Jar),
    ("application/x-java-jnlp-file", Kind::Jar),
    ("application/vnd.android.package-archive", Kind::Apk),
    ("application/x-msi", Kind::Msi),
    ("application/x-ms-installer", Kind::Msi),
    ("application/vnd.debian.binary-package", Kind::Deb),
    ("application/x-debian-package", Kind::Deb),
    ("application/x-rpm", Kind::Rpm),
    ("application/x-apple-aspen-config", Kind::MobileConfig),
    ("application/x-ms-application", Kind::Appx),
    ("application/x-sh", Kind::Shell),
    ("application/x-bat", Kind::Batch),
    ("application/hta", Kind::Hta),
    ("application/x-apple-diskimage", Kind::Dmg),
    ("application/x-chrome-extension", Kind::Crx),
    ("application/x-xpinstall", Kind::Xpi),
    ("application/x-bittorrent", Kind::Torrent),
];

/// The stricter of what content and hints say, where the content could be what they say.
pub(super) fn stricter(kind: Kind, hints: &Hints<'_>) -> Kind {
    let named = hints.file_name.and_then(by_name);
    let typed = hints.content_type.and_then(by_type);
    [named, typed].into_iter().flatten().fold(kind, |kind, told| match could_be(kind, told) {
        true => kind.or_stricter(told),
        false => kind,
    })
}

/// What runs under this name, if anything does.
fn by_name(name: &str) -> Option<Kind> {
    let name = percent_decode_str(name).decode_utf8_lossy();
    let name = name.rsplit(['/', '\\']).next().unwrap_or("");
    // Windows drops dots and spaces at the end, and what follows a colon is a stream's name, except `name.exe::$DATA`.
    let name = name.split(['\0', ':']).next().unwrap_or("");
    let name = name.trim_end_matches(|c: char| c == '.' || c.is_whitespace() || is_unseen(c));
    let ending: String = name.rsplit_once('.')?.1.chars().filter(|c| !is_unseen(*c)).collect();
    let ending = ending.to_ascii_lowercase();
    ENDINGS.iter().find(|(told, _)| *told == ending).map(|(_, kind)| *kind)
}

fn by_type(content_type: &str) -> Option<Kind> {
    let essence = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    TYPES.iter().find(|(told, _)| *told == essence).map(|(_, kind)| *kind)
}

/// Characters that show nothing but would hide an ending: zero widths, direction marks, soft hyphens.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c), 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfeff)
}

/// Whether bytes of one kind, under a name or type that says another, would be taken for the other.
fn could_be(kind: Kind, told: Kind) -> bool {
    match kind.class() {
        Class::Data => true,
        // Command interpreters skip over lines they cannot read, so a page under such a name is a script too.
        Class::Text | Class::Page => !matches!(told, Kind::Iso | Kind::DiskImage | Kind::Vhd | Kind::VmDisk),
        Class::Archive => match told {
            Kind::Jar
            | Kind::Apk
            | Kind::Appx
            | Kind::Xpi
            | Kind::Crx
            | Kind::MacroDocument
            | Kind::Python => kind == Kind::Zip,
            Kind::Deb => kind == Kind::Ar,
            // Dmg, Debian or others are containers of their own; a true archive under their name is an archive.
            _ => kind == Kind::OtherArchive && told.class() >= Class::Script,
        },
        Class::Document => match kind {
            Kind::Ole | Kind::Doc | Kind::Xls | Kind::Ppt => told == Kind::Msi || told == Kind::MacroDocument,
            Kind::Docx | Kind::Xlsx | Kind::Pptx => told == Kind::MacroDocument || told == Kind::Jar,
            _ => false,
        },
        // A picture of text, as SVG is, is text.
        Class::Image => kind == Kind::Svg && told.class() == Class::Script,
        _ => false,
    }
}
