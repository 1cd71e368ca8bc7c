//! The two pages every case is about, one that must be shut and one that must be open, in all the spellings the cases
//! want.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use usher_types::host::{Host, HostName};
use usher_types::url::WebAddress;

/// The blocked and the open page, as cases write them.
#[derive(Debug, Clone)]
pub struct Sites {
    /// The host of the page that must be shut.
    pub blocked: HostName,
    /// The host of the page that must be open.
    pub open: HostName,
    values: Vec<(&'static str, String)>,
}

/// Why two pages do not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSites {
    /// It is no address of a page.
    #[error("`{0}` is not the address of a page")]
    NotAnAddress(String),
    /// Cases write ports of their own.
    #[error("`{0}` names a number or a port: give a page with a name, on the usual port")]
    NotAName(String),
    /// Nothing can be told from one site.
    #[error("both pages are on {0}: give two sites")]
    OneSite(HostName),
}

impl Sites {
    /// Reads the two addresses.
    ///
    /// # Errors
    /// When one is no page of a named host, or both are on one.
    pub fn new(blocked: &str, open: &str) -> Result<Self, NotSites> {
        let (shut, shut_path) = read(blocked)?;
        let (open, open_path) = read(open)?;
        if shut == open {
            return Err(NotSites::OneSite(shut));
        }
        let values = values(shut.as_str(), &shut_path, open.as_str(), &open_path);
        Ok(Self { blocked: shut, open, values })
    }

    /// A text with the sites in their places.
    pub fn fill(&self, text: &str) -> String {
        self.values.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
    }
}

fn read(text: &str) -> Result<(HostName, String), NotSites> {
    let address = WebAddress::parse(text).map_err(|_odd| NotSites::NotAnAddress(text.to_owned()))?;
    let usual = address.port == address.scheme.default_port();
    match address.host {
        Host::Name(name) if usual => {
            let query = address.query.map(|query| format!("?{query}")).unwrap_or_default();
            Ok((name, format!("{}{query}", address.path)))
        }
        Host::Name(_) | Host::Ip(_) => Err(NotSites::NotAName(text.to_owned())),
    }
}

fn values(blocked: &str, path: &str, open: &str, open_path: &str) -> Vec<(&'static str, String)> {
    let (first, rest) = blocked.split_at(blocked.len().min(1));
    let code = first.bytes().next().unwrap_or(b'x');
    let page = format!("https://{blocked}{path}");
    vec![
        ("{b}", blocked.to_owned()),
        ("{o}", open.to_owned()),
        ("{path}", path.to_owned()),
        ("{o-path}", open_path.to_owned()),
        ("{B}", blocked.to_uppercase()),
        ("{Bb}", alternating(blocked)),
        ("{percent}", format!("%{code:02X}{rest}")),
        ("{percent-all}", blocked.bytes().map(|byte| format!("%{byte:02X}")).collect()),
        ("{percent-twice}", format!("%25{code:02X}{rest}")),
        ("{wide}", blocked.chars().map(wide).collect()),
        ("{circled}", blocked.chars().map(circled).collect()),
        ("{ideographic-dots}", blocked.replace('.', "\u{3002}")),
        ("{half-dots}", blocked.replace('.', "\u{ff61}")),
        ("{soft-hyphen}", format!("{first}\u{ad}{rest}")),
        ("{zero-width}", format!("{first}\u{200b}{rest}")),
        ("{look-alike}", blocked.replace('a', "\u{430}").replace('e', "\u{435}").replace('o', "\u{43e}")),
        ("{dashes}", blocked.replace('-', "--").replace('.', "-")),
        ("{page-encoded}", utf8_percent_encode(&page, NON_ALPHANUMERIC).to_string()),
        ("{page}", page),
    ]
}

fn alternating(name: &str) -> String {
    let turned = |(at, letter): (usize, char)| if at % 2 == 0 { letter.to_ascii_uppercase() } else { letter };
    name.chars().enumerate().map(turned).collect()
}

/// The same letter as East Asian type has it (Unicode, Halfwidth and Fullwidth Forms).
fn wide(letter: char) -> char {
    match letter {
        '!'..='~' => char::from_u32(u32::from(letter) + 0xfee0).unwrap_or(letter),
        other => other,
    }
}

/// The same letter in a circle (Unicode, Enclosed Alphanumerics).
fn circled(letter: char) -> char {
    match letter {
        'a'..='z' => char::from_u32(u32::from(letter) - u32::from('a') + 0x24d0).unwrap_or(letter),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_with_every_spelling() {
        let sites = Sites::new("https://games.example/play?x", "https://open.example/").unwrap();
        for (place, expected) in [
            ("{b}{path}", "games.example/play?x"),
            ("{B}", "GAMES.EXAMPLE"),
            ("{Bb}", "GaMeS.ExAmPlE"),
            ("{percent}", "%67ames.example"),
            ("{wide}", "ｇａｍｅｓ．ｅｘａｍｐｌｅ"),
            ("{dashes}.translate.goog", "games-example.translate.goog"),
            ("{page-encoded}", "https%3A%2F%2Fgames%2Eexample%2Fplay%3Fx"),
            ("{o}{o-path}", "open.example/"),
        ] {
            assert_eq!(sites.fill(place), expected);
        }
    }

    #[test]
    fn two_sites_with_names_are_wanted() {
        let odd = |blocked: &str, open: &str| Sites::new(blocked, open).unwrap_err();
        assert!(matches!(odd("games", "https://open.example/"), NotSites::NotAnAddress(_)));
        assert!(matches!(odd("https://192.0.2.1/", "https://open.example/"), NotSites::NotAName(_)));
        assert!(matches!(odd("https://games.example:444/", "https://open.example/"), NotSites::NotAName(_)));
        assert!(matches!(odd("http://a.example/", "https://a.example/x"), NotSites::OneSite(_)));
    }
}
