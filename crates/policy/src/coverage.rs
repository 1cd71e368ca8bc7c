//! What is seen of which device, and what is not: made from the settings, the policy in force, the register of devices and what
//! passed (FM-17, FM-44, UM-06, UM-08, UM-11, MON-15). Nothing here is typed by anybody.
//!
//! Does not: count what passed, say it in words, or decide about a request: where a device is changes no decision.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::civil::Date;
use usher_records::device::Device;
use usher_records::monitoring::Limit;
use usher_records::settings::{OwnDevices, Settings};
use usher_types::role::PersonKind;

use crate::document::{ImageSearch, PolicyDocument, SafeLevel};

/// Days by which what passed is measured: four whole weeks, so that each day of the week counts alike.
pub const MEASURED_DAYS: i64 = 28;
/// Days looked back for when a device was last there: the longest term. What was not there for longer is said to be so.
pub const LOOKED_BACK_DAYS: i64 = 92;

/// A kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceKind {
    /// The school's, with a place or a room of its own.
    Managed,
    /// The school's, carried about: class sets and trolleys.
    ClassSet,
    /// The school's, in somebody's hands, who may take it home.
    Lent,
    /// People's own.
    Own,
    /// Guests'.
    Guest,
    /// Nobody said what it is, and nobody was signed in.
    Unknown,
}

impl DeviceKind {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 6] =
        [Self::Managed, Self::ClassSet, Self::Lent, Self::Own, Self::Guest, Self::Unknown];

    /// Its name in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::ClassSet => "class-set",
            Self::Lent => "lent",
            Self::Own => "own",
            Self::Guest => "guest",
            Self::Unknown => "unknown",
        }
    }

    /// What is not seen of it, besides what is seen of nothing.
    const fn limits(self) -> &'static [Limit] {
        match self {
            Self::Managed => &[Limit::Offline, Limit::Apps],
            Self::ClassSet => &[Limit::Offline, Limit::Apps, Limit::Shared],
            Self::Lent => &[Limit::OffSite, Limit::Offline, Limit::Apps],
            Self::Own => &[Limit::OwnConnection, Limit::Offline, Limit::Apps],
            Self::Guest => &[Limit::Guests, Limit::OwnConnection, Limit::Offline],
            Self::Unknown => &[Limit::NotIdentified, Limit::Offline],
        }
    }
}

/// A family of operating systems. Usher runs on none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Windows.
    Windows,
    /// macOS.
    MacOs,
    /// ChromeOS.
    ChromeOs,
    /// iPadOS and iOS.
    IPadOs,
    /// Android.
    Android,
    /// Linux.
    Linux,
    /// Televisions, consoles, printers, watches.
    Other,
}

impl System {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Windows, Self::MacOs, Self::ChromeOs, Self::IPadOs, Self::Android, Self::Linux, Self::Other];

    /// Its name in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::MacOs => "macos",
            Self::ChromeOs => "chromeos",
            Self::IPadOs => "ipados",
            Self::Android => "android",
            Self::Linux => "linux",
            Self::Other => "other",
        }
    }
}

/// What passed at one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// The last day on which something did, as far as was looked back.
    pub last: Option<Date>,
    /// Requests and connections in the days that are measured.
    pub requests: u64,
    /// Of them, connections whose inside was not read.
    pub unread: u64,
    /// Of them, with nobody signed in.
    pub nobody: u64,
    /// Of them, under a sign-in that several people share.
    pub shared: u64,
    /// Of them, by guests.
    pub guests: u64,
}

impl Traffic {
    /// Adds what passed at another.
    fn join(&mut self, other: &Self) {
        self.last = self.last.max(other.last);
        self.requests += other.requests;
        self.unread += other.unread;
        self.nobody += other.nobody;
        self.shared += other.shared;
        self.guests += other.guests;
    }

    /// How much of it a part is, in a hundred; none where nothing passed.
    pub const fn percent(&self, part: u64) -> Option<u64> {
        part.saturating_mul(100).checked_div(self.requests)
    }
}

/// What is known.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The policy in force.
    pub policy: &'a PolicyDocument,
    /// The school's settings.
    pub settings: &'a Settings,
    /// Devices on the register.
    pub devices: &'a [Device],
    /// What passed, by what is written on a device, or by its address.
    pub traffic: &'a BTreeMap<String, Traffic>,
}

/// How much of what a device sends is decrypted, by the policy in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decrypted {
    /// All but what the policy leaves out.
    Mostly,
    /// Nothing: the policy leaves its people out.
    Nothing,
}

/// A row of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The kind.
    pub kind: DeviceKind,
    /// How many there are: on the register, or seen in the time looked back.
    pub devices: usize,
    /// How many of them were seen in that time.
    pub seen: usize,
    /// What passed.
    pub traffic: Traffic,
    /// What is decrypted of it.
    pub decrypted: Decrypted,
    /// For those that go home: how many come back through the school's tunnel.
    pub tunnelled: usize,
    /// What is not seen of it.
    pub limits: Vec<Limit>,
}

