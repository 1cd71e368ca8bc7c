//! The lesson as it happens: the board again whenever something changed, as server-sent events (WHATWG HTML, 9.2).
//!
//! A connection is one browser's, bounded in number, and ends with the lesson, the sign-in or the right to see it. A
//! page that was slow is read anew from the store. Heartbeats keep it open and refresh what depends on the clock.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use usher_policy::access::Act;
use usher_records::lesson::Lesson;

use super::board::Board;
use super::find;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::live::Note;
use crate::pages::desk::around::around;
use crate::pages::desk::roll;
use crate::view::frame::Frame;

/// What happens together is shown together; a class that opens one page is thirty events.
const GATHER: Duration = Duration::from_millis(250);
/// Proxies and browsers give a silent connection up after half a minute or more.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// One connection.
struct Watching {
    app: App,
    desk: AtDesk,
    frame: Frame,
    board: Board,
    notes: Receiver<Note>,
    sent: String,
    stage: Stage,
    /// Its place among the live pages; given back when the connection ends.
    _place: OwnedSemaphorePermit,
}

#[derive(PartialEq, Eq)]
enum Stage {
    Beginning,
    Going,
    LastBoard,
    Over,
}

/// What a note means for this board.
enum Step {
    Nothing,
    Draw,
    ReadAgain,
}

/// Opens a connection.
pub(super) async fn watch(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let (lesson, group) = find(&app, roll::id(&id)?).await?;
    let Ok(place) = std::sync::Arc::clone(&app.desk.live_pages).try_acquire_owned() else {
        // The page says how to look again by hand.
        return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
    };
    // Listening begins before reading, so that nothing falls between the two; what comes twice counts once.
    let notes = app.live.listen();
    let mut board = Board::of(&app, lesson.value, group).await?;
    board.read_events(&app).await?;
    let (frame, _) = around(&app, &desk, "/lessons", "lessons-title");
    let watching = Watching {
        app,
        desk,
        frame,
        board,
        notes,
        sent: String::new(),
        stage: Stage::Beginning,
        _place: place,
    };
    let events = stream::unfold(watching, |mut watching| async move {
        let event = watching.next().await?;
        Some((Ok::<Event, Infallible>(event), watching))
    });
    Ok(Sse::new(events).into_response())
}

impl Watching {
    /// The next event; none when the connection is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            match self.stage {
                Stage::Beginning => {
                    self.stage = Stage::Going;
                    return Some(self.draw().await);
                }
                Stage::LastBoard => {
                    self.stage = Stage::Over;
                    return Some(Event::default().event("ended").data("over"));
                }
                Stage::Over => return None,
                Stage::Going => {}
            }
            let step = self.wait().await?;
            if let Some(event) = self.take(step).await {
                return Some(event);
            }
        }
    }

    /// Waits for something to show. None when the connection may not go on.
    async fn wait(&mut self) -> Option<Step> {
        let ends = self.board.lesson.ends_at.unix_ms() - self.app.now().unix_ms();
        let ends = Duration::from_millis(u64::try_from(ends).unwrap_or(0));
        tokio::select! {
            note = self.notes.recv() => Some(match note {
                Ok(note) => self.hear(&note),
                Err(RecvError::Lagged(_)) => Step::ReadAgain,
                Err(RecvError::Closed) => return None,
            }),
            () = tokio::time::sleep(ends) => Some(Step::Draw),
            () = tokio::time::sleep(HEARTBEAT) => self.may_go_on().await.then_some(Step::Draw),
        }
    }

    /// Whether whoever watches is still signed in and still may. What they may hear follows their offices of now.
    async fn may_go_on(&mut self) -> bool {
        let Some(secret) = self.desk.session.secret else { return false };
        match AtDesk::find(&self.app, secret).await {
            Ok(Some(desk)) => {
                self.desk = desk;
                self.desk.may(Act::RunLessons).is_ok()
            }
            // The books are away for a moment; the page stays as it is.
            Err(_) => true,
            Ok(None) => false,
        }
    }

    fn hear(&mut self, note: &Note) -> Step {
        let lesson = self.board.lesson.id;
        match note {
            Note::Recorded(event) => {
                self.board.add(event);
                Step::Draw
            }
            Note::Told(told) if told.lesson == Some(lesson) => Step::Draw,
            Note::Asked(asked) if asked.lesson == Some(lesson) => Step::Draw,
            Note::Lesson(changed) if changed.id == lesson => {
                self.board.lesson = Lesson::clone(changed);
                Step::Draw
            }
            Note::Presence => Step::Draw,
            Note::Told(_) | Note::Asked(_) | Note::Lesson(_) => Step::Nothing,
        }
    }

    /// Gathers what else has come, and draws if there is something new to see.
    async fn take(&mut self, mut step: Step) -> Option<Event> {
        if matches!(step, Step::Nothing) {
            return None;
        }
        tokio::time::sleep(GATHER).await;
        loop {
            match self.notes.try_recv() {
                Ok(note) => drop(self.hear(&note)),
                Err(TryRecvError::Lagged(_)) => step = Step::ReadAgain,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        if matches!(step, Step::ReadAgain) && self.read_again().await.is_err() {
            return Some(Event::default().comment("the store is away"));
        }
        if !self.board.lesson.is_open(self.app.now()) {
            self.stage = Stage::LastBoard;
        }
        let before = std::mem::take(&mut self.sent);
        let event = self.draw().await;
        if self.sent == before { Some(Event::default().comment("still here")) } else { Some(event) }
    }

    async fn read_again(&mut self) -> Result<(), AppFault> {
        let (lesson, group) = find(&self.app, self.board.lesson.id).await?;
        self.board = Board::of(&self.app, lesson.value, group).await?;
        self.board.read_events(&self.app).await
    }

    async fn draw(&mut self) -> Event {
        match self.board.html(&self.app, &self.frame, &self.desk, self.app.now()).await {
            Ok(html) => {
                self.sent = html;
                Event::default().data(&self.sent)
            }
            Err(_) => Event::default().comment("the books are away"),
        }
    }
}
