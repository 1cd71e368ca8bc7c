//! Whether whoever comes to sign in on this device is told that the school filters and watches (FM-49, UM-13): on the page that the
//! gateway shows to a device where nobody is signed in, and on the portal's pages for adults, older children, the youngest and guests.
//!
//! Does not: judge the words themselves, which a test of the pages does; a page has them where it marks them and something is marked.

use serde::Serialize;
use usher_types::url::WebAddress;

use crate::answer::{Answer, By};
use crate::judge::{Found, Seen};
use crate::send::Gateway;

/// The mark of the element that holds the words, as pages have it.
const MARK: &str = "data-notice=\"filtered watched\">";
/// The shortest words that say both.
const SHORTEST_LETTERS: usize = 40;

/// Pages of the portal on which somebody signs in: a name, and its path.
pub const PAGES: [(&str, &str); 4] = [
    ("adults", "/sign-in?for=adult"),
    ("older-children", "/sign-in?for=ks2"),
    ("youngest", "/classes"),
    ("guests", "/visitor"),
];

/// What one page showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Who reads it.
    pub reader: String,
    /// Its address.
    pub address: String,
    /// What it shows.
    pub found: Found,
    /// The words, or why there are none.
    pub words: String,
}

/// Why nothing can be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the address of a page")]
pub struct NotAPage(pub String);

/// Asks for each page on which somebody signs in. `open` is any page of the web: on a device where nobody is signed in, the
/// gateway shows its own instead.
///
/// # Errors
/// When an address is none.
pub async fn notice(gateway: &Gateway, portal: &str, open: &str) -> Result<Vec<Shown>, NotAPage> {
    let read = |text: &str| WebAddress::parse(text).map_err(|_odd| NotAPage(text.to_owned()));
    let mut pages = vec![("gateway", read(open)?)];
    for (reader, path) in PAGES {
        pages.push((reader, read(&format!("{}{path}", portal.trim_end_matches('/')))?));
    }
    let mut shown = Vec::with_capacity(pages.len());
    let mut signed_in = false;
    for (reader, address) in pages {
        let page = gateway.page(&address).await;
        signed_in |= is_let_through(reader, &page);
        let (mut found, words) = judge(reader, page);
        // Where somebody is signed in, a page for signing in need not be one.
        if found == Found::Hole && signed_in {
            found = Found::Untried;
        }
        shown.push(Shown { reader: reader.to_owned(), address: address.to_string(), found, words });
    }
    Ok(shown)
}

/// Whether the page that was asked for came itself, as it does where somebody is signed in. That it did not come at all says
/// nothing of that.
fn is_let_through(reader: &str, page: &Result<(Answer, String), Seen>) -> bool {
    reader == "gateway" && matches!(page, Ok((answer, _)) if answer.by == By::Site)
}

/// What a page shows: words of a notice, none, or nothing that can be told.
fn judge(reader: &str, page: Result<(Answer, String), Seen>) -> (Found, String) {
    let (answer, text) = match page {
        Ok(page) => page,
        Err(Seen::Answer(answer, _)) => {
            return (Found::Untried, format!("the gateway answered {} and no page", answer.status));
        }
        Err(Seen::NotSent(why)) => return (Found::Untried, why),
        Err(_nothing) => return (Found::Untried, "the page did not come".into()),
    };
    match (reader, answer.by, words(&text)) {
        ("gateway", By::Site, _) => {
            (Found::Untried, "somebody is signed in on this device: the page itself came".into())
        }
        (reader, By::Denied, _) if reader != "gateway" => (
            Found::Untried,
            format!("another page stands in for it ({}): it is not the portal's", answer.status),
        ),
        (_, _, Some(words)) => (Found::Held, words),
        (_, _, None) if (300..400).contains(&answer.status) => {
            (Found::Untried, format!("it leads elsewhere ({})", answer.status))
        }
        (_, _, None) if answer.status >= 500 => {
            (Found::Untried, format!("the portal is not served there ({})", answer.status))
        }
        (_, _, None) => (Found::Hole, "nobody is told that the school filters and watches".into()),
    }
}

/// The words that are marked; none where nothing is, or what is marked says nothing.
fn words(text: &str) -> Option<String> {
    let (_, after) = text.split_once(MARK)?;
    let (words, _) = after.split_once('<')?;
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    (words.chars().filter(|c| c.is_alphabetic()).count() >= SHORTEST_LETTERS).then_some(words)
}

/// The pages in words, a line each.
pub fn text(shown: &[Shown]) -> String {
    let line = |one: &Shown| {
        let found = match one.found {
            Found::Held => "told",
            Found::Hole => "NOT TOLD",
            Found::Untried => "not tried",
        };
        format!("{:16} {found:10} {}: {}", one.reader, one.address, one.words)
    };
    shown.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str =
        "<p data-notice=\"filtered watched\">My school shuts some pages. It can see what I do online.</p>";

    fn page(status: u16, by: By, text: &str) -> Result<(Answer, String), Seen> {
        Ok((Answer { status, by, offers: false }, text.to_owned()))
    }

    #[test]
    fn fm_49_a_page_tells_where_its_mark_has_words_and_not_where_it_is_empty_or_another_page_came() {
        let found = |reader, page| judge(reader, page).0;
        assert_eq!(found("guests", page(200, By::OwnPage, TOLD)), Found::Held);
        assert_eq!(found("gateway", page(403, By::Denied, TOLD)), Found::Held);
        for silent in [
            "<p>Welcome</p>",
            "<p data-notice=\"filtered watched\"></p>",
            "<p data-notice=\"filtered watched\">Hello</p>",
        ] {
            assert_eq!(found("guests", page(200, By::OwnPage, silent)), Found::Hole, "{silent}");
        }
        assert_eq!(found("gateway", page(403, By::Denied, "<p>Sign in first</p>")), Found::Hole);
        assert_eq!(found("gateway", page(200, By::Site, TOLD)), Found::Untried, "somebody is signed in");
        assert_eq!(
            found("guests", page(403, By::Denied, TOLD)),
            Found::Untried,
            "the gateway's page, not the portal's"
        );
        assert_eq!(found("guests", page(303, By::OwnPage, "")), Found::Untried);
        assert_eq!(found("guests", Err(Seen::Nothing)), Found::Untried);
    }

    #[test]
    fn fm_49_only_a_page_that_came_itself_says_that_somebody_is_signed_in() {
        assert!(is_let_through("gateway", &page(200, By::Site, "")));
        assert!(!is_let_through("guests", &page(200, By::Site, "")));
        assert!(!is_let_through("gateway", &page(403, By::Denied, TOLD)));
        for nothing in [Seen::Nothing, Seen::NotSent("no route".into())] {
            assert!(
                !is_let_through("gateway", &Err(nothing)),
                "it did not come: nobody is known to be signed in"
            );
        }
    }
}
