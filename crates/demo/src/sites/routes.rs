//! What each kind of site answers.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::CACHE_CONTROL;
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use crate::sites::answer::{Ask, Content, Reply, pieces};
use crate::sites::catalogue::{Catalogue, Kind, Site};
use crate::sites::files::{BIG_BYTES, FILM_BYTES, false_program, test_string, zip};
use crate::sites::html::{self, SCRIPT, STYLE, safe};

/// The most results a search shows.
const MOST_RESULTS: usize = 10;
/// The longest the slow site lets somebody wait for a piece.
const LONGEST_WAIT_MS: u64 = 2_000;
/// How long the broken site waits before it breaks off.
const BREAKS_AFTER: Duration = Duration::from_millis(20);
/// The most pieces a slow answer comes in.
const MOST_PIECES: u64 = 200;

const TEXT: &str = "text/plain; charset=utf-8";
const SVG: &str = "image/svg+xml";
const JSON: &str = "application/json";

/// The answer of a site.
pub(super) fn answer(catalogue: &Catalogue, site: &Site, ask: &Ask) -> Reply {
    if !ask.secure && site.sends_on() {
        return Reply::redirect(StatusCode::MOVED_PERMANENTLY, &site.address(&ask.path));
    }
    if let Some(reply) = special(catalogue, site, ask).or_else(|| shared(ask)) {
        return reply;
    }
    if let Some(page) = site.page(&ask.path) {
        let reply = Reply::html(html::page(site, page, &added(site, &ask.path)));
        return if ask.cookie("seen").is_some() { reply } else { reply.cookie("seen", "1") };
    }
    let main = "<h1>There is no such page</h1>\n<p>It may have moved, or the address may be mistyped.</p>";
    Reply::html(html::frame(site, "No such page", main)).status(StatusCode::NOT_FOUND)
}

/// What every site has.
fn shared(ask: &Ask) -> Option<Reply> {
    match ask.path.as_str() {
        "/style.css" => return Some(Reply::file("text/css; charset=utf-8", STYLE)),
        "/site.js" => return Some(Reply::file("text/javascript; charset=utf-8", SCRIPT)),
        "/favicon.ico" => return Some(Reply::file(SVG, html::picture("tree")?)),
        "/robots.txt" => return Some(Reply::file(TEXT, "User-agent: *\nDisallow:\n")),
        "/index.html" => return Some(Reply::redirect(StatusCode::MOVED_PERMANENTLY, "/")),
        _ => {}
    }
    let name = ask.path.strip_prefix("/pictures/")?.strip_suffix(".svg")?;
    html::picture(name).map(|svg| Reply::file(SVG, svg))
}

fn special(catalogue: &Catalogue, site: &Site, ask: &Ask) -> Option<Reply> {
    match site.kind {
        Kind::Pages | Kind::Socket => None,
        Kind::Encyclopaedia => encyclopaedia(catalogue, site, ask),
        Kind::Finder => finder(catalogue, site, ask),
        Kind::Video => video(ask),
        Kind::Shop => shop(site, ask),
        // Some of what is on a learning platform was put there by people.
        Kind::Learning => sent_in(site, ask).or_else(|| downloads(ask)),
        Kind::Forum => sent_in(site, ask),
        Kind::Downloads => downloads(ask),
        Kind::AiChat => ai_chat(ask),
        Kind::Proxy => proxy(site, ask),
        Kind::Maps => maps(ask),
        Kind::Slow => slow(ask),
        Kind::Broken => broken(ask),
        Kind::Adverts => adverts(ask),
    }
}

