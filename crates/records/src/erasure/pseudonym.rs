//! What stands where a person stood: the code for their id, no name in their own records, and the code's name for the names that
//! were agreed on, in free text alone.
//!
//! A field that a program reads is never searched for names. Cases and words that were agreed by many are left as they are.

use serde_json::{Map, Value};
use usher_types::digest::Digest;
use usher_types::email::EmailAddress;
use usher_types::ids::PersonId;

use crate::account::{Account, Owner, Username};
use crate::change::{Actor, JournalLine};
use crate::noun::Kind;
use crate::person::{Home, Person};

/// The shortest single name that can be looked for. A shorter one is in too many other words' places.
const SHORTEST_NAME: usize = 3;

/// The names of somebody, as they may be looked for in free text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Names of several words, and their address, that nobody else has.
    pub whole: Vec<String>,
    /// Single names that nobody else has: whether one is a word as well, a person says.
    pub single: Vec<String>,
    /// Names that others have too. They stay.
    pub shared: Vec<String>,
}

impl Names {
    /// All that these forms of a person's record name them by, with their accounts, among everybody the school knows.
    pub fn of(forms: &[Person], accounts: &[Account], all: &[Person]) -> Self {
        let mut names = Self::default();
        let who = forms.first().map(|person| person.id);
        let others: Vec<&Person> = all.iter().filter(|other| Some(other.id) != who).collect();
        for person in forms {
            for whole in whole_names(person) {
                let same = |other: &&Person| whole_names(other).iter().any(|name| is_same(name, &whole));
                let to = if others.iter().any(same) { &mut names.shared } else { &mut names.whole };
                push(to, whole);
            }
            for single in single_names(person) {
                let same = |other: &&Person| single_names(other).iter().any(|name| is_same(name, &single));
                let to = if others.iter().any(same) { &mut names.shared } else { &mut names.single };
                push(to, single);
            }
            if let Some(email) = &person.email {
                let same = |other: &&Person| other.email.as_ref() == Some(email);
                let to = if others.iter().any(same) { &mut names.shared } else { &mut names.whole };
                push(to, email.to_string());
            }
        }
        let theirs = |account: &&Account| who.is_some_and(|who| account.owner == Owner::Person(who));
        for account in accounts.iter().filter(theirs) {
            let name = account.username.to_string();
            let other = |one: &Account| !theirs(&one) && is_same(one.username.as_str(), &name);
            let same = |one: &&Person| single_names(one).iter().any(|single| is_same(single, &name));
            let taken = accounts.iter().any(other) || others.iter().any(same);
            push(if taken { &mut names.shared } else { &mut names.single }, name);
        }
        names
    }

    /// Whether it is one of those that may be looked for.
    pub fn may_be(&self, word: &str) -> bool {
        self.whole.iter().chain(&self.single).any(|name| name == word)
    }
}

