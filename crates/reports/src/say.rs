//! Words of reports: always an adult's, always from `locales/`.

use jiff::civil::Date;
use usher_scan::theme::Theme;
use usher_types::moment::{LocalTime, Moment, Zone};
use usher_types::role::{PersonKind, Reader};
use usher_words::{Values, Words};

use crate::names::{Whereabouts, Who};
use crate::period::Period;

/// Says things to the adults who read reports.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Say<'a> {
    pub(crate) words: &'a Words,
    pub(crate) zone: &'a Zone,
}

impl<'a> Say<'a> {
    pub(crate) const fn new(words: &'a Words, zone: &'a Zone) -> Self {
        Self { words, zone }
    }

    /// The sentence under a key.
    pub(crate) fn say(self, key: &str, values: &Values<'_>) -> String {
        self.words.say(Reader::Adult, key, values)
    }

    /// The words under a key, which needs no values.
    pub(crate) fn plain(self, key: &str) -> String {
        self.say(key, &[])
    }

    /// `Tuesday 10:15`.
    pub(crate) fn time(self, at: Moment) -> String {
        self.zone.local(at).spoken()
    }

    /// `24 November 2026`.
    pub(crate) fn date(self, date: Date) -> String {
        self.on(date).spoken_date()
    }

    /// `24 November 2026, 10:15`.
    pub(crate) fn date_and_time(self, at: Moment) -> String {
        let local = self.zone.local(at);
        self.say(
            "report-date-time",
            &[("date", local.spoken_date().into()), ("time", local.spoken_time().into())],
        )
    }

    /// `Tuesday`.
    pub(crate) fn weekday(self, date: Date) -> String {
        date.strftime("%A").to_string()
    }

    /// `23 November 2026 to 29 November 2026`, or one day.
    pub(crate) fn period(self, period: &Period) -> String {
        let (first, last) = period.ends();
        if first == last {
            return self.date(first);
        }
        self.say("report-period", &[("first", self.date(first).into()), ("last", self.date(last).into())])
    }

    pub(crate) fn theme(self, theme: Theme) -> String {
        self.plain(&format!("report-theme-{}", theme.name()))
    }

    pub(crate) fn person_kind(self, kind: PersonKind) -> String {
        self.plain(&format!("report-kind-{}", kind.name()))
    }

    /// Who, in a few words, and beside it what else is known of them: a pupil's class, what an adult is.
    pub(crate) fn who(self, who: &Who) -> (String, Option<String>) {
        match who {
            Who::Person { person, name, kind, class } => {
                let name = name
                    .clone()
                    .unwrap_or_else(|| self.say("report-who-gone", &[("person", person.to_string().into())]));
                let pupil = *kind == PersonKind::Pupil;
                (name, if pupil { class.clone() } else { Some(self.person_kind(*kind)) })
            }
            Who::Shared { year } => {
                let name = match year {
                    Some(year) => self.say("report-who-shared-year", &[("year", year.label().into())]),
                    None => self.plain("report-who-shared"),
                };
                (name, Some(self.plain("report-who-shared-note")))
            }
            Who::Nobody => (self.plain("report-who-nobody"), None),
        }
    }

    /// Device, room and lesson, as far as they are known.
    pub(crate) fn whereabouts(self, at: &Whereabouts) -> String {
        let lesson = at
            .lesson
            .as_ref()
            .map(|class| self.say("report-where-lesson", &[("class", class.as_str().into())]));
        let parts = [Some(at.device.clone()), at.room.clone(), lesson];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// `1.4 MB`, as people count bytes.
    pub(crate) fn bytes(self, bytes: u64) -> String {
        let (key, whole, tenth) = match bytes {
            0..=999 => ("report-size-bytes", bytes, 0),
            1_000..=999_949 => ("report-size-kilobytes", (bytes + 500) / 1_000, 0),
            _ => {
                let tenths = (bytes + 50_000) / 100_000;
                ("report-size-megabytes", tenths / 10, tenths % 10)
            }
        };
        let number = if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") };
        self.say(key, &[("number", number.into())])
    }

    fn on(self, date: Date) -> LocalTime {
        self.zone.local(self.zone.moment(date, jiff::civil::time(12, 0, 0, 0)))
    }
}
