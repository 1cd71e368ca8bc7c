//! The rules on the wall (AGR-13): in which room they hang, in which words, who put them up and when. Entries are only ever
//! added; what is taken down is noted as such.

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of posters.
#[derive(Debug)]
pub enum PosterNoun {}
impl Named for PosterNoun {
    const NOUN: &'static str = "poster";
}
/// A poster's id.
pub type PosterId = Id<PosterNoun>;

/// Somebody put the rules up in a room, or found them gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poster {
    /// Its id.
    pub id: PosterId,
    /// The room.
    pub room: String,
    /// The words that hang there; none when they were taken down.
    pub text: Option<Digest>,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

impl Noun for Poster {
    const KIND: Kind = Kind::Poster;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("room", &self.room)]
    }
}

/// What hangs in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hangs<'a> {
    /// The rules as they are now.
    Now(&'a Poster),
    /// Rules that are not in force any more.
    Old(&'a Poster),
    /// Nothing.
    Nothing,
}

/// What hangs in a room, where these are the texts in force.
pub fn hangs<'a>(posters: &'a [Poster], room: &str, in_force: &[Digest]) -> Hangs<'a> {
    let last =
        posters.iter().filter(|poster| poster.room == room).max_by_key(|poster| (poster.at, poster.id));
    match last.and_then(|poster| Some((poster, poster.text?))) {
        Some((poster, text)) if in_force.contains(&text) => Hangs::Now(poster),
        Some((poster, _)) => Hangs::Old(poster),
        None => Hangs::Nothing,
    }
}

/// Notes that the rules hang in a room, or not any more.
///
/// # Errors
/// [`Refusal::Gone`] when the school has no such room; [`Refusal::AlreadySo`] when that is known.
pub fn note(
    poster: &Poster,
    earlier: &[Poster],
    rooms: &[String],
    in_force: &[Digest],
) -> Result<Change, Refusal> {
    if !rooms.contains(&poster.room) {
        return Err(Refusal::Gone);
    }
    let known = match (hangs(earlier, &poster.room, in_force), poster.text) {
        (Hangs::Now(_), text) => text.is_some(),
        (Hangs::Old(_), _) => false,
        (Hangs::Nothing, text) => text.is_none(),
    };
    if known {
        return Err(Refusal::AlreadySo);
    }
    Ok(Change::of(Action::PosterNoted, Write::of(poster, Expect::New)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poster(number: u64, text: Option<&str>) -> Poster {
        let text = text.map(|text| Digest::of(text.as_bytes()));
        let at = Moment::from_unix_ms(i64::try_from(number).unwrap());
        Poster { id: Id::new(number), room: "Room 4".into(), text, by: Id::new(7), at }
    }

    #[test]
    fn agr_13_a_room_has_the_rules_of_now_older_ones_or_none() {
        let (rooms, now) = (["Room 4".to_owned()], [Digest::of(b"now")]);
        let up = poster(1, Some("now"));
        assert_eq!(hangs(&[], "Room 4", &now), Hangs::Nothing);
        assert_eq!(note(&up, &[], &["Hall".to_owned()], &now), Err(Refusal::Gone));
        assert_eq!(note(&poster(1, None), &[], &rooms, &now), Err(Refusal::AlreadySo));
        assert!(note(&up, &[], &rooms, &now).is_ok());
        let hung = [up];
        assert_eq!(hangs(&hung, "Room 4", &now), Hangs::Now(&hung[0]));
        assert_eq!(hangs(&hung, "Room 4", &[Digest::of(b"newer")]), Hangs::Old(&hung[0]));
        assert_eq!(note(&poster(2, Some("now")), &hung, &rooms, &now), Err(Refusal::AlreadySo));
        assert!(note(&poster(2, None), &hung, &rooms, &now).is_ok());
        let gone = [hung[0].clone(), poster(2, None)];
        assert_eq!(hangs(&gone, "Room 4", &now), Hangs::Nothing);
    }
}
