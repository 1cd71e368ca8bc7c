//! What happens in a week, one thing at a time.

use std::net::IpAddr;

use usher_records::lesson::Mode;
use usher_scan::theme::Theme;
use usher_types::ids::{GroupId, PersonId};
use usher_types::moment::Moment;

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its place in the plan, from 0, in order of time.
    pub number: u32,
    /// When.
    pub at: Moment,
    /// What.
    pub what: What,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody signs in at a device.
    SignIn(Place),
    /// Somebody signs out.
    SignOut(Place),
    /// A teacher opens a lesson.
    OpenLesson(Opening),
    /// A teacher ends a lesson.
    EndLesson {
        /// Who ends it.
        teacher: PersonId,
        /// The class.
        group: GroupId,
    },
    /// A child says that they have told an adult, from a page that was closed.
    Tell {
        /// Who, and where.
        place: Place,
        /// The address they had asked for.
        page: String,
    },
    /// Something is asked of the web.
    Fetch(Fetch),
}

/// Somebody at a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Who.
    pub person: PersonId,
    /// The device's address.
    pub device: IpAddr,
}

/// A lesson being opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Who opens it.
    pub teacher: PersonId,
    /// The class.
    pub group: GroupId,
    /// What it opens.
    pub mode: Mode,
    /// For how long.
    pub minutes: u16,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// Who is at the device; none when nobody has signed in.
    pub person: Option<PersonId>,
    /// The device's address, which the request comes from.
    pub device: IpAddr,
    /// What is asked for, absolute.
    pub address: String,
    /// A form that is sent with it; makes it a POST.
    pub form: Option<String>,
    /// How it is asked.
    pub way: Way,
    /// What it is for.
    pub purpose: Purpose,
}

/// How a request is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// `http` in absolute form, `https` through a tunnel.
    Usual,
    /// A WebSocket: one message out and back.
    Socket,
    /// A tunnel to the address's host whose TLS hello asks for another name.
    OtherName(String),
    /// A request through the tunnel whose `Host` is another name.
    OtherHost(String),
    /// A tunnel with something else than TLS in it.
    NotTls,
}

/// What a request is for; tests and figures count by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// A page.
    Page,
    /// What a browser fetches with a page.
    Part,
    /// A search.
    Search,
    /// Half-typed words, asked for by the search box.
    Suggestion,
    /// A search of ordinary words that sound worse than they are.
    HarmlessSearch,
    /// A search a grown-up should hear of.
    WorryingSearch(Theme),
    /// A form sent in.
    Form,
    /// A page that is closed to whoever asks: a game in a lesson, a social network.
    Closed,
    /// A way round the filter.
    Trick,
    /// A file.
    Download,
    /// A WebSocket.
    Socket,
    /// A program's own request, such as for updates.
    Machine,
}
