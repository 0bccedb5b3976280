//! The most frequent terms, close together.

use crate::classifier::State;

/// Terms of a set.
const WAYS: usize = 4;
/// Sets, so that all terms of one or two outputs lie in a processor's second cache, and on few pages.
const SETS: usize = 1 << 12;
/// Numbers of a term before its states: hash, slot, articles.
const HEAD: usize = 3;

/// A small table before the dictionary: the terms that most articles have, each with its slot there, the number of its articles, and its
/// weights, which hold instead of the slot's.
///
/// Frequent terms are most of what is looked up. Spread over the dictionary each would lie on a page of its own, and finding pages costs more
/// than anything else that is done with a term.
pub(super) struct Front {
    stride: usize,
    pub(super) numbers: Vec<u64>,
}

impl Front {
    pub(super) fn new(n_outputs: usize) -> Front {
        let stride = HEAD + n_outputs;
        Front { stride, numbers: vec![0; SETS * WAYS * stride] }
    }

    /// Bytes that it takes.
    pub(super) fn bytes(n_outputs: usize) -> u64 {
        (SETS * WAYS * (HEAD + n_outputs) * size_of::<u64>()) as u64
    }

    fn set(hash: u64) -> usize {
        // Bits that decide nothing in the dictionary's sets.
        (hash as usize % SETS) * WAYS
    }

    #[inline]
    fn term(&self, place: usize) -> &[u64] {
        &self.numbers[place * self.stride..][..self.stride]
    }

    #[inline]
    fn term_mut(&mut self, place: usize) -> &mut [u64] {
        &mut self.numbers[place * self.stride..][..self.stride]
    }

    /// The place of a term.
    #[inline]
    pub(super) fn find(&self, hash: u64) -> Option<usize> {
        let first = Front::set(hash);
        // A place without articles is free.
        (first..first + WAYS).find(|&place| {
            let term = self.term(place);
            term[0] == hash && term[2] != 0
        })
    }

    #[inline]
    pub(super) fn articles(&self, place: usize) -> u64 {
        self.term(place)[2]
    }

    #[inline]
    pub(super) fn articles_mut(&mut self, place: usize) -> &mut u64 {
        &mut self.term_mut(place)[2]
    }

    #[inline]
    pub(super) fn states(&self, place: usize) -> &[State] {
        &self.term(place)[HEAD..]
    }

    #[inline]
    pub(super) fn states_mut(&mut self, place: usize) -> &mut [State] {
        &mut self.term_mut(place)[HEAD..]
    }

    /// The place for a term of so many articles: a free one, or that of a term of its set with the fewest, if these are fewer.
    pub(super) fn place_for(&self, hash: u64, articles: u64) -> Option<usize> {
        let first = Front::set(hash);
        let least = (first..first + WAYS).min_by_key(|&place| self.term(place)[2])?;
        (self.term(least)[2] < articles).then_some(least)
    }

    /// The slot, the articles and the weights at a place, if there is a term.
    pub(super) fn get(&self, place: usize) -> Option<(u32, u64, &[State])> {
        let term = self.term(place);
        (term[2] != 0).then(|| (term[1] as u32, term[2], &term[HEAD..]))
    }

    pub(super) fn put(&mut self, place: usize, hash: u64, slot: u32, articles: u64, states: &[State]) {
        let term = self.term_mut(place);
        term[..HEAD].copy_from_slice(&[hash, u64::from(slot), articles]);
        term[HEAD..].copy_from_slice(states);
    }

    pub(super) fn clear(&mut self, place: usize) {
        self.term_mut(place).fill(0);
    }

    pub(super) fn places(&self) -> std::ops::Range<usize> {
        0..SETS * WAYS
    }

    /// Whether a term stands where it belongs, as a file says.
    pub(super) fn is_home(&self, place: usize) -> bool {
        place / WAYS * WAYS == Front::set(self.term(place)[0])
    }

    pub(super) fn hash(&self, place: usize) -> u64 {
        self.term(place)[0]
    }
}
