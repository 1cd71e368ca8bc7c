//! Decisions in words, for four readers: a child, a teacher, a safeguarding lead, a technician.
//!
//! The child and the adult behind a block page get one sentence; the trail, with names and entries, is for whoever looks
//! after the filter.

use usher_records::sanction::Restriction;
use usher_scan::features::SentKind;
use usher_types::calendar::PeriodKind;
use usher_types::moment::Zone;
use usher_types::role::Reader;
use usher_words::{Value, Words};

use crate::decision::{Decision, Flip, NotRead, Note, Passed, Reason};
use crate::kept;

/// Why, in one sentence, as this reader is spoken to.
pub fn reason(words: &Words, reader: Reader, decision: &Decision) -> String {
    let category = |name: &str| words.say(reader, &format!("category-{name}"), &[]);
    let (key, value): (&str, Option<(&str, String)>) = match &decision.reason {
        Reason::OwnPage => ("reason-own-page", None),
        Reason::Lockdown => ("reason-lockdown", None),
        Reason::KeptInLockdown => ("reason-kept-in-lockdown", None),
        Reason::SealedList => ("reason-sealed", None),
        Reason::ForbiddenAddress(_) => ("reason-forbidden-address", None),
        Reason::SignIn => ("reason-sign-in", None),
        Reason::AcceptClause => ("reason-accept-clause", None),
        Reason::SignAgreement(_) => ("reason-sign-agreement", None),
        Reason::ParentMissing => ("reason-parent-missing", None),
        Reason::SanctionNoWeb(_) => ("reason-sanction-no-web", None),
        Reason::SanctionListOnly(_) => ("reason-sanction-list-only", None),
        Reason::SanctionLessonOnly(_) => ("reason-sanction-lesson-only", None),
        Reason::SanctionSupervisedOnly(_) => ("reason-sanction-supervised-only", None),
        Reason::SanctionNoMail(_) => ("reason-sanction-no-mail", None),
        Reason::Malware(name) => ("reason-malware", Some(("name", name.clone()))),
        Reason::Unscanned(_) => ("reason-unscanned", None),
        Reason::Carries(rule) => ("reason-carries", Some(("rule", rule.clone()))),
        Reason::Leaving(_, kind) => ("reason-leaving", Some(("kind", sent(words, reader, *kind)))),
        Reason::Says(name, _) => ("reason-says", Some(("category", category(name.as_str())))),
        Reason::Granted(_) => ("reason-granted", None),
        Reason::EmbeddedIn(_) => ("reason-embedded-in", None),
        Reason::Unrestricted(_) => ("reason-unrestricted", None),
        Reason::NoLesson => ("reason-no-lesson", None),
        Reason::InLessonList(_) => ("reason-in-lesson-list", None),
        Reason::EmbeddedInLessonList(_) => ("reason-embedded-in-lesson-list", None),
        Reason::NotInLessonList(_) => ("reason-not-in-lesson-list", None),
        Reason::OutsideHours(period) => {
            ("reason-outside-hours", Some(("period", period_words(words, reader, *period))))
        }
        Reason::UnsafeSearch(name) => ("reason-unsafe-search", Some(("name", name.clone()))),
        Reason::ImageSearchOutsideLesson => ("reason-image-search-outside-lesson", None),
        Reason::ImageSearch => ("reason-image-search", None),
        Reason::Rule(id) => ("reason-rule", Some(("rule", id.clone()))),
        Reason::Category(name) if decision.is_refusal() => {
            ("reason-category", Some(("category", category(name.as_str()))))
        }
        Reason::Category(name) => ("reason-category-open", Some(("category", category(name.as_str())))),
        Reason::Unknown if decision.is_refusal() => ("reason-unknown", None),
        Reason::Unknown => ("reason-unknown-open", None),
        Reason::NoGroup => ("reason-no-group", None),
        Reason::SealMissing(name) => ("reason-seal-missing", Some(("category", category(name.as_str())))),
    };
    say(words, reader, key, value)
}

