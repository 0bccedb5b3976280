//! Cross-validation of a whole pipeline: every fold fits everything anew, and every article is scored by a model that has not seen it.

use rayon::prelude::*;

use crate::corpus::Corpus;
use crate::error::Result;
use crate::evaluation::{Evaluation, Folds, Scores, SplitParams};
use crate::label::{LabelSet, Targets, Task};
use crate::pipeline::{Answers, Counted, PipelineParams, choose};

/// How rows are divided for cross-validation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CrossvalParams {
    /// The folds.
    pub split: SplitParams,
    /// Train on the earlier and test on the later articles by this field, such as `date`, instead of stratified folds.
    pub by_date: Option<String>,
}

/// What cross-validation found.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossval {
    /// The scores of all tested articles together.
    pub scores: Scores,
    /// The scores of each fold.
    pub folds: Vec<Scores>,
    /// The articles that were tested (positions in the corpus), ascending; all of them but for splits by date.
    pub tested: Vec<usize>,
    /// The labels that each tested article was given.
    pub predicted: Targets,
    /// The probability of every label for each tested article, row after row.
    pub probabilities: Vec<f32>,
    /// `(fold, class)` pairs whose class does not occur in the fold's training part: none of its articles could be found.
    pub untrained: Vec<(usize, usize)>,
}

/// The outcome of one fold.
struct Outcome {
    test: Vec<usize>,
    chosen: Vec<Vec<usize>>,
    probabilities: Vec<f32>,
}

impl PipelineParams {
    /// Cross-validates the pipeline. The articles are counted once; vocabulary limits, weights, selection, classifier, calibration and
    /// threshold are learned anew from the training part of every fold. Where `group_by` is set, articles that share its value stay in one
    /// fold, here and in everything nested.
    pub fn crossval(&self, corpus: &Corpus, params: &CrossvalParams) -> Result<Crossval> {
        let counted = Counted::new(corpus, self)?;
        let folds = match &params.by_date {
            Some(key) => {
                let dates: Vec<Option<&str>> = corpus.examples().iter().map(|e| e.article.field(key)).collect();
                Folds::temporal(&dates, counted.groups.as_deref(), &params.split)?
            }
            None => Folds::stratified(&counted.targets, corpus.labels(), counted.groups.as_deref(), &params.split)?,
        };
        let outcomes: Vec<Outcome> = folds
            .iter()
            .collect::<Vec<_>>()
            .into_par_iter()
            .with_max_len(1)
            .map(|fold| run(&counted, &fold.train, &fold.test))
            .collect::<Result<_>>()?;
        let labels = corpus.labels();
        let fold_scores = outcomes
            .iter()
            .map(|o| score(labels, &counted.targets.select(&o.test), &o.chosen, &o.probabilities))
            .collect::<Result<_>>()?;
        let n_classes = labels.len();
        let mut order: Vec<(usize, usize, usize)> = Vec::new();
        for (f, outcome) in outcomes.iter().enumerate() {
            order.extend(outcome.test.iter().enumerate().map(|(place, &row)| (row, f, place)));
        }
        order.sort_unstable();
        let tested: Vec<usize> = order.iter().map(|o| o.0).collect();
        let chosen: Vec<Vec<usize>> = order.iter().map(|&(_, f, p)| outcomes[f].chosen[p].clone()).collect();
        let probabilities: Vec<f32> = order
            .iter()
            .flat_map(|&(_, f, p)| &outcomes[f].probabilities[p * n_classes..(p + 1) * n_classes])
            .copied()
            .collect();
        let gold = counted.targets.select(&tested);
        Ok(Crossval {
            scores: score(labels, &gold, &chosen, &probabilities)?,
            folds: fold_scores,
            predicted: targets_of(counted.targets.task(), n_classes, &chosen),
            tested,
            probabilities,
            untrained: folds.untrained(&counted.targets),
        })
    }
}

fn run(counted: &Counted<'_>, train: &[usize], test: &[usize]) -> Result<Outcome> {
    let read = counted.as_read_by(train)?;
    let (fitted, calibrated) = rayon::join(|| read.fit_rows(train), || counted.calibrate(train));
    let (fitted, Answers { calibration, decision, .. }) = (fitted?, calibrated?);
    let decider = decision.at(None)?;
    let task = counted.targets.task();
    let n_classes = counted.labels.len();
    let mut probabilities = Vec::with_capacity(test.len() * n_classes);
    let mut chosen = Vec::with_capacity(test.len());
    let mut row = vec![0.0; n_classes];
    for scores in read.scores(&fitted, test).chunks_exact(n_classes) {
        calibration.probabilities(scores, &mut row)?;
        chosen.push(choose(task, scores, &decision.weighed(&row), &decider.decide(&row)?.classes));
        probabilities.extend(row.iter().map(|&p| p as f32));
    }
    Ok(Outcome { test: test.to_vec(), chosen, probabilities })
}

pub(super) fn targets_of(task: Task, n_classes: usize, chosen: &[Vec<usize>]) -> Targets {
    match task {
        Task::One => Targets::One {
            n_classes,
            classes: chosen.iter().map(|c| c.first().map_or(0, |&class| class as u32)).collect(),
        },
        Task::Several => {
            let mut flags = vec![false; n_classes * chosen.len()];
            for (row, classes) in chosen.iter().enumerate() {
                classes.iter().for_each(|&class| flags[row * n_classes + class] = true);
            }
            Targets::Several { n_classes, flags }
        }
    }
}

pub(super) fn score(labels: &LabelSet, gold: &Targets, chosen: &[Vec<usize>], probabilities: &[f32]) -> Result<Scores> {
    let predicted = targets_of(gold.task(), labels.len(), chosen);
    Ok(Evaluation::new(labels, gold, &predicted)?.with_probabilities(probabilities)?.scores())
}
