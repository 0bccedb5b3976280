//! Section 8: batches whose labels contradict those of the other batches.

use serde::Serialize;

use super::contradictions::{TurnedLabel, turned_lines, turned_outlets};
use super::field::Field;
use super::fields::Fields;
use super::findings::{AuditCode, Finding, Severity};
use super::held_out::{HeldOut, areas, random_folds};
use super::ranking::Auc;
use crate::corpus::Corpus;
use crate::error::{Error, Result};
use crate::evaluation::Folds;
use crate::label::Targets;
use crate::pipeline::Counted;

/// Batches of a key that are tested, the largest.
const MOST_BATCHES: usize = 12;
/// Rows with a label, and rows without, that a batch and the others must have for it to be tested.
const FEWEST: usize = 8;
/// An area below this is backwards, if it is three standard errors below chance besides.
const BACKWARDS: f64 = 0.4;
/// An area above this inside the batch says that its labels follow from its texts all the same.
const CONSISTENT: f64 = 0.6;

/// The batches under one key.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BatchAudit {
    /// The key.
    pub key: String,
    /// Distinct values.
    pub values: usize,
    /// Rows without a value.
    pub missing: usize,
    /// The largest batches.
    pub batches: Vec<BatchScore>,
    /// How many outlets' labels turn from batch to batch, and those that do most clearly.
    pub turned_outlets: (usize, Vec<TurnedLabel>),
    /// The same of lines that many articles share: banners, notices, standing phrases.
    pub turned_lines: (usize, Vec<TurnedLabel>),
}

/// One batch, as a model trained on the other batches ranks it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BatchScore {
    /// The value of the key.
    pub value: String,
    /// Rows tested.
    pub n: usize,
    /// Mean area under the labels' ROC curves, within languages that the other batches know; `None` where the batch
    /// or the others have too few rows of a second label.
    pub roc_auc: Option<f64>,
    /// The label that is ranked worst.
    pub worst: Option<String>,
    /// Its area.
    pub worst_auc: Option<f64>,
    /// The area of that label under models of the batch's own rows; computed where the others rank it backwards.
    pub own_auc: Option<f64>,
    /// Whether the labels follow from the texts inside the batch, but the other way round than elsewhere.
    pub backwards: bool,
    /// The share of its rows whose outlet occurs in other batches, too; `None` without outlets. What is learned of
    /// outlets can be backwards for others without any label being wrong.
    pub known_outlets: Option<f64>,
}

