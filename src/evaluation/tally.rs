//! Counts from which every score follows.

use super::curves::{Bins, Judgement};
use super::metrics::{LabelScores, Scores};
use super::ranking::{self, Ranked};
use super::{Evaluation, Probabilities};
use crate::label::Targets;

/// How often each article counts: once, or as often as a bootstrap sample drew it.
#[derive(Clone, Copy)]
pub(super) enum Weights<'a> {
    Ones,
    Counts(&'a [u32]),
}

impl Weights<'_> {
    pub(super) fn of(self, row: usize) -> u64 {
        match self {
            Weights::Ones => 1,
            Weights::Counts(counts) => u64::from(counts[row]),
        }
    }
}

/// Sums over the articles.
struct Tally {
    n: u64,
    exact: u64,
    tp: Vec<u64>,
    gold: Vec<u64>,
    predicted: Vec<u64>,
    /// Gold class by predicted class, row after row; empty for several labels.
    confusion: Vec<u64>,
    samples_f1: f64,
    distance: u64,
}

impl Tally {
    fn new(evaluation: &Evaluation<'_>, weights: Weights<'_>) -> Tally {
        let k = evaluation.gold.n_classes();
        let mut tally = Tally {
            n: 0,
            exact: 0,
            tp: vec![0; k],
            gold: vec![0; k],
            predicted: vec![0; k],
            confusion: Vec::new(),
            samples_f1: 0.0,
            distance: 0,
        };
        match (evaluation.gold, evaluation.predicted) {
            (Targets::One { classes: gold, .. }, Targets::One { classes: predicted, .. }) => {
                tally.confusion.resize(k * k, 0);
                for (row, (&g, &p)) in gold.iter().zip(predicted).enumerate() {
                    let weight = weights.of(row);
                    tally.n += weight;
                    tally.confusion[g as usize * k + p as usize] += weight;
                    if let Some(ranks) = &evaluation.ranks {
                        tally.distance += weight * u64::from(ranks[g as usize].abs_diff(ranks[p as usize]));
                    }
                }
                for g in 0..k {
                    for p in 0..k {
                        let count = tally.confusion[g * k + p];
                        tally.gold[g] += count;
                        tally.predicted[p] += count;
                    }
                    tally.tp[g] = tally.confusion[g * k + g];
                }
                tally.exact = tally.tp.iter().sum();
            }
            (Targets::Several { flags: gold, .. }, Targets::Several { flags: predicted, .. }) => {
                for (row, (gold, predicted)) in gold.chunks_exact(k).zip(predicted.chunks_exact(k)).enumerate() {
                    tally.add_flags(gold, predicted, weights.of(row));
                }
            }
            _ => {} // refused by Evaluation::new
        }
        tally
    }

    fn add_flags(&mut self, gold: &[bool], predicted: &[bool], weight: u64) {
        let (mut both, mut either) = (0_u64, 0_u64);
        for (class, (&g, &p)) in gold.iter().zip(predicted).enumerate() {
            self.tp[class] += weight * u64::from(g && p);
            self.gold[class] += weight * u64::from(g);
            self.predicted[class] += weight * u64::from(p);
            both += u64::from(g && p);
            either += u64::from(g) + u64::from(p);
        }
        self.n += weight;
        self.exact += weight * u64::from(gold == predicted);
        self.samples_f1 += weight as f64 * quotient(2 * both, either);
    }
}

/// A quotient that is 0 where there is nothing to divide by (`zero_division=0`).
fn quotient(a: u64, b: u64) -> f64 {
    if b == 0 { 0.0 } else { a as f64 / b as f64 }
}

/// The mean; 0 of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0_u64), |(sum, n), v| (sum + v, n + 1));
    if n == 0 { 0.0 } else { sum / n as f64 }
}

