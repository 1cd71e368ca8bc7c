//! What lists find, what the model adds, and what both tell wrongly, on texts that trained nothing.

use std::fs;
use std::path::Path;

use anyhow::Result;
use usher_detect::context::Context;
use usher_detect::files;
use usher_detect::heads::{Head, Heads};
use usher_detect::model::{Embedder, Sentence};
use usher_scan::features::Place;
use usher_scan::theme::{Theme, Themes};

use super::data::{Data, Half, Label, Text};
use super::read::Read;
use super::{LOOK_ALIKES_PERCENT, ORDINARY_FOR_ONE, embedded};

/// A list's hit counts as telling from here on: below it, words are only counted.
const LIST_FROM: u8 = 3;
/// The goal for what is found.
const GOAL_RECALL: f64 = 0.8;

/// How often something was told, of how many.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    told: usize,
    of: usize,
}

impl Count {
    fn add(&mut self, told: bool) {
        self.told += usize::from(told);
        self.of += 1;
    }

    fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { as_number(self.told) / as_number(self.of) }
    }

    fn percent(self) -> String {
        format!("{:.1} % ({} of {})", self.share() * 100.0, self.told, self.of)
    }
}

fn as_number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// What is told by lists alone, and by lists and model.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    list: Count,
    both: Count,
}

/// One theme's figures.
#[derive(Debug)]
struct Figures {
    theme: Theme,
    threshold: f32,
    found: Pair,
    ordinary: Pair,
    alike: Pair,
    /// Area under the curve on texts of others, where there are some.
    others: Option<f64>,
}

impl Figures {
    fn precision(counts: (Count, Count)) -> f64 {
        let (found, wrong) = counts;
        let told = as_number(found.told + wrong.told);
        if told == 0.0 { 0.0 } else { as_number(found.told) / told }
    }

    fn reaches(&self) -> bool {
        self.found.both.share() >= GOAL_RECALL
            && self.ordinary.both.told * ORDINARY_FOR_ONE <= self.ordinary.both.of
            && self.alike.both.told * 100 <= self.alike.both.of * LOOK_ALIKES_PERCENT
    }
}

/// Measures and writes docs/detection.md.
pub(super) fn run(root: &Path, data: &Data, embedder: &Embedder, read: &mut Read) -> Result<()> {
    let (heads, themes, context) = (Heads::built_in()?, Themes::built_in()?, Context::built_in()?);
    let texts: Vec<&Text> = data.texts.iter().filter(|text| text.half == Half::Measure).collect();
    let read = embedded(embedder, read, &texts)?;
    let judged: Vec<Judged<'_>> =
        read.iter().map(|(text, sentence)| Judged::of(text, sentence, &themes, &context)).collect();
    let figures: Vec<Figures> = heads.heads.iter().map(|head| figures(head, &judged)).collect();
    let page = page(&heads, &figures, &judged, &heads.heads);
    fs::write(root.join("docs/detection.md"), &page)?;
    println!("{page}");
    Ok(())
}

/// One text with all that is known of it.
struct Judged<'a> {
    text: &'a Text,
    sentence: &'a Sentence,
    listed: Vec<Theme>,
    calm: bool,
}

impl<'a> Judged<'a> {
    fn of(text: &'a Text, sentence: &'a Sentence, themes: &Themes, context: &Context) -> Self {
        let mut hits = Vec::new();
        themes.find(&text.words, Place::Search, &mut hits);
        let listed = hits.iter().filter(|hit| hit.severity >= LIST_FROM).map(|hit| hit.theme).collect();
        Self { text, sentence, listed, calm: context.calms(&text.words).is_some() }
    }

    fn told(&self, head: &Head) -> (bool, bool) {
        let list = self.listed.contains(&head.theme);
        (list, list || (!self.calm && head.score(self.sentence) >= head.threshold))
    }
}

