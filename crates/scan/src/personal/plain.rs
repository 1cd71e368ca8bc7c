//! Texts of any length as plain words: the first reading of [`crate::fold`], without its limit and without its joining
//! of stretched letters, which names do not need.
//!
//! Owns: that reading, quick for plain English, and the words in the names of fields. Does not: see through digits
//! written for letters.

use unicode_normalization::UnicodeNormalization;

use crate::fold::{is_inside_word, is_invisible, is_mark, look_alike};

/// A word that no text folds to. It stands between fields, so that nothing is found across them.
pub(crate) const SEPARATOR: &str = "\u{1} ";

/// Folds one text.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(' ');
    fold_into(text, &mut out);
    out
}

/// Adds a folded text to `out`, which ends with a space and does so afterwards.
fn fold_into(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                out.push(c.to_ascii_lowercase());
            } else if !is_inside_word(c) && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            std::iter::once(c).nfkd().for_each(|c| other(c, out));
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
}

fn other(c: char, out: &mut String) {
    if is_invisible(c) || is_mark(c) || is_inside_word(c) {
        return;
    }
    if c.is_alphanumeric() {
        out.extend(c.to_lowercase().map(look_alike));
    } else if !out.ends_with(' ') {
        out.push(' ');
    }
}

/// Adds the words of a field's name to `out`: `user[firstName]` is `user first name`.
pub(super) fn name_into(name: &str, out: &mut String) {
    // Names are short; one as long as this is text in the wrong place.
    let mut small_before = false;
    for c in name.chars().take(200) {
        let begins = !c.is_alphanumeric() || c.is_uppercase() && small_before;
        if begins && !out.ends_with(' ') {
            out.push(' ');
        }
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
        small_before = c.is_lowercase();
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
}
