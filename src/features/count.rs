//! Counting the terms of many articles at once.
//!
//! Every article is scanned once, in parallel, into `(hash, count)` pairs ([`pairs`]). The pairs are dealt out by
//! the high bits of their hash, so that document frequencies are counted in tables that fit a
//! processor's cache ([`partition`]); terms below `min_df` go; the rest get their columns, the more frequent first, and the pairs
//! become rows ([`rows`]). Chunks of articles and partitions of hashes don't depend on the number of threads, and so the
//! result doesn't either.

mod distinct;
mod pairs;
mod partition;
mod rows;
mod spell;

use crate::article::Part;
use crate::features::matrix::{Entry, FeatureMatrix};
use crate::text::language::detect_language;
use crate::text::{AnalyzerParams, Reader, Stretch, TermKind};

pub(crate) use distinct::Distinct;
use pairs::Pairs;
use partition::Terms;
pub(crate) use rows::sort_row;

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

fn count_kind<D: Document>(documents: &[D], scan: Scan<'_>, kind: TermKind, min_df: u32) -> Counts {
    let (Terms { hashes, first, n_terms }, placed) = Terms::count(Pairs::scan(documents, scan, kind), min_df);
    let matrix = rows::gather(&placed, hashes.len(), documents.len());
    Counts { matrix, n_words: hashes.len(), hashes, first, n_terms }
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
