//! A corpus counted once, and everything that is learned from some of its rows.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::classifier::{Classifier, LinearModel, check_classes};
use crate::corpus::Corpus;
use crate::error::{Error, Result};
use crate::evaluation::{Fold, Folds, SplitParams, class_told, group_ids};
use crate::features::{Counts, FeatureMatrix, FeatureParams, Scan, Weighting, count};
use crate::label::{LabelSet, Targets, Task};
use crate::pipeline::PipelineParams;
use crate::pipeline::balance::Balance;
use crate::pipeline::weights::row_weights;
use crate::text::Reader;

/// A corpus counted once: everything that is learned from it, on all rows or on the rows of a fold, is learned from these counts.
///
/// The counts hold every term of at least `min_df` articles of the corpus. A fold's own `min_df`, `max_df`, selection
/// and document frequencies are taken from the fold's rows, so that a model of a fold is the very
/// model that fitting its rows alone would give.
#[derive(Clone)]
pub(crate) struct Counted<'a> {
    /// `None` where the counts are not of a corpus as it is.
    corpus: Option<&'a Corpus>,
    pub(crate) params: &'a PipelineParams,
    pub(crate) reader: Reader,
    pub(crate) counts: Counts,
    pub(crate) targets: Targets,
    pub(crate) labels: &'a LabelSet,
    pub(crate) groups: Option<Vec<u32>>,
    balance: Option<Balance>,
    /// The rows' weights, where the corpus has some.
    given: Option<Vec<f32>>,
}

/// What the scores of all articles, or the weights of all terms, may take. Beyond it a label is most likely something else, such as an address.
const MOST_BYTES: u64 = 16 << 30;

/// An error where a number of bytes for each label and each of `n` articles or terms is more than memory should hold.
fn check_room(labels: &LabelSet, n: usize, bytes: usize) -> Result<()> {
    if (labels.len() as u64).saturating_mul((n * bytes) as u64) <= MOST_BYTES {
        return Ok(());
    }
    Err(Error::TooManyLabels { labels: labels.len(), memory: MOST_BYTES, remedy: "give rare labels one name" })
}

/// Counts a corpus as a reader reads it that has learned from some of its rows (all, where none are named).
fn read(corpus: &Corpus, params: &PipelineParams, rows: Option<&[usize]>) -> Result<(Reader, Counts)> {
    let examples = corpus.examples();
    let by_language = params.analyzer.is_by_language();
    let reader = match rows {
        Some(rows) => Reader::fit(&params.reading, by_language, rows.iter().map(|&r| &examples[r].article))?,
        None => Reader::fit(&params.reading, by_language, examples.iter().map(|e| &e.article))?,
    };
    let counts = count(examples, Scan { reader: Some(&reader), analyzer: &params.analyzer }, params.features.min_df);
    Ok((reader, counts))
}

/// The features of some rows, with the weights learned from them: ready for any classifier.
pub(crate) struct FoldFeatures {
    pub(crate) kept: Vec<u32>,
    pub(crate) weighting: Weighting,
    pub(crate) matrix: FeatureMatrix,
    targets: Targets,
    /// The rows' weights, where not all are 1.
    weights: Option<Vec<f32>>,
}

/// A model of some rows, on the columns of the counts.
pub(crate) struct FoldModel {
    pub(crate) kept: Vec<u32>,
    pub(crate) weighting: Weighting,
    pub(crate) model: LinearModel,
}

impl FoldModel {
    /// The scores of weighed rows, row after row.
    pub(crate) fn scores(&self, weighed: &FeatureMatrix) -> Vec<f64> {
        self.model.decision_function(weighed).into_raw_vec_and_offset().0
    }
}

/// Scores of rows under models that have not seen them, row after row.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct OutOfFold {
    /// Positions in the corpus.
    pub(crate) rows: Vec<usize>,
    pub(crate) scores: Vec<f64>,
}

/// How much of the class groups may tell ([`class_told`]) for calibration and decision to learn biases of classes from them.
const GROUPS_TELL: f64 = 0.5;

/// Whether groups such as outlets hold one class each, more or less. A fold that lacks the groups of one class leaves too few of it to
/// train on and too many to test on; biases of classes would learn that, up to always answering with one class.
pub(crate) fn groups_tell(groups: Option<&[u32]>, targets: &Targets) -> bool {
    groups.is_some_and(|groups| targets.task() == Task::One && class_told(groups, targets) > GROUPS_TELL)
}

/// Rows of one group that calibration and thresholds are learned from: what holds for a new outlet is not what holds for the largest.
const GROUP_ROWS: usize = 100;

