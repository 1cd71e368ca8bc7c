//! What the weekly report asks: the events it looks at, and the counts of all others.

use std::ops::ControlFlow;

use usher_reports::names::Names;
use usher_reports::period::Period;
use usher_reports::weekly::{Unseen, Weekly, WeeklyFold};
use usher_types::ids::SchoolId;

use crate::question::{Activity, By, Question};
use crate::spool::SpoolFault;

/// What was recorded in a time, folded. `told` is how often a child told an adult in it. Blocks on the disk.
///
/// # Errors
/// When the store cannot be read.
pub fn fold(
    activity: &dyn Activity,
    school: SchoolId,
    period: Period,
    names: &Names,
    told: u32,
) -> Result<Weekly, SpoolFault> {
    let all = Question::all(school, period.from, period.until);
    let figures = activity.counts(&all, &By::All)?.remove("").unwrap_or_default();
    let mut fold = WeeklyFold::new(period, names);
    activity.scan(&Question { notable: true, ..all }, &mut |event| {
        fold.add(&event);
        ControlFlow::Continue(())
    })?;
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    fold.set_unseen(Unseen {
        tunnels: count(figures.unread),
        requests: count(figures.requests),
        nobody: count(figures.nobody),
        shared: count(figures.shared),
        tunnelled: false,
    });
    Ok(fold.finish(told))
}
