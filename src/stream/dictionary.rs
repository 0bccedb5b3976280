//! The terms that are held, each with its weights, in memory of a fixed size.

use std::hint::black_box;
use std::ops::Range;

use crate::classifier::State;
use crate::random::splitmix;
use crate::stream::arena::Arena;
use crate::stream::front::Front;
use crate::text::TermKind;

/// Slots of a set: one line of a processor's cache holds their tags.
pub(super) const WAYS: usize = 8;
/// Fewer sets would not tell hashes of a half apart by a tag.
pub(super) const MIN_SETS: u64 = 1 << (63 - TAG_BITS);
/// Bits of a slot's counter; the tag lies above.
const COUNT_BITS: u32 = 12;
const COUNT_MAX: u64 = (1 << COUNT_BITS) - 1;
const TAG_BITS: u32 = 64 - COUNT_BITS;
const TAG_MASK: u64 = (1 << TAG_BITS) - 1;

/// Sets of a segment: what is moved at a time when there are more labels.
const SEGMENT: usize = 1 << 13;
/// Sets of a block: what is taken into use at a time.
const BLOCK: usize = 1 << 4;
/// Numbers of a slot: its head, then a state of each output. The head tells in how many articles the term was (31 bits), its kind (one bit), and
/// where it is written (32 bits).
const HEAD: usize = 1;
/// The kind's bit.
const CHAR: u64 = 1 << 31;
/// The largest number of articles that is told.
const DF_MAX: u64 = CHAR - 1;
const TEXT_SHIFT: u32 = 32;
/// Bytes of a slot's written form, for which memory is set aside.
const TEXT_BYTES: u64 = 20;

/// Terms are held in so many tables, each learned by a thread of its own.
pub(super) const HALVES: usize = 2;

/// The half that a term belongs to.
#[inline]
pub(super) fn half_of(hash: u64) -> usize {
    (hash >> 63) as usize
}

/// A table of bounded size from terms of one half to their weights.
///
/// A term's hash tells its set, and a set holds eight terms at most. A term that is not held takes a free slot, and where there is none,
/// the slot with the smallest counter c with probability 1 / (c + 1), with a counter of c + 1: frequent terms stay, and the many that
/// come once hardly ever push one out. The counter estimates in how many articles a term was; how many there were since the term got
/// its slot is counted apart, and only that speaks for its weights.
///
/// Reference: Ben Basat, Chen, Einziger, Friedman, Kassner: Randomized admission policy for efficient top-k, frequency,
/// and volume estimation, IEEE/ACM Transactions on Networking 27, 2019 (d-Way RAP).
pub(super) struct Dictionary {
    pub(super) half: usize,
    pub(super) n_sets: u64,
    pub(super) n_outputs: usize,
    pub(super) segments: Vec<Segment>,
    pub(super) arena: Arena,
    /// The most frequent terms, whose weights and articles are there and not in their slots.
    pub(super) front: Front,
    /// The state of the generator that admits terms.
    pub(super) random: u64,
}

/// Consecutive sets.
pub(super) struct Segment {
    /// Set after set: tag and counter of each slot, 0 where it is free; then the numbers of each slot. What belongs to a term lies in one page
    /// of memory.
    numbers: Vec<u64>,
    /// Where the first set begins, so that its tags lie in one line of the cache.
    base: usize,
    /// The numbers of a set.
    size: usize,
    /// A bit for each block that is in use. What is not is never looked at: memory that is read before it is written costs twice.
    used: [u64; SEGMENT / BLOCK / 64],
}

/// Numbers of a line.
const LINE: usize = 8;

impl Segment {
    fn new(n_sets: usize, stride: usize) -> Segment {
        // Zeroed memory, which takes no room before it is used.
        let size = WAYS * (1 + stride);
        let numbers = vec![0u64; n_sets * size + LINE];
        let past = (numbers.as_ptr() as usize / size_of::<u64>()) % LINE;
        Segment { numbers, base: (LINE - past) % LINE, size, used: [0; SEGMENT / BLOCK / 64] }
    }

    /// Whether a set of the segment may hold terms.
    #[inline]
    fn is_used(&self, set: usize) -> bool {
        let block = set / BLOCK;
        self.used[block / 64] >> (block % 64) & 1 != 0
    }

