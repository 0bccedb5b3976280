//! The written forms of terms that were counted by their hashes: the articles are read once more for them.

use std::ops::Range;

use rayon::prelude::*;

use super::{Counts, Document, Scan};
use crate::text::{Analyzer, QUOTE_SIGN, Stretch, Voice};

/// Articles that are read by one thread at a time.
const CHUNK: usize = 256;
/// No place: nothing is looked for here.
const FREE: u32 = u32::MAX;
/// No place any more.
const TAKEN: u32 = u32::MAX - 1;

impl Counts {
    /// The written form of each column's term, from the first article that holds it.
    pub(crate) fn written<D: Document>(&self, documents: &[D], scan: Scan<'_>, columns: &[u32]) -> Spelled {
        let mut by_document: Vec<(u32, u64, u32)> = columns
            .iter()
            .zip(0..)
            .map(|(&c, place)| (self.first[c as usize], self.hashes[c as usize], place))
            .collect();
        by_document.par_sort_unstable();
        let groups: Vec<&[(u32, u64, u32)]> = by_document.chunk_by(|a, b| a.0 == b.0).collect();
        let found: Vec<Found> = groups
            .par_chunks(CHUNK)
            .with_max_len(1)
            .map_init(
                || (Analyzer::new(scan.analyzer), Wanted::default()),
                |(analyzer, wanted), groups| {
                    let mut found = Found::default();
                    for group in groups {
                        let stretches = documents[group[0].0 as usize].stretches(scan);
                        spell(analyzer, wanted, &stretches, group, &mut found);
                    }
                    found
                },
            )
            .collect();
        // Each term's piece: which chunk found it, and where its text lies there.
        let mut pieces = vec![(0u32, 0u32, 0u32); columns.len()];
        for (c, found) in found.iter().enumerate() {
            let mut start = 0;
            for &(place, end) in &found.terms {
                pieces[place as usize] = (c as u32, start, end);
                start = end;
            }
        }
        Spelled { found, pieces }
    }
}

/// Terms found, in the order of their finding: the place of each, and where it ends in the text.
#[derive(Debug, Default)]
struct Found {
    text: String,
    terms: Vec<(u32, u32)>,
}

impl Found {
    fn push(&mut self, place: u32, voice: Voice, term: &[u8]) {
        if voice == Voice::Quoted {
            self.text.push(QUOTE_SIGN);
        }
        self.text.push_str(std::str::from_utf8(term).unwrap_or(""));
        self.terms.push((place, self.text.len() as u32));
    }
}

/// The written forms of many terms.
#[derive(Debug)]
pub(crate) struct Spelled {
    found: Vec<Found>,
    pieces: Vec<(u32, u32, u32)>,
}

impl Spelled {
    /// The terms in the order in which they were asked for.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let piece = |c: u32, start: u32, end: u32| self.found.get(c as usize)?.text.get(start as usize..end as usize);
        self.pieces.iter().map(move |&(c, start, end)| piece(c, start, end).unwrap_or(""))
    }
}

/// The terms that are looked for in one article: a small table from hash to place, each found once.
#[derive(Default)]
struct Wanted {
    slots: Vec<(u64, u32)>,
    shift: u32,
}

impl Wanted {
    fn fill(&mut self, group: &[(u32, u64, u32)]) {
        // Most words of an article are not wanted: most slots are free, so that one look says so.
        let size = (group.len() * 8).next_power_of_two();
        self.shift = 64 - size.trailing_zeros();
        self.slots.clear();
        self.slots.resize(size, (0, FREE));
        for &(_, hash, place) in group {
            let mut at = self.home(hash);
            while self.slots[at].1 != FREE {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = (hash, place);
        }
    }

    fn home(&self, hash: u64) -> usize {
        (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    /// The place of a hash, the first time that it is asked for.
    #[inline]
    fn take(&mut self, hash: u64) -> Option<u32> {
        let mut at = self.home(hash);
        loop {
            let (found, place) = self.slots[at];
            if place == FREE {
                return None;
            }
            if found == hash {
                self.slots[at].1 = TAKEN;
                return (place != TAKEN).then_some(place);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

/// Finds the written form of each wanted term of one document.
fn spell(
    analyzer: &mut Analyzer,
    wanted: &mut Wanted,
    stretches: &[Stretch<'_>],
    group: &[(u32, u64, u32)],
    found: &mut Found,
) {
    wanted.fill(group);
    let mut missing = group.len();
    let mut met: Vec<(u64, u32, Range<usize>)> = Vec::new();
    for stretch in stretches {
        if missing == 0 {
            break;
        }
        met.clear();
        analyzer.words(stretch, |hash, start, end| {
            if let Some(place) = wanted.take(hash) {
                met.push((hash, place, start..end));
            }
        });
        missing -= met.len();
        // Few words are wanted: they are read once more instead of writing all of them down.
        met.retain(|(hash, place, range)| {
            let piece = Stretch { text: &stretch.text[range.clone()], ..*stretch };
            !spell_one(analyzer, &piece, *hash, *place, found)
        });
        // A word that its neighbours make what it is.
        for (hash, place, _) in &met {
            spell_one(analyzer, stretch, *hash, *place, found);
        }
        analyzer.chars(stretch, |hash, _, _, gram| {
            if let Some(place) = wanted.take(hash) {
                found.push(place, stretch.voice, gram);
                missing -= 1;
            }
        });
    }
}

/// Finds the written form of one word n-gram in a piece of text; whether it is there.
fn spell_one(analyzer: &mut Analyzer, piece: &Stretch<'_>, wanted: u64, place: u32, found: &mut Found) -> bool {
    let mut is_found = false;
    analyzer.spelled_words(piece, |hash, term| {
        if hash == wanted && !is_found {
            found.push(place, piece.voice, term);
            is_found = true;
        }
    });
    is_found
}
