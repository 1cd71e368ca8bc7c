//! Ways in which text is written as other text: percent signs, base64, quoted-printable, parameters of header fields,
//! references of XML, addresses that hold data.
//!
//! Owns: undoing each, as far as it goes, and never failing. Does not: know what the text is for.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// `+` is a space and `%xx` a byte (URL Standard, 5.1).
pub(super) fn plus_and_percent(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'+', b'%', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

/// A name in a part's head. Browsers write a quote or a line's end in it with a percent sign (HTML, 4.10.21.7), and
/// nothing else.
pub(super) fn name(text: &str) -> String {
    text.replace("%22", "\"").replace("%0D%0A", " ").replace("%0d%0a", " ")
}

/// `UTF-8''na%C3%AFve` (RFC 8187).
pub(super) fn extended(text: &str) -> String {
    let value = text.splitn(3, '\'').nth(2).unwrap_or(text);
    let charset = text.split('\'').next().filter(|_| text.contains('\''));
    super::decode(&percent_decode(value.as_bytes()).collect::<Vec<u8>>(), charset).into_owned()
}

/// A header field's value and its parameters: `a; b=c; d="e; f"`. The value itself comes first, without a text; names
/// are in small letters.
pub(super) fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut part, mut quoted, mut escaped) = (String::new(), false, false);
    for c in text.chars().chain([';']) {
        match c {
            _ if escaped => {
                // Only a quote is escaped: old browsers send `C:\new` as it is.
                if c != '"' {
                    part.push('\\');
                }
                part.push(c);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                let (name, value) = part.split_once('=').unwrap_or((&part, ""));
                found.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                part.clear();
            }
            _ => part.push(c),
        }
    }
    if quoted {
        let (name, value) = part.split_once('=').unwrap_or((&part, ""));
        found.push((name.trim().to_ascii_lowercase(), value.trim_end_matches(';').trim().to_owned()));
    }
    found
}

/// Base64 of either alphabet; other signs are passed over, and it ends where its padding begins.
pub(super) fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.extend(u8::try_from(bits >> count & 0xff));
        }
    }
    out
}

/// Quoted-printable (RFC 2045, 6.7).
pub(super) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, later)) = rest.split_first() {
        rest = later;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        let hex = later.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        if let Some(value) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(value);
            rest = later.get(2..).unwrap_or_default();
        } else if let Some(next) = later.strip_prefix(b"\r\n").or_else(|| later.strip_prefix(b"\n")) {
            rest = next;
        } else {
            out.push(b'=');
        }
    }
    out
}

/// `data:image/png;base64,…` (RFC 2397): its media type and bytes. None for anything else, and for data that is text.
pub(super) fn data_address(text: &str) -> Option<(String, Vec<u8>)> {
    let (head, data) = text.trim_start().strip_prefix("data:")?.split_once(',')?;
    let kind = head.strip_suffix(";base64")?;
    let kind = kind.split(';').next().unwrap_or_default();
    (kind.contains('/') && head.len() <= 200).then(|| (kind.to_owned(), base64(data.as_bytes())))
}

/// `key="value"` in a tag, as far as it is written so.
pub(super) fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let (before, after) = rest.split_once('=')?;
        let key = before.rsplit([' ', '\t', '\n', '"', '\'']).next().unwrap_or_default();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, later) = after.get(1..)?.split_once(quote)?;
        rest = later;
        Some((key, value))
    })
}

/// The five references that XML itself knows.
pub(super) fn references(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    plain.replace("&#39;", "'").replace("&amp;", "&")
}
