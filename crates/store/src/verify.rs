//! Checking that nobody altered the books: the chain, every version's digest, and that what stands now is the latest
//! version.

use std::collections::BTreeMap;

use usher_events::chain::next_link;
use usher_records::noun::Kind;
use usher_types::digest::Digest;
use usher_types::ids::SchoolId;

use crate::journal::{self, JournalEntry, Replaced, ReplacedLine};
use crate::store::{Result, Store};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was altered.
    Clean {
        /// Journal entries checked.
        entries: u64,
        /// Record versions checked.
        versions: u64,
        /// The chain's last link: the fingerprint a governor keeps.
        link: Digest,
        /// Entries whose line an erasure replaced, each with the entry that vouches for what stands there: whoever reads this has to
        /// know of that erasure.
        replaced: Vec<(u64, u64)>,
    },
    /// Something was altered.
    Altered {
        /// The first journal entry that does not fit any more, or whose record does not.
        entry: u64,
        /// What does not fit, in words.
        what: String,
    },
}

/// Journal entries read at a time.
const PAGE: u32 = 1_000;

/// Checks one school's books.
///
/// # Errors
/// When the store cannot be read.
pub async fn verify(store: &dyn Store, school: SchoolId) -> Result<Verdict> {
    let vouched = vouched(store, school).await?;
    let mut link = journal::origin(school);
    let mut number = 0;
    // The digest and entry of each record's latest version.
    let mut latest: BTreeMap<(Kind, u64), (u64, Digest, u64)> = BTreeMap::new();
    let (mut versions, mut replaced) = (0, Vec::new());
    loop {
        let entries = store.journal(school, number, PAGE).await?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            number += 1;
            let altered = |what: String| Ok(Verdict::Altered { entry: number, what });
            if entry.number != number {
                return altered(format!("entry {number} is missing"));
            }
            let before = link;
            link = next_link(before, entry.line.as_bytes());
            if link != entry.link {
                // The links after it are made from the one it had: that stays true of a line an erasure replaced.
                match vouched.get(&number) {
                    Some((line, by)) if stands_for(line, &entry, before) => {
                        replaced.push((number, *by));
                    }
                    _ => return altered(format!("entry {number} was altered")),
                }
                link = entry.link;
            }
            let Ok(line) = entry.read() else { return altered(format!("entry {number} cannot be read")) };
            for record in line.records {
                versions += 1;
                latest.insert((record.kind, record.id), (record.version, record.digest, number));
                let kept = store.version(school, record.kind, record.id, record.version).await?;
                if kept.is_none_or(|row| Digest::of(row.body.as_bytes()) != record.digest) {
                    let what =
                        format!("version {} of {:?} {} was altered", record.version, record.kind, record.id);
                    return altered(what);
                }
            }
        }
    }
    if let Some(altered) = verify_current(store, school, &latest).await? {
        return Ok(altered);
    }
    Ok(Verdict::Clean { entries: number, versions, link, replaced })
}

/// Whether this is the line an erasure put there, between the links that stood there then.
fn stands_for(line: &ReplacedLine, entry: &JournalEntry, before: Digest) -> bool {
    line.line == Digest::of(entry.line.as_bytes()) && line.before == before && line.after == entry.link
}

/// The lines that later erasures replaced, with the digest of what stands there and the entry that says so. Only an entry that is as it was written, or is
/// vouched for by a later one that is, can vouch.
async fn vouched(store: &dyn Store, school: SchoolId) -> Result<BTreeMap<u64, (ReplacedLine, u64)>> {
    let (mut erasures, mut number, mut link) = (Vec::new(), 0, journal::origin(school));
    loop {
        let entries = store.journal(school, number, PAGE).await?;
        let Some(last) = entries.last() else { break };
        number = last.number;
        for entry in entries {
            let fits = next_link(link, entry.line.as_bytes()) == entry.link;
            link = entry.link;
            if let Ok(line) = entry.read()
                && line.replaced.is_some()
            {
                erasures.push((entry.number, Digest::of(entry.line.as_bytes()), fits, line));
            }
        }
    }
    let mut vouched: BTreeMap<u64, (ReplacedLine, u64)> = BTreeMap::new();
    for (number, digest, fits, line) in erasures.into_iter().rev() {
        if !fits && vouched.get(&number).map(|(line, _)| line.line) != Some(digest) {
            continue;
        }
        let replaced = Replaced::of(store, school, &line).await?;
        for line in replaced.map(|list| list.lines).unwrap_or_default() {
            if line.entry < number {
                vouched.entry(line.entry).or_insert((line, number));
            }
        }
    }
    Ok(vouched)
}

/// What stands now is what the journal wrote last, and nothing stands that it did not write.
async fn verify_current(
    store: &dyn Store,
    school: SchoolId,
    latest: &BTreeMap<(Kind, u64), (u64, Digest, u64)>,
) -> Result<Option<Verdict>> {
    let mut first: Option<Verdict> = None;
    let mut found = |entry: u64, what: String| match &first {
        Some(Verdict::Altered { entry: earlier, .. }) if *earlier <= entry => {}
        _ => first = Some(Verdict::Altered { entry, what }),
    };
    let mut standing = 0;
    for kind in Kind::ALL {
        for row in store.list(school, kind).await? {
            standing += 1;
            match latest.get(&(kind, row.id)) {
                Some((version, digest, entry)) => {
                    if row.version != *version || Digest::of(row.body.as_bytes()) != *digest {
                        found(*entry, format!("{kind:?} {} was altered", row.id));
                    }
                }
                None => found(0, format!("{kind:?} {} was put in without a journal entry", row.id)),
            }
        }
    }
    if first.is_none() && standing != latest.len() {
        return Ok(Some(Verdict::Altered {
            entry: 0,
            what: "a record was taken out without a journal entry".into(),
        }));
    }
    Ok(first)
}
