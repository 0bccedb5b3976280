//! Articles that are not learned: what probabilities, thresholds and what is familiar are learned from.

use std::collections::BTreeMap;

use crate::stream::row::Row;
use crate::text::language::Language;

/// One article in so many is held out.
const ONE_IN: u64 = 20;

/// An article that is held out, as its terms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HeldRow {
    /// Numbers of its labels, in the order of their discovery.
    pub(super) gold: Vec<u32>,
    pub(super) language: Language,
    /// Hash and count of each distinct term.
    pub(super) terms: Vec<(u64, u32)>,
}

/// The articles whose content has the smallest hashes, within bounds of number and memory.
///
/// An article is held out where the hash of its content is below a threshold, which begins at a twentieth of the range and goes down as the
/// bounds are reached: whoever is in at the end has been below it all the time, so that it has never been learned, in no pass, and
/// neither has its double.
#[derive(Debug)]
pub(super) struct HeldOut {
    pub(super) threshold: u64,
    pub(super) rows: BTreeMap<(u64, u64), HeldRow>,
    bytes: usize,
    max_rows: usize,
    max_bytes: usize,
}

impl HeldRow {
    pub(super) fn new(row: &Row, gold: Vec<u32>, language: Language) -> HeldRow {
        HeldRow { gold, language, terms: row.all().map(|term| (term.hash, term.count)).collect() }
    }

    fn bytes(&self) -> usize {
        size_of::<HeldRow>() + 64 + self.terms.len() * size_of::<(u64, u32)>() + self.gold.len() * 4
    }
}

impl HeldOut {
    pub(super) fn new(max_rows: usize, max_bytes: usize) -> HeldOut {
        HeldOut { threshold: u64::MAX / ONE_IN, rows: BTreeMap::new(), bytes: 0, max_rows, max_bytes }
    }

    /// Whether an article with this content is held out now.
    pub(super) fn takes(&self, content: u64) -> bool {
        content < self.threshold
    }

    /// Takes an article, the `number`th of the stream; those with the largest hashes go where there are too many.
    pub(super) fn add(&mut self, content: u64, number: u64, row: HeldRow) {
        self.bytes += row.bytes();
        self.rows.insert((content, number), row);
        while self.rows.len() > self.max_rows || self.bytes > self.max_bytes {
            let Some(((content, _), row)) = self.rows.pop_last() else { break };
            self.bytes -= row.bytes();
            self.threshold = content;
            // Doubles go together.
            while self.rows.last_key_value().is_some_and(|((last, _), _)| *last >= content) {
                let Some((_, row)) = self.rows.pop_last() else { break };
                self.bytes -= row.bytes();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_hashes_stay_and_none_that_stays_was_ever_refused() {
        let row = || HeldRow { gold: vec![0], language: Language::Unknown, terms: vec![(1, 1); 10] };
        let mut held = HeldOut::new(50, 1 << 20);
        let mut random = crate::random::Random::new(1);
        let mut refused = Vec::new();
        let mut all = Vec::new();
        for number in 0..20_000 {
            let content = random.next_u64();
            all.push(content);
            if held.takes(content) { held.add(content, number, row()) } else { refused.push(content) }
        }
        let kept: Vec<u64> = held.rows.keys().map(|key| key.0).collect();
        all.sort_unstable();
        assert_eq!(kept, all[..50]);
        assert!(refused.iter().all(|content| !held.takes(*content)));
    }

    #[test]
    fn memory_is_bounded_and_doubles_go_together() {
        let row = |n| HeldRow { gold: vec![0], language: Language::Unknown, terms: vec![(1, 1); n] };
        let mut held = HeldOut::new(100, 10_000);
        (0..5).for_each(|number| held.add(7, number, row(50)));
        held.add(3, 9, row(200));
        assert_eq!(held.rows.len(), 5 + 1);
        held.add(4, 10, row(200));
        assert_eq!(held.rows.keys().map(|key| key.0).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(held.threshold, 7);
        held.add(1, 11, row(5000));
        assert!(held.rows.len() < 2);
    }
}
