//! The table. Readers never wait: every map is replaced whole, as one pointer.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use arc_swap::ArcSwap;
use usher_policy::facts::{Circumstances, Device, LessonFacts, Subject};
use usher_records::lesson::Lesson;
use usher_records::session::{Bound, EndReason, KnownBy, Session};
use usher_types::ids::{GroupId, PersonId, SessionId};
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

/// How long a device counts as a pupil's after they were last seen there.
const PUPIL_GONE_MINUTES: i64 = 10;

/// A device as the table shows it.
pub type Devices = HashMap<IpAddr, Arc<Device>>;

/// Sign-ins, lessons and devices.
#[derive(Debug, Default)]
pub struct Table {
    sessions: ArcSwap<HashMap<IpAddr, Arc<Entry>>>,
    lessons: ArcSwap<HashMap<GroupId, LessonFacts>>,
    devices: ArcSwap<Devices>,
    /// Why the last sign-in at a device ended without anybody signing out there, so that the device can say so. One
    /// entry a device at most, gone with the next sign-in.
    ended: ArcSwap<HashMap<IpAddr, EndReason>>,
    /// When a pupil was last at a device, signed in or not by now.
    pupils: ArcSwap<HashMap<IpAddr, Arc<AtomicI64>>>,
    /// When visitors signed in at a device, in the last hour.
    visitors: ArcSwap<HashMap<IpAddr, Vec<Moment>>>,
    /// Rises with every change, so that long streams know to ask again.
    epoch: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Entry {
    session: Session,
    subject: Arc<Subject>,
    last_asked: Arc<AtomicI64>,
}

impl Entry {
    fn holds(&self, at: Moment) -> bool {
        self.session.holds(at) && !self.is_idle(at)
    }

    /// Why it no longer holds.
    fn why_over(&self, at: Moment) -> EndReason {
        if at >= self.session.until { EndReason::Over } else { EndReason::Idle }
    }

    fn is_idle(&self, at: Moment) -> bool {
        let last = Moment::from_unix_ms(self.last_asked.load(Ordering::Relaxed));
        last.plus_minutes(i64::from(self.session.idle_minutes)) <= at
    }
}

impl Table {
    /// An empty table: nobody is signed in.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number that rises with every change.
    pub fn epoch(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.epoch)
    }

    /// Somebody signed in at a device; whoever was there before is gone. Desk sessions are no concern of the table.
    pub fn sign_in(&self, session: Session, subject: Arc<Subject>) {
        let Bound::Device(address) = session.bound else { return };
        let last_asked = Arc::new(AtomicI64::new(session.from.unix_ms()));
        self.remember_sign_in(address, &session, &subject, &last_asked);
        let entry = Arc::new(Entry { session, subject, last_asked });
        self.change_sessions(|sessions| {
            sessions.insert(address, Arc::clone(&entry));
        });
        self.remember_ended(address, None);
    }

    /// A session ended: whoever it was signed out.
    pub fn sign_out(&self, session: SessionId) {
        self.change_sessions(|sessions| sessions.retain(|_, entry| entry.session.id != session));
    }

    /// A session was ended from elsewhere; its device will say why.
    pub fn end(&self, session: SessionId, why: EndReason) {
        let sessions = self.sessions.load();
        let address = sessions.iter().find(|(_, entry)| entry.session.id == session);
        if let Some((address, _)) = address {
            self.remember_ended(*address, Some(why));
        }
        self.sign_out(session);
    }

    /// Why nobody is signed in at a device any more, where nobody signed out there.
    pub fn why_ended(&self, address: IpAddr, at: Moment) -> Option<EndReason> {
        let address = address.to_canonical();
        match self.sessions.load().get(&address) {
            Some(entry) if entry.holds(at) => None,
            Some(entry) => Some(entry.why_over(at)),
            None => self.ended.load().get(&address).copied(),
        }
    }

    /// A session changed, and its circumstances with it: the short clause was accepted. Being changed is no new
    /// sign-in: the limits go on.
    pub fn update_session(&self, session: &Session, subject: &Arc<Subject>) {
        self.change_sessions(|sessions| {
            for entry in sessions.values_mut().filter(|entry| entry.session.id == session.id) {
                *entry = Arc::new(Entry {
                    session: session.clone(),
                    subject: Arc::clone(subject),
                    last_asked: Arc::clone(&entry.last_asked),
                });
            }
        });
    }

