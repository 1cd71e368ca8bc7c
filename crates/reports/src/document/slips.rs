//! Agreement slips (AGR-09): a cover to tick, and one page a child with a code that says nothing of the child.

use fast_qr::qr::QRBuilder;
use fast_qr::{ECL, QRCode};
use usher_records::agreement::AgreementText;
use usher_records::code::Code;
use usher_records::sign_off::{self, SignLine};
use usher_records::slip::Parts;

use super::block::{Block, Line, Run, Tone};
use super::{Document, Letterhead};
use crate::say::Say;

/// What a slip's code begins with, so that other codes on a page are told apart.
pub const CODE_BEGINS: &str = "USHER:";
/// White squares around a code; readers need four (ISO/IEC 18004).
const QUIET: usize = 4;
/// A box to tick by hand.
const TICK_BOX: &str = "☐";

/// One slip to print.
#[derive(Debug, Clone)]
pub struct Slip<'a> {
    /// The child's name.
    pub child: String,
    /// Its code.
    pub code: &'a Code,
    /// The text it is of.
    pub text: &'a AgreementText,
}

/// The slips of a class.
#[derive(Debug, Clone)]
pub struct Slips<'a> {
    /// The class.
    pub class: &'a str,
    /// The day by which they should be back, in words.
    pub by: String,
    /// Whose parts the school asks for.
    pub parts: Parts,
    /// One for each child.
    pub slips: Vec<Slip<'a>>,
}

/// The slips of a class, and a cover with their names.
pub fn slips(head: &Letterhead<'_>, all: &Slips<'_>) -> Document {
    let say = head.say();
    let mut sheet = head.sheet(&say.say("slips-cover", &[("class", all.class.into())]));
    if all.slips.is_empty() {
        sheet.put(Block::lead(&say.plain("slips-cover-none")));
        return sheet.finish();
    }
    sheet.put(Block::lead(&say.say("slips-cover-text", &[("by", all.by.as_str().into())])));
    let columns = [("report-column-name", 60), ("slips-code", 25), ("report-column-tick", 15)];
    let columns = columns.map(|(key, share)| (say.plain(key), share));
    let row = |slip: &Slip<'_>| {
        vec![
            vec![Line::strong(&slip.child)],
            vec![Line::quiet(&slip.code.to_string())],
            vec![Line::lead(TICK_BOX)],
        ]
    };
    sheet.put(Block::table(&columns, all.slips.iter().map(row).collect()));
    for slip in &all.slips {
        sheet.put(Block::NewPage);
        for block in page(head, say, all, slip) {
            sheet.put(block);
        }
    }
    sheet.finish()
}

fn page(head: &Letterhead<'_>, say: Say<'_>, all: &Slips<'_>, slip: &Slip<'_>) -> Vec<Block> {
    let about = &slip.text.head;
    let strong = |text: &str| Block::Text { tone: Tone::Lead, runs: vec![Run::strong(text)] };
    let values = [
        ("class", all.class.into()),
        ("version", about.version.as_str().into()),
        ("school", head.school.into()),
    ];
    let mut blocks = vec![
        Block::heading(&about.title),
        strong(&slip.child),
        Block::quiet(&say.say("slips-line", &values)),
        Block::text(&say.say("slips-text", &[("by", all.by.as_str().into())])),
    ];
    let part = |title: &str, declaration: &str, tick: Option<&str>, lines: Vec<String>| {
        let mut part = vec![Block::heading(&say.plain(title)), Block::text(declaration)];
        part.extend(tick.map(|key| Block::lead(&format!("{TICK_BOX}  {}", say.plain(key)))));
        part.push(Block::blanks(&lines));
        Block::Keep { blocks: part }
    };
    if all.parts.parent {
        let declaration = about.parent_declaration.as_ref().unwrap_or(&about.declaration);
        let lines = labels(say, &about.parent_sign_off, parents_line);
        blocks.push(part("report-sign-parent", declaration, Some("slips-discussed"), lines));
    }
    if all.parts.child {
        let lines = labels(say, &about.sign_off, childs_line);
        blocks.push(part("slips-child", &about.declaration, None, lines));
    }
    blocks.push(code(say, slip.code));
    blocks
}

/// The words beside the lines to fill in; those that could be either's say whose they are.
fn labels(say: Say<'_>, lines: &[SignLine], own: fn(SignLine) -> Option<&'static str>) -> Vec<String> {
    let label = |line: &SignLine| match own(*line) {
        Some(key) => say.plain(key),
        None => say.plain(&format!("report-sign-{}", line.name())),
    };
    sign_off::or_plain(lines).iter().map(label).collect()
}

const fn parents_line(line: SignLine) -> Option<&'static str> {
    match line {
        SignLine::Name => Some("slips-parent-name"),
        _ => None,
    }
}

const fn childs_line(line: SignLine) -> Option<&'static str> {
    match line {
        SignLine::Name => Some("slips-child-name"),
        SignLine::Signature => Some("slips-child-signature"),
        _ => None,
    }
}

fn code(say: Say<'_>, code: &Code) -> Block {
    let letters = code.to_string();
    let drawn = QRBuilder::new(format!("{CODE_BEGINS}{letters}")).ecl(ECL::Q).build();
    Block::Code {
        // Text of this length always fits a code.
        svg: drawn.map(|drawn| svg(&drawn)).unwrap_or_default(),
        alt: say.say("slips-code-alt", &[("code", letters.as_str().into())]),
        hint: say.plain("slips-code-hint"),
        letters,
    }
}

/// A code as a picture: one square a unit.
fn svg(code: &QRCode) -> String {
    let side = code.size + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size {
        let dark =
            (0..code.size).filter(|x| code.data.get(y * code.size + x).is_some_and(|module| module.value()));
        for x in dark {
            path.push_str(&format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    )
}
