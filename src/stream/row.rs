//! An article as it is learned: its distinct terms, how often each occurs, and where it stands first.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::article::{Article, Part};
use crate::stream::dictionary::{HALVES, half_of};
use crate::text::language::Language;
use crate::text::{Analyzer, QUOTE_SIGN, Reader, Stretch, TermKind, Voice};

/// Distinct terms of an article that are looked at: a row stays small however long its article is.
const MAX_TERMS: usize = 1 << 20;

/// Terms up to which a row's memory is kept.
const MANY: usize = 1 << 8;

/// A distinct term of an article.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub(super) hash: u64,
    pub(super) count: u32,
    /// The stretch it first occurs in, and the bytes of it there.
    stretch: u32,
    start: u32,
    end: u32,
}

/// Terms of an article: words, then characters, each in the order of their first occurrence.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) all: Vec<Term>,
    pub(super) n_words: usize,
}

impl Terms {
    /// The kind of the term at a place.
    #[inline]
    pub(super) fn kind(&self, place: usize) -> TermKind {
        if place < self.n_words { TermKind::Word } else { TermKind::Char }
    }
}

/// A stretch of an article without its text.
#[derive(Debug, Clone, Copy)]
struct Place {
    part: Part,
    start: usize,
    len: usize,
    voice: Voice,
    language: Language,
}

/// The terms of an article. Its memory serves one article after the other.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Those of each half of the dictionary.
    pub(super) terms: [Terms; HALVES],
    /// A hash of title and text.
    pub(super) content: u64,
    stretches: Vec<Place>,
}

/// The hash of an article's title and text.
pub(super) fn content(article: &Article, seed: u64) -> u64 {
    xxh3_64_with_seed(article.text().as_bytes(), xxh3_64_with_seed(article.part(Part::Title).as_bytes(), seed))
}

impl Row {
    /// The terms of all halves.
    pub(super) fn all(&self) -> impl Iterator<Item = &Term> {
        self.terms.iter().flat_map(|terms| &terms.all)
    }

