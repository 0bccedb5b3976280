//! The terms a model knows: from hash to column, and from column to the written term.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::matrix::Entry;
use crate::text::TermKind;

/// A term and its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term<'a> {
    /// The term's column in the feature matrix.
    pub column: usize,
    /// A word or a character n-gram.
    pub kind: TermKind,
    /// The term as written: case-folded, words joined by a space.
    pub text: &'a str,
}

/// The terms that fitting kept. Columns of words come before columns of characters, and within each the
/// more frequent term comes first (ties by hash), so that the terms that solvers read most lie together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Vocabulary {
    /// Hashes in ascending order.
    pub(crate) hashes: Vec<u64>,
    /// The column of each hash.
    pub(crate) columns: Vec<u32>,
    /// Columns below this one are words.
    pub(crate) n_words: usize,
    /// The written terms, one after the other in the order of their columns.
    pub(crate) text: String,
    /// Where each term ends in `text`.
    pub(crate) ends: Vec<u32>,
    /// Made from `hashes` when fitted or loaded.
    #[serde(skip)]
    pub(crate) table: HashTable,
}

impl Vocabulary {
    /// A vocabulary of terms in the order of their columns.
    pub(crate) fn new(
        hashes_by_column: &[u64],
        terms: impl IntoIterator<Item = impl AsRef<str>>,
        n_words: usize,
    ) -> Vocabulary {
        let mut order: Vec<u32> = (0..hashes_by_column.len() as u32).collect();
        order.par_sort_unstable_by_key(|&c| hashes_by_column[c as usize]);
        let mut text = String::new();
        let mut ends = Vec::with_capacity(order.len());
        for term in terms {
            text.push_str(term.as_ref());
            ends.push(text.len() as u32);
        }
        let hashes: Vec<u64> = order.iter().map(|&c| hashes_by_column[c as usize]).collect();
        let table = HashTable::new(&hashes, &order);
        Vocabulary { hashes, columns: order, n_words, text, ends, table }
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many of the terms are word n-grams; the rest are character n-grams.
    pub fn n_words(&self) -> usize {
        self.n_words
    }

    /// The term of a column; `None` past the last.
    pub fn term(&self, column: usize) -> Option<Term<'_>> {
        let end = *self.ends.get(column)? as usize;
        let start = if column == 0 { 0 } else { self.ends[column - 1] as usize };
        let kind = if column < self.n_words { TermKind::Word } else { TermKind::Char };
        Some(Term { column, kind, text: self.text.get(start..end)? })
    }

    /// All terms in the order of their columns.
    pub fn terms(&self) -> impl Iterator<Item = Term<'_>> {
        (0..self.len()).filter_map(|column| self.term(column))
    }

    /// The column of a written term (case-folded, words joined by one space).
    pub fn column(&self, kind: TermKind, term: &str) -> Option<usize> {
        let is_it = |&column: &usize| self.term(column).is_some_and(|t| t.text == term);
        crate::text::hashes_of(kind, term).filter_map(|hash| self.table.get(hash)).map(|c| c as usize).find(is_it)
    }

    /// The hash of every column's term.
    pub(crate) fn hashes_by_column(&self) -> Vec<u64> {
        let mut by_column = vec![0; self.len()];
        self.hashes.iter().zip(&self.columns).for_each(|(&hash, &column)| by_column[column as usize] = hash);
        by_column
    }

    /// The hash of a column's term.
    pub(crate) fn hash(&self, column: usize) -> Option<u64> {
        let term = self.term(column)?;
        crate::text::hashes_of(term.kind, term.text).find(|&hash| self.table.get(hash) == Some(column as u32))
    }

    /// The column of a term's hash.
    #[inline]
    pub(crate) fn lookup(&self, hash: u64) -> Option<u32> {
        self.table.get(hash)
    }

    /// Adds the columns of the hashes that it knows to a row, with their counts.
    pub(crate) fn columns_of(&self, pairs: &[(u64, u32)], row: &mut Vec<Entry>) {
        self.table.get_all(pairs, |column, count| row.push(Entry { column, value: count as f32 }));
    }
}