/// Where a device that is lent is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away {
    /// Also away from school: its address is in the school's tunnel.
    Tunnelled,
    /// Only in school.
    Unwatched,
}

/// Whether an address is in one of the school's tunnels.
pub fn is_tunnelled(address: IpAddr, tunnels: &[IpNet]) -> bool {
    let address = address.to_canonical();
    tunnels.iter().any(|range| range.contains(&address))
}

/// Where a device is watched when it is away; none for one that stays in school.
pub fn away(device: &Device, settings: &Settings) -> Option<Away> {
    device.loan?;
    let tunnels = &settings.off_site.tunnels;
    let through = device.address.is_some_and(|address| is_tunnelled(address, tunnels));
    Some(if through { Away::Tunnelled } else { Away::Unwatched })
}

/// What kind a device on the register is.
pub const fn kind_of(device: &Device) -> DeviceKind {
    match (device.loan, device.managed, &device.room) {
        (_, false, _) => DeviceKind::Own,
        (Some(_), true, _) => DeviceKind::Lent,
        (None, true, None) => DeviceKind::ClassSet,
        (None, true, Some(_)) => DeviceKind::Managed,
    }
}

/// What kind a device is that is on no register, by what passed at it.
fn kind_unregistered(key: &str, traffic: &Traffic, tunnels: &[IpNet]) -> DeviceKind {
    if key.parse().is_ok_and(|address| is_tunnelled(address, tunnels)) {
        DeviceKind::Lent
    } else if traffic.guests > 0 {
        DeviceKind::Guest
    } else if traffic.nobody < traffic.requests {
        DeviceKind::Own
    } else {
        DeviceKind::Unknown
    }
}

/// The grid: a row for every kind, also for those of which there is none, in particular people's own (UM-06).
pub fn grid(known: Known<'_>) -> Vec<Row> {
    let mut rows: BTreeMap<DeviceKind, Row> =
        DeviceKind::ALL.into_iter().map(|kind| (kind, empty(known, kind))).collect();
    let tunnels = &known.settings.off_site.tunnels;
    for device in known.devices {
        let traffic = known.traffic.get(&device.name).copied().unwrap_or_default();
        let through = away(device, known.settings) == Some(Away::Tunnelled);
        count(&mut rows, kind_of(device), &traffic, through);
    }
    let registered: BTreeSet<&str> = known.devices.iter().map(|device| device.name.as_str()).collect();
    // What is on no register counts while it is in use: whose it was some months ago nobody knows any more.
    let others =
        known.traffic.iter().filter(|(key, one)| !registered.contains(key.as_str()) && one.requests > 0);
    for (key, traffic) in others {
        let kind = kind_unregistered(key, traffic, tunnels);
        count(&mut rows, kind, traffic, kind == DeviceKind::Lent);
    }
    rows.into_values().collect()
}

fn empty(known: Known<'_>, kind: DeviceKind) -> Row {
    let guests = kind == DeviceKind::Guest && !reads_guests(known.policy);
    Row {
        kind,
        devices: 0,
        seen: 0,
        traffic: Traffic::default(),
        decrypted: if guests { Decrypted::Nothing } else { Decrypted::Mostly },
        tunnelled: 0,
        limits: kind.limits().to_vec(),
    }
}

fn count(rows: &mut BTreeMap<DeviceKind, Row>, kind: DeviceKind, traffic: &Traffic, tunnelled: bool) {
    let Some(row) = rows.get_mut(&kind) else { return };
    row.devices += 1;
    row.seen += usize::from(traffic.last.is_some());
    row.tunnelled += usize::from(tunnelled);
    row.traffic.join(traffic);
}

/// Devices on the register at which part of what passed is nobody's or several people's, those with most of it first (FM-52).
pub fn of_many<'a>(known: Known<'a>) -> Vec<(&'a Device, &'a Traffic)> {
    let untold = |traffic: &Traffic| traffic.nobody + traffic.shared;
    let devices = known.devices.iter();
    let passed = devices.filter_map(|device| Some((device, known.traffic.get(&device.name)?)));
    let mut many: Vec<_> = passed.filter(|(_, traffic)| untold(traffic) > 0).collect();
    many.sort_by_key(|(device, traffic)| (std::cmp::Reverse(untold(traffic)), device.name.as_str()));
    many
}

/// What passed at every device together.
pub fn all_traffic(known: Known<'_>) -> Traffic {
    let mut all = Traffic::default();
    known.traffic.values().for_each(|traffic| all.join(traffic));
    all
}

/// Names of groups these names stand for, sets opened.
fn groups<'a>(policy: &'a PolicyDocument, names: &'a [String]) -> BTreeSet<&'a str> {
    let opened = |name: &'a String| match policy.sets.get(name) {
        Some(set) => set.iter().map(String::as_str).collect(),
        None => vec![name.as_str()],
    };
    names.iter().flat_map(opened).collect()
}

/// The groups visitors are judged in.
pub fn guest_groups(policy: &PolicyDocument) -> Vec<&str> {
    let guests = |kind: &PersonKind| *kind == PersonKind::Visitor;
    let of_guests = policy.groups.iter().filter(|group| group.kinds.iter().any(guests));
    of_guests.map(|group| group.name.as_str()).collect()
}

