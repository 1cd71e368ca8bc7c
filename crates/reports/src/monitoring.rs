//! The monitoring plan and what is seen of which device, in words: the same for the page, for paper and for a table.
//!
//! Owns: how places, ways, limits, answers and the grid are said. Does not: judge (`policy::coverage` does), or read the books.

use jiff::civil::Date;
use usher_policy::coverage::{self, Decrypted, DeviceKind, Fact, Known, Row, System, Traffic};
use usher_records::account::{Account, Owner, State};
use usher_records::device::Device;
use usher_records::group::Group;
use usher_records::monitoring::{Limit, Place, Plan, Watched, Way};
use usher_types::moment::Zone;
use usher_types::role::Role;
use usher_words::Words;

use crate::say::Say;

/// What a plan is said with.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    /// The words.
    pub words: &'a Words,
    /// The school's clock.
    pub zone: &'a Zone,
    /// The day.
    pub today: Date,
    /// Classes, for their names.
    pub groups: &'a [Group],
    /// Accounts, for those that several people share.
    pub accounts: &'a [Account],
}

/// A plan in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What Usher is in it.
    pub usher: String,
    /// When it was changed last; none where nothing was said yet.
    pub changed: Option<String>,
    /// Rooms and groups: those of the plan, then those it says nothing of.
    pub places: Vec<TellPlace>,
    /// What is not seen.
    pub limits: Vec<TellLimit>,
    /// What is seen of which device.
    pub grid: Vec<TellRow>,
    /// Devices and operating systems: its name, and how it is covered.
    pub systems: Vec<(String, String)>,
    /// Accounts that stand for more than one person: the name, and whose it is.
    pub accounts: Vec<(String, String)>,
    /// Devices used by many: the name, and how much of its use is nobody's.
    pub of_many: Vec<(String, String)>,
    /// How much of all use is nobody's.
    pub untold: String,
}

/// Devices told one by one; the figure for all is told besides.
const MOST_DEVICES: usize = 40;

/// A room or group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellPlace {
    /// Which.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// How it is watched, by way; none where it is not.
    pub ways: [Option<String>; 3],
    /// Whether the plan says anything of it.
    pub said: bool,
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellLimit {
    /// Which.
    pub limit: Limit,
    /// Its name.
    pub name: String,
    /// What is so of it here.
    pub fact: String,
    /// What the school does about it; none is said as such.
    pub answer: Option<TellAnswer>,
}

/// What is done about a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellAnswer {
    /// What.
    pub what: String,
    /// Who answers for it.
    pub who: String,
    /// When it is looked at again.
    pub again: String,
    /// Whether that day is past.
    pub overdue: bool,
}

/// A row of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellRow {
    /// The kind of device.
    pub name: String,
    /// How many there are, and when one was last seen.
    pub devices: String,
    /// When one was last seen.
    pub last: String,
    /// What is filtered.
    pub filtered: String,
    /// What is logged.
    pub logged: String,
    /// What is decrypted.
    pub decrypted: String,
    /// Whose it is known to be.
    pub identified: String,
    /// What is not seen.
    pub unseen: String,
}

