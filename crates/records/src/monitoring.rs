//! The monitoring plan (FM-45, UM-19): in which room and of whom web use is watched in which of three ways – people in the room,
//! the web log, software on the device – and what the school does about each thing that Usher does not see (FM-44).
//!
//! Owns: what a plan holds, and how it is changed. Does not: say what is seen of what (`policy::coverage` does), or
//! watch anybody. Usher is the web log and nothing else: no plan can call it software on the device.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::ids::{GroupId, Id, Named, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role, Year};

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// Days after which an answer to a limit is looked at again at the latest: the standards ask for a look every school year.
pub const LONGEST_DAYS: i64 = 366;
/// Letters of any text in a plan: it is read on one page.
pub const MOST_LETTERS: usize = 1_000;

/// Marks ids of plans.
#[derive(Debug)]
pub enum PlanNoun {}
impl Named for PlanNoun {
    const NOUN: &'static str = "monitoring-plan";
}
/// A plan's id.
pub type PlanId = Id<PlanNoun>;

/// The school's plan. There is one, and each change of it is a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Rooms and groups of people, by place.
    pub watched: Vec<Watched>,
    /// What the school does about what is not seen, by limit.
    pub answers: Vec<Answer>,
    /// Who changed it last.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

/// A room or a group of people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A room, by the name devices and classes have it under.
    Room(String),
    /// A school year.
    Year(Year),
    /// A class.
    Class(GroupId),
    /// A kind of people: staff, visitors.
    Kind(PersonKind),
}

/// A way of watching. These are the three that there are (UKSIC; KCSIE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// An adult in the room.
    InPerson,
    /// The log of what passes the school's connection: this is Usher.
    WebLog,
    /// Software on the device, bought elsewhere.
    Device,
}

impl Way {
    /// The three.
    pub const ALL: [Self; 3] = [Self::InPerson, Self::WebLog, Self::Device];

    /// What Usher is. There is no setting for it.
    pub const USHER: Self = Self::WebLog;

    /// Its name in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InPerson => "in-person",
            Self::WebLog => "web-log",
            Self::Device => "device",
        }
    }
}

/// How one room or group is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// Which.
    pub place: Place,
    /// Who watches in the room, and how; none where nobody does.
    pub in_person: Option<String>,
    /// Whether its web use is in Usher's log, and somebody reads it.
    pub web_log: bool,
    /// Software on the devices.
    pub device: Option<Software>,
}

/// Software on devices that another maker sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Software {
    /// What it is called.
    pub product: String,
    /// Who sells it, and who in the school reads what it says.
    pub whose: String,
}

impl Watched {
    /// The ways it is watched in.
    pub fn ways(&self) -> Vec<Way> {
        let used = |way: &Way| match way {
            Way::InPerson => self.in_person.is_some(),
            Way::WebLog => self.web_log,
            Way::Device => self.device.is_some(),
        };
        Way::ALL.into_iter().filter(used).collect()
    }
}

/// Something that is not seen. The list is Usher's and no school's: what is not on it cannot be left out of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// What is not decrypted.
    NotDecrypted,
    /// What nobody signed in did.
    NotIdentified,
    /// What several people share a sign-in for.
    Shared,
    /// Devices of guests, without the school's certificate.
    Guests,
    /// What pages write while they are read: chats, live pictures.
    LiveContent,
    /// What pictures, sound and films show.
    Pictures,
    /// Apps that speak otherwise than browsers.
    Apps,
    /// What is done on a device without the web.
    Offline,
    /// Phones on their own connection.
    OwnConnection,
    /// Devices away from school.
    OffSite,
    /// Nights, weekends and holidays, when nobody reads alerts.
    Unattended,
}

impl Limit {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 11] = [
        Self::NotDecrypted,
        Self::NotIdentified,
        Self::Shared,
        Self::Guests,
        Self::LiveContent,
        Self::Pictures,
        Self::Apps,
        Self::Offline,
        Self::OwnConnection,
        Self::OffSite,
        Self::Unattended,
    ];

    /// Its name in keys and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotDecrypted => "not-decrypted",
            Self::NotIdentified => "not-identified",
            Self::Shared => "shared",
            Self::Guests => "guests",
            Self::LiveContent => "live-content",
            Self::Pictures => "pictures",
            Self::Apps => "apps",
            Self::Offline => "offline",
            Self::OwnConnection => "own-connection",
            Self::OffSite => "off-site",
            Self::Unattended => "unattended",
        }
    }

    /// The limit with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.name() == name)
    }
}

/// What the school does about a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Which.
    pub limit: Limit,
    /// What is done instead.
    pub what: String,
    /// The office that answers for it.
    pub who: Role,
    /// The day by which somebody looks at it again.
    pub again: Date,
}

impl Noun for Plan {
    const KIND: Kind = Kind::MonitoringPlan;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        // There is one: two people who begin it at the same time do not make two.
        vec![IndexKey::unique("plan", "school")]
    }
}

