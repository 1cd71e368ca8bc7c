//! The register of signatures (AGR-01) and the outstanding lists (AGR-09) on paper.

use std::collections::BTreeMap;

use super::block::{Block, Line};
use super::{Document, Letterhead};
use crate::agreements::{InPlace, Missing, Outstanding, Section, SectionOf, Signed};
use crate::say::Say;

/// A box to tick by hand.
const TICK_BOX: &str = "☐";

/// Declarations by their mark: 1, 2, 3 … in the order they first appear.
type Declarations<'a> = BTreeMap<(&'a str, &'a str, &'a str), usize>;

/// The register: every signature, by class.
pub fn register(head: &Letterhead<'_>, sections: &[Section]) -> Document {
    let say = head.say();
    let mut sheet = head.sheet(&say.plain("report-register-title"));
    let mut declarations = Declarations::new();
    for signed in sections.iter().flat_map(|section| &section.signed) {
        let next = declarations.len() + 1;
        declarations.entry(declared(signed)).or_insert(next);
    }
    if declarations.is_empty() {
        sheet.put(Block::lead(&say.plain("report-register-empty")));
    }
    for section in sections {
        sheet.put(section_heading(say, section));
        if section.signed.is_empty() {
            sheet.put(Block::text(&say.plain("report-register-none")));
        } else {
            sheet.put(signatures(say, &section.signed, &declarations));
        }
        for place in &section.in_place {
            sheet.put(Block::text(&in_place(say, place)));
        }
    }
    if !declarations.is_empty() {
        sheet.put(Block::heading(&say.plain("report-register-declared")));
        let mut by_mark: Vec<_> = declarations.into_iter().map(|(words, mark)| (mark, words)).collect();
        by_mark.sort_unstable();
        let item = |(_, (agreement, version, words)): (usize, (&str, &str, &str))| {
            let values =
                [("agreement", agreement.into()), ("version", version.into()), ("declaration", words.into())];
            vec![Block::text(&say.say("report-register-declaration", &values))]
        };
        sheet.put(Block::List { start: Some(1), items: by_mark.into_iter().map(item).collect() });
    }
    sheet.finish()
}

/// The outstanding lists, a page for each section that has to sign something.
pub fn outstanding(head: &Letterhead<'_>, sections: &[Section]) -> Document {
    let say = head.say();
    let mut sheet = head.sheet(&say.plain("report-outstanding-title"));
    let mut asked = sections.iter().filter(|section| section.asked > 0).peekable();
    if asked.peek().is_none() {
        sheet.put(Block::lead(&say.plain("report-outstanding-nobody-asked")));
    }
    let (complete, wanting): (Vec<_>, Vec<_>) = asked.partition(|section| section.outstanding.is_empty());
    for (index, section) in wanting.iter().enumerate() {
        if index > 0 {
            sheet.put(Block::NewPage);
        }
        sheet.put(section_heading(say, section));
        sheet.put(missing(say, &section.outstanding));
    }
    for section in complete {
        sheet.put(section_heading(say, section));
        sheet.put(Block::text(&say.plain("report-outstanding-none")));
    }
    sheet.finish()
}

fn section_heading(say: Say<'_>, section: &Section) -> Block {
    let values = [("name", section_name(say, &section.of).into()), ("done", done(say, section).into())];
    Block::heading(&say.say("report-section", &values))
}

fn done(say: Say<'_>, section: &Section) -> String {
    if section.asked == 0 {
        return say.plain("report-none-asked");
    }
    say.say("report-done-of", &[("done", section.done.into()), ("asked", section.asked.into())])
}

fn declared(signed: &Signed) -> (&str, &str, &str) {
    (&signed.agreement, &signed.version, &signed.declaration)
}

fn section_name(say: Say<'_>, of: &SectionOf) -> String {
    match of {
        SectionOf::Class { name, .. } => name.clone(),
        SectionOf::NoClass => say.plain("report-section-no-class"),
        SectionOf::Adults(kind) => say.plain(&format!("report-kinds-{}", kind.name())),
        SectionOf::Left => say.plain("report-section-left"),
    }
}

fn signatures(say: Say<'_>, all: &[Signed], declarations: &Declarations<'_>) -> Block {
    let head = |name: &str, share| (say.plain(&format!("report-column-{name}")), share);
    let columns = [head("name", 31), head("role", 22), head("agreement", 16), head("signed", 31)];
    let row = |signed: &Signed| {
        let mark = declarations.get(&declared(signed)).copied().unwrap_or_default();
        let version = [("version", signed.version.as_str().into())];
        let how = format!("report-how-{}", signed.how.name());
        vec![
            vec![Line::strong(&signed.name)],
            vec![Line::body(&role(say, signed))],
            vec![
                Line::body(&say.say("report-agreement-mark", &[("mark", mark.into())])),
                Line::quiet(&say.say("report-agreement-version", &version)),
            ]
            .into_iter()
            .chain(contract_term(signed).map(|key| Line::quiet(&say.plain(key))))
            .collect(),
            vec![Line::body(&say.date_and_time(signed.at)), Line::quiet(&say.plain(&how))],
        ]
    };
    Block::table(&columns, all.iter().map(row).collect())
}

/// Whether it is a term of the contract of employment (AGR-14), where that is asked.
fn contract_term(signed: &Signed) -> Option<&'static str> {
    signed.contract_term.map(|term| if term { "report-contract-yes" } else { "report-contract-no" })
}

/// That the school answers in a parent's place for a child.
pub(super) fn in_place(say: Say<'_>, place: &InPlace) -> String {
    let since = say.zone.local(place.since).spoken_date();
    let mut values = vec![("name", place.name.as_str().into()), ("since", since.into())];
    let Some(last) = place.last_day else { return say.say("report-in-parents-place", &values) };
    values.push(("until", say.zone.local(say.zone.start_of(last)).spoken_date().into()));
    say.say("report-in-parents-place-until", &values)
}

/// What somebody is: their offices, or their kind, or whose parent.
fn role(say: Say<'_>, signed: &Signed) -> String {
    if let Some(child) = &signed.child {
        return say.say("report-parent-of", &[("child", child.into())]);
    }
    let offices: Vec<String> =
        signed.roles.iter().map(|role| say.plain(&format!("report-role-{}", role.name()))).collect();
    if offices.is_empty() { say.person_kind(signed.kind) } else { offices.join(", ") }
}

fn missing(say: Say<'_>, all: &[Outstanding]) -> Block {
    let head = |name: &str, share| (say.plain(&format!("report-column-{name}")), share);
    let columns = [head("name", 36), head("missing", 44), head("tick", 20)];
    let row = |outstanding: &Outstanding| {
        let missing = match outstanding.missing {
            Missing::Own => say.plain("report-missing-own"),
            Missing::OwnBy(by) => {
                let date = say.zone.local(by).spoken_date();
                say.say("report-missing-own-by", &[("date", date.into())])
            }
            Missing::ParentBy(by) => {
                let date = say.zone.local(by).spoken_date();
                say.say("report-missing-parent-by", &[("date", date.into())])
            }
            Missing::Parent => say.plain("report-missing-parent"),
        };
        vec![vec![Line::strong(&outstanding.name)], vec![Line::body(&missing)], vec![Line::lead(TICK_BOX)]]
    };
    Block::table(&columns, all.iter().map(row).collect())
}
