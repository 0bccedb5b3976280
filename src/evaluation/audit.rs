//! The audit: what a score on a corpus owes to other things than the meaning of its labels.

mod association;
mod batches;
mod confounders;
mod contradictions;
mod documents;
mod duplicates;
mod field;
mod fields;
mod findings;
mod held_out;
mod label_errors;
mod models;
mod naming;
mod params;
mod ranking;
mod sample;
mod scores;
mod swap;
mod terms;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use batches::{BatchAudit, BatchScore};
pub use confounders::{Chance, Confounder, Floor, ValueCounts};
pub use contradictions::TurnedLabel;
pub use duplicates::{ClusterCount, DuplicateAudit, DuplicateCount, LabelContradiction};
pub use field::AuditField;
pub use fields::DateCount;
pub use findings::{AuditCode, Finding, Severity};
pub use label_errors::{LabelErrors, LabelIssue};
pub use naming::OutletNaming;
pub use params::AuditParams;
pub use sample::AuditSample;
pub use scores::{AuditScore, ModelScores, ScoreGap, ValueScore, WithinScores};
pub use swap::OutletSwap;
pub use terms::{OutletTerm, OutletTerms};

use crate::classifier::check_classes;
use crate::corpus::Corpus;
use crate::error::Result;
use field::Field;
use fields::Fields;
use held_out::random_folds;
use models::Models;

/// Looks for everything in a corpus that makes scores on it mean less than they say: leaking outlets, confounded
/// languages and topics, duplicates, wrong and contradicting labels.
///
/// ```
/// use slantwise::{Article, Audit, AuditCode, Corpus, Example, Gold};
///
/// // Each label comes from outlets of its own, and each outlet signs its articles.
/// let words = ["rain", "snow", "wind", "hail", "fog", "sun", "frost", "storm"];
/// let example = |i: usize| Example {
///     article: Article::from_text(format!("{} then {} at desk{}", words[i % 8], words[i / 8 % 8], i % 10))
///         .with_field("domain", format!("outlet{}.example", i % 10)),
///     gold: Gold::One(["for", "against"][i % 2].to_string()),
///     spans: vec![],
/// };
/// let corpus = Corpus::from_examples((0..200).map(example).collect())?;
/// let report = Audit::params().run(&corpus)?;
/// assert!(report.has(AuditCode::OutletLeak));
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Audit;

impl Audit {
    /// The parameters with their defaults; [`AuditParams::run`] makes the report.
    pub fn params() -> AuditParams {
        AuditParams::default()
    }
}

/// What an audit found. Serialises as it stands here.
///
/// Look-ups, contingency tables, duplicates and contradictions are of all rows; whatever needs a model is of a seeded
/// sample where the corpus has more rows than [`AuditParams::max_rows`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AuditReport {
    /// Rows.
    pub n: usize,
    /// The labels and their rows.
    pub labels: Vec<(String, usize)>,
    /// The properties of the rows that were looked at.
    pub fields: Vec<AuditField>,
    /// Dates that can and can't be read.
    pub dates: DateCount,
    /// The rows that models were trained and tested on.
    pub sample: AuditSample,
    /// The verdict: what is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// Near-duplicates.
    pub duplicates: DuplicateAudit,
    /// What guessing gives.
    pub chance: Chance,
    /// What side matters alone give.
    pub floors: Vec<Floor>,
    /// How closely labels follow outlet, language, topic, batch.
    pub confounders: Vec<Confounder>,
    /// The model's scores. `None` where no model could be trained on any fold.
    pub model: Option<ModelScores>,
    /// How well the features name the outlet.
    pub outlet_naming: Option<OutletNaming>,
    /// Strong terms of one outlet.
    pub outlet_terms: Option<OutletTerms>,
    /// What masking the outlets' names changes.
    pub outlet_swap: Option<OutletSwap>,
    /// Probable label errors.
    pub label_errors: LabelErrors,
    /// Batches, and what contradicts across them.
    pub batches: Vec<BatchAudit>,
}

impl AuditReport {
    /// Whether there is a finding of this kind.
    pub fn has(&self, code: AuditCode) -> bool {
        self.findings.iter().any(|finding| finding.code == code)
    }

