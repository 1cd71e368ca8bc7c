//! What was removed in the invented school when its time was over: two lines of the log, of the days before the demonstration.

use usher_records::change::Actor;
use usher_records::keeping::{Disposal, Removed, dispose};
use usher_records::settings::Settings;
use usher_store::books::Books;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::Moment;

use crate::school::DemoSchool;
use crate::school::install::InstallFault;

impl DemoSchool {
    /// Puts the log into books that have none. Gives how many lines.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_removals(
        &self,
        books: &Books,
        settings: &Settings,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<Disposal>().await?.is_empty() {
            return Ok(0);
        }
        let rules = settings.keeping;
        let line = |what, count, rule| Disposal { id: Id::new(ids.next(at)), what, count, rule, held: 0, at };
        let lines =
            [line(Removed::Whole, 28_114, rules.of_whole()), line(Removed::Lines, 26_950, rules.of_lines())];
        if let Some(change) = dispose(&lines) {
            books.commit(&change, &Actor::Usher("keeping".into()), at).await?;
        }
        Ok(lines.len())
    }
}
