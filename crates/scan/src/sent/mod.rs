//! What a form post or an upload would take out of the school.
//!
//! Owns: putting together what is found in a request's fields and files, and what that makes it: personal data
//! (WEB-26), a form that makes an account (WEB-27) or buys (WEB-05), unkind words (WEB-18), words against the school
//! (WEB-20), arranging to meet (WEB-28). Does not: take bodies apart (`form`), hold the register (`personal`), decide, or
//! keep any of the text.
//!
//! What somebody types to sign in is theirs to type: neither passwords nor the name beside them is looked at. Long
//! strings without spaces are tokens of programs and not words.

mod forms;
mod phrases;

use std::io::Cursor;
use std::ops::Range;

use usher_types::url::WebAddress;

use crate::document::{self, TextLimits};
use crate::features::{Place, Sent, SentKind, ThemeHit};
use crate::form::{FilePart, Form, decode};
use crate::kind::Class;
use crate::personal::{self, Field, PersonalBook, SEPARATOR};
use crate::theme::{Theme, Themes};
use forms::Forms;
use phrases::{Hit, Phrases};

/// Themes milder than this are not taken from what is sent. A search is a few words that say what somebody is after; an
/// essay or a chat holds mild words about anything.
const LEAST_SEVERITY: u8 = 3;
/// The most phrases kept: the gravest.
const MOST_THEMES: usize = 8;
/// How much of one text themes are looked for in at a time, in bytes: less than [`crate::fold`] takes, also when letters
/// come apart in it.
const PIECE_BYTES: usize = 3_900;
/// The same where there are letters that come apart.
const FOREIGN_PIECE_BYTES: usize = 2_000;
/// How much of a piece is looked at again with the next one: longer than any phrase.
const OVERLAP_BYTES: usize = 120;
/// Strings without a space that are longer than this are no words: keys, pictures written as text, states of pages.
const LONGEST_WORD_BYTES: usize = 120;
/// How near words stand to a name to be about it, in bytes of folded text: a sentence on either side.
const NEAR_BYTES: usize = 120;
/// How much is read of a document that is sent. Its text counts like a field's, and a body is 1 MiB at most.
const DOCUMENT: TextLimits =
    TextLimits { file_bytes: 1 << 20, unpacked_bytes: 8 << 20, text_bytes: 256 << 10 };

/// What `form`, sent to `address`, would take out of the school. None when nothing was found.
pub fn look(form: &Form, address: &WebAddress, book: &PersonalBook, themes: &Themes) -> Option<Sent> {
    let mut sent = Sent::default();
    let mut texts = Vec::new();
    for file in &form.files {
        read_file(file, &mut texts, &mut sent);
    }
    if form.unread {
        add(&mut sent, SentKind::Unread);
    }
    let values = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let texts = texts.iter().map(|text| ("", text.as_str()));
    let fields: Vec<Field<'_>> = values.chain(texts).map(|(name, value)| field(name, value)).collect();

    let seen = Forms::built_in().judge(&fields, address);
    for (is_so, kind) in [(seen.sign_up, SentKind::SignUp), (seen.checkout, SentKind::Checkout)] {
        if is_so {
            add(&mut sent, kind);
        }
    }
    let kept: Vec<Field<'_>> = fields.into_iter().filter(|field| !seen.is_secret(field)).collect();
    let cards = seen.asks_for_cards || kept.iter().any(personal::is_card_field);
    if kept.iter().any(|field| personal::card_within(field, cards)) || personal::card_in_parts(&kept, cards) {
        add(&mut sent, SentKind::CardNumber);
    }
    let found = book.find_in(&kept);
    found.kinds.into_iter().for_each(|kind| add(&mut sent, kind));
    sent.people = found.people;
    words(&kept, book, themes, &mut sent);
    (!sent.kinds.is_empty() || !sent.themes.is_empty()).then_some(sent)
}

/// Kinds stay in their own order, whatever was found first.
fn add(sent: &mut Sent, kind: SentKind) {
    if let Err(at) = sent.kinds.binary_search(&kind) {
        sent.kinds.insert(at, kind);
    }
}

/// A field; what is no text for people has no words.
fn field<'v>(name: &str, value: &'v str) -> Field<'v> {
    let is_token = value.len() > LONGEST_WORD_BYTES && value.bytes().all(|byte| byte.is_ascii_graphic());
    Field::of(name, if is_token { "" } else { value })
}

