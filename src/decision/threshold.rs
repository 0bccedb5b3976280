//! The probability from which a label is given.

use crate::error::{Error, Result};
use crate::evaluation::Metric;
use crate::label::Targets;

/// Tunes thresholds on out-of-fold probabilities: one a label, each its own best shrunk towards the best that all
/// labels share.
pub(super) fn tune(probabilities: &[f64], gold: &Targets, metric: Metric, shrinkage: f64) -> Result<Vec<f64>> {
    let k = gold.n_classes();
    let shared = Sweep::new(gold, None, metric)?.best(probabilities);
    if shrinkage == f64::INFINITY {
        return Ok(vec![shared; k]);
    }
    let support = gold.support();
    (0..k)
        .map(|label| {
            let own = Sweep::new(gold, Some(label), metric)?.best(probabilities);
            let weight = support[label] as f64;
            if weight == 0.0 {
                return Ok(shared);
            }
            // Between log-odds, where .02 and .2 are as far apart as .8 and .98.
            let mean = (weight * logit(own) + shrinkage * logit(shared)) / (weight + shrinkage);
            Ok(1.0 / (1.0 + (-mean).exp()))
        })
        .collect()
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(1e-9, 1.0 - 1e-9);
    (p / (1.0 - p)).ln()
}

/// A walk from "no label anywhere" to "every label everywhere", one decision after the other in descending order of
/// probability, that keeps the metric up to date in constant time a step.
struct Sweep<'a> {
    gold: &'a Targets,
    /// One label alone, or all.
    label: Option<usize>,
    metric: Metric,
    /// Of each label (and of each article, for `samples_f1` and `accuracy`).
    by_label: Vec<Counts>,
    by_row: Vec<Counts>,
    total: Counts,
    /// Sum over labels or articles of what the metric is the mean of.
    sum: f64,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    n: usize,
    gold: usize,
    predicted: usize,
    both: usize,
}

impl Counts {
    fn f1(self) -> f64 {
        let all = self.gold + self.predicted;
        if all == 0 { 0.0 } else { 2.0 * self.both as f64 / all as f64 }
    }

    fn balanced(self) -> f64 {
        let negatives = self.n - self.gold;
        let right_negatives = negatives - (self.predicted - self.both);
        let recall = |right: usize, all: usize| (all > 0).then(|| right as f64 / all as f64);
        match (recall(self.both, self.gold), recall(right_negatives, negatives)) {
            (Some(a), Some(b)) => (a + b) / 2.0,
            (one, other) => one.or(other).unwrap_or(0.0),
        }
    }

    fn all_right(self) -> f64 {
        f64::from(u8::from(self.gold == self.both && self.predicted == self.both))
    }
}