/// What a site adds to its pages: forms, players, tiles.
fn added(site: &Site, path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    match site.kind {
        Kind::Learning if path != "/" => {
            "<form method=\"post\" action=\"/answers\"><textarea name=\"answer\" aria-label=\"Your answer\"></textarea>\
             <button>Send to my teacher</button></form>"
                .to_owned()
        }
        Kind::Forum => "<form method=\"post\" action=\"/post\"><textarea name=\"text\" aria-label=\"Your words\"></textarea>\
             <button>Post</button></form>"
            .to_owned(),
        Kind::Video if path != "/" => (1..=3)
            .map(|piece| format!("<video preload=\"auto\" src=\"/media/{name}-{piece}.mp4\" width=\"1\"></video>"))
            .collect(),
        Kind::Shop if path != "/" => {
            format!("<form method=\"post\" action=\"/basket/add?item={name}\"><button>Put in the basket</button></form>")
        }
        Kind::AiChat => "<form data-stream action=\"/stream\"><input name=\"ask\" aria-label=\"Your question\">\
             <button>Ask</button></form><p class=\"answer\" aria-live=\"polite\"></p>"
            .to_owned(),
        Kind::Proxy => "<form action=\"/fetch\"><input name=\"page\" aria-label=\"Address\"><button>Go</button></form>".to_owned(),
        Kind::Maps => {
            let tile = |at: u32| {
                format!("<img src=\"/tile/6/{}/{}.svg\" alt=\"\">", 31 + at % 3, 20 + at / 3)
            };
            format!("<div class=\"tiles\">{}</div>", (0..6).map(tile).collect::<String>())
        }
        Kind::Socket => "<p data-socket>The socket has not said anything yet.</p>".to_owned(),
        _ => String::new(),
    }
}

fn encyclopaedia(catalogue: &Catalogue, site: &Site, ask: &Ask) -> Option<Reply> {
    (ask.path == "/search").then(|| {
        let words = ask.parameter("q");
        let found = catalogue.search(words, Some(site.name));
        Reply::html(html::results(site, words, found.get(..MOST_RESULTS).unwrap_or(&found)))
    })
}

fn finder(catalogue: &Catalogue, site: &Site, ask: &Ask) -> Option<Reply> {
    match ask.path.as_str() {
        "/find" => {
            let words = ask.parameter("words");
            let found = catalogue.search(words, None);
            Some(Reply::html(html::results(site, words, found.get(..MOST_RESULTS).unwrap_or(&found))))
        }
        "/complete" => {
            let begun = ask.parameter("words").to_lowercase();
            let titles = catalogue.sites.iter().flat_map(|site| &site.pages).map(|page| page.title.as_str());
            let fits = |title: &&str| !begun.is_empty() && title.to_lowercase().contains(&begun);
            let quoted = titles.filter(fits).take(5).map(|title| format!("\"{}\"", title.replace('"', "")));
            let list = quoted.collect::<Vec<_>>().join(",");
            let text = format!("[\"{}\",[{list}]]", begun.replace(['"', '\\'], ""));
            Some(Reply::file(JSON, text).with(CACHE_CONTROL, "no-store"))
        }
        _ => None,
    }
}

fn video(ask: &Ask) -> Option<Reply> {
    let is_film = ask.path.starts_with("/media/") && ask.path.ends_with(".mp4");
    is_film.then(|| Reply::new(StatusCode::OK, "video/mp4", Content::Generated(FILM_BYTES)))
}

fn shop(site: &Site, ask: &Ask) -> Option<Reply> {
    match ask.path.as_str() {
        "/basket/add" => {
            let wanted = ask.parameter("item");
            let known = site.page(&format!("/product/{wanted}"))?;
            let before = ask.cookie("basket").map(|items| format!("{items}.")).unwrap_or_default();
            let item = known.path.trim_start_matches("/product/");
            Some(
                Reply::redirect(StatusCode::SEE_OTHER, "/basket")
                    .cookie("basket", &format!("{before}{item}")),
            )
        }
        "/basket" => {
            let items = ask.cookie("basket").unwrap_or_default().split('.').filter(|item| !item.is_empty());
            let list: String = items.map(|item| format!("<li>{}</li>", safe(item))).collect();
            Some(Reply::html(html::frame(site, "Basket", &format!("<h1>Basket</h1><ul>{list}</ul>"))))
        }
        _ => None,
    }
}

