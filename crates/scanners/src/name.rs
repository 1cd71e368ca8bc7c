//! What a find is called. Scanners are programs of other people, and names come from files of anybody.

/// The longest name kept, in characters: the longest of ClamAV's have about 60.
const LONGEST_NAME_CHARS: usize = 100;

/// The name in one printable line, or a stand-in where nothing of it can be printed.
pub(crate) fn clean(name: &str) -> String {
    let printable = |c: char| if c.is_control() || c.is_whitespace() { ' ' } else { c };
    let line: String = name.chars().filter(|c| !is_turning(*c)).map(printable).collect();
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let name: String = words.join(" ").chars().take(LONGEST_NAME_CHARS).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

/// Signs that turn the direction of writing or cannot be seen: a name that reads otherwise than it is.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_short_printable_line() {
        assert_eq!(clean(" Win.Test.EICAR_HDB-1\r\n"), "Win.Test.EICAR_HDB-1");
        assert_eq!(clean("a\u{202e}b\0c\td"), "ab c d");
        assert_eq!(clean("\r\n"), "unnamed");
        assert_eq!(clean(&"é".repeat(500)).chars().count(), LONGEST_NAME_CHARS);
    }
}
