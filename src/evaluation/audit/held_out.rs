//! Scores of rows under models that have not seen them.

use rayon::prelude::*;

use super::field::Field;
use super::ranking::{self, Auc, stratified_auc};
use crate::calibration::{Calibration, CalibrationMethod};
use crate::classifier::check_classes;
use crate::error::{Error, Result, SplitError};
use crate::evaluation::{Evaluation, Folds, SplitParams};
use crate::features::{Document, Scan, count};
use crate::label::{LabelSet, Targets, Task};
use crate::pipeline::{Counted, PipelineParams, choose};

/// Counts documents for a model that need not be that of the corpus. `documents` may be longer than `targets`: what is
/// beyond has no gold and is only scored.
pub(super) fn counted<'a, D: Document>(
    documents: &[D],
    targets: Targets,
    labels: &'a LabelSet,
    params: &'a PipelineParams,
) -> Result<Counted<'a>> {
    check_classes(&targets, |k| labels.name(k).to_string())?;
    let scan = Scan { reader: None, analyzer: &params.analyzer };
    let counts = count(documents, scan, params.features.min_df);
    Counted::of_counts(counts, targets, labels, params)
}

/// The held-out scores of a cross-validation.
#[derive(Debug, Clone)]
pub(super) struct HeldOut {
    /// The fold that tested each row; `None` where no model could be trained for it.
    pub fold: Vec<Option<u32>>,
    /// Scores, row after row with one a class; 0 where there is no fold.
    pub scores: Vec<f64>,
    /// Probabilities in the same order.
    pub probabilities: Vec<f64>,
    /// The labels that were given.
    pub predicted: Targets,
    /// Of each row that has a twin, the labels that the same model gave the twin.
    pub twins: Vec<Option<Vec<usize>>>,
}

/// The scores of one fold: rows, their scores, and the scores of their twins.
struct Tested {
    rows: Vec<usize>,
    scores: Vec<f64>,
    twins: Vec<(usize, Vec<f64>)>,
}

