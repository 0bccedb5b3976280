//! Sections 3 and 9: the score of random folds, that of outlet-disjoint folds, and both within each language and outlet.

use serde::Serialize;

use super::confounders::{Chance, Confounder, Floor};
use super::field::Field;
use super::findings::{AuditCode, Finding, Severity};
use super::held_out::HeldOut;
use crate::error::Result;
use crate::evaluation::{BootstrapParams, Evaluation, Metric};
use crate::label::{LabelSet, Targets};

/// With fewer groups than this, intervals draw rows instead.
const FEWEST_GROUPS: usize = 5;

/// How well the model does, and where.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelScores {
    /// Random folds, near-duplicates of tested rows left out of training.
    pub random: AuditScore,
    /// Outlet-disjoint folds, near-duplicates likewise. `None` without outlets, or where no fold can be trained because
    /// each label is of one outlet.
    pub grouped: Option<AuditScore>,
    /// Outlet-disjoint folds.
    pub grouped_folds: usize,
    /// What is lost where outlets are new.
    pub gap: Option<ScoreGap>,
    /// The scores within each language and each outlet.
    pub within: Vec<WithinScores>,
}

/// A score with its intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AuditScore {
    /// Rows tested.
    pub n: usize,
    /// Share of right answers.
    pub accuracy: f64,
    /// Mean F1 of the labels that occur in gold or predictions.
    pub macro_f1: f64,
    /// Mean area under the labels' ROC curves, within folds; `None` where each label is on all rows or none.
    pub roc_auc: Option<f64>,
    /// Bootstrap interval of the accuracy.
    pub accuracy_interval: Option<[f64; 2]>,
    /// Bootstrap interval of the macro-F1.
    pub macro_f1_interval: Option<[f64; 2]>,
}

/// Random less outlet-disjoint, on the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScoreGap {
    /// Difference of the accuracies.
    pub accuracy: f64,
    /// Its bootstrap interval over outlets.
    pub accuracy_interval: [f64; 2],
    /// Difference of the macro-F1.
    pub macro_f1: f64,
    /// Its bootstrap interval over outlets.
    pub macro_f1_interval: [f64; 2],
}

/// Scores within the values of a confounder.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WithinScores {
    /// `language` or `outlet`.
    pub name: &'static str,
    /// The key.
    pub key: String,
    /// Area over all rows, random folds.
    pub pooled_auc: Option<f64>,
    /// Area among rows of one value only, random folds.
    pub within_auc: Option<f64>,
    /// Area over all rows, outlet-disjoint folds.
    pub grouped_pooled_auc: Option<f64>,
    /// Area among rows of one value only, outlet-disjoint folds.
    pub grouped_within_auc: Option<f64>,
    /// Rows of values with one label only, where no area can be computed.
    pub one_label_rows: usize,
    /// Values with one label only.
    pub one_label_values: usize,
    /// The largest values.
    pub values: Vec<ValueScore>,
}

/// The scores of the rows of one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ValueScore {
    /// The value.
    pub value: String,
    /// The only label of its rows, where there is only one.
    pub only: Option<String>,
    /// Random folds; `None` where none of its rows could be tested.
    pub random: Option<AuditScore>,
    /// Outlet-disjoint folds.
    pub grouped: Option<AuditScore>,
}

/// What scores are computed from.
pub(super) struct Scored<'a> {
    pub labels: &'a LabelSet,
    pub gold: &'a Targets,
    pub random: &'a HeldOut,
    pub grouped: Option<&'a HeldOut>,
    pub outlet: Option<&'a Field>,
    pub bootstrap: &'a BootstrapParams,
}

