//! What counts as whose data, and what does not (WEB-05, WEB-26).

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

fn entry(person: u64, pupil: bool, given: &[&str], family: &str) -> Entry {
    Entry {
        person: PersonId::new(person),
        pupil,
        given: given.iter().map(|name| (*name).to_owned()).collect(),
        family: family.to_owned(),
        phones: Vec::new(),
        postcodes: Vec::new(),
        emails: Vec::new(),
    }
}

static BOOK: LazyLock<PersonalBook> = LazyLock::new(book);

fn book() -> PersonalBook {
    let ada = Entry {
        phones: vec!["+44 7700 900123".to_owned(), "+353 20 912 3456".to_owned()],
        postcodes: vec!["YO1 7HH".to_owned()],
        emails: vec!["Ada.Bell@rowanhill.sch.example".to_owned()],
        ..entry(1, true, &["Ada", "Addie"], "Bell")
    };
    let entries = [
        ada,
        entry(2, true, &["Siobhán"], "O'Neil"),
        entry(3, true, &["Lars"], "van der Berg"),
        entry(4, true, &["Sukarno"], ""),
        entry(5, true, &["Al"], "Ba"),
        entry(6, true, &["Rose May"], "Adeyemi-Khan"),
        entry(7, true, &["Rose"], "Garden"),
        entry(8, false, &["Grace"], "Okafor"),
        entry(9, true, &["Mark"], "Hill"),
    ];
    let names = ["Rowan Hill Primary".to_owned(), "rowanhill.sch.example".to_owned()];
    PersonalBook::new(entries, &names)
}

fn people(text: &str) -> Vec<u64> {
    BOOK.find(text).people.into_iter().map(PersonId::number).collect()
}

fn people_in(fields: &[(&str, &str)]) -> Vec<u64> {
    let fields: Vec<Field<'_>> = fields.iter().map(|(name, value)| Field::of(name, value)).collect();
    BOOK.find_in(&fields).people.into_iter().map(PersonId::number).collect()
}

#[test]
fn web_26_full_names_are_found_however_they_are_written() {
    for (text, person) in [
        ("my friend Ada Bell is here", 1),
        ("BELL, ADA", 1),
        ("addie   bell", 1),
        ("áda-bell", 1),
        ("Siobhan O'Neil", 2),
        ("siobhan o\u{2019}neil", 2),
        ("Siobhán O Neil", 2),
        ("siobhan oneil", 2),
        ("Lars van der Berg", 3),
        ("Van der Berg, Lars", 3),
        ("my name is Al Ba", 5),
        ("Rose May Adeyemi-Khan", 6),
        ("rose adeyemi khan", 6),
        ("rose may adeyemikhan", 6),
        ("hi i am rose garden", 7),
    ] {
        assert_eq!(people(text), [person], "{text}");
    }
}

#[test]
fn web_26_names_in_neighbouring_fields_are_found() {
    assert_eq!(people_in(&[("first", "Ada"), ("last", "Bell")]), [1]);
    assert_eq!(people_in(&[("a", "Bell"), ("b", "Ada")]), [1]);
    assert_eq!(people_in(&[("given", "Ada"), ("middle", "Jane"), ("family", "Bell")]), [1]);
    assert_eq!(people_in(&[("firstName", "Rose"), ("lastName", "Garden")]), [7]);
    assert_eq!(people_in(&[("name", "Sukarno")]), [4]);
    assert_eq!(people_in(&[("colour", "Rose"), ("place", "Garden")]), [] as [u64; 0]);
    assert_eq!(people_in(&[("x", "my dog Ada"), ("y", "Bell")]), [] as [u64; 0]);
}

#[test]
fn web_26_parts_of_names_and_ordinary_words_are_none() {
    for text in [
        "Ada",
        "the bell rang",
        "Sukarno was the first president of Indonesia",
        "Al Ba and Li Na",
        "The rose garden at Kew; a Rose Garden",
        "we made a mark hill by hill",
        "Ada Bellingham",
        "Grace Okafor teaches us",
        "may rose",
    ] {
        assert_eq!(people(text), [] as [u64; 0], "{text}");
    }
}