impl BatchAudit {
    /// `rows` are the positions of the counted rows in the corpus.
    pub(super) fn of(
        batch: &Field,
        fields: &Fields,
        corpus: &Corpus,
        rows: &[usize],
        counted: &Counted<'_>,
        sizes: (usize, usize),
    ) -> Result<BatchAudit> {
        let (n_folds, top) = sizes;
        let all = corpus.targets();
        let local = batch.select(rows);
        let language = fields.language.as_ref().map(|f| f.select(rows));
        let counts = local.counts();
        let mut largest: Vec<usize> = (0..counts.len()).filter(|&v| counts[v] > 0).collect();
        largest.sort_by_key(|&v| (std::cmp::Reverse(counts[v]), v));
        let outlet = fields.outlet.as_ref().map(|f| f.select(rows));
        let score = |&value: &usize| -> Result<BatchScore> {
            let mut found = BatchScore::of(&local, value as u32, language.as_ref(), counted, n_folds)?;
            found.known_outlets = outlet.as_ref().map(|outlet| known_share(&local, value as u32, outlet));
            Ok(found)
        };
        let mut turned = match &fields.outlet {
            Some(outlet) => turned_outlets(outlet, batch, &all, corpus.labels()),
            None => Vec::new(),
        };
        let n_turned = turned.len();
        turned.truncate(top);
        let mut lines = turned_lines(corpus, batch, &all);
        let n_lines = lines.len();
        lines.truncate(top);
        Ok(BatchAudit {
            key: batch.key.clone(),
            values: batch.values.len(),
            missing: batch.missing(),
            batches: largest.iter().take(MOST_BATCHES).map(score).collect::<Result<_>>()?,
            turned_outlets: (n_turned, turned),
            turned_lines: (n_lines, lines),
        })
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for batch in self.batches.iter().filter(|b| b.backwards) {
            let (Some(label), Some(auc), Some(own)) = (&batch.worst, batch.worst_auc, batch.own_auc) else { continue };
            let figure = format!(
                "\"{}\" = {}: a model of the other batches ranks \"{label}\" backwards (AUC {auc:.2} on {} rows), a model of its own rows does not ({own:.2})",
                self.key, batch.value, batch.n
            );
            let (code, severity, remedy) = match batch.known_outlets {
                Some(share) if share < 0.5 => (
                    AuditCode::BackwardsBatch,
                    Severity::Warning,
                    "its outlets are not those of the other batches, which may be all: compare its labels with their source",
                ),
                _ => (
                    AuditCode::SwappedBatch,
                    Severity::Error,
                    "compare the labels of this batch with their source: they are swapped, or follow another rule",
                ),
            };
            findings.push(Finding::new(code, severity, auc, figure, remedy));
        }
        let kinds = [
            (&self.turned_outlets, AuditCode::ContradictingOutlet, "outlets"),
            (&self.turned_lines, AuditCode::ContradictingBoilerplate, "lines shared by many articles"),
        ];
        for ((n, turned), code, what) in kinds {
            let Some(first) = turned.first() else { continue };
            let figure = format!(
                "the label of {n} {what} turns with \"{}\", such as {}: {:.0} % {} in {} ({} rows), {:.0} % elsewhere ({} rows)",
                self.key,
                first.what,
                100.0 * first.share,
                first.label,
                first.batch,
                first.rows,
                100.0 * first.elsewhere_share,
                first.elsewhere_rows
            );
            let remedy = "read rows of both sides: one of them has the wrong label, or the outlet has changed";
            findings.push(Finding::new(code, Severity::Warning, *n as f64, figure, remedy));
        }
        findings
    }
}

impl BatchScore {
    fn of(
        batch: &Field,
        value: u32,
        language: Option<&Field>,
        counted: &Counted<'_>,
        n_folds: usize,
    ) -> Result<BatchScore> {
        let inside: Vec<usize> = (0..batch.of.len()).filter(|&row| batch.of[row] == Some(value)).collect();
        let outside: Vec<usize> =
            (0..batch.of.len()).filter(|&row| batch.of[row].is_some_and(|of| of != value)).collect();
        let mut found = BatchScore {
            value: batch.values[value as usize].clone(),
            n: inside.len(),
            roc_auc: None,
            worst: None,
            worst_auc: None,
            own_auc: None,
            backwards: false,
            known_outlets: None,
        };
        let targets = &counted.targets;
        if !(0..targets.n_classes()).any(|class| both_sides(targets, class, &inside)) {
            return Ok(found);
        }
        let scores = match counted.fit_rows(&outside) {
            Ok(model) => counted.scores(&model, &inside),
            Err(Error::TooFewClasses { .. } | Error::EmptyVocabulary { .. }) => return Ok(found),
            Err(error) => return Err(error),
        };
        let gold = targets.select(&inside);
        let of_class = |class: usize| -> Option<Auc> {
            // Of a language in which the others know one side only, a ranking says nothing about labels.
            let stratum = |place: usize| {
                let stratum = language.map_or(Some(0), |field| field.of[inside[place]])?;
                let known = |row: &usize| language.is_none_or(|field| field.of[*row] == Some(stratum));
                let known: Vec<usize> = outside.iter().copied().filter(known).collect();
                both_sides(targets, class, &known).then_some(stratum)
            };
            let strata = strata(inside.len(), language.map(|f| f.select(&inside)), stratum);
            let places: Vec<usize> = (0..inside.len()).collect();
            let area = areas(&scores, &gold, &places, |place| strata[place]).swap_remove(class)?;
            (area.positives >= FEWEST && area.negatives >= FEWEST).then_some(area)
        };
        let areas: Vec<(usize, Auc)> =
            (0..targets.n_classes()).filter_map(|class| Some((class, of_class(class)?))).collect();
        let Some(&(worst, area)) = areas.iter().min_by(|a, b| a.1.auc.total_cmp(&b.1.auc)) else { return Ok(found) };
        found.roc_auc = Some(areas.iter().map(|(_, a)| a.auc).sum::<f64>() / areas.len() as f64);
        found.worst = Some(counted.labels.name(worst).to_string());
        found.worst_auc = Some(area.auc);
        if area.auc < BACKWARDS && area.auc + 3.0 * area.standard_error() < 0.5 {
            found.own_auc = own_area(counted, &inside, worst, language, n_folds)?;
            found.backwards = found.own_auc.is_some_and(|auc| auc >= CONSISTENT);
        }
        Ok(found)
    }
}