impl Plan {
    /// A plan that says nothing.
    pub const fn empty(id: PlanId, by: PersonId, at: Moment) -> Self {
        Self { id, watched: Vec::new(), answers: Vec::new(), by, at }
    }

    /// What the school does about a limit.
    pub fn answer(&self, limit: Limit) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.limit == limit)
    }

    /// Limits nothing is done about.
    pub fn open(&self) -> Vec<Limit> {
        Limit::ALL.into_iter().filter(|limit| self.answer(*limit).is_none()).collect()
    }

    /// Answers whose day to be looked at is past, longest first.
    pub fn overdue(&self, today: Date) -> Vec<&Answer> {
        let mut late: Vec<&Answer> = self.answers.iter().filter(|answer| answer.again < today).collect();
        late.sort_by_key(|answer| answer.again);
        late
    }

    /// How a place is watched.
    pub fn at_place(&self, place: &Place) -> Option<&Watched> {
        self.watched.iter().find(|watched| watched.place == *place)
    }
}

/// Who changes a plan, when, and under which id where there is none yet.
#[derive(Debug, Clone, Copy)]
pub struct Hand {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// The id of a first plan.
    pub fresh: PlanId,
}

/// Says how a room or group is watched, in place of what was said of it.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when no way is named; [`Refusal::NameNeeded`] when software has no name or is nobody's;
/// [`Refusal::NotOnDevices`] when it is said to be Usher; [`Refusal::TooMuch`]; [`Refusal::AlreadySo`].
pub fn watch(before: Option<&Stored<Plan>>, watched: Watched, hand: Hand) -> Result<Change, Refusal> {
    let in_person = watched.in_person.as_deref().map(said).transpose()?;
    let device = watched.device.map(software).transpose()?;
    let watched = Watched { in_person, device, ..watched };
    if watched.ways().is_empty() {
        return Err(Refusal::ReasonNeeded);
    }
    let mut next = plan(before, hand);
    if next.watched.contains(&watched) {
        return Err(Refusal::AlreadySo);
    }
    next.watched.retain(|one| one.place != watched.place);
    next.watched.push(watched);
    next.watched.sort_by(|one, other| one.place.cmp(&other.place));
    Ok(change(before, &next))
}

/// Takes a room or group out of the plan.
///
/// # Errors
/// [`Refusal::Gone`] when it is not in it.
pub fn leave_out(before: &Stored<Plan>, place: &Place, hand: Hand) -> Result<Change, Refusal> {
    let mut next = plan(Some(before), hand);
    next.watched.retain(|one| one.place != *place);
    if next.watched.len() == before.value.watched.len() {
        return Err(Refusal::Gone);
    }
    Ok(change(Some(before), &next))
}

/// Says what the school does about a limit, in place of what was said before.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when it says nothing; [`Refusal::EndNeeded`] when the day is not to come; [`Refusal::TooLong`]
/// when it is more than a year away; [`Refusal::TooMuch`].
pub fn answer(
    before: Option<&Stored<Plan>>,
    answer: Answer,
    today: Date,
    hand: Hand,
) -> Result<Change, Refusal> {
    let what = said(refusal::reason(&answer.what)?)?;
    if answer.again <= today {
        return Err(Refusal::EndNeeded);
    }
    if answer.again > today.saturating_add(LONGEST_DAYS.days()) {
        return Err(Refusal::TooLong);
    }
    let answer = Answer { what, ..answer };
    let mut next = plan(before, hand);
    if next.answers.contains(&answer) {
        return Err(Refusal::AlreadySo);
    }
    next.answers.retain(|one| one.limit != answer.limit);
    next.answers.push(answer);
    next.answers.sort_by_key(|one| one.limit);
    Ok(change(before, &next))
}

/// A text of the plan, trimmed.
fn said(text: &str) -> Result<String, Refusal> {
    let text = refusal::reason(text)?;
    if text.chars().count() > MOST_LETTERS { Err(Refusal::TooMuch) } else { Ok(text.to_owned()) }
}

fn software(named: Software) -> Result<Software, Refusal> {
    let [product, whose] = [named.product, named.whose].map(|text| text.trim().to_owned());
    if product.is_empty() || whose.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    if [&product, &whose].iter().any(|text| text.chars().count() > MOST_LETTERS) {
        return Err(Refusal::TooMuch);
    }
    if names_usher(&product) {
        return Err(Refusal::NotOnDevices);
    }
    Ok(Software { product, whose })
}

/// Whether a product is said to be Usher: it is on no device, and a plan that counted on it there would count on nothing.
fn names_usher(product: &str) -> bool {
    product.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| word == "usher")
}

fn plan(before: Option<&Stored<Plan>>, hand: Hand) -> Plan {
    let plan = before.map(|stored| stored.value.clone());
    let plan = plan.unwrap_or_else(|| Plan::empty(hand.fresh, hand.by, hand.at));
    Plan { by: hand.by, at: hand.at, ..plan }
}