fn push(to: &mut Vec<String>, name: String) {
    if !to.contains(&name) {
        to.push(name);
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn whole_names(person: &Person) -> Vec<String> {
    let firsts = [Some(&person.given), person.known_as.as_ref()];
    let forms = firsts.into_iter().flatten().flat_map(|first| {
        [
            format!("{first} {}", person.family),
            format!("{}, {first}", person.family),
            format!("{} {first}", person.family),
        ]
    });
    forms.filter(|name| name.split_whitespace().filter(|word| word.chars().count() > 1).count() > 1).collect()
}

fn single_names(person: &Person) -> Vec<String> {
    let parts = [Some(&person.given), person.known_as.as_ref(), Some(&person.family)];
    let words = parts.into_iter().flatten().flat_map(|part| part.split_whitespace());
    words.filter(|word| word.chars().count() >= SHORTEST_NAME).map(str::to_owned).collect()
}

/// Puts a code in a person's place.
#[derive(Debug, Clone)]
pub struct Pseudonym {
    from: PersonId,
    to: PersonId,
    email: Vec<EmailAddress>,
    whole: Vec<String>,
    single: Vec<String>,
    papers: Vec<String>,
}

impl Pseudonym {
    /// For the person of these forms of a record, with the words that were agreed on.
    pub fn new(forms: &[Person], words: &[String], to: PersonId) -> Self {
        let from = forms.first().map_or(to, |person| person.id);
        let email = forms.iter().filter_map(|person| person.email.clone()).collect();
        let (whole, single) = words.iter().cloned().partition(|word| word.contains([' ', '@']));
        Self { from, to, email, whole, single, papers: Vec::new() }
    }

    /// With papers that named them: what was sent under such a name is taken from what is kept of the mail.
    #[must_use]
    pub fn with_papers(self, papers: Vec<String>) -> Self {
        Self { papers, ..self }
    }

    /// Whether a paper of this name named them.
    pub fn is_in_paper(&self, name: &str) -> bool {
        self.papers.iter().any(|paper| paper == name)
    }

    /// Who is taken out.
    pub const fn person(&self) -> PersonId {
        self.from
    }

    /// What stands for them.
    pub const fn code(&self) -> PersonId {
        self.to
    }

    /// Whole names and addresses: nobody else is called so, wherever they stand.
    pub fn whole(&self) -> &[String] {
        &self.whole
    }

    /// The words that are looked for.
    pub fn words(&self) -> Vec<String> {
        self.whole.iter().chain(&self.single).cloned().collect()
    }

    /// A record's id and body, where they become others.
    ///
    /// # Errors
    /// When the body is no JSON, or their own record cannot be read.
    pub fn record(
        &self,
        kind: Kind,
        id: u64,
        body: &str,
    ) -> Result<Option<(u64, String)>, serde_json::Error> {
        if kind == Kind::Person && id == self.from.number() {
            let person = self.of_person(serde_json::from_str(body)?);
            return Ok(Some((self.to.number(), serde_json::to_string(&person)?)));
        }
        if kind == Kind::Account {
            let account: Account = serde_json::from_str(body)?;
            if account.owner != Owner::Person(self.from) {
                return Ok(None);
            }
            return Ok(Some((id, serde_json::to_string(&self.of_account(account))?)));
        }
        let Some(free) = free_text(kind) else { return Ok(None) };
        let value: Value = serde_json::from_str(body)?;
        let near = self.is_about(&value);
        let next = self.value(value.clone(), Reading { fields: free, free: false, near });
        if next == value { Ok(None) } else { Ok(Some((id, serde_json::to_string(&next)?))) }
    }

    fn of_person(&self, person: Person) -> Person {
        Person {
            id: self.to,
            given: "Erased".into(),
            family: self.to.to_string(),
            known_as: None,
            email: None,
            home: Home::default(),
            children: Vec::new(),
            source: None,
            picture: None,
            ..person
        }
    }

    fn of_account(&self, account: Account) -> Account {
        let username = Username::parse(&username(self.to)).unwrap_or_else(|_odd| account.username.clone());
        Account { username, owner: Owner::Person(self.to), password: None, pictures: None, ..account }
    }

    /// A line of the journal, where it becomes another: `versions` says which digest a version has now.
    pub fn line(
        &self,
        line: &JournalLine,
        versions: &dyn Fn(Kind, u64, u64) -> Option<Digest>,
    ) -> Option<JournalLine> {
        let mut next = line.clone();
        for record in &mut next.records {
            if let Some(digest) = versions(record.kind, record.id, record.version) {
                record.digest = digest;
            }
            if record.kind == Kind::Person && record.id == self.from.number() {
                record.id = self.to.number();
            }
        }
        if next.about == Some(self.from) {
            next.about = Some(self.to);
        }
        if next.actor == Actor::Person(self.from) {
            next.actor = Actor::Person(self.to);
        }
        // A line that writes a record about them is about them.
        let near = next != *line;
        if let Some(reason) = next.reason.as_mut() {
            *reason = self.text(reason, near);
        }
        (next != *line).then_some(next)
    }

    /// A mail as it lies in the outbox, where it becomes another.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn mail(&self, body: &str) -> Result<Option<String>, serde_json::Error> {
        let value: Value = serde_json::from_str(body)?;
        let near = self.is_about(&value);
        let fields = &["subject", "text", "attachment"];
        let next = self.value(value.clone(), Reading { fields, free: false, near });
        if next == value { Ok(None) } else { Ok(Some(serde_json::to_string(&next)?)) }
    }

    /// A free text with the code's name for theirs. `near`: it is about them, so that single names are theirs.
    pub fn text(&self, text: &str, near: bool) -> String {
        let near = near || self.whole.iter().any(|name| is_in(text, name));
        let single = if near { self.single.as_slice() } else { &[] };
        let id = [self.from.to_string()];
        let mut text = swap(text, &id[0], &self.to.to_string());
        for name in &self.whole {
            let with = if name.contains('@') { address(self.to) } else { code_name(self.to) };
            text = swap(&text, name, &with);
        }
        for name in single {
            text = swap(&text, name, &code_name(self.to));
        }
        text
    }

    /// Whether one of the words, or the id, stands in a text.
    pub fn is_named_in(&self, text: &str) -> bool {
        let id = self.from.to_string();
        self.whole.iter().chain(&self.single).chain([&id]).any(|name| is_in(text, name))
    }

    /// Whether a value holds their id, or a whole name of theirs.
    fn is_about(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => {
                *text == self.from.to_string() || self.whole.iter().any(|name| is_in(text, name))
            }
            Value::Array(values) => values.iter().any(|value| self.is_about(value)),
            Value::Object(map) => {
                map.iter().any(|(field, value)| *field == self.from.to_string() || self.is_about(value))
            }
            _ => false,
        }
    }

    fn value(&self, value: Value, reading: Reading<'_>) -> Value {
        match value {
            Value::String(text) if reading.free => Value::String(self.text(&text, reading.near)),
            Value::String(text) => Value::String(self.exactly(text)),
            Value::Array(values) => {
                Value::Array(values.into_iter().map(|value| self.value(value, reading)).collect())
            }
            Value::Object(map) => Value::Object(self.fields(map, reading)),
            other => other,
        }
    }

    fn fields(&self, map: Map<String, Value>, reading: Reading<'_>) -> Map<String, Value> {
        map.into_iter()
            .map(|(field, value)| {
                let free = reading.free || reading.fields.contains(&field.as_str());
                (self.exactly(field), self.value(value, Reading { free, ..reading }))
            })
            .collect()
    }

    /// The code or its address, where a text is their id or address and nothing else.
    fn exactly(&self, text: String) -> String {
        if text == self.from.to_string() {
            return self.to.to_string();
        }
        if self.email.iter().any(|email| is_same(&email.to_string(), &text)) && self.whole.contains(&text) {
            return address(self.to);
        }
        text
    }
}

