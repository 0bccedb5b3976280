//! Fitting: count once, then learn weights, classifier, calibration and threshold from the counts.

use std::borrow::Cow;
use std::sync::Arc;

use crate::calibration::{Calibration, CalibrationMethod};
use crate::classifier::{LinearModel, check_classes};
use crate::corpus::Corpus;
use crate::error::{Error, Result};
use crate::evaluation::{Folds, SplitParams, group_ids};
use crate::features::{Counts, Scan, TfidfVectorizer, Weighting, count};
use crate::label::{LabelSet, Targets, Task};
use crate::pipeline::{Pipeline, PipelineParams, Training};
use crate::text::Reader;

/// A corpus counted once: everything that is learned from it, on all rows or on the rows of a fold, is learned from these counts.
///
/// The counts hold every term of at least `min_df` articles of the corpus. A fold's own `min_df`, `max_df`, selection
/// and document frequencies are taken from the fold's rows, so that a model of a fold is the very
/// model that fitting its rows alone would give.
#[derive(Clone)]
pub(crate) struct Counted<'a> {
    corpus: &'a Corpus,
    pub(crate) params: &'a PipelineParams,
    reader: Reader,
    pub(crate) counts: Counts,
    pub(crate) targets: Targets,
    pub(crate) labels: &'a LabelSet,
    pub(crate) groups: Option<Vec<u32>>,
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