fn sent_in(site: &Site, ask: &Ask) -> Option<Reply> {
    match (ask.path.as_str(), &ask.method) {
        ("/answers" | "/post", &Method::POST) => {
            let to = if site.kind == Kind::Learning { "/thanks" } else { "/posted" };
            let text = if ask.body.is_empty() { StatusCode::BAD_REQUEST } else { StatusCode::SEE_OTHER };
            Some(Reply::redirect(text, to))
        }
        ("/answers" | "/post", _) => {
            let reply = Reply::new(
                StatusCode::METHOD_NOT_ALLOWED,
                TEXT,
                Content::Bytes("Send a form here.\n".into()),
            );
            Some(reply.with(http::header::ALLOW, "POST"))
        }
        ("/thanks", _) => Some(said(site, "Thank you", "Your teacher has your answer.")),
        ("/posted", _) => Some(said(site, "Posted", "Everybody can read it now.")),
        _ => None,
    }
}

fn said(site: &Site, title: &str, words: &str) -> Reply {
    Reply::html(html::frame(site, title, &format!("<h1>{title}</h1><p>{words}</p>")))
}

fn downloads(ask: &Ask) -> Option<Reply> {
    let attached = |media, bytes: Bytes, name: &str| {
        let disposition = format!("attachment; filename=\"{name}\"");
        Reply::file(media, bytes).with(http::header::CONTENT_DISPOSITION, &disposition)
    };
    let name = ask.path.rsplit('/').next().unwrap_or_default();
    Some(match ask.path.as_str() {
        "/list.txt" => attached(TEXT, "apples\npears\nplums\n".into(), name),
        "/notes.zip" => {
            let files: [(&str, &[u8]); 2] =
                [("one.txt", b"The first note.\n"), ("two.txt", b"The second note.\n")];
            attached("application/zip", zip(&files).into(), name)
        }
        "/setup.exe" => {
            attached("application/vnd.microsoft.portable-executable", false_program().into(), name)
        }
        // Called a picture, and a zip with the same inside.
        "/photo.jpg" => Reply::file("image/jpeg", false_program()),
        "/homework.zip" => {
            attached("application/zip", zip(&[("homework/photo.jpg", &false_program())]).into(), name)
        }
        "/eicar.com" => attached("application/octet-stream", test_string().into(), name),
        "/eicar.zip" => {
            let text = test_string();
            attached("application/zip", zip(&[("eicar.com", text.as_bytes())]).into(), name)
        }
        "/big.bin" => Reply::new(StatusCode::OK, "application/octet-stream", Content::Generated(BIG_BYTES)),
        _ => return None,
    })
}

/// An answer that comes word by word, as server-sent events.
fn ai_chat(ask: &Ask) -> Option<Reply> {
    if ask.path != "/stream" {
        return None;
    }
    let asked = ask.parameter("ask").chars().take(80).collect::<String>().replace(['\r', '\n'], " ");
    let text = format!(
        "You asked: {asked}. I am a demonstration, so I say the same to everybody: look it up in a book, ask your \
         teacher, and check whatever a machine tells you."
    );
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let wait = Duration::from_millis(ask.number("wait_ms", 20, LONGEST_WAIT_MS));
    let events = stream::unfold(words.into_iter().map(Some).chain([None]), move |mut words| async move {
        let word = words.next()?;
        tokio::time::sleep(wait).await;
        let event =
            word.map_or_else(|| "event: end\ndata: end\n\n".to_owned(), |word| format!("data: {word}\n\n"));
        Some((Ok(Bytes::from(event)), words))
    });
    let reply = Reply::new(StatusCode::OK, "text/event-stream", Content::Stream(pieces(events)));
    Some(reply.with(CACHE_CONTROL, "no-store"))
}

