//! The gateway as an ICAP server: a client that writes the protocol by hand.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use usher_events::event::What;
use usher_testkit::facts;

use crate::rig::{Known, PATIENCE, Rig};

/// A member of staff's device, and a pupil's; who sits where is in [`rig`].
const STAFF: &str = "10.0.0.20";
const PUPIL: &str = "10.0.0.21";
pub(crate) async fn rig() -> Rig {
    let rig = Rig::with(&[]).await;
    rig.people.arrive(STAFF, "staff");
    rig.people.arrive(PUPIL, "pupil.y4");
    rig
}

struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

/// An answer: ICAP's own head, and all that follows it with its chunks undone.
#[derive(Debug)]
struct Heard {
    head: String,
    inner: String,
    body: String,
}

impl Heard {
    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    fn field(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

impl Client {
    async fn of(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), read: Vec::new() }
    }

    async fn say(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).await.unwrap();
    }

    async fn more(&mut self) {
        let read = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.read)).await.unwrap();
        let so_far = String::from_utf8_lossy(&self.read);
        assert!(read.unwrap() > 0, "it closed after {so_far:?}");
    }

    /// Reads until these bytes, and takes all up to their end.
    async fn until(&mut self, end: &[u8]) -> String {
        loop {
            if let Some(at) = self.read.windows(end.len()).position(|window| window == end) {
                let rest = self.read.split_off(at + end.len());
                return String::from_utf8(std::mem::replace(&mut self.read, rest)).unwrap();
            }
            self.more().await;
        }
    }

    async fn hear(&mut self) -> Heard {
        let head = self.until(b"\r\n\r\n").await;
        let mut heard = Heard { head, inner: String::new(), body: String::new() };
        let Some(parts) = heard.field("encapsulated").map(str::to_owned) else { return heard };
        let last = parts.rsplit(", ").next().unwrap();
        let length: usize = last.rsplit('=').next().unwrap().parse().unwrap();
        while self.read.len() < length {
            self.more().await;
        }
        let rest = self.read.split_off(length);
        heard.inner = String::from_utf8(std::mem::replace(&mut self.read, rest)).unwrap();
        if last.starts_with("null-body") {
            return heard;
        }
        loop {
            let line = self.until(b"\r\n").await;
            let length = usize::from_str_radix(line.trim(), 16).unwrap();
            while self.read.len() < length + 2 {
                self.more().await;
            }
            let rest = self.read.split_off(length + 2);
            let piece = std::mem::replace(&mut self.read, rest);
            heard.body.push_str(&String::from_utf8_lossy(&piece[..length]));
            if length == 0 {
                return heard;
            }
        }
    }

    /// Whether it is closed without another word.
    async fn is_closed(&mut self) -> bool {
        let read = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.read)).await.unwrap();
        matches!(read, Ok(0) | Err(_)) && self.read.is_empty()
    }
}

/// A message as a proxy shows it; `body` in the form it is to be written.
fn shown(method: &str, fields: &str, request: &str, response: Option<&str>, body: Option<&str>) -> String {
    let heads = request.len() + response.map_or(0, str::len);
    let side = if method == "REQMOD" { "req" } else { "res" };
    let mut parts = "req-hdr=0".to_owned();
    if response.is_some() {
        parts += &format!(", res-hdr={}", request.len());
    }
    parts += &if body.is_some() { format!(", {side}-body={heads}") } else { format!(", null-body={heads}") };
    format!(
        "{method} icap://usher/{} ICAP/1.0\r\nHost: usher\r\n{fields}Encapsulated: {parts}\r\n\r\n{request}{}{}",
        method.to_lowercase(),
        response.unwrap_or_default(),
        body.unwrap_or_default()
    )
}

fn get(url: &str) -> String {
    let host = url.split('/').nth(2).unwrap();
    format!("GET {url} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n")
}

fn chunked(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n0\r\n\r\n", text.len())
}

fn from(client: &str) -> String {
    format!("X-Client-IP: {client}\r\nAllow: 204\r\n")
}

const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";