impl<'a> Sweep<'a> {
    fn new(gold: &'a Targets, label: Option<usize>, metric: Metric) -> Result<Sweep<'a>> {
        let tunable = [Metric::Accuracy, Metric::MacroF1, Metric::MicroF1, Metric::SamplesF1, Metric::BalancedAccuracy];
        if !tunable.contains(&metric) {
            let expected =
                "one that depends on thresholds: macro-f1, micro-f1, samples-f1, accuracy, balanced-accuracy";
            return Err(Error::param("metric", metric, expected));
        }
        // What is best for one label alone: all F1 are the label's F1 then.
        let metric = match (label, metric) {
            (Some(_), Metric::MicroF1 | Metric::SamplesF1) => Metric::MacroF1,
            _ => metric,
        };
        let (n, k) = (gold.n_samples(), gold.n_classes());
        let mut sweep = Sweep {
            gold,
            label,
            metric,
            by_label: vec![Counts { n, ..Counts::default() }; k],
            by_row: vec![Counts { n: label.map_or(k, |_| 1), ..Counts::default() }; n],
            total: Counts::default(),
            sum: 0.0,
        };
        for row in 0..n {
            for class in sweep.labels().filter(|&class| gold.has(row, class)) {
                sweep.by_label[class].gold += 1;
                sweep.by_row[row].gold += 1;
                sweep.total.gold += 1;
            }
        }
        sweep.sum = match metric {
            Metric::BalancedAccuracy => sweep.labels().map(|class| sweep.by_label[class].balanced()).sum(),
            Metric::Accuracy => sweep.by_row.iter().map(|row| row.all_right()).sum(),
            _ => 0.0, // nothing predicted, so every F1 is 0
        };
        Ok(sweep)
    }

    fn labels(&self) -> std::ops::Range<usize> {
        self.label.map_or(0..self.gold.n_classes(), |label| label..label + 1)
    }

    fn value(&self) -> f64 {
        match self.metric {
            Metric::MicroF1 => self.total.f1(),
            Metric::MacroF1 | Metric::BalancedAccuracy => self.sum / self.labels().len() as f64,
            _ => self.sum / self.by_row.len() as f64,
        }
    }

    /// Turns one decision from no to yes.
    fn give(&mut self, row: usize, class: usize) {
        let hit = usize::from(self.gold.has(row, class));
        self.total.predicted += 1;
        self.total.both += hit;
        let (counts, measure): (&mut Counts, fn(Counts) -> f64) = match self.metric {
            Metric::MacroF1 => (&mut self.by_label[class], Counts::f1),
            Metric::BalancedAccuracy => (&mut self.by_label[class], Counts::balanced),
            Metric::SamplesF1 => (&mut self.by_row[row], Counts::f1),
            _ => (&mut self.by_row[row], Counts::all_right),
        };
        let before = measure(*counts);
        counts.predicted += 1;
        counts.both += hit;
        self.sum += measure(*counts) - before;
    }

    /// The threshold of the greatest value: half-way between two probabilities; among equally good ones that
    /// nearest to one half.
    fn best(mut self, probabilities: &[f64]) -> f64 {
        let k = self.gold.n_classes();
        let decisions = (0..self.gold.n_samples()).flat_map(|row| self.labels().map(move |class| (row, class)));
        let mut decisions: Vec<(f64, usize, usize)> =
            decisions.map(|(row, class)| (probabilities[row * k + class], row, class)).collect();
        decisions.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));

        let mut best: Option<(f64, f64)> = None;
        let mut consider = |value: f64, threshold: f64| {
            let better = best.is_none_or(|(best, at)| {
                // sums of many steps: equal values may differ in the last bits
                value > best + 1e-12 || (value > best - 1e-12 && (threshold - 0.5).abs() < (at - 0.5).abs())
            });
            if better {
                best = Some((value, threshold));
            }
        };
        let top = decisions.first().map_or(1.0, |d| d.0);
        if top < 1.0 {
            consider(self.value(), between(top, 1.0));
        }
        let mut at = 0;
        while at < decisions.len() {
            let p = decisions[at].0;
            while at < decisions.len() && decisions[at].0 == p {
                self.give(decisions[at].1, decisions[at].2);
                at += 1;
            }
            consider(self.value(), between(decisions.get(at).map_or(0.0, |d| d.0), p));
        }
        best.map_or(0.5, |(_, threshold)| threshold)
    }
}

