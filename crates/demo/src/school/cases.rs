//! A few cases of the weeks before, in the books of the invented school: closed, open, waiting for a second person, hidden.
//! None narrows anybody's web, so that the played week stays as it was.

use usher_records::case::nine::Nine;
use usher_records::case::rules::{CaseRules, Class};
use usher_records::case::sanctions::{self, Known};
use usher_records::case::thread::{Contact, Evidence, Involved, Opening, Origin, Part, Party, Seal, Terms};
use usher_records::case::{self, By, Case, act};
use usher_records::change::{Actor, Change, Stored};
use usher_records::person::Person;
use usher_records::reading::{self, Listing, Reading};
use usher_records::refusal::Refusal;
use usher_records::sanction::Restriction;
use usher_store::books::Books;
use usher_types::digest::Digest;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role};

use crate::school::DemoSchool;
use crate::school::install::InstallFault;

/// One case as it is told, with who tells it.
struct Telling<'a> {
    books: &'a Books,
    ids: &'a dyn IdSource,
    at: Moment,
    case: Stored<Case>,
}

impl DemoSchool {
    /// Puts the cases into the books of a school that has none. Gives how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open_cases(
        &self,
        books: &Books,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<Case>().await?.is_empty() {
            return Ok(0);
        }
        let staff = |role| self.people.iter().find(|person| person.roles.has(role));
        let (Some(head), Some(lead)) = (staff(Role::Headteacher), staff(Role::SafeguardingLead)) else {
            return Ok(0);
        };
        let Some((class, teacher)) =
            self.group("6B").and_then(|group| Some((group, self.adult_of(group.id)?)))
        else {
            return Ok(0);
        };
        let pupils: Vec<&Person> = self.pupils_of(class.id).take(5).collect();
        let [one, two, three, four, five] = pupils.as_slice() else { return Ok(0) };
        let begin = |number, opening, by: &Person| Telling::begin(books, ids, (number, at), opening, by.id);
        let mut shop = begin(1, told("buying-online", one.id, SHOP), teacher).await?;
        closed(&mut shop, teacher.id).await?;
        let mut games = begin(2, told("off-task", two.id, GAMES), teacher).await?;
        waits(&mut games, self, teacher.id, two.id).await?;
        let mut unkind = begin(3, told("cyberbullying", three.id, UNKIND), teacher).await?;
        unkind
            .add(teacher.id, |case, by| act::support(case, by, "Sat with the child at lunch; mum collected."))
            .await?;
        unkind.add(head.id, |case, by| act::check(case, by, 1)).await?;
        unkind.add(head.id, |case, by| act::check(case, by, 4)).await?;
        let accident = Opening {
            people: vec![Involved { who: Party::Person(four.id), part: Part::Affected }],
            ..told("accident", four.id, ACCIDENT)
        };
        begin(4, accident, teacher).await?;
        let worry = Opening {
            class: Class::ChildProtection,
            severity: 4,
            ..told("child-protection", five.id, WORRY)
        };
        begin(5, worry, lead).await?;
        let complaint = Opening {
            origin: Origin::Complaint,
            people: vec![Involved { who: Party::Outside("A grandparent".into()), part: Part::Subject }],
            ..told("complaint", five.id, COMPLAINT)
        };
        begin(6, complaint, head).await?;
        let nasty = Opening {
            origin: Origin::PupilReport,
            people: vec![Involved { who: Party::Person(two.id), part: Part::Affected }],
            ..told("hurtful-message", two.id, NASTY)
        };
        let mut nasty = begin(7, nasty, two).await?;
        let bytes = NASTY_COPY.as_bytes();
        books.store().put_blob(books.school(), bytes).await?;
        let copy = Evidence {
            digest: Digest::of(bytes),
            sealed: None,
            name: "message.txt".into(),
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            shows: "A copy that the pupil kept".into(),
        };
        nasty.add(two.id, |case, by| act::keep(case, by, copy)).await?;
        let hands = [("The office", "The safeguarding lead"), ("The safeguarding lead", "The office safe")];
        for hands in hands {
            nasty.add(head.id, |case, by| act::custody(case, by, "Tablet 12", hands, Seal::Whole)).await?;
        }
        Ok(7)
    }

    /// Some have read what breaks a rule and what may follow: the class teachers, and every other child of 4A. Gives how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read_what_counts(
        &self,
        books: &Books,
        rules: &CaseRules,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<Reading>().await?.is_empty() {
            return Ok(0);
        }
        let teachers = self.people.iter().filter(|person| person.roles.has(Role::Teacher));
        let children = self.group("4A").into_iter().flat_map(|class| self.pupils_of(class.id).step_by(2));
        let mut read = 0;
        for person in teachers.chain(children) {
            let digest = Listing::of(rules, person.kind != PersonKind::Pupil).digest();
            let reading = Reading { id: Id::new(ids.next(at)), person: person.id, digest, at };
            books.commit(&reading::read(&reading), &Actor::Person(person.id), at).await?;
            read += 1;
        }
        Ok(read)
    }
}

