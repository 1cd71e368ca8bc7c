//! What passed at each device, counted day by day: what is asked by whole days is answered without reading an event.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use usher_activity::question::{Activity, By, Question};
use usher_activity::spool::SpoolFault;
use usher_policy::coverage::guest_groups;
use usher_policy::coverage::{LOOKED_BACK_DAYS, MEASURED_DAYS, Traffic};
use usher_policy::document::PolicyDocument;
use usher_types::ids::SchoolId;
use usher_types::moment::{Moment, Zone};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::policy::in_force;

/// What is asked about, and as of when.
struct Asked {
    activity: Arc<dyn Activity>,
    school: SchoolId,
    zone: Zone,
    now: Moment,
    today: Date,
    guests: Vec<String>,
}

/// What passed, by what is written on a device, or by its address.
pub(in crate::pages::desk) async fn traffic(
    app: &App,
    desk: &AtDesk,
    policy: &PolicyDocument,
) -> Result<BTreeMap<String, Traffic>, AppFault> {
    let asked = Asked {
        activity: Arc::clone(&app.activity),
        school: app.books.school(),
        zone: desk.school.zone.clone(),
        now: desk.at,
        today: Clock::at(desk).today(),
        guests: guest_groups(policy).into_iter().map(str::to_owned).collect(),
    };
    Ok(tokio::task::spawn_blocking(move || asked.count()).await.map_err(|_stopped| AppFault::NotFound)??)
}

/// The policy decisions are made by now; before the first snapshot, the one in force.
pub(in crate::pages::desk) async fn policy(app: &App) -> Result<PolicyDocument, AppFault> {
    match app.snapshot.load_full() {
        Some(snapshot) => Ok(snapshot.document.clone()),
        None => Ok(in_force(app).await?.1),
    }
}

impl Asked {
    fn count(&self) -> Result<BTreeMap<String, Traffic>, SpoolFault> {
        let mut seen: BTreeMap<String, Traffic> = BTreeMap::new();
        for back in 0..LOOKED_BACK_DAYS {
            let day = self.today.saturating_sub(back.days());
            let all = self.day(day);
            for (device, figures) in self.activity.counts(&all, &By::Device)? {
                if figures.requests == 0 {
                    continue;
                }
                let traffic = seen.entry(device).or_default();
                traffic.last = traffic.last.max(Some(day));
                if back < MEASURED_DAYS {
                    traffic.requests += figures.requests;
                    traffic.unread += figures.unread;
                    traffic.nobody += figures.nobody;
                    traffic.shared += figures.shared;
                }
            }
        }
        self.add_guests(&mut seen)?;
        Ok(seen)
    }

    /// Counts what guests did apart, over the days that are measured.
    fn add_guests(&self, seen: &mut BTreeMap<String, Traffic>) -> Result<(), SpoolFault> {
        let from = self.day(self.today.saturating_sub((MEASURED_DAYS - 1).days())).from;
        for group in &self.guests {
            let theirs =
                Question { group: Some(group.clone()), ..Question::all(self.school, from, self.now) };
            for (device, figures) in self.activity.counts(&theirs, &By::Device)? {
                if let Some(traffic) = seen.get_mut(&device) {
                    // Whoever is not signed in is judged in a group too, and is nobody's guest.
                    traffic.guests += figures.requests.saturating_sub(figures.nobody);
                }
            }
        }
        Ok(())
    }

    /// A whole day, as the school's clock has it.
    fn day(&self, day: Date) -> Question {
        let next = day.saturating_add(1.days());
        Question::all(self.school, self.zone.start_of(day), self.zone.start_of(next))
    }
}
