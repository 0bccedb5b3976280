//! Tuning: which features and which classifier label articles best that training has not seen.

mod budget;
mod estimate;
mod score;
mod search;
mod space;
mod steady;

pub use budget::Budget;
pub use estimate::Estimate;

use serde::Serialize;

use crate::corpus::Corpus;
use crate::error::{Error, Result};
use crate::evaluation::{Folds, Metric, Scores, SplitParams};
use crate::pipeline::{Counted, Pipeline, PipelineParams};

use search::Search;

/// How to tune.
///
/// | field | default | range |
/// |---|---|---|
/// | `metric` | macro-F1 | any [`Metric`] |
/// | `folds` | 5 | 2 to 100 |
/// | `budget` | 120 seconds | see [`Budget`] |
/// | `outer_folds` | 0: none | 0, or 2 to 100 |
#[derive(Debug, Clone, PartialEq)]
pub struct TuneParams {
    /// What the best setting is best at.
    pub metric: Metric,
    /// Folds that settings are compared on.
    pub folds: usize,
    /// How long to search, each time.
    pub budget: Budget,
    /// So many times a part of the articles is held out, everything is searched anew on the rest, and the part is scored: nested
    /// cross-validation. Takes the budget as many times more.
    pub outer_folds: usize,
}

impl Default for TuneParams {
    fn default() -> TuneParams {
        TuneParams { metric: Metric::MacroF1, folds: 5, budget: Budget::seconds(120.0), outer_folds: 0 }
    }
}

impl TuneParams {
    fn check(&self) -> Result<()> {
        if !(2..=100).contains(&self.folds) {
            return Err(Error::param("folds", self.folds, "2 to 100"));
        }
        if self.outer_folds != 0 && !(2..=100).contains(&self.outer_folds) {
            return Err(Error::param("outer_folds", self.outer_folds, "0, or 2 to 100"));
        }
        self.budget.check()
    }
}

/// A setting that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    /// The setting.
    pub params: PipelineParams,
    /// Its score on the articles of the folds it was tried on, in the metric's own direction.
    pub score: f64,
    /// How many folds it was tried on.
    pub folds: usize,
    /// Articles that it was scored on.
    pub n: usize,
    /// Whether it was tried on a sample of the articles only.
    pub sampled: bool,
}

/// What tuning found.
#[derive(Debug)]
pub struct Tuned {
    /// The best setting, fitted on all articles; calibration and thresholds come from the folds of the search.
    pub model: Pipeline,
    /// Its score out of fold: the best of many, so rather too good.
    pub best_score: f64,
    /// The score to expect, the choosing discounted; `None` where there are too few articles or groups.
    pub estimate: Option<Estimate>,
    /// The scores of nested cross-validation, where it was asked for.
    pub nested: Option<Scores>,
    /// Everything that was tried, in order.
    pub trials: Vec<Trial>,
    /// Whether the budget ended the search before it was through.
    pub cut_short: bool,
}

/// How far tuning is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TuneProgress<'a> {
    /// What is being done.
    pub stage: &'static str,
    /// Settings tried so far, a setting on one fold counting once.
    pub trials: usize,
    /// The best score of this stage so far.
    pub best: Option<f64>,
    /// The setting with that score.
    pub params: Option<&'a PipelineParams>,
}

impl PipelineParams {
    /// Searches features, classifier, regularisation and class weights for the best score by cross-validation, then fits the best
    /// setting on all articles.
    ///
    /// The search begins at these parameters; what it does not vary (`group_by`, `balance_by`, the seed, selection, repeated lines) stays. In three stages it
    /// tries sets of features with few classifiers on few folds (of a sample, where the corpus is large), the best sets with all
    /// classifiers on more folds, and the best settings and their neighbours on all folds. Where `group_by` is set, articles that
    /// share its value stay in one fold: in the search, the calibration and the thresholds. Terms are counted once a set of features, and
    /// weighed once a fold for all classifiers.
    ///
    /// Where groups tell the class, as outlets do, the scores of grouped folds rest on few groups: each group is heard a hundred times at
    /// most, and of the settings within one standard error of the best the one is taken that relies least on what new groups
    /// may lack (cleaned before uncleaned, words before punctuation and characters, logistic regression before the SVM before
    /// NB-SVM).
    ///
    /// `watch` is called after every trial.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and where the articles can't be split into folds.
    pub fn tune(&self, corpus: &Corpus, params: &TuneParams, mut watch: impl FnMut(TuneProgress<'_>)) -> Result<Tuned> {
        params.check()?;
        let nested = match params.outer_folds {
            0 => None,
            n => Some(self.nested(corpus, n, params, &mut watch)?),
        };
        let found = Search::new(self, corpus, params, &mut watch)?.run()?;
        let model = Counted::new(corpus, &found.best)?.fit(corpus, Some(found.out_of_fold))?;
        Ok(Tuned {
            model,
            best_score: found.score,
            estimate: found.estimate,
            nested,
            trials: found.trials,
            cut_short: found.cut_short,
        })
    }

    /// Searches anew for every outer fold, and scores the fold by what was found without it.
    fn nested(
        &self,
        corpus: &Corpus,
        n: usize,
        params: &TuneParams,
        watch: &mut dyn FnMut(TuneProgress<'_>),
    ) -> Result<Scores> {
        let counted = Counted::new(corpus, self)?;
        let split = SplitParams { folds: n, seed: self.seed ^ 1, allow_rare: true };
        let folds = Folds::stratified(&counted.targets, corpus.labels(), counted.groups.as_deref(), &split)?;
        let targets = counted.targets.clone();
        drop(counted);
        let (mut tested, mut chosen, mut probabilities) = (Vec::new(), Vec::new(), Vec::new());
        for fold in folds.iter() {
            let part = |rows: &[usize]| {
                Corpus::from_examples_of(rows.iter().map(|&row| corpus.examples()[row].clone()).collect(), corpus)
            };
            let train = part(&fold.train)?;
            let found = Search::new(self, &train, params, watch)?.run()?;
            let model = Counted::new(&train, &found.best)?.fit(&train, Some(found.out_of_fold))?;
            for &row in &fold.test {
                let prediction = model.predict(&corpus.examples()[row].article);
                probabilities.extend(prediction.probabilities.iter().map(|&p| p as f32));
                chosen.push(prediction.chosen);
            }
            tested.extend_from_slice(&fold.test);
        }
        super::crossval::score(corpus.labels(), &targets.select(&tested), &chosen, &probabilities)
    }
}
