//! Questions about an agreement (AGR-10): asked beside it, answered by whoever the school says, closed by the reply.
//!
//! Owns: that a question says something, and that it is answered once. Does not: know whom it reaches;
//! `policy::questions` does.

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// The longest question or reply, in characters: a page of writing.
pub const LONGEST_CHARS: usize = 3_000;

/// The most questions of one person that wait for a reply: each is mail for every teacher it reaches.
pub const MOST_WAITING: usize = 5;

/// Marks ids of questions.
#[derive(Debug)]
pub enum QuestionNoun {}
impl Named for QuestionNoun {
    const NOUN: &'static str = "question";
}
/// A question's id.
pub type QuestionId = Id<QuestionNoun>;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// Who asks.
    pub person: PersonId,
    /// About which words.
    pub text: Digest,
    /// The agreement's title in them.
    pub agreement: String,
    /// The question.
    pub words: String,
    /// When.
    pub at: Moment,
    /// The reply.
    pub reply: Option<Reply>,
    /// Whom it reached when it was asked, as the page said.
    #[serde(default)]
    pub reached: Vec<PersonId>,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Who replied.
    pub by: PersonId,
    /// What.
    pub words: String,
    /// When.
    pub at: Moment,
}

impl Noun for Question {
    const KIND: Kind = Kind::Question;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = if self.reply.is_none() { "waiting" } else { "answered" };
        vec![IndexKey::shared("state", state), IndexKey::shared("person", self.person)]
    }
}

/// Asks, when so many of theirs are `waiting`. Whoever may answer is told.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when it says nothing; [`Refusal::TooMuch`] when it is longer than a page;
/// [`Refusal::StillWaiting`] when [`MOST_WAITING`] of theirs wait.
pub fn ask(question: &Question, waiting: usize, mails: Vec<Mail>) -> Result<Change, Refusal> {
    let words = said(&question.words)?.to_owned();
    if waiting >= MOST_WAITING {
        return Err(Refusal::StillWaiting);
    }
    let question = Question { words, ..question.clone() };
    let change = Change::of(Action::QuestionAsked, Write::of(&question, Expect::New)).about(question.person);
    Ok(Change { mails, ..change })
}

/// Replies, which closes it.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it has a reply; as [`ask`].
pub fn reply(question: &Stored<Question>, by: PersonId, words: &str, at: Moment) -> Result<Change, Refusal> {
    let words = said(words)?;
    if question.value.reply.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let reply = Some(Reply { by, words: words.to_owned(), at });
    let next = Question { reply, ..question.value.clone() };
    Ok(Change::of(Action::QuestionAnswered, question.replace(&next)).about(next.person))
}

fn said(words: &str) -> Result<&str, Refusal> {
    let words = refusal::reason(words)?;
    if words.chars().count() > LONGEST_CHARS { Err(Refusal::TooMuch) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    #[test]
    fn agr_10_a_question_is_asked_in_words_and_closed_by_one_reply() {
        let question = |words: &str| Question {
            id: Id::new(1),
            person: Id::new(14),
            text: Digest::of(b"words"),
            agreement: "Our rules".into(),
            words: words.into(),
            at: NINE,
            reply: None,
            reached: vec![],
        };
        assert_eq!(ask(&question(" ? "), 0, vec![]), Err(Refusal::ReasonNeeded));
        assert_eq!(ask(&question(&"why ".repeat(1_000)), 0, vec![]), Err(Refusal::TooMuch));
        assert_eq!(ask(&question("And this?"), MOST_WAITING, vec![]), Err(Refusal::StillWaiting));
        let asked = ask(&question(" What is rule 3? "), MOST_WAITING - 1, vec![]).unwrap();
        let kept: Question = serde_json::from_str(&asked.writes[0].body).unwrap();
        assert_eq!(kept.words, "What is rule 3?");
        assert!(kept.keys().contains(&IndexKey::shared("state", "waiting")));
        let stored = Stored { value: kept, version: 1 };
        assert_eq!(reply(&stored, Id::new(7), "", NINE), Err(Refusal::ReasonNeeded));
        let answered = reply(&stored, Id::new(7), "It means this.", NINE).unwrap();
        assert_eq!(answered.about, Some(Id::new(14)));
        let value: Question = serde_json::from_str(&answered.writes[0].body).unwrap();
        assert!(value.keys().contains(&IndexKey::shared("state", "answered")));
        let again = Stored { value, version: 2 };
        assert_eq!(reply(&again, Id::new(8), "Or that.", NINE), Err(Refusal::AlreadySo));
    }
}
