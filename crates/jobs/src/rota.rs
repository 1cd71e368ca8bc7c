//! Alerts nobody has taken up: those that quiet hours held are told when these end, and grave ones go to the next of the
//! school's rota (FM-48, UM-15, UM-17). A drill goes the same way as the real thing.

use std::time::Duration;

use async_trait::async_trait;
use usher_policy::answering;
use usher_records::alert::{self, Alert};
use usher_records::change::{Actor, Change, Stored};
use usher_records::school::School;
use usher_store::store::StoreError;
use usher_types::moment::Moment;

use crate::alerts::telling::Telling;
use crate::runner::{Job, JobFault};

/// Hands alerts on.
#[derive(Debug)]
pub struct Rota {
    /// Who is told, and how.
    pub telling: Telling,
}

#[async_trait]
impl Job for Rota {
    fn name(&self) -> &'static str {
        "rota"
    }

    /// Within the minute that a grave alert has to reach somebody; a drill is told by the first run after it began.
    fn every(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let waiting = self.telling.books.find::<Alert>("state", alert::State::Waiting.name()).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let school = usher_directory::books::school(&self.telling.books).await?;
        for alert in &waiting {
            let Some(change) = self.due(alert, &school, at).await? else { continue };
            match self.telling.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
                // Somebody took it up in the same instant.
                Ok(_) | Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl Rota {
    async fn due(
        &self,
        alert: &Stored<Alert>,
        school: &School,
        at: Moment,
    ) -> Result<Option<Change>, JobFault> {
        let value = &alert.value;
        let held_over = value.held_until.is_some_and(|until| until <= at);
        let overdue = answering::is_overdue(&school.settings.alarms.answer, value, at);
        if !held_over && !overdue {
            return Ok(None);
        }
        let about = self.telling.about(value.whose).await?;
        if held_over {
            let to = self.telling.first((value.concern, value.whose), about.as_ref(), (school, at)).await?;
            let mails = self.telling.mails(&to, value, about.as_ref(), (school, false));
            return Ok(Some(alert::tell(alert, to, mails, at)));
        }
        let to = self.telling.next(value, about.as_ref(), (school, at)).await?;
        if to.is_empty() {
            return Ok(None);
        }
        let mails = self.telling.mails(&to, value, about.as_ref(), (school, true));
        Ok(alert::pass_on(alert, &to, mails, at).ok())
    }
}
