//! Owns: tests of files that pretend. Does not: need files from outside.

use proptest::prelude::*;

use super::*;

fn named(bytes: &[u8], name: &str) -> Kind {
    identify(bytes, bytes, &Hints { file_name: Some(name), content_type: None })
}

fn program() -> Vec<u8> {
    let mut bytes = b"MZ\x90\0\x03\0\0\0".to_vec();
    bytes.resize(0x3c, 0);
    bytes.extend_from_slice(&0x80_u32.to_le_bytes());
    bytes.resize(0x80, 0);
    bytes.extend_from_slice(b"PE\0\0\x64\x86");
    bytes
}

#[test]
fn a_program_is_one_under_any_name() {
    for name in ["setup.exe", "holiday.jpg", "notes.txt", "", "a.pdf"] {
        assert_eq!(named(&program(), name), Kind::Pe, "{name}");
    }
    // A stub whose PE header stands further on than what is held.
    assert_eq!(sniff(program().get(..0x40).unwrap()), Kind::DosExe);
    assert_eq!(sniff(b"MZUNGU is a word of Swahili"), Kind::Text);
    assert_eq!(sniff(b"\x7fELF\x02\x01\x01\0AI\x02"), Kind::AppImage);
    assert_eq!(sniff(b"\xca\xfe\xba\xbe\0\0\0\x02"), Kind::MachO);
    assert_eq!(sniff(b"\xca\xfe\xba\xbe\0\0\0\x41"), Kind::JavaClass);
}

