//! A report that was issued, with a code in the place of somebody who was taken out.

use usher_records::erasure::pseudonym::{Pseudonym, code_name};

use crate::names::Who;
use crate::weekly::{Item, Weekly};

impl Weekly {
    /// The report without them: their items say the code and count as before, without what they searched for and where; what
    /// others searched for has no whole name of theirs. None where they are not in it.
    #[must_use]
    pub fn without(&self, whom: &Pseudonym) -> Option<Self> {
        let mut next = self.clone();
        let listed = next.gravities.iter_mut().flat_map(|gravity| &mut gravity.items);
        let confidential = next.confidential.iter_mut().flat_map(|part| &mut part.items);
        listed.chain(confidential).for_each(|item| take_out(item, whom));
        (next != *self).then_some(next)
    }
}

fn take_out(item: &mut Item, whom: &Pseudonym) {
    match &mut item.who {
        Who::Person { person, name, .. } if *person == whom.person() => {
            *person = whom.code();
            *name = Some(code_name(whom.code()));
            item.more_searches =
                item.more_searches.saturating_add(u32::try_from(item.searches.len()).unwrap_or(u32::MAX));
            item.searches.clear();
            item.address.clear();
        }
        _ => {
            for search in &mut item.searches {
                *search = whom.text(search, false);
            }
            // Where a search is part of the address.
            if whom.is_named_in(&item.address) {
                item.address.clear();
            }
        }
    }
}