#[tokio::test]
async fn options_say_what_it_does_and_which_generation_judges() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    let mut marks = Vec::new();
    for (path, method) in [("reqmod", "REQMOD"), ("respmod", "RESPMOD")] {
        client.say(format!("OPTIONS icap://usher/{path} ICAP/1.0\r\nHost: usher\r\n\r\n")).await;
        let heard = client.hear().await;
        assert_eq!((heard.status(), heard.field("methods")), ("200", Some(method)));
        assert_eq!((heard.field("allow"), heard.field("preview")), (Some("204"), Some("1024")));
        marks.push(heard.field("istag").unwrap().to_owned());
    }
    assert_eq!(marks[0], marks[1]);
    assert!(marks[0].len() <= 34, "{marks:?}");
    rig.publish(&crate::rig::POLICY.replace("They are for home.", "Another policy."));
    client.say("OPTIONS icap://usher/reqmod ICAP/1.0\r\nHost: usher\r\n\r\n").await;
    assert_ne!(
        client.hear().await.field("istag").unwrap(),
        marks[0],
        "what was judged before may be otherwise now"
    );
    assert!(rig.lines(0).await.is_empty());
}

#[tokio::test]
async fn a_request_is_judged_by_who_sent_it_and_has_one_event() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    client.say(shown("REQMOD", &from(PUPIL), &get("http://a.example/"), None, None)).await;
    assert_eq!(client.hear().await.status(), "204");
    client.say(shown("REQMOD", &from(PUPIL), &get("http://games.example/x"), None, None)).await;
    let heard = client.hear().await;
    assert_eq!(heard.status(), "200");
    assert!(heard.inner.starts_with("HTTP/1.1 403 "), "{heard:?}");
    assert!(heard.body.starts_with("refused: ") && heard.body.contains("games.example"), "{heard:?}");
    client.say(shown("REQMOD", &from(STAFF), &get("https://sealed.example/"), None, None)).await;
    assert!(client.hear().await.body.starts_with("refused: SealedList"));
    // A proxy that takes no "as it was" gets the request back.
    let alone = format!("X-Client-IP: {PUPIL}\r\n");
    client.say(shown("REQMOD", &alone, &get("http://a.example/b?c"), None, None)).await;
    let heard = client.hear().await;
    assert!(heard.inner.starts_with("GET http://a.example/b?c HTTP/1.1\r\n"), "{heard:?}");
    assert_eq!(
        rig.lines(4).await,
        [
            "GET http://a.example/ Allow Unknown 0 Complete",
            "GET http://games.example/x Block Category(games) 403 Complete",
            "GET https://sealed.example/ Block SealedList 403 Complete",
            "GET http://a.example/b?c Allow Unknown 0 Complete",
        ]
    );
}

/// A site that resolves nothing would show another page than the one that was judged.
#[tokio::test]
async fn a_site_is_asked_for_the_page_that_was_judged() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    for (written, asked) in [
        ("http://a.example/a/%2e%2e/b?c", "GET http://a.example/b?c HTTP/1.1\r\n"),
        ("http://a.example:8080/a/../b", "GET http://a.example:8080/b HTTP/1.1\r\n"),
    ] {
        client.say(shown("REQMOD", &from(PUPIL), &get(written), None, None)).await;
        let heard = client.hear().await;
        assert!(heard.inner.starts_with(asked), "{written}: {heard:?}");
    }
    client.say(shown("REQMOD", &from(PUPIL), &get("http://a.example/a//%41b"), None, None)).await;
    assert_eq!(client.hear().await.status(), "204", "everything else goes as it was written");
    assert_eq!(rig.events(3).await.len(), 3);
}

pub(crate) fn connect(host: &str) -> String {
    format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n")
}

