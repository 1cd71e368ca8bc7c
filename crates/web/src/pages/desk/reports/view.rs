//! The weekly report in HTML: five figures, one plot, the list; then the details.

use usher_policy::verdict::Verdict;
use usher_reports::names::{Audience, Whereabouts, Who};
use usher_reports::plot::{Medium, Table};
use usher_reports::weekly::{Confidential, Item, Unseen, Weekly};
use usher_scan::features::Place;
use usher_types::moment::Zone;
use usher_types::role::PersonKind;

use crate::view::frame::Frame;
use crate::view::says::Says;

/// The report, in words.
pub(super) struct View {
    pub(super) period: String,
    pub(super) figures: Vec<(u32, String)>,
    pub(super) nothing: Option<String>,
    pub(super) counted: Option<String>,
    pub(super) plot: Option<(String, String, Table)>,
    pub(super) gravities: Vec<(String, Vec<Row>)>,
    pub(super) confidential: Vec<Part>,
    pub(super) unseen: Vec<String>,
}

/// What only its reader sees.
pub(super) struct Part {
    pub(super) title: String,
    pub(super) note: String,
    pub(super) rows: Vec<Row>,
    pub(super) counted: Option<String>,
}

/// One thing that was found.
pub(super) struct Row {
    pub(super) when: String,
    pub(super) times: Option<String>,
    pub(super) who: String,
    pub(super) class: Option<String>,
    pub(super) place: String,
    pub(super) quotes: Vec<String>,
    pub(super) found: String,
    pub(super) also: Option<String>,
    pub(super) address: String,
    pub(super) happened: String,
    pub(super) refused: bool,
    pub(super) person: Option<String>,
    pub(super) known: bool,
}

impl View {
    /// A report in words.
    pub(super) fn of(f: &Frame, weekly: &Weekly) -> Self {
        let says = &f.says;
        let zone = &weekly.period.zone;
        let (first, last) = weekly.period.ends();
        let date = |date| zone.local(zone.moment(date, jiff::civil::time(12, 0, 0, 0))).spoken_date();
        let figure = |key: &str, value: u32| (value, says.n(key, "count", value));
        let figures = weekly.figures;
        let adults = weekly.confidential.iter().any(|part| !part.items.is_empty());
        let nothing = weekly
            .gravities
            .is_empty()
            .then(|| says.t(if adults { "report-weekly-nothing-children" } else { "report-weekly-nothing" }));
        Self {
            period: says.t2("report-period", ("first", &date(first)), ("last", &date(last))),
            figures: vec![
                figure("report-figure-items", figures.items),
                figure("report-figure-people", figures.people),
                figure("report-figure-searches", figures.searches),
                figure("report-figure-blocks", figures.blocks),
                figure("report-figure-told", figures.told),
            ],
            nothing,
            counted: counted(says, weekly.counted_only),
            plot: weekly.plot(says.words()).map(|plot| {
                let svg = plot.svg("weekly-plot", Medium::Page);
                let table = plot.table();
                (plot.title, svg, table)
            }),
            gravities: weekly
                .gravities
                .iter()
                .map(|gravity| {
                    let title = says.t(format!("report-gravity-{}", gravity.severity));
                    (title, gravity.items.iter().map(|item| row(says, zone, item)).collect())
                })
                .collect(),
            confidential: weekly
                .confidential
                .iter()
                .filter_map(|part| confidential(says, zone, part))
                .collect(),
            unseen: unseen(says, weekly.unseen),
        }
    }
}

fn counted(says: &Says, count: u32) -> Option<String> {
    (count > 0).then(|| says.n("report-weekly-counted", "count", count))
}

fn confidential(says: &Says, zone: &Zone, part: &Confidential) -> Option<Part> {
    let (title, note) = match part.audience {
        Audience::Readers => return None,
        Audience::Headteacher => ("report-head-only", "report-head-only-note"),
        Audience::ChairOfGovernors => ("report-chair-only", "report-chair-only-note"),
    };
    Some(Part {
        title: says.t(title),
        note: says.t(note),
        rows: part.items.iter().map(|item| row(says, zone, item)).collect(),
        counted: counted(says, part.counted_only),
    })
}

