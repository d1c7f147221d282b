//! A hash table in the order of insertion. Few entries are searched one by one; more have an index
//! with hashes that nobody outside can foresee, since keys come from request bodies.

use std::hash::{BuildHasher, RandomState};

use super::cells::Meter;
use super::hash::{hash_key, hash_text};
use super::{MethodError, Value, same};

/// Entries that are searched without an index.
const FEW: usize = 24;
/// A place of the index that holds no entry, and one that held an entry since removed.
const FREE: u32 = u32::MAX;
const REMOVED: u32 = u32::MAX - 1;

type Pair<'a> = (Value<'a>, Value<'a>);

#[derive(Default)]
pub(super) struct Table<'a> {
    /// Removed entries leave a gap, so that places stay what they are.
    entries: Vec<Option<Pair<'a>>>,
    gaps: usize,
    index: Option<Index>,
}

/// Open addressing over the places of entries.
struct Index {
    hasher: RandomState,
    /// A power of two, at least twice the entries.
    places: Vec<u32>,
}

impl<'a> Table<'a> {
    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.gaps
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Pair<'a>> {
        self.entries.iter().flatten()
    }

    /// The first entry at or behind a place, and its place.
    pub(super) fn from(&self, place: usize) -> Option<(usize, &Pair<'a>)> {
        let rest = self.entries.get(place..)?;
        let (offset, entry) = rest.iter().enumerate().find_map(|(n, e)| Some((n, e.as_ref()?)))?;
        Some((place + offset, entry))
    }

    pub(super) fn get(&self, key: &Value<'a>) -> Result<Option<Value<'a>>, MethodError> {
        Ok(self.place(key)?.and_then(|place| self.value(place)))
    }

    pub(super) fn get_text(&self, key: &str) -> Option<Value<'a>> {
        let is_key = |place: usize| matches!(&self.entries[place], Some((Value::String(text), _)) if *text == key);
        let place = match &self.index {
            None => (0..self.entries.len()).find(|place| is_key(*place)),
            Some(index) => {
                let hash = hash_text(index.hasher.build_hasher(), key);
                index.candidates(hash).find(|place| is_key(*place))
            }
        };
        place.and_then(|place| self.value(place))
    }

    /// The entries, no two of which have the same key.
    pub(super) fn of(entries: Vec<Pair<'a>>) -> Result<Self, MethodError> {
        let mut table =
            Self { entries: entries.into_iter().map(Some).collect(), ..Self::default() };
        if table.entries.len() > FEW {
            table.rebuild()?;
        }
        Ok(table)
    }

    pub(super) fn put(
        &mut self,
        key: Value<'a>,
        value: Value<'a>,
    ) -> Result<Option<Value<'a>>, MethodError> {
        if let Some(place) = self.place(&key)? {
            let entry = self.entries[place].as_mut();
            return Ok(entry.map(|(_, old)| std::mem::replace(old, value)));
        }
        self.entries.push(Some((key, value)));
        let needs_index = match &self.index {
            None => self.entries.len() > FEW,
            Some(index) => self.entries.len() * 2 > index.places.len(),
        };
        if needs_index {
            self.rebuild()?;
        } else if let Some(index) = &mut self.index
            && let Some(Some((key, _))) = self.entries.last()
        {
            let hash = hash_key(index.hasher.build_hasher(), key)?;
            index.insert(hash, self.entries.len() - 1);
        }
        Ok(None)
    }

    pub(super) fn remove(&mut self, key: &Value<'a>) -> Result<Option<Value<'a>>, MethodError> {
        let Some(place) = self.place(key)? else { return Ok(None) };
        if let Some(index) = &mut self.index {
            let hash = hash_key(index.hasher.build_hasher(), key)?;
            index.forget(hash, place);
        }
        self.gaps += 1;
        Ok(self.entries[place].take().map(|(_, value)| value))
    }

    fn value(&self, place: usize) -> Option<Value<'a>> {
        self.entries[place].as_ref().map(|(_, value)| *value)
    }

    fn place(&self, key: &Value<'a>) -> Result<Option<usize>, MethodError> {
        match &self.index {
            None => self.find(key, 0..self.entries.len()),
            Some(index) => {
                let hash = hash_key(index.hasher.build_hasher(), key)?;
                self.find(key, index.candidates(hash))
            }
        }
    }

    fn find(
        &self,
        key: &Value<'a>,
        mut places: impl Iterator<Item = usize>,
    ) -> Result<Option<usize>, MethodError> {
        let meter = Meter::of_key();
        places
            .find_map(|place| {
                let (other, _) = self.entries[place].as_ref()?;
                match same(&meter, key, other) {
                    Ok(false) => None,
                    Ok(true) => Some(Ok(place)),
                    Err(error) => Some(Err(error)),
                }
            })
            .transpose()
    }

    /// Closes gaps and makes a new index.
    fn rebuild(&mut self) -> Result<(), MethodError> {
        self.entries.retain(Option::is_some);
        self.gaps = 0;
        let hasher = self.index.take().map(|index| index.hasher).unwrap_or_default();
        let places = vec![FREE; (self.entries.len() * 4).next_power_of_two()];
        let mut index = Index { hasher, places };
        for (place, (key, _)) in self.entries.iter().flatten().enumerate() {
            let hash = hash_key(index.hasher.build_hasher(), key)?;
            index.insert(hash, place);
        }
        self.index = Some(index);
        Ok(())
    }
}

impl Index {
    /// The entries that may have a hash.
    fn candidates(&self, hash: u64) -> impl Iterator<Item = usize> {
        let mask = self.places.len() - 1;
        (0..self.places.len())
            .map(move |step| self.places[(hash as usize + step) & mask])
            .take_while(|place| *place != FREE)
            .filter(|place| *place != REMOVED)
            .map(|place| place as usize)
    }

    fn insert(&mut self, hash: u64, place: usize) {
        self.replace(hash, FREE, place as u32);
    }

    fn forget(&mut self, hash: u64, place: usize) {
        self.replace(hash, place as u32, REMOVED);
    }

    fn replace(&mut self, hash: u64, old: u32, new: u32) {
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        // There is always a free place: the index is at most half full.
        while self.places[at] != old && self.places[at] != FREE {
            at = (at + 1) & mask;
        }
        self.places[at] = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Heap;

    #[test]
    fn entries_are_found_in_order_after_puts_and_removals() {
        let heap = Heap::default();
        let mut table = Table::default();
        for n in 0..1000 {
            assert!(table.put(Value::Integer(n), Value::Integer(-n)).unwrap().is_none());
        }
        for n in (0..1000).step_by(2) {
            assert!(table.remove(&Value::Integer(n)).unwrap().is_some());
            assert!(table.remove(&Value::Integer(n)).unwrap().is_none());
        }
        for n in 1000..5000 {
            let key = Value::string(&heap, n.to_string()).unwrap();
            table.put(key, Value::Integer(n)).unwrap();
        }
        let integers = table.iter().filter_map(|(key, _)| match key {
            Value::Integer(n) => Some(*n),
            _ => None,
        });
        assert!(integers.eq((1..1000).step_by(2)));
        assert!(matches!(table.get_text("4321"), Some(Value::Integer(4321))));
        assert!(table.get(&Value::Integer(4321)).unwrap().is_none());
        assert_eq!(table.len(), 4500);
    }
}
