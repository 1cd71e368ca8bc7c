//! Rows WEB-05, WEB-18, WEB-20, WEB-26 to WEB-28, and schoolwork in which nothing is found.

use std::sync::LazyLock;

use proptest::prelude::*;
use usher_types::ids::PersonId;

use super::*;
use crate::form;

static THEMES: LazyLock<Themes> = LazyLock::new(|| Themes::built_in().unwrap());
static BOOK: LazyLock<PersonalBook> = LazyLock::new(book);

fn book() -> PersonalBook {
    let entry = |person, pupil, given: &str, family: &str| personal::Entry {
        person: PersonId::new(person),
        pupil,
        given: vec![given.to_owned()],
        family: family.to_owned(),
        phones: vec![],
        postcodes: vec![],
        emails: vec![],
    };
    let entries =
        [entry(1, true, "Ada", "Bell"), entry(2, false, "Grace", "Okafor"), entry(3, true, "Amir", "Khan")];
    let names =
        ["Rowan Hill Primary".to_owned(), "Rowan Hill School".to_owned(), "rowanhill.sch.example".to_owned()];
    PersonalBook::new(entries, &names)
}

fn look_at(address: &str, content_type: &str, body: &[u8]) -> Option<Sent> {
    let address = WebAddress::parse(address).unwrap();
    look(&form::read(Some(content_type), body), &address, &BOOK, &THEMES)
}

fn kinds(address: &str, body: &str) -> Vec<SentKind> {
    let sent = look_at(address, "application/x-www-form-urlencoded", body.as_bytes());
    sent.map(|sent| sent.kinds).unwrap_or_default()
}

fn json_kinds(address: &str, body: &str) -> Vec<SentKind> {
    look_at(address, "application/json", body.as_bytes()).map(|sent| sent.kinds).unwrap_or_default()
}

fn chat(words: &str) -> Vec<SentKind> {
    json_kinds("https://chat.example/api/messages", &format!("{{\"text\":\"{words}\"}}"))
}

#[test]
fn web_05_checkouts_and_card_numbers_are_found() {
    use SentKind::{CardNumber, Checkout};
    for (address, body) in [
        (
            "https://shop.example/checkout/pay",
            "name=A&card_number=4111+1111+1111+1111&exp_month=1&exp_year=30&cvv=123",
        ),
        (
            "https://pay.example/x",
            "card%5B%5D=4111&card%5B%5D=1111&card%5B%5D=1111&card%5B%5D=1111&cvc=123&expiry=01%2F30",
        ),
    ] {
        let found = kinds(address, body);
        assert!(found.contains(&CardNumber) && found.contains(&Checkout), "{body}: {found:?}");
    }
    for (address, body) in [
        ("https://shop.example/checkout", "billing_address%5Bline1%5D=x&payment_method=paypal"),
        ("https://shop.example/api", "operationName=PlaceOrder&shippingAddress=y"),
        ("https://shop.example/basket", "submit=Place+order&qty=1"),
    ] {
        assert_eq!(kinds(address, body), [Checkout], "{body}");
    }
    assert_eq!(chat("my mums card is 4242 4242 4242 4242"), [CardNumber]);
    assert_eq!(kinds("https://shop.example/cart/add", "sku=12&quantity=2"), []);
}

#[test]
fn web_18_unkind_words_and_threats_are_found() {
    for words in [
        "You are so ugly",
        "nobody likes u",
        "I'll kill you after school",
        "kys",
        "k y s loser, nobody would miss you",
        "i will bring a knife to school",
        "k1ll your$elf",
    ] {
        assert!(chat(words).contains(&SentKind::UnkindWords), "{words}");
    }
    let sent = look_at("https://chat.example/", "text/plain", b"go kill yourself").unwrap();
    assert!(sent.themes.iter().any(|hit| hit.theme == Theme::Bullying && hit.place == Place::Sent));
}

#[test]
fn web_18_a_child_who_is_hurt_is_a_concern_and_not_unkind() {
    let sent = look_at("https://chat.example/", "text/plain", b"everyone hates me and they hit me at school")
        .unwrap();
    assert_eq!(sent.kinds, []);
    assert!(sent.themes.iter().any(|hit| hit.severity >= 3));
}

