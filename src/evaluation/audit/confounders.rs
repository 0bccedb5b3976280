//! Section 2: how well outlet, language, topic, length and page furniture alone tell the label.

use serde::Serialize;

use super::association::association;
use super::field::Field;
use super::findings::{AuditCode, Finding, Severity};
use super::held_out::{HeldOut, areas, stratum};
use super::ranking;
use crate::error::Result;
use crate::evaluation::{Evaluation, Folds};
use crate::label::{LabelSet, Targets, Task};

/// How far a look-up or a model of side matters gets: cross-validated on random folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Floor {
    /// `majority`, `outlet`, `language`, `topic`, `length` or `furniture`.
    pub name: &'static str,
    /// Rows.
    pub n: usize,
    /// Share of rows that it gets right.
    pub accuracy: f64,
    /// Mean F1 of the labels.
    pub macro_f1: f64,
    /// Mean area under the ROC curves of the labels, within folds; .5 is chance.
    pub roc_auc: Option<f64>,
    /// The same among rows of one language; `None` where there is only one language.
    pub within_language_auc: Option<f64>,
}

/// What guessing gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Chance {
    /// Share of the most frequent label; of several labels, accuracy of giving those that most rows have.
    pub accuracy: f64,
    /// Macro-F1 of drawing labels as often as they occur: the mean share of the labels.
    pub macro_f1: f64,
    /// Area of any ranking by chance.
    pub roc_auc: f64,
}

/// How closely the labels follow one property of the rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Confounder {
    /// `outlet`, `language`, `topic` or `batch`.
    pub name: &'static str,
    /// The key.
    pub key: String,
    /// Distinct values.
    pub values: usize,
    /// Cramér's V, corrected for bias: 0 is none, 1 is wholly.
    pub cramers_v: f64,
    /// Bits that it tells about the label, corrected for bias.
    pub mutual_information: f64,
    /// The share of the labels' entropy that these bits are.
    pub explained: f64,
    /// Values all of whose rows have one label, where that is no accident (probability below .001).
    pub determined_values: usize,
    /// The rows of those values.
    pub determined_rows: usize,
    /// Counts of the largest values.
    pub table: Vec<ValueCounts>,
}

/// The labels of the rows of one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ValueCounts {
    /// The value.
    pub value: String,
    /// Rows.
    pub n: usize,
    /// Rows with each label, in the order of the labels.
    pub counts: Vec<usize>,
    /// The label of all its rows, where that is no accident.
    pub determined: Option<String>,
}

impl Floor {
    /// The label that is most frequent among the training rows of the same value.
    pub(super) fn look_up(
        field: &Field,
        targets: &Targets,
        labels: &LabelSet,
        folds: &Folds,
        language: Option<&Field>,
    ) -> Result<Floor> {
        let (n, k) = (targets.n_samples(), targets.n_classes());
        let mut probabilities = vec![0.0; n * k];
        let mut classes = vec![0; n];
        for fold in folds {
            let mut counts = vec![0.0; (field.values.len() + 1) * k];
            let mut sizes = vec![0.0; field.values.len() + 1];
            // The last place is for rows without a value, and stands for what is known of no value at all.
            let place = |row: usize| field.of[row].map_or(field.values.len(), |v| v as usize);
            for &row in &fold.train {
                sizes[place(row)] += 1.0;
                (0..k).filter(|&c| targets.has(row, c)).for_each(|c| counts[place(row) * k + c] += 1.0);
            }
            let support = targets.select(&fold.train).support();
            let prior: Vec<f64> = support.iter().map(|&s| s as f64 / fold.train.len().max(1) as f64).collect();
            for &row in &fold.test {
                let value = place(row);
                let of = &mut probabilities[row * k..(row + 1) * k];
                for (c, p) in of.iter_mut().enumerate() {
                    *p = (counts[value * k + c] + prior[c]) / (sizes[value] + 1.0);
                }
                classes[row] = crate::evaluation::first_maximum(of) as u32;
            }
        }
        let predicted = match targets.task() {
            Task::One => Targets::One { n_classes: k, classes },
            Task::Several => {
                Targets::Several { n_classes: k, flags: probabilities.iter().map(|&p| p >= 0.5).collect() }
            }
        };
        let scores = Evaluation::new(labels, targets, &predicted)?.scores();
        let rows: Vec<usize> = (0..n).collect();
        let area = |within: Option<&Field>| {
            let stratum = |row: usize| stratum(folds.fold_of(row)? as u32, row, within);
            ranking::mean(areas(&probabilities, targets, &rows, stratum).into_iter())
        };
        Ok(Floor {
            name: field.name,
            n,
            accuracy: scores.accuracy,
            macro_f1: scores.macro_f1,
            roc_auc: area(None),
            within_language_auc: language.and_then(|language| area(Some(language))),
        })
    }

    /// A model that reads page furniture alone.
    pub(super) fn furniture(
        held: &HeldOut,
        gold: &Targets,
        labels: &LabelSet,
        language: Option<&Field>,
    ) -> Result<Option<Floor>> {
        let rows = held.tested();
        if rows.is_empty() {
            return Ok(None);
        }
        let (accuracy, macro_f1) = held.accuracy(labels, gold, &rows)?;
        let roc_auc = held.auc(gold, &rows, None);
        let within_language_auc = language.and_then(|language| held.auc(gold, &rows, Some(language)));
        Ok(Some(Floor { name: "furniture", n: rows.len(), accuracy, macro_f1, roc_auc, within_language_auc }))
    }
}