/// What kind of file it is, and its words where it has any.
fn read_file(file: &FilePart, texts: &mut Vec<String>, sent: &mut Sent) {
    match file.kind.class() {
        _ if file.bytes.is_empty() => {}
        Class::Image | Class::Audio | Class::Video => add(sent, SentKind::Picture),
        Class::Text | Class::Page => texts.push(decode(&file.bytes, None).into_owned()),
        Class::Document | Class::MacroDocument => {
            let mut text = String::new();
            document::text(file.kind, &mut Cursor::new(&file.bytes), &DOCUMENT, &mut |piece| {
                text.push_str(piece);
                text.push(' ');
            });
            if text.trim().is_empty() {
                add(sent, SentKind::Unread);
            } else {
                texts.push(text);
            }
        }
        _ => add(sent, SentKind::Unread),
    }
}

/// Themes, unkind words, meetings, words against the school.
fn words(fields: &[Field<'_>], book: &PersonalBook, themes: &Themes, sent: &mut Sent) {
    let (mut written, mut plain) = (String::new(), String::from(" "));
    for field in fields.iter().filter(|field| field.folded.len() > 2) {
        written.push_str(field.value);
        // A letter of its own that is in no phrase: nothing is found across fields.
        written.push_str(" \u{a66e} ");
        plain.push_str(field.folded.trim_start());
        plain.push_str(SEPARATOR);
    }
    for piece in pieces(&written) {
        let mut hits = Vec::new();
        themes.find(piece, Place::Sent, &mut hits);
        hits.into_iter().filter(|hit| hit.severity >= LEAST_SEVERITY).for_each(|hit| keep(hit, sent));
    }
    let phrases = Phrases::built_in();
    let hits = phrases.find(&plain);
    let has = |wanted: &dyn Fn(&&Hit) -> bool| hits.iter().any(|hit| wanted(&hit));
    if has(&|hit| hit.is_unkind()) || sent.themes.iter().any(|hit| phrases.hurts(hit)) {
        add(sent, SentKind::UnkindWords);
    }
    let met = |hit: &ThemeHit| hit.theme == Theme::Grooming && hit.phrase.contains("meet");
    if has(&|hit| hit.is_meeting()) || sent.themes.iter().any(met) {
        add(sent, SentKind::Meeting);
    }
    against(&plain, &hits, book, sent);
}

/// The gravest phrases, each once, in the order they were found.
fn keep(hit: ThemeHit, sent: &mut Sent) {
    if sent.themes.iter().any(|known| known.phrase == hit.phrase && known.theme == hit.theme) {
        return;
    }
    sent.themes.push(hit);
    if sent.themes.len() > MOST_THEMES {
        let mildest = sent.themes.iter().enumerate().rev().min_by_key(|(_, hit)| hit.severity);
        if let Some((at, _)) = mildest {
            sent.themes.remove(at);
        }
    }
}

/// The school or somebody who works there, with words against them near by and in the same field.
fn against(plain: &str, hits: &[Hit], book: &PersonalBook, sent: &mut Sent) {
    let mut insults: Vec<&Hit> = hits.iter().filter(|hit| hit.is_against()).collect();
    if insults.is_empty() {
        return;
    }
    insults.sort_by_key(|hit| hit.span.start);
    for mention in book.school_mentions(plain) {
        let named = &mention.span;
        let first =
            insults.partition_point(|hit| hit.span.start.saturating_add(2 * NEAR_BYTES) < named.start);
        let mut reachable = insults
            .iter()
            .skip(first)
            .take_while(|hit| hit.span.start <= named.end.saturating_add(NEAR_BYTES));
        if reachable.any(|hit| is_near(plain, named, &hit.span)) {
            add(sent, SentKind::AgainstSchool);
            for person in mention.pattern.staff() {
                if !sent.people.contains(person) {
                    sent.people.push(*person);
                }
            }
        }
    }
}

fn is_near(plain: &str, one: &Range<usize>, other: &Range<usize>) -> bool {
    let (from, to) = (one.end.min(other.end), one.start.max(other.start));
    to.saturating_sub(from) <= NEAR_BYTES
        // The spaces around it belong to what stands on either side.
        && !plain.get(from..to).is_some_and(|between| between.contains(SEPARATOR.trim_end()))
}

/// A text in pieces that end where words end, each with the end of the one before.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let head = rest.get(..floor(rest, PIECE_BYTES)).unwrap_or(rest);
        let limit = if head.is_ascii() { PIECE_BYTES } else { FOREIGN_PIECE_BYTES };
        if rest.len() <= limit {
            at = text.len();
            return Some(rest);
        }
        let end = word_end(rest, limit);
        let next = word_end(rest, end.saturating_sub(OVERLAP_BYTES));
        at += if next == 0 { end } else { next };
        rest.get(..end)
    })
}

/// The last end of a word within so many bytes, or those bytes where there is none.
fn word_end(text: &str, limit: usize) -> usize {
    let limit = floor(text, limit);
    let head = text.get(..limit).unwrap_or_default();
    head.rfind(char::is_whitespace).filter(|at| *at > limit / 2).unwrap_or(limit)
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests;
