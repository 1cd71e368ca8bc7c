//! What is open to whoever is here, and why: worked out by asking the policy about a page nobody knows.

use usher_policy::decide::decide_web;
use usher_policy::decision::{Reason, Step};
use usher_policy::facts::{Circumstances, WebFacts};
use usher_records::lesson::LessonList;
use usher_records::standing::Standing;
use usher_types::ids::LessonListId;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::app::{App, AppFault};
use crate::extract::portal::AtDevice;
use crate::pages::refusal::spoken_end;
use crate::view::says::Says;

/// An address no site can have (RFC 2606), so that only who asks, and when, decides about it.
const NOBODYS_PAGE: &str = "https://usher.invalid/";
/// Names of up to this many letters are usually initials.
const SHORTEST_NAME: usize = 3;

/// What is open, as the page shows it.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// How it stands: `go`, `wait` or `stop`.
    pub(super) tone: &'static str,
    /// Its icon, for adults.
    pub(super) icon: &'static str,
    /// Its picture, for children.
    pub(super) picture: &'static str,
    /// In a few words.
    pub(super) title: String,
    /// In a sentence or two.
    pub(super) text: String,
    /// Both, to be read aloud.
    pub(super) spoken: String,
    /// What to do about it: address and words.
    pub(super) action: Option<(&'static str, String)>,
    /// The pages of a lesson that has a list.
    pub(super) pages: Vec<ListedPage>,
    /// A date to sign by, where access goes on until then.
    pub(super) sign_by: Option<String>,
}

/// A page that a teacher put on the lesson's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedPage {
    /// The address as the teacher wrote it, without the scheme.
    pub(super) address: String,
    /// What a child can read instead: the last word of the address that is one.
    pub(super) name: String,
}

impl ListedPage {
    fn new(address: String) -> Self {
        let (host, path) = address.split_once('/').unwrap_or((&address, ""));
        let folders = path.split('/').rev();
        let labels = host.split('.').filter(|label| *label != "www");
        let word = folders.chain(labels).find(|part| is_word(part)).unwrap_or(host);
        Self { name: titled(word), address }
    }
}

/// Letters and hyphens only: numbers, file names and codes are for computers.
fn is_word(part: &str) -> bool {
    part.len() > 1 && part.chars().all(|letter| letter.is_alphabetic() || letter == '-')
}