fn change(before: Option<&Stored<Plan>>, next: &Plan) -> Change {
    let write = before.map_or_else(|| Write::of(next, Expect::New), |stored| stored.replace(next));
    Change::of(Action::MonitoringPlanChanged, write)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);
    const TODAY: Date = date(2026, 11, 18);

    const fn hand() -> Hand {
        Hand { by: Id::new(4), at: NINE, fresh: Id::new(9) }
    }

    fn room(device: Option<&str>) -> Watched {
        let software =
            |product: &str| Software { product: product.into(), whose: "Bought by the trust".into() };
        Watched {
            place: Place::Room("Suite".into()),
            in_person: Some("The teacher sees every screen".into()),
            web_log: true,
            device: device.map(software),
        }
    }

    fn kept(change: &Change) -> Stored<Plan> {
        assert_eq!((change.writes.len(), change.action), (1, Action::MonitoringPlanChanged));
        Stored { value: serde_json::from_str(&change.writes[0].body).unwrap(), version: 1 }
    }

    fn about(limit: Limit, again: Date) -> Answer {
        Answer { limit, what: "Staff walk round".into(), who: Role::SafeguardingLead, again }
    }

    #[test]
    fn fm_45_a_plan_says_which_ways_are_used_in_each_room_and_of_each_group() {
        let first = watch(None, room(Some("ScreenCare")), hand()).unwrap();
        assert_eq!(first.writes[0].expect, Expect::New);
        let first = kept(&first);
        assert_eq!(first.value.watched[0].ways(), Way::ALL);
        let staff = Watched { place: Place::Kind(PersonKind::Staff), in_person: None, ..room(None) };
        let second = watch(Some(&first), staff.clone(), hand()).unwrap();
        assert_eq!(
            second.writes[0].expect,
            Expect::Version(1),
            "somebody else's change in between is a conflict"
        );
        let second = kept(&second);
        assert_eq!(second.value.at_place(&staff.place).unwrap().ways(), [Way::WebLog]);
        let other = kept(&watch(Some(&second), room(None), hand()).unwrap());
        assert_eq!(other.value.watched.len(), 2, "what is said of a room takes the place of what was said");
        assert_eq!(watch(Some(&other), room(None), hand()), Err(Refusal::AlreadySo));
        let gone = kept(&leave_out(&other, &staff.place, hand()).unwrap());
        assert_eq!(leave_out(&gone, &staff.place, hand()), Err(Refusal::Gone));
    }

    #[test]
    fn fm_45_usher_is_the_web_log_and_cannot_be_made_software_on_the_device() {
        assert_eq!(Way::USHER, Way::WebLog);
        for product in ["Usher", "usher agent", "The USHER-client"] {
            assert_eq!(watch(None, room(Some(product)), hand()), Err(Refusal::NotOnDevices), "{product}");
        }
        assert!(watch(None, room(Some("Gusher")), hand()).is_ok(), "another maker's");
        assert_eq!(watch(None, room(Some(" ")), hand()), Err(Refusal::NameNeeded));
        let nothing = Watched { in_person: None, web_log: false, ..room(None) };
        assert_eq!(watch(None, nothing, hand()), Err(Refusal::ReasonNeeded));
    }

    #[test]
    fn fm_44_every_limit_is_open_until_somebody_says_what_is_done_and_it_is_looked_at_each_year() {
        let plan = Plan::empty(Id::new(9), Id::new(4), NINE);
        assert_eq!(plan.open(), Limit::ALL);
        let good = about(Limit::OffSite, date(2027, 11, 1));
        let after = kept(&answer(None, good.clone(), TODAY, hand()).unwrap());
        assert_eq!(after.value.open().len(), Limit::ALL.len() - 1);
        assert_eq!(after.value.answer(Limit::OffSite), Some(&good));
        assert!(after.value.overdue(date(2027, 11, 1)).is_empty());
        assert_eq!(after.value.overdue(date(2027, 11, 2)), [&good]);
        for (again, wrong) in [
            (TODAY, Refusal::EndNeeded),
            (date(2027, 11, 20), Refusal::TooLong),
            (date(2026, 1, 1), Refusal::EndNeeded),
        ] {
            assert_eq!(answer(None, about(Limit::Apps, again), TODAY, hand()), Err(wrong), "{again}");
        }
        let silent = Answer { what: " - ".into(), ..good };
        assert_eq!(answer(None, silent, TODAY, hand()), Err(Refusal::ReasonNeeded));
    }

    #[test]
    fn every_limit_has_a_name_of_its_own() {
        for limit in Limit::ALL {
            assert_eq!(Limit::named(limit.name()), Some(limit));
        }
        assert_eq!(Limit::named("nothing"), None);
    }
}
