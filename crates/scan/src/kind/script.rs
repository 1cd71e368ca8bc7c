//! Kinds of text: pages, scripts and the rest, whatever they are encoded in.
//!
//! Owns: telling text from bytes, and the beginnings that scripts cannot do without. Does not: guess a programming
//! language; what is only likely a script stays text until its name says so.

use std::borrow::Cow;

use super::Kind;

/// How much text is read. Marks of scripts stand in the first lines; comments before them are rarely longer.
const LOOKED_AT_CHARS: usize = 4_096;

/// The kind of bytes that have no other mark.
pub(super) fn told(head: &[u8]) -> Kind {
    let Some(text) = text(head) else { return Kind::Unknown };
    let text = text.trim_start();
    // A kernel reads `#!` only in the first two bytes, a person's editor hides what stands before.
    if let Some(line) = text.strip_prefix("#!") {
        let line = line.lines().next().unwrap_or("").to_ascii_lowercase();
        return match () {
            () if line.contains("python") => Kind::Python,
            () if line.contains("pwsh") => Kind::PowerShell,
            () if line.contains('/') || line.contains("env ") => Kind::Shell,
            () => Kind::Text,
        };
    }
    let lower = text.to_ascii_lowercase();
    windows_script(&lower).or_else(|| markup(&lower)).unwrap_or_else(|| data(&lower))
}

/// What Windows runs: batch, PowerShell, VBScript, shortcuts and settings.
fn windows_script(lower: &str) -> Option<Kind> {
    let code = lower.lines().map(str::trim).find(|line| {
        !line.is_empty()
            && !["rem ", "rem\t", "::", "'", "#", "//"].iter().any(|comment| line.starts_with(comment))
    });
    let first = code.unwrap_or("");
    let is_batch = first.starts_with("@echo ")
        || first.starts_with("@if ")
        || first.starts_with("@set ")
        || first.starts_with("@rem")
        || first.starts_with("@powershell")
        || first.starts_with("@cls")
        || first.starts_with("@setlocal")
        || first.starts_with("@start ")
        || first.starts_with("@cmd")
        || first == "echo off"
        || first.starts_with("echo off&")
        || first.starts_with("setlocal enable");
    if is_batch {
        return Some(Kind::Batch);
    }
    let is_powershell = lower.starts_with("#requires -")
        || first.starts_with("[cmdletbinding(")
        || (first.starts_with("param(") || first.starts_with("param ("))
        || first.starts_with("set-executionpolicy ")
        || first.starts_with("$erroractionpreference")
        || first.starts_with("invoke-expression ")
        || first.starts_with("iex ");
    if is_powershell {
        return Some(Kind::PowerShell);
    }
    let is_vbscript = first == "option explicit"
        || first.starts_with("on error resume next")
        || (first.starts_with("set ") && first.contains("createobject("))
        || first.starts_with("createobject(")
        || first.starts_with("wscript.");
    if is_vbscript {
        return Some(Kind::VbScript);
    }
    if lower.starts_with("[internetshortcut]") || lower.starts_with("[desktop entry]") {
        return Some(Kind::Shortcut);
    }
    (lower.starts_with("[autorun]") || (lower.starts_with("[version]") && lower.contains("signature=")))
        .then_some(Kind::SetupInf)
}

fn markup(lower: &str) -> Option<Kind> {
    if !lower.starts_with('<') {
        return None;
    }
    if lower.contains("<hta:application") {
        return Some(Kind::Hta);
    }
    if tag(lower, "<job") || tag(lower, "<package") && lower.contains("<script") || tag(lower, "<scriptlet") {
        return Some(Kind::WindowsScript);
    }
    if lower.contains("<!doctype plist") && lower.contains("payloadtype") {
        return Some(Kind::MobileConfig);
    }
    // Word and Excel as one XML file may hold macros.
    if lower.contains("w:macrospresent=\"yes\"")
        || lower.contains("<pkg:part pkg:name=\"/word/vbaproject.bin\"")
    {
        return Some(Kind::MacroDocument);
    }
    let has_page_tag =
        ["<!doctype html", "<html", "<head", "<body", "<script", "<title", "<iframe", "<table", "<div"]
            .iter()
            .any(|start| tag(lower, start));
    // These stand in other vocabularies too, which say `<?xml` or a namespace.
    let has_page_tag = has_page_tag
        || !(lower.starts_with("<?xml") || lower.contains("xmlns"))
            && ["<a", "<p", "<br", "<img", "<h1", "<meta", "<link", "<style", "<form", "<font"]
                .iter()
                .any(|start| tag(lower, start));
    let is_svg = tag(lower, "<svg") || (lower.starts_with("<!doctype svg"));
    if is_svg && !has_page_tag {
        return Some(Kind::Svg);
    }
    let stands_first = |start: &str| lower.starts_with(start);
    if has_page_tag || stands_first("<!--") || stands_first("<!doctype html") {
        return Some(Kind::Html);
    }
    (stands_first("<?xml") || stands_first("<!doctype") || lower.contains('>')).then_some(Kind::Xml)
}

/// Whether a tag of exactly this name stands in the text.
fn tag(lower: &str, start: &str) -> bool {
    lower.match_indices(start).any(|(at, _)| {
        let after = lower.get(at + start.len()..).and_then(|rest| rest.chars().next());
        after.is_none_or(|c| !c.is_ascii_alphanumeric() && c != ':' && c != '-')
    })
}

fn data(lower: &str) -> Kind {
    let mut rest = lower.chars().filter(|c| !c.is_whitespace());
    match (rest.next(), rest.next()) {
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[' | '"' | ']' | '0'..='9' | '-')) => {
            Kind::Json
        }
        _ => Kind::Text,
    }
}

/// The bytes as text, or nothing where they are none. UTF-16 is read with or without its mark: Windows runs both.
fn text(head: &[u8]) -> Option<Cow<'_, str>> {
    let (encoding, skip) = match head {
        [0xff, 0xfe, ..] => (encoding_rs::UTF_16LE, 2),
        [0xfe, 0xff, ..] => (encoding_rs::UTF_16BE, 2),
        [0xef, 0xbb, 0xbf, ..] => (encoding_rs::UTF_8, 3),
        [first, 0, second, 0, ..] if first.is_ascii_graphic() && second.is_ascii() => {
            (encoding_rs::UTF_16LE, 0)
        }
        [0, first, 0, second, ..] if first.is_ascii_graphic() && second.is_ascii() => {
            (encoding_rs::UTF_16BE, 0)
        }
        _ => (encoding_rs::WINDOWS_1252, 0),
    };
    let body = head.get(skip..).unwrap_or_default();
    let body = body.get(..body.len().min(LOOKED_AT_CHARS * 2)).unwrap_or(body);
    // Borrowed where it is ASCII, as the beginning of most pages is.
    let (text, _) = encoding.decode_without_bom_handling(body);
    // Control characters that no text has (HTML, MIME sniffing 7.2): bytes, then.
    // Without an early end, so that many bytes are looked at in one step: nearly all texts are read to their end here.
    let is_control = |byte: u8| matches!(byte, 0..=8 | 0xb | 0xe..=0x1a | 0x1c..=0x1f);
    if text.bytes().fold(false, |any, byte| any | is_control(byte)) {
        return None;
    }
    if text.len() <= LOOKED_AT_CHARS {
        return Some(text);
    }
    match text.char_indices().nth(LOOKED_AT_CHARS) {
        Some((end, _)) => text.get(..end).map(|text| Cow::Owned(text.to_owned())),
        None => Some(text),
    }
}