#[test]
fn web_26_numbers_and_addresses_name_their_people() {
    let kinds = |text: &str| BOOK.find(text).kinds;
    assert_eq!((kinds("call 07700 900 123"), people("call 07700 900 123")), (vec![SentKind::Phone], vec![1]));
    assert_eq!((kinds("+353 20 912 3456"), people("+353 20 912 3456")), (vec![SentKind::Phone], vec![1]));
    assert_eq!((kinds("0117 496 0999"), people("0117 496 0999")), (vec![SentKind::Phone], vec![]));
    assert_eq!((kinds("near yo17hh"), people("near yo17hh")), (vec![SentKind::Postcode], vec![1]));
    assert_eq!(kinds("12 Mill Lane, Leeds, LS1 4AP"), [SentKind::Postcode]);
    assert_eq!(kinds("question M1 1AA"), []);
    assert_eq!(
        (kinds("to ada.bell@ROWANHILL.sch.example."), people("ada.bell@rowanhill.sch.example")),
        (vec![SentKind::Email], vec![1])
    );
    assert_eq!(kinds("logo@2x.png, a @ b, @ada, x@y"), []);
}

#[test]
fn web_26_a_book_of_nobody_finds_only_what_needs_none() {
    let none = PersonalBook::default();
    assert_eq!(none.find("Ada Bell, 07700 900123").kinds, [SentKind::Phone]);
    assert!(PersonalBook::new([], &[]).find("Ada Bell").kinds.is_empty());
}

#[test]
fn web_05_card_numbers_are_told_from_other_numbers() {
    let has = |name: &str, value: &str| card_within(&Field::of(name, value), false);
    // What the schemes give out for tests.
    for number in [
        "4111111111111111",
        "4242 4242 4242 4242",
        "5555-5555-5555-4444",
        "2223003122003222",
        "378282246310005",
        "3714 496353 98431",
        "6011111111111117",
        "30569309025904",
        "3056 930902 5904",
        "3530111333300000",
        "6304000000000000",
        "my card is 4111 1111 1111 1111, ok",
    ] {
        assert!(has("text", number), "{number}");
    }
    assert!(has("cardNumber", "4222222222222") && has("cc-number", "6759649826438453"));
    for number in [
        "4111111111111112",
        "9780306406157",
        "978-0-306-40615-7",
        "07700900123",
        "1234567890123456",
        "41111111111111111111",
        "41 11 11 11 11 11 11 11",
        "4222222222222",
        "x4111111111111111",
        "3.4111111111111111",
    ] {
        assert!(!has("text", number), "{number}");
    }
    assert!(!has("thread_id", "4111111111111111") && !has("userId", "4242424242424242"));
    let parts = |names: [&str; 4]| {
        let fields: Vec<Field<'_>> =
            names.into_iter().zip(["4111", "1111", "1111", "1111"]).map(|(n, v)| Field::of(n, v)).collect();
        card_in_parts(&fields, false)
    };
    assert!(parts(["card1", "card2", "card3", "card4"].map(|_| "card[]")));
    assert!(!parts(["q1", "q2", "q3", "q4"]));
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,120}", name in "\\PC{0,20}") {
        let book = PersonalBook::default();
        let _found = book.find(&text);
        let field = Field::of(&name, &text);
        let _card = card_within(&field, true);
    }

    #[test]
    fn digits_never_panic(text in "[0-9 ()+.A-Za-z@-]{0,80}") {
        let _found = BOOK.find(&text);
    }

    #[test]
    fn a_name_is_found_among_other_words(before in "[a-z ,]{0,40}", after in "[a-z ,]{0,40}") {
        let text = format!("{before} Ada Bell {after}");
        prop_assert!(BOOK.find(&text).kinds.contains(&SentKind::Name));
    }
}