fn figures(head: &Head, judged: &[Judged<'_>]) -> Figures {
    let mut figures = Figures {
        theme: head.theme,
        threshold: head.threshold,
        found: Pair::default(),
        ordinary: Pair::default(),
        alike: Pair::default(),
        others: None,
    };
    let mut scored: Vec<(f32, bool)> = Vec::new();
    for one in judged {
        let (list, both) = one.told(head);
        let pair = match &one.text.label {
            Label::Ours(theme) if *theme == head.theme => &mut figures.found,
            Label::LookAlike(_) => &mut figures.alike,
            Label::Ordinary => &mut figures.ordinary,
            Label::Others(_) => {
                scored.extend(one.text.is(head.theme).map(|is| (head.score(one.sentence), is)));
                continue;
            }
            Label::Ours(_) => continue,
        };
        pair.list.add(list);
        pair.both.add(both);
    }
    figures.others = area(&mut scored);
    figures
}

/// The area under the curve: how often a text of the theme scores above one that is not.
fn area(scored: &mut [(f32, bool)]) -> Option<f64> {
    scored.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut below, mut sum, mut of) = (0_usize, 0_usize, 0_usize);
    for (_, is) in scored.iter() {
        if *is {
            of += 1;
            sum += below;
        } else {
            below += 1;
        }
    }
    (of > 0 && below > 0).then(|| as_number(sum) / (as_number(of) * as_number(below)))
}

fn page(heads: &Heads, figures: &[Figures], judged: &[Judged<'_>], all: &[Head]) -> String {
    let mut page = format!(
        "# Detection: what lists find, and what a program's reading adds\n\n\
         Made by `cargo xtask detect measure --data FOLDER --model FOLDER`; do not edit. Heads `{}`, model {}.\n\n\
         Nothing here trained a head or set a threshold. *Found* is the half of our own sentences in `lists/detect/` that\n\
         was kept aside; *ordinary* are searches of grown-ups of others (not in the repository); *look-alikes* are our own\n\
         sentences that only sound like a theme, look for help or are a lesson, of all themes together. A list tells from\n\
         severity {LIST_FROM}. Our sentences are few and written by us: read the figures as signs, not as promises. What a\n\
         real school sees is on the desk's page of accuracy, from its own verdicts.\n\n",
        heads.version,
        files::NAME,
    );
    page.push_str(
        "| theme | found: list | found: list and model | precision among our sentences: list → both | ordinary searches told wrongly: list | both | look-alikes told wrongly: list | both | area under the curve, texts of others | threshold | goal |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for one in figures {
        let precision = |found, alike| Figures::precision((found, alike));
        page.push_str(&format!(
            "| {} | {} | {} | {:.2} → {:.2} | {} of {} | {} | {} | {} | {} | {:.3} | {} |\n",
            one.theme,
            one.found.list.percent(),
            one.found.both.percent(),
            precision(one.found.list, one.alike.list),
            precision(one.found.both, one.alike.both),
            one.ordinary.list.told,
            one.ordinary.list.of,
            one.ordinary.both.told,
            one.alike.list.told,
            one.alike.both.percent(),
            one.others.map_or_else(|| "none to be had".to_owned(), |area| format!("{area:.3}")),
            one.threshold,
            if one.reaches() { "reached" } else { "**not reached**" },
        ));
    }
    page.push_str(&goal(figures, judged, all));
    page
}

fn goal(figures: &[Figures], judged: &[Judged<'_>], all: &[Head]) -> String {
    let mut any = Pair::default();
    for one in judged.iter().filter(|one| one.text.is_look_alike()) {
        any.list.add(!one.listed.is_empty());
        any.both.add(all.iter().any(|head| one.told(head).1));
    }
    let missed: Vec<&str> = figures.iter().filter(|one| !one.reaches()).map(|one| one.theme.name()).collect();
    format!(
        "\nThe goal of a theme: at least {:.0} % found, at most one ordinary search in {ORDINARY_FOR_ONE} told wrongly, at most\n\
         {LOOK_ALIKES_PERCENT} % of look-alikes. Not reached by: {}.\n\n\
         Look-alikes told by any theme at all: lists {}, lists and model {}.\n\n\
         What a program reads is never acted on by itself: its severity is capped in `policy::alarm`, it closes nothing and\n\
         narrows nobody's web; it asks a person to look, says that it is a program's reading, and that person's verdict\n\
         counts towards the rule's published accuracy.\n\n\
         What trained the heads is not here: halves of moderation texts (MIT), of tweets (MIT) and of ordinary messages (the SMS\n\
         collection at UCI, CC BY 4.0); only weights are. Searches (MS MARCO, given for research alone) trained nothing: a quarter\n\
         of them says where a head begins to tell, and the rest what it would tell wrongly. The model is Apache-2.0, and is fetched by `usher detect fetch`.\n",
        GOAL_RECALL * 100.0,
        if missed.is_empty() { "none".to_owned() } else { missed.join(", ") },
        any.list.percent(),
        any.both.percent(),
    )
}
