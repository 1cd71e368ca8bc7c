//! What the fonts can show.
//!
//! PDF/UA-1 forbids a character no font has, and a child may search in any script or in pictures. So such a character
//! becomes a box on paper; the page on screen still shows it.

use std::borrow::Cow;

use typst::text::FontBook;

/// What stands for a character no font has.
const BOX: char = '□';

/// Puts a box for every character of a data file that no font has, and says how many there were.
///
/// JSON's own characters and escapes are ASCII, which every text font has, so the file keeps its form.
pub(crate) fn with_boxes<'a>(json: &'a str, book: &FontBook) -> (Cow<'a, str>, usize) {
    let strange = |c: char| !c.is_ascii() && !covers(book, c);
    if !json.contains(strange) {
        return (Cow::Borrowed(json), 0);
    }
    let mut boxes = 0;
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if !strange(c) {
            out.push(c);
        } else if !joins(c) {
            out.push(BOX);
            boxes += 1;
        }
    }
    (Cow::Owned(out), boxes)
}

fn covers(book: &FontBook, c: char) -> bool {
    let known = |index: usize| book.info(index);
    (0..).map_while(known).any(|info| info.coverage.contains(u32::from(c)))
}

/// Whether a character only changes its neighbours (joiners, variation selectors, skin tones, tags) and has no sign of
/// its own to lose.
const fn joins(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}'
    )
}