/// How a part of a record is read.
#[derive(Debug, Clone, Copy)]
struct Reading<'a> {
    /// Fields below which somebody wrote freely.
    fields: &'a [&'a str],
    /// Whether this is below one.
    free: bool,
    /// Whether the record is about them.
    near: bool,
}

/// The fields of a kind in which somebody wrote freely; none for a kind that is left as it is. Cases are kept by law as they are
/// (nobody in one is taken out), and words that many agreed to have a digest they signed.
const fn free_text(kind: Kind) -> Option<&'static [&'static str]> {
    Some(match kind {
        Kind::Case
        | Kind::AgreementVersion
        | Kind::AgreementDraft
        | Kind::Translation
        | Kind::LinkedPolicy
        | Kind::Policy
        | Kind::School => return None,
        Kind::Told | Kind::Question | Kind::SpotCheck => &["words"],
        Kind::ActivityReview => &["why", "comments"],
        Kind::PrivateTime => &["answer"],
        Kind::Alert => &["outcome"],
        Kind::LessonList | Kind::Signature | Kind::Slip | Kind::Device | Kind::ReturnList => &["name"],
        Kind::ParentsPlace => &["decided_by", "reason"],
        Kind::RegisterEntry => &["text"],
        Kind::Permission => &["reason", "details", "words", "agreed", "refused", "ended"],
        Kind::Request => &["reason", "words", "risks"],
        Kind::Grant | Kind::Sanction | Kind::Look | Kind::Unrestricted | Kind::PolicyDraft => &["reason"],
        Kind::Examination => &["place", "reason", "words"],
        Kind::Breach => &["what", "whose", "why"],
        Kind::ListEdit | Kind::ListDecision | Kind::ListBelief => &["why"],
        Kind::Review => &["consulted", "decisions"],
        Kind::Erasure => &["reason", "words"],
        Kind::MonitoringPlan => &["in_person", "what"],
        Kind::TermChange => &["changed"],
        Kind::Person
        | Kind::Account
        | Kind::Group
        | Kind::Session
        | Kind::Lesson
        | Kind::Report
        | Kind::Disclosure
        | Kind::HeldBook
        | Kind::ContactCard
        | Kind::Together
        | Kind::Reminder
        | Kind::Issued
        | Kind::Lending
        | Kind::Poster
        | Kind::Reading
        | Kind::RulesSent
        | Kind::NetworkCard
        | Kind::MadeUp
        | Kind::Service
        | Kind::ServiceConsent
        | Kind::ServiceEntry
        | Kind::Disposal => &[],
    })
}

/// What pages say in a person's place.
pub fn code_name(code: PersonId) -> String {
    format!("Erased {code}")
}

fn username(code: PersonId) -> String {
    format!("erased-{code}")
}

/// An address nothing reaches (RFC 6761).
fn address(code: PersonId) -> String {
    format!("{}@erased.invalid", username(code))
}

fn is_in(text: &str, name: &str) -> bool {
    swap(text, name, "") != text
}

/// A text with a name in it, as a word or words and in whatever case, put another way.
fn swap(text: &str, name: &str, with: &str) -> String {
    let (mut out, mut rest, mut before) = (String::with_capacity(text.len()), text, None::<char>);
    while let Some(letter) = rest.chars().next() {
        let end = if before.is_some_and(char::is_alphanumeric) { None } else { begins(rest, name) };
        let ends = |end: usize| !rest.get(end..).unwrap_or_default().starts_with(char::is_alphanumeric);
        if let Some(end) = end.filter(|end| *end > 0 && ends(*end)) {
            out.push_str(with);
            before = rest.get(..end).and_then(|found| found.chars().next_back());
            rest = rest.get(end..).unwrap_or_default();
        } else {
            out.push(letter);
            before = Some(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// How long the beginning of a text is that is this name, in whatever case.
fn begins(text: &str, name: &str) -> Option<usize> {
    let mut wanted = name.chars().flat_map(char::to_lowercase).peekable();
    for (at, letter) in text.char_indices() {
        if wanted.peek().is_none() {
            return Some(at);
        }
        for lower in letter.to_lowercase() {
            if wanted.next() != Some(lower) {
                return None;
            }
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

#[cfg(test)]
mod tests;
