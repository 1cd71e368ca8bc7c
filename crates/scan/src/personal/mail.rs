//! Mail addresses in a text.
//!
//! Owns: finding them. Does not: accept all that RFC 5321 does; nobody writes the rest into a form.

/// The longest part before the sign (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL_BYTES: usize = 64;
/// The longest name after it.
const LONGEST_DOMAIN_BYTES: usize = 253;
/// Endings of files that are named like addresses: `logo@2x.png`.
const FILES: [&str; 7] = ["png", "jpg", "jpeg", "gif", "svg", "webp", "js"];

/// Every address in a text, as written.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = &str> {
    spans(text).filter_map(|(begins, ends)| text.get(begins..ends))
}

/// The text without its addresses; none when it has no sign of one.
pub(super) fn without(text: &str) -> Option<String> {
    memchr::memchr(b'@', text.as_bytes())?;
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (begins, ends) in spans(text) {
        out.push_str(text.get(at..begins).unwrap_or_default());
        // A sign that folds to an end of a word.
        out.push('|');
        at = ends;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Some(out)
}

fn spans(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let mut after = 0;
    memchr::memchr_iter(b'@', bytes).filter_map(move |at| {
        let local = bytes.get(after..at)?.iter().rev().take(LONGEST_LOCAL_BYTES + 1);
        let local = local.take_while(|byte| is_local(**byte)).count();
        let domain = bytes.get(at + 1..)?.iter().take(LONGEST_DOMAIN_BYTES + 1);
        let domain = domain.take_while(|byte| is_domain(**byte)).count();
        let name = text.get(at + 1..at + 1 + domain)?.trim_end_matches(['.', '-']);
        let ends = at + 1 + name.len();
        let sound = (1..=LONGEST_LOCAL_BYTES).contains(&local) && is_name(name);
        sound.then(|| {
            after = ends;
            (at - local, ends)
        })
    })
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'%' | b'\'')
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

fn is_name(name: &str) -> bool {
    let Some((rest, last)) = name.rsplit_once('.') else { return false };
    let label = |label: &str| !label.is_empty() && !label.starts_with('-');
    rest.split('.').all(label)
        && last.len() >= 2
        && last.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !FILES.contains(&last.to_ascii_lowercase().as_str())
}