fn row(says: &Says, zone: &Zone, item: &Item) -> Row {
    let (who, class) = who(says, &item.who);
    let last = zone.local(item.last_at).spoken_time();
    let quoted = |text: &String| says.t1("report-quoted", "words", text);
    let mut quotes: Vec<String> = item.searches.iter().map(quoted).collect();
    if item.more_searches > 0 {
        quotes.push(says.n("report-more-searches", "count", item.more_searches));
    }
    let others: Vec<String> = item.others.iter().map(|phrase| quoted(&phrase.text)).collect();
    Row {
        when: zone.local(item.at).spoken(),
        times: (item.count > 1)
            .then(|| says.t2("report-times-until", ("count", &item.count), ("last", &last))),
        who,
        class,
        place: whereabouts(says, &item.whereabouts),
        quotes,
        found: found(says, item),
        also: (!others.is_empty()).then(|| says.t1("report-also", "phrases", others.join(", "))),
        address: item.address.clone(),
        happened: happened(says, item),
        refused: item.went_through == 0,
        known: item.password_known,
        person: match &item.who {
            Who::Person { person, .. } => Some(person.to_string()),
            Who::Shared { .. } | Who::Nobody => None,
        },
    }
}

/// Who, and what else is known of them.
pub(super) fn who(says: &Says, who: &Who) -> (String, Option<String>) {
    match who {
        Who::Person { person, name, kind, class } => {
            let name = name.clone().unwrap_or_else(|| says.t1("report-who-gone", "person", person));
            let pupil = *kind == PersonKind::Pupil;
            (name, if pupil { class.clone() } else { Some(says.t(format!("report-kind-{}", kind.name()))) })
        }
        Who::Shared { year } => {
            let name = match year {
                Some(year) => says.t1("report-who-shared-year", "year", year.label()),
                None => says.t("report-who-shared"),
            };
            (name, Some(says.t("report-who-shared-note")))
        }
        Who::Nobody => (says.t("report-who-nobody"), None),
    }
}

fn whereabouts(says: &Says, at: &Whereabouts) -> String {
    let lesson = at.lesson.as_ref().map(|class| says.t1("report-where-lesson", "class", class));
    [Some(at.device.clone()), at.room.clone(), lesson].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn found(says: &Says, item: &Item) -> String {
    let key = match item.place {
        Place::Search => "report-found-in-search",
        Place::Address => "report-found-in-address",
        Place::Sent => "report-found-in-sent",
    };
    let theme = says.t(format!("report-theme-{}", item.phrase.theme.name()));
    let values = [
        ("theme", theme.into()),
        ("phrase", item.phrase.text.as_str().into()),
        ("engine", item.engine.clone().unwrap_or_default().into()),
    ];
    says.words().say(says.reader(), key, &values)
}

fn happened(says: &Says, item: &Item) -> String {
    let key = match (item.went_through, item.verdict) {
        (0, Verdict::Allow | Verdict::Coach) => "report-happened-warned",
        (0, Verdict::Challenge) => "report-happened-asked",
        (0, Verdict::Hold) => "report-happened-held",
        (0, Verdict::Block) => "report-happened-blocked",
        (opened, _) if opened == item.count => "report-happened-opened",
        _ => "report-happened-partly",
    };
    says.t2(key, ("opened", &item.went_through), ("count", &item.count))
}

fn unseen(says: &Says, unseen: Unseen) -> Vec<String> {
    let share = |part: u32| i64::from(part) * 100 / i64::from(unseen.requests.max(1));
    let mut lines = vec![says.n("report-unseen-tunnels", "count", unseen.tunnels)];
    for (key, part) in [("report-unseen-nobody", unseen.nobody), ("report-unseen-shared", unseen.shared)] {
        if part > 0 {
            lines.push(says.n(key, "percent", share(part)));
        }
    }
    lines.push(says.t(unseen.off_site()));
    lines.push(says.t("report-unseen-always"));
    lines
}
