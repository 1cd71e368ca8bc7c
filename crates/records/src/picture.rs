//! The pictures young children know: their own beside their name, and the ones a picture password is made of.

/// Pictures a picture password is chosen from, in the order the grid shows them. Names are those of the picture files.
pub const PICTURES: [&str; 16] = [
    "apple",
    "ball",
    "boat",
    "butterfly",
    "cat",
    "dog",
    "drum",
    "fish",
    "flower",
    "house",
    "key",
    "kite",
    "moon",
    "star",
    "sun",
    "tree",
];

/// Pictures that stand beside a child's name on the class page.
pub const FACES: [&str; 30] = [
    "bear", "bee", "bird", "cat", "chick", "cow", "crab", "dog", "dolphin", "duck", "elephant", "fish",
    "fox", "frog", "giraffe", "hedgehog", "horse", "koala", "ladybird", "lion", "monkey", "mouse", "otter",
    "owl", "panda", "penguin", "pig", "rabbit", "snail", "tortoise",
];

/// A picture password as the text that is hashed: the names in order. `None` when a name is unknown or the number of
/// pictures is not the school's.
pub fn secret_text(names: &[&str], expected: u8) -> Option<String> {
    let known = names.iter().all(|name| PICTURES.contains(name));
    (known && names.len() == usize::from(expected)).then(|| names.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_matters_and_strangers_are_refused() {
        assert_eq!(secret_text(&["cat", "sun", "key"], 3).as_deref(), Some("cat sun key"));
        assert_ne!(secret_text(&["sun", "cat", "key"], 3), secret_text(&["cat", "sun", "key"], 3));
        assert_eq!(secret_text(&["cat", "sun"], 3), None);
        assert_eq!(secret_text(&["cat", "sun", "tank"], 3), None);
    }
}