/// A threshold above `low` (which stays below it) and not above `high`; where a range has one half in it, that.
fn between(low: f64, high: f64) -> f64 {
    if low < 0.5 && 0.5 <= high {
        return 0.5;
    }
    let middle = low + (high - low) / 2.0;
    if middle > low { middle } else { high }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Evaluation;
    use crate::label::LabelSet;
    use crate::random::Random;
    use proptest::prelude::*;

    const TUNABLE: [Metric; 5] =
        [Metric::Accuracy, Metric::MacroF1, Metric::MicroF1, Metric::SamplesF1, Metric::BalancedAccuracy];

    fn score(probabilities: &[f64], gold: &Targets, thresholds: &[f64], metric: Metric) -> f64 {
        let k = gold.n_classes();
        let flags = probabilities.iter().enumerate().map(|(i, p)| *p >= thresholds[i % k]).collect();
        let labels = LabelSet::new((0..k).map(|c| format!("{c}")));
        let predicted = Targets::Several { n_classes: k, flags };
        Evaluation::new(&labels, gold, &predicted).unwrap().scores().get(metric).unwrap()
    }

    proptest! {
        #[test]
        fn no_other_shared_threshold_is_better(
            rows in prop::collection::vec(prop::collection::vec((0_u8..=10, any::<bool>()), 3), 1..12),
        ) {
            let flat: Vec<(u8, bool)> = rows.concat();
            let probabilities: Vec<f64> = flat.iter().map(|(p, _)| f64::from(*p) / 10.0).collect();
            let gold = Targets::Several { n_classes: 3, flags: flat.iter().map(|(_, g)| *g).collect() };
            for metric in TUNABLE {
                let tuned = tune(&probabilities, &gold, metric, f64::INFINITY).unwrap();
                let found = score(&probabilities, &gold, &tuned, metric);
                for step in 0..=20 {
                    let other = score(&probabilities, &gold, &[f64::from(step) * 0.05 + 0.001 * f64::from(step % 2); 3], metric);
                    prop_assert!(found >= other - 1e-9, "{metric}: {found} at {tuned:?}, {other} at {step}/20");
                }
                prop_assert!(tuned.iter().all(|t| (0.0..=1.0).contains(t)));
            }
        }
    }

    #[test]
    fn shrinkage_goes_from_each_labels_own_to_the_shared_threshold() {
        // label 0 is frequent and best cut at .3, label 1 rare and best cut at .6
        let mut random = Random::new(4);
        let (mut probabilities, mut flags) = (Vec::new(), Vec::new());
        for row in 0..400 {
            let (frequent, rare) = (random.unit(), random.unit());
            probabilities.extend([frequent, rare]);
            flags.extend([frequent >= 0.3, rare >= 0.6 && row % 20 == 0]);
        }
        let gold = Targets::Several { n_classes: 2, flags };
        let at = |shrinkage| tune(&probabilities, &gold, Metric::MacroF1, shrinkage).unwrap();
        let (own, some, shared) = (at(0.0), at(50.0), at(f64::INFINITY));
        assert!((own[0] - 0.3).abs() < 0.02, "{own:?}");
        assert_eq!(shared[0], shared[1]);
        assert!((some[0] - own[0]).abs() < 0.3 * (shared[0] - own[0]).abs(), "{own:?} {some:?} {shared:?}");
        assert!((some[1] - shared[1]).abs() < 0.3 * (shared[1] - own[1]).abs(), "{own:?} {some:?} {shared:?}");
    }

    #[test]
    fn a_label_without_articles_takes_the_shared_threshold() {
        let gold = Targets::Several { n_classes: 2, flags: vec![true, false, false, false, true, false] };
        let thresholds = tune(&[0.8, 0.9, 0.1, 0.2, 0.7, 0.1], &gold, Metric::MicroF1, 0.0).unwrap();
        assert_eq!(
            thresholds[1],
            tune(&[0.8, 0.9, 0.1, 0.2, 0.7, 0.1], &gold, Metric::MicroF1, f64::INFINITY).unwrap()[0]
        );
        assert_eq!(thresholds[0], 0.5);
    }

    #[test]
    fn losses_cannot_be_tuned() {
        let gold = Targets::Several { n_classes: 1, flags: vec![true, false] };
        let message = tune(&[0.5, 0.5], &gold, Metric::LogLoss, 0.0).unwrap_err().to_string();
        assert!(message.contains("log_loss") && message.contains("micro-f1"), "{message}");
    }

    #[test]
    fn a_threshold_parts_what_it_stands_between() {
        for (low, high) in [(0.0, 1.0), (0.1, 0.2), (0.3, 0.3_f64.next_up()), (0.0, f64::MIN_POSITIVE), (0.7, 1.0)] {
            let t = between(low, high);
            assert!(low < t && t <= high, "{low} {t} {high}");
        }
        assert_eq!(between(0.2, 0.9), 0.5);
    }
}