    /// Takes the block of a set into use.
    #[cold]
    fn begin(&mut self, set: usize) {
        let block = self.block(set / BLOCK);
        self.all_mut()[block].fill(0);
        self.mark(set / BLOCK);
    }

    /// Takes the blocks into use that hold anything, as numbers that were read have it.
    pub(super) fn begin_where_held(&mut self) {
        for block in 0..self.n_sets().div_ceil(BLOCK) {
            if self.all()[self.block(block)].iter().any(|&number| number != 0) {
                self.mark(block);
            }
        }
    }

    fn mark(&mut self, block: usize) {
        self.used[block / 64] |= 1 << (block % 64);
    }

    /// The numbers of a block. The last block of the last segment may be cut short.
    fn block(&self, block: usize) -> Range<usize> {
        let size = BLOCK * self.size;
        block * size..self.all().len().min((block + 1) * size)
    }

    fn n_sets(&self) -> usize {
        self.all().len() / self.size
    }

    /// All numbers, for saving.
    pub(super) fn all(&self) -> &[u64] {
        &self.numbers[self.base..][..self.numbers.len() - LINE]
    }

    pub(super) fn all_mut(&mut self) -> &mut [u64] {
        let n = self.numbers.len() - LINE;
        &mut self.numbers[self.base..][..n]
    }
}

/// Where a term is held: a slot, or a place in the front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held(u32);

const IN_FRONT: u32 = 1 << 31;
/// Articles from which on a term may come to the front.
const FREQUENT: u32 = 16;

impl Held {
    #[inline]
    fn place(self) -> usize {
        (self.0 & !IN_FRONT) as usize
    }

    /// The slot of a term that is not in front.
    pub(super) fn slot(self) -> Option<SlotId> {
        (self.0 & IN_FRONT == 0).then_some(self.0)
    }
}

/// A term that is held, as it stands in its slot.
pub(super) struct HeldTerm {
    pub(super) hash: u64,
    /// The counter that decides who stays.
    count: u64,
    pub(super) kind: TermKind,
    /// Articles since it got its slot.
    pub(super) df: u32,
    /// Where it is written; 0 for nowhere.
    pub(super) text: u32,
}

/// A slot's place: its number over all segments.
pub(super) type SlotId = u32;

impl Dictionary {
    /// How many sets of a half fit into so many bytes, the written forms of their terms counted in.
    pub(super) fn sets_within(bytes: u64, n_outputs: usize) -> u64 {
        let slot = 8 + 8 * stride(n_outputs) as u64 + TEXT_BYTES;
        // A slot's number is 31 bits.
        (bytes.saturating_sub(Front::bytes(n_outputs)) / slot / WAYS as u64).min((1 << 31) / WAYS as u64 - 1)
    }

    /// An empty table of at least [`MIN_SETS`] sets.
    pub(super) fn new(half: usize, n_sets: u64, n_outputs: usize, random: u64) -> Dictionary {
        let arena = Arena::new((n_sets * WAYS as u64 * TEXT_BYTES) as usize);
        let segments = lengths(n_sets).map(|n| Segment::new(n, stride(n_outputs))).collect();
        Dictionary { half, n_sets, n_outputs, segments, arena, front: Front::new(n_outputs), random }
    }

    fn stride(&self) -> usize {
        stride(self.n_outputs)
    }

    #[inline]
    fn home(&self, hash: u64) -> u64 {
        // The bit of the half is the same for all.
        ((u128::from(hash << 1) * u128::from(self.n_sets)) >> 64) as u64
    }

    /// The hash that a tag in a set stands for: the only one of the set's that ends in it.
    fn hash(&self, set: u64, lane: u64) -> u64 {
        let first = ((u128::from(set) << 64).div_ceil(u128::from(self.n_sets))) as u64;
        let span = 1 << (TAG_BITS + 1);
        let twice = (first & !(span - 1)) | (lane >> COUNT_BITS) << 1;
        let twice = if twice < first { twice.wrapping_add(span) } else { twice };
        twice >> 1 | (self.half as u64) << 63
    }

