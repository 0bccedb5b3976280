//! What a setting is worth, from its scores out of fold.

use std::collections::BTreeMap;

use crate::decision::{Decision, DecisionParams};
use crate::error::Result;
use crate::evaluation::{Evaluation, Metric};
use crate::label::{LabelSet, Targets};
use crate::pipeline::{OutOfFold, calibrated, choose, groups_tell, serving, thinned_places};

use super::super::crossval::targets_of;

/// What was decided on rows that the model had not seen.
#[derive(Debug, Clone)]
pub(super) struct Decisions {
    /// Positions in the corpus, fold after fold.
    pub(super) rows: Vec<usize>,
    pub(super) predicted: Targets,
    /// Row after row.
    pub(super) probabilities: Vec<f32>,
}

/// Decides on out-of-fold scores, fold after fold: what is decided in a fold (calibration, thresholds) is learned from the other folds, so
/// that no row has a say in its own decision. A single fold learns from itself.
pub(super) fn decide(
    folds: &[OutOfFold],
    targets: &Targets,
    groups: Option<&[u32]>,
    params: &DecisionParams,
) -> Result<Decisions> {
    let task = targets.task();
    let k = targets.n_classes();
    let told = groups_tell(groups, targets);
    let mut rows = Vec::new();
    let mut chosen: Vec<Vec<usize>> = Vec::new();
    let mut probabilities = Vec::new();
    for (f, fold) in folds.iter().enumerate() {
        let others: Vec<&OutOfFold> = match folds.len() {
            1 => vec![fold],
            _ => folds.iter().enumerate().filter(|(other, _)| *other != f).map(|(_, other)| other).collect(),
        };
        let others: Vec<_> = others.into_iter().map(|o| o.thinned(groups, k)).collect();
        let scores: Vec<f64> = others.iter().flat_map(|o| &o.scores).copied().collect();
        let learned: Vec<usize> = others.iter().flat_map(|o| &o.rows).copied().collect();
        let gold = targets.select(&learned);
        let (calibration, known) = calibrated(&scores, &gold, None, told)?;
        let decision = Decision::tuned(&known, &gold, &serving(params, told))?;
        let decider = decision.at(None)?;
        let mut p = vec![0.0; k];
        for scores in fold.scores.chunks_exact(k) {
            calibration.probabilities(scores, &mut p)?;
            chosen.push(choose(task, scores, &decision.weighed(&p), &decider.decide(&p)?.classes));
            probabilities.extend(p.iter().map(|&p| p as f32));
        }
        rows.extend_from_slice(&fold.rows);
    }
    Ok(Decisions { rows, predicted: targets_of(task, k, &chosen), probabilities })
}

impl Decisions {
    /// Positions in `rows` that scores are taken of: of every group at most a hundred, as what holds for a new outlet is not what
    /// holds for the largest.
    pub(super) fn heard(&self, groups: Option<&[u32]>) -> Vec<usize> {
        groups.map_or_else(|| (0..self.rows.len()).collect(), |groups| thinned_places(&self.rows, groups))
    }

    /// The positions that are heard, group by group (each on its own without groups): what a bootstrap draws.
    pub(super) fn units(&self, groups: Option<&[u32]>) -> Vec<Vec<usize>> {
        let mut units: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for at in self.heard(groups) {
            units.entry(groups.map_or(at as u32, |groups| groups[self.rows[at]])).or_default().push(at);
        }
        units.into_values().collect()
    }

    /// The score of some of the decisions (positions in `rows`); higher is better, whatever the metric.
    pub(super) fn score(&self, at: &[usize], targets: &Targets, labels: &LabelSet, metric: Metric) -> Result<f64> {
        let rows: Vec<usize> = at.iter().map(|&i| self.rows[i]).collect();
        let (gold, predicted) = (targets.select(&rows), self.predicted.select(at));
        let k = targets.n_classes();
        let probabilities: Vec<f32> =
            at.iter().flat_map(|&i| &self.probabilities[i * k..(i + 1) * k]).copied().collect();
        let evaluation = Evaluation::new(labels, &gold, &predicted)?;
        let by_label_alone = matches!(
            metric,
            Metric::Accuracy | Metric::MacroF1 | Metric::MicroF1 | Metric::BalancedAccuracy | Metric::SamplesF1
        );
        let scores =
            if by_label_alone { evaluation.scores() } else { evaluation.with_probabilities(&probabilities)?.scores() };
        let score = scores.get(metric).unwrap_or(f64::NAN);
        Ok(if metric.higher_is_better() { score } else { -score })
    }
}