#[tokio::test]
async fn a_tunnel_that_nobody_reads_is_judged_by_its_name() {
    let rig = rig().await;
    rig.people.arrive("10.0.0.22", "nobody");
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    for (who, host, reason) in [
        (PUPIL, "a.example", None),
        (PUPIL, "games.example", Some("Category")),
        (STAFF, "sealed.example", Some("SealedList")),
        ("10.0.0.22", "a.example", Some("SignIn")),
        (STAFF, "usher.internal", None),
    ] {
        client.say(shown("REQMOD", &from(who), &connect(host), None, None)).await;
        let heard = client.hear().await;
        match reason {
            None => assert_eq!(heard.status(), "204", "{host}: {heard:?}"),
            Some(reason) => {
                assert!(heard.inner.starts_with("HTTP/1.1 403 "), "{host}: {heard:?}");
                assert!(heard.body.starts_with(&format!("refused: {reason}")), "{host}: {heard:?}");
            }
        }
    }
    let mut done: Vec<String> = Vec::new();
    for event in rig.events(5).await {
        let What::Tunnel(tunnel) = event.what else { panic!("{event:?}") };
        done.push(format!("{:?} {:?}", tunnel.decision.verdict, tunnel.action));
    }
    done.sort();
    assert_eq!(
        done,
        ["Allow Splice", "Allow Splice", "Block Terminate", "Block Terminate", "Challenge Terminate"]
    );
}

#[tokio::test]
async fn a_proxy_that_decrypts_is_let_in_and_asks_about_the_page() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap_for(&["127.0.0.0/8"], true).await).await;
    client.say(shown("REQMOD", &from(STAFF), &connect("sealed.example"), None, None)).await;
    let heard = client.hear().await;
    assert_eq!(heard.status(), "204", "it is decrypted, so that the page inside can be refused: {heard:?}");
    client.say(shown("REQMOD", &from(STAFF), &get("https://sealed.example/"), None, None)).await;
    assert!(client.hear().await.body.starts_with("refused: SealedList"));
    assert_eq!(rig.lines(2).await.len(), 2);
}

/// They are for the proxy that asks: what they say here would hold for the request and not for its answer.
#[tokio::test]
async fn credentials_in_a_message_are_nobodys_here() {
    let rig = rig().await;
    rig.people.knows("cook", Known::AtOnce(Ok(facts::subject("staff"))));
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    let field = format!("Proxy-Authorization: Basic {}\r\n\r\n", "Y29vazpwYXNzd29yZA==");
    let with = |request: &str| request.replace("\r\n\r\n", &format!("\r\n{field}"));
    let bad = "<p>A loot box before the boss fight</p>";
    let asked = with(&get("http://a.example/story"));
    client.say(shown("REQMOD", &from(PUPIL), &asked, None, None)).await;
    assert_eq!(client.hear().await.status(), "204");
    client.say(shown("RESPMOD", &from(PUPIL), &asked, Some(PAGE), Some(&chunked(bad)))).await;
    assert!(client.hear().await.body.starts_with("refused: Says"));
    client.say(shown("REQMOD", &from(PUPIL), &with(&connect("games.example")), None, None)).await;
    assert!(client.hear().await.body.starts_with("refused: Category"));
    // What comes back is as it was otherwise.
    let alone = format!("X-Client-IP: {PUPIL}\r\n");
    client.say(shown("REQMOD", &alone, &asked, None, None)).await;
    assert!(client.hear().await.inner.contains("proxy-authorization: Basic "));
    for event in rig.events(4).await {
        let who = match event.what {
            What::Web(web) => web.facts.who,
            What::Tunnel(tunnel) => tunnel.facts.who,
            other => panic!("{other:?}"),
        };
        assert_eq!(who.subject, std::sync::Arc::new(facts::subject("pupil.y4")));
    }
}

/// A film's beginning says that nothing in it is read; its head may hold what must not go on all the same.
#[tokio::test]
async fn a_film_with_another_way_to_its_site_is_not_passed_as_it_was() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    let begins = "\0\0\0\u{18}ftypmp42\0\0\0\0mp42isom";
    let preview = format!("{:x}\r\n{begins}\r\n0\r\n\r\n", begins.len());
    let fields = format!("{}Preview: 1024\r\n", from(PUPIL));
    for (more, gone) in [
        ("Alt-Svc: h3=\":443\"\r\n", "alt-svc"),
        ("Proxy-Status: usher; error=http_request_denied\r\n", "proxy-status"),
        ("Content-Type: text/html\r\n", "text/html"),
    ] {
        let film = format!("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n{more}\r\n");
        let message = shown("RESPMOD", &fields, &get("http://a.example/film"), Some(&film), Some(&preview));
        client.say(message).await;
        assert_eq!(client.hear().await.status(), "100", "{more}");
        client.say(chunked("the rest")).await;
        let heard = client.hear().await;
        assert!(heard.inner.starts_with("HTTP/1.1 200 ") && !heard.inner.contains(gone), "{heard:?}");
        assert_eq!(heard.body, format!("{begins}the rest"));
    }
    assert_eq!(rig.lines(3).await.len(), 3);
}