    /// The segment of a set, and where in it the set begins.
    #[inline]
    fn at(&self, set: usize) -> (usize, usize) {
        let segment = set / SEGMENT;
        (segment, self.segments[segment].base + set % SEGMENT * WAYS * (1 + self.stride()))
    }

    #[inline]
    fn is_used(&self, set: usize) -> bool {
        self.segments[set / SEGMENT].is_used(set % SEGMENT)
    }

    /// Takes the block of a set into use, if it is not.
    #[inline]
    fn begin(&mut self, set: usize) {
        if !self.is_used(set) {
            self.segments[set / SEGMENT].begin(set % SEGMENT);
        }
    }

    #[inline]
    fn lanes(&self, set: usize) -> &[u64] {
        let (segment, at) = self.at(set);
        &self.segments[segment].numbers[at..][..WAYS]
    }

    #[inline]
    fn lanes_mut(&mut self, set: usize) -> &mut [u64] {
        let (segment, at) = self.at(set);
        &mut self.segments[segment].numbers[at..][..WAYS]
    }

    /// Where each of some terms is held. What lies far away is fetched side by side: first the tags of all terms, then the slots
    /// of those that are held.
    pub(super) fn find_all(&self, hashes: impl Iterator<Item = u64> + Clone, places: &mut Vec<Option<Held>>) {
        places.clear();
        places.extend(hashes.clone().map(|hash| self.front.find(hash).map(|place| Held(IN_FRONT | place as u32))));
        let mut sum = 0;
        for (hash, _) in hashes.clone().zip(places.iter()).filter(|(_, place)| place.is_none()) {
            let set = self.home(hash) as usize;
            if self.is_used(set) {
                sum ^= self.lanes(set)[0];
            }
        }
        for (hash, place) in hashes.zip(places.iter_mut()).filter(|(_, place)| place.is_none()) {
            *place = self.find(hash);
        }
        for slot in places.iter().flatten().filter(|held| held.0 & IN_FRONT == 0) {
            sum ^= self.slot(slot.0).iter().step_by(LINE).fold(0, |sum, number| sum ^ number);
        }
        black_box(sum);
    }

    #[inline]
    fn find(&self, hash: u64) -> Option<Held> {
        let set = self.home(hash) as usize;
        if !self.is_used(set) {
            return None;
        }
        let tag = hash & TAG_MASK;
        let way = self.lanes(set).iter().position(|&lane| lane >> COUNT_BITS == tag && lane & COUNT_MAX != 0)?;
        Some(Held((set * WAYS + way) as SlotId))
    }

    /// Counts another article for a term that is held; returns how many there are now, and whether the term is written down.
    #[inline]
    pub(super) fn count(&mut self, held: Held) -> (u32, bool) {
        if held.0 & IN_FRONT != 0 {
            let articles = self.front.articles_mut(held.place());
            *articles += u64::from(*articles != DF_MAX);
            return (*articles as u32, true);
        }
        let slot = held.0;
        let lane = &mut self.lanes_mut(slot as usize / WAYS)[slot as usize % WAYS];
        // The largest counter is for terms of the front.
        *lane += u64::from(*lane & COUNT_MAX < COUNT_MAX - 1);
        let head = &mut self.slot_mut(slot)[0];
        *head += u64::from(*head & DF_MAX != DF_MAX);
        ((*head & DF_MAX) as u32, *head >> TEXT_SHIFT != 0)
    }

    /// In how many articles a term that is held was, and whether it is written down.
    #[inline]
    pub(super) fn articles(&self, held: Held) -> (u32, bool) {
        match held.slot() {
            None => (self.front.articles(held.place()) as u32, true),
            Some(slot) => {
                let (df, text) = self.seen(slot);
                (df, text != 0)
            }
        }
    }

    /// The states of a term's weights.
    #[inline]
    pub(super) fn weights(&self, held: Held) -> &[State] {
        if held.0 & IN_FRONT != 0 { self.front.states(held.place()) } else { self.states(held.0) }
    }

    #[inline]
    pub(super) fn weights_mut(&mut self, held: Held) -> &mut [State] {
        if held.0 & IN_FRONT != 0 { self.front.states_mut(held.place()) } else { self.states_mut(held.0) }
    }