const SHOP: &str = "Put football cards into a shop’s basket during maths and got as far as the payment page.";
const GAMES: &str = "Opened a game three times in one lesson after being asked to stop.";
const UNKIND: &str =
    "Sent messages about another child’s shoes in the class chat, and asked others to join in.";
const ACCIDENT: &str =
    "A search for a Viking longship showed a battle picture with blood. Screen off, told me at once.";
const WORRY: &str = "Said that somebody met in a game asks for pictures and wants it kept secret.";
const NASTY: &str = "I got a nasty message. It says nobody likes me.";
const NASTY_COPY: &str = "Nobody likes you. Do not come tomorrow.";
const COMPLAINT: &str = "Says the library catalogue is shut at school and asks why.";

fn told(kind: &str, about: PersonId, details: &str) -> Opening {
    let severity = CaseRules::default().kind(kind).map_or(1, |rule| rule.severity);
    Opening {
        origin: Origin::Report,
        kind: kind.into(),
        severity,
        class: Class::Ordinary,
        people: vec![Involved { who: Party::Person(about), part: Part::Subject }],
        nine: Nine { details: details.into(), room: "Room 14".into(), ..Nine::default() },
        rule: None,
        area: None,
    }
}

/// A case from its support to its outcome.
async fn closed(telling: &mut Telling<'_>, teacher: PersonId) -> Result<(), InstallFault> {
    telling.add(teacher, |case, by| act::support(case, by, "Talked about what money online is.")).await?;
    telling
        .add(teacher, |case, by| {
            act::note(case, by, "Used a saved card at home before; did not know.", &[], None)
        })
        .await?;
    let home = "Dad has taken the card out of the account.";
    telling.add(teacher, |case, by| act::parents(case, by, Contact::Call, "Dad", home)).await?;
    telling
        .add(teacher, |case, by| act::close(case, by, "Wrote a page about buying online for the class."))
        .await
}

/// A case whose narrowing waits for a second person.
async fn waits(
    telling: &mut Telling<'_>,
    school: &DemoSchool,
    teacher: PersonId,
    child: PersonId,
) -> Result<(), InstallFault> {
    telling
        .add(teacher, |case, by| act::support(case, by, "Nobody was upset; we talked about fairness."))
        .await?;
    telling.add(teacher, |case, by| act::note(case, by, "Finishes early and gets bored.", &[], None)).await?;
    let (rules, zone) = (CaseRules::default(), Zone::london());
    let known = Known { rules: &rules, calendar: &school.calendar, zone: &zone };
    let terms = Terms {
        person: child,
        restriction: Restriction::LessonOnly,
        school_days: 5,
        reason: "Only in lessons until we have found something better for the end of them.".into(),
        heavier: None,
    };
    let id = Id::new(telling.ids.next(telling.at));
    telling.add(teacher, |case, by| sanctions::narrow(case, by, known, id, terms.clone(), "")).await
}

impl<'a> Telling<'a> {
    async fn begin(
        books: &'a Books,
        ids: &'a dyn IdSource,
        (number, at): (u32, Moment),
        opening: Opening,
        by: PersonId,
    ) -> Result<Self, InstallFault> {
        let (case, change) = case::open(Id::new(ids.next(at)), number, opening, By { person: by, at })?;
        books.commit(&change, &Actor::Person(by), at).await?;
        Ok(Self { books, ids, at, case: Stored { value: case, version: 1 } })
    }

    async fn add(
        &mut self,
        by: PersonId,
        command: impl FnOnce(&Stored<Case>, By) -> Result<Change, Refusal>,
    ) -> Result<(), InstallFault> {
        let change = command(&self.case, By { person: by, at: self.at })?;
        self.books.commit(&change, &Actor::Person(by), self.at).await?;
        if let Some(case) = self.books.get(self.case.value.id).await? {
            self.case = case;
        }
        Ok(())
    }
}