#[tokio::test]
async fn a_program_that_is_called_a_grpc_call_is_not_passed_as_it_was() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    let named =
        "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nContent-Disposition: attachment\r\n\r\n";
    let begins = format!("MZ{}", "\0".repeat(200));
    let preview = format!("{:x}\r\n{begins}\r\n0\r\n\r\n", begins.len());
    let fields = format!("{}Preview: 1024\r\n", from(PUPIL));
    client.say(shown("RESPMOD", &fields, &get("http://a.example/get"), Some(named), Some(&preview))).await;
    assert_eq!(client.hear().await.status(), "100");
    client.say(chunked("the rest")).await;
    let heard = client.hear().await;
    assert!(heard.body.starts_with("refused: Carries"), "{heard:?}");
    rig.events(1).await;
}

#[tokio::test]
async fn a_search_is_made_safe_and_a_form_is_read() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    client
        .say(shown("REQMOD", &from(PUPIL), &get("https://www.google.com/search?q=otters"), None, None))
        .await;
    let heard = client.hear().await;
    assert!(
        heard
            .inner
            .starts_with("GET https://www.google.com/search?q=otters&safe=active&ssui=on HTTP/1.1\r\n"),
        "{heard:?}"
    );
    let form = "number=4111+1111+1111+1111";
    let request = "POST http://shop.example/pay HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n";
    // All of it in the preview.
    let whole = format!("{:x}\r\n{form}\r\n0; ieof\r\n\r\n", form.len());
    let fields = format!("{}Preview: 1024\r\n", from(PUPIL));
    client.say(shown("REQMOD", &fields, request, None, Some(&whole))).await;
    let heard = client.hear().await;
    assert!(heard.body.starts_with("refused: Leaving"), "{heard:?}");
    // A part in the preview, the rest when it is asked for.
    let fields = format!("{}Preview: 4\r\n", from(PUPIL));
    client.say(shown("REQMOD", &fields, request, None, Some("4\r\nnumb\r\n0\r\n\r\n"))).await;
    assert_eq!(client.hear().await.status(), "100");
    client.say(chunked("er=4111+1111+1111+1111")).await;
    let heard = client.hear().await;
    assert!(heard.body.starts_with("refused: Leaving"), "{heard:?}");
    // One that may go on: it comes back whole where "as it was" is not allowed.
    client
        .say(shown(
            "REQMOD",
            &format!("X-Client-IP: {PUPIL}\r\n"),
            request,
            None,
            Some(&chunked("colour=blue")),
        ))
        .await;
    let heard = client.hear().await;
    assert!(heard.inner.starts_with("POST http://shop.example/pay "), "{heard:?}");
    assert_eq!(heard.body, "colour=blue");
    assert_eq!(rig.lines(4).await.len(), 4);
}