/// One kind of thing that leaves, in words that follow "it has".
pub fn sent(words: &Words, reader: Reader, kind: SentKind) -> String {
    let key = match kind {
        SentKind::Name => "sent-name",
        SentKind::Phone => "sent-phone",
        SentKind::Postcode => "sent-postcode",
        SentKind::Email => "sent-email",
        SentKind::CardNumber => "sent-card-number",
        SentKind::SignUp => "sent-sign-up",
        SentKind::Checkout => "sent-checkout",
        SentKind::UnkindWords => "sent-unkind-words",
        SentKind::Meeting => "sent-meeting",
        SentKind::AgainstSchool => "sent-against-school",
        SentKind::Picture => "sent-picture",
        SentKind::Unread => "sent-unread",
    };
    words.say(reader, key, &[])
}

/// What part of the day it is, in words.
pub fn period_words(words: &Words, reader: Reader, period: PeriodKind) -> String {
    let key = match period {
        PeriodKind::Lesson => "period-lesson",
        PeriodKind::Break => "period-break",
        PeriodKind::Lunch => "period-lunch",
        PeriodKind::BeforeSchool => "period-before-school",
        PeriodKind::AfterSchool => "period-after-school",
        PeriodKind::Closed => "period-closed",
    };
    words.say(reader, key, &[])
}

/// The smallest change that would have turned it, for adults.
pub fn flip(words: &Words, decision: &Decision) -> String {
    let category = |name: &str| words.say(Reader::Adult, &format!("category-{name}"), &[]);
    let (key, value): (&str, Option<(&str, String)>) = match &decision.flip {
        Flip::SignIn => ("flip-sign-in", None),
        Flip::AcceptClause => ("flip-accept-clause", None),
        Flip::Sign => ("flip-sign", None),
        Flip::ParentAnswers => ("flip-parent-answers", None),
        Flip::SanctionEnds(_) => ("flip-sanction-ends", None),
        Flip::LessonOpens => ("flip-lesson-opens", None),
        Flip::LessonNormal => ("flip-lesson-normal", None),
        Flip::AddToLessonList(_) => ("flip-add-to-lesson-list", None),
        Flip::At(period) => ("flip-at", Some(("period", period_words(words, Reader::Adult, *period)))),
        Flip::WithoutRule(id) => ("flip-without-rule", Some(("rule", id.clone()))),
        Flip::WithoutCategory(name) => ("flip-without-category", Some(("category", category(name.as_str())))),
        Flip::Grant => ("flip-grant", None),
        Flip::Release => ("flip-release", None),
        Flip::WithoutSending(kind) => {
            ("flip-without-sending", Some(("kind", sent(words, Reader::Adult, *kind))))
        }
        Flip::WithoutWords(name) => ("flip-without-words", Some(("category", category(name.as_str())))),
        Flip::Scanned => ("flip-scanned", None),
        Flip::WithoutGrant(_) => ("flip-without-grant", None),
        Flip::WithoutUnrestricted(_) => ("flip-without-unrestricted", None),
        Flip::RemoveFromLessonList(_) => ("flip-remove-from-lesson-list", None),
        Flip::ListedInShutCategory => ("flip-listed", None),
        Flip::LockdownEnds => ("flip-lockdown-ends", None),
        Flip::Nothing => ("flip-nothing", None),
    };
    say(words, Reader::Adult, key, value)
}

