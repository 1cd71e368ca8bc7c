//! Text that comes from outside, made fit to be set.

/// A word longer than this is given places to break: addresses, and what is typed by leaning on a key.
const LONG_WORD_LETTERS: usize = 18;

/// How often at least a long word may break.
const PIECE_LETTERS: usize = 12;

/// Where a line may break without a sign.
const BREAK: char = '\u{200b}';

/// The text on one line, without control characters and without marks that turn the direction of what follows, and with
/// places to break in long words. Nothing that can be seen is lost.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, word) in text.split(|c: char| c.is_whitespace() || c.is_control()).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let word: String = word.chars().filter(|c| !is_unseen(*c)).collect();
        if word.chars().count() > LONG_WORD_LETTERS { break_up(&word, &mut out) } else { out.push_str(&word) }
    }
    out
}

/// The text, cut to a number of characters with an ellipsis.
pub(super) fn shortened(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}

fn break_up(word: &str, out: &mut String) {
    let mut piece = 0;
    let mut letters = word.chars().peekable();
    while let Some(c) = letters.next() {
        out.push(c);
        piece += 1;
        let stop = matches!(c, '/' | '?' | '&' | '=' | '.' | '-' | '_' | '%' | '+' | ',' | ';' | ':' | '@');
        let joined = letters.peek().is_none_or(|next| !next.is_alphanumeric() || !next.is_ascii());
        if !joined && (stop || piece >= PIECE_LETTERS) {
            out.push(BREAK);
            piece = 0;
        }
    }
}

/// Marks of direction, noncharacters, and the byte-order mark, which no PDF may hold; private characters, which stand
/// for nothing.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{ad}'
    ) || (c as u32) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen_stays_and_what_cannot_goes() {
        assert_eq!(plain("#import \"x\" $a$ *b* \\ ] [ < @"), "#import \"x\" $a$ *b* \\ ] [ < @");
        assert_eq!(plain("one\ntwo\u{7}three\u{202e}\u{feff}"), "one two three");
        assert_eq!(plain("Ł Ж 👩‍🏫"), "Ł Ж 👩‍🏫");
    }

    #[test]
    fn long_words_may_break() {
        let seen = |text: &str| plain(text).replace(BREAK, "|");
        assert_eq!(seen("https://a.example/volcanoes"), "https://|a.|example/|volcanoes");
        assert_eq!(seen(&"a".repeat(30)), format!("{0}|{0}|aaaaaa", "a".repeat(12)));
        assert_eq!(seen("short/word"), "short/word");
    }

    #[test]
    fn cutting_counts_characters() {
        assert_eq!(shortened("łłłłł", 5), "łłłłł");
        assert_eq!(shortened("łłłłł", 4), "łłł…");
    }
}
