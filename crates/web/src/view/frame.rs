//! The frame around every page: title, words, who is signed in, where one can go.

use std::sync::Arc;

use usher_policy::access::Act;
use usher_types::role::Reader;

use crate::app::App;
use crate::assets;
use crate::extract::desk::AtDesk;
use crate::extract::form::TOKEN_FIELD;
use crate::extract::portal::AtDevice;
use crate::view::says::Says;

/// What every template has as `f`.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The page's title.
    pub title: String,
    /// Words.
    pub says: Says,
    /// The token of the page's forms.
    pub token: String,
    /// The person's name, when somebody is signed in.
    pub person: Option<String>,
    /// Where a desk page can lead: address, words' key, whether it is here.
    pub navigation: Vec<(&'static str, &'static str, bool)>,
    /// Whether this is the demonstration.
    pub demonstration: bool,
}

/// Where the desk leads, for whoever may do the act.
const NAVIGATION: [(&str, &str, Act); 8] = [
    ("/", "nav-today", Act::UseDesk),
    ("/lessons", "nav-lessons", Act::RunLessons),
    ("/requests", "nav-requests", Act::AnswerRequests),
    ("/reports", "nav-reports", Act::ReadWeeklyReport),
    ("/agreements", "nav-agreements", Act::SeeSignatures),
    ("/people", "nav-people", Act::SeePeople),
    ("/lists", "nav-lists", Act::ManageLists),
    ("/health", "nav-health", Act::SeeHealth),
];

impl Frame {
    /// The frame of a portal page.
    pub fn portal(app: &App, device: &AtDevice, title: impl AsRef<str>) -> Self {
        let says = Says::new(Arc::clone(&app.words), device.reader());
        Self {
            title: says.t(title),
            says,
            token: device.token(app),
            person: None,
            navigation: Vec::new(),
            demonstration: app.places.demonstration,
        }
    }

    /// The frame of a portal page that speaks to a reader of its own: the one a child chose before signing in.
    #[must_use]
    pub fn speaking_to(mut self, app: &App, reader: Reader, title: impl AsRef<str>) -> Self {
        self.says = Says::new(Arc::clone(&app.words), reader);
        self.title = self.says.t(title);
        self
    }

    /// The frame of a desk page at `here`.
    pub fn desk(app: &App, desk: &AtDesk, here: &str, title: impl AsRef<str>) -> Self {
        let says = Says::new(Arc::clone(&app.words), Reader::Adult);
        let at = |address: &str| address == here || (address != "/" && here.starts_with(address));
        Self {
            title: says.t(title),
            says,
            token: desk.token(app),
            person: Some(desk.person.name()),
            navigation: NAVIGATION
                .into_iter()
                .filter(|(_, _, act)| desk.may(*act).is_ok())
                .map(|(address, words, _)| (address, words, at(address)))
                .collect(),
            demonstration: app.places.demonstration,
        }
    }

    /// The frame of a desk page before anybody is signed in.
    pub fn outside(app: &App, token: String, title: impl AsRef<str>) -> Self {
        let says = Says::new(Arc::clone(&app.words), Reader::Adult);
        Self {
            title: says.t(title),
            says,
            token,
            person: None,
            navigation: Vec::new(),
            demonstration: app.places.demonstration,
        }
    }

    /// The same frame with a title already in words.
    #[must_use]
    pub fn titled(mut self, title: String) -> Self {
        self.title = title;
        self
    }

    /// The address of one of our files.
    pub fn file(&self, name: &str) -> String {
        assets::address(name)
    }

    /// An icon, to stand in the page itself. It says nothing by itself: words always stand beside it.
    pub fn icon(&self, name: &str) -> String {
        let svg = assets::inline(&format!("icons/{name}.svg"));
        svg.replacen("<svg", "<svg aria-hidden=\"true\" focusable=\"false\"", 1)
    }

    /// The address of a picture.
    pub fn picture(&self, name: &str) -> String {
        assets::address(&format!("pictures/{name}.svg"))
    }

    /// The name of the hidden field with the token.
    pub const fn token_field(&self) -> &'static str {
        TOKEN_FIELD
    }
}