impl Evaluation<'_> {
    /// The scores where article `row` counts `weights.of(row)` times. Without `ranking`, the areas under
    /// curves are left out: they cost a walk over all articles for every label.
    pub(super) fn weighted(&self, weights: Weights<'_>, ranking: bool) -> Scores {
        let k = self.gold.n_classes();
        let tally = Tally::new(self, weights);
        let several = matches!(self.gold, Targets::Several { .. });
        let ranked = self.probabilities.as_ref().filter(|_| ranking).map(|p| self.ranked(p, weights));

        let f1 = |c: usize| quotient(2 * tally.tp[c], tally.gold[c] + tally.predicted[c]);
        let per_label: Vec<(String, LabelScores)> = (0..k)
            .map(|c| {
                let scores = LabelScores {
                    precision: quotient(tally.tp[c], tally.predicted[c]),
                    recall: quotient(tally.tp[c], tally.gold[c]),
                    f1: f1(c),
                    support: tally.gold[c],
                    roc_auc: ranked.as_ref().and_then(|r| r[c].roc_auc),
                    average_precision: ranked.as_ref().map(|r| r[c].average_precision),
                };
                (self.labels.name(c).to_string(), scores)
            })
            .collect();
        let balanced_accuracy = if several {
            mean((0..k).map(|c| {
                let (p, n) = (tally.gold[c], tally.n - tally.gold[c]);
                let tn = n - (tally.predicted[c] - tally.tp[c]);
                mean([(tally.tp[c], p), (tn, n)].into_iter().filter(|(_, all)| *all > 0).map(|(a, b)| quotient(a, b)))
            }))
        } else {
            mean((0..k).filter(|&c| tally.gold[c] > 0).map(|c| quotient(tally.tp[c], tally.gold[c])))
        };
        let sum = |counts: &[u64]| counts.iter().sum::<u64>();
        let per_row = |values: &[f64]| {
            let total: f64 = values.iter().enumerate().map(|(row, v)| weights.of(row) as f64 * v).sum();
            if tally.n == 0 { 0.0 } else { total / tally.n as f64 }
        };
        Scores {
            n: tally.n,
            accuracy: quotient(tally.exact, tally.n),
            macro_f1: mean((0..k).filter(|&c| several || tally.gold[c] + tally.predicted[c] > 0).map(f1)),
            micro_f1: quotient(2 * sum(&tally.tp), sum(&tally.gold) + sum(&tally.predicted)),
            balanced_accuracy,
            mae: self.ranks.as_ref().map(|_| quotient(tally.distance, tally.n)),
            log_loss: self.probabilities.as_ref().map(|p| per_row(&p.log_loss)),
            brier: self.probabilities.as_ref().map(|p| per_row(&p.brier)),
            ece: self.probabilities.as_ref().map(|p| self.bins(p, weights).ece()),
            per_label,
            interval: Vec::new(),
            samples_f1: (several && tally.n > 0).then(|| tally.samples_f1 / tally.n as f64),
            roc_auc: ranked.as_ref().and_then(|ranked| {
                let areas: Vec<f64> = ranked.iter().filter_map(|r| r.roc_auc).collect();
                (!areas.is_empty()).then(|| mean(areas.into_iter()))
            }),
            average_precision: ranked.as_ref().map(|ranked| mean(ranked.iter().map(|r| r.average_precision))),
            confusion: (!several).then(|| tally.confusion.chunks_exact(k).map(<[u64]>::to_vec).collect()),
        }
    }

    fn ranked(&self, probabilities: &Probabilities<'_>, weights: Weights<'_>) -> Vec<Ranked> {
        let k = self.gold.n_classes();
        let rank = |(class, order): (usize, &Vec<u32>)| {
            ranking::rank(order, |row| {
                (probabilities.values[row * k + class], self.gold.has(row, class), weights.of(row))
            })
        };
        probabilities.orders.iter().enumerate().map(rank).collect()
    }

    pub(super) fn bins(&self, probabilities: &Probabilities<'_>, weights: Weights<'_>) -> Bins {
        let mut bins = Bins::default();
        let per_row = probabilities.judgements.len() / self.gold.n_samples().max(1);
        for (row, judgements) in probabilities.judgements.chunks_exact(per_row.max(1)).enumerate() {
            let weight = weights.of(row);
            for &Judgement { confidence, right } in judgements {
                bins.add(f64::from(confidence), right, weight);
            }
        }
        bins
    }
}