impl HeldOut {
    /// Trains a model a fold and scores what it has not seen. `twin` names, for each row, the position of another
    /// version of it among the documents.
    pub(super) fn of(counted: &Counted<'_>, folds: &Folds, twin: &[Option<usize>]) -> Result<HeldOut> {
        let (n, k) = (counted.targets.n_samples(), counted.labels.len());
        let run = |fold: &crate::evaluation::Fold| -> Result<Option<Tested>> {
            match counted.fit_rows(&fold.train) {
                Ok(model) => {
                    let twins: Vec<(usize, usize)> =
                        fold.test.iter().filter_map(|&row| Some((row, (*twin.get(row)?)?))).collect();
                    let places: Vec<usize> = twins.iter().map(|t| t.1).collect();
                    let of_twins = counted.scores(&model, &places);
                    Ok(Some(Tested {
                        scores: counted.scores(&model, &fold.test),
                        rows: fold.test.clone(),
                        twins: twins.iter().map(|t| t.0).zip(of_twins.chunks_exact(k).map(<[f64]>::to_vec)).collect(),
                    }))
                }
                // The training part of this fold knows one class only, or no frequent term.
                Err(Error::TooFewClasses { .. } | Error::EmptyVocabulary { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        };
        let parts: Vec<_> = folds.iter().collect();
        let tested: Vec<Option<Tested>> = parts.into_par_iter().with_max_len(1).map(run).collect::<Result<_>>()?;
        let mut found = HeldOut {
            fold: vec![None; n],
            scores: vec![0.0; n * k],
            probabilities: vec![0.0; n * k],
            predicted: counted.targets.clone(),
            twins: vec![None; n],
        };
        let mut of_twins: Vec<Option<Vec<f64>>> = vec![None; n];
        for (number, part) in (0..).zip(tested) {
            let Some(part) = part else { continue };
            for (&row, scores) in part.rows.iter().zip(part.scores.chunks_exact(k)) {
                found.fold[row] = Some(number);
                found.scores[row * k..(row + 1) * k].copy_from_slice(scores);
            }
            part.twins.into_iter().for_each(|(row, scores)| of_twins[row] = Some(scores));
        }
        found.decide(counted, &of_twins)?;
        Ok(found)
    }

    /// Probabilities by one map for all folds, and the labels given.
    fn decide(&mut self, counted: &Counted<'_>, of_twins: &[Option<Vec<f64>>]) -> Result<()> {
        let k = counted.labels.len();
        let task = counted.targets.task();
        let rows = self.tested();
        let calibration = if rows.is_empty() {
            Calibration::identity(task, k)
        } else {
            let scores: Vec<f64> = rows.iter().flat_map(|&row| &self.scores[row * k..(row + 1) * k]).copied().collect();
            Calibration::fit(&scores, &counted.targets.select(&rows), CalibrationMethod::for_task(task))?
        };
        let mut twin = vec![0.0; k];
        let mut classes = vec![0; self.fold.len()];
        let mut flags = vec![false; self.scores.len()];
        for row in rows {
            let range = row * k..(row + 1) * k;
            let (scores, probabilities) = (&self.scores[range.clone()], &mut self.probabilities[range]);
            calibration.probabilities(scores, probabilities)?;
            let given = labels_of(task, scores, probabilities);
            classes[row] = given.first().map_or(0, |&c| c as u32);
            given.iter().for_each(|&class| flags[row * k + class] = true);
            if let Some(scores) = &of_twins[row] {
                calibration.probabilities(scores, &mut twin)?;
                self.twins[row] = Some(labels_of(task, scores, &twin));
            }
        }
        self.predicted = match task {
            Task::One => Targets::One { n_classes: k, classes },
            Task::Several => Targets::Several { n_classes: k, flags },
        };
        Ok(())
    }

    /// Rows that were tested, ascending.
    pub(super) fn tested(&self) -> Vec<usize> {
        (0..self.fold.len()).filter(|&row| self.fold[row].is_some()).collect()
    }

    /// Areas under the ROC curves of each class, among rows of one fold and one value of `within`.
    pub(super) fn areas(&self, gold: &Targets, rows: &[usize], within: Option<&Field>) -> Vec<Option<Auc>> {
        areas(&self.scores, gold, rows, |row| stratum(self.fold[row]?, row, within))
    }

    /// The mean of these areas.
    pub(super) fn auc(&self, gold: &Targets, rows: &[usize], within: Option<&Field>) -> Option<f64> {
        ranking::mean(self.areas(gold, rows, within).into_iter())
    }

    /// The predictions beside the gold, for some rows.
    pub(super) fn pair(&self, gold: &Targets, rows: &[usize]) -> (Targets, Targets) {
        (gold.select(rows), self.predicted.select(rows))
    }

    /// Accuracy and macro-F1 of some rows.
    pub(super) fn accuracy(&self, labels: &LabelSet, gold: &Targets, rows: &[usize]) -> Result<(f64, f64)> {
        let (gold, predicted) = self.pair(gold, rows);
        let scores = Evaluation::new(labels, &gold, &predicted)?.scores();
        Ok((scores.accuracy, scores.macro_f1))
    }
}

/// One number for each pair of fold and value; `None` for rows without a value.
pub(super) fn stratum(fold: u32, row: usize, within: Option<&Field>) -> Option<u32> {
    let Some(field) = within else { return Some(fold) };
    Some(fold * field.values.len() as u32 + field.of[row]?)
}

/// Areas of each class among rows of one stratum; rows without a stratum are left out.
pub(super) fn areas(
    scores: &[f64],
    gold: &Targets,
    rows: &[usize],
    stratum: impl Fn(usize) -> Option<u32>,
) -> Vec<Option<Auc>> {
    let k = gold.n_classes();
    let of_class = |class: usize| {
        let row = |&row: &usize| Some((stratum(row)?, scores[row * k + class], gold.has(row, class)));
        stratified_auc(rows.iter().filter_map(row))
    };
    (0..k).map(of_class).collect()
}

/// One class by the highest score; several labels by a probability of a half.
fn labels_of(task: Task, scores: &[f64], probabilities: &[f64]) -> Vec<usize> {
    match task {
        Task::One => choose(task, scores, scores, &[]),
        Task::Several => {
            let given: Vec<u32> = (0..scores.len() as u32).filter(|&k| probabilities[k as usize] >= 0.5).collect();
            choose(task, scores, probabilities, &given)
        }
    }
}

/// Random folds.
pub(super) fn random_folds(targets: &Targets, labels: &LabelSet, folds: usize, seed: u64) -> Result<Folds> {
    Folds::stratified(targets, labels, None, &SplitParams { folds, seed, allow_rare: true })
}

/// Outlet-disjoint folds, as many as there are outlets at most.
pub(super) fn grouped_folds(
    targets: &Targets,
    labels: &LabelSet,
    groups: &[u32],
    folds: usize,
    seed: u64,
) -> Result<Folds> {
    let mut seen = groups.to_vec();
    seen.sort_unstable();
    seen.dedup();
    let params = SplitParams { folds: folds.min(seen.len()), seed, allow_rare: true };
    Folds::stratified(targets, labels, Some(groups), &params)
}

/// Folds without near-duplicates of what is tested; as they are where nothing would be left to train on.
pub(super) fn purged(folds: Folds, clusters: &[u32]) -> Result<Folds> {
    match folds.clone().purged(clusters) {
        Err(Error::Split(SplitError::NothingToTrain { .. })) => Ok(folds),
        other => other,
    }
}
