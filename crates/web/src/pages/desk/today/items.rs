//! What there may be to do, by what somebody may do about it.

use std::sync::Arc;

use usher_activity::spool::SpoolState;
use usher_policy::access::Act;
use usher_records::permission::Entry as Said;
use usher_records::register::Entry;
use usher_records::report::IssuedReport;
use usher_records::request::UnblockRequest;
use usher_records::told::What;
use usher_records::unrestricted::Unrestricted;
use usher_types::role::PersonKind;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::lessons::open_now;
use crate::pages::desk::lessons::start::{Quick, mine};
use crate::pages::desk::roll::Roll;
use crate::pages::desk::{
    activity_reviews, address, agreements, alerts, cases, equipment, erasures, examinations, laptops, ledger,
    lists, monitoring, permissions, policy, questions, requests, reviews, standings, told,
};
use crate::view::frame::Frame;

/// Names told one by one in one item; of more, the rest are counted.
const NAMED: usize = 3;
/// An answer stands on the first page for two days; then it is among the permissions.
const ANSWER_SHOWN_MINUTES: i64 = 2 * 24 * 60;
/// New cases told one by one; more are in the list of cases.
const MOST_CASES: usize = 5;

/// One thing that needs somebody.
pub(super) struct Item {
    /// How pressing it is, for its edge: `stop`, `wait`, `info` or `go`.
    pub(super) tone: &'static str,
    pub(super) icon: &'static str,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) action: Option<Action>,
}

/// What to do about it.
pub(super) enum Action {
    /// Go and look.
    Go(String, String),
    /// Press, and it is done: where it is sent, and the words.
    Press(String, String),
}

/// Everything there is today.
#[derive(Default)]
pub(super) struct Items {
    pub(super) items: Vec<Item>,
    /// My classes without a lesson, each with its button.
    pub(super) quick: Vec<Quick>,
    /// Whether this person runs lessons but has no class of their own.
    pub(super) lessons: bool,
}

/// Gathers it, most pressing first.
pub(super) async fn of(app: &App, desk: &AtDesk, f: &Frame, roll: &Arc<Roll>) -> Result<Items, AppFault> {
    let mut gather = Gather { app, desk, f, roll, clock: Clock::at(desk), found: Items::default() };
    gather.stopped();
    gather.not_put_out().await?;
    gather.alerts().await?;
    gather.clauses().await?;
    gather.told().await?;
    gather.cases().await?;
    gather.requests().await?;
    gather.permissions().await?;
    gather.policies().await?;
    gather.questions().await?;
    gather.words().await?;
    gather.review().await?;
    gather.activity_review().await?;
    gather.spot_check().await?;
    gather.monitoring().await?;
    gather.examinations().await?;
    gather.erasures().await?;
    gather.lessons().await?;
    gather.unrestricted().await?;
    gather.reports().await?;
    gather.agreements().await?;
    gather.held().await?;
    gather.register().await?;
    gather.returns().await?;
    gather.laptops().await?;
    Ok(gather.found)
}

struct Gather<'a> {
    app: &'a App,
    desk: &'a AtDesk,
    f: &'a Frame,
    roll: &'a Arc<Roll>,
    clock: Clock<'a>,
    found: Items,
}

