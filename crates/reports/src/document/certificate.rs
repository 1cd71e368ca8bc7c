//! A certificate of one signature: who, what, when, how, and a code by which anybody can ask whether it is true.

use usher_records::code::Code;
use usher_records::signature::Signature;

use crate::agreements::InPlace;

use super::agreements::in_place;
use super::block::{Block, Line, Run, Tone};
use super::{Document, Letterhead};

/// What a certificate is of.
#[derive(Debug, Clone)]
pub struct Certificate<'a> {
    /// The signature.
    pub signature: &'a Signature,
    /// The title of its agreement.
    pub title: &'a str,
    /// That the school answers in a parent's place, where it does: the child and since when.
    pub in_place: Option<&'a InPlace>,
    /// What is typed to ask whether it is true.
    pub code: &'a Code,
    /// Where that is typed.
    pub place: &'a str,
}

/// Sets it.
pub fn certificate(head: &Letterhead<'_>, of: &Certificate<'_>) -> Document {
    let say = head.say();
    let mut sheet = head.sheet(&say.plain("certificate-of-signing"));
    let signature = of.signature;
    sheet.put(Block::lead(&say.say("certificate-lead", &[("name", signature.name.as_str().into())])));
    sheet.put(Block::Text { tone: Tone::Lead, runs: vec![Run::strong(of.title)] });
    let columns = [(String::new(), 30), (String::new(), 70)];
    let beside = of.in_place.map(|place| ("report-parents-part", in_place(say, place)));
    let rows = [
        ("column-version", signature.version.clone()),
        ("report-column-signed", say.date_and_time(signature.at)),
        ("column-how", say.plain(&format!("report-how-{}", signature.how.name()))),
        ("column-declared", signature.declaration.clone()),
        ("column-text", signature.digest.to_string()),
        ("slips-code", of.code.to_string()),
    ];
    let row =
        |(key, value): (&str, String)| vec![vec![Line::strong(&say.plain(key))], vec![Line::body(&value)]];
    sheet.put(Block::table(&columns, rows.into_iter().chain(beside).map(row).collect()));
    sheet.put(Block::text(&say.say("certificate-verify", &[("place", of.place.into())])));
    sheet.finish()
}