#[test]
fn scripts_are_told_where_their_beginning_is_sure() {
    let wide: Vec<u8> = "@echo off\r\ndel".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = [b"\xff\xfe".as_slice(), &wide].concat();
    for (bytes, kind) in [
        (b"#!/bin/sh\necho".as_slice(), Kind::Shell),
        (b"\xef\xbb\xbf#!/usr/bin/env python3\n", Kind::Python),
        (b"@ECHO OFF\r\nformat c:", Kind::Batch),
        (b"rem hello\r\n:: hi\r\n@echo off", Kind::Batch),
        (&wide, Kind::Batch),
        (&marked, Kind::Batch),
        (b"[CmdletBinding()]\nparam(", Kind::PowerShell),
        (b"' a comment\r\nOn Error Resume Next\r\n", Kind::VbScript),
        (b"<?xml version='1.0'?><job id=\"x\"><script>", Kind::WindowsScript),
        (b"<html><head><HTA:APPLICATION id=a>", Kind::Hta),
        (b"[InternetShortcut]\nURL=file://", Kind::Shortcut),
        (b"\x4c\0\0\0\x01\x14\x02\0", Kind::Lnk),
        (b"function hello() { return 1; }", Kind::Text),
        (b"<!doctype html><title>a</title><script>x()</script>", Kind::Html),
        (b"{\"a\": 1}", Kind::Json),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", Kind::Svg),
        (b"Dear all,\n@ten o'clock", Kind::Text),
        (b"", Kind::Empty),
        (b"\0\x01\x02\x03", Kind::Unknown),
    ] {
        assert_eq!(sniff(bytes), kind, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn names_and_types_only_make_it_stricter() {
    assert_eq!(named(b"function a() {}", "a.js"), Kind::JavaScript);
    assert_eq!(named(b"function a() {}", "a.js. ."), Kind::JavaScript);
    assert_eq!(named(b"echo", "photo.jpg%2Ebat"), Kind::Batch);
    assert_eq!(named(b"echo", "photo\u{202e}gpj.cmd"), Kind::Batch);
    assert_eq!(named(b"<html>echo", "x.hta"), Kind::Hta);
    assert_eq!(named(b"\x89PNG\r\n\x1a\n", "setup.exe"), Kind::Png);
    assert_eq!(named(b"\x01\x02\x03\x04", "game.com"), Kind::Com);
    assert_eq!(named(b"PK\x03\x04", "game.jar"), Kind::Jar);
    assert_eq!(named(&program(), "innocent.txt"), Kind::Pe);
    let typed = Hints { file_name: None, content_type: Some("Application/X-MSDownload; a=b") };
    assert_eq!(identify(b"\x01\x02\x03", b"", &typed), Kind::Pe);
    let as_text = Hints { file_name: Some("a.txt"), content_type: Some("text/plain") };
    assert_eq!(identify(b"#!/bin/sh", b"", &as_text), Kind::Shell);
}

#[test]
fn a_file_that_is_two_things_is_the_stricter_one() {
    let end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\0\0\0\0\0\0";
    let gifar = [b"GIF89a".as_slice(), &[0; 64], end].concat();
    assert_eq!(named(&gifar, "a.gif"), Kind::Zip);
    assert_eq!(sniff(b"GIF89a%PDF-1.4"), Kind::Pdf);
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    image.resize(32_769, 0);
    image.extend_from_slice(b"CD001");
    assert_eq!(sniff(&image), Kind::Iso);
}

#[test]
fn zips_are_told_by_their_members() {
    for (names, kind) in [
        (["META-INF/MANIFEST.MF", "a/B.class"].as_slice(), Kind::Jar),
        (&["AndroidManifest.xml", "META-INF/MANIFEST.MF"], Kind::Apk),
        (&["[Content_Types].xml", "word/document.xml"], Kind::Docx),
        (&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"], Kind::MacroDocument),
        (&["AppxManifest.xml"], Kind::Appx),
        (&["photo.jpg"], Kind::Zip),
    ] {
        assert_eq!(zip_kind(Kind::Zip, names.iter().copied()), kind, "{names:?}");
    }
}

#[test]
fn marks_stand_in_the_order_that_finds_the_longer_first() {
    for (at, (mark, _)) in magic::STARTS.iter().enumerate() {
        for (earlier, _) in magic::STARTS.iter().take(at) {
            assert!(!mark.starts_with(earlier), "{mark:?} is never reached");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, name: String) {
        let _ = named(&bytes, &name);
    }

    #[test]
    fn hints_never_make_it_milder(start in 0..magic::STARTS.len(), name in "[a-z]{0,5}\\.(exe|txt|jpg|bat|jar|iso)") {
        let bytes = magic::STARTS[start].0;
        prop_assert!(named(bytes, &name).class() >= sniff(bytes).class());
    }
}

/// The words the page of capabilities has for a class of files.
const fn stands_as(class: Class) -> &'static str {
    match class {
        Class::Data => "other data",
        Class::Text => "plain text",
        Class::Page => "HTML",
        Class::Image => "pictures",
        Class::Audio => "sound",
        Class::Video => "film",
        Class::Font => "fonts",
        Class::Document => "PDF",
        Class::Archive => "zip",
        Class::Torrent => "torrents",
        Class::DiskImage => "disk images",
        Class::BrowserExtension => "extensions",
        Class::MacroDocument => "macro documents",
        Class::Script => "scripts",
        Class::Installer => "installers",
        Class::Executable => "programs",
    }
}

#[test]
fn fm_35_the_page_of_capabilities_has_a_row_for_every_class_of_files_and_none_is_blank() {
    let page = include_str!("../../../../docs/capabilities.md");
    let tables = page
        .split("\n## ")
        .filter(|part| part.starts_with("What comes back") || part.starts_with("What goes out"));
    let mut named = Vec::new();
    for table in tables {
        let rows = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what |"));
        for row in rows {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
            let [what, happens, ..] = cells.as_slice() else { panic!("{row}") };
            let ways = ["read", "looked into", "category only", "not inspected", "not carried", "told"];
            assert!(ways.iter().any(|way| happens.starts_with(way)), "it is not said what happens: {row}");
            named.push(*what);
        }
    }
    assert!(named.len() > 30, "both tables are found");
    let classes = [
        Class::Data,
        Class::Text,
        Class::Page,
        Class::Image,
        Class::Audio,
        Class::Video,
        Class::Font,
        Class::Document,
        Class::Archive,
        Class::Torrent,
        Class::DiskImage,
        Class::BrowserExtension,
        Class::MacroDocument,
        Class::Script,
        Class::Installer,
        Class::Executable,
    ];
    for class in classes {
        assert!(named.iter().any(|what| what.contains(stands_as(class))), "{class:?} is not on the page");
    }
}
