//! The search: three stages, each with fewer settings and more folds than the one before.

use std::time::Instant;

use rayon::prelude::*;

use crate::classifier::Classifier;
use crate::corpus::Corpus;
use crate::decision::DecisionParams;
use crate::error::{Error, Result};
use crate::evaluation::{Fold, Metric, group_ids};
use crate::label::{Targets, Task};
use crate::pipeline::{Counted, OutOfFold, PipelineParams, groups_tell};
use crate::random::Random;
use crate::text::Reader;

use super::budget::Purse;
use super::estimate::{Estimate, estimate};
use super::score::{Decisions, decide};
use super::space::{self, Shape};
use super::steady::steadiest;
use super::{Trial, TuneParams, TuneProgress};

/// Text past which the first stage looks at a sample.
const SAMPLE_BYTES: usize = 24 << 20;
/// Sets of features, and settings, that pass on.
const BEST_SETS: usize = 3;
const BEST_SETTINGS: usize = 6;
/// Classifiers in a blend, about.
const MEMBERS: usize = 2;

/// A search for the best setting on one corpus.
pub(super) struct Search<'a> {
    base: PipelineParams,
    corpus: &'a Corpus,
    params: &'a TuneParams,
    watch: &'a mut dyn FnMut(TuneProgress<'_>),
    purse: Purse,
    targets: Targets,
    groups: Option<Vec<u32>>,
    /// Whether groups tell the class.
    told: bool,
    shape: Shape,
    trials: Vec<Trial>,
    cut_short: bool,
}

/// What a search found.
pub(super) struct Found {
    pub(super) best: PipelineParams,
    pub(super) score: f64,
    pub(super) out_of_fold: OutOfFold,
    pub(super) estimate: Option<Estimate>,
    pub(super) trials: Vec<Trial>,
    pub(super) cut_short: bool,
}