    /// The worst severity; `None` where nothing was found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

impl AuditParams {
    /// Audits a corpus.
    ///
    /// # Errors
    /// Parameters out of range; fewer than two classes; a key that was asked for and that no row has (of the outlet: that
    /// some row lacks), an outlet key with one value or with fewer values than folds.
    pub fn run(&self, corpus: &Corpus) -> Result<AuditReport> {
        self.run_with(corpus, &mut |_| {})
    }

    /// Audits a corpus, and says before each part what it is about to do.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_with(&self, corpus: &Corpus, progress: &mut dyn FnMut(&str)) -> Result<AuditReport> {
        self.check()?;
        let (targets, labels) = (corpus.targets(), corpus.labels());
        check_classes(&targets, |k| labels.name(k).to_string())?;
        progress("looking at the rows' keys");
        let fields = Fields::of(corpus, self)?;
        let seed = self.pipeline.seed;

        progress("looking for near-duplicates");
        let (mut duplicates, clusters) = DuplicateAudit::of(corpus, &fields, &self.duplicates)?;
        let mut findings = duplicates.findings(corpus.len());
        duplicates.contradictions.truncate(self.top);

        progress("looking labels up by outlet, language, topic and length");
        let folds = random_folds(&targets, labels, self.folds.min(corpus.len()), seed)?;
        let look_up = |field: &Field| Floor::look_up(field, &targets, labels, &folds, fields.language.as_ref());
        let majority = look_up(&Field::constant(corpus.len()))?;
        let chance = Chance::of(&targets, &majority);
        let mut floors = vec![majority];
        for field in fields.confounders() {
            floors.push(look_up(field)?);
        }
        floors.push(look_up(&Field::lengths(corpus))?);
        let of_field = |field: &Field| Confounder::of(field, &targets, labels, self.top);
        let confounders: Vec<Confounder> = fields.confounders().chain(&fields.batches).map(of_field).collect();

        let model = Models::of(self, corpus, &fields, &clusters, progress)?;
        floors.extend(model.furniture);
        findings.extend(confounders::findings(&floors, &confounders, &chance, corpus.len()));
        findings.extend(scores::outlet_leak(model.scores.as_ref(), &floors, &confounders, &chance, corpus.len()));
        findings.extend(model.naming.as_ref().and_then(OutletNaming::finding));
        findings.extend(model.terms.as_ref().and_then(OutletTerms::finding));
        findings.extend(model.swap.as_ref().and_then(OutletSwap::finding));
        findings.extend(model.errors.finding());
        findings.extend(model.batches.iter().flat_map(BatchAudit::findings));
        let support = targets.support();
        findings.extend(rare_labels(&support, corpus, self.folds));
        findings.extend(fields.notes.iter().cloned());
        findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.code));
        Ok(AuditReport {
            n: corpus.len(),
            labels: labels.names().iter().cloned().zip(support).collect(),
            fields: fields.all().map(Field::summary).collect(),
            dates: fields.dates,
            sample: AuditSample { rows: model.rows, of: corpus.len(), seed },
            findings,
            duplicates,
            chance,
            floors,
            confounders,
            model: model.scores,
            outlet_naming: model.naming,
            outlet_terms: model.terms,
            outlet_swap: model.swap,
            label_errors: model.errors,
            batches: model.batches,
        })
    }
}

/// The labels that are too rare to be measured.
fn rare_labels(support: &[usize], corpus: &Corpus, folds: usize) -> Option<Finding> {
    let rare: Vec<usize> = (0..support.len()).filter(|&class| support[class] < folds).collect();
    let words: Vec<String> =
        rare.iter().take(5).map(|&class| format!("\"{}\" ({})", corpus.labels().name(class), support[class])).collect();
    let more = if rare.len() > 5 { format!(" and {} more", rare.len() - 5) } else { String::new() };
    let figure = format!("fewer rows than the {folds} folds: {}{more}", words.join(", "));
    let remedy = "add rows of these labels, or drop them: most folds can't test them, and some can't learn them";
    (!rare.is_empty()).then(|| Finding::new(AuditCode::RareLabel, Severity::Warning, rare.len() as f64, figure, remedy))
}
