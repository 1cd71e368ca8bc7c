//! Names in kebab case: what categories, sources and themes are called in files.

/// Longest name, in bytes: fits a table on the screen and a column in a report.
const MAX_NAME_BYTES: usize = 64;

/// Says what is wrong with a name that should be lower-case letters and digits in parts joined by single hyphens.
pub(crate) fn check(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.len() > MAX_NAME_BYTES {
        return Err("it is longer than 64 characters");
    }
    if !text.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Err("it must start with a small letter");
    }
    if text.ends_with('-') || text.contains("--") {
        return Err("a hyphen must stand between two parts");
    }
    if text.bytes().any(|byte| !byte.is_ascii_lowercase() && !byte.is_ascii_digit() && byte != b'-') {
        return Err("only small letters, digits and hyphens may be used");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kebab_case_and_nothing_else() {
        for good in ["adult", "ai-chat", "ut1-audio-video", "a1"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for odd in ["", "Adult", "-a", "a-", "a--b", "a b", "1a", "é", &"a".repeat(65)] {
            assert!(check(odd).is_err(), "{odd}");
        }
    }
}
