//! Everything that can be set before fitting.

use serde::{Deserialize, Serialize};

use crate::calibration::CalibrationMethod;
use crate::classifier::Classifier;
use crate::decision::DecisionParams;
use crate::error::{Error, Result};
use crate::features::FeatureParams;
use crate::text::clean::CleanParams;
use crate::text::{AnalyzerParams, CharParams, Quotes, ReadingParams, WordParams};

/// The parameters of a [`Pipeline`](crate::Pipeline): what the command line's options and `--params FILE.toml` fill alike.
///
/// | field | default |
/// |---|---|
/// | `reading` | cleaned of what surrounds an article, see [`ReadingParams`] |
/// | `analyzer` | words 1–2, see [`AnalyzerParams`] |
/// | `features` | `min_df` 2, sublinear TF-IDF, see [`FeatureParams`] |
/// | `classifier` | multinomial logistic regression with `c` 1 |
/// | `calibration` | out of fold, see [`CalibrationParams`] |
/// | `unit` | [`Unit::Article`] |
/// | `passage_words` | none: articles are scored whole |
/// | `decision` | always an answer, thresholds for micro-F1, see [`DecisionParams`] |
/// | `balance_by` | none |
/// | `weight_by` | none |
/// | `group_by` | none |
/// | `seed` | 0 |
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PipelineParams {
    /// Which parts of an article are read.
    pub reading: ReadingParams,
    /// Which terms a text is made of.
    pub analyzer: AnalyzerParams,
    /// Which terms become features, and their weights.
    pub features: FeatureParams,
    /// The classifier.
    pub classifier: Classifier,
    /// How scores become probabilities.
    pub calibration: CalibrationParams,
    /// What the model judges at a time.
    #[serde(skip_serializing_if = "Unit::is_article")]
    pub unit: Unit,
    /// Score long articles by passages of about this many words, cut at ends of sentences: each label's score is that of its best
    /// passage. For models whose training texts are short: what one passage argues is lost in the average of a long article.
    /// From 20; articles of up to one and a half times as many words are scored whole, and so are those of training and
    /// cross-validation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passage_words: Option<u32>,
    /// What is decided from probabilities: thresholds and abstention.
    pub decision: DecisionParams,
    /// Fields, such as `lang` or `topic`, that the label shall not depend on: training weighs articles so that label and field are
    /// independent (in every cell of label and value the weights sum up to `n · P(label) · P(value)`), none more than 20-fold.
    pub balance_by: Vec<String>,
    /// A field with a number above 0: how much an article counts in training, 1 being as much as without this (scikit-learn's
    /// `sample_weight`; 2 is as if it stood there twice). Probabilities, thresholds and scores are of articles as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_by: Option<String>,
    /// A field, such as `domain`: articles that share its value stay together when folds are made inside fitting, so that
    /// probabilities and thresholds are those for values that training has not seen.
    pub group_by: Option<String>,
    /// The seed of everything random: folds, and the order in which solvers visit rows.
    pub seed: u64,
}

/// What a model judges at a time.
///
/// A model that judges sentences is trained on rows that are one sentence each; training and cross-validation read every row as it is.
/// Prediction cuts an article into its sentences and scores each alone. An article's score for a label is that of its best sentence,
/// and [`predict_sentences`](crate::Pipeline::predict_sentences) gives the sentences one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// The article.
    #[default]
    Article,
    /// Each of its sentences.
    Sentence,
}

impl Unit {
    /// Model files say it only where it is not the article, so that those of before there was a choice stay as they are.
    fn is_article(&self) -> bool {
        *self == Unit::Article
    }
}

/// How scores become probabilities: fitted on scores of articles that the classifier has not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalibrationParams {
    /// The form of the map. Default: [`CalibrationMethod::for_task`].
    pub method: Option<CalibrationMethod>,
    /// Folds; default 5, range 2 to 100.
    pub folds: usize,
    /// As many folds are trained as it takes to score this many articles out of fold; default 2000. A map with a few
    /// parameters gains little from more, and training stays fast. Where groups are kept together, all folds are trained: what holds for
    /// the groups of one fold need not hold for others.
    pub enough: usize,
}

impl Default for CalibrationParams {
    fn default() -> Self {
        CalibrationParams { method: None, folds: 5, enough: 2000 }
    }
}

impl PipelineParams {
    /// Sets the cleaning rules; `None` reads articles with all that surrounds them.
    #[must_use]
    pub fn clean(mut self, clean: Option<CleanParams>) -> Self {
        self.reading.clean = clean;
        self
    }

    /// Sets what becomes of quoted words.
    #[must_use]
    pub fn quotes(mut self, quotes: Quotes) -> Self {
        self.reading.quotes = quotes;
        self
    }

    /// Sets word n-grams of `min` to `max` words.
    #[must_use]
    pub fn words(mut self, min: u8, max: u8) -> Self {
        let words = self.analyzer.words.take().unwrap_or_default();
        self.analyzer.words = Some(WordParams { ngram_range: (min, max), ..words });
        self
    }

    /// Switches word n-grams off.
    #[must_use]
    pub fn no_words(mut self) -> Self {
        self.analyzer.words = None;
        self
    }

    /// Puts stems in the place of words, by the language of each article.
    #[must_use]
    pub fn stem(mut self, stem: bool) -> Self {
        self.analyzer.words.get_or_insert_default().stem = stem;
        self
    }

    /// Drops the stop words of each article's language.
    #[must_use]
    pub fn stop_words(mut self, stop_words: bool) -> Self {
        self.analyzer.words.get_or_insert_default().stop_words = stop_words;
        self
    }

    /// Adds character n-grams of `min` to `max` characters.
    #[must_use]
    pub fn chars(mut self, min: u8, max: u8) -> Self {
        self.analyzer.chars = Some(CharParams { ngram_range: (min, max) });
        self
    }

    /// Sets in how many articles a term must occur.
    #[must_use]
    pub fn min_df(mut self, min_df: u32) -> Self {
        self.features.min_df = min_df;
        self
    }

    /// Sets the classifier.
    #[must_use]
    pub fn classifier(mut self, classifier: Classifier) -> Self {
        self.classifier = classifier;
        self
    }

    /// Sets what the model judges at a time.
    #[must_use]
    pub fn unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// Sets the field whose values stay together in folds.
    #[must_use]
    pub fn group_by(mut self, field: impl Into<String>) -> Self {
        self.group_by = Some(field.into());
        self
    }

    /// Sets the fields that the label shall not depend on.
    #[must_use]
    pub fn balance_by(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.balance_by = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Errors where a parameter is out of its range.
    pub fn check(&self) -> Result<()> {
        self.reading.check()?;
        self.analyzer.check()?;
        self.features.check()?;
        self.classifier.check(None)?;
        self.decision.check()?;
        if !(2..=100).contains(&self.calibration.folds) {
            return Err(Error::param("calibration.folds", self.calibration.folds, "2 to 100"));
        }
        if let Some(words) = self.passage_words.filter(|&words| words < 20) {
            return Err(Error::param("passage_words", words, "a number from 20"));
        }
        if let (Unit::Sentence, Some(words)) = (self.unit, self.passage_words) {
            return Err(Error::param("passage_words", words, "none where the unit is the sentence"));
        }
        Ok(())
    }
}
