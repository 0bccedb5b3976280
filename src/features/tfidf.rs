//! TF-IDF: weights learned once from the training articles, stored, and applied to every later article alike.

use std::sync::LazyLock;

use linfa::ParamGuard;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::count::{Counts, Distinct, Document, Scan, count, sort_row};
use crate::features::idf::IdfByColumn;
use crate::features::matrix::{Entry, FeatureMatrix};
use crate::features::select;
use crate::features::vocabulary::Vocabulary;
use crate::label::Targets;
use crate::params::{Check, Params};
use crate::text::{Analyzer, AnalyzerParams, Stretch};

/// Which terms become features, and how they are weighted.
///
/// | field | default | range |
/// |---|---|---|
/// | `min_df` | 2 | at least 1 (articles) |
/// | `max_df` | 1.0 | above 0, up to 1 (share of the articles) |
/// | `max_features` | none | at least 1 |
/// | `select` | none | at least 1 |
/// | `tfidf` | see [`TfidfParams`] | |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureParams {
    /// Terms in fewer articles than this are dropped. Default 2.
    pub min_df: u32,
    /// Terms in a larger share of the articles than this are dropped. Default 1.0: none.
    pub max_df: f64,
    /// Keep the terms that occur most often in all articles together. Default: all.
    pub max_features: Option<usize>,
    /// Keep the terms with the largest chi-squared statistic against the labels. Default: all.
    pub select: Option<usize>,
    /// How counts are weighted.
    pub tfidf: TfidfParams,
}

/// How a count becomes a weight: `tf · idf`, each article scaled to length 1.
///
/// With words and characters both, each of the two blocks is scaled on its own, as scikit-learn's
/// `FeatureUnion` of two vectorizers does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TfidfParams {
    /// `tf = 1 + ln(count)` instead of the count itself. Default `true`.
    pub sublinear_tf: bool,
    /// The inverse document frequency. Default [`Idf::Smooth`].
    pub idf: Idf,
    /// Scale each article to Euclidean length 1 (L2). Default `true`.
    pub l2: bool,
}

/// The inverse document frequency of a term that `df` of `n` training articles hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Idf {
    /// `ln((1 + n) / (1 + df)) + 1`, scikit-learn's `smooth_idf=True`.
    Smooth,
    /// 1 for every term.
    None,
}

impl Idf {
    /// The idf of a term that `df` of `n` training articles hold.
    pub(crate) fn of(self, n: usize, df: u32) -> f32 {
        match self {
            Idf::Smooth => (((1 + n) as f64 / f64::from(1 + df)).ln() + 1.0) as f32,
            Idf::None => 1.0,
        }
    }
}

impl Default for FeatureParams {
    fn default() -> Self {
        FeatureParams { min_df: 2, max_df: 1.0, max_features: None, select: None, tfidf: TfidfParams::default() }
    }
}

impl Default for TfidfParams {
    fn default() -> Self {
        TfidfParams { sublinear_tf: true, idf: Idf::Smooth, l2: true }
    }
}

impl FeatureParams {
    /// Errors where a field is out of its range.
    pub fn check(&self) -> Result<()> {
        if self.min_df == 0 {
            return Err(Error::param("min_df", self.min_df, "a number of articles, at least 1"));
        }
        if !(self.max_df > 0.0 && self.max_df <= 1.0) {
            return Err(Error::param("max_df", self.max_df, "a share of the articles above 0 and up to 1"));
        }
        if self.max_features == Some(0) {
            return Err(Error::param("max_features", 0, "at least 1"));
        }
        if self.select == Some(0) {
            return Err(Error::param("select", 0, "at least 1"));
        }
        Ok(())
    }
}

/// The weights of the columns as fitted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weighting {
    pub(crate) params: TfidfParams,
    pub(crate) idf: IdfByColumn,
    /// Columns below this one are words, scaled apart from the rest.
    pub(crate) n_words: usize,
}

impl Weighting {
    /// Learns from the raw counts of some rows which columns stay (by `max_df`, `max_features` and `select`, and by `min_df` within these rows), and
    /// their weights. Selection is by the labels of the rows and the rows' weights, if any. Returns the kept columns, ascending.
    pub(crate) fn fit(
        counts: &FeatureMatrix,
        rows: &[usize],
        n_words: usize,
        params: &FeatureParams,
        select_by: Option<(&Targets, Option<&[f32]>)>,
    ) -> Result<(Vec<u32>, Weighting)> {
        let n = rows.len();
        let df = counts.column_counts(rows);
        let most = params.max_df * n as f64;
        let stays = |&c: &u32| df[c as usize] >= params.min_df && f64::from(df[c as usize]) <= most;
        let mut kept: Vec<u32> = (0..counts.n_features() as u32).filter(stays).collect();
        if let Some(k) = params.max_features.filter(|&k| k < kept.len()) {
            let totals = select::totals(counts, rows);
            let scores: Vec<f64> = kept.iter().map(|&c| totals[c as usize]).collect();
            kept = select::best(&scores, k).into_iter().map(|place| kept[place as usize]).collect();
        }
        if let Some(k) = params.select.filter(|&k| k < kept.len()) {
            let Some((targets, weights)) = select_by else {
                return Err(Error::param("select", k, "nothing where there are no labels to select by"));
            };
            let chi2 = select::chi2(counts, rows, targets, weights);
            let scores: Vec<f64> = kept.iter().map(|&c| chi2[c as usize]).collect();
            kept = select::best(&scores, k).into_iter().map(|place| kept[place as usize]).collect();
        }
        let idf = kept.iter().map(|&c| params.tfidf.idf.of(n, df[c as usize])).collect();
        let n_words = kept.partition_point(|&c| (c as usize) < n_words);
        Ok((kept, Weighting { params: params.tfidf, idf, n_words }))
    }

