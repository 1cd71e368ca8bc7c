//! The answer on its way back: what must be known of it before any of it goes on, and going on.
//!
//! Owns: holding the beginning of a page until its words are read, and a download until it is looked into; refusing
//! either truthfully while there is still a page to show, and cutting what turns bad later.
//! Does not: decide. Whatever is found becomes a fact, and the request is judged again with it.

pub(crate) mod file;
mod live;
pub(crate) mod name;
pub(crate) mod reading;

use http::{HeaderMap, Response, StatusCode, Version, header};
use tokio::time::Instant;
use usher_events::event::{End, UpstreamFault};
use usher_policy::facts::WebFacts;
use usher_scan::features::Unread;
use usher_scan::kind::Kind;
use usher_scan::stopwatch::Stopwatch;

use crate::body::Body;
use crate::coming::{Coming, Rest, Took};
use crate::forward::Home;
use crate::headers;
use crate::limits::{HELD_TEXT_BYTES, HELD_TEXT_TIME, STILL_TIME};
use crate::record::Recording;
use crate::serve;
use crate::watched::Watched;

use reading::{Reading, Way};

/// Passes an answer back: as it comes, as far as nothing speaks against it.
pub(crate) async fn pass_back(
    shows_pages: bool,
    mut recording: Recording<WebFacts>,
    answer: Response<impl Into<Rest>>,
    home: Option<Home>,
) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    let gateway = recording.gateway();
    gateway.parts.dates.hear(
        &recording.facts.address.host,
        &parts.headers,
        gateway.parts.certificate_clock.now(),
    );
    clean(&mut parts.headers);
    recording.answered(parts.status.as_u16(), &parts.headers);
    parts.version = Version::HTTP_11;
    let mut coming = Coming::new(body);
    if coming.is_given_out() {
        recording.finish(End::Complete);
        if let Some(home) = home {
            home.return_channel();
        }
        return Response::from_parts(parts, Body::Empty);
    }
    let look = look(&mut recording, parts.status, &parts.headers, &mut coming).await;
    match look {
        Look::Refused => serve::refuse(shows_pages, recording),
        Look::StoodStill => serve::failed(recording, UpstreamFault::TimedOut),
        Look::Passes => Response::from_parts(parts, watched(coming, None, recording, home)),
        Look::Read(reading) => Response::from_parts(parts, watched(coming, Some(reading), recording, home)),
    }
}

fn watched(
    coming: Coming,
    reading: Option<Box<Reading>>,
    recording: Recording<WebFacts>,
    home: Option<Home>,
) -> Body {
    Body::Watched(Box::new(Watched::new(coming, reading, recording, home)))
}

/// What looking at the beginning came to.
enum Look {
    /// The request is refused with what is known now.
    Refused,
    /// The site stopped before it was known what it sends.
    StoodStill,
    /// There is nothing in it to read.
    Passes,
    /// It goes on and is read on the way.
    Read(Box<Reading>),
}

async fn look(
    recording: &mut Recording<WebFacts>,
    status: StatusCode,
    headers: &HeaderMap,
    coming: &mut Coming,
) -> Look {
    let gateway = std::sync::Arc::clone(recording.gateway());
    if status == StatusCode::PARTIAL_CONTENT && !is_media(headers) {
        // Half a file shows nothing of what the whole is.
        let refused = reading::unlooked(recording, Kind::Unknown, Unread::Partial);
        return if refused { Look::Refused } else { Look::Passes };
    }
    let mut reading = Box::new(Reading::of(headers, &recording.facts, recording.book()));
    if reading.is_live() {
        return Look::Read(reading);
    }
    read_beginning(&mut reading, coming).await;
    match reading.way() {
        Way::Pass => Look::Passes,
        Way::File(kind) => {
            // Downloads are few: what holding one takes is not set aside for every request.
            let look = file::look(&gateway, recording, headers, &reading, kind, coming);
            let refused = Box::pin(look).await;
            if refused { Look::Refused } else { Look::Passes }
        }
        // A browser could take whatever comes later for anything.
        Way::Unknown if !reading.is_whole() && reading.shown_as().is_none() => Look::StoodStill,
        Way::Unknown | Way::Text => {
            recording.titled(reading.title());
            if reading.is_broken() && reading::unlooked(recording, Kind::Text, Unread::Broken) {
                return Look::Refused;
            }
            if let Some(says) = reading.says_anew() {
                reading::carried(recording).says = Some(says);
                if recording.judge_again() {
                    return Look::Refused;
                }
            }
            if reading.is_whole() { Look::Passes } else { Look::Read(reading) }
        }
    }
}

/// Reads until it is known what it is, and if it is text, as much of it as is held back. What a browser shows as text in
/// any case need not be known better than that; of anything else nothing goes on, however slowly it comes.
async fn read_beginning(reading: &mut Reading, coming: &mut Coming) {
    let mut first = None;
    let mut held = 0;
    while matches!(reading.way(), Way::Unknown | Way::Text) && held < HELD_TEXT_BYTES {
        let shown = reading.way() == Way::Text || reading.shown_as().is_some();
        let time = if first.is_some() && shown { HELD_TEXT_TIME } else { STILL_TIME };
        match coming.take(first.unwrap_or_else(Instant::now) + time).await {
            Took::Piece(piece) => {
                first.get_or_insert_with(Instant::now);
                held += piece.len();
                reading.feed(&piece);
            }
            Took::End => return reading.whole(),
            Took::Nothing => return,
        }
    }
}

/// One that runs from now on, for work that is bounded by time.
pub(crate) fn stopwatch() -> Stopwatch {
    let began = Instant::now();
    Stopwatch::new(move || began.elapsed())
}

/// What an answer's head must be like before it is read and goes on. Two readers could take two of several types: there is
/// one, for whoever reads it here and there.
pub(crate) fn clean(headers: &mut HeaderMap) {
    headers::clean_response(headers);
    if let Some(first) = headers.get(header::CONTENT_TYPE).cloned() {
        headers.insert(header::CONTENT_TYPE, first);
    }
}

/// Whether it is sound, film or a picture by its own word: players ask for those in parts.
fn is_media(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = kind.to_ascii_lowercase();
    ["audio/", "video/", "image/", "font/"].iter().any(|start| kind.trim_start().starts_with(start))
}
