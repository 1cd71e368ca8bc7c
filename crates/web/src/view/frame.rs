//! The frame around every page: title, words, who is signed in, where one can go.

use std::sync::Arc;

use usher_records::school::School;
use usher_types::role::Reader;

use crate::app::App;
use crate::assets;
use crate::extract::desk::AtDesk;
use crate::extract::form::TOKEN_FIELD;
use crate::extract::portal::AtDevice;
use crate::pages;
use crate::view::says::Says;

/// Which of the two places a page belongs to. They look alike and are laid out differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// What every device reaches.
    Portal,
    /// What staff use in their own browser.
    Desk,
}

/// What every template has as `f`.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The page's title.
    pub title: String,
    /// Words.
    pub says: Says,
    /// The token of the page's forms.
    pub token: String,
    /// The school's name, where it is known.
    pub school: Option<String>,
    /// The person's name, when somebody is signed in.
    pub person: Option<String>,
    /// The picture beside a child's name.
    pub face: Option<String>,
    /// Where a desk page can lead: address, words' key, whether it is here.
    pub navigation: Vec<(&'static str, &'static str, bool)>,
    /// What was just done, in words; see [`Frame::done`].
    pub done: Option<String>,
    /// Whether this is the demonstration.
    pub demonstration: bool,
    /// Which place it belongs to.
    pub voice: Voice,
}

impl Frame {
    fn new(app: &App, voice: Voice, reader: Reader, token: String, title: impl AsRef<str>) -> Self {
        let says = Says::new(Arc::clone(&app.words), reader);
        Self {
            title: says.t(title),
            says,
            token,
            school: None,
            person: None,
            face: None,
            navigation: Vec::new(),
            done: None,
            demonstration: app.places.demonstration,
            voice,
        }
    }

    /// The frame of a portal page.
    pub fn portal(app: &App, device: &AtDevice, title: impl AsRef<str>) -> Self {
        let mut frame = Self::new(app, Voice::Portal, device.reader(), device.token(app), title);
        frame.school = Some(device.school.name.clone());
        frame.person = device.name();
        frame.face = device.person.as_ref().and_then(|person| person.picture.clone());
        frame
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
        let mut frame = Self::new(app, Voice::Desk, Reader::Adult, desk.token(app), title);
        frame.school = Some(desk.school.name.clone());
        frame.person = Some(desk.person.name());
        frame.navigation = pages::desk::navigation(desk, here);
        frame
    }

    /// The frame of a desk page before anybody is signed in.
    pub fn outside(app: &App, token: String, title: impl AsRef<str>) -> Self {
        Self::new(app, Voice::Desk, Reader::Adult, token, title)
    }

    /// The frame of a page on somebody's way into another service.
    pub fn for_services(
        app: &App,
        school: &School,
        reader: Reader,
        token: String,
        title: impl AsRef<str>,
    ) -> Self {
        let mut frame = Self::new(app, Voice::Portal, reader, token, title);
        frame.school = Some(school.name.clone());
        frame
    }

    /// The same frame with a title already in words.
    #[must_use]
    pub fn titled(mut self, title: String) -> Self {
        self.title = title;
        self
    }

    /// The same frame, saying what was just done: `?done=signed` says the words under `done-signed`. A name nobody
    /// wrote words for says nothing, so that an address cannot put words into our mouth.
    #[must_use]
    pub fn done(mut self, name: Option<&str>) -> Self {
        let plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        self.done = name
            .filter(plain)
            .and_then(|name| self.says.words().find(self.says.reader(), &format!("done-{name}"), &[]));
        self
    }

    /// The reader's name, as style sheets know it.
    pub fn reader(&self) -> &'static str {
        self.says.reader().name()
    }

    /// Whether a child reads it.
    pub fn to_child(&self) -> bool {
        self.says.reader() != Reader::Adult
    }

    /// Whether a child who reads little reads it.
    pub fn to_young_child(&self) -> bool {
        self.says.reader() == Reader::Ks1
    }

    /// Whether it belongs to the portal.
    pub fn on_portal(&self) -> bool {
        self.voice == Voice::Portal
    }

    /// The address of one of our files.
    pub fn file(&self, name: &str) -> String {
        assets::address(name)
    }

    /// An icon, to stand in the page itself. It says nothing by itself: words always stand beside it.
    pub fn icon(&self, name: &str) -> String {
        assets::icon(name)
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
