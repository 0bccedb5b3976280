//! Counting the terms of many articles at once.
//!
//! Every article is scanned once, in parallel, into `(hash, count)` pairs. The pairs are dealt out by
//! the high bits of their hash, so that document frequencies are counted in tables that fit a
//! processor's cache; terms below `min_df` go; the rest get their columns, the more frequent first.
//! Chunks of articles and partitions of hashes don't depend on the number of threads, and so the
//! result doesn't either.

use rayon::prelude::*;

use crate::article::Part;
use crate::features::matrix::{Entry, FeatureMatrix};
use crate::text::language::detect_language;
use crate::text::{Analyzer, AnalyzerParams, QUOTE_SIGN, Reader, Stretch, TermKind, Voice};

/// Something that can be read stretch by stretch.
pub(crate) trait Document: Sync {
    /// What is read of it; a bare text is read as it is.
    fn stretches<'a>(&'a self, scan: Scan<'_>) -> Vec<Stretch<'a>>;
}

impl<S: AsRef<str> + Sync> Document for S {
    fn stretches<'a>(&'a self, scan: Scan<'_>) -> Vec<Stretch<'a>> {
        let whole = Stretch::whole(Part::Text, self.as_ref());
        let by_language = scan.analyzer.is_by_language();
        let language = if by_language { detect_language(whole.text).language } else { whole.language };
        vec![Stretch { language, ..whole }]
    }
}

/// How documents become terms: what is read of them, and how it is taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan<'a> {
    /// `None` reads bare texts.
    pub(crate) reader: Option<&'a Reader>,
    pub(crate) analyzer: &'a AnalyzerParams,
}

/// The raw counts of a corpus: one column a term that at least `min_df` articles hold.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    pub(crate) matrix: FeatureMatrix,
    /// The hash of each column.
    pub(crate) hashes: Vec<u64>,
    /// The first article that holds each column's term.
    first: Vec<u32>,
    /// Columns below this one are words, the rest characters.
    pub(crate) n_words: usize,
    /// Distinct terms before `min_df`.
    pub(crate) n_terms: usize,
}

/// Articles a chunk: the place of an article in its chunk fits a byte.
const CHUNK: usize = 256;
/// Partitions of the hashes.
const PARTITIONS: usize = 512;
const PARTITION_SHIFT: u32 = 64 - PARTITIONS.trailing_zeros();
/// Partitions of a group. The hashes of a group go when its terms are counted, and what is counted takes their place: the hashes of all pairs
/// are most of what counting holds.
const GROUP: usize = 32;
/// Bits of a pair's `meta` that hold the count; the article's place in its chunk lies above.
const COUNT_BITS: u32 = 24;
const COUNT_MAX: u32 = (1 << COUNT_BITS) - 1;
const DROPPED: u32 = u32::MAX;

/// Counts the terms of all documents; terms in fewer than `min_df` of them get no column.
pub(crate) fn count<D: Document>(documents: &[D], scan: Scan<'_>, min_df: u32) -> Counts {
    let words = scan.analyzer.words.as_ref().map(|_| count_kind(documents, scan, TermKind::Word, min_df));
    let chars = scan.analyzer.chars.as_ref().map(|_| count_kind(documents, scan, TermKind::Char, min_df));
    match (words, chars) {
        (Some(words), Some(chars)) => join(words, chars),
        (Some(words), None) => words,
        (None, Some(chars)) => Counts { n_words: 0, ..chars },
        (None, None) => Counts {
            matrix: FeatureMatrix::from_parts(0, vec![0; documents.len() + 1], Vec::new()),
            hashes: Vec::new(),
            first: Vec::new(),
            n_words: 0,
            n_terms: 0,
        },
    }
}

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
    text: Vec<u8>,
    terms: Vec<(u32, u32)>,
}