/// A setting with what it scored, fold after fold.
struct Tried {
    params: PipelineParams,
    folds: Vec<OutOfFold>,
    decisions: Decisions,
    /// Higher is better.
    score: f64,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        base: &PipelineParams,
        corpus: &'a Corpus,
        params: &'a TuneParams,
        watch: &'a mut dyn FnMut(TuneProgress<'_>),
    ) -> Result<Search<'a>> {
        base.check()?;
        let mut base = base.clone();
        // Thresholds serve the metric, where it depends on them.
        let serves = DecisionParams { metric: params.metric, ..base.decision.clone() };
        if matches!(params.metric, Metric::MacroF1 | Metric::MicroF1 | Metric::SamplesF1 | Metric::BalancedAccuracy) {
            base.decision = serves;
        }
        let bytes =
            corpus.examples().iter().map(|e| e.article.text().len() + e.article.title().map_or(0, str::len)).sum();
        let targets = corpus.targets();
        let values = |key: &String| group_ids(key, corpus.examples().iter().map(|e| e.article.field(key)));
        let groups = base.group_by.as_ref().map(values).transpose()?;
        let told = groups_tell(groups.as_deref(), &targets);
        let masked = share_masked(&base, corpus)?;
        let shape = Shape { task: targets.task(), bytes, n_samples: corpus.len(), masked };
        Ok(Search {
            base,
            corpus,
            params,
            watch,
            purse: Purse::new(params.budget),
            targets,
            groups,
            told,
            shape,
            trials: Vec::new(),
            cut_short: false,
        })
    }

    pub(super) fn run(mut self) -> Result<Found> {
        let sample = self.sample()?;
        let part = sample.as_ref().unwrap_or(self.corpus);
        let sets = self.features(part)?;
        let settings = self.classifiers(part, sets)?;
        let mut finalists = self.finals(settings)?;
        finalists.sort_by(|a, b| b.score.total_cmp(&a.score));
        let metric = self.params.metric;
        let groups = self.groups.clone();
        let whole: Vec<&Decisions> =
            finalists.iter().map(|t| &t.decisions).filter(|d| d.rows == finalists[0].decisions.rows).collect();
        let labels = self.corpus.labels();
        let estimate = estimate(&whole, &self.targets, labels, groups.as_deref(), metric, self.base.seed)?;
        let chosen = match groups.as_deref().filter(|_| self.told) {
            Some(groups) => {
                let settings: Vec<_> = finalists.iter().map(|t| (&t.params, &t.decisions)).collect();
                steadiest(&settings, groups, &self.targets, labels, metric, self.base.seed)?
            }
            None => 0,
        };
        // There is a first one, or an error was returned.
        let best = finalists.swap_remove(chosen);
        let mut out_of_fold = OutOfFold::default();
        for fold in best.folds {
            out_of_fold.rows.extend(fold.rows);
            out_of_fold.scores.extend(fold.scores);
        }
        Ok(Found {
            best: best.params,
            score: if metric.higher_is_better() { best.score } else { -best.score },
            out_of_fold,
            estimate,
            trials: self.trials,
            cut_short: self.cut_short,
        })
    }

    /// Whether the most frequent class has at most a fifth more articles than the rarest, so that class weights change nothing.
    fn is_balanced(&self) -> bool {
        let support = self.targets.support();
        let (least, most) = (support.iter().min().unwrap_or(&0), support.iter().max().unwrap_or(&0));
        self.shape.task == Task::One && 5 * most <= 6 * least
    }

    /// First stage: sets of features, each with few classifiers, on few folds of a sample.
    fn features(&mut self, corpus: &Corpus) -> Result<Vec<PipelineParams>> {
        let probes = space::probes(self.shape);
        let mut ranked: Vec<(f64, PipelineParams)> = Vec::new();
        for set in space::feature_sets(&self.base, self.shape) {
            // One set at least, or there is nothing to go on with.
            if !ranked.is_empty() && !self.purse.has(0.45) {
                self.cut_short = true;
                break;
            }
            let n_folds = if corpus.len() < 2000 { 3 } else { 2 };
            match self.try_on(corpus, &set, &probes, n_folds, "features") {
                Ok(tried) => {
                    let best = tried.iter().map(|t| t.score).fold(f64::NEG_INFINITY, f64::max);
                    ranked.push((best, set));
                }
                // Such as characters of texts that are too short for any to be frequent.
                Err(Error::EmptyVocabulary { .. }) if !ranked.is_empty() => {}
                Err(error) => return Err(error),
            }
        }
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        Ok(ranked.into_iter().take(BEST_SETS).map(|(_, set)| set).collect())
    }

    /// Second stage: the best sets with all classifiers, on half of the folds.
    fn classifiers(&mut self, corpus: &Corpus, sets: Vec<PipelineParams>) -> Result<Vec<PipelineParams>> {
        let n_folds = self.params.folds.div_ceil(2).max(2);
        let mut tried: Vec<(f64, PipelineParams)> = Vec::new();
        for (i, set) in sets.into_iter().enumerate() {
            if !tried.is_empty() && !self.purse.has(0.45 + 0.25 * (i as f64) / BEST_SETS as f64) {
                self.cut_short = true;
                break;
            }
            let grid = space::grid(self.is_balanced());
            let afforded = self.purse.affords(&set, 0.7) / (grid.len() * corpus.len());
            if afforded < n_folds {
                self.cut_short = true;
            }
            if afforded == 0 && !tried.is_empty() {
                break;
            }
            for found in self.try_on(corpus, &set, &grid, n_folds.min(afforded).max(1), "classifiers")? {
                tried.push((found.score, found.params));
            }
        }
        tried.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut best: Vec<PipelineParams> = tried.into_iter().take(BEST_SETTINGS).map(|(_, params)| params).collect();
        if self.told {
            // What is steadiest is among the last, whatever few groups say of it.
            let mut steady = self.base.clone();
            steady.classifier = space::steady();
            best.retain(|params| *params != steady);
            best.insert(0, steady);
        }
        Ok(best)
    }

    /// Third stage: the best settings on all folds of all rows, then neighbours of the best as long as one is better.
    fn finals(&mut self, settings: Vec<PipelineParams>) -> Result<Vec<Tried>> {
        let n_folds = self.params.folds;
        let corpus = self.corpus;
        let mut finalists: Vec<Tried> = Vec::new();
        // Settings of one set of features are tried together: they share counts and weights.
        let mut waiting = settings;
        while !waiting.is_empty() {
            let set = waiting[0].clone();
            let (mut together, rest): (Vec<_>, Vec<_>) = waiting
                .into_iter()
                .partition(|p| PipelineParams { classifier: set.classifier.clone(), ..p.clone() } == set);
            waiting = rest;
            if !finalists.is_empty() && !self.purse.has(0.85) {
                self.cut_short = true;
                break;
            }
            // One setting at least, or there is nothing to choose from.
            let afforded = (self.purse.affords(&set, 0.85) / (n_folds * corpus.len())).max(finalists.is_empty().into());
            if afforded < together.len() {
                together.truncate(afforded);
                self.cut_short = true;
            }
            if together.is_empty() {
                continue;
            }
            let learners: Vec<Classifier> = together.into_iter().map(|p| p.classifier).collect();
            finalists.extend(self.try_on(corpus, &set, &learners, n_folds, "finals")?);
        }
        self.blends(&mut finalists)?;
        let mut seen: Vec<PipelineParams> = finalists.iter().map(|t| t.params.clone()).collect();
        while let Some(best) = finalists.iter().max_by(|a, b| a.score.total_cmp(&b.score)) {
            let (top, centre) = (best.score, best.params.clone());
            let c = centre.classifier.regularisation().unwrap_or(1.0);
            for params in space::neighbours(&centre, c) {
                if seen.contains(&params) {
                    continue;
                }
                if !self.purse.has(1.0) || self.purse.affords(&params, 1.0) < n_folds * corpus.len() {
                    self.cut_short = true;
                    return Ok(finalists);
                }
                let learners = [params.classifier.clone()];
                match self.try_on(corpus, &params, &learners, n_folds, "neighbours") {
                    Ok(tried) => finalists.extend(tried),
                    Err(Error::EmptyVocabulary { .. }) => {}
                    Err(error) => return Err(error),
                }
                seen.push(params);
            }
            let better = finalists.iter().any(|t| t.score > top);
            if !better {
                break;
            }
        }
        Ok(finalists)
    }

    /// Blends of classifiers that see words, characters and both.
    fn blends(&mut self, finalists: &mut Vec<Tried>) -> Result<()> {
        let Some(best) = finalists.iter().max_by(|a, b| a.score.total_cmp(&b.score)) else { return Ok(()) };
        if !self.shape.takes_chars() || !self.purse.has(0.8) {
            return Ok(());
        }
        let mut set = best.params.clone();
        set.analyzer.words.get_or_insert_default();
        set.analyzer.chars.get_or_insert_default();
        let plain = |t: &&Tried| !matches!(t.params.classifier, Classifier::NbSvm(_));
        let linear = finalists.iter().filter(plain).max_by(|a, b| a.score.total_cmp(&b.score));
        let linear = linear.map_or_else(|| Classifier::svm().c(0.3), |t| t.params.classifier.clone());
        let mut learners = space::blends(&linear, &linear, Some(&best.params.classifier));
        let n_folds = self.params.folds;
        let afforded = self.purse.affords(&set, 0.95) / (MEMBERS * n_folds * self.corpus.len());
        if afforded < learners.len() {
            self.cut_short = true;
            learners.truncate(afforded);
        }
        if learners.is_empty() {
            return Ok(());
        }
        match self.try_on(self.corpus, &set, &learners, n_folds, "blends") {
            Ok(tried) => finalists.extend(tried),
            // Texts without words, or too short for characters.
            Err(Error::EmptyVocabulary { .. } | Error::Param { name: "members", .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// A part of a large corpus, the same share of every label; `None` where all of it is looked at.
    fn sample(&self) -> Result<Option<Corpus>> {
        if self.shape.bytes <= SAMPLE_BYTES || self.corpus.len() < 2000 {
            return Ok(None);
        }
        let share = (SAMPLE_BYTES as f64 / self.shape.bytes as f64).max(1500.0 / self.shape.n_samples as f64);
        let mut random = Random::new(self.base.seed ^ 0x5A3E);
        let part = self.corpus.examples().iter().filter(|_| random.unit() < share);
        let examples = part.cloned().collect();
        Corpus::from_examples_of(examples, self.corpus).map(Some)
    }

    /// Tries some classifiers on one set of features.
    fn try_on(
        &mut self,
        corpus: &Corpus,
        set: &PipelineParams,
        learners: &[Classifier],
        n_folds: usize,
        stage: &'static str,
    ) -> Result<Vec<Tried>> {
        let start = Instant::now();
        let counted = Counted::new(corpus, set)?;
        let rows: Vec<usize> = (0..corpus.len()).collect();
        let all = counted.n_folds(&rows, self.params.folds);
        let folds = counted.folds(&rows, all.max(2))?;
        let mut found: Vec<Vec<OutOfFold>> = vec![Vec::new(); learners.len()];
        for fold in folds.iter().take(n_folds) {
            for (scores, found) in scores_of(&counted, fold, learners)?.into_iter().zip(&mut found) {
                found.push(OutOfFold { rows: fold.test.clone(), scores });
            }
            self.purse.trials += learners.len();
        }
        self.purse.paid(set, n_folds * learners.len() * corpus.len(), start.elapsed());
        let metric = self.params.metric;
        let targets = &counted.targets;
        let tried: Vec<Tried> = learners
            .par_iter()
            .zip(found)
            .map(|(learner, folds)| {
                let decisions = decide(&folds, targets, counted.groups.as_deref(), &set.decision)?;
                let at = decisions.heard(counted.groups.as_deref());
                let score = decisions.score(&at, targets, corpus.labels(), metric)?;
                let params = PipelineParams { classifier: learner.clone(), ..set.clone() };
                Ok(Tried { params, folds, decisions, score })
            })
            .collect::<Result<_>>()?;
        for t in &tried {
            self.trials.push(Trial {
                params: t.params.clone(),
                score: if metric.higher_is_better() { t.score } else { -t.score },
                folds: t.folds.len(),
                n: t.decisions.heard(counted.groups.as_deref()).len(),
                sampled: corpus.len() < self.corpus.len(),
            });
        }
        let of_stage = self.trials.iter().rev().take(tried.len());
        let best = of_stage.max_by(|a, b| {
            let order = a.score.total_cmp(&b.score);
            if metric.higher_is_better() { order } else { order.reverse() }
        });
        (self.watch)(TuneProgress {
            stage,
            trials: self.purse.trials,
            best: best.map(|t| t.score),
            params: best.map(|t| &t.params),
        });
        Ok(tried)
    }
}

/// The share of a corpus' text that cleaning masks, from up to 400 of its articles.
fn share_masked(params: &PipelineParams, corpus: &Corpus) -> Result<f64> {
    let reader = Reader::new(&params.reading)?;
    let step = corpus.len().div_ceil(400).max(1);
    let (masked, all) = corpus
        .examples()
        .par_iter()
        .step_by(step)
        .map(|e| {
            let masked: usize = reader.masks(&e.article).iter().map(|mask| mask.end - mask.start).sum();
            (masked, e.article.text().len() + e.article.title().map_or(0, str::len))
        })
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    Ok(masked as f64 / all.max(1) as f64)
}

/// The scores of a fold's test part under each classifier: weighed once for all of them.
fn scores_of(counted: &Counted<'_>, fold: &Fold, learners: &[Classifier]) -> Result<Vec<Vec<f64>>> {
    let counted = counted.as_read_by(&fold.train)?;
    let features = counted.features(&fold.train, &counted.params.features)?;
    let test = features.weighting.weigh(&counted.counts.matrix, &fold.test, &features.kept);
    learners
        .par_iter()
        .with_max_len(1)
        .map(|learner| {
            let model = counted.learn(&features, learner)?;
            Ok(model.decision_function(&test).into_raw_vec_and_offset().0)
        })
        .collect()
}