    /// The weights of some rows of a matrix of counts, whose columns `kept` stay: one pass over the counts.
    pub(crate) fn weigh(&self, counts: &FeatureMatrix, rows: &[usize], kept: &[u32]) -> FeatureMatrix {
        self.weigh_all(counts.select(rows, kept))
    }

    /// The weights of a matrix of counts, all of whose columns stay, in place.
    pub(crate) fn weigh_all(&self, counts: FeatureMatrix) -> FeatureMatrix {
        let mut matrix = counts.with_words(self.n_words);
        matrix.rows_mut().with_min_len(64).for_each(|row| self.apply_row(row));
        matrix
    }

    /// Turns the counts of one article into weights, in place. Columns ascend.
    #[inline]
    pub(crate) fn apply_row(&self, row: &mut [Entry]) {
        if self.params.sublinear_tf {
            let small: &[f32; 64] = &SMALL;
            row.iter_mut().for_each(|e| e.value = looked_up(small, e.value) * self.idf.at(e.column));
        } else {
            row.iter_mut().for_each(|e| e.value *= self.idf.at(e.column));
        }
        if self.params.l2 {
            let (words, chars) = row.split_at_mut(row.partition_point(|e| (e.column as usize) < self.n_words));
            for block in [words, chars] {
                scale_to_unit(block, |e| &mut e.value);
            }
        }
    }
}

/// Scales values to Euclidean length 1, where they are not all 0.
#[inline]
fn scale_to_unit<T>(block: &mut [T], value: impl Fn(&mut T) -> &mut f32) {
    let square: f64 = block.iter_mut().map(|e| f64::from(*value(e)).powi(2)).sum();
    if square > 0.0 {
        let scale = (1.0 / square.sqrt()) as f32;
        block.iter_mut().for_each(|e| *value(e) *= scale);
    }
}

/// `1 + ln(count)`; most counts are small, so their logarithms are looked up.
#[inline]
pub(crate) fn sublinear(count: f32) -> f32 {
    looked_up(&SMALL, count)
}

/// `1 + ln(count)` of counts below 64, and 0 of 0.
static SMALL: LazyLock<[f32; 64]> =
    LazyLock::new(|| std::array::from_fn(|n| if n == 0 { 0.0 } else { (1.0 + (n as f64).ln()) as f32 }));

#[inline]
fn looked_up(small: &[f32; 64], count: f32) -> f32 {
    let whole = count as usize;
    if whole < 64 && whole as f32 == count { small[whole] } else { (1.0 + f64::from(count).ln()) as f32 }
}

/// The buffers for turning one article after another into a row of features.
#[derive(Debug)]
pub(crate) struct RowBuffer {
    analyzer: Analyzer,
    hashes: Vec<u64>,
    distinct: Distinct,
    /// The weighted row of the last article.
    pub(crate) row: Vec<Entry>,
    scratch: Vec<Entry>,
    /// Distinct terms of the last article, known or not.
    pub(crate) n_terms: usize,
}

impl RowBuffer {
    pub(crate) fn new(params: &AnalyzerParams) -> RowBuffer {
        RowBuffer {
            analyzer: Analyzer::new(params),
            hashes: Vec::new(),
            distinct: Distinct::default(),
            row: Vec::new(),
            scratch: Vec::new(),
            n_terms: 0,
        }
    }