#[tokio::test]
async fn an_answer_is_read_like_one_that_passes_the_gateway() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    let request = get("http://a.example/story");
    let harmless = "<title>Otters</title><p>They hold hands.</p>";
    client.say(shown("RESPMOD", &from(PUPIL), &request, Some(PAGE), Some(&chunked(harmless)))).await;
    let heard = client.hear().await;
    assert!(heard.inner.starts_with("HTTP/1.1 200 OK\r\n"), "{heard:?}");
    assert_eq!(heard.body, harmless);
    let bad = "<p>A loot box before the boss fight</p>";
    client.say(shown("RESPMOD", &from(PUPIL), &request, Some(PAGE), Some(&chunked(bad)))).await;
    let heard = client.hear().await;
    assert!(heard.inner.starts_with("HTTP/1.1 403 ") && heard.body.starts_with("refused: Says"), "{heard:?}");
    client.say(shown("RESPMOD", &from(STAFF), &request, Some(PAGE), Some(&chunked(bad)))).await;
    assert_eq!(client.hear().await.body, bad, "staff have no limit");
    let program = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n";
    let bytes = format!("MZ{}", "\0".repeat(200));
    client
        .say(shown(
            "RESPMOD",
            &from(STAFF),
            &get("http://a.example/x.exe"),
            Some(program),
            Some(&chunked(&bytes)),
        ))
        .await;
    let heard = client.hear().await;
    assert!(heard.inner.starts_with("HTTP/1.1 403 "), "{heard:?}");
    // By its address, before a byte of it is asked for.
    let fields = format!("{}Preview: 0\r\n", from(PUPIL));
    client.say(shown("RESPMOD", &fields, &get("http://games.example/"), Some(PAGE), Some("0\r\n\r\n"))).await;
    assert!(client.hear().await.inner.starts_with("HTTP/1.1 403 "));
    // A film is known by its beginning.
    let film = "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n";
    let begins = "\0\0\0\u{18}ftypmp42\0\0\0\0mp42isom";
    let preview = format!("{:x}\r\n{begins}\r\n0\r\n\r\n", begins.len());
    let fields = format!("{}Preview: 1024\r\n", from(PUPIL));
    client.say(shown("RESPMOD", &fields, &get("http://a.example/film"), Some(film), Some(&preview))).await;
    assert_eq!(client.hear().await.status(), "204");
    let events = rig.events(6).await;
    let title = |event: &usher_events::event::Event| crate::events::outcome(event).title.clone();
    assert_eq!(title(&events[0]).as_deref(), Some("Otters"));
    assert_eq!(
        events.iter().map(|event| crate::events::outcome(event).status).collect::<Vec<_>>(),
        [200, 403, 200, 403, 403, 200]
    );
}

#[tokio::test]
async fn a_long_answer_goes_on_in_step_and_a_client_that_leaves_ends_it() {
    let rig = rig().await;
    let address = rig.icap(&["127.0.0.0/8"]).await;
    let mut client = Client::of(address).await;
    let piece = "otters ".repeat(9_362);
    let body: String =
        (0..20).map(|_| format!("{:x}\r\n{piece}\r\n", piece.len())).collect::<String>() + "0\r\n\r\n";
    let message = shown("RESPMOD", &from(PUPIL), &get("http://a.example/long"), Some(PAGE), Some(&body));
    let (mut reading, mut writing) = client.stream.into_split();
    let sent = tokio::spawn(async move {
        writing.write_all(message.as_bytes()).await.unwrap();
        writing
    });
    let mut got = Vec::new();
    while !got.ends_with(b"\r\n0\r\n\r\n") {
        let read = tokio::time::timeout(PATIENCE, reading.read_buf(&mut got)).await.unwrap();
        assert!(read.unwrap() > 0);
    }
    assert!(got.len() > 20 * piece.len());
    drop(sent.await.unwrap());
    client = Client::of(address).await;
    let half =
        shown("RESPMOD", &from(PUPIL), &get("http://a.example/half"), Some(PAGE), Some("5\r\notter\r\n"));
    client.say(half).await;
    drop(client);
    let events = rig.lines(2).await;
    assert_eq!(events[0], "GET http://a.example/long Allow Unknown 200 Complete");
    assert!(events[1].starts_with("GET http://a.example/half Allow Unknown 200 "), "{events:?}");
    assert!(!events[1].ends_with("Complete"), "{events:?}");
}

#[tokio::test]
async fn nobody_else_is_answered_or_believed() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap(&["10.99.0.0/16"]).await).await;
    assert!(client.is_closed().await);
    assert!(rig.lines(0).await.is_empty());
}

/// Without a word about who sent it, everybody would be whoever is at the proxy's own address.
#[tokio::test]
async fn a_message_that_is_nobodys_is_refused() {
    let rig = rig().await;
    rig.people.arrive("127.0.0.1", "staff");
    let address = rig.icap(&["127.0.0.0/8"]).await;
    let page = get("http://a.example/");
    for message in [
        shown("REQMOD", "Allow: 204\r\n", &page, None, None),
        shown("REQMOD", "Allow: 204\r\n", &connect("a.example"), None, None),
        shown("RESPMOD", "Allow: 204\r\n", &page, Some(PAGE), Some(&chunked("hello"))),
    ] {
        let mut client = Client::of(address).await;
        client.say(&message).await;
        let heard = client.hear().await;
        assert!(heard.head.starts_with("ICAP/1.0 400 X-Client-IP is missing\r\n"), "{heard:?}");
        assert!(client.is_closed().await, "{message}");
    }
    assert_eq!(rig.lines(3).await, ["malformed RelayUnclear 400"; 3]);
}