impl Gather<'_> {
    fn may(&self, act: Act) -> bool {
        self.desk.may(act).is_ok()
    }

    fn add(
        &mut self,
        tone: &'static str,
        icon: &'static str,
        words: (String, String),
        action: Option<Action>,
    ) {
        self.found.items.push(Item { tone, icon, title: words.0, text: words.1, action });
    }

    /// No web for anybody: everybody is told, and those who can see why are led there.
    fn stopped(&mut self) {
        let says = &self.f.says;
        let key = match (self.app.spool.state(), self.app.snapshot.load().is_some()) {
            (SpoolState::Open, true) => return,
            (SpoolState::Full, _) => "today-stopped-full",
            (SpoolState::Broken | SpoolState::Stopping, _) => "today-stopped-spool",
            (SpoolState::Open, false) => "today-stopped-policy",
        };
        let words = (says.t("today-stopped"), says.t(key));
        let go = self.may(Act::SeeHealth).then(|| Action::Go("/health".into(), says.t("today-see-health")));
        self.add("stop", "triangle-alert", words, go);
    }

    async fn alerts(&mut self) -> Result<(), AppFault> {
        for alert in alerts::waiting(self.app, self.desk, self.roll).await? {
            let says = &self.f.says;
            let who = alerts::who(self.app, says, self.roll, &alert);
            let title = says.t2("today-alert", ("concern", &alerts::concern(says, &alert)), ("who", &who));
            let go = Action::Go(format!("/alerts/{}", alert.id), says.t("today-alert-go"));
            let words = (title, self.clock.time(alert.from));
            self.add("stop", "bell", words, Some(go));
        }
        Ok(())
    }

    /// What people signed and is not true any more.
    async fn clauses(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::SeeLedger) {
            return Ok(());
        }
        let count = ledger::untrue(self.app, self.desk).await?;
        if count > 0 {
            let says = &self.f.says;
            let go = Action::Go("/ledger?list=no-longer".into(), says.t("today-untrue-go"));
            let words = (says.n("today-untrue", "count", count), says.t("today-untrue-text"));
            self.add("stop", "circle-alert", words, Some(go));
        }
        Ok(())
    }

    async fn told(&mut self) -> Result<(), AppFault> {
        for told in told::waiting(self.app, self.desk).await? {
            let says = &self.f.says;
            let name = self.roll.name(says, told.person);
            let class = told.group.map(|group| self.roll.class_name(says, group)).unwrap_or_default();
            let key = match told.what {
                What::Accident => "today-accident",
                What::PasswordKnown => "today-password-known",
                What::ToldAnAdult | What::TellSomeone => "today-told",
            };
            let title = says.t2(key, ("name", &name), ("class", &class));
            let page = told.address.as_ref().map(address::shown);
            let text: Vec<String> =
                [Some(self.clock.time(told.at)), page, told.words].into_iter().flatten().collect();
            let press = Action::Press(format!("/told/{}/seen", told.id), says.t("today-told-seen"));
            self.add("stop", "hand", (title, text.join(" · ")), Some(press));
        }
        Ok(())
    }

    /// Cases that came to this person and that they have not seen.
    async fn cases(&mut self) -> Result<(), AppFault> {
        for case in cases::waiting(self.app, self.desk, self.roll).await?.into_iter().take(MOST_CASES) {
            let says = &self.f.says;
            let words = (case.title, says.t("today-case-text"));
            let go = Action::Go(case.address, says.t("today-case-go"));
            self.add(if case.pressing { "stop" } else { "wait" }, "file-text", words, Some(go));
        }
        Ok(())
    }

    async fn requests(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::SeeRequests) {
            return Ok(());
        }
        let waiting = self.app.books.find::<UnblockRequest>("state", "waiting").await?;
        let waiting = waiting.into_iter().map(|stored| stored.value).collect();
        let waiting = requests::readable(self.app, self.desk, waiting).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let says = &self.f.says;
        let pages: Vec<String> =
            waiting.iter().take(NAMED).map(|asked| address::shown(&asked.address)).collect();
        let title = says.n("today-requests", "count", waiting.len());
        let go = Action::Go("/requests".into(), says.t("today-answer"));
        self.add("wait", "circle-help", (title, pages.join(", ")), Some(go));
        Ok(())
    }

    /// What waits for this person to decide, and what they were answered in the last days.
    async fn permissions(&mut self) -> Result<(), AppFault> {
        let waiting = permissions::waiting(self.app, self.desk, self.roll).await?;
        let says = &self.f.says;
        if !waiting.is_empty() {
            let named: Vec<String> =
                waiting.iter().take(NAMED).map(|one| permissions::title(says, one)).collect();
            let title = says.n("today-permissions", "count", waiting.len());
            let go = Action::Go("/permissions?state=me".into(), says.t("today-answer"));
            self.add("wait", "hand", (title, named.join(", ")), Some(go));
        }
        let since = self.desk.at.plus_minutes(-ANSWER_SHOWN_MINUTES);
        for one in permissions::answered(self.app, self.desk, since).await? {
            let Some((yes, words)) = one.decision().and_then(Said::answer) else { continue };
            let says = &self.f.says;
            let key = if yes { "today-permission-yes" } else { "today-permission-no" };
            let title = says.t1(key, "what", permissions::title(says, &one));
            let go = Action::Go(format!("/permissions/{}", one.id), says.t("today-permission-go"));
            self.add("info", "message-circle", (title, words.to_owned()), Some(go));
        }
        Ok(())
    }

    async fn lessons(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::RunLessons) {
            return Ok(());
        }
        let says = &self.f.says;
        let open = open_now(self.app, self.desk.at).await?;
        let of_mine = |group| self.desk.person.groups.contains(&group);
        for lesson in
            open.iter().filter(|lesson| lesson.adult == self.desk.person.id || of_mine(lesson.group))
        {
            let class = self.roll.class_name(says, lesson.group);
            let here = self.app.table.in_group(lesson.group, self.desk.at).len();
            let title =
                says.t2("today-lesson", ("class", &class), ("time", &self.clock.time(lesson.ends_at)));
            let text = says.n("today-lesson-here", "here", here);
            let go = Action::Go(format!("/lessons/{}", lesson.id), says.t("today-lesson-go"));
            self.found.items.push(Item { tone: "info", icon: "play", title, text, action: Some(go) });
        }
        self.found.quick = mine(self.app, self.desk, self.roll, says);
        self.found.quick.retain(|quick| open.iter().all(|lesson| lesson.group.to_string() != quick.group));
        let any = self.desk.person.groups.iter().any(|group| self.roll.group(*group).is_some());
        self.found.lessons = !any;
        Ok(())
    }

    async fn unrestricted(&mut self) -> Result<(), AppFault> {
        let mine = self.app.books.find::<Unrestricted>("person", self.desk.person.id).await?;
        let open = mine.into_iter().find(|time| time.value.is_open(self.desk.at));
        if let Some(time) = open {
            let says = &self.f.says;
            let title = says.t1("today-unrestricted", "time", self.clock.time(time.value.until));
            let press = Action::Press("/unrestricted/end".into(), says.t("unrestricted-end"));
            self.add("wait", "unlock", (title, time.value.reason), Some(press));
        }
        Ok(())
    }

    async fn reports(&mut self) -> Result<(), AppFault> {
        let (me, may) = (self.desk.person.id, self.may(Act::ReadWeeklyReport));
        let mut reports = self.app.books.values::<IssuedReport>().await?;
        reports.retain(|report| {
            let mine = may || report.was_passed_to(self.desk.person.roles);
            mine && report.readers.contains(&me) && report.opened.iter().all(|(reader, _)| *reader != me)
        });
        reports.sort_by_key(|report| std::cmp::Reverse(report.from));
        let says = &self.f.says;
        if let Some(latest) = reports.first() {
            let title = says.t1("today-report", "date", self.clock.day(latest.from));
            let text = says.n("today-report-items", "items", latest.items);
            let go = Action::Go(format!("/reports/{}", latest.id), says.t("today-report-go"));
            let tone = if latest.items > 0 { "wait" } else { "info" };
            self.add(tone, "file-text", (title, text), Some(go));
        }
        Ok(())
    }

    /// The whole school for those who see signatures, their own class for teachers.
    async fn agreements(&mut self) -> Result<(), AppFault> {
        let today = self.clock.today();
        let school = self.may(Act::SeeSignatures);
        let teaches = self.may(Act::RunLessons) && !self.desk.person.groups.is_empty();
        if !school && !teaches {
            return Ok(());
        }
        let in_class = |groups: &[usher_types::ids::GroupId]| {
            groups.iter().any(|group| self.desk.person.groups.contains(group))
        };
        let people = self.roll.people().filter(|person| person.is_here(today));
        let whom: Vec<_> = people
            .filter(|person| school || (person.kind == PersonKind::Pupil && in_class(&person.groups)))
            .filter(|person| person.kind != PersonKind::Visitor)
            .cloned()
            .collect();
        let standings = standings::of(self.app, self.desk, &whom).await?;
        let owing: Vec<String> = whom
            .iter()
            .filter(|person| standings.get(&person.id).is_some_and(|standing| standing.owed().is_some()))
            .map(|person| person.name())
            .collect();
        if owing.is_empty() {
            return Ok(());
        }
        let says = &self.f.says;
        if school {
            let title = says.n("today-agreements", "count", owing.len());
            let go = Action::Go("/agreements/outstanding".into(), says.t("today-agreements-go"));
            self.add("info", "list-checks", (title, says.t("today-agreements-text")), Some(go));
        } else {
            let title = says.n("today-agreements-class", "count", owing.len());
            let more = owing.len().saturating_sub(NAMED);
            let names = owing.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            let names =
                if more == 0 { names } else { says.t2("board-and-more", ("names", &names), ("more", &more)) };
            let text = says.t1("today-agreements-class-text", "names", names);
            self.add("info", "list-checks", (title, text), None);
        }
        Ok(())
    }

    /// Questions about agreements that reach this person.
    async fn questions(&mut self) -> Result<(), AppFault> {
        let waiting = questions::waiting(self.app, self.desk, self.roll).await?;
        let Some(first) = waiting.first() else { return Ok(()) };
        let says = &self.f.says;
        let go = if waiting.len() == 1 { format!("/questions/{}", first.id) } else { "/questions".into() };
        let title = says.n("today-questions", "count", waiting.len());
        let text = says.t2(
            "today-question-text",
            ("name", &self.roll.name(says, first.person)),
            ("agreement", &first.agreement),
        );
        self.add("wait", "circle-help", (title, text), Some(Action::Go(go, says.t("question-answer"))));
        Ok(())
    }

    /// Agreements that are asked for and not in force: nobody who is to sign one has the web.
    async fn not_put_out(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::ChangeSettings) {
            return Ok(());
        }
        let missing = agreements::drafts::not_put_out(self.app, self.desk).await?;
        if !missing.is_empty() {
            let says = &self.f.says;
            let text = says.t1("today-not-put-out-text", "which", missing.join(", "));
            let go = Action::Go("/agreements/drafts".into(), says.t("today-not-put-out-go"));
            self.add("stop", "file-text", (says.t("today-not-put-out"), text), Some(go));
        }
        Ok(())
    }

    /// New words of agreements: for the governors' decision to be recorded, or for the head to publish.
    async fn words(&mut self) -> Result<(), AppFault> {
        let asks = self.desk.school.settings.agreements.governors_approve;
        for draft in agreements::drafts::waiting(self.app).await? {
            let ready = draft.approval().is_some();
            let (act, key) = match (asks, ready) {
                (true, false) => (Act::RecordApproval, "today-words-approve"),
                (true, true) => (Act::ChangeSettings, "today-words-publish"),
                // Without approval, nobody knows when the words are done but whoever writes them.
                (false, _) => continue,
            };
            if self.may(act) {
                let says = &self.f.says;
                let go = Action::Go(format!("/agreements/drafts/{}", draft.id), says.t("agreement-draft-go"));
                self.add("info", "file-text", (says.t(key), draft.title), Some(go));
            }
        }
        Ok(())
    }

    /// The policy's own review, when its day is past.
    async fn review(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::KeepPolicies) {
            return Ok(());
        }
        if let Some(day) = reviews::overdue(self.app, self.desk).await? {
            let says = &self.f.says;
            let words = (says.t("today-review"), says.t1("reviews-overdue", "day", self.clock.date(day)));
            let go = Action::Go("/reviews".into(), says.t("today-review-go"));
            self.add("stop", "clock", words, Some(go));
        }
        Ok(())
    }

    /// Web use that leaders should have looked through.
    async fn activity_review(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::ReviewActivity) {
            return Ok(());
        }
        if let Some(day) = activity_reviews::overdue(self.app, self.desk).await? {
            let says = &self.f.says;
            let due = says.t1("activity-reviews-overdue", "day", self.clock.date(day));
            let go = Action::Go("/activity-reviews".into(), says.t("today-activity-review-go"));
            self.add("stop", "clock", (says.t("today-activity-review"), due), Some(go));
        }
        Ok(())
    }

    /// Searches that raised no alert, which somebody should have looked at.
    async fn spot_check(&mut self) -> Result<(), AppFault> {
        if alerts::spot_check_due(self.app, self.desk).await? {
            let says = &self.f.says;
            let words = (says.t("today-spot-check"), says.t("spot-checks-due"));
            let go = Action::Go("/alerts/spot-checks".into(), says.t("today-spot-check-go"));
            self.add("wait", "search", words, Some(go));
        }
        Ok(())
    }

    /// Answers to what is not seen that should have been looked at again.
    async fn monitoring(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::KeepMonitoring) {
            return Ok(());
        }
        if let Some((count, day)) = monitoring::overdue(self.app, self.desk).await? {
            let says = &self.f.says;
            let title = says.n("today-monitoring", "count", count);
            let due = says.t1("monitoring-overdue", "day", self.clock.date(day));
            let go = Action::Go("/monitoring#not-seen".into(), says.t("today-monitoring-go"));
            self.add("stop", "clock", (title, due), Some(go));
        }
        if let Some(term) = monitoring::terms::due(self.app, self.desk).await? {
            let says = &self.f.says;
            let title = says.t1("today-term-change", "term", &term.name);
            let go = Action::Go("/monitoring/terms/new".into(), says.t("today-term-change-go"));
            self.add("wait", "file-text", (title, says.t("term-changes-title")), Some(go));
        }
        Ok(())
    }

    /// Examinations of files that wait for this person as the second.
    async fn examinations(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::ExamineFiles) {
            return Ok(());
        }
        let count = examinations::waiting_for(self.app, self.desk, self.roll).await?;
        if count > 0 {
            let says = &self.f.says;
            let go = Action::Go("/examinations".into(), says.t("today-exams-go"));
            self.add(
                "wait",
                "users",
                (says.n("today-exams", "count", count), says.t("exams-title")),
                Some(go),
            );
        }
        Ok(())
    }

    /// Erasures that wait for this person as the second.
    async fn erasures(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::EraseSomebody) {
            return Ok(());
        }
        let count = erasures::waiting_for(self.app, self.desk, self.roll).await?;
        if count > 0 {
            let says = &self.f.says;
            let go = Action::Go("/erasures".into(), says.t("today-erasures-go"));
            self.add(
                "wait",
                "users",
                (says.n("today-erasures", "count", count), says.t("erasures-title")),
                Some(go),
            );
        }
        Ok(())
    }

    /// Changes of the policy that wait for this person as the second.
    async fn policies(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::ManageLists) {
            return Ok(());
        }
        for draft in policy::waiting_for(self.app, self.desk, self.roll).await? {
            let says = &self.f.says;
            let title = says.t1("today-policy", "name", self.roll.name(says, draft.by));
            let go = Action::Go(format!("/policy/drafts/{}", draft.id), says.t("today-policy-go"));
            self.add("wait", "users", (title, draft.reason), Some(go));
        }
        Ok(())
    }

    async fn held(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::ManageLists) {
            return Ok(());
        }
        let waiting = lists::undecided(self.app).await?;
        let count = waiting.entries.len() + waiting.sources.len();
        if count > 0 {
            let says = &self.f.says;
            let title = says.n("today-held", "count", count);
            let go = Action::Go("/lists#held".into(), says.t("today-held-go"));
            self.add("info", "shield", (title, says.t("today-held-text")), Some(go));
        }
        Ok(())
    }

    /// Laptops whose holder has still to choose a new password (ACC-11).
    async fn laptops(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::LendEquipment) {
            return Ok(());
        }
        let count = laptops::due(self.app, self.desk).await?;
        if count > 0 {
            let says = &self.f.says;
            let title = says.n("today-laptops", "count", count);
            let go = Action::Go("/equipment/laptops".into(), says.t("today-laptops-go"));
            self.add("wait", "key-round", (title, says.t("today-laptops-text")), Some(go));
        }
        Ok(())
    }

    async fn returns(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::LendEquipment) {
            return Ok(());
        }
        let count = equipment::waiting(self.app).await?;
        if count > 0 {
            let says = &self.f.says;
            let title = says.n("today-returns", "count", count);
            let go = Action::Go("/equipment".into(), says.t("today-returns-go"));
            self.add("wait", "monitor", (title, says.t("today-returns-text")), Some(go));
        }
        Ok(())
    }

    async fn register(&mut self) -> Result<(), AppFault> {
        if !self.may(Act::ReadRegister) {
            return Ok(());
        }
        let entries = self.app.books.values::<Entry>().await?;
        let count = entries.iter().filter(|entry| entry.entered.is_none()).count();
        if count > 0 {
            let says = &self.f.says;
            let title = says.n("today-register", "count", count);
            let go = Action::Go("/register?entered=no".into(), says.t("today-register-go"));
            self.add("wait", "book-open", (title, says.t("today-register-text")), Some(go));
        }
        Ok(())
    }
}
