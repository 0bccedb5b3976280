//! Terms, counts, weights and selection of terms.

use std::collections::BTreeMap;

use serde::Deserialize;
use slantwise::{
    AnalyzerParams, Article, CharParams, Corpus, Example, FeatureMatrix, FeatureParams, Gold, Idf, Pipeline, TermKind,
    TfidfParams, TfidfVectorizer, WordParams,
};

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "scikit-learn")]
    version: String,
    texts: Vec<String>,
    fresh: Vec<String>,
    cases: Vec<Case>,
    selections: Vec<Selection>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    params: Limits,
    terms: Terms,
    /// Each column of a row as often as it counts.
    counts: Vec<Vec<usize>>,
    idf: Option<Vec<f64>>,
    /// One weight for each distinct column of a row.
    tfidf: Option<Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct Limits {
    words: Option<(u8, u8)>,
    chars: Option<(u8, u8)>,
    punctuation: bool,
    one_letter: bool,
    min_df: u32,
    max_df: f64,
    max_features: Option<usize>,
}

#[derive(Deserialize)]
struct Terms {
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    chars: Vec<String>,
}

#[derive(Deserialize)]
struct Selection {
    name: String,
    one: bool,
    gold: Vec<Vec<String>>,
    words: Option<(u8, u8)>,
    chars: Option<(u8, u8)>,
    min_df: u32,
    select: usize,
    kept: Vec<String>,
}

fn reference() -> Reference {
    let reference: Reference = serde_json::from_str(include_str!("../data/reference_features.json")).unwrap();
    assert_eq!((reference.version.as_str(), reference.texts.len()), ("1.9.1", 30));
    reference
}

fn analyzer(words: Option<(u8, u8)>, chars: Option<(u8, u8)>, punctuation: bool, one_letter: bool) -> AnalyzerParams {
    AnalyzerParams {
        words: words.map(|ngram_range| WordParams { ngram_range, punctuation, one_letter, ..WordParams::default() }),
        chars: chars.map(|ngram_range| CharParams { ngram_range }),
        ..AnalyzerParams::default()
    }
}

impl Case {
    fn fit(&self, texts: &[String], tfidf: TfidfParams) -> TfidfVectorizer {
        let p = &self.params;
        TfidfVectorizer::params()
            .analyzer(analyzer(p.words, p.chars, p.punctuation, p.one_letter))
            .features(FeatureParams {
                min_df: p.min_df,
                max_df: p.max_df,
                max_features: p.max_features,
                select: None,
                tfidf,
            })
            .fit(texts)
            .unwrap()
    }

    /// scikit-learn's terms in the order of its columns, words first.
    fn terms(&self) -> Vec<(TermKind, &str)> {
        let words = self.terms.words.iter().map(|t| (TermKind::Word, t.as_str()));
        words.chain(self.terms.chars.iter().map(|t| (TermKind::Char, t.as_str()))).collect()
    }

    /// Rows of scikit-learn by term.
    fn rows(&self, value: impl Fn(usize, usize, usize) -> f64) -> Vec<BTreeMap<(TermKind, &str), f64>> {
        let terms = self.terms();
        let row = |(row, columns): (usize, &Vec<usize>)| {
            let distinct = columns.chunk_by(|a, b| a == b).enumerate();
            distinct.map(|(place, same)| (terms[same[0]], value(row, place, same.len()))).collect()
        };
        self.counts.iter().enumerate().map(row).collect()
    }
}

fn named<'a>(vectorizer: &'a TfidfVectorizer, matrix: &FeatureMatrix) -> Vec<BTreeMap<(TermKind, &'a str), f64>> {
    let term = |column: u32| {
        let term = vectorizer.vocabulary().term(column as usize).unwrap();
        (term.kind, term.text)
    };
    (0..matrix.n_samples()).map(|row| matrix.row(row).map(|(c, v)| (term(c), f64::from(v))).collect()).collect()
}

fn compare(case: &str, expected: &[BTreeMap<(TermKind, &str), f64>], found: &[BTreeMap<(TermKind, &str), f64>]) {
    assert_eq!(expected.len(), found.len());
    for (row, (expected, found)) in expected.iter().zip(found).enumerate() {
        assert_eq!(expected.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>(), "{case}: terms of row {row}");
        for ((term, e), f) in expected.iter().zip(found.values()) {
            assert!((e - f).abs() <= 1e-6, "{case}: row {row} has {f} for {term:?}, scikit-learn {e}");
        }
    }
}

#[test]
fn terms_and_counts_equal_those_of_scikit_learn() {
    let reference = reference();
    let all = [reference.texts.clone(), reference.fresh.clone()].concat();
    let plain = TfidfParams { sublinear_tf: false, idf: Idf::None, l2: false };
    for case in &reference.cases {
        let name = &case.name;
        let vectorizer = case.fit(&reference.texts, plain);
        let mut terms: Vec<_> = vectorizer.vocabulary().terms().map(|t| (t.kind, t.text)).collect();
        terms.sort_unstable();
        let mut expected = case.terms();
        expected.sort_unstable();
        assert_eq!(expected, terms, "{name}: vocabulary");
        assert_eq!(vectorizer.vocabulary().n_words(), case.terms.words.len(), "{name}");
        for &(kind, term) in &expected {
            let column = vectorizer.vocabulary().column(kind, term).unwrap();
            assert_eq!(vectorizer.vocabulary().term(column).map(|t| (t.kind, t.text)), Some((kind, term)), "{name}");
        }
        compare(name, &case.rows(|_, _, count| count as f64), &named(&vectorizer, &vectorizer.transform(&all)));
    }
}

#[test]
fn idf_and_tfidf_equal_those_of_scikit_learn() {
    let reference = reference();
    let all = [reference.texts.clone(), reference.fresh.clone()].concat();
    let mut weighted = 0;
    for case in &reference.cases {
        let (Some(idf), Some(tfidf)) = (&case.idf, &case.tfidf) else { continue };
        weighted += 1;
        let name = &case.name;
        let vectorizer = case.fit(&reference.texts, TfidfParams::default());
        for ((kind, term), expected) in case.terms().into_iter().zip(idf) {
            let column = vectorizer.vocabulary().column(kind, term).unwrap();
            let found = f64::from(vectorizer.idf()[column]);
            assert!(
                (found - expected).abs() <= 1e-6,
                "{name}: idf of {term:?} is {found}, scikit-learn has {expected}"
            );
        }
        compare(name, &case.rows(|row, place, _| tfidf[row][place]), &named(&vectorizer, &vectorizer.transform(&all)));
    }
    assert_eq!(weighted, 12);
}

#[test]
fn chi_squared_selects_what_scikit_learn_selects() {
    let reference = reference();
    assert_eq!(reference.selections.len(), 6);
    for selection in &reference.selections {
        let gold = |labels: &Vec<String>| match selection.one {
            true => Gold::One(labels[0].clone()),
            false => Gold::several(labels),
        };
        let example =
            |(text, labels)| Example { article: Article::from_text(text), gold: gold(labels), spans: Vec::new() };
        let examples = reference.texts.iter().zip(&selection.gold).map(example).collect();
        let mut params = Pipeline::params();
        params.analyzer = analyzer(selection.words, selection.chars, false, false);
        params.features.min_df = selection.min_df;
        params.features.select = Some(selection.select);
        let model = params.fit(&Corpus::from_examples(examples).unwrap()).unwrap();
        let mut kept: Vec<&str> = model.vectorizer().vocabulary().terms().map(|t| t.text).collect();
        kept.sort_unstable();
        assert_eq!(selection.kept, kept, "{}", selection.name);
    }
}
