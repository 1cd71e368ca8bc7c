//! Owns: tests of containers, whole, damaged and hostile. Does not: need files from outside.

use std::io::{Cursor, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::*;

/// The harmless sample that every scanner knows, in two halves so that none takes this file for it.
fn sample() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

fn program() -> Vec<u8> {
    let mut bytes = b"MZ\x90\0".to_vec();
    bytes.resize(0x3c, 0);
    bytes.extend_from_slice(&0x40_u32.to_le_bytes());
    bytes.extend_from_slice(b"PE\0\0\x64\x86");
    bytes.resize(512, 0);
    bytes
}

/// A zip member as it is written: both views can be told apart in tests.
#[derive(Clone)]
struct Part<'a> {
    name: &'a str,
    content: &'a [u8],
    deflate: bool,
    flags: u16,
    method: Option<u16>,
    local_name: Option<&'a str>,
    in_directory: bool,
}

fn part<'a>(name: &'a str, content: &'a [u8]) -> Part<'a> {
    Part { name, content, deflate: true, flags: 0, method: None, local_name: None, in_directory: true }
}

fn zip(parts: &[Part<'_>]) -> Vec<u8> {
    let (mut file, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for part in parts {
        let at = u32::try_from(file.len()).unwrap();
        let packed = if part.deflate { deflated(part.content) } else { part.content.to_vec() };
        let method = part.method.unwrap_or(if part.deflate { 8 } else { 0 });
        let mut fields = Vec::new();
        fields.extend_from_slice(&part.flags.to_le_bytes());
        fields.extend_from_slice(&method.to_le_bytes());
        fields.extend_from_slice(&[0; 8]);
        let mut sizes = Vec::new();
        sizes.extend_from_slice(&u32::try_from(packed.len()).unwrap().to_le_bytes());
        sizes.extend_from_slice(&u32::try_from(part.content.len()).unwrap().to_le_bytes());
        let local_name = part.local_name.unwrap_or(part.name);
        file.extend_from_slice(b"PK\x03\x04\x14\0");
        file.extend_from_slice(&fields);
        file.extend_from_slice(if part.flags & 8 == 0 { &sizes } else { &[0; 8] });
        file.extend_from_slice(&u16::try_from(local_name.len()).unwrap().to_le_bytes());
        file.extend_from_slice(&[0; 2]);
        file.extend_from_slice(local_name.as_bytes());
        file.extend_from_slice(&packed);
        if part.flags & 8 != 0 {
            file.extend_from_slice(b"PK\x07\x08\0\0\0\0");
            file.extend_from_slice(&sizes);
        }
        if part.in_directory {
            count += 1;
            directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0");
            directory.extend_from_slice(&fields);
            directory.extend_from_slice(&sizes);
            directory.extend_from_slice(&u16::try_from(part.name.len()).unwrap().to_le_bytes());
            directory.extend_from_slice(&[0; 12]);
            directory.extend_from_slice(&at.to_le_bytes());
            directory.extend_from_slice(part.name.as_bytes());
        }
    }
    let at = u32::try_from(file.len()).unwrap();
    let size = u32::try_from(directory.len()).unwrap();
    file.extend_from_slice(&directory);
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    file.extend_from_slice(&count.to_le_bytes());
    file.extend_from_slice(&count.to_le_bytes());
    file.extend_from_slice(&size.to_le_bytes());
    file.extend_from_slice(&at.to_le_bytes());
    file.extend_from_slice(&[0; 2]);
    file
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(content.len()).unwrap());
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

struct Seen {
    inside: Inside,
    members: Vec<(String, Kind, Vec<u8>)>,
}

impl Seen {
    fn has(&self, bytes: &[u8]) -> bool {
        self.members.iter().any(|(_, _, member)| member == bytes)
    }
}

fn look(name: &str, bytes: &[u8]) -> Seen {
    look_with(name, bytes, &Limits::default())
}

fn look_with(name: &str, bytes: &[u8], limits: &Limits) -> Seen {
    look_by(&Stopwatch::stopped(), name, bytes, limits)
}

fn look_by(watch: &Stopwatch, name: &str, bytes: &[u8], limits: &Limits) -> Seen {
    let tail = &bytes[bytes.len().saturating_sub(LOOKED_AT_TAIL_BYTES)..];
    let kind = identify(bytes, tail, &Hints { file_name: Some(name), content_type: None });
    let mut members = Vec::new();
    let inside = look_inside(kind, &mut Cursor::new(bytes), limits, watch, &mut |member| {
        members.push((member.path.to_owned(), member.kind, member.bytes.to_vec()));
    });
    Seen { inside, members }
}

const SEVENZ: &str = "377abcaf271c00042e33fa6448000000000000005a000000000000006cebdaf401004358354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a000104060001094800070b010001212101000c4400080a013ccf516800000501190c000000000000000000000000111500650069006300610072002e007400780074000000140a0100c16847a5577add01150601002080a4810000";
const SEVENZ_ENCRYPTED: &str = "377abcaf271c000444b9760750000000000000006a000000000000002c5d512cabfdbe018a1cd8b69948ea96c5384b0efa161a8eefcbbd831517788ab5037f4f515c5d8eb605a59389cdbb9d97d273ff2ab75674f27bbb62a6d1b390c976312d106e2cd2aa2b1e2e665b3ab616865d1e0104060001095000070b0100022406f1070112530f1197eb5fe614ab9f4b8b0fd0c388ca1f2121010001000c484400080a013ccf516800000501190100111500650069006300610072002e007400780074000000140a0100c16847a5577add01150601002080a4810000";
const SEVENZ_NAMES_ENCRYPTED: &str = "377abcaf271c000484389279c0000000000000002e00000000000000b25d31b464b59960bfc3f380dd6afe757b462050bfc1a03d08888286083266bd268ee1379a39989cc717be01a0747104c3a9704cbc137168435a83e7d10a66c0990cc50b01cb640f15ef12125ae3e63331b11a5ffd7d5ecca1937dbf57a729e624a7801708fbbe9abacc7aafa1b5790bbd73e2c62de2563cece7b9cbd3756714d6fc49873d162a45e448b8c9fd2617e61460daca4a21ce906549ca89079e6f8e6c4dd5d0dd2d4ba98f9a052ee57724c38ff4c661a806d155f2c1478def9c1b90a42fbfc917065001097000070b0100012406f1070112530f1714d188b98d46b198fd075815b6a5850c6a0a0187829c4e0000";
const XZ: &str = "fd377a585a000004e6d6b4460200210116000000742fe5a301004358354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a00faab49d4013391b600015c44fa2239471fb6f37d010000000004595a";

#[test]
fn the_sample_is_reached_through_every_archive() {
    let sample = sample();
    let plain = zip(&[part("eicar.com", &sample)]);
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bzip2.write_all(&sample).unwrap();
    let docx = zip(&[part("[Content_Types].xml", b"<?xml?>"), part("word/document.xml", &sample)]);
    for (name, bytes) in [
        ("eicar.com.gz", gzip(&sample)),
        ("eicar.com.bz2", bzip2.finish().unwrap()),
        ("eicar.com.xz", unhex(XZ)),
        ("eicar.com.zst", zstd::encode_all(sample.as_slice(), 3).unwrap()),
        ("eicar.zip", plain.clone()),
        ("stored.zip", zip(&[Part { deflate: false, ..part("eicar.com", &sample) }])),
        ("described.zip", zip(&[Part { flags: 8, ..part("eicar.com", &sample) }])),
        ("twice.zip", zip(&[part("eicar.zip", &plain)])),
        ("prefixed.exe", [program(), plain.clone()].concat()),
        ("picture.gif", [b"GIF89a".to_vec(), plain].concat()),
        ("eicar.7z", unhex(SEVENZ)),
        ("eicar.tar", tar_of(&[("a/eicar.com", &sample)])),
        ("eicar.tar.gz", gzip(&tar_of(&[("a/eicar.com", &sample)]))),
        ("letter.docx", docx),
    ] {
        let seen = look(name, &bytes);
        assert!(seen.has(&sample), "{name}: {:?}", seen.inside);
        assert_eq!(seen.inside.stopped, None, "{name}");
        assert!(!seen.inside.encrypted, "{name}");
    }
}

/// WEB-07: by content and not by name, and inside archives.
#[test]
fn programs_are_found_under_any_name_and_at_any_depth() {
    let program = program();
    let inner = zip(&[part("readme.txt", b"hello"), part("holiday.jpg", &program)]);
    for (name, bytes, path, depth) in [
        ("a.zip", zip(&[part("setup.exe", &program)]), "setup.exe", 1),
        ("a.zip", zip(&[part("holiday.jpg", &program)]), "holiday.jpg", 1),
        ("a.zip", zip(&[part("pictures.zip", &inner)]), "pictures.zip/holiday.jpg", 2),
        ("a.tar.gz", gzip(&tar_of(&[("b/setup.txt", &program)])), "b/setup.txt", 1),
        ("a.zip", zip(&[part("../../\u{202e}gpj.exe", &program)]), "_gpj.exe", 1),
    ] {
        let seen = look(name, &bytes);
        let found = Found { path: path.to_owned(), kind: Kind::Pe, depth };
        assert_eq!(seen.inside.worst, [found], "{name}");
        assert_eq!(seen.inside.class(), Class::Executable);
    }
    assert_eq!(look("setup.jpg", &program).inside.class(), Class::Executable);
}

#[test]
fn encryption_is_said_and_names_speak_still() {
    for (flags, method) in [(1, 8), (1, 99), (0x41, 8), (0x2000, 0)] {
        let bytes = zip(&[Part { flags, method: Some(method), ..part("setup.exe", &sample()) }]);
        let seen = look("a.zip", &bytes);
        assert!(seen.inside.encrypted, "{flags} {method}");
        assert_eq!((seen.inside.members, seen.members.len()), (1, 0));
        assert_eq!(seen.inside.class(), Class::Executable);
    }
    let seen = look("a.7z", &unhex(SEVENZ_ENCRYPTED));
    assert!(seen.inside.encrypted && seen.inside.members == 1, "{:?}", seen.inside);
    let seen = look("a.7z", &unhex(SEVENZ_NAMES_ENCRYPTED));
    assert!(seen.inside.encrypted && seen.inside.stopped == Some(Stopped::Unreadable), "{:?}", seen.inside);
}

#[test]
fn a_member_that_one_view_shows_is_seen() {
    let program = program();
    let hidden = zip(&[
        part("readme.txt", b"hello"),
        Part { in_directory: false, ..part("setup.exe", &program) },
        part("more.txt", b"hello"),
    ]);
    let seen = look("a.zip", &hidden);
    assert!(seen.has(&program) && seen.members.len() == 3, "{:?}", seen.inside);
    let renamed = zip(&[Part { name: "a.txt", local_name: Some("a.bat"), ..part("", b"del") }]);
    assert_eq!(look("a.zip", &renamed).inside.class(), Class::Script);
    // Without a directory, as after a broken download.
    let whole = zip(&[part("setup.exe", &program)]);
    let cut = &whole[..whole.len() - 77];
    let seen = look("a.zip", cut);
    assert!(seen.has(&program) && seen.inside.members == 1, "{:?}", seen.inside);
}

#[test]
fn a_stored_zip_in_a_zip_is_walked_once() {
    let inner = zip(&[part("a.txt", b"hello")]);
    let seen = look("a.zip", &zip(&[Part { deflate: false, ..part("inner.zip", &inner) }]));
    assert_eq!((seen.inside.members, seen.inside.deepest, seen.inside.stopped), (2, 2, None));
}

#[test]
fn peers_case_17_bombs_go_off_in_the_yard() {
    let zeros = vec![0; 64 << 20];
    let limits = Limits { unpacked_bytes: 512 << 20, member_bytes: 128 << 20, ..Limits::default() };
    let flat = zip(&[part("zeros", &zeros)]);
    for bytes in [flat, gzip(&zeros), zstd::encode_all(zeros.as_slice(), 1).unwrap()] {
        let seen = look_with("a", &bytes, &limits);
        assert!(matches!(seen.inside.stopped, Some(Stopped::Bomb(_))), "{:?}", seen.inside);
        assert!(seen.inside.unpacked_bytes < 16 << 20);
    }
    let many = zip(&vec![part("zeros", &zeros[..1 << 20]); 64]);
    let seen = look_with("a.zip", &many, &Limits { unpacked_bytes: 16 << 20, ..Limits::default() });
    assert_eq!(seen.inside.stopped, Some(Stopped::TooLarge));
    let mut nested = zip(&[part("a.txt", b"hello")]);
    for _ in 0..10 {
        nested = zip(&[part("next.zip", &nested)]);
    }
    let seen = look("a.zip", &nested);
    assert_eq!((seen.inside.stopped, seen.inside.deepest), (Some(Stopped::TooDeep), 6));
    let few = Limits { members: 3, ..Limits::default() };
    let seen = look_with("a.zip", &zip(&vec![part("a.txt", b"hello"); 5]), &few);
    assert_eq!((seen.inside.stopped, seen.inside.members), (Some(Stopped::TooMany), 3));
}

/// A watch on which a second passes with each look at it.
fn slow() -> Stopwatch {
    let seconds = AtomicU64::new(0);
    Stopwatch::new(move || Duration::from_secs(seconds.fetch_add(1, Ordering::Relaxed)))
}

#[test]
fn what_takes_too_long_is_stopped_and_what_was_found_by_then_is_kept() {
    let letters: Vec<u8> =
        (0..96 << 10).map(|at: u32| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let program = program();
    let mut parts = vec![part("setup.exe", &program)];
    parts.extend(vec![part("letters", &letters); 40]);
    let long = zip(&parts);
    let tar = tar_of(&parts.iter().map(|part| (part.name, part.content)).collect::<Vec<_>>());
    let (packed, zst) = (gzip(&tar), zstd::encode_all(tar.as_slice(), 1).unwrap());
    for (name, bytes) in [("a.zip", long), ("a.tar", tar), ("a.tgz", packed), ("a.tar.zst", zst)] {
        let whole = look(name, &bytes);
        assert_eq!((whole.inside.members, whole.inside.stopped), (41, None), "{name}");
        let seen = look_by(&slow(), name, &bytes, &Limits::default());
        assert_eq!(seen.inside.stopped, Some(Stopped::TooLong), "{name}");
        assert!(seen.inside.members < 41, "{name}: {:?}", seen.inside);
        assert_eq!(seen.inside.class(), Class::Executable, "{name}");
    }
}

/// Many tiny members decode to next to nothing, and are counted one by one.
#[test]
fn members_without_bytes_take_time_as_well() {
    let empty = tar_of(&vec![("a.txt", &b""[..]); 500]);
    let seen = look_by(&slow(), "a.tar", &empty, &Limits::default());
    assert_eq!(seen.inside.stopped, Some(Stopped::TooLong));
    assert!(seen.inside.members <= 31, "{:?}", seen.inside);
}

#[test]
fn documents_say_what_they_carry() {
    let macros = zip(&[part("[Content_Types].xml", b"<?xml?>"), part("word/vbaProject.bin", b"\xd0\xcf")]);
    assert_eq!(look("letter.docx", &macros).inside.kind, Kind::MacroDocument);
    let carried = zip(&[
        part("[Content_Types].xml", b"<?xml?>"),
        part("word/document.xml", b"<w:document>"),
        part("word/embeddings/oleObject1.bin", &program()),
    ]);
    assert_eq!(look("letter.docx", &carried).inside.class(), Class::Executable);
    let open = zip(&[
        Part { deflate: false, ..part("mimetype", b"application/vnd.oasis.opendocument.text") },
        part("content.xml", b"<a>"),
        part("Basic/Standard/Module1.xml", b"<script:module>"),
    ]);
    assert_eq!(look("letter.odt", &open).inside.kind, Kind::MacroDocument);
    for (pdf, kind) in [
        (b"%PDF-1.4 1 0 obj <</S /Java#53cript /JS (app.alert(1))>> endobj".as_slice(), Kind::PdfActive),
        (b"%PDF-1.4 1 0 obj <</S /Launch /F (cmd.exe)>> endobj", Kind::PdfActive),
        (b"%PDF-1.4 1 0 obj <</Type /Page>> endobj", Kind::Pdf),
    ] {
        assert_eq!(look("a.pdf", pdf).inside.kind, kind);
    }
    let attached = [
        b"%PDF-1.4 1 0 obj <</Type /EmbeddedFile /Length 512>>\nstream\n".as_slice(),
        &program(),
        b"\nendstream endobj",
    ];
    assert_eq!(look("a.pdf", &attached.concat()).inside.class(), Class::Executable);
}

/// A scanner that knows a file by its length and digest needs all of it and nothing else.
#[test]
fn what_a_pdf_carries_is_shown_without_the_line_end_behind_it() {
    let program = program();
    let pdf = |length: &str, line_end: &[u8]| {
        let head = format!("%PDF-1.4 1 0 obj <</Length1 7 {length} /Type /EmbeddedFile>>\nstream\r\n");
        [head.as_bytes(), &program, line_end, b"endstream endobj"].concat()
    };
    for line_end in [&b""[..], b"\n", b"\r\n"] {
        for said in ["/Length 512", "/Length\n512", "/Type /X/Length 512/Size 512"] {
            assert!(look("a.pdf", &pdf(said, line_end)).has(&program), "{said:?} {line_end:?}");
        }
    }
    // A length that is a lie, or said elsewhere, takes nothing away.
    for said in ["/Length 0", "/Length 100", "/Length 99999999999999999999", "/Length 512 0 R", ""] {
        let whole = [&program[..], b"\r\n"].concat();
        assert!(look("a.pdf", &pdf(said, b"\r\n")).has(&whole), "{said:?}");
    }
}

#[test]
fn old_documents_with_macros_are_told() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("WordDocument").unwrap().write_all(b"hello").unwrap();
    file.create_storage("Macros").unwrap();
    file.create_storage("Macros/VBA").unwrap();
    file.create_stream("Macros/VBA/_VBA_PROJECT").unwrap().write_all(b"x").unwrap();
    file.flush().unwrap();
    let bytes = file.into_inner().into_inner();
    assert_eq!(look("letter.doc", &bytes).inside.kind, Kind::MacroDocument);
}

#[test]
fn paths_are_made_harmless() {
    assert_eq!(joined("a.zip", "..\\..\\/etc//./passwd"), "a.zip/etc/passwd");
    assert_eq!(joined("", "a\nb\u{200b}.txt"), "a_b_.txt");
    let long = joined("", &format!("{}.exe", "x".repeat(5_000)));
    assert!(long.chars().count() <= LONGEST_PATH_CHARS && long.ends_with(".exe"));
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(at in 0_usize..2_000, with: u8, cut in 0_usize..2_000) {
        let whole = zip(&[part("a.txt", &sample()), part("b.zip", &zip(&[part("setup.exe", &program())]))]);
        for mut bytes in [whole, unhex(SEVENZ), unhex(XZ), gzip(&tar_of(&[("a", &sample())]))] {
            let length = bytes.len();
            bytes[at % length] = with;
            bytes.truncate(length - cut % length);
            let _ = look("a", &bytes);
        }
    }
}