    /// Reads an article, in place of the one before.
    pub(super) fn read(&mut self, counter: &mut Counter, reader: &Reader, article: &Article, seed: u64) {
        let stretches = reader.stretches(article);
        counter.begin(article.text().len());
        for (number, stretch) in (0..).zip(&stretches) {
            let Counter { analyzer, table } = &mut *counter;
            analyzer.words(stretch, |hash, start, end| table.add(hash, number, start, end));
        }
        let n_words = counter.table.terms.len();
        for (number, stretch) in (0..).zip(&stretches) {
            let Counter { analyzer, table } = &mut *counter;
            analyzer.chars(stretch, |hash, start, end, _| table.add(hash, number, start, end));
        }
        let place = |s: &Stretch<'_>| {
            let Stretch { part, start, text, voice, language } = *s;
            Place { part, start, len: text.len(), voice, language }
        };
        self.terms.iter_mut().for_each(|terms| terms.all.clear());
        let (words, chars) = counter.table.terms.split_at(n_words);
        words.iter().for_each(|term| self.terms[half_of(term.hash)].all.push(*term));
        self.terms.iter_mut().for_each(|terms| terms.n_words = terms.all.len());
        chars.iter().for_each(|term| self.terms[half_of(term.hash)].all.push(*term));
        for terms in &mut self.terms {
            // One long article does not keep its memory for all that follow.
            if terms.all.capacity() / 4 > terms.all.len().max(MANY) {
                terms.all.shrink_to(2 * terms.all.len());
            }
        }
        self.content = content(article, seed);
        self.stretches.clear();
        self.stretches.extend(stretches.iter().map(place));
    }

    /// The written form of a term of this article's row, as a model writes it.
    pub(super) fn spell(
        &self,
        term: Term,
        kind: TermKind,
        article: &Article,
        analyzer: &mut Analyzer,
        written: &mut Vec<u8>,
    ) -> bool {
        let Term { hash, stretch, start, end, .. } = term;
        let Some(&Place { part, start: from, len, voice, language }) = self.stretches.get(stretch as usize) else {
            return false;
        };
        let Some(text) = article.part(part).get(from..from + len) else { return false };
        let (start, end) = (start as usize, end as usize);
        let whole = Stretch { part, start: from, text, voice, language };
        // The words alone are read again, or the word around characters; where they read otherwise out of their context, the whole stretch.
        let piece = match kind {
            TermKind::Word => text.get(start..end),
            TermKind::Char => word_around(text, start, end),
        };
        let piece = piece.map(|text| Stretch { text, ..whole });
        piece.into_iter().chain([whole]).any(|stretch| {
            let mut found = false;
            let mut take = |candidate: u64, form: &[u8]| {
                if candidate == hash && !found {
                    written.clear();
                    if voice == Voice::Quoted {
                        written.extend_from_slice(QUOTE_SIGN.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    written.extend_from_slice(form);
                    found = true;
                }
            };
            match kind {
                TermKind::Word => analyzer.spelled_words(&stretch, &mut take),
                TermKind::Char => analyzer.chars(&stretch, |candidate, _, _, gram| take(candidate, gram)),
            }
            found
        })
    }
}

/// The word that a range of a text lies in, up to white space on both sides.
fn word_around(text: &str, start: usize, end: usize) -> Option<&str> {
    let before = text.get(..start)?.rfind(char::is_whitespace);
    let from = before.map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    let to = text.get(end..)?.find(char::is_whitespace).map_or(text.len(), |at| end + at);
    text.get(from..to)
}

/// Counts the terms of one article after the other; holds the buffers of one thread.
pub(super) struct Counter {
    analyzer: Analyzer,
    table: Table,
}

impl Counter {
    pub(super) fn new(analyzer: Analyzer) -> Counter {
        Counter { analyzer, table: Table { slots: vec![0; 1 << 10], terms: Vec::new() } }
    }

    /// An empty table that is right for a text of so many bytes, as texts are.
    fn begin(&mut self, bytes: usize) {
        let size = (bytes / 2).next_power_of_two().clamp(1 << 10, 1 << 16);
        self.table.terms.clear();
        self.table.slots.clear();
        self.table.slots.resize(size, 0);
        self.table.slots.shrink_to(1 << 16);
        self.table.terms.shrink_to(1 << 16);
    }
}

/// From a hash to a place among the terms, by open addressing.
struct Table {
    slots: Vec<u32>,
    terms: Vec<Term>,
}

impl Table {
    #[inline]
    fn home(&self, hash: u64) -> usize {
        (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    #[inline]
    fn add(&mut self, hash: u64, stretch: u32, start: usize, end: usize) {
        let mut at = self.home(hash);
        loop {
            match self.slots[at] {
                0 => break,
                slot => {
                    let term = &mut self.terms[slot as usize - 1];
                    if term.hash == hash {
                        term.count = term.count.saturating_add(1);
                        return;
                    }
                }
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        // Places beyond 4 GiB are none.
        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) else { return };
        if self.terms.len() == MAX_TERMS {
            return;
        }
        self.terms.push(Term { hash, count: 1, stretch, start, end });
        self.slots[at] = self.terms.len() as u32;
        if self.terms.len() * 2 > self.slots.len() {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(size, 0);
        for place in 0..self.terms.len() {
            let mut at = self.home(self.terms[place].hash);
            while self.slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = place as u32 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::features::{Document, Scan, count};
    use crate::text::{AnalyzerParams, CharParams, Quotes, ReadingParams, WordParams, hash_term, hashes_of};

    /// The terms of an article with their counts, and as they are written.
    fn read(article: &Article, reading: &ReadingParams, analyzer: &AnalyzerParams) -> (Row, BTreeMap<String, u32>) {
        let reader = Reader::with(reading, Default::default(), analyzer.is_by_language()).unwrap();
        let mut row = Row::default();
        row.read(&mut Counter::new(Analyzer::new(analyzer)), &reader, article, 0);
        let (mut speller, mut written) = (Analyzer::new(analyzer), Vec::new());
        let mut terms = BTreeMap::new();
        for half in &row.terms {
            for (place, &term) in half.all.iter().enumerate() {
                let kind = half.kind(place);
                assert!(row.spell(term, kind, article, &mut speller, &mut written), "{term:?}");
                let form = String::from_utf8(written.clone()).unwrap();
                if !analyzer.words.as_ref().is_some_and(|w| w.stem) {
                    assert!(hashes_of(kind, &form).any(|hash| hash == term.hash), "{form}");
                }
                terms.insert(form, term.count);
            }
        }
        (row, terms)
    }

    #[test]
    fn terms_are_those_that_a_corpus_counts_and_written_as_there() {
        let text = "The West’s arms — no, “the arms of the West” — go to Київ, said the minister. Arms!\n\nStraße, СТРАСЕ, naïve…";
        let article = Article::new("Arms for Kyiv", text).with_field("lang", "en");
        let words = WordParams { ngram_range: (1, 3), ..WordParams::default() };
        let chars = CharParams { ngram_range: (2, 4) };
        for (quotes, stem, chars) in
            [(Quotes::Same, false, None), (Quotes::Apart, false, Some(chars)), (Quotes::Same, true, None)]
        {
            let analyzer = AnalyzerParams {
                words: Some(WordParams { stem, ..words.clone() }),
                chars,
                ..AnalyzerParams::default()
            };
            let reading = ReadingParams { quotes, ..ReadingParams::default() };
            let (row, terms) = read(&article, &reading, &analyzer);
            let reader = Reader::with(&reading, Default::default(), analyzer.is_by_language()).unwrap();
            let scan = Scan { reader: Some(&reader), analyzer: &analyzer };
            let counts = count(std::slice::from_ref(&article), scan, 1);
            assert_eq!(row.all().count(), counts.hashes.len());
            assert_eq!(row.terms.iter().map(|half| half.n_words).sum::<usize>(), counts.n_words);
            let of: BTreeMap<u64, u32> =
                counts.matrix.row(0).map(|(c, n)| (counts.hashes[c as usize], n as u32)).collect();
            assert!(row.all().all(|term| of[&term.hash] == term.count));
            assert!(article.stretches(scan).len() > 1);
            assert!(terms.contains_key("arms") || stem, "{terms:?}");
        }
    }

    #[test]
    fn a_table_grows_with_its_terms() {
        let text: String = (0..5000).map(|i| format!("word{i} ")).collect();
        let params = AnalyzerParams {
            words: Some(WordParams { ngram_range: (1, 1), ..WordParams::default() }),
            ..AnalyzerParams::default()
        };
        let mut counter = Counter::new(Analyzer::new(&params));
        let reader = Reader::new(&ReadingParams::everything()).unwrap();
        let article = Article::from_text(text.clone() + &text);
        let mut row = Row::default();
        for _ in 0..2 {
            row.read(&mut counter, &reader, &article, 0);
            assert_eq!(row.all().count(), 5000);
            assert!(row.all().all(|term| term.count == 2));
            assert!(row.all().any(|term| term.hash == hash_term(TermKind::Word, "word7")));
        }
    }
}
