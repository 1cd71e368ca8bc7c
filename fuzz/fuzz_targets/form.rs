//! Bodies of requests: the first byte chooses the content type. Reading and looking never panic, nothing is made larger
//! than it was sent by more than a little, and what is found is in order.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use usher_scan::form;
use usher_scan::personal::{Entry, PersonalBook};
use usher_scan::sent;
use usher_scan::theme::Themes;
use usher_types::ids::PersonId;
use usher_types::url::WebAddress;

const TYPES: [&str; 8] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json",
    "text/plain",
    "text/xml",
    "application/graphql+json",
    "multipart/related",
    "application/octet-stream",
];

static THEMES: LazyLock<Themes> = LazyLock::new(|| Themes::built_in().unwrap());
static BOOK: LazyLock<PersonalBook> = LazyLock::new(|| {
    let entry = |person, pupil, given: &str, family: &str| Entry {
        person: PersonId::new(person),
        pupil,
        given: vec![given.to_owned()],
        family: family.to_owned(),
        phones: vec!["07700 900123".to_owned()],
        postcodes: vec!["YO1 7HH".to_owned()],
        emails: vec!["ada@rowanhill.example".to_owned()],
    };
    PersonalBook::new(
        [entry(1, true, "Ada", "Bell"), entry(2, false, "Al", "O'Neil")],
        &["Rowan Hill".to_owned()],
    )
});
static ADDRESS: LazyLock<WebAddress> =
    LazyLock::new(|| WebAddress::parse("https://a.example/post?x=1").unwrap());

fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = data.split_first() else { return };
    let content_type = TYPES.get(usize::from(*choice)).copied();
    let form = form::read(content_type, body);
    assert!(form.fields.len() <= form::MOST_FIELDS);
    if let Some(sent) = sent::look(&form, &ADDRESS, &BOOK, &THEMES) {
        assert!(sent.kinds.is_sorted(), "{:?}", sent.kinds);
        assert!(!sent.kinds.is_empty() || !sent.themes.is_empty());
    }
});