/// The share of a batch's rows whose outlet has rows in other batches, too.
fn known_share(batch: &Field, value: u32, outlet: &Field) -> f64 {
    let mut known = vec![false; outlet.values.len()];
    let rows = || batch.of.iter().zip(&outlet.of).filter_map(|(batch, outlet)| Some(((*batch)?, (*outlet)? as usize)));
    rows().filter(|(batch, _)| *batch != value).for_each(|(_, outlet)| known[outlet] = true);
    let inside: Vec<bool> = rows().filter(|(batch, _)| *batch == value).map(|(_, outlet)| known[outlet]).collect();
    inside.iter().filter(|known| **known).count() as f64 / inside.len().max(1) as f64
}

/// Whether there are rows with the label and rows without.
fn both_sides(targets: &Targets, class: usize, rows: &[usize]) -> bool {
    let with = rows.iter().filter(|&&row| targets.has(row, class)).count();
    with >= FEWEST && rows.len() - with >= FEWEST
}

/// The stratum of each place, asked once for each language.
fn strata(n: usize, language: Option<Field>, of: impl Fn(usize) -> Option<u32>) -> Vec<Option<u32>> {
    let value = |place: usize| language.as_ref().map_or(Some(0), |field| field.of[place]);
    let mut asked: Vec<(u32, Option<u32>)> = Vec::new();
    let mut stratum = |place: usize| {
        let value = value(place)?;
        if let Some((_, known)) = asked.iter().find(|(v, _)| *v == value) {
            return *known;
        }
        let found = of(place);
        asked.push((value, found));
        found
    };
    (0..n).map(&mut stratum).collect()
}

/// The area of a label in a batch under models of the batch's own rows.
fn own_area(
    counted: &Counted<'_>,
    inside: &[usize],
    class: usize,
    language: Option<&Field>,
    n_folds: usize,
) -> Result<Option<f64>> {
    let targets = counted.targets.select(inside);
    let local = random_folds(&targets, counted.labels, n_folds.min(inside.len()), counted.params.seed)?;
    let mut fold_of = vec![None; counted.targets.n_samples()];
    (0..inside.len()).for_each(|place| fold_of[inside[place]] = local.fold_of(place));
    let rows = |places: &[usize]| places.iter().map(|&place| inside[place]).collect::<Vec<_>>();
    let parts = local.iter().map(|fold| crate::evaluation::Fold { train: rows(&fold.train), test: rows(&fold.test) });
    let held = HeldOut::of(counted, &Folds::of_parts(parts.collect(), &fold_of), &[])?;
    let tested: Vec<usize> = inside.iter().copied().filter(|&row| held.fold[row].is_some()).collect();
    Ok(held.areas(&counted.targets, &tested, language).swap_remove(class).map(|area| area.auc))
}
