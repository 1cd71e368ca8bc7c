//! Which page a decision shows: its words, its picture, and what can be pressed on it.

use usher_policy::decision::{Decision, Reason};
use usher_policy::verdict::Verdict;
use usher_scan::features::SentKind;

/// One kind of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// Its words: `block-<key>-title`, `block-<key>-next`.
    pub(super) key: &'static str,
    /// The picture children see.
    pub(super) picture: &'static str,
    /// The icon adults see.
    pub(super) icon: &'static str,
    /// Whether it stops or waits.
    pub(super) tone: &'static str,
    /// Whether there is something to tell: a page came up that perhaps should not have.
    pub(super) tells: bool,
    /// Whether it can be asked to be opened.
    pub(super) asks: bool,
    /// A page of the portal that helps; its words are `block-<key>-link`.
    pub(super) link: Option<&'static str>,
}

const fn stop(key: &'static str, picture: &'static str, icon: &'static str) -> Kind {
    Kind { key, picture, icon, tone: "stop", tells: false, asks: false, link: None }
}

const fn wait(key: &'static str, picture: &'static str, icon: &'static str) -> Kind {
    Kind { key, picture, icon, tone: "wait", tells: false, asks: false, link: None }
}

impl Kind {
    const fn telling(mut self) -> Self {
        self.tells = true;
        self
    }

    const fn asking(mut self) -> Self {
        self.asks = true;
        self
    }

    const fn linking(mut self, to: &'static str) -> Self {
        self.link = Some(to);
        self
    }

    /// The page of a decision that refuses.
    pub(super) const fn of(decision: &Decision) -> Self {
        match (&decision.reason, decision.verdict) {
            (Reason::SignIn, _) => wait("sign-in", "door", "user").linking("/"),
            (Reason::AcceptClause, _) => wait("clause", "hand", "hand").linking("/clause"),
            (Reason::SignAgreement(_), _) => wait("agreement", "pencil", "file-text").linking("/agreement"),
            (Reason::ParentMissing, _) => wait("parent", "children", "users"),
            (Reason::NoLesson, _) => wait("no-lesson", "teacher", "hand"),
            (Reason::NotInLessonList(_), _) => wait("list", "map", "list-checks").asking().linking("/"),
            (Reason::OutsideHours(_), _) => wait("hours", "clock", "clock"),
            (Reason::SanctionNoWeb(_), _) => wait("sanction-no-web", "clock", "clock"),
            (Reason::SanctionListOnly(_), _) => wait("sanction-list-only", "clock", "clock"),
            (Reason::SanctionLessonOnly(_), _) => wait("sanction-lesson-only", "clock", "clock"),
            (Reason::SanctionSupervisedOnly(_), _) => wait("sanction-supervised-only", "clock", "clock"),
            (Reason::SanctionNoMail(_), _) => wait("sanction-no-mail", "clock", "clock"),
            (Reason::Lockdown, _) => stop("lockdown", "lock", "lock"),
            // Sealed lists are looked for by nobody by accident twice: there is something to tell, nothing to ask.
            (Reason::SealedList, _) => stop("sealed", "stop", "ban").telling(),
            (Reason::Malware(_), _) => stop("malware", "stop", "ban").telling(),
            (Reason::Unscanned(_), _) => wait("unscanned", "hourglass", "clock"),
            (Reason::Carries(_), _) => stop("file", "stop", "ban").telling().asking(),
            // A project a teacher approved opens the form.
            (Reason::Leaving(_, SentKind::SignUp), _) => wait("sign-up", "hand", "hand").asking(),
            (Reason::Leaving(_, SentKind::Picture), _) => wait("picture", "camera", "hand").asking(),
            (Reason::Leaving(..), _) => stop("leaving", "hand", "hand").telling(),
            (Reason::ForbiddenAddress(_), _) => stop("forbidden", "stop", "ban"),
            (Reason::NoGroup, _) => stop("no-group", "question", "circle-help"),
            (Reason::SealMissing(_), _) => stop("seal-missing", "lock", "lock"),
            (_, Verdict::Coach) => wait("coach", "thumb", "triangle-alert").telling(),
            (_, Verdict::Hold) => wait("held", "hourglass", "clock").telling().asking(),
            _ => stop("blocked", "stop", "ban").telling().asking(),
        }
    }
}