impl Teller<'_> {
    const fn say(&self) -> Say<'_> {
        Say::new(self.words, self.zone)
    }

    /// Everything. `places` are those the books know.
    pub fn told(&self, plan: Option<&Plan>, places: &[Place], known: Known<'_>) -> Told {
        let say = self.say();
        let facts = coverage::facts(known);
        Told {
            usher: say.plain(&format!("monitoring-usher-{}", Way::USHER.name())),
            changed: plan
                .map(|plan| say.say("monitoring-changed", &[("when", say.date_and_time(plan.at).into())])),
            places: self.places(plan, places),
            limits: Limit::ALL.into_iter().map(|limit| self.limit(limit, plan, facts.get(&limit))).collect(),
            grid: coverage::grid(known).iter().map(|row| self.row(row)).collect(),
            systems: System::ALL.into_iter().map(|system| self.system(system)).collect(),
            accounts: self.shared_accounts(),
            of_many: self.of_many(known),
            untold: identified(say, &coverage::all_traffic(known)),
        }
    }

    /// Open accounts that stand for more than one person (FM-52).
    fn shared_accounts(&self) -> Vec<(String, String)> {
        let shared = |account: &Account| match (account.owner, account.state) {
            (Owner::YearGroup(year), State::Open) => {
                let whose = self.say().say("monitoring-account-year", &[("year", year.label().into())]);
                Some((account.username.to_string(), whose))
            }
            _ => None,
        };
        let mut accounts: Vec<_> = self.accounts.iter().filter_map(shared).collect();
        accounts.sort();
        accounts
    }

    fn of_many(&self, known: Known<'_>) -> Vec<(String, String)> {
        let line =
            |(device, traffic): (&Device, &Traffic)| (device.name.clone(), identified(self.say(), traffic));
        coverage::of_many(known).into_iter().take(MOST_DEVICES).map(line).collect()
    }

    fn places(&self, plan: Option<&Plan>, known: &[Place]) -> Vec<TellPlace> {
        let watched = plan.map_or(&[][..], |plan| &plan.watched);
        let said = watched.iter().map(|one| self.place(&one.place, Some(one)));
        let unsaid = known.iter().filter(|place| watched.iter().all(|one| one.place != **place));
        said.chain(unsaid.map(|place| self.place(place, None))).collect()
    }

    fn place(&self, place: &Place, watched: Option<&Watched>) -> TellPlace {
        TellPlace {
            place: place.clone(),
            name: self.name(place),
            ways: Way::ALL.map(|way| watched.and_then(|watched| self.way(way, watched))),
            said: watched.is_some(),
        }
    }

    /// What a room or group is called.
    pub fn name(&self, place: &Place) -> String {
        match place {
            Place::Room(room) => room.clone(),
            Place::Year(year) => year.label(),
            Place::Class(id) => match self.groups.iter().find(|group| group.id == *id) {
                Some(group) => group.name.clone(),
                None => self.say().plain("monitoring-class-gone"),
            },
            Place::Kind(kind) => self.say().plain(&format!("report-kinds-{}", kind.name())),
        }
    }

    fn way(&self, way: Way, watched: &Watched) -> Option<String> {
        match way {
            Way::InPerson => watched.in_person.clone(),
            Way::WebLog => watched.web_log.then(|| self.say().plain("monitoring-by-usher")),
            Way::Device => watched.device.as_ref().map(|software| {
                let values = [
                    ("product", software.product.as_str().into()),
                    ("whose", software.whose.as_str().into()),
                ];
                self.say().say("monitoring-software", &values)
            }),
        }
    }

    fn limit(&self, limit: Limit, plan: Option<&Plan>, fact: Option<&Fact>) -> TellLimit {
        let answer = plan.and_then(|plan| plan.answer(limit)).map(|answer| TellAnswer {
            what: answer.what.clone(),
            who: self.office(answer.who),
            again: self.say().date(answer.again),
            overdue: answer.again < self.today,
        });
        TellLimit {
            limit,
            name: self.limit_name(limit),
            fact: fact.map(|fact| self.fact(fact)).unwrap_or_default(),
            answer,
        }
    }

    /// What a limit is called.
    pub fn limit_name(&self, limit: Limit) -> String {
        self.say().plain(&format!("monitoring-limit-{}", limit.name()))
    }

    /// An office.
    pub fn office(&self, role: Role) -> String {
        self.say().plain(&format!("report-role-{}", role.name()))
    }

    /// What is so of a limit.
    pub fn fact(&self, fact: &Fact) -> String {
        let values: Vec<_> = fact.numbers.iter().map(|(name, number)| (*name, (*number).into())).collect();
        self.say().say(&format!("monitoring-fact-{}", fact.says), &values)
    }

    fn row(&self, row: &Row) -> TellRow {
        let say = self.say();
        let traffic = &row.traffic;
        let lent = row.kind == DeviceKind::Lent;
        let part = |key: &str| {
            let key =
                if lent && row.tunnelled < row.devices { format!("{key}-in-school") } else { key.to_owned() };
            say.plain(&key)
        };
        let unseen: Vec<String> = row.limits.iter().map(|limit| self.limit_name(*limit)).collect();
        TellRow {
            name: say.plain(&format!("monitoring-device-{}", row.kind.name())),
            devices: say
                .say("monitoring-devices", &[("count", row.devices.into()), ("seen", row.seen.into())]),
            last: self.last(traffic.last),
            filtered: part("monitoring-filtered"),
            logged: part("monitoring-logged"),
            decrypted: self.decrypted(row),
            identified: identified(say, traffic),
            unseen: unseen.join("; "),
        }
    }

    /// When something was last seen: on which day, or not in the time looked back.
    pub fn last(&self, last: Option<Date>) -> String {
        let say = self.say();
        match last {
            Some(day) if day >= self.today => say.plain("monitoring-seen-today"),
            Some(day) => say.say("monitoring-unseen-since", &[("day", say.date(day).into())]),
            None => say.say("monitoring-unseen", &[("days", coverage::LOOKED_BACK_DAYS.into())]),
        }
    }

    fn decrypted(&self, row: &Row) -> String {
        let say = self.say();
        let share = row.traffic.percent(row.traffic.unread);
        match (row.decrypted, share) {
            (Decrypted::Nothing, _) => say.plain("monitoring-decrypted-nothing"),
            (Decrypted::Mostly, Some(percent)) => {
                say.say("monitoring-decrypted-share", &[("percent", percent.into())])
            }
            (Decrypted::Mostly, None) => say.plain("monitoring-nothing-passed"),
        }
    }

    fn system(&self, system: System) -> (String, String) {
        let say = self.say();
        let key = format!("monitoring-system-{}", system.name());
        (say.plain(&key), say.plain(&format!("{key}-text")))
    }
}

fn identified(say: Say<'_>, traffic: &Traffic) -> String {
    match (traffic.percent(traffic.nobody), traffic.percent(traffic.shared)) {
        (Some(nobody), Some(shared)) => {
            say.say("monitoring-identified-share", &[("nobody", nobody.into()), ("shared", shared.into())])
        }
        _ => say.plain("monitoring-nothing-passed"),
    }
}

#[cfg(test)]
mod tests;