    /// Moves a term to the front, if it is frequent and written down.
    #[inline]
    pub(super) fn promote(&mut self, held: Held, hash: u64) {
        if held.0 & IN_FRONT != 0 {
            return;
        }
        let (df, text) = self.seen(held.0);
        if df < FREQUENT || text == 0 {
            return;
        }
        let Some(place) = self.front.place_for(hash, u64::from(df)) else { return };
        self.demote(place);
        let (front, slot) = (&mut self.front, held.0);
        let (set, way) = (slot as usize / WAYS, slot as usize % WAYS);
        let at = set % SEGMENT * WAYS * (1 + stride(self.n_outputs));
        let segment = &mut self.segments[set / SEGMENT];
        let numbers = &mut segment.numbers[segment.base + at..];
        // Nobody takes the slot of a term that is in front.
        numbers[way] |= COUNT_MAX;
        let stride = stride(self.n_outputs);
        front.put(place, hash, slot, u64::from(df), &numbers[WAYS + way * stride + HEAD..][..self.n_outputs]);
    }

    /// Puts a term of the front back into its slot.
    fn demote(&mut self, place: usize) {
        let Some((slot, articles, states)) = self.front.get(place) else { return };
        let states = states.to_vec();
        self.states_mut(slot).copy_from_slice(&states);
        let head = &mut self.slot_mut(slot)[0];
        *head = *head & !DF_MAX | articles;
        let lane = &mut self.lanes_mut(slot as usize / WAYS)[slot as usize % WAYS];
        *lane = *lane & !COUNT_MAX | articles.min(COUNT_MAX - 1);
        self.front.clear(place);
    }

    /// Puts all terms of the front back into their slots.
    pub(super) fn settle(&mut self) {
        self.front.places().for_each(|place| self.demote(place));
    }

    /// Takes a term in that is not held, if there is room or chance will have it; returns its slot.
    pub(super) fn offer(&mut self, hash: u64, kind: TermKind) -> Option<SlotId> {
        let set = self.home(hash) as usize;
        self.begin(set);
        let (way, count) = least(self.lanes(set));
        if count > 0 {
            let chance = splitmix(&mut self.random) >> 32;
            if count == COUNT_MAX || chance * (count + 1) >= 1 << 32 {
                return None;
            }
        }
        self.lanes_mut(set)[way] = (hash & TAG_MASK) << COUNT_BITS | (count + 1).min(COUNT_MAX - 1);
        let slot = (set * WAYS + way) as SlotId;
        let numbers = self.slot_mut(slot);
        numbers.fill(0);
        numbers[0] = 1 | if kind == TermKind::Char { CHAR } else { 0 };
        Some(slot)
    }

    /// In how many articles a held term was, and where it is written.
    #[inline]
    pub(super) fn seen(&self, slot: SlotId) -> (u32, u32) {
        let head = self.slot(slot)[0];
        ((head & DF_MAX) as u32, (head >> TEXT_SHIFT) as u32)
    }

    /// Writes a term down; false where there is no room for it.
    pub(super) fn write(&mut self, slot: SlotId, text: &[u8]) -> bool {
        let mut at = self.arena.push(slot, text);
        if at.is_none() && self.arena.is_worth_compacting() {
            self.compact();
            at = self.arena.push(slot, text);
        }
        let Some(at) = at else { return false };
        self.write_at(slot, at);
        true
    }

    fn write_at(&mut self, slot: SlotId, at: u32) {
        let head = &mut self.slot_mut(slot)[0];
        *head = *head & (CHAR | DF_MAX) | u64::from(at) << TEXT_SHIFT;
    }

    /// Moves the written forms of terms that are still held together.
    fn compact(&mut self) {
        let mut arena = std::mem::take(&mut self.arena);
        arena.compact(|slot, from, to| {
            let is_held = self.seen(slot).1 == from;
            if is_held {
                self.write_at(slot, to);
            }
            is_held
        });
        self.arena = arena;
    }

    /// The states of a slot's weights.
    #[inline]
    pub(super) fn states(&self, slot: SlotId) -> &[State] {
        &self.slot(slot)[HEAD..]
    }

    #[inline]
    pub(super) fn states_mut(&mut self, slot: SlotId) -> &mut [State] {
        &mut self.slot_mut(slot)[HEAD..]
    }