/// From hash to column: open addressing over slots in the order of the hashes.
///
/// A slot holds the low half of a hash and the column, so that one cache line answers; the high half
/// decides the slot. Since hashes are inserted in ascending order and slots ascend with them,
/// building the table is one sequential sweep. The two halves together tell terms apart up to a
/// chance of terms / 2^(32 + log2 slots) for a text's term that the model doesn't know.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct HashTable {
    slots: Vec<Slot>,
    /// Number of home slots; the vector is longer by the overflow of the last ones.
    n_home: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Slot {
    tag: u32,
    column: u32,
}

const EMPTY: u32 = u32::MAX;

impl HashTable {
    pub(crate) fn new(hashes: &[u64], columns: &[u32]) -> HashTable {
        let n_home = (hashes.len() as u64 * 2).max(1);
        let free = Slot { tag: 0, column: EMPTY };
        let mut slots = vec![free; n_home as usize + 1];
        let mut next = 0usize;
        for (&hash, &column) in hashes.iter().zip(columns) {
            let slot = home(hash, n_home).max(next);
            if slot + 1 >= slots.len() {
                slots.resize(slot + 2, free);
            }
            slots[slot] = Slot { tag: hash as u32, column };
            next = slot + 1;
        }
        HashTable { slots, n_home }
    }

    #[inline]
    fn get(&self, hash: u64) -> Option<u32> {
        if self.n_home == 0 {
            return None;
        }
        self.get_from(home(hash, self.n_home), hash as u32)
    }

    /// The column of a tag, from its home on.
    #[inline]
    fn get_from(&self, mut at: usize, tag: u32) -> Option<u32> {
        loop {
            // The last slot is always free, so the search ends.
            let slot = self.slots.get(at)?;
            if slot.column == EMPTY {
                return None;
            }
            if slot.tag == tag {
                return Some(slot.column);
            }
            at += 1;
        }
    }

    /// Looks many hashes up. The home slots of several hashes are read before the first one is looked at, so that the processor
    /// waits for the memory of all of them at once.
    fn get_all(&self, pairs: &[(u64, u32)], mut found: impl FnMut(u32, u32)) {
        const AT_ONCE: usize = 32;
        if self.n_home == 0 {
            return;
        }
        let mut homes = [(0usize, Slot { tag: 0, column: EMPTY }); AT_ONCE];
        for pairs in pairs.chunks(AT_ONCE) {
            for (place, &(hash, _)) in homes.iter_mut().zip(pairs) {
                let at = home(hash, self.n_home);
                *place = (at, self.slots[at]);
            }
            for (&(at, slot), &(hash, count)) in homes.iter().zip(pairs) {
                if slot.column == EMPTY {
                    continue;
                }
                let column =
                    if slot.tag == hash as u32 { Some(slot.column) } else { self.get_from(at + 1, hash as u32) };
                if let Some(column) = column {
                    found(column, count);
                }
            }
        }
    }
}

impl std::fmt::Debug for HashTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HashTable").field("slots", &self.slots.len()).finish()
    }
}

#[inline]
fn home(hash: u64, n_home: u64) -> usize {
    ((u128::from(hash) * u128::from(n_home)) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_found_and_no_other() {
        let terms: Vec<String> = (0..5000).map(|i| format!("term{i}")).collect();
        let hashes: Vec<u64> = terms.iter().map(|t| crate::text::hash_term(TermKind::Word, t)).collect();
        let vocabulary = Vocabulary::new(&hashes, &terms, 4000);
        for (column, term) in terms.iter().enumerate() {
            assert_eq!(vocabulary.column(TermKind::Word, term), Some(column));
            let found = vocabulary.term(column).unwrap();
            assert_eq!((found.text, found.kind == TermKind::Word), (term.as_str(), column < 4000));
        }
        for i in 5000..20_000 {
            assert_eq!(vocabulary.column(TermKind::Word, &format!("term{i}")), None);
        }
        assert_eq!(vocabulary.term(5000), None);
    }

    #[test]
    fn hashes_at_the_end_of_the_range_overflow_safely() {
        let hashes: Vec<u64> = (0..50).map(|i| u64::MAX - 2 * i).rev().collect();
        let columns: Vec<u32> = (0..50).collect();
        let table = HashTable::new(&hashes, &columns);
        for (&hash, &column) in hashes.iter().zip(&columns) {
            assert_eq!(table.get(hash), Some(column));
        }
        assert_eq!(table.get(u64::MAX - 1), None);
        assert_eq!(HashTable::default().get(7), None);
    }
}