/// Whether anything of guests is decrypted.
fn reads_guests(policy: &PolicyDocument) -> bool {
    let unread = groups(policy, &policy.inspection.except_whom);
    guest_groups(policy).iter().any(|group| !unread.contains(group))
}

/// What is so of a limit here and now: the key of a sentence, and its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The key's end.
    pub says: &'static str,
    /// Numbers in it.
    pub numbers: Vec<(&'static str, u64)>,
}

/// What is so of each limit.
pub fn facts(known: Known<'_>) -> BTreeMap<Limit, Fact> {
    let rows = grid(known);
    Limit::ALL.into_iter().map(|limit| (limit, fact(limit, known, &rows))).collect()
}

fn fact(limit: Limit, known: Known<'_>, rows: &[Row]) -> Fact {
    let all = all_traffic(known);
    let devices = |kind| rows.iter().find(|row| row.kind == kind).map_or(0, |row| row.devices);
    match limit {
        Limit::NotDecrypted => not_decrypted(known.policy, &all),
        Limit::NotIdentified => share("not-identified", &all, all.nobody),
        Limit::Shared => {
            let fact = share("shared", &all, all.shared);
            fact.and("years", known.settings.sign_in.shared_years.len())
        }
        Limit::Guests => {
            let says = match (guest_groups(known.policy).is_empty(), reads_guests(known.policy)) {
                (true, _) => "guests-none",
                (false, true) => "guests-read",
                (false, false) => "guests-unread",
            };
            Fact::of(says).and("devices", devices(DeviceKind::Guest))
        }
        Limit::LiveContent => Fact::of("live-content").and("groups", known.policy.content.limits.len()),
        Limit::Pictures => pictures(known.policy),
        Limit::Apps => {
            Fact::of("apps").and("groups", groups(known.policy, &known.policy.inspection.pinned_whom).len())
        }
        Limit::Offline => Fact::of("offline"),
        Limit::OwnConnection => Fact::of(match known.settings.conduct.own_devices {
            OwnDevices::Never => "own-connection-never",
            OwnDevices::ByPermit => "own-connection-by-permit",
            OwnDevices::GuestNetwork => "own-connection-guest-network",
        }),
        Limit::OffSite => off_site(rows),
        Limit::Unattended => {
            let quiet = known.settings.alarms.answer.quiet.is_some();
            Fact::of(if quiet { "unattended-quiet" } else { "unattended" })
        }
    }
}

impl Fact {
    const fn of(says: &'static str) -> Self {
        Self { says, numbers: Vec::new() }
    }

    fn and(mut self, name: &'static str, number: impl TryInto<u64>) -> Self {
        self.numbers.push((name, number.try_into().unwrap_or(u64::MAX)));
        self
    }
}

/// How much of everything a part is; said otherwise where nothing passed.
fn share(says: &'static str, all: &Traffic, part: u64) -> Fact {
    match all.percent(part) {
        Some(percent) => Fact::of(says).and("percent", percent),
        None => Fact::of("not-measured"),
    }
}

fn not_decrypted(policy: &PolicyDocument, all: &Traffic) -> Fact {
    let inspection = &policy.inspection;
    share("not-decrypted", all, all.unread)
        .and("sections", inspection.kept.len())
        .and("categories", inspection.except_categories.len())
        .and("sites", inspection.except_sites.len())
        .and("groups", groups(policy, &inspection.except_whom).len())
}

/// What pictures show is looked at by nothing here. What is left is to keep people from the places they are found in.
fn pictures(policy: &PolicyDocument) -> Fact {
    let levels = |level: &BTreeMap<String, SafeLevel>, group: &str, unsaid: SafeLevel| {
        let named = |name: &String| {
            name == group || policy.sets.get(name).is_some_and(|set| set.iter().any(|one| one == group))
        };
        // One named twice has the stricter, as in what is decided by.
        level.iter().filter(|(name, _)| named(name)).map(|(_, level)| *level).max().unwrap_or(unsaid)
    };
    let strict = policy.groups.iter().filter(|group| {
        levels(&policy.safe_search.search, &group.name, group.unsaid_search()) == SafeLevel::Strict
    });
    let shut: Vec<String> = policy
        .safe_search
        .image_search
        .iter()
        .filter(|(_, search)| **search != ImageSearch::Open)
        .map(|(name, _)| name.clone())
        .collect();
    Fact::of("pictures")
        .and("strict", strict.count())
        .and("groups", policy.groups.len())
        .and("shut", groups(policy, &shut).len())
}

fn off_site(rows: &[Row]) -> Fact {
    let Some(lent) = rows.iter().find(|row| row.kind == DeviceKind::Lent) else {
        return Fact::of("off-site");
    };
    let says = if lent.tunnelled == 0 { "off-site" } else { "off-site-tunnel" };
    Fact::of(says).and("devices", lent.devices).and("tunnelled", lent.tunnelled)
}

#[cfg(test)]
mod tests;