    /// Reads an article's stretches into `row`: the very row that it would have in a matrix of many.
    pub(crate) fn read(&mut self, stretches: &[Stretch<'_>], vocabulary: &Vocabulary, weighting: &Weighting) {
        let RowBuffer { analyzer, hashes, distinct, row, scratch, n_terms } = self;
        hashes.clear();
        for stretch in stretches {
            analyzer.words(stretch, |hash, _, _| hashes.push(hash));
            analyzer.chars(stretch, |hash, _, _, _| hashes.push(hash));
        }
        distinct.count(hashes);
        *n_terms = distinct.pairs.len();
        row.clear();
        vocabulary.columns_of(&distinct.pairs, row);
        sort_row(row, scratch);
        weighting.apply_row(row);
    }

    /// The share of the last article's distinct terms that the vocabulary holds; 0 where it has none.
    pub(crate) fn share_known(&self) -> f64 {
        if self.n_terms == 0 { 0.0 } else { self.row.len() as f64 / self.n_terms as f64 }
    }
}

/// Texts to TF-IDF features, for people who live in linfa.
///
/// Fitting learns the vocabulary and the document frequencies; transforming uses what was learned, so that a row is the same
/// alone and in a batch. The formulas are those of scikit-learn's `TfidfVectorizer`.
///
/// ```
/// use linfa::prelude::*;
/// use ndarray::array;
/// use slantwise::{LogisticRegression, TfidfVectorizer};
///
/// let texts = ["arms for peace", "talks for peace", "arms and more arms", "talks about talks"];
/// let vectorizer = TfidfVectorizer::params().min_df(1).fit(&texts)?;
/// let dataset = DatasetBase::new(vectorizer.transform(&texts), array![0, 1, 0, 1]);
/// let model = LogisticRegression::params().c(10.0).fit(&dataset)?;
/// let predicted: ndarray::Array1<usize> = model.predict(&vectorizer.transform(&["more arms"]));
/// assert_eq!(predicted, array![0]);
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TfidfVectorizer {
    pub(crate) analyzer: AnalyzerParams,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) weighting: Weighting,
}

/// What a [`TfidfVectorizer`] is fitted with: an analyzer and its features.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tfidf {
    /// Which terms a text is made of.
    pub analyzer: AnalyzerParams,
    /// Which terms become features, and their weights.
    pub features: FeatureParams,
}

impl Check for Tfidf {
    fn check(&self) -> Result<()> {
        self.analyzer.check()?;
        self.features.check()
    }
}

impl Params<Tfidf> {
    /// The analyzer; default words 1–2.
    #[must_use]
    pub fn analyzer(mut self, analyzer: AnalyzerParams) -> Self {
        self.0.analyzer = analyzer;
        self
    }

    /// Terms in fewer texts than this are dropped; default 2.
    #[must_use]
    pub fn min_df(mut self, min_df: u32) -> Self {
        self.0.features.min_df = min_df;
        self
    }

    /// All settings of the features at once.
    #[must_use]
    pub fn features(mut self, features: FeatureParams) -> Self {
        self.0.features = features;
        self
    }

    /// Learns vocabulary and weights from texts. Errors where a parameter is out of range and where no term is left.
    pub fn fit<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<TfidfVectorizer> {
        let params = self.check_ref()?;
        let scan = Scan { reader: None, analyzer: &params.analyzer };
        let counts = count(texts, scan, params.features.min_df);
        let (kept, weighting) =
            Weighting::fit(&counts.matrix, &all_rows(&counts.matrix), counts.n_words, &params.features, None)?;
        TfidfVectorizer::new(texts, scan, &params.features, &counts, &kept, weighting)
    }
}

impl TfidfVectorizer {
    /// The parameters with their defaults.
    pub fn params() -> Params<Tfidf> {
        Params::default()
    }

    pub(crate) fn new<D: Document>(
        documents: &[D],
        scan: Scan<'_>,
        params: &FeatureParams,
        counts: &Counts,
        kept: &[u32],
        weighting: Weighting,
    ) -> Result<TfidfVectorizer> {
        if kept.is_empty() {
            return Err(Error::EmptyVocabulary {
                n_terms: counts.n_terms,
                n_samples: documents.len(),
                min_df: params.min_df,
                max_df: params.max_df,
            });
        }
        let terms = counts.written(documents, scan, kept);
        let hashes: Vec<u64> = kept.iter().map(|&c| counts.hashes[c as usize]).collect();
        let vocabulary = Vocabulary::new(&hashes, terms.iter(), weighting.n_words);
        Ok(TfidfVectorizer { analyzer: scan.analyzer.clone(), vocabulary, weighting })
    }

    /// The features of texts, one row each, with the vocabulary and weights that were fitted.
    pub fn transform<S: AsRef<str> + Sync>(&self, texts: &[S]) -> FeatureMatrix {
        let scan = Scan { reader: None, analyzer: &self.analyzer };
        let rows: Vec<Vec<Entry>> = texts
            .par_iter()
            .map_init(
                || RowBuffer::new(&self.analyzer),
                |buffer, text| {
                    buffer.read(&text.stretches(scan), &self.vocabulary, &self.weighting);
                    buffer.row.clone()
                },
            )
            .collect();
        let mut starts = Vec::with_capacity(rows.len() + 1);
        starts.push(0);
        rows.iter().for_each(|row| starts.push(starts[starts.len() - 1] + row.len()));
        FeatureMatrix::from_parts(self.vocabulary.len(), starts, rows.concat()).with_words(self.weighting.n_words)
    }

    /// The terms and their columns.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The inverse document frequency of each column.
    pub fn idf(&self) -> &[f32] {
        &self.weighting.idf
    }
}

fn all_rows(counts: &FeatureMatrix) -> Vec<usize> {
    (0..counts.n_samples()).collect()
}