    /// Somebody's circumstances changed: they signed, were sanctioned, opened unrestricted time, moved class.
    pub fn update(&self, person: PersonId, change: impl Fn(&Subject) -> Subject) {
        self.change_sessions(|sessions| {
            for entry in sessions.values_mut() {
                if entry.subject.person == Some(person) {
                    *entry = Arc::new(Entry {
                        session: entry.session.clone(),
                        subject: Arc::new(change(&entry.subject)),
                        last_asked: Arc::clone(&entry.last_asked),
                    });
                }
            }
        });
    }

    /// The lessons that are open now, all of them.
    pub fn set_lessons<'a>(&self, lessons: impl IntoIterator<Item = &'a Lesson>, at: Moment) {
        let open: HashMap<GroupId, LessonFacts> = lessons
            .into_iter()
            .filter(|lesson| lesson.is_open(at))
            .map(|lesson| {
                let facts = LessonFacts {
                    lesson: lesson.id,
                    group: lesson.group,
                    adult: lesson.adult,
                    mode: lesson.mode,
                    ends_at: lesson.ends_at,
                };
                (lesson.group, facts)
            })
            .collect();
        self.lessons.store(Arc::new(open));
        self.epoch.fetch_add(1, Ordering::Release);
    }

    /// The devices the school knows, all of them.
    pub fn set_devices(&self, devices: Devices) {
        self.devices.store(Arc::new(devices));
        self.epoch.fetch_add(1, Ordering::Release);
    }

    /// Who is at a device now. Being asked for counts as use: the idle limit starts again.
    pub fn who(&self, address: IpAddr, at: Moment) -> Circumstances {
        let address = address.to_canonical();
        let sessions = self.sessions.load();
        let subject = match sessions.get(&address) {
            Some(entry) if entry.holds(at) => {
                entry.last_asked.fetch_max(at.unix_ms(), Ordering::Relaxed);
                Arc::clone(&entry.subject)
            }
            _ => Arc::new(Subject::nobody()),
        };
        self.circumstances(subject, address, at)
    }

    /// A subject at a device, in the lesson of their class.
    pub fn circumstances(&self, subject: Arc<Subject>, address: IpAddr, at: Moment) -> Circumstances {
        let lessons = self.lessons.load();
        let open = |group: &GroupId| lessons.get(group).copied().filter(|lesson| at < lesson.ends_at);
        let lesson = subject.groups.iter().find_map(open);
        let device = self
            .devices
            .load()
            .get(&address)
            .cloned()
            .unwrap_or_else(|| Arc::new(Device { address, device: None, name: None, room: None }));
        Circumstances { subject, device, lesson }
    }

    /// The session at a device, if it holds.
    pub fn session_at(&self, address: IpAddr, at: Moment) -> Option<Session> {
        let sessions = self.sessions.load();
        sessions
            .get(&address.to_canonical())
            .filter(|entry| entry.holds(at))
            .map(|entry| entry.session.clone())
    }

    /// Who was signed in last at a device, whether or not it still holds (ACC-05).
    pub fn last_at(&self, address: IpAddr) -> Option<PersonId> {
        self.sessions.load().get(&address.to_canonical()).and_then(|entry| entry.subject.person)
    }

    /// People of a class at their devices, for the lesson page.
    pub fn in_group(&self, group: GroupId, at: Moment) -> Vec<(IpAddr, Arc<Subject>)> {
        let sessions = self.sessions.load();
        let here =
            sessions.iter().filter(|(_, entry)| entry.holds(at) && entry.subject.groups.contains(&group));
        here.map(|(address, entry)| (*address, Arc::clone(&entry.subject))).collect()
    }

    /// Where a person is signed in now.
    pub fn devices_of(&self, person: PersonId, at: Moment) -> Vec<IpAddr> {
        let sessions = self.sessions.load();
        let theirs =
            sessions.iter().filter(|(_, entry)| entry.holds(at) && entry.subject.person == Some(person));
        theirs.map(|(address, _)| *address).collect()
    }

    /// Everybody signed in now, for working their circumstances out anew.
    pub fn people(&self) -> Vec<(SessionId, Arc<Subject>)> {
        let sessions = self.sessions.load();
        sessions.values().map(|entry| (entry.session.id, Arc::clone(&entry.subject))).collect()
    }

    /// Sessions that no longer hold, taken out of the table, and why: for the journal.
    pub fn take_ended(&self, at: Moment) -> Vec<(SessionId, EndReason)> {
        let sessions = self.sessions.load();
        let over: Vec<_> = sessions.iter().filter(|(_, entry)| !entry.holds(at)).collect();
        let ended: Vec<(SessionId, EndReason)> = over
            .into_iter()
            .map(|(address, entry)| {
                let why = entry.why_over(at);
                self.remember_ended(*address, Some(why));
                (entry.session.id, why)
            })
            .collect();
        if !ended.is_empty() {
            self.change_sessions(|sessions| sessions.retain(|_, entry| entry.holds(at)));
        }
        ended
    }

    /// Whether a pupil is signed in at a device, or was a little while ago: whoever is there may still be that pupil.
    pub fn had_pupil(&self, address: IpAddr, at: Moment) -> bool {
        let address = address.to_canonical();
        let here = self.sessions.load();
        let now = here.get(&address).filter(|entry| entry.holds(at));
        let last = self.pupils.load().get(&address).map(|last| last.load(Ordering::Relaxed));
        now.is_some_and(|entry| entry.subject.kind == Some(PersonKind::Pupil))
            || last.is_some_and(|last| at < Moment::from_unix_ms(last).plus_minutes(PUPIL_GONE_MINUTES))
    }

    /// How many visitors signed in at a device in the last hour.
    pub fn visitors_at(&self, address: IpAddr, at: Moment) -> usize {
        let visitors = self.visitors.load();
        let theirs = visitors.get(&address.to_canonical()).into_iter().flatten();
        theirs.filter(|from| at < from.plus_minutes(60)).count()
    }

    fn remember_sign_in(
        &self,
        address: IpAddr,
        session: &Session,
        subject: &Subject,
        last_asked: &Arc<AtomicI64>,
    ) {
        if subject.kind == Some(PersonKind::Pupil) {
            self.pupils.rcu(|pupils| {
                let mut next = HashMap::clone(pupils);
                next.insert(address, Arc::clone(last_asked));
                next
            });
        }
        if session.known_by == KnownBy::VisitorForm {
            self.visitors.rcu(|visitors| {
                let mut next = HashMap::clone(visitors);
                let theirs = next.entry(address).or_default();
                theirs.retain(|from| session.from < from.plus_minutes(60));
                theirs.push(session.from);
                next
            });
        }
    }

    fn remember_ended(&self, address: IpAddr, why: Option<EndReason>) {
        self.ended.rcu(|ended| {
            let mut next = HashMap::clone(ended);
            match why {
                Some(why) => next.insert(address, why),
                None => next.remove(&address),
            };
            next
        });
    }

    fn change_sessions(&self, change: impl Fn(&mut HashMap<IpAddr, Arc<Entry>>)) {
        self.sessions.rcu(|sessions| {
            let mut next = HashMap::clone(sessions);
            change(&mut next);
            next
        });
        self.epoch.fetch_add(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_records::account::Owner;
    use usher_records::lesson::Mode;
    use usher_testkit::facts;
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn session(id: u64, address: &str) -> Session {
        Session {
            id: Id::new(id),
            account: Some(Id::new(1)),
            owner: Owner::Person(Id::new(7)),
            group: None,
            bound: Bound::Device(address.parse().unwrap()),
            known_by: KnownBy::Password,
            clause_accepted: true,
            secret: None,
            from: NINE,
            until: NINE.plus_minutes(120),
            idle_minutes: 20,
            ended: None,
        }
    }

    fn table() -> (Table, IpAddr) {
        let table = Table::new();
        table.sign_in(session(1, "10.0.0.1"), Arc::new(facts::subject("pupil.y4")));
        (table, "10.0.0.1".parse().unwrap())
    }

    #[test]
    fn a_device_is_a_pupils_for_a_while_after_they_signed_out() {
        let (table, here) = table();
        let later = NINE.plus_minutes(5);
        assert!(table.who(here, later).subject.is_somebody());
        table.sign_out(Id::new(1));
        assert!(table.had_pupil(here, later.plus_minutes(9)));
        assert!(!table.had_pupil(here, later.plus_minutes(10)));
        let guest = Session { known_by: KnownBy::VisitorForm, ..session(2, "10.0.0.1") };
        table.sign_in(guest, Arc::new(facts::subject("visitor")));
        assert_eq!((table.visitors_at(here, NINE), table.visitors_at(here, NINE.plus_minutes(60))), (1, 0));
    }

    #[test]
    fn acc_10_idle_and_absolute_limits_sign_out() {
        let (table, here) = table();
        assert!(table.who(here, NINE.plus_minutes(19)).subject.is_somebody());
        assert!(
            table.who(here, NINE.plus_minutes(38)).subject.is_somebody(),
            "asking starts the limit again"
        );
        assert!(!table.who(here, NINE.plus_minutes(58)).subject.is_somebody());
        assert_eq!(table.take_ended(NINE.plus_minutes(58)), [(Id::new(1), EndReason::Idle)]);
        assert_eq!(table.take_ended(NINE.plus_minutes(58)), []);
        let (table, here) = self::table();
        for minute in (0..120).step_by(15) {
            assert!(table.who(here, NINE.plus_minutes(minute)).subject.is_somebody());
        }
        assert!(!table.who(here, NINE.plus_minutes(120)).subject.is_somebody());
        assert_eq!(table.take_ended(NINE.plus_minutes(120)), [(Id::new(1), EndReason::Over)]);
    }

    #[test]
    fn another_device_is_nobody_and_mapped_addresses_are_the_same_device() {
        let (table, _) = table();
        assert!(!table.who("10.0.0.2".parse().unwrap(), NINE).subject.is_somebody());
        assert!(table.who("::ffff:10.0.0.1".parse().unwrap(), NINE).subject.is_somebody());
    }

    #[test]
    fn a_lesson_is_seen_by_its_class_until_it_ends() {
        let (table, here) = table();
        let lesson = Lesson {
            id: Id::new(8),
            group: Id::new(30),
            adult: Id::new(1),
            room: None,
            mode: Mode::Normal,
            opened_at: NINE,
            ends_at: NINE.plus_minutes(10),
            ended_at: None,
        };
        table.set_lessons([&lesson], NINE);
        assert_eq!(table.who(here, NINE).lesson.map(|lesson| lesson.lesson), Some(Id::new(8)));
        assert_eq!(table.who(here, NINE.plus_minutes(10)).lesson, None);
        table.set_lessons([], NINE);
        assert_eq!(table.who(here, NINE).lesson, None);
    }

    #[test]
    fn a_device_remembers_why_its_sign_in_ended_until_the_next() {
        let (table, here) = table();
        assert_eq!(table.why_ended(here, NINE), None, "it holds");
        let later = NINE.plus_minutes(30);
        assert_eq!(table.why_ended(here, later), Some(EndReason::Idle));
        table.take_ended(later);
        assert_eq!(table.why_ended(here, later), Some(EndReason::Idle), "swept, and still remembered");
        table.sign_in(session(2, "10.0.0.1"), Arc::new(facts::subject("staff")));
        table.end(Id::new(2), EndReason::Elsewhere);
        assert_eq!(table.why_ended(here, NINE), Some(EndReason::Elsewhere));
        table.sign_in(session(3, "10.0.0.1"), Arc::new(facts::subject("staff")));
        table.sign_out(Id::new(3));
        assert_eq!(table.why_ended(here, NINE), None, "signing out needs no reason");
    }

    #[test]
    fn a_changed_session_keeps_its_limits() {
        let (table, here) = table();
        assert!(table.who(here, NINE.plus_minutes(15)).subject.is_somebody());
        let changed = Session { clause_accepted: true, ..session(1, "10.0.0.1") };
        table.update_session(&changed, &Arc::new(facts::subject("staff")));
        assert!(table.who(here, NINE.plus_minutes(30)).subject.clause_accepted);
        assert!(!table.who(here, NINE.plus_minutes(50)).subject.is_somebody());
    }

    #[test]
    fn a_change_of_circumstances_is_seen_at_once_and_moves_the_epoch() {
        let (table, here) = table();
        let before = table.epoch().load(Ordering::Acquire);
        table.update(Id::new(7), |subject| Subject { clause_accepted: false, ..subject.clone() });
        assert!(!table.who(here, NINE).subject.clause_accepted);
        assert!(table.epoch().load(Ordering::Acquire) > before);
        table.sign_out(Id::new(1));
        assert!(!table.who(here, NINE).subject.is_somebody());
    }
}
