//! Elements and attributes by name: what splits a word, what is text, what holds no markup.
//!
//! Owns: those tables. Does not: read markup.

/// The longest name kept; longer ones are in no table.
const LONGEST_NAME_BYTES: usize = 16;

/// A name in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Name {
    bytes: [u8; LONGEST_NAME_BYTES],
    length: usize,
}

impl Name {
    pub(super) const fn clear(&mut self) {
        self.length = 0;
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        for (slot, byte) in self.bytes.iter_mut().skip(self.length).zip(bytes) {
            *slot = byte.to_ascii_lowercase();
        }
        self.length = self.length.saturating_add(bytes.len());
    }

    /// The name; nothing if it is too long for any table.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// What stands between an element's tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Text and elements.
    Markup,
    /// Text with character references, no elements (HTML: escapable raw text).
    Escaped,
    /// Text as it is.
    Text,
    /// A script: its literals.
    Script,
    /// Nothing to read: style sheets.
    Nothing,
}

/// What an element holds.
pub(super) fn content_of(element: &[u8], xml: bool) -> Content {
    match element {
        b"script" => Content::Script,
        b"style" => Content::Nothing,
        b"title" | b"textarea" if !xml => Content::Escaped,
        // Where scripts run, what stands in `noscript` opens no comment that could swallow the page after it.
        b"xmp" | b"iframe" | b"noembed" | b"noframes" | b"noscript" | b"plaintext" if !xml => Content::Text,
        _ => Content::Markup,
    }
}

/// Elements that may stand inside a word (HTML: phrasing content that is laid out within a line).
pub(super) fn is_inline(element: &[u8]) -> bool {
    matches!(
        element,
        b"a" | b"abbr"
            | b"acronym"
            | b"b"
            | b"bdi"
            | b"bdo"
            | b"big"
            | b"blink"
            | b"cite"
            | b"code"
            | b"data"
            | b"del"
            | b"dfn"
            | b"em"
            | b"font"
            | b"i"
            | b"ins"
            | b"kbd"
            | b"mark"
            | b"nobr"
            | b"q"
            | b"s"
            | b"samp"
            | b"small"
            | b"span"
            | b"strike"
            | b"strong"
            | b"sub"
            | b"sup"
            | b"time"
            | b"tt"
            | b"u"
            | b"var"
            | b"wbr"
    )
}

/// Attributes that are shown, read out, or lead somewhere; for `meta` also its name.
pub(super) fn is_text(element: &[u8], attribute: &[u8]) -> bool {
    match attribute {
        b"href" | b"src" | b"alt" | b"title" | b"content" | b"value" | b"placeholder" | b"aria-label"
        | b"label" | b"summary" | b"srcdoc" => true,
        b"name" | b"property" | b"http-equiv" => element == b"meta",
        _ => false,
    }
}
