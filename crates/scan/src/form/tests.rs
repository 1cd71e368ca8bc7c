//! Bodies of each form, whole and cut off.

use proptest::prelude::*;

use super::*;

fn fields(content_type: &str, body: &str) -> Vec<(String, String)> {
    read(Some(content_type), body.as_bytes()).fields
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const URLENCODED: &str = "application/x-www-form-urlencoded";

#[test]
fn forms_of_pages_are_read() {
    assert_eq!(
        fields(URLENCODED, "first+name=Ada&last=Bell%27s&empty=&flag&&x=%zz%"),
        pairs(&[("first name", "Ada"), ("last", "Bell's"), ("empty", ""), ("flag", ""), ("x", "%zz%")])
    );
    assert_eq!(fields(URLENCODED, "_charset_=windows-1252&n=Ren%E9e").last().unwrap().1, "Renée");
    assert_eq!(fields(URLENCODED, "n=Ren%E9e"), pairs(&[("n", "Renée")]));
}

#[test]
fn json_is_read_at_any_depth_and_when_cut_off() {
    let body = r#"{"user":{"first":"Ada","n":[1,{"last":"B\u00e9ll \ud83d\ude00"}]},"ok":true,"no":null,"cut":"meet me"#;
    assert_eq!(
        fields("application/json; charset=utf-8", body),
        pairs(&[
            ("user.first", "Ada"),
            ("user.n", "1"),
            ("user.n.last", "Béll 😀"),
            ("ok", "true"),
            ("cut", "meet me")
        ])
    );
    let deep = format!("{}\"x\"", "[".repeat(100_000));
    assert_eq!(fields("application/json", &deep), pairs(&[("", "x")]));
    assert_eq!(
        fields("application/json", "no json: shall we meet"),
        pairs(&[("", "no json: shall we meet")])
    );
}

#[test]
fn json_within_a_field_is_read() {
    assert_eq!(
        fields(
            URLENCODED,
            "variables=%7B%22input%22%3A%7B%22email%22%3A%22a%40b.example%22%7D%7D&q=%5Bnote%5D+hi"
        ),
        pairs(&[("variables.input.email", "a@b.example"), ("q", "[note] hi")])
    );
    assert_eq!(fields("application/json", r#"["[\"words\"]"]"#), pairs(&[("", "words")]));
}

#[test]
fn text_is_read_as_what_it_is() {
    assert_eq!(fields("text/plain;charset=UTF-8", r#"{"a":"b"}"#), pairs(&[("a", "b")]));
    assert_eq!(fields("text/plain", "a=b&c=d"), pairs(&[("a", "b"), ("c", "d")]));
    assert_eq!(fields("text/plain", "a=b c\r\nd=e\r\n"), pairs(&[("a", "b c"), ("d", "e")]));
    assert_eq!(fields("text/plain", "Shall we meet? x=1"), pairs(&[("", "Shall we meet? x=1")]));
    assert_eq!(
        fields("application/graphql+json", r#"{"query":"mutation"}"#),
        pairs(&[("query", "mutation")])
    );
    assert_eq!(
        fields("text/xml", "<p><first>Ada</first><last x=\"O&apos;B\">Bell &amp; co</last></p>"),
        pairs(&[("first", "Ada"), ("x", "O'B"), ("last", "Bell & co")])
    );
    assert_eq!(read(None, b"a=b").fields, pairs(&[("a", "b")]));
}

#[test]
fn what_cannot_be_read_is_said() {
    assert!(read(Some("application/x-protobuf"), b"\x08\x96\x01\x00\x02binary").unread);
    assert!(read(Some("multipart/form-data; boundary=x"), b"nothing of the kind").unread);
    assert_eq!(read(Some("application/json"), b""), Form::default());
    let picture = read(Some("application/octet-stream"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    assert_eq!(picture.files[0].kind, Kind::Png);
}

fn multipart(parts: &[&str]) -> Form {
    let body: String = parts.iter().map(|part| format!("--XX\r\n{part}\r\n")).collect();
    read(Some("multipart/form-data; boundary=\"XX\""), format!("{body}--XX--\r\nafter").as_bytes())
}

#[test]
fn multipart_is_read_with_its_files() {
    let form = multipart(&[
        "Content-Disposition: form-data; name=\"a%22b\"\r\n\r\nline\r\n--XXY no boundary",
        "content-disposition: form-data; name=f; filename=\"x;y.txt\"; filename*=UTF-8''na%C3%AFve.txt\r\nContent-Type: text/plain\r\n\r\nhello",
        "Content-Disposition: form-data; name=b64\r\nContent-Transfer-Encoding: base64\r\n\r\nQWRh\r\nIEJlbGw=",
        "Content-Disposition: form-data; name=qp\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nRen=C3=A9=\r\ne",
        "Content-Disposition: form-data; name=j\r\nContent-Type: application/json\r\n\r\n{\"k\":\"v\"}",
        "Content-Disposition: form-data; name=none; filename=\"\"\r\n\r\n",
    ]);
    assert_eq!(
        form.fields,
        pairs(&[("a\"b", "line\r\n--XXY no boundary"), ("b64", "Ada Bell"), ("qp", "Renée"), ("j.k", "v")])
    );
    assert_eq!(form.files.len(), 1);
    let file = &form.files[0];
    assert_eq!((file.field.as_str(), file.file_name.as_deref()), ("f", Some("naïve.txt")));
    assert_eq!((file.kind, file.bytes.as_slice()), (Kind::Text, b"hello".as_slice()));
    assert!(!form.unread);
}

#[test]
fn multipart_is_read_loosely() {
    let mixed = multipart(&[
        "Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nContent-Disposition: file; filename=a.png\r\n\r\n\x7fELF\r\n--in--",
    ]);
    assert_eq!(mixed.files.len(), 1);
    let own = multipart(&[
        "Content-Disposition: form-data; name=_charset_\r\n\r\niso-8859-2",
        "Content-Disposition: form-data; name=n\r\n\r\nx",
    ]);
    assert_eq!(own.fields.len(), 2);
    // No boundary named, bare line ends, and the end cut off.
    let cut = read(
        Some("multipart/form-data"),
        b"--q\nContent-Disposition: form-data; name=a\n\n1\n--q\nContent-Disposition: form-data; name=b\n\nshall we me",
    );
    assert_eq!(cut.fields, pairs(&[("a", "1"), ("b", "shall we me")]));
}

#[test]
fn pictures_written_as_text_are_files() {
    let form =
        read(Some("application/json"), br#"{"image":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="}"#);
    assert_eq!((form.fields.len(), form.files[0].kind), (0, Kind::Png));
}

#[test]
fn a_flood_of_fields_hides_nothing() {
    let body = format!("{}w=shall+we+meet", "a=&".repeat(MOST_FIELDS + 10));
    let form = read(Some(URLENCODED), body.as_bytes());
    assert_eq!(form.fields.len(), MOST_FIELDS);
    assert!(form.fields.last().unwrap().1.ends_with("shall we meet"));
}

proptest! {
    #[test]
    fn never_panics(kind in "[a-z/;= \"-]{0,30}", body in proptest::collection::vec(any::<u8>(), 0..300)) {
        for kind in [kind.as_str(), URLENCODED, "application/json", "multipart/form-data; boundary=a", "text/xml", "text/plain; charset=utf-16"] {
            let form = read(Some(kind), &body);
            prop_assert!(form.fields.len() <= MOST_FIELDS);
        }
    }

    #[test]
    fn json_strings_come_back(values in proptest::collection::vec("\\PC{0,20}", 0..6)) {
        let body = format!("{{\"v\":[{}]}}", values.iter().map(|v| format!("\"{}\"", v.replace('\\', "\\\\").replace('"', "\\\""))).collect::<Vec<_>>().join(","));
        let got: Vec<String> = fields("application/json", &body).into_iter().map(|(_, value)| value).collect();
        let plain = values.iter().all(|value| !json::begins(value) && !value.trim_start().starts_with("data:"));
        if plain {
            prop_assert_eq!(got, values);
        }
    }

    #[test]
    fn a_cut_body_says_the_same_as_far_as_it_goes(at in 0_usize..120) {
        let body = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\none\r\n--XX\r\nContent-Disposition: form-data; name=b\r\n\r\ntwo\r\n--XX--\r\n";
        let whole = read(Some("multipart/form-data; boundary=XX"), body.as_bytes());
        let cut = read(Some("multipart/form-data; boundary=XX"), &body.as_bytes()[..at.min(body.len())]);
        if at > 62 {
            prop_assert_eq!(&cut.fields[0], &whole.fields[0]);
        }
    }
}
