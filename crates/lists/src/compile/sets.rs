//! Sets of lists, each kept once and known by a number.

use std::collections::HashMap;

use super::CompileError;

/// Sets by number. Number 0 is the empty set.
#[derive(Debug)]
pub(super) struct Sets {
    numbers: HashMap<Box<[u16]>, u16>,
    sets: Vec<Box<[u16]>>,
    unions: HashMap<(u16, u16), u16>,
}

impl Sets {
    pub(super) fn new() -> Self {
        let empty: Box<[u16]> = Box::default();
        Self { numbers: HashMap::from([(empty.clone(), 0)]), sets: vec![empty], unions: HashMap::new() }
    }

    /// The number of a set, given sorted.
    pub(super) fn number(&mut self, set: &[u16]) -> Result<u16, CompileError> {
        if let Some(number) = self.numbers.get(set) {
            return Ok(*number);
        }
        let number = u16::try_from(self.sets.len()).map_err(|_too_many| CompileError::TooManySets)?;
        self.numbers.insert(set.into(), number);
        self.sets.push(set.into());
        Ok(number)
    }

    /// The number of what is in a set, given sorted, or in the set of that number.
    pub(super) fn union(&mut self, own: &[u16], above: u16) -> Result<u16, CompileError> {
        let own = self.number(own)?;
        if above == 0 || own == above {
            return Ok(own);
        }
        if let Some(number) = self.unions.get(&(own, above)) {
            return Ok(*number);
        }
        let both =
            |number: u16| self.sets.get(usize::from(number)).into_iter().flat_map(|set| set.iter().copied());
        let mut all: Vec<u16> = both(own).chain(both(above)).collect();
        all.sort_unstable();
        all.dedup();
        let number = self.number(&all)?;
        self.unions.insert((own, above), number);
        Ok(number)
    }

    /// How many there are, the empty one among them.
    pub(super) fn len(&self) -> usize {
        self.sets.len()
    }

    /// How many, where each begins and where the last ends, counted in lists, then the lists.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes();
        bytes.extend_from_slice(&number(self.sets.len()));
        let mut end = 0;
        bytes.extend_from_slice(&number(end));
        for set in &self.sets {
            end += set.len();
            bytes.extend_from_slice(&number(end));
        }
        self.sets.iter().flatten().for_each(|list| bytes.extend_from_slice(&list.to_le_bytes()));
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_one_number() {
        let mut sets = Sets::new();
        let one = sets.number(&[1, 5]).unwrap();
        assert_eq!(sets.number(&[1, 5]).unwrap(), one);
        assert_eq!(sets.number(&[]).unwrap(), 0);
        assert_eq!(sets.union(&[1], one).unwrap(), one);
        let more = sets.union(&[2], one).unwrap();
        assert_eq!(sets.number(&[1, 2, 5]).unwrap(), more);
        assert_eq!(sets.union(&[2], one).unwrap(), more);
        assert_eq!(sets.union(&[2], 0).unwrap(), sets.number(&[2]).unwrap());
    }

    #[test]
    fn more_sets_than_numbers_is_an_error() {
        let mut sets = Sets::new();
        let full = (0..u16::MAX).try_for_each(|list| sets.number(&[list]).map(drop));
        assert!(full.is_ok());
        assert!(matches!(sets.number(&[1, 2]), Err(CompileError::TooManySets)));
    }
}
