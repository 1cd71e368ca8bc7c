//! The hash chain: each link is made from the one before and the content, so that nothing can be changed, left out or
//! put in without every later link being wrong.

use usher_types::digest::{Digest, Hasher};

/// The link before the first, different for every chain so that two cannot be spliced.
pub fn first_link(chain: &str) -> Digest {
    Hasher::new().part(b"usher chain 1").part(chain.as_bytes()).finish()
}

/// The link after `before` for this content.
pub fn next_link(before: Digest, content: &[u8]) -> Digest {
    Hasher::new().part(before.as_bytes()).part(content).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changing_leaving_out_and_swapping_all_show() {
        let link = |contents: &[&[u8]]| {
            contents.iter().fold(first_link("test"), |link, content| next_link(link, content))
        };
        let whole = link(&[b"one", b"two", b"three"]);
        assert_ne!(whole, link(&[b"one", b"2", b"three"]));
        assert_ne!(whole, link(&[b"one", b"three"]));
        assert_ne!(whole, link(&[b"two", b"one", b"three"]));
        assert_ne!(whole, link(&[b"one", b"twothree"]));
        assert_ne!(first_link("a"), first_link("b"));
    }
}