    #[inline]
    fn slot(&self, slot: SlotId) -> &[u64] {
        let (segment, at) = self.at(slot as usize / WAYS);
        let stride = self.stride();
        &self.segments[segment].numbers[at + WAYS + slot as usize % WAYS * stride..][..stride]
    }

    #[inline]
    fn slot_mut(&mut self, slot: SlotId) -> &mut [u64] {
        let (segment, at) = self.at(slot as usize / WAYS);
        let stride = self.stride();
        &mut self.segments[segment].numbers[at + WAYS + slot as usize % WAYS * stride..][..stride]
    }

    /// Whether a slot holds a term.
    pub(super) fn is_held(&self, slot: SlotId) -> bool {
        self.lanes(slot as usize / WAYS)[slot as usize % WAYS] & COUNT_MAX != 0
    }

    /// Whether a slot is one of those that a hash belongs into.
    pub(super) fn is_home(&self, slot: SlotId, hash: u64) -> bool {
        self.home(hash) == u64::from(slot) / WAYS as u64
    }

    /// Whether a place of the front is free, or has a term that is held, in its place, with states as they should be.
    pub(super) fn is_front(&self, place: usize, right: impl Fn(&State) -> bool) -> bool {
        let Some((slot, articles, states)) = self.front.get(place) else { return true };
        let hash = self.front.hash(place);
        let held = self.find(hash).and_then(Held::slot);
        held == Some(slot) && articles <= DF_MAX && self.front.is_home(place) && states.iter().all(right)
    }

    /// All terms that are held, in the order of their slots.
    pub(super) fn held(&self) -> impl Iterator<Item = (SlotId, HeldTerm)> + '_ {
        (0..self.segments.len()).flat_map(|segment| self.held_in(segment))
    }

    /// The terms of a segment.
    pub(super) fn held_in(&self, segment: usize) -> impl Iterator<Item = (SlotId, HeldTerm)> + '_ {
        let sets =
            (segment * SEGMENT..segment * SEGMENT + self.segments[segment].n_sets()).filter(|&set| self.is_used(set));
        let lanes =
            sets.flat_map(|set| self.lanes(set).iter().zip(set * WAYS..).map(move |(lane, slot)| (set, *lane, slot)));
        lanes.filter(|(_, lane, _)| lane & COUNT_MAX != 0).map(|(set, lane, slot)| {
            let slot = slot as SlotId;
            let (df, text) = self.seen(slot);
            let kind = if self.slot(slot)[0] & CHAR != 0 { TermKind::Char } else { TermKind::Word };
            (slot, HeldTerm { hash: self.hash(set as u64, lane), count: lane & COUNT_MAX, kind, df, text })
        })
    }

    /// The same terms in a table of another number of sets and outputs. `spread` makes the states of a term anew. Where a set
    /// gets more terms than it holds, those with the largest counters stay. Segment by segment, so that never much more than one table is in memory.
    pub(super) fn resize(&mut self, n_sets: u64, n_outputs: usize, spread: impl Fn(&[State], &mut [State])) {
        self.settle();
        let arena = std::mem::take(&mut self.arena);
        let mut wide = Dictionary::new(self.half, n_sets, n_outputs, self.random);
        for segment in 0..self.segments.len() {
            for (slot, held) in self.held_in(segment) {
                let Some(to) = wide.place(&held) else { continue };
                spread(self.states(slot), wide.states_mut(to));
                if let Some(text) = arena.get(held.text) {
                    wide.write(to, text);
                }
            }
            self.drop_segment(segment);
        }
        *self = wide;
    }

    /// A slot for a term that comes with its counter: a free one, or that of a term with a smaller counter.
    fn place(&mut self, held: &HeldTerm) -> Option<SlotId> {
        let set = self.home(held.hash) as usize;
        self.begin(set);
        let (way, count) = least(self.lanes(set));
        if count >= held.count {
            return None;
        }
        self.lanes_mut(set)[way] = (held.hash & TAG_MASK) << COUNT_BITS | held.count;
        let slot = (set * WAYS + way) as SlotId;
        let numbers = self.slot_mut(slot);
        numbers.fill(0);
        numbers[0] = u64::from(held.df) | if held.kind == TermKind::Char { CHAR } else { 0 };
        Some(slot)
    }

    /// Gives back the memory of a segment whose terms have been taken out.
    pub(super) fn drop_segment(&mut self, segment: usize) {
        self.segments[segment] = Segment::new(0, 0);
    }
}

