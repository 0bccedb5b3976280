//! Fitting: count once, then learn weights, classifier, calibration and decision from the counts.

use std::sync::Arc;

use crate::calibration::{Calibration, CalibrationMethod};
use crate::classifier::argmax;
use crate::corpus::Corpus;
use crate::decision::{Decision, DecisionParams};
use crate::error::Result;
use crate::evaluation::{Fold, Metric};
use crate::features::{Scan, TfidfVectorizer};
use crate::label::{Targets, Task};
use crate::pipeline::balance::Determined;
use crate::pipeline::familiar::Familiarity;
use crate::pipeline::{Counted, OutOfFold, Pipeline, PipelineParams, Training, groups_tell};
use crate::text::Reader;

/// How scores become answers, as learned from scores out of fold.
pub(crate) struct Answers {
    pub(crate) calibration: Calibration,
    pub(crate) decision: Decision,
    /// How many out-of-fold scores it was learned from.
    pub(crate) n: usize,
}

impl Counted<'_> {
    /// Learns calibration and decision from out-of-fold scores of some rows.
    pub(crate) fn calibrate(&self, rows: &[usize]) -> Result<Answers> {
        self.answers(&self.out_of_fold(self.held_out(rows)?)?)
    }

    /// Learns calibration and decision from out-of-fold scores.
    pub(crate) fn answers(&self, found: &OutOfFold) -> Result<Answers> {
        let task = self.targets.task();
        let n_classes = self.targets.n_classes();
        if found.rows.is_empty() {
            let decision = Decision::plain(task, n_classes, 0.5);
            return Ok(Answers { calibration: Calibration::identity(task, n_classes), decision, n: 0 });
        }
        let found = found.thinned(self.groups.as_deref(), n_classes);
        let gold = self.targets.select(&found.rows);
        let method = self.params.calibration.method;
        let told = groups_tell(self.groups.as_deref(), &self.targets);
        let (calibration, probabilities) = calibrated(&found.scores, &gold, method, told)?;
        let decision = Decision::fit(&probabilities, &gold, &serving(&self.params.decision, told))?;
        Ok(Answers { calibration, decision, n: found.rows.len() })
    }

    /// Fits the whole pipeline on all rows; the out-of-fold scores, where they are known already, are not made again.
    pub(crate) fn fit(mut self, corpus: &Corpus, known: Option<OutOfFold>) -> Result<Pipeline> {
        let rows: Vec<usize> = (0..corpus.len()).collect();
        let held = if known.is_some() { Vec::new() } else { self.held_out(&rows)? };
        // One fold, as in every large corpus: its features are made first, so that the counts can become those of all rows.
        let single = match held.as_slice() {
            [Fold { train, test }] if !Reader::is_learned(&self.params.reading) => {
                self.features(train, &self.params.features).ok().map(|features| (features, test))
            }
            _ => None,
        };
        let (answers, fitted) = match single {
            Some((features, test)) => {
                let weighed = features.weighting.weigh(&self.counts.matrix, test, &features.kept);
                let all = self.take_features()?;
                let this = &self;
                let answers = || {
                    let mut found = OutOfFold::default();
                    let model = this.fit_features(features);
                    found.push(model.map(|model| model.scores(&weighed)), test.clone())?;
                    this.answers(&found)
                };
                rayon::join(answers, || this.fit_features(all))
            }
            None => {
                let answers = || match known {
                    Some(known) => self.answers(&known),
                    None => self.answers(&self.out_of_fold(held)?),
                };
                rayon::join(answers, || self.fit_rows(&rows))
            }
        };
        let (fitted, Answers { calibration, decision, n }) = (fitted?, answers?);
        let params = self.params;
        let scan = Scan { reader: Some(&self.reader), analyzer: &params.analyzer };
        let (examples, features) = (corpus.examples(), &params.features);
        let vectorizer = TfidfVectorizer::new(examples, scan, features, &self.counts, &fitted.kept, fitted.weighting)?;
        let mut model = Pipeline {
            params: params.clone(),
            labels: Arc::new(self.labels.clone()),
            task: self.targets.task(),
            reader: self.reader,
            vectorizer,
            model: fitted.model,
            calibration,
            decision,
            coverage: None,
            familiarity: Familiarity::default(),
            training: Training { n_samples: corpus.len(), support: self.targets.support(), n_calibration: n },
            compact: false,
        };
        model.familiarity = Familiarity::fit(&model, corpus);
        Ok(model)
    }
}

/// A calibrator of scores, and the probabilities that it gives them.
///
/// Without a method asked for, one class an article: biases for the classes usually give better probabilities, but can cost right answers
/// where classes are balanced; they are left out where they do, and where groups tell the class ([`groups_tell`]).
pub(crate) fn calibrated(
    scores: &[f64],
    gold: &Targets,
    method: Option<CalibrationMethod>,
    told: bool,
) -> Result<(Calibration, Vec<f64>)> {
    let by = |method| -> Result<(Calibration, Vec<f64>)> {
        let calibration = Calibration::fit(scores, gold, method)?;
        let mut probabilities = vec![0.0; scores.len()];
        calibration.probabilities(scores, &mut probabilities)?;
        Ok((calibration, probabilities))
    };
    let task = gold.task();
    if told && method.is_none() && task == Task::One {
        return by(CalibrationMethod::Temperature);
    }
    let default = by(method.unwrap_or_else(|| CalibrationMethod::for_task(task)))?;
    if method.is_some() || task == Task::Several {
        return Ok(default);
    }
    let plain = by(CalibrationMethod::Temperature)?;
    let k = gold.n_classes();
    let hits = |probabilities: &[f64]| {
        probabilities.chunks_exact(k).enumerate().filter(|(row, p)| gold.has(*row, argmax(p))).count()
    };
    let flat = !default.0.unfitted().is_empty() && plain.0.unfitted().is_empty();
    Ok(if flat || hits(&plain.1) > hits(&default.1) { plain } else { default })
}

/// What a decision is to serve. Where groups tell the class, classes are not weighed against each other.
pub(crate) fn serving(params: &DecisionParams, told: bool) -> DecisionParams {
    let metric = if told { Metric::Accuracy } else { params.metric };
    DecisionParams { metric, ..params.clone() }
}

impl PipelineParams {
    /// Fits a pipeline on a corpus.
    ///
    /// # Errors
    /// Parameters out of range, fewer than two classes, an empty vocabulary, a missing group field, or a dense classifier past its
    /// memory budget.
    pub fn fit(&self, corpus: &Corpus) -> Result<Pipeline> {
        Counted::new(corpus, self)?.fit(corpus, None)
    }

    /// The values of the fields in [`balance_by`](Self::balance_by) whose articles all have the same label: no weights can
    /// make the label independent of them.
    ///
    /// # Errors
    /// A row without one of the fields.
    pub fn determined(&self, corpus: &Corpus) -> Result<Vec<Determined>> {
        let balance = crate::pipeline::balance::Balance::new(&self.balance_by, corpus)?;
        let name = |class| corpus.labels().name(class).to_string();
        Ok(balance.map_or_else(Vec::new, |balance| balance.determined(&corpus.targets(), name)))
    }
}