#[test]
fn web_20_the_school_and_its_staff_with_insults_are_found() {
    for words in [
        "Rowan Hill Primary is a shithole",
        "rowan hill school sucks",
        "Mrs Okafor is a stupid cow",
        "i hate miss okafor",
        "grace okafor is such a creep",
    ] {
        assert!(chat(words).contains(&SentKind::AgainstSchool), "{words}");
    }
    let sent = look_at("https://chat.example/", "text/plain", b"Mrs Okafor is useless").unwrap();
    assert_eq!(sent.people, [PersonId::new(2)]);
    for words in
        ["Mrs Okafor taught us about volcanoes", "Rowan Hill Primary won the cup", "that film is useless"]
    {
        assert_eq!(chat(words), [], "{words}");
    }
    // Named in one field and words in another are two things.
    assert_eq!(json_kinds("https://a.example/", r#"{"a":"Mrs Okafor","b":"useless"}"#), []);
}

#[test]
fn web_26_personal_data_is_found_in_every_form() {
    use SentKind::{Email, Name, Phone, Postcode};
    let body =
        "first=Ada&last=Bell&email=a%40b.example&tel=07700+900123&address1=12+Mill+Lane&postcode=LS1+4AP";
    assert_eq!(kinds("https://fun.example/win", body), [Name, Phone, Postcode, Email]);
    let multipart = b"--x\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"me.txt\"\r\n\r\nI am Ada Bell, 07700 900123\r\n--x--";
    let sent = look_at("https://up.example/", "multipart/form-data; boundary=x", multipart).unwrap();
    assert_eq!((sent.kinds, sent.people), (vec![Name, Phone], vec![PersonId::new(1)]));
    assert_eq!(chat("ada bell"), [Name]);
}

#[test]
fn web_26_pictures_and_unread_files_are_said() {
    let picture = b"--x\r\nContent-Disposition: form-data; name=p; filename=a.png\r\n\r\n\x89PNG\r\n\x1a\n\0\0\0\rIHDR\r\n--x--";
    let sent = look_at("https://up.example/", "multipart/form-data; boundary=x", picture).unwrap();
    assert_eq!(sent.kinds, [SentKind::Picture]);
    let sent = look_at("https://up.example/", "application/x-protobuf", b"\x08\x96\x01\x00\x02").unwrap();
    assert_eq!(sent.kinds, [SentKind::Unread]);
}

#[test]
fn web_27_forms_that_make_an_account_are_found() {
    for (address, body) in [
        ("https://game.example/signup", "email=a%40b.example&password=x1"),
        (
            "https://game.example/users",
            "user%5Bname%5D=kit&user%5Bpassword%5D=abc&user%5Bpassword_confirmation%5D=abc",
        ),
        ("https://game.example/api", "username=kit&password=abc&password2=abc&dob=2015-01-01"),
        ("https://game.example/x", "commit=Create+account&username=kit&email=a%40b.example"),
        ("https://game.example/x", "firstName=A&birthday=2015&terms=on"),
    ] {
        assert!(kinds(address, body).contains(&SentKind::SignUp), "{body}");
    }
    let graph = r#"{"operationName":"SignUpMutation","variables":{"input":{"email":"k@b.example","birthYear":2014}}}"#;
    assert!(json_kinds("https://game.example/graphql", graph).contains(&SentKind::SignUp));
    // A mail address in a form that makes an account leaves the school.
    assert!(kinds("https://g.example/signup", "email=a%40b.example&password=x").contains(&SentKind::Email));
}

#[test]
fn web_27_signing_in_searching_and_new_passwords_make_no_account() {
    for (address, body) in [
        ("https://mail.example/login", "email=ada.bell%40rowanhill.sch.example&password=4111111111111111"),
        ("https://mail.example/", "username=ada.bell&password=secret&remember=1"),
        ("https://mail.example/signin/identifier", "identifier=ada%40rowanhill.sch.example"),
        ("https://search.example/", "q=how+to+register+a+car&submit=Search"),
        ("https://mail.example/settings", "current_password=a&password=b&password_confirmation=b"),
        ("https://quiz.example/answer", "question=4&answer=volcano&submit=Next"),
        ("https://school.example/register", "class=4B&present=12&absent=2"),
    ] {
        assert_eq!(kinds(address, body), [], "{address} {body}");
    }
}

#[test]
fn web_28_meeting_and_saying_where_one_is_are_found() {
    for words in [
        "shall we meet at the park",
        "Let's meet up after school!",
        "my address is 12 mill lane",
        "i live at number 4",
        "come to my house, nobody is home",
        "I go to Rowan Hill school",
        "where do u live",
        "he wants to meet me",
    ] {
        assert!(chat(words).contains(&SentKind::Meeting), "{words}");
    }
    for words in [
        "we must meet the deadline",
        "Let's meet the author of this book",
        "two rivers meet here",
        "i go to school by bus",
        "I live at home with my cat",
        "want to meet the criteria",
    ] {
        assert_eq!(chat(words), [], "{words}");
    }
}

/// Schoolwork, invented here.
const HARMLESS: [&str; 12] = [
    "In 1066 William of Normandy landed at Pevensey with about 7,000 men. Harold's army had marched 200 miles from Stamford Bridge. The battle of Hastings was fought on 14 October; at the end of the day the king was dead and the English line was broken.",
    "Henry VIII wanted a son. He broke with Rome in 1534, and Anne Boleyn was beheaded at the Tower on 19 May 1536. I think he was unkind, because he had people killed who had served him for years.",
    "1) 34 x 12 = 408  2) 0.125 + 0.5 = 0.625  3) 3.14159265358979 4) 1024 2048 4096 8192 5) M1 1AA 6) 07 14 21 28 35 42",
    "Diwali is the festival of lights. Rama and Sita come home to Ayodhya, and people light diyas in rows. We make rangoli patterns and share sweets. Shubh Deepavali! दीपावली की शुभकामनाएँ",
    "Romeo kills Tybalt in act three. 'O, I am fortune's fool!' Juliet drinks the potion and lies as if dead.",
    "Our science project: put 20 g of salt in 200 ml of water at 20 degrees. The ice cube with salt melts faster. Results: 4.5, 4.7, 4.6 minutes.",
    "The Second World War began in September 1939. Children were evacuated to the countryside with gas masks and labels. Bombs fell on London for 57 nights.",
    "Dear Diary, today we went to the farm. The cow was brown and a goat ate my map. It was the best day.",
    "The plague came to Eyam in 1665 in a box of cloth. The villagers decided to stay so that the sickness would not spread.",
    "Fractions: 1/2 + 1/4 = 3/4. ISBN 978-0-306-40615-7. Order the numbers: 4111 3222 2333 1445.",
    "My favourite animal is the killer whale. Orcas hunt in pods and can weigh 6 tonnes.",
    "Fire safety: get out, stay out, and call 999. Childline is 0800 1111.",
];

#[test]
fn web_26_schoolwork_raises_no_alarm() {
    for text in HARMLESS {
        let sent = look_at("https://learn.example/submit", "text/plain", text.as_bytes());
        assert_eq!(sent, None, "{text}");
        assert_eq!(chat(text), [], "{text}");
    }
    for (address, body) in [
        (
            "https://quiz.example/api/answer",
            r#"{"questionId":4111111111111111,"answers":["Paris","Rome"],"score":12,"ts":1732262400123}"#,
        ),
        (
            "https://learn.example/save",
            r#"{"docId":"4242424242424242","ops":[{"insert":"Volcanoes are hot"}],"session":"07700900123abc"}"#,
        ),
        (
            "https://stats.example/collect",
            r#"{"events":[{"name":"page_view","screen":"1920x1080","id":"b1946ac92492d2347c6235b4d2611184"}]}"#,
        ),
    ] {
        assert_eq!(json_kinds(address, body), [], "{body}");
    }
}

#[test]
fn long_texts_are_looked_through_to_their_end() {
    let text =
        format!("{} shall we meet. go kill yourself. Ada Bell", "The rain fell on the hill. ".repeat(4_000));
    let sent = look_at("https://a.example/", "text/plain", text.as_bytes()).unwrap();
    assert_eq!(sent.kinds, [SentKind::Name, SentKind::UnkindWords, SentKind::Meeting]);
    let pieces: Vec<&str> = pieces(&text).collect();
    assert!(pieces.len() > 20 && pieces.last().unwrap().ends_with("Ada Bell"));
}

#[test]
fn what_is_found_is_kept_small() {
    let text = "go kill yourself. how to murder. gore. ".repeat(2_000);
    let sent = look_at("https://a.example/", "text/plain", text.as_bytes()).unwrap();
    assert!(sent.themes.len() <= MOST_THEMES);
}

proptest! {
    #[test]
    fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,100}") {
        let _bytes = look_at("https://a.example/", "application/x-www-form-urlencoded", &body);
        let _text = look_at("https://a.example/login", "text/plain", text.as_bytes());
    }

    #[test]
    fn pieces_leave_nothing_out(text in "[a-zé ]{0,9000}") {
        let mut covered = 0;
        for piece in pieces(&text) {
            let at = piece.as_ptr() as usize - text.as_ptr() as usize;
            prop_assert!(at <= covered);
            covered = at + piece.len();
        }
        prop_assert_eq!(covered, text.len());
    }

    #[test]
    fn the_order_of_parts_does_not_matter(order in Just(vec!["a=Ada+Bell", "b=07700+900123", "c=shall+we+meet", "d=you+are+ugly", "e=x%40y.example", "f=4111111111111111"]).prop_shuffle()) {
        use SentKind::{CardNumber, Email, Meeting, Name, Phone, UnkindWords};
        prop_assert_eq!(kinds("https://a.example/", &order.join("&")), [Name, Phone, Email, CardNumber, UnkindWords, Meeting]);
    }
}