#[tokio::test]
async fn a_message_that_is_cut_or_broken_has_its_event() {
    let rig = rig().await;
    let address = rig.icap(&["127.0.0.0/8"]).await;
    let fields = format!("{}Preview: 16\r\n", from(PUPIL));
    let with = |body: &str| shown("RESPMOD", &fields, &get("http://a.example/x"), Some(PAGE), Some(body));
    let whole = with("0\r\n\r\n");
    let (in_head, in_heads) = (whole.find("Encapsulated").unwrap(), whole.find("Accept").unwrap());
    for message in [&whole[..in_head], &whole[..in_heads], &with("9\r\notter")] {
        let mut client = Client::of(address).await;
        client.say(message).await;
        client.stream.shutdown().await.unwrap();
        assert_eq!(client.hear().await.status(), "400", "{message}");
    }
    let long = chunked(&"x".repeat(17));
    for broken in ["no chunk\r\n", long.as_str()] {
        let mut client = Client::of(address).await;
        client.say(with(broken)).await;
        assert_eq!(client.hear().await.status(), "400", "{broken}");
        assert!(client.is_closed().await, "{broken}");
    }
    assert_eq!(rig.lines(5).await, ["malformed NotHttp 400"; 5]);
}

#[tokio::test]
async fn what_is_no_icap_and_what_holds_no_http_is_recorded_once_and_refused() {
    let rig = rig().await;
    let address = rig.icap(&["127.0.0.0/8"]).await;
    for (said, status) in [
        ("GET / HTTP/1.1\r\nHost: usher\r\n\r\n".to_owned(), "400"),
        ("LEARN icap://usher/ ICAP/1.0\r\nHost: usher\r\n\r\n".to_owned(), "405"),
        (shown("REQMOD", &from(PUPIL), "no http at all\r\n\r\n", None, None), "400"),
        (shown("REQMOD", &from("the pupil"), &get("http://a.example/"), None, None), "400"),
    ] {
        let mut client = Client::of(address).await;
        client.say(&said).await;
        let heard = client.hear().await;
        assert_eq!(heard.status(), status, "{said}");
        assert!(client.is_closed().await, "{said}");
    }
    let mut client = Client::of(address).await;
    let differs = "GET http://a.example/ HTTP/1.1\r\nHost: games.example\r\n\r\n";
    client.say(shown("REQMOD", &from(PUPIL), differs, None, None)).await;
    assert!(client.hear().await.inner.starts_with("HTTP/1.1 400 "));
    let events = rig.lines(5).await;
    assert!(events.iter().all(|event| event.starts_with("malformed ")), "{events:?}");
    assert_eq!(events[4], "malformed HostDiffers 400");
}

#[tokio::test]
async fn without_a_policy_nothing_goes_on() {
    let rig = rig().await;
    let mut client = Client::of(rig.icap(&["127.0.0.0/8"]).await).await;
    rig.unpublish();
    client.say(shown("REQMOD", &from(STAFF), &get("http://a.example/"), None, None)).await;
    assert!(client.hear().await.inner.starts_with("HTTP/1.1 503 "));
    client
        .say(shown("RESPMOD", &from(STAFF), &get("http://a.example/"), Some(PAGE), Some(&chunked("x"))))
        .await;
    assert!(client.hear().await.inner.starts_with("HTTP/1.1 503 "));
    client.say(shown("REQMOD", &from(STAFF), &connect("a.example"), None, None)).await;
    assert!(client.hear().await.inner.starts_with("HTTP/1.1 503 "));
    let lines = rig.lines(3).await;
    assert_eq!(lines[2], "CONNECT a.example:443 Block Unknown Terminate 503 Usher", "nobody refused it");
}