/// A model of some rows, on the columns of the counts.
pub(crate) struct FoldModel {
    kept: Vec<u32>,
    weighting: Weighting,
    pub(crate) model: LinearModel,
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
        let (reader, counts) = read(corpus, params, None)?;
        Ok(Counted { corpus, params, reader, counts, targets, labels: corpus.labels(), groups })
    }

    /// The counts as a model of these rows reads the articles: they are read anew where reading itself is learned from the
    /// training articles.
    pub(crate) fn as_read_by(&self, rows: &[usize]) -> Result<Cow<'_, Counted<'a>>> {
        if !Reader::is_learned(&self.params.reading) {
            return Ok(Cow::Borrowed(self));
        }
        let (reader, counts) = read(self.corpus, self.params, Some(rows))?;
        let (targets, groups) = (self.targets.clone(), self.groups.clone());
        Ok(Cow::Owned(Counted { reader, counts, targets, groups, ..*self }))
    }

    /// Learns weights and classifier from some rows.
    pub(crate) fn fit_rows(&self, rows: &[usize], weights: Option<&[f32]>) -> Result<FoldModel> {
        let params = self.params;
        let counts = &self.counts.matrix;
        let targets = self.targets.select(rows);
        let (kept, weighting) = Weighting::fit(counts, rows, self.counts.n_words, &params.features, Some(&targets))?;
        if kept.is_empty() {
            return Err(Error::EmptyVocabulary {
                n_terms: self.counts.n_terms,
                n_samples: rows.len(),
                min_df: params.features.min_df,
                max_df: params.features.max_df,
            });
        }
        let matrix = weighting.weigh(counts, rows, &kept);
        let mut classifier = params.classifier.clone();
        classifier.set_seed(params.seed);
        let model = classifier.fit(matrix, &targets, weights, self.labels)?;
        Ok(FoldModel { kept, weighting, model })
    }

    /// The scores of some rows under a model of others, row after row.
    pub(crate) fn scores(&self, fitted: &FoldModel, rows: &[usize]) -> Vec<f64> {
        let matrix = fitted.weighting.weigh(&self.counts.matrix, rows, &fitted.kept);
        fitted.model.decision_function(&matrix).into_raw_vec_and_offset().0
    }

    /// The folds of some rows (positions within `rows`), stratified, groups kept together.
    pub(crate) fn folds(&self, rows: &[usize], n_folds: usize) -> Result<Folds> {
        let targets = self.targets.select(rows);
        let groups: Option<Vec<u32>> = self.groups.as_ref().map(|g| rows.iter().map(|&r| g[r]).collect());
        let params = SplitParams { folds: n_folds, seed: self.params.seed, allow_rare: true };
        Folds::stratified(&targets, self.labels, groups.as_deref(), &params)
    }

    /// Scores of rows under models that have not seen them: the rows (positions in the corpus) and their scores. As many folds are trained
    /// as it takes to score `enough` rows.
    fn out_of_fold(&self, rows: &[usize]) -> Result<(Vec<usize>, Vec<f64>)> {
        let wanted = self.params.calibration.folds;
        let groups = self.groups.as_ref().map_or(rows.len(), |groups| {
            let mut seen: Vec<u32> = rows.iter().map(|&r| groups[r]).collect();
            seen.sort_unstable();
            seen.dedup();
            seen.len()
        });
        let n_folds = wanted.min(rows.len()).min(groups);
        if n_folds < 2 {
            return Ok((Vec::new(), Vec::new()));
        }
        let (mut held_out, mut scores) = (Vec::new(), Vec::new());
        for fold in self.folds(rows, n_folds)?.iter() {
            if held_out.len() >= self.params.calibration.enough {
                break;
            }
            let train: Vec<usize> = fold.train.iter().map(|&place| rows[place]).collect();
            let test: Vec<usize> = fold.test.iter().map(|&place| rows[place]).collect();
            let counted = self.as_read_by(&train)?;
            match counted.fit_rows(&train, None) {
                Ok(model) => {
                    scores.extend(counted.scores(&model, &test));
                    held_out.extend(test);
                }
                // In a tiny corpus a fold may lack a class or all frequent terms: it has nothing to say.
                Err(Error::TooFewClasses { .. } | Error::EmptyVocabulary { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((held_out, scores))
    }

    /// Fits calibration and threshold on out-of-fold scores of some rows.
    pub(crate) fn calibrate(&self, rows: &[usize]) -> Result<(Calibration, f64, usize)> {
        let task = self.targets.task();
        let (held_out, scores) = self.out_of_fold(rows)?;
        let n_classes = self.targets.n_classes();
        if held_out.is_empty() {
            return Ok((Calibration::identity(task, n_classes), 0.5, 0));
        }
        let gold = self.targets.select(&held_out);
        let method = self.params.calibration.method.unwrap_or_else(|| CalibrationMethod::for_task(task));
        let calibration = Calibration::fit(&scores, &gold, method)?;
        let threshold = match task {
            Task::One => 0.5,
            Task::Several => {
                let mut probabilities = vec![0.0; scores.len()];
                for (s, p) in scores.chunks_exact(n_classes).zip(probabilities.chunks_exact_mut(n_classes)) {
                    calibration.probabilities(s, p)?;
                }
                best_threshold(&probabilities, &gold)
            }
        };
        Ok((calibration, threshold, held_out.len()))
    }

    /// Fits the whole pipeline on all rows.
    fn fit(self) -> Result<Pipeline> {
        let corpus = self.corpus;
        let rows: Vec<usize> = (0..corpus.len()).collect();
        let calibrate = || self.calibrate(&rows);
        let fit = || self.fit_rows(&rows, None);
        let (calibrated, fitted) = rayon::join(calibrate, fit);
        let (fitted, (calibration, threshold, n_calibration)) = (fitted?, calibrated?);
        let params = self.params;
        let scan = Scan { reader: Some(&self.reader), analyzer: &params.analyzer };
        let (examples, features) = (corpus.examples(), &params.features);
        let vectorizer = TfidfVectorizer::new(examples, scan, features, &self.counts, &fitted.kept, fitted.weighting)?;
        Ok(Pipeline {
            params: params.clone(),
            labels: Arc::new(self.labels.clone()),
            task: self.targets.task(),
            reader: self.reader,
            vectorizer,
            model: fitted.model,
            calibration,
            threshold,
            training: Training { n_samples: corpus.len(), support: self.targets.support(), n_calibration },
        })
    }
}

/// The one threshold for all labels that gives the best micro-F1; between two probabilities, the middle.
fn best_threshold(probabilities: &[f64], gold: &Targets) -> f64 {
    let n_classes = gold.n_classes();
    let mut decisions: Vec<(f64, bool)> =
        probabilities.iter().enumerate().map(|(i, &p)| (p, gold.has(i / n_classes, i % n_classes))).collect();
    decisions.sort_by(|a, b| b.0.total_cmp(&a.0));
    let n_gold = decisions.iter().filter(|d| d.1).count();
    let (mut best, mut threshold, mut hits) = (0.0, 0.5, 0usize);
    for (i, &(p, hit)) in decisions.iter().enumerate() {
        hits += usize::from(hit);
        let next = decisions.get(i + 1).map_or(0.0, |d| d.0);
        if next < p {
            let f1 = 2.0 * hits as f64 / (i + 1 + n_gold) as f64;
            if f1 > best {
                (best, threshold) = (f1, 0.5 * (p + next));
            }
        }
    }
    threshold
}

impl PipelineParams {
    /// Fits a pipeline on a corpus.
    ///
    /// # Errors
    /// Parameters out of range, fewer than two classes, an empty vocabulary, a missing group field, or a dense classifier past its
    /// memory budget.
    pub fn fit(&self, corpus: &Corpus) -> Result<Pipeline> {
        Counted::new(corpus, self)?.fit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_threshold_lies_between_two_probabilities() {
        let gold = Targets::Several { n_classes: 2, flags: vec![true, false, true, false] };
        let threshold = best_threshold(&[0.9, 0.2, 0.4, 0.3], &gold);
        assert!((threshold - 0.35).abs() < 1e-12);
    }
}