impl Found {
    fn push(&mut self, place: u32, voice: Voice, term: &[u8]) {
        if voice == Voice::Quoted {
            self.text.extend_from_slice(QUOTE_SIGN.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.text.extend_from_slice(term);
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
        self.pieces.iter().map(|&(c, start, end)| {
            let text = self.found.get(c as usize).map_or(&[][..], |f| &f.text[start as usize..end as usize]);
            std::str::from_utf8(text).unwrap_or("")
        })
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
        let size = (group.len() * 2).next_power_of_two().max(4);
        self.shift = 64 - size.trailing_zeros();
        self.slots.clear();
        self.slots.resize(size, (0, DROPPED));
        for &(_, hash, place) in group {
            let mut at = self.home(hash);
            while self.slots[at].1 != DROPPED {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = (hash, place);
        }
    }

    fn home(&self, hash: u64) -> usize {
        (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    #[inline]
    fn slot(&self, hash: u64) -> Option<usize> {
        let mut at = self.home(hash);
        loop {
            let (found, place) = self.slots[at];
            if place == DROPPED {
                return None;
            }
            if found == hash {
                return Some(at);
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
    const FOUND: u32 = u32::MAX - 1;
    wanted.fill(group);
    let mut missing = group.len();
    for stretch in stretches {
        if missing == 0 {
            break;
        }
        let mut take = |hash: u64, term: &[u8]| {
            if let Some(slot) = wanted.slot(hash)
                && wanted.slots[slot].1 != FOUND
            {
                found.push(wanted.slots[slot].1, stretch.voice, term);
                wanted.slots[slot].1 = FOUND;
                missing -= 1;
            }
        };
        analyzer.spelled_words(stretch, &mut take);
        analyzer.chars(stretch, |hash, _, _, gram| take(hash, gram));
    }
}

/// The distinct terms of one document with their counts; buffers kept from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    slots: Vec<u32>,
    /// `(hash, count)` in the order of first appearance.
    pub(crate) pairs: Vec<(u64, u32)>,
}

impl Distinct {
    pub(crate) fn count(&mut self, hashes: &[u64]) {
        let size = (hashes.len() * 2).next_power_of_two().max(16);
        let shift = 64 - size.trailing_zeros();
        self.pairs.clear();
        self.slots.clear();
        self.slots.resize(size, 0);
        for &hash in hashes {
            // Not the high bits alone: a partition's hashes share them.
            let mut at = (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize;
            loop {
                let slot = self.slots[at];
                if slot == 0 {
                    self.pairs.push((hash, 1));
                    self.slots[at] = self.pairs.len() as u32;
                    break;
                }
                let pair = &mut self.pairs[slot as usize - 1];
                if pair.0 == hash {
                    pair.1 = pair.1.saturating_add(1);
                    break;
                }
                at = (at + 1) & (size - 1);
            }
        }
    }
}

/// The pairs of one chunk of articles, ordered by partition.
struct Chunk {
    /// Of each group of partitions.
    hashes: Vec<Vec<u64>>,
    /// Place of the article in the chunk above, count below.
    meta: Vec<u32>,
    /// Where each partition begins.
    starts: Vec<u32>,
    n_documents: usize,
}

fn scan_chunk<D: Document>(
    documents: &[D],
    scan: Scan<'_>,
    analyzer: &mut Analyzer,
    kind: TermKind,
    scratch: &mut Scratch,
) -> Chunk {
    scratch.pairs.clear();
    for (place, document) in documents.iter().enumerate() {
        scratch.hashes.clear();
        let hashes = &mut scratch.hashes;
        for stretch in &document.stretches(scan) {
            match kind {
                TermKind::Word => analyzer.words(stretch, |hash, _, _| hashes.push(hash)),
                TermKind::Char => analyzer.chars(stretch, |hash, _, _, _| hashes.push(hash)),
            }
        }
        scratch.distinct.count(hashes);
        let place = (place as u32) << COUNT_BITS;
        scratch.pairs.extend(scratch.distinct.pairs.iter().map(|&(hash, count)| (hash, place | count.min(COUNT_MAX))));
    }
    let mut starts = vec![0u32; PARTITIONS + 1];
    scratch.pairs.iter().for_each(|(hash, _)| starts[(hash >> PARTITION_SHIFT) as usize + 1] += 1);
    (0..PARTITIONS).for_each(|p| starts[p + 1] += starts[p]);
    let mut next = starts.clone();
    let begins = |group: usize| starts[group * GROUP] as usize;
    let n_groups = PARTITIONS / GROUP;
    let mut hashes: Vec<Vec<u64>> = (0..n_groups).map(|g| vec![0; begins(g + 1) - begins(g)]).collect();
    let mut meta = vec![0; scratch.pairs.len()];
    for &(hash, m) in &scratch.pairs {
        let partition = (hash >> PARTITION_SHIFT) as usize;
        let at = &mut next[partition];
        let group = partition / GROUP;
        hashes[group][*at as usize - begins(group)] = hash;
        meta[*at as usize] = m;
        *at += 1;
    }
    Chunk { hashes, meta, starts, n_documents: documents.len() }
}

#[derive(Default)]
struct Scratch {
    hashes: Vec<u64>,
    distinct: Distinct,
    pairs: Vec<(u64, u32)>,
}

/// One partition's terms: what each pair's term is, and which terms stay.
struct Partition {
    /// For each pair, chunk after chunk: its term's place in `terms`.
    locals: Vec<u32>,
    /// `(document frequency, hash, first article)` of the terms that stay.
    kept: Vec<(u32, u64, u32)>,
    /// From a term's place in the table to its place in `kept`, or [`DROPPED`].
    place: Vec<u32>,
    n_terms: usize,
}

fn count_partition(chunks: &[Chunk], partition: usize, min_df: u32) -> Partition {
    let slice = |c: &Chunk| c.starts[partition] as usize..c.starts[partition + 1] as usize;
    let group = partition / GROUP;
    let n_pairs: usize = chunks.iter().map(|c| slice(c).len()).sum();
    let mut locals = Vec::with_capacity(n_pairs);
    let mut terms: Vec<(u64, u32, u32)> = Vec::new();
    let mut size = 1024usize;
    let mut slots = vec![0u32; size];
    let home =
        |hash: u64, size: usize| (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - size.trailing_zeros())) as usize;
    for (c, chunk) in chunks.iter().enumerate() {
        let range = slice(chunk);
        let before = chunk.starts[group * GROUP] as usize;
        let hashes = &chunk.hashes[group][range.start - before..range.end - before];
        for (&hash, &meta) in hashes.iter().zip(&chunk.meta[range]) {
            let mut at = home(hash, size);
            loop {
                let slot = slots[at];
                if slot == 0 {
                    terms.push((hash, 1, (c * CHUNK) as u32 + (meta >> COUNT_BITS)));
                    slots[at] = terms.len() as u32;
                    locals.push(terms.len() as u32 - 1);
                    break;
                }
                let term = &mut terms[slot as usize - 1];
                if term.0 == hash {
                    // A chunk lists a document's term once, so each pair is one more document.
                    term.1 += 1;
                    locals.push(slot - 1);
                    break;
                }
                at = (at + 1) & (size - 1);
            }
            if terms.len() * 2 > size {
                size *= 2;
                slots.clear();
                slots.resize(size, 0);
                for (i, term) in terms.iter().enumerate() {
                    let mut at = home(term.0, size);
                    while slots[at] != 0 {
                        at = (at + 1) & (size - 1);
                    }
                    slots[at] = i as u32 + 1;
                }
            }
        }
    }
    let mut kept = Vec::new();
    let place = terms
        .iter()
        .map(|&(hash, df, first)| {
            if df < min_df {
                return DROPPED;
            }
            kept.push((df, hash, first));
            kept.len() as u32 - 1
        })
        .collect();
    Partition { locals, kept, place, n_terms: terms.len() }
}

fn count_kind<D: Document>(documents: &[D], scan: Scan<'_>, kind: TermKind, min_df: u32) -> Counts {
    let mut chunks: Vec<Chunk> = documents
        .par_chunks(CHUNK)
        .with_max_len(1)
        .map_init(
            || (Analyzer::new(scan.analyzer), Scratch::default()),
            |(analyzer, scratch), documents| scan_chunk(documents, scan, analyzer, kind, scratch),
        )
        .collect();
    let mut partitions: Vec<Partition> = Vec::with_capacity(PARTITIONS);
    for group in 0..PARTITIONS / GROUP {
        let of_group = group * GROUP..(group + 1) * GROUP;
        partitions.par_extend(of_group.into_par_iter().map(|p| count_partition(&chunks, p, min_df)));
        chunks.iter_mut().for_each(|chunk| chunk.hashes[group] = Vec::new());
    }

    // Columns: the more frequent term first, ties by hash, so that the order of the articles changes nothing.
    let n_kept: usize = partitions.iter().map(|p| p.kept.len()).sum();
    let mut order: Vec<(u32, u64, u32, u32)> = Vec::with_capacity(n_kept);
    for (p, partition) in partitions.iter().enumerate() {
        let rows = partition.kept.iter().zip(0..).map(|(&(df, hash, _), i)| (u32::MAX - df, hash, p as u32, i));
        order.extend(rows);
    }
    order.par_sort_unstable();
    let mut first = Vec::with_capacity(n_kept);
    let mut hashes = Vec::with_capacity(n_kept);
    let mut column_of: Vec<Vec<u32>> = partitions.iter().map(|p| vec![0; p.kept.len()]).collect();
    for (column, &(_, hash, p, i)) in order.iter().enumerate() {
        column_of[p as usize][i as usize] = column as u32;
        hashes.push(hash);
        first.push(partitions[p as usize].kept[i as usize].2);
    }
    drop(order);
    partitions.par_iter_mut().zip(&column_of).for_each(|(partition, columns)| {
        partition.place.iter_mut().filter(|p| **p != DROPPED).for_each(|p| *p = columns[*p as usize]);
        let place = std::mem::take(&mut partition.place);
        partition.locals.iter_mut().for_each(|local| *local = place[*local as usize]);
    });
    let n_terms = partitions.iter().map(|p| p.n_terms).sum();
    let matrix = gather(&chunks, &partitions, n_kept, documents.len());
    Counts { matrix, hashes, first, n_words: n_kept, n_terms }
}

/// From pairs ordered by partition to rows ordered by column.
fn gather(chunks: &[Chunk], partitions: &[Partition], n_features: usize, n_documents: usize) -> FeatureMatrix {
    // Where each chunk's pairs begin within each partition.
    let mut begins = vec![vec![0u32; PARTITIONS]; chunks.len()];
    let mut next = vec![0u32; PARTITIONS];
    for (chunk, begins) in chunks.iter().zip(&mut begins) {
        begins.copy_from_slice(&next);
        next.iter_mut().zip(chunk.starts.windows(2)).for_each(|(n, s)| *n += s[1] - s[0]);
    }
    let pairs = |c: usize| {
        let begins = &begins[c];
        (0..PARTITIONS).flat_map(move |p| {
            let range = chunks[c].starts[p] as usize..chunks[c].starts[p + 1] as usize;
            let from = begins[p] as usize;
            let columns = &partitions[p].locals[from..from + range.len()];
            columns.iter().zip(&chunks[c].meta[range]).filter(|(column, _)| **column != DROPPED)
        })
    };
    let lengths: Vec<Vec<u32>> = (0..chunks.len())
        .into_par_iter()
        .map(|c| {
            let mut lengths = vec![0u32; chunks[c].n_documents];
            pairs(c).for_each(|(_, meta)| lengths[(meta >> COUNT_BITS) as usize] += 1);
            lengths
        })
        .collect();
    let mut starts = Vec::with_capacity(n_documents + 1);
    starts.push(0usize);
    for &length in lengths.iter().flatten() {
        starts.push(starts[starts.len() - 1] + length as usize);
    }
    let mut entries = vec![Entry { column: 0, value: 0.0 }; starts[n_documents]];
    let mut rest = entries.as_mut_slice();
    let mut work = Vec::with_capacity(chunks.len());
    for (c, lengths) in lengths.iter().enumerate() {
        let (mine, after) = std::mem::take(&mut rest).split_at_mut(lengths.iter().map(|&l| l as usize).sum());
        work.push((c, lengths, mine));
        rest = after;
    }
    work.into_par_iter().with_max_len(1).for_each(|(c, lengths, mine)| {
        let mut next: Vec<usize> = lengths
            .iter()
            .scan(0usize, |at, &l| {
                let start = *at;
                *at += l as usize;
                Some(start)
            })
            .collect();
        for (&column, meta) in pairs(c) {
            let at = &mut next[(meta >> COUNT_BITS) as usize];
            mine[*at] = Entry { column, value: (meta & COUNT_MAX) as f32 };
            *at += 1;
        }
        let mut rest = mine;
        let mut scratch = Vec::new();
        for &length in lengths {
            let (row, after) = rest.split_at_mut(length as usize);
            sort_row(row, &mut scratch);
            rest = after;
        }
    });
    FeatureMatrix::from_parts(n_features, starts, entries)
}

/// Sorts a row by column; long rows by radix, eleven bits a pass.
pub(crate) fn sort_row(row: &mut [Entry], scratch: &mut Vec<Entry>) {
    const BITS: u32 = 11;
    const MASK: u32 = (1 << BITS) - 1;
    if row.len() < 256 {
        row.sort_unstable_by_key(|e| e.column);
        return;
    }
    scratch.clear();
    scratch.resize(row.len(), Entry { column: 0, value: 0.0 });
    let most = row.iter().fold(0, |most, e| most | e.column);
    let (mut from, mut to) = (row, scratch.as_mut_slice());
    let mut shift = 0;
    let mut swapped = false;
    loop {
        let mut starts = [0u32; 1 << BITS];
        from.iter().for_each(|e| starts[((e.column >> shift) & MASK) as usize] += 1);
        let mut at = 0;
        for start in &mut starts {
            at += std::mem::replace(start, at);
        }
        for e in from.iter() {
            let start = &mut starts[((e.column >> shift) & MASK) as usize];
            to[*start as usize] = *e;
            *start += 1;
        }
        std::mem::swap(&mut from, &mut to);
        swapped = !swapped;
        shift += BITS;
        if shift >= 32 || most >> shift == 0 {
            break;
        }
    }
    if swapped {
        to.copy_from_slice(from);
    }
}

/// The columns of words, then those of characters.
fn join(words: Counts, chars: Counts) -> Counts {
    let shift = words.hashes.len() as u32;
    let mut starts = vec![0];
    let mut entries = Vec::with_capacity(words.matrix.n_nonzero() + chars.matrix.n_nonzero());
    for row in 0..words.matrix.n_samples() {
        entries.extend_from_slice(words.matrix.entries(row));
        entries.extend(chars.matrix.entries(row).iter().map(|e| Entry { column: e.column + shift, value: e.value }));
        starts.push(entries.len());
    }
    Counts {
        matrix: FeatureMatrix::from_parts(words.hashes.len() + chars.hashes.len(), starts, entries),
        n_words: words.hashes.len(),
        n_terms: words.n_terms + chars.n_terms,
        hashes: [words.hashes, chars.hashes].concat(),
        first: [words.first, chars.first].concat(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::text::{CharParams, WordParams};

    fn counts(texts: &[&str], chars: bool, min_df: u32) -> Vec<BTreeMap<String, f32>> {
        let params = AnalyzerParams {
            words: Some(WordParams::default()),
            chars: chars.then(CharParams::default),
            ..AnalyzerParams::default()
        };
        let scan = Scan { reader: None, analyzer: &params };
        let counts = count(texts, scan, min_df);
        let columns: Vec<u32> = (0..counts.hashes.len() as u32).collect();
        let terms = counts.written(texts, scan, &columns);
        let terms: Vec<&str> = terms.iter().collect();
        let named = |row| counts.matrix.row(row).map(|(c, v)| (terms[c as usize].to_string(), v)).collect();
        (0..texts.len()).map(named).collect()
    }

    #[test]
    fn terms_are_counted_and_spelled() {
        let found = counts(&["To war, to WAR!", "no war"], false, 1);
        let row: Vec<(&str, f32)> = found[0].iter().map(|(t, &v)| (t.as_str(), v)).collect();
        assert_eq!(row, [("to", 2.0), ("to war", 2.0), ("war", 2.0), ("war to", 1.0)]);
        assert_eq!(found[1].keys().collect::<Vec<_>>(), ["no", "no war", "war"]);
    }

    #[test]
    fn rare_terms_go_and_frequent_ones_come_first() {
        let params = AnalyzerParams::default();
        let texts = ["aa bb", "aa cc", "aa bb"];
        let scan = Scan { reader: None, analyzer: &params };
        let counts = count(&texts, scan, 2);
        let columns: Vec<u32> = (0..counts.hashes.len() as u32).collect();
        let terms = counts.written(&texts, scan, &columns);
        assert_eq!(terms.iter().next(), Some("aa"));
        assert_eq!(terms.iter().count(), 3);
        assert_eq!(counts.n_terms, 5);
    }

    #[test]
    fn words_and_characters_stand_side_by_side() {
        let found = counts(&["ab ab"], true, 1);
        assert_eq!(found[0]["ab"], 2.0);
        assert_eq!(found[0][" ab "], 2.0);
    }

    #[test]
    fn the_language_of_a_bare_text_is_detected_where_words_depend_on_it() {
        let words = WordParams { ngram_range: (1, 1), stem: true, stop_words: true, ..WordParams::default() };
        let params = AnalyzerParams { words: Some(words), ..AnalyzerParams::default() };
        let texts = ["The ministers said that they were opening the bridges over the river."];
        let scan = Scan { reader: None, analyzer: &params };
        let counts = count(&texts, scan, 1);
        let columns: Vec<u32> = (0..counts.hashes.len() as u32).collect();
        let mut terms: Vec<String> = counts.written(&texts, scan, &columns).iter().map(str::to_string).collect();
        terms.sort();
        assert_eq!(terms, ["bridg", "minist", "open", "river", "said"]);
    }

    #[test]
    fn long_rows_are_sorted_by_radix() {
        for n in [10u32, 300, 5000] {
            let mut row: Vec<Entry> =
                (0..n).map(|i| Entry { column: i.wrapping_mul(2_654_435_761) % 9_000_011, value: i as f32 }).collect();
            let mut sorted = row.clone();
            sorted.sort_by_key(|e| e.column);
            sort_row(&mut row, &mut Vec::new());
            assert_eq!(row, sorted);
        }
    }

    #[test]
    fn many_chunks_count_as_one() {
        let texts: Vec<String> = (0..1000).map(|i| format!("common word{} word{}", i % 300, i % 7)).collect();
        let found = count(&texts, Scan { reader: None, analyzer: &AnalyzerParams::default() }, 1);
        let df = found.matrix.column_counts(&(0..1000).collect::<Vec<_>>());
        assert_eq!(df[0], 1000);
        assert!(df.windows(2).all(|w| w[0] >= w[1]));
        let total: f32 = (0..1000).flat_map(|r| found.matrix.row(r).map(|e| e.1).collect::<Vec<_>>()).sum();
        assert_eq!(total, 5000.0);
    }
}