impl Scored<'_> {
    pub(super) fn scores(&self, within: &[&Field], grouped_folds: usize, top: usize) -> Result<Option<ModelScores>> {
        let all: Vec<usize> = (0..self.gold.n_samples()).collect();
        let Some(random) = self.score(self.random, &all)? else { return Ok(None) };
        let grouped = self.grouped.map(|held| self.score(held, &all)).transpose()?.flatten();
        Ok(Some(ModelScores {
            random,
            grouped,
            grouped_folds,
            gap: self.gap()?,
            within: within.iter().map(|field| self.within(field, top)).collect::<Result<_>>()?,
        }))
    }

    fn score(&self, held: &HeldOut, rows: &[usize]) -> Result<Option<AuditScore>> {
        let rows: Vec<usize> = rows.iter().copied().filter(|&row| held.fold[row].is_some()).collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let (gold, predicted) = held.pair(self.gold, &rows);
        let evaluation = Evaluation::new(self.labels, &gold, &predicted)?;
        let scores = evaluation.scores();
        let groups = self.groups(&rows);
        let intervals = match rows.len() {
            1 => Vec::new(),
            _ => evaluation.intervals(&[Metric::Accuracy, Metric::MacroF1], groups.as_deref(), self.bootstrap)?,
        };
        let of = |metric| intervals.iter().find(|(m, _)| *m == metric).map(|(_, interval)| *interval);
        Ok(Some(AuditScore {
            n: rows.len(),
            accuracy: scores.accuracy,
            macro_f1: scores.macro_f1,
            roc_auc: held.auc(self.gold, &rows, None),
            accuracy_interval: of(Metric::Accuracy),
            macro_f1_interval: of(Metric::MacroF1),
        }))
    }

    /// The outlets of rows, where there are enough of them to draw from.
    fn groups(&self, rows: &[usize]) -> Option<Vec<u32>> {
        let groups = self.outlet?.select(rows).groups();
        let mut seen = groups.clone();
        seen.sort_unstable();
        seen.dedup();
        (seen.len() >= FEWEST_GROUPS).then_some(groups)
    }

    fn gap(&self) -> Result<Option<ScoreGap>> {
        let Some(grouped) = self.grouped else { return Ok(None) };
        let both = |row: &usize| self.random.fold[*row].is_some() && grouped.fold[*row].is_some();
        let rows: Vec<usize> = (0..self.gold.n_samples()).filter(both).collect();
        if rows.len() < 2 {
            return Ok(None);
        }
        let (gold, with) = self.random.pair(self.gold, &rows);
        let (_, without) = grouped.pair(self.gold, &rows);
        let with = Evaluation::new(self.labels, &gold, &with)?;
        let without = Evaluation::new(self.labels, &gold, &without)?;
        let metrics = [Metric::Accuracy, Metric::MacroF1];
        let groups = self.groups(&rows);
        let intervals = with.difference(&without, &metrics, groups.as_deref(), self.bootstrap)?;
        let interval =
            |metric| intervals.iter().find(|(m, _)| *m == metric).map_or([0.0; 2], |(_, interval)| *interval);
        let (with, without) = (with.scores(), without.scores());
        Ok(Some(ScoreGap {
            accuracy: with.accuracy - without.accuracy,
            accuracy_interval: interval(Metric::Accuracy),
            macro_f1: with.macro_f1 - without.macro_f1,
            macro_f1_interval: interval(Metric::MacroF1),
        }))
    }

    fn within(&self, field: &Field, top: usize) -> Result<WithinScores> {
        let all: Vec<usize> = (0..self.gold.n_samples()).collect();
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); field.values.len()];
        for (row, value) in field.of.iter().enumerate() {
            if let Some(value) = value {
                members[*value as usize].push(row);
            }
        }
        let only = |rows: &[usize]| {
            let support = self.gold.select(rows).support();
            let same = support.iter().all(|&s| s == 0 || s == rows.len());
            let names = support.iter().enumerate().filter(|(_, s)| **s > 0).map(|(k, _)| self.labels.name(k));
            same.then(|| names.collect::<Vec<_>>().join(", "))
        };
        let only: Vec<Option<String>> =
            members.iter().map(|rows| if rows.is_empty() { None } else { only(rows) }).collect();
        let mut order: Vec<usize> = (0..members.len()).filter(|&v| !members[v].is_empty()).collect();
        order.sort_by_key(|&v| (std::cmp::Reverse(members[v].len()), v));
        let value = |&v: &usize| -> Result<ValueScore> {
            Ok(ValueScore {
                value: field.values[v].clone(),
                only: only[v].clone(),
                random: self.score(self.random, &members[v])?,
                grouped: self.grouped.map(|held| self.score(held, &members[v])).transpose()?.flatten(),
            })
        };
        let of_one = || only.iter().zip(&members).filter(|(only, _)| only.is_some());
        Ok(WithinScores {
            name: field.name,
            key: field.key.clone(),
            pooled_auc: self.random.auc(self.gold, &all, None),
            within_auc: self.random.auc(self.gold, &all, Some(field)),
            grouped_pooled_auc: self.grouped.and_then(|held| held.auc(self.gold, &all, None)),
            grouped_within_auc: self.grouped.and_then(|held| held.auc(self.gold, &all, Some(field))),
            one_label_rows: of_one().map(|(_, rows)| rows.len()).sum(),
            one_label_values: of_one().count(),
            values: order.iter().take(top).map(value).collect::<Result<_>>()?,
        })
    }
}

/// Whether the label is that of the outlet, and what a new outlet costs.
pub(super) fn outlet_leak(
    scores: Option<&ModelScores>,
    floors: &[Floor],
    confounders: &[Confounder],
    chance: &Chance,
    n: usize,
) -> Option<Finding> {
    let outlet = confounders.iter().find(|c| c.name == "outlet")?;
    let look_up = floors.iter().find(|f| f.name == "outlet")?;
    let gap = scores.and_then(|s| s.gap);
    let lost = gap.filter(|g| g.macro_f1_interval[0] > 0.02 || g.accuracy_interval[0] > 0.02);
    let told = outlet.is_strong(n) && look_up.accuracy >= chance.accuracy + 0.05;
    if lost.is_none() && !told {
        return None;
    }
    let mut figure = format!(
        "the outlet alone (\"{}\") gives the label of {:.1} % of the rows (most frequent label: {:.1} %); {} of {} outlets have one label only, beyond chance",
        outlet.key,
        100.0 * look_up.accuracy,
        100.0 * chance.accuracy,
        outlet.determined_values,
        outlet.values
    );
    match (scores, gap) {
        (Some(ModelScores { random, grouped: Some(grouped), .. }), Some(gap)) => {
            figure += &format!(
                "; accuracy {:.3} on random folds, {:.3} where outlets are new (gap {:+.3}, {:+.3} to {:+.3}), macro-F1 {:.3} and {:.3}",
                random.accuracy,
                grouped.accuracy,
                gap.accuracy,
                gap.accuracy_interval[0],
                gap.accuracy_interval[1],
                random.macro_f1,
                grouped.macro_f1
            );
            if let Some(auc) = grouped.roc_auc.filter(|auc| *auc < 0.5) {
                figure += &format!("; there it ranks below chance (AUC {auc:.2})");
            }
        }
        _ => figure += "; no outlet-disjoint score can be computed, since some label is of one outlet only",
    }
    let severe = told && look_up.accuracy >= chance.accuracy + 0.2
        || lost.is_some_and(|g| g.macro_f1_interval[0] > 0.05 || g.accuracy_interval[0] > 0.05);
    let remedy =
        "report the outlet-disjoint score (crossval --group-by), and don't read the label of a text from its outlet's";
    let severity = if severe { Severity::Error } else { Severity::Warning };
    Some(Finding::new(AuditCode::OutletLeak, severity, gap.map_or(look_up.accuracy, |g| g.macro_f1), figure, remedy))
}
