//! The whole road: from articles to a fitted model, and from an article to its labels.

mod balance;
pub(crate) mod compress;
mod counted;
mod familiar;
mod fit;
mod params;
mod passages;
mod predict;
pub(crate) mod sentences;
mod weights;

use serde::{Deserialize, Serialize};

pub use compress::CompressParams;
pub use params::{CalibrationParams, PipelineParams, Unit};
pub use predict::Prediction;
pub use sentences::SentencePrediction;

pub use balance::Determined;
pub(crate) use counted::{Counted, OutOfFold, groups_tell, thinned_places};
pub(crate) use familiar::Familiarity;
pub(crate) use fit::{Answers, calibrated, serving};
pub(crate) use predict::{Scored, choose};
pub(crate) use weights::row_weight;

use crate::calibration::Calibration;
use crate::classifier::LinearModel;
use crate::decision::Decision;
use crate::error::{Error, Result};
use crate::features::TfidfVectorizer;
use crate::label::{LabelSet, Task};
use crate::text::Reader;

/// A fitted model: reads an article, labels it with probabilities, and says why.
///
/// ```
/// use slantwise::{Article, Classifier, Corpus, Example, Gold, Pipeline};
///
/// # let rows = [
/// #     ("The illegal regime pumps arms into the war.", "against"), ("Partners send arms that save lives.", "for"),
/// #     ("The regime begs for more arms.", "against"), ("Arms from partners protect homes.", "for"),
/// # ];
/// # let examples = rows.iter().map(|(text, label)| Example {
/// #     article: Article::from_text(*text), gold: Gold::One(label.to_string()), spans: vec![],
/// # }).collect();
/// let corpus = Corpus::from_examples(examples)?;
/// let model = Pipeline::params().words(1, 2).min_df(1).classifier(Classifier::logistic().c(10.0)).fit(&corpus)?;
/// let article = Article::new("Arms for the regime", "The regime wants a war.");
/// let prediction = model.predict(&article);
/// assert_eq!(prediction.label(), Some("against"));
/// let evidence = model.explain(&article, 5);
/// let regime = evidence.iter().find(|e| e.term == "regime").expect("the term counts");
/// assert!(regime.contribution > 0.0);
/// assert_eq!(regime.span.of(&article), "regime");
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    pub(crate) params: PipelineParams,
    pub(crate) labels: std::sync::Arc<LabelSet>,
    pub(crate) task: Task,
    pub(crate) reader: Reader,
    pub(crate) vectorizer: TfidfVectorizer,
    pub(crate) model: LinearModel,
    pub(crate) calibration: Calibration,
    pub(crate) decision: Decision,
    /// The coverage asked for at prediction; not stored.
    pub(crate) coverage: Option<f64>,
    pub(crate) familiarity: Familiarity,
    pub(crate) training: Training,
    /// Whether its numbers are rounded to eight bits, and its file is the compact one.
    pub(crate) compact: bool,
}

/// What a model remembers of its training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Training {
    /// Articles.
    pub(crate) n_samples: usize,
    /// Articles of each class.
    pub(crate) support: Vec<usize>,
    /// Out-of-fold scores that the calibration was fitted on.
    pub(crate) n_calibration: usize,
}

impl Pipeline {
    /// The parameters with their defaults.
    pub fn params() -> PipelineParams {
        PipelineParams::default()
    }

    /// The labels that the model knows, ascending.
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// One class an article, or several labels.
    pub fn task(&self) -> Task {
        self.task
    }

    /// The parameters that the model was fitted with.
    pub fn fitted_params(&self) -> &PipelineParams {
        &self.params
    }

    /// What the model reads of an article, and what it masks.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The vocabulary and its weights.
    pub fn vectorizer(&self) -> &TfidfVectorizer {
        &self.vectorizer
    }

    /// The linear model.
    pub fn linear_model(&self) -> &LinearModel {
        &self.model
    }

    /// How scores become probabilities.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// What is decided from probabilities: thresholds, abstention, label sets.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Gives an answer only where no other is possible at this coverage (see [`Decision::at`]); `None` asks for none. A model file
    /// does not keep it.
    ///
    /// # Errors
    /// [`Error::Param`] where it is not between 0 and 1.
    pub fn at_coverage(mut self, coverage: Option<f64>) -> Result<Pipeline> {
        self.decision.at(coverage)?;
        self.coverage = coverage;
        Ok(self)
    }

    /// Sets the probability from which one of several labels is given.
    ///
    /// # Errors
    /// [`Error::Param`] where the model has no such label or gives one class an article, or the threshold is not from 0 to 1.
    pub fn with_threshold(mut self, label: &str, threshold: f64) -> Result<Pipeline> {
        self.decision = self.decision.clone().with_threshold(self.class(label)?, threshold)?;
        Ok(self)
    }

    /// Gives none of several labels where this one, of which all others are kinds, is not given ([`Decision::with_overall`]).
    ///
    /// # Errors
    /// [`Error::Param`] where the model has no such label or gives one class an article.
    pub fn with_overall(mut self, label: &str) -> Result<Pipeline> {
        self.decision = self.decision.clone().with_overall(self.class(label)?)?;
        Ok(self)
    }

    /// Makes one class mean none of the others: never an answer, but a reason to abstain ([`Decision::with_outside`]).
    ///
    /// # Errors
    /// [`Error::Param`] where the model has no such class, has not two besides it, or gives several labels.
    pub fn with_outside(mut self, label: &str) -> Result<Pipeline> {
        self.decision = self.decision.clone().with_outside(self.class(label)?)?;
        Ok(self)
    }

    fn class(&self, label: &str) -> Result<usize> {
        self.labels.class(label).ok_or_else(|| Error::param("label", label, "one that the model knows"))
    }

    /// How many articles the model was trained on.
    pub fn n_training_samples(&self) -> usize {
        self.training.n_samples
    }

    /// How many training articles each label had, in the order of [`labels`](Self::labels).
    pub fn support(&self) -> &[usize] {
        &self.training.support
    }

    /// How many out-of-fold scores the calibration was fitted on; 0 where there were too few articles for it.
    pub fn n_calibration_samples(&self) -> usize {
        self.training.n_calibration
    }
}