impl OutOfFold {
    /// Adds the scores of rows. In a tiny corpus a fold may lack a class or all frequent terms: it has nothing to say.
    pub(crate) fn push(&mut self, scores: Result<Vec<f64>>, rows: Vec<usize>) -> Result<()> {
        match scores {
            Ok(scores) => {
                self.scores.extend(scores);
                self.rows.extend(rows);
                Ok(())
            }
            Err(Error::TooFewClasses { .. } | Error::EmptyVocabulary { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// At most a hundred rows of every group, evenly spaced.
    pub(crate) fn thinned(&self, groups: Option<&[u32]>, n_classes: usize) -> Cow<'_, OutOfFold> {
        let Some(groups) = groups else { return Cow::Borrowed(self) };
        let places = thinned_places(&self.rows, groups);
        if places.len() == self.rows.len() {
            return Cow::Borrowed(self);
        }
        let rows = places.iter().map(|&place| self.rows[place]).collect();
        let of_row = |&place: &usize| &self.scores[place * n_classes..(place + 1) * n_classes];
        Cow::Owned(OutOfFold { rows, scores: places.iter().flat_map(of_row).copied().collect() })
    }
}

/// Places in `rows` of at most a hundred rows of every group, evenly spaced.
pub(crate) fn thinned_places(rows: &[usize], groups: &[u32]) -> Vec<usize> {
    let mut sizes: FxHashMap<u32, (usize, usize)> = FxHashMap::default();
    rows.iter().for_each(|&row| sizes.entry(groups[row]).or_default().0 += 1);
    let keep = |&(_, &row): &(usize, &usize)| {
        let Some((size, seen)) = sizes.get_mut(&groups[row]) else { return false };
        let step = size.div_ceil(GROUP_ROWS);
        *seen += 1;
        (*seen - 1).is_multiple_of(step)
    };
    rows.iter().enumerate().filter(keep).map(|(place, _)| place).collect()
}

impl<'a> Counted<'a> {
    pub(crate) fn new(corpus: &'a Corpus, params: &'a PipelineParams) -> Result<Counted<'a>> {
        params.check()?;
        params.classifier.check(Some(corpus.labels()))?;
        let targets = corpus.targets();
        check_classes(&targets, |k| corpus.labels().name(k).to_string())?;
        let groups = match &params.group_by {
            Some(key) => Some(group_ids(key, corpus.examples().iter().map(|e| e.article.field(key)))?),
            None => None,
        };
        let balance = Balance::new(&params.balance_by, corpus)?;
        let given = params.weight_by.as_ref().map(|key| row_weights(key, corpus)).transpose()?;
        let labels = corpus.labels();
        check_room(labels, corpus.len(), size_of::<f64>())?;
        let (reader, counts) = read(corpus, params, None)?;
        check_room(labels, counts.matrix.n_features(), size_of::<f32>())?;
        Ok(Counted { corpus: Some(corpus), params, reader, counts, targets, labels, groups, balance, given })
    }

    /// Counts of something else than a corpus as it is, such as articles without their furniture.
    pub(crate) fn of_counts(
        counts: Counts,
        targets: Targets,
        labels: &'a LabelSet,
        params: &'a PipelineParams,
    ) -> Result<Counted<'a>> {
        let reader = Reader::new(&params.reading)?;
        Ok(Counted { corpus: None, params, reader, counts, targets, labels, groups: None, balance: None, given: None })
    }

    /// The counts as a model of these rows reads the articles: they are read anew where reading itself is learned from the
    /// training articles.
    pub(crate) fn as_read_by(&self, rows: &[usize]) -> Result<Cow<'_, Counted<'a>>> {
        let Some(corpus) = self.corpus.filter(|_| Reader::is_learned(&self.params.reading)) else {
            return Ok(Cow::Borrowed(self));
        };
        let (reader, counts) = read(corpus, self.params, Some(rows))?;
        Ok(Cow::Owned(Counted { reader, counts, ..self.clone() }))
    }

    /// Learns from some rows which terms stay and how they are weighted, and weighs the rows.
    pub(crate) fn features(&self, rows: &[usize], params: &FeatureParams) -> Result<FoldFeatures> {
        let mut features = self.weighting(rows, params)?;
        features.matrix = features.weighting.weigh(&self.counts.matrix, rows, &features.kept);
        Ok(features)
    }

    /// The features of all rows, made of the counts themselves, which are gone then: a large corpus is held once less.
    pub(crate) fn take_features(&mut self) -> Result<FoldFeatures> {
        let rows: Vec<usize> = (0..self.counts.matrix.n_samples()).collect();
        let mut features = self.weighting(&rows, &self.params.features)?;
        let counts = std::mem::take(&mut self.counts.matrix);
        features.matrix = if features.kept.len() == counts.n_features() {
            features.weighting.weigh_all(counts)
        } else {
            features.weighting.weigh(&counts, &rows, &features.kept)
        };
        Ok(features)
    }

    /// Which terms stay and how they are weighted, without the rows' features.
    fn weighting(&self, rows: &[usize], params: &FeatureParams) -> Result<FoldFeatures> {
        let counts = &self.counts.matrix;
        let targets = self.targets.select(rows);
        let weights = self.weights(&targets, rows);
        let select_by = Some((&targets, weights.as_deref()));
        let (kept, weighting) = Weighting::fit(counts, rows, self.counts.n_words, params, select_by)?;
        if kept.is_empty() {
            return Err(Error::EmptyVocabulary {
                n_terms: self.counts.n_terms,
                n_samples: rows.len(),
                min_df: params.min_df,
                max_df: params.max_df,
            });
        }
        Ok(FoldFeatures { kept, weighting, matrix: FeatureMatrix::default(), targets, weights })
    }

    /// The weights of some rows, where not all are 1.
    fn weights(&self, targets: &Targets, rows: &[usize]) -> Option<Vec<f32>> {
        let balanced = self.balance.as_ref().map(|balance| balance.weights(targets, rows));
        let Some(given) = &self.given else { return balanced };
        let given = rows.iter().map(|&row| given[row]);
        Some(match balanced {
            Some(balanced) => balanced.into_iter().zip(given).map(|(balanced, given)| balanced * given).collect(),
            None => given.collect(),
        })
    }

    /// Learns a classifier from weighed rows.
    pub(crate) fn learn(&self, features: &FoldFeatures, classifier: &Classifier) -> Result<LinearModel> {
        self.learn_from(features.matrix.clone(), features, classifier)
    }

    fn learn_from(&self, matrix: FeatureMatrix, of: &FoldFeatures, classifier: &Classifier) -> Result<LinearModel> {
        let mut classifier = classifier.clone();
        classifier.set_seed(self.params.seed);
        classifier.fit(matrix, &of.targets, of.weights.as_deref(), self.labels)
    }

    /// Learns weights and classifier from some rows.
    pub(crate) fn fit_rows(&self, rows: &[usize]) -> Result<FoldModel> {
        self.fit_features(self.features(rows, &self.params.features)?)
    }

    /// Learns the classifier from features.
    pub(crate) fn fit_features(&self, mut features: FoldFeatures) -> Result<FoldModel> {
        let matrix = std::mem::take(&mut features.matrix);
        let model = self.learn_from(matrix, &features, &self.params.classifier)?;
        Ok(FoldModel { kept: features.kept, weighting: features.weighting, model })
    }

    /// The scores of some rows under a model of others, row after row.
    pub(crate) fn scores(&self, fitted: &FoldModel, rows: &[usize]) -> Vec<f64> {
        fitted.scores(&fitted.weighting.weigh(&self.counts.matrix, rows, &fitted.kept))
    }

    /// The folds of some rows (positions within `rows`), stratified, groups kept together.
    pub(crate) fn folds(&self, rows: &[usize], n_folds: usize) -> Result<Folds> {
        let targets = self.targets.select(rows);
        let groups: Option<Vec<u32>> = self.groups.as_ref().map(|g| rows.iter().map(|&r| g[r]).collect());
        let params = SplitParams { folds: n_folds, seed: self.params.seed, allow_rare: true };
        Folds::stratified(&targets, self.labels, groups.as_deref(), &params)
    }

    /// How many folds some rows can be cut into, at most `wanted`; 0 or 1 where they can't be cut.
    pub(crate) fn n_folds(&self, rows: &[usize], wanted: usize) -> usize {
        let groups = self.groups.as_ref().map_or(rows.len(), |groups| {
            let mut seen: Vec<u32> = rows.iter().map(|&r| groups[r]).collect();
            seen.sort_unstable();
            seen.dedup();
            seen.len()
        });
        wanted.min(rows.len()).min(groups)
    }

    /// Scores of the test rows of folds, each under a model of its training rows.
    pub(crate) fn out_of_fold(&self, folds: Vec<Fold>) -> Result<OutOfFold> {
        let mut found = OutOfFold::default();
        for Fold { train, test } in folds {
            let counted = self.as_read_by(&train)?;
            let model = counted.fit_rows(&train);
            found.push(model.map(|model| counted.scores(&model, &test)), test)?;
        }
        Ok(found)
    }

    /// The folds, in positions in the corpus, whose test parts are scored for calibration: as many as it takes to score `enough` rows, or all
    /// where there are groups.
    pub(crate) fn held_out(&self, rows: &[usize]) -> Result<Vec<Fold>> {
        let n_folds = self.n_folds(rows, self.params.calibration.folds);
        let mut held = Vec::new();
        if n_folds < 2 {
            return Ok(held);
        }
        let mut n_scored = 0;
        for fold in self.folds(rows, n_folds)?.iter() {
            // What holds for the groups of one fold need not hold for others: with groups, all folds are scored.
            if self.groups.is_none() && n_scored >= self.params.calibration.enough {
                break;
            }
            let of = |places: &[usize]| places.iter().map(|&place| rows[place]).collect::<Vec<usize>>();
            let (train, test) = (of(&fold.train), of(&fold.test));
            n_scored += test.len();
            held.push(Fold { train, test });
        }
        Ok(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_memory_has_no_room_for_are_refused() {
        let labels = LabelSet::new((0..100_000).map(|i| i.to_string()));
        assert!(check_room(&labels, 20_000, 8).is_ok());
        let error = check_room(&labels, 30_000, 8).unwrap_err().to_string();
        assert!(error.starts_with("100000 different labels are more than 17179869184 bytes"), "{error}");
        assert!(check_room(&labels, usize::MAX / 8, 8).is_err());
    }
}