/// One line of the trail, for whoever looks after the filter; times as the school's clocks say them.
pub fn passed(words: &Words, zone: &Zone, passed: &Passed) -> String {
    let (key, value): (&str, Option<(&str, String)>) = match &passed.note {
        Note::NotOwn => ("note-not-own", None),
        Note::NoLockdown => ("note-no-lockdown", None),
        Note::NotSealed => ("note-not-sealed", None),
        Note::MayUse => ("note-may-use", None),
        Note::NoSanction => ("note-no-sanction", None),
        Note::WithinSanction(id) => ("note-within-sanction", Some(("sanction", id.to_string()))),
        Note::Harmless => ("note-harmless", None),
        Note::Released(id) => ("note-released", Some(("grant", id.to_string()))),
        Note::NothingLeaves => ("note-nothing-leaves", None),
        Note::SignUpOpen(id) => ("note-sign-up-open", Some(("grant", id.to_string()))),
        Note::PictureOpen(id) => ("note-picture-open", Some(("grant", id.to_string()))),
        Note::NothingSaid => ("note-nothing-said", None),
        Note::NoGrant => ("note-no-grant", None),
        Note::InLesson(id) => ("note-in-lesson", Some(("lesson", id.to_string()))),
        Note::NoLessonNeeded => ("note-no-lesson-needed", None),
        Note::Open(period) => ("note-open", Some(("period", period_words(words, Reader::Adult, *period)))),
        Note::NoUnsafeSearch => ("note-no-unsafe-search", None),
        Note::NoRule => ("note-no-rule", None),
        Note::NoCategory => ("note-no-category", None),
        Note::NotRead(why) => return not_read(words, zone, why),
    };
    say(words, Reader::Adult, key, value)
}

/// Why the bytes of a tunnel are passed on unread, for whoever looks after the filter.
fn not_read(words: &Words, zone: &Zone, why: &NotRead) -> String {
    let (key, value): (&str, Option<(&str, String)>) = match why {
        NotRead::NotTls => ("not-read-not-tls", None),
        NotRead::Group => ("not-read-group", None),
        NotRead::Category(name) => {
            let category = words.say(Reader::Adult, &format!("category-{name}"), &[]);
            ("not-read-category", Some(("category", category)))
        }
        NotRead::Site => ("not-read-site", None),
        NotRead::Rule(id) => ("not-read-rule", Some(("rule", id.clone()))),
        NotRead::Kept(id) => {
            let entry = kept::built_in().ok().and_then(|all| all.iter().find(|entry| entry.id == *id));
            let why = entry.map_or_else(String::new, |entry| entry.why.clone());
            let values = [("entry", Value::from(id.clone())), ("why", Value::from(why))];
            return words.say(Reader::Adult, "not-read-kept", &values);
        }
        NotRead::Pinned(until) => ("not-read-pinned", Some(("until", zone.local(*until).spoken()))),
    };
    say(words, Reader::Adult, key, value)
}

/// What a sanction leaves, in words.
pub fn restriction(words: &Words, reader: Reader, restriction: Restriction) -> String {
    let key = match restriction {
        Restriction::NoWeb => "reason-sanction-no-web",
        Restriction::ListOnly => "reason-sanction-list-only",
        Restriction::LessonOnly => "reason-sanction-lesson-only",
        Restriction::SupervisedOnly => "reason-sanction-supervised-only",
        Restriction::NoMail => "reason-sanction-no-mail",
    };
    words.say(reader, key, &[])
}

fn say(words: &Words, reader: Reader, key: &str, value: Option<(&str, String)>) -> String {
    let values: Vec<(&str, Value<'_>)> =
        value.into_iter().map(|(name, text)| (name, Value::from(text))).collect();
    words.say(reader, key, &values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Step;
    use crate::kept::Section;

    #[test]
    fn why_a_tunnel_is_not_read_is_said_in_words_with_the_lists_own_reason() {
        let words = Words::english().unwrap();
        let zone = Zone::london();
        let say = |why| passed(&words, &zone, &Passed { step: Step::Inspection, note: Note::NotRead(why) });
        for entry in kept::built_in().unwrap().iter().filter(|entry| entry.section == Section::Health) {
            let said = say(NotRead::Kept(entry.id.clone()));
            assert!(said.contains(&entry.why) && said.contains(&entry.id), "{said}");
        }
        assert!(say(NotRead::Rule("staff-clinics".into())).contains("staff-clinics"));
        let until = zone.parse("2026-06-16T14:05").unwrap();
        let said = say(NotRead::Pinned(until));
        assert!(said.contains("until Tuesday 14:05:"), "summer time, as the clocks in the school: {said}");
    }
}
