//! What the page of one person's activity asks: every event that is whole, and what is left of the others.

use std::ops::ControlFlow;

use usher_reports::person::{PersonActivity, PersonFold};
use usher_types::ids::SchoolId;

use crate::question::{Activity, Question};
use crate::spool::SpoolFault;

/// What one person did in a time, folded. Blocks on the disk.
///
/// # Errors
/// When the store cannot be read.
pub fn fold(
    activity: &dyn Activity,
    school: SchoolId,
    mut fold: PersonFold<'_>,
) -> Result<PersonActivity, SpoolFault> {
    let period = fold.period();
    let question =
        Question { person: Some(fold.person()), ..Question::all(school, period.from, period.until) };
    activity.scan(&question, &mut |event| {
        fold.add(&event);
        ControlFlow::Continue(())
    })?;
    // What is not whole any more is still there as a row.
    activity.rows(&question, &mut |row| {
        fold.add_row(&row);
        ControlFlow::Continue(())
    })?;
    Ok(fold.finish())
}
