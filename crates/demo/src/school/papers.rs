//! What stands around the agreements in the books of the invented school: new words being written, a review, two other
//! policies, questions of parents and staff, the rules on some walls.

use jiff::Span;
use jiff::civil::Date;
use usher_records::agreement::AgreementVersion;
use usher_records::agreement_draft;
use usher_records::agreement_edit::Written;
use usher_records::change::Actor;
use usher_records::linked_policy::{self, Edition};
use usher_records::person::Person;
use usher_records::poster::{self, Poster};
use usher_records::question::{self, Question, Reply};
use usher_records::review::{self, Review};
use usher_store::books::Books;
use usher_types::digest::Digest;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;

use crate::school::DemoSchool;
use crate::school::install::InstallFault;
use crate::school::languages::Desk;

const CONSULTED: &str = "The computing leads of two schools near us; the authority’s online safety adviser.";
const DECISIONS: &str = "Chat in games is looked at again in spring. The page for parents gets pictures.";
const RULE: &str = "- Personal details go into an AI tool only where the school has approved the tool.";
const ASKED: &str = "Does the rule about photos mean that grandparents may not take any at sports day?";
const WONDERED: &str = "May I use my own account of a quiz site with the class?";
const REPLIED: &str = "Please ask for the school’s account; then the children’s names stay with us.";

/// Whose hand the papers are in.
struct Hand<'a> {
    books: &'a Books,
    ids: &'a dyn IdSource,
    at: Moment,
    today: Date,
}

impl DemoSchool {
    /// Puts them into the books of a school that has none, after its agreements are published. Gives how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn write_papers(
        &self,
        books: &Books,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<Review>().await?.is_empty() {
            return Ok(0);
        }
        let staff = |role| self.people.iter().find(|person| person.roles.has(role));
        let (Some(head), Some(lead)) = (staff(Role::Headteacher), staff(Role::ComputingLead)) else {
            return Ok(0);
        };
        let hand = Hand { books, ids, at, today: Zone::london().local(at).date() };
        let desk = Desk { books, ids, at };
        hand.review(lead).await?;
        hand.policy("Behaviour policy", head).await?;
        hand.policy("Anti-bullying policy", head).await?;
        let versions: Vec<AgreementVersion> = books.values().await?;
        let version = |key: &str| versions.iter().find(|version| version.in_force && version.key == key);
        if let Some(version) = version("policy") {
            hand.words(version, lead).await?;
        }
        let class = self.group("6B").map(|group| group.id);
        let child = class.and_then(|class| self.pupils_of(class).next());
        let parent =
            child.and_then(|child| self.people.iter().find(|person| person.children.contains(&child.id)));
        if let (Some(version), Some(parent)) = (version("parent"), parent) {
            hand.question(version, parent, ASKED, None).await?;
        }
        let teacher = class.and_then(|class| self.adult_of(class));
        if let (Some(version), Some(teacher)) = (version("staff"), teacher) {
            hand.question(version, teacher, WONDERED, Some(lead)).await?;
        }
        if let Some(version) = version("pupil-ks2") {
            let rooms: Vec<String> = self.groups.iter().filter_map(|group| group.room.clone()).collect();
            // Half the rooms, so that the list has both kinds.
            for room in rooms.iter().step_by(2) {
                hand.poster(room, &rooms, version, head).await?;
            }
            let parents: Vec<&Person> =
                self.people.iter().filter(|person| !person.children.is_empty()).take(2).collect();
            desk.rules(version, &parents, (head, hand.today)).await?;
        }
        if let Some(version) = version("pupil-ks1") {
            desk.polish(version, (lead, head)).await?;
        }
        Ok(1)
    }
}

impl Hand<'_> {
    fn id<T: usher_types::ids::Named>(&self) -> Id<T> {
        Id::new(self.ids.next(self.at))
    }

    fn day(&self, span: Span) -> Date {
        self.today.saturating_add(span)
    }

    async fn review(&self, by: &Person) -> Result<(), InstallFault> {
        let review = Review {
            id: self.id(),
            day: self.day(Span::new().months(-13)),
            consulted: CONSULTED.into(),
            decisions: DECISIONS.into(),
            // Past, so that the head's first page says so.
            next: self.day(Span::new().days(-7)),
            by: by.id,
            at: self.at,
        };
        let change = review::keep(&review, self.today)?;
        self.books.commit(&change, &Actor::Person(by.id), self.at).await?;
        Ok(())
    }

    async fn policy(&self, title: &str, by: &Person) -> Result<(), InstallFault> {
        let document = self.books.store().put_blob(self.books.school(), &sheet(title)).await?;
        let review = self.day(Span::new().months(9));
        let edition = Edition { version: "2026".into(), review, document, by: by.id, at: self.at };
        let change = linked_policy::bring(self.id(), title, edition, self.today)?;
        self.books.commit(&change, &Actor::Person(by.id), self.at).await?;
        Ok(())
    }

    /// New words of the policy: one rule more than those in force.
    async fn words(&self, version: &AgreementVersion, by: &Person) -> Result<(), InstallFault> {
        let bytes = self.books.store().blob(self.books.school(), version.digest).await?;
        let file = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let Some(mut written) = Written::of(&file) else { return Ok(()) };
        written.body = format!("{}\n{RULE}", written.body);
        written.head.version = format!("{}a", written.head.version);
        let Ok((file, text)) = written.finish(None) else { return Ok(()) };
        self.books.store().put_blob(self.books.school(), file.as_bytes()).await?;
        let actor = Actor::Person(by.id);
        let (_, change) = agreement_draft::begin(self.id(), &text, &actor, self.at);
        self.books.commit(&change, &actor, self.at).await?;
        Ok(())
    }

    async fn question(
        &self,
        version: &AgreementVersion,
        asks: &Person,
        words: &str,
        answers: Option<&Person>,
    ) -> Result<(), InstallFault> {
        let question = Question {
            id: self.id(),
            person: asks.id,
            text: version.digest,
            agreement: version.title.clone(),
            words: words.into(),
            at: self.at,
            reply: answers.map(|by| Reply { by: by.id, words: REPLIED.into(), at: self.at }),
            reached: Vec::new(),
        };
        let change = question::ask(&question, 0, Vec::new())?;
        self.books.commit(&change, &Actor::Person(asks.id), self.at).await?;
        Ok(())
    }

    async fn poster(
        &self,
        room: &str,
        rooms: &[String],
        version: &AgreementVersion,
        by: &Person,
    ) -> Result<(), InstallFault> {
        let text: Option<Digest> = Some(version.digest);
        let poster = Poster { id: self.id(), room: room.into(), text, by: by.id, at: self.at };
        let earlier: Vec<Poster> = self.books.values().await?;
        // Two classes may share a room.
        if let Ok(change) = poster::note(&poster, &earlier, rooms, &[version.digest]) {
            self.books.commit(&change, &Actor::Person(by.id), self.at).await?;
        }
        Ok(())
    }
}

/// A PDF of one page that says its title.
fn sheet(title: &str) -> Vec<u8> {
    let words = format!("BT /F1 24 Tf 72 740 Td ({title}) Tj ET");
    let parts = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{words}\nendstream", words.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, part) in (1..).zip(&parts) {
        places.push(file.len());
        file.push_str(&format!("{number} 0 obj\n{part}\nendobj\n"));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", parts.len() + 1));
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        parts.len() + 1
    ));
    file.into_bytes()
}