fn stride(n_outputs: usize) -> usize {
    HEAD + n_outputs
}

/// The slot with the smallest counter, the first of several, and the counter.
fn least(lanes: &[u64]) -> (usize, u64) {
    let counter = |way: usize| lanes[way] & COUNT_MAX;
    let way = (1..WAYS).fold(0, |least, way| if counter(way) < counter(least) { way } else { least });
    (way, counter(way))
}

/// The sets of each segment.
fn lengths(n_sets: u64) -> impl Iterator<Item = usize> {
    let n_sets = n_sets as usize;
    (0..n_sets.div_ceil(SEGMENT)).map(move |segment| SEGMENT.min(n_sets - segment * SEGMENT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Counts a term that is held, and offers one that is not.
    fn offer(dictionary: &mut Dictionary, hash: u64, kind: TermKind) -> Option<SlotId> {
        match dictionary.find(hash) {
            Some(held) => {
                dictionary.count(held);
                held.slot()
            }
            None => dictionary.offer(hash, kind),
        }
    }

    fn dictionary() -> Dictionary {
        Dictionary::new(0, MIN_SETS + 77, 1, 5)
    }

    #[test]
    fn what_is_held_is_found_with_its_hash() {
        let mut random = Random::new(1);
        for n_sets in [MIN_SETS, MIN_SETS + 1, 9999, 3 * SEGMENT as u64 + 5] {
            let half = (n_sets % 2) as usize;
            let mut dictionary = Dictionary::new(half, n_sets, 2, 0);
            let own = |hash: u64| hash >> 1 | (half as u64) << 63;
            let hashes = (0..2500).map(|_| random.next_u64()).chain([0, u64::MAX, 1 << 63]);
            let mut hashes: Vec<u64> = hashes.map(own).collect();
            assert!(hashes.iter().all(|&hash| half_of(hash) == half));
            for &hash in &hashes {
                assert_eq!(dictionary.find(hash), None);
                let kind = if hash % 2 == 0 { TermKind::Word } else { TermKind::Char };
                let slot = offer(&mut dictionary, hash, kind).unwrap();
                dictionary.states_mut(slot).copy_from_slice(&[hash, !hash]);
                assert!(dictionary.write(slot, hash.to_string().as_bytes()));
            }
            let mut found = Vec::new();
            for (slot, held) in dictionary.held() {
                assert_eq!(dictionary.find(held.hash), Some(Held(slot)));
                assert_eq!(dictionary.states(slot), [held.hash, !held.hash]);
                assert_eq!(dictionary.arena.get(held.text), Some(held.hash.to_string().as_bytes()));
                assert_eq!(held.kind == TermKind::Word, held.hash % 2 == 0);
                assert!(dictionary.is_home(slot, held.hash) && dictionary.is_held(slot));
                found.push(held.hash);
            }
            hashes.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, hashes);
        }
    }

    #[test]
    fn frequent_terms_stay_and_a_slot_that_changes_hands_is_new() {
        let mut dictionary = dictionary();
        // All into one set: four frequent terms among many that come once.
        let hash = |i: u64| i * 8191;
        let frequent = 1_000_000u64..1_000_004;
        for i in 0..20_000u64 {
            for hash in [hash(i), hash(frequent.start + i % 4)] {
                let is_new = dictionary.find(hash).is_none();
                if let Some(slot) = offer(&mut dictionary, hash, TermKind::Word).filter(|_| is_new) {
                    assert_eq!((dictionary.seen(slot), dictionary.states(slot)), ((1, 0), &[0][..]));
                    dictionary.states_mut(slot)[0] = 1;
                    dictionary.write(slot, b"term");
                }
            }
        }
        for term in frequent {
            let slot = dictionary.find(hash(term)).and_then(Held::slot).expect("a frequent term is held");
            assert!(dictionary.seen(slot).0 > 4500, "{:?}", dictionary.seen(slot));
        }
        let held: Vec<HeldTerm> = dictionary.held().map(|(_, held)| held).collect();
        assert_eq!(held.len(), WAYS);
        assert_eq!(held.iter().filter(|held| held.df == 1).count(), WAYS - 4);
        // They came by chance, and hardly ever.
        assert!(held.iter().all(|held| held.count > 20));
    }

    #[test]
    fn terms_in_front_have_their_articles_and_weights_there_and_take_them_back() {
        let mut random = Random::new(4);
        let mut dictionary = Dictionary::new(0, 16 * MIN_SETS, 1, 5);
        let hashes: Vec<u64> = (0..40_000).map(|_| random.next_u64() >> 1).collect();
        for (i, &hash) in hashes.iter().enumerate() {
            let Some(slot) = dictionary.offer(hash, TermKind::Word) else { continue };
            dictionary.write(slot, b"term");
            // The later come the oftener.
            for _ in 0..i / 1000 + 10 {
                let mut places = Vec::new();
                dictionary.find_all(std::iter::once(hash), &mut places);
                let Some(held) = places[0] else { break };
                dictionary.count(held);
                dictionary.weights_mut(held)[0] += 1;
                dictionary.promote(held, hash);
            }
        }
        let in_front = |hash: &u64| dictionary.front.find(*hash).is_some();
        let n_in_front = hashes.iter().filter(|hash| in_front(hash)).count();
        assert!(n_in_front > 10_000, "{n_in_front}");
        assert!(hashes[30_000..].iter().filter(|hash| in_front(hash)).count() > n_in_front / 2);
        for &hash in hashes.iter().filter(|hash| in_front(hash)) {
            assert!(dictionary.find(hash).is_some(), "its slot is kept");
        }
        dictionary.settle();
        let mut n = 0;
        for (slot, held) in dictionary.held() {
            assert_eq!(dictionary.states(slot)[0], u64::from(held.df - 1));
            n += usize::from(held.df > 1);
        }
        assert!(n > 30_000 && dictionary.front.places().all(|place| dictionary.front.get(place).is_none()));
    }

    #[test]
    fn more_outputs_keep_terms_states_and_texts() {
        let mut random = Random::new(2);
        let mut dictionary = Dictionary::new(0, 2 * SEGMENT as u64 + 9, 1, 0);
        let hashes: Vec<u64> = (0..3000).map(|_| random.next_u64() >> 1).collect();
        for &hash in &hashes {
            let slot = offer(&mut dictionary, hash, TermKind::Char).unwrap();
            offer(&mut dictionary, hash, TermKind::Char);
            dictionary.states_mut(slot)[0] = hash;
            dictionary.write(slot, hash.to_string().as_bytes());
        }
        dictionary.resize(SEGMENT as u64 + 3, 3, |from, to| to[1] = from[0]);
        assert_eq!((dictionary.n_outputs, dictionary.held().count()), (3, hashes.len()));
        for &hash in &hashes {
            let slot = dictionary.find(hash).and_then(Held::slot).unwrap();
            assert_eq!(dictionary.states(slot), [0, hash, 0]);
            let (df, text) = dictionary.seen(slot);
            assert_eq!((df, dictionary.arena.get(text)), (2, Some(hash.to_string().as_bytes())));
        }
    }

    #[test]
    fn written_forms_of_terms_that_are_gone_make_room() {
        let mut dictionary = dictionary();
        let slots = dictionary.n_sets * WAYS as u64;
        let stays = offer(&mut dictionary, 7 << 40, TermKind::Word).unwrap();
        assert!(dictionary.write(stays, b"stays"));
        let changes = offer(&mut dictionary, u64::MAX >> 1, TermKind::Word).unwrap();
        // Far more than the arena holds, of one slot.
        for i in 0..slots {
            assert!(dictionary.write(changes, format!("{i:050}").as_bytes()), "{i}");
        }
        assert_eq!(dictionary.arena.get(dictionary.seen(stays).1), Some(&b"stays"[..]));
        assert_eq!(dictionary.arena.get(dictionary.seen(changes).1), Some(format!("{:050}", slots - 1).as_bytes()));
    }
}