/// Stands for a page fetched for somebody: it says which, and fetches nothing.
fn proxy(site: &Site, ask: &Ask) -> Option<Reply> {
    (ask.path == "/fetch").then(|| {
        let wanted = percent_decode_str(ask.parameter("page")).decode_utf8_lossy().into_owned();
        said(
            site,
            "Here is your page",
            &format!("This stands for {}, fetched round the filter.", safe(&wanted)),
        )
    })
}

fn maps(ask: &Ask) -> Option<Reply> {
    let mut numbers = ask.path.strip_prefix("/tile/")?.strip_suffix(".svg")?.split('/');
    let mut number = || numbers.next().and_then(|text| text.parse::<u32>().ok());
    let (zoom, x, y) = (number()?, number()?, number()?);
    // Rivers leave a tile where they enter the next, and so do roads.
    let (hue, bend) = ((x * 37 + y * 53 + zoom) % 60 + 90, (x * 71 + y * 29) % 160 + 48);
    Some(Reply::file(
        SVG,
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 256 256\"><rect width=\"256\" height=\"256\" \
             fill=\"hsl({hue} 35% 88%)\"/><path d=\"M0 128C64 128 64 {bend} 128 {bend}S192 128 256 128\" fill=\"none\" \
             stroke=\"#6fb3c9\" stroke-width=\"14\"/><path d=\"M128 0C128 64 {bend} 64 {bend} 128S128 192 128 256\" \
             fill=\"none\" stroke=\"#fffaf0\" stroke-width=\"8\"/></svg>"
        ),
    ))
}

/// `/drip?pieces=10&wait_ms=100`: that many pieces, that long apart.
fn slow(ask: &Ask) -> Option<Reply> {
    if ask.path != "/drip" {
        return None;
    }
    let count = ask.number("pieces", 10, MOST_PIECES);
    let wait = Duration::from_millis(ask.number("wait_ms", 100, LONGEST_WAIT_MS));
    let drops = stream::unfold(0, move |at| async move {
        if at == count {
            return None;
        }
        // Being slow is what this site is for.
        tokio::time::sleep(wait).await;
        Some((Ok(Bytes::from(format!("drop {} of {count}\n", at + 1))), at + 1))
    });
    Some(Reply::new(StatusCode::OK, TEXT, Content::Stream(pieces(drops))))
}

/// `/half` says how long it is and stops in the middle; `/pieces` stops between two pieces; `/nothing` ends before it
/// has said anything.
fn broken(ask: &Ask) -> Option<Reply> {
    let sent: &[&'static str] = if ask.path == "/nothing" { &[] } else { &["Half of this page is "] };
    let bytes = stream::unfold((sent.iter(), false), |(mut sent, begun)| async move {
        let piece = match sent.next() {
            Some(&piece) => Ok(Bytes::from(piece)),
            None => {
                if begun {
                    // Long enough for what was said to have gone out.
                    tokio::time::sleep(BREAKS_AFTER).await;
                }
                Err(std::io::Error::new(std::io::ErrorKind::ConnectionReset, "broken on purpose"))
            }
        };
        Some((piece, (sent, true)))
    });
    let reply = Reply::new(StatusCode::OK, TEXT, Content::Stream(pieces(bytes)));
    match ask.path.as_str() {
        "/half" => Some(reply.with(http::header::CONTENT_LENGTH, "4000")),
        "/pieces" | "/nothing" => Some(reply),
        _ => None,
    }
}

fn adverts(ask: &Ask) -> Option<Reply> {
    match ask.path.as_str() {
        "/banner.svg" => html::picture("gift").map(|svg| Reply::file(SVG, svg).cookie("follows", "7f3a")),
        // One transparent dot (GIF 89a).
        "/count.gif" => {
            let dot = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
            Some(
                Reply::new(StatusCode::OK, "image/gif", Content::Bytes(Bytes::from_static(dot)))
                    .cookie("follows", "7f3a"),
            )
        }
        _ => None,
    }
}
