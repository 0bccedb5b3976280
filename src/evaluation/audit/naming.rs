//! Section 4: how well the features name the outlet, before and after cleaning.

use serde::Serialize;

use super::documents::{Doc, Masks};
use super::field::Field;
use super::findings::{AuditCode, Finding, Severity};
use super::held_out::{HeldOut, counted, random_folds};
use super::sample::sample;
use crate::article::Article;
use crate::classifier::ClassWeight;
use crate::error::Result;
use crate::evaluation::Folds;
use crate::label::{LabelSet, Targets};
use crate::pipeline::PipelineParams;

/// Outlets among which one is named.
const MOST_OUTLETS: usize = 30;
/// Articles of an outlet, below which it is left out.
const FEWEST_ROWS: usize = 10;
/// Articles of all of them.
const MOST_ROWS: usize = 3000;
/// Folds: one model tells many outlets apart, and a few more articles to learn from would change little.
const FOLDS: usize = 3;

/// How well the model's features name the outlet of an article that they have not seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OutletNaming {
    /// Outlets: the 30 largest with ten rows or more.
    pub outlets: usize,
    /// Rows: a seeded sample of at most 3,000.
    pub n: usize,
    /// Share of the largest outlet: what guessing gives.
    pub majority: f64,
    /// Accuracy on the articles as they are.
    pub before: f64,
    /// Accuracy where the outlet's name, repeated lines and page furniture are masked.
    pub after: f64,
}

impl OutletNaming {
    /// `None` where there are not two outlets of enough rows.
    pub(super) fn of(
        articles: &[&Article],
        masks: &Masks,
        outlet: &Field,
        params: &PipelineParams,
    ) -> Result<Option<OutletNaming>> {
        let counts = outlet.counts();
        let mut largest: Vec<usize> = (0..counts.len()).filter(|&v| counts[v] >= FEWEST_ROWS).collect();
        largest.sort_by_key(|&v| (std::cmp::Reverse(counts[v]), v));
        largest.truncate(MOST_OUTLETS);
        if largest.len() < 2 {
            return Ok(None);
        }
        largest.sort_unstable();
        let inside: Vec<usize> = (0..outlet.of.len())
            .filter(|&row| outlet.of[row].is_some_and(|v| largest.binary_search(&(v as usize)).is_ok()))
            .collect();
        let rows: Vec<usize> = sample(inside.len(), MOST_ROWS, params.seed).into_iter().map(|at| inside[at]).collect();
        let labels = LabelSet::new(largest.iter().map(|&v| outlet.values[v].clone()));
        let value = |&row: &usize| outlet.of[row].map_or("", |v| outlet.values[v as usize].as_str());
        let classes: Vec<u32> = rows.iter().map(|row| labels.class(value(row)).unwrap_or(0) as u32).collect();
        let targets = Targets::One { n_classes: labels.len(), classes };
        let mut params = params.clone();
        params.classifier.set_class_weight(ClassWeight::None);
        let folds = random_folds(&targets, &labels, FOLDS, params.seed)?;
        let accuracy = |docs: &[Doc<'_>]| accuracy(docs, &targets, &labels, &params, &folds);
        let whole: Vec<Doc<'_>> = rows.iter().map(|&row| Doc::whole(articles[row])).collect();
        let kept: Vec<Doc<'_>> = rows.iter().map(|&row| Doc::kept(articles[row], &masks.furniture[row])).collect();
        let most = targets.support().into_iter().max().unwrap_or(0);
        Ok(Some(OutletNaming {
            outlets: labels.len(),
            n: rows.len(),
            majority: most as f64 / rows.len() as f64,
            before: accuracy(&whole)?,
            after: accuracy(&kept)?,
        }))
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        if self.before < self.majority + 0.2 {
            return None;
        }
        let figure = format!(
            "the features name the outlet of {:.0} % of the articles (largest of {} outlets: {:.0} %), after cleaning {:.0} %",
            100.0 * self.before,
            self.outlets,
            100.0 * self.majority,
            100.0 * self.after
        );
        let remedy = "a model can learn outlets instead of labels from them: clean, and judge it on new outlets";
        Some(Finding::new(AuditCode::OutletFingerprint, Severity::Note, self.before, figure, remedy))
    }
}

fn accuracy(
    documents: &[Doc<'_>],
    targets: &Targets,
    labels: &LabelSet,
    params: &PipelineParams,
    folds: &Folds,
) -> Result<f64> {
    let counted = counted(documents, targets.clone(), labels, params)?;
    let held = HeldOut::of(&counted, folds, &[])?;
    let rows = held.tested();
    if rows.is_empty() {
        return Ok(0.0);
    }
    Ok(held.accuracy(labels, targets, &rows)?.0)
}