impl Chance {
    pub(super) fn of(targets: &Targets, majority: &Floor) -> Chance {
        let (n, k) = (targets.n_samples().max(1) as f64, targets.n_classes().max(1) as f64);
        let shares: Vec<f64> = targets.support().iter().map(|&s| s as f64 / n).collect();
        let accuracy = match targets.task() {
            Task::One => shares.iter().copied().fold(0.0, f64::max),
            Task::Several => majority.accuracy,
        };
        Chance { accuracy, macro_f1: shares.iter().sum::<f64>() / k, roc_auc: 0.5 }
    }
}

impl Confounder {
    pub(super) fn of(field: &Field, targets: &Targets, labels: &LabelSet, top: usize) -> Confounder {
        let k = targets.n_classes();
        let sizes = field.counts();
        let mut counts = vec![0; field.values.len() * k];
        for (row, value) in field.of.iter().enumerate() {
            let Some(value) = value else { continue };
            (0..k).filter(|&c| targets.has(row, c)).for_each(|c| counts[*value as usize * k + c] += 1);
        }
        let n: usize = sizes.iter().sum();
        let totals: Vec<usize> = (0..k).map(|c| counts.iter().skip(c).step_by(k).sum()).collect();
        let determined = |value: usize| {
            let all = |&c: &usize| {
                let share = totals[c] as f64 / n.max(1) as f64;
                counts[value * k + c] == sizes[value] && share.powf(sizes[value] as f64) < 0.001
            };
            (0..k).find(all)
        };
        let found: Vec<Option<usize>> = (0..field.values.len()).map(determined).collect();
        let association = association(field, targets);
        let row = |value: usize| ValueCounts {
            value: field.values[value].clone(),
            n: sizes[value],
            counts: counts[value * k..(value + 1) * k].to_vec(),
            determined: found[value].map(|c| labels.name(c).to_string()),
        };
        Confounder {
            name: field.name,
            key: field.key.clone(),
            values: field.values.len(),
            cramers_v: association.cramers_v,
            mutual_information: association.mutual_information,
            explained: association.explained,
            determined_values: found.iter().flatten().count(),
            determined_rows: sizes.iter().zip(&found).filter(|(_, f)| f.is_some()).map(|(n, _)| n).sum(),
            table: (0..field.values.len().min(top)).map(row).collect(),
        }
    }

    /// The share of the rows whose value determines their label.
    pub(super) fn determined_share(&self, n: usize) -> f64 {
        self.determined_rows as f64 / n.max(1) as f64
    }

    /// Whether labels follow it closely enough to be worth a finding.
    pub(super) fn is_strong(&self, n: usize) -> bool {
        self.determined_share(n) >= 0.05 || self.cramers_v >= 0.3
    }

    /// The largest values that determine a label, in words.
    pub(super) fn determined_words(&self) -> String {
        let rows = self.table.iter().filter_map(|row| Some((row, row.determined.as_ref()?)));
        let words: Vec<String> =
            rows.take(4).map(|(row, label)| format!("every {} row is {label}", row.value)).collect();
        words.join(", ")
    }
}

/// What language and topic, length and furniture give away. The outlet has its own finding.
pub(super) fn findings(floors: &[Floor], confounders: &[Confounder], chance: &Chance, n: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    for confounder in confounders.iter().filter(|c| c.is_strong(n)) {
        let (code, remedy) = match confounder.name {
            "language" => (
                AuditCode::LanguageConfound,
                "read scores within each language, add rows of the missing labels, or train on one language at a time",
            ),
            "topic" => (
                AuditCode::TopicConfound,
                "read scores within each topic, or add rows so that every topic has every label",
            ),
            _ => continue,
        };
        let share = confounder.determined_share(n);
        let severity = if share >= 0.05 || confounder.cramers_v >= 0.5 { Severity::Error } else { Severity::Warning };
        let mut figure = format!(
            "\"{}\" tells {:.0} % of what there is to know about the label (Cramér's V {:.2})",
            confounder.key,
            100.0 * confounder.explained,
            confounder.cramers_v
        );
        if confounder.determined_values > 0 {
            let words = confounder.determined_words();
            let named = if words.is_empty() { String::new() } else { format!(": {words}") };
            figure += &format!(
                "; {} of {} values have one label only, beyond chance ({:.0} % of the rows){named}",
                confounder.determined_values,
                confounder.values,
                100.0 * share
            );
        }
        findings.push(Finding::new(code, severity, confounder.cramers_v, figure, remedy));
    }
    for floor in floors {
        let (code, what, remedy) = match floor.name {
            "length" => (
                AuditCode::LengthConfound,
                "the length of the text alone",
                "cut texts to one length, or balance lengths over the labels",
            ),
            "furniture" => (
                AuditCode::FurnitureLeak,
                "what stands around the article alone (menus, bylines, credits, the outlet's name)",
                "clean the articles before training",
            ),
            _ => continue,
        };
        // A language has lengths and furniture of its own: what they tell about it is the language's finding.
        let (auc, where_) = match floor.within_language_auc {
            Some(auc) => (Some(auc), " within a language"),
            None => (floor.roc_auc, ""),
        };
        let Some(auc) = auc.filter(|auc| *auc >= 0.65) else { continue };
        let severity = if auc >= 0.75 { Severity::Error } else { Severity::Warning };
        let figure = format!(
            "{what} reaches AUC {auc:.2}{where_} and accuracy {:.3} (most frequent label: {:.3})",
            floor.accuracy, chance.accuracy
        );
        findings.push(Finding::new(code, severity, auc, figure, remedy));
    }
    findings
}