/// `great-fire` is "Great fire", `bbc` is "BBC".
fn titled(word: &str) -> String {
    if word.len() <= SHORTEST_NAME {
        return word.to_uppercase();
    }
    let spaced = word.replace('-', " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How one situation is shown.
struct Look {
    key: &'static str,
    tone: &'static str,
    icon: &'static str,
    picture: &'static str,
    /// Where its button leads; its words are `state-<key>-action`.
    action: Option<&'static str>,
}

const fn look(key: &'static str, tone: &'static str, icon: &'static str, picture: &'static str) -> Look {
    Look { key, tone, icon, picture, action: None }
}

impl Look {
    const fn leading(mut self, address: &'static str) -> Self {
        self.action = Some(address);
        self
    }
}

/// What is open to whoever is at the device.
pub(super) async fn state(app: &App, device: &AtDevice, says: &Says) -> Result<State, AppFault> {
    let who = &device.who;
    let zone = &device.school.zone;
    let reason = reason(app, who, device.at);
    let look = look_of(reason.as_ref(), who);
    let ends = who.lesson.map(|lesson| zone.local(lesson.ends_at).spoken_time());
    let until = sanction_end(reason.as_ref(), who).map(|until| spoken_end(zone, until, device.at));
    let time = until.or(ends).unwrap_or_default();
    let pages = match reason {
        Some(Reason::NotInLessonList(list)) => lesson_pages(app, list).await?,
        _ => Vec::new(),
    };
    let sign_by = match &who.subject.standing {
        Standing::DueBy { by, .. } if device.at < *by => Some(zone.local(*by).spoken_date()),
        _ => None,
    };
    let title = says.t(format!("state-{}-title", look.key));
    let text = says.t1(format!("state-{}-text", look.key), "time", time);
    Ok(State {
        spoken: format!("{title} {text}"),
        tone: look.tone,
        icon: look.icon,
        picture: look.picture,
        title,
        text,
        action: look.action.map(|address| (address, says.t(format!("state-{}-action", look.key)))),
        pages,
        sign_by,
    })
}

/// Why a page nobody knows would not open; none when there is no snapshot yet. What decides about the page itself is
/// not a reason here: the web is open.
fn reason(app: &App, who: &Circumstances, at: Moment) -> Option<Reason> {
    let snapshot = app.snapshot.load_full()?;
    let facts = WebFacts::page(who.clone(), WebAddress::parse(NOBODYS_PAGE).ok()?);
    let decision = decide_web(&snapshot, &facts, at);
    let about_page = matches!(decision.step, Step::GroupRules | Step::Categories | Step::Default);
    Some(if about_page { Reason::Unknown } else { decision.reason })
}

fn look_of(reason: Option<&Reason>, who: &Circumstances) -> Look {
    match reason {
        None => look("starting", "wait", "clock", "hourglass"),
        Some(Reason::SignAgreement(_)) => {
            look("agreement", "wait", "file-text", "pencil").leading("/agreement")
        }
        Some(Reason::AcceptClause) => look("clause", "wait", "hand", "hand").leading("/clause"),
        Some(Reason::ParentMissing) => look("parent", "wait", "users", "children"),
        Some(Reason::SanctionNoWeb(_)) => look("sanction-no-web", "stop", "clock", "clock"),
        Some(Reason::SanctionListOnly(_)) => look("sanction-list-only", "wait", "clock", "clock"),
        Some(Reason::SanctionLessonOnly(_)) => look("sanction-lesson-only", "wait", "clock", "clock"),
        Some(Reason::SanctionSupervisedOnly(_)) => look("sanction-supervised-only", "wait", "clock", "clock"),
        Some(Reason::SanctionNoMail(_)) => look("sanction-no-mail", "wait", "clock", "clock"),
        Some(Reason::NoLesson) => look("no-lesson", "wait", "hand", "teacher").leading("/"),
        Some(Reason::NotInLessonList(_)) => look("list", "go", "list-checks", "map"),
        Some(Reason::OutsideHours(_)) => look("hours", "stop", "clock", "clock"),
        Some(Reason::Lockdown) => look("lockdown", "stop", "lock", "lock"),
        Some(Reason::NoGroup) => look("no-group", "stop", "circle-help", "question"),
        Some(Reason::SealMissing(_)) => look("seal-missing", "stop", "lock", "lock"),
        Some(Reason::Unrestricted(_)) => look("unrestricted", "go", "unlock", "key"),
        Some(_) if who.lesson.is_some() => look("lesson", "go", "circle-check", "thumb"),
        Some(_) => look("open", "go", "circle-check", "thumb"),
    }
}

fn sanction_end(reason: Option<&Reason>, who: &Circumstances) -> Option<Moment> {
    let id = reason?.sanction()?;
    who.subject.restrictions.iter().find(|one| one.sanction == id).map(|one| one.until)
}

/// The pages a teacher chose, as they are written.
async fn lesson_pages(app: &App, list: LessonListId) -> Result<Vec<ListedPage>, AppFault> {
    let list = app.books.get::<LessonList, _>(list).await?;
    let pages = list.map(|list| list.value.pages).unwrap_or_default();
    Ok(pages.iter().map(|page| ListedPage::new(page.to_string())).collect())
}

#[cfg(test)]
mod tests {
    use super::ListedPage;

    #[test]
    fn a_child_reads_a_word_instead_of_an_address() {
        let name = |address: &str| ListedPage::new(address.to_owned()).name;
        assert_eq!(name("encyclopaedia.example/article/great-fire"), "Great fire");
        assert_eq!(name("minibeasts.blog-host.example"), "Minibeasts");
        assert_eq!(name("learning.example/"), "Learning");
        assert_eq!(name("www.bbc.example/bitesize/z3kw2hv"), "Bitesize");
        assert_eq!(name("www.bbc.example"), "BBC");
        assert_eq!(name("192.0.2.7/"), "192.0.2.7");
    }
}
