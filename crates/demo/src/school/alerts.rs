//! Alerts of the weeks before in the invented school, all closed: a rule that is right, one that is seldom right, a drill.

use usher_records::alert::closing::{Acted, Closed, Verdict};
use usher_records::alert::{Alert, Concern, Rule, Whose, raise};
use usher_records::change::Actor;
use usher_records::person::Person;
use usher_store::books::Books;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::Moment;
use usher_types::role::Role;

use crate::school::DemoSchool;
use crate::school::install::InstallFault;

/// Days before, minutes until it was taken up, by a program, its theme, and how it ended.
const PAST: [(i64, i64, bool, &str, Acted, Verdict, &str); 9] = [
    (
        30,
        4,
        false,
        "self-harm",
        Acted::Talked,
        Verdict::Useful,
        "She is sad about her rabbit. Her mum knows.",
    ),
    (26, 9, false, "self-harm", Acted::Referred, Verdict::Useful, "It is in the safeguarding record."),
    (22, 2, false, "bullying", Acted::Talked, Verdict::Useful, "They have made up. Checked again on Friday."),
    (21, 31, true, "gambling", Acted::Nothing, Verdict::NotUseful, "A maths lesson on chance."),
    (19, 12, true, "gambling", Acted::Nothing, Verdict::NotUseful, "A raffle for the summer fair."),
    (
        15,
        6,
        true,
        "gambling",
        Acted::Nothing,
        Verdict::WrongPerson,
        "A shared tablet: it was the next class.",
    ),
    (12, 18, true, "gambling", Acted::Nothing, Verdict::NotUseful, "A board game with dice."),
    (
        9,
        5,
        true,
        "gambling",
        Acted::ToldHome,
        Verdict::Useful,
        "He wanted to bet skins in a game. His dad knows.",
    ),
    (8, 7, true, "gambling", Acted::Nothing, Verdict::NotUseful, "The probability lesson again."),
];
/// The drill: days before, and minutes until somebody answered.
const DRILL: (i64, i64) = (16, 3);
/// Minutes of a day.
const DAY: i64 = 24 * 60;

impl DemoSchool {
    /// Puts them into books that have none. Gives how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn close_alerts(
        &self,
        books: &Books,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<Alert>().await?.is_empty() {
            return Ok(0);
        }
        let lead = self.people.iter().find(|person| person.roles.has(Role::SafeguardingLead));
        let (Some(lead), Some(class)) = (lead, self.group("6B")) else { return Ok(0) };
        let pupils: Vec<&Person> = self.pupils_of(class.id).collect();
        let mut alerts = Vec::new();
        for (one, pupil) in PAST.iter().zip(pupils.iter().cycle()) {
            alerts.push(past(one, (pupil.id, lead.id), at, ids));
        }
        let (days, minutes) = DRILL;
        let begun = at.plus_minutes(-days * DAY);
        let drill = Alert::new(Id::new(ids.next(begun)), Concern::Drill, Whose::Nobody, begun);
        alerts.push(Alert {
            severity: 5,
            told: vec![lead.id],
            closed: Some(Closed {
                by: lead.id,
                at: begun.plus_minutes(minutes),
                acted: Acted::Nothing,
                outcome: "A drill. The phone was in the office; it is in my pocket now.".into(),
                verdict: Verdict::Useful,
            }),
            seen: Some((lead.id, begun.plus_minutes(minutes))),
            ..drill
        });
        for alert in &alerts {
            books.commit(&raise(alert, vec![]), &Actor::Usher("alerts".into()), at).await?;
        }
        Ok(alerts.len())
    }
}

fn past(
    (days, minutes, by_program, theme, acted, verdict, outcome): &(
        i64,
        i64,
        bool,
        &str,
        Acted,
        Verdict,
        &str,
    ),
    (pupil, lead): (PersonId, PersonId),
    at: Moment,
    ids: &dyn IdSource,
) -> Alert {
    let began = at.plus_minutes(-days * DAY);
    let taken = began.plus_minutes(*minutes);
    let theme = (*theme).to_owned();
    Alert {
        severity: 4,
        told: vec![lead],
        rules: vec![if *by_program { Rule::Program(theme) } else { Rule::Words(theme) }],
        seen: Some((lead, taken)),
        closed: Some(Closed {
            by: lead,
            at: taken.plus_minutes(60),
            acted: *acted,
            outcome: (*outcome).to_owned(),
            verdict: *verdict,
        }),
        ..Alert::new(Id::new(ids.next(began)), Concern::GraveWords, Whose::Person(pupil), began)
    }
}
