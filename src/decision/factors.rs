//! How classes are weighed against each other where one of them is the answer.

use crate::evaluation::{Metric, first_maximum};
use crate::label::Targets;

/// Times that each class is gone over.
const ROUNDS: usize = 3;
/// The largest factor between two classes.
const LARGEST: f64 = 8.0;

/// Whether a metric asks for anything else than the most probable class.
pub(super) fn serve(metric: Metric) -> bool {
    matches!(metric, Metric::MacroF1 | Metric::BalancedAccuracy)
}

/// Tunes the factors of out-of-fold probabilities: the answer is the class with the largest product of factor and
/// probability.
///
/// One class after the other is moved to where the metric is largest, the others held. The more articles a class has, the
/// nearer to that its factor is: to the power n / (n + shrinkage).
pub(super) fn tune(probabilities: &[f64], gold: &Targets, metric: Metric, shrinkage: f64) -> Vec<f64> {
    let k = gold.n_classes();
    let support = gold.support();
    let log: Vec<f64> = probabilities.iter().map(|p| p.max(1e-12).ln()).collect();
    let mut own = vec![0.0; k];
    for _ in 0..ROUNDS {
        for class in 0..k {
            own[class] = best(&log, gold, &support, &own, class, metric);
        }
    }
    let shrunk = |(b, &n): (&f64, &usize)| (b * n as f64 / (n as f64 + shrinkage)).exp();
    own.iter().zip(&support).map(shrunk).collect()
}

/// The log-factor of a class with which the metric is largest; the middle of the range where it is.
fn best(log: &[f64], gold: &Targets, support: &[usize], own: &[f64], class: usize, metric: Metric) -> f64 {
    let k = own.len();
    // Of each row: from which log-factor the class is the answer, and which class is the answer below.
    let mut rows: Vec<(f64, usize, usize)> = log
        .chunks_exact(k)
        .enumerate()
        .map(|(row, log)| {
            let rest: Vec<f64> = (0..k).map(|c| if c == class { f64::NEG_INFINITY } else { log[c] + own[c] }).collect();
            let other = first_maximum(&rest);
            (rest[other] - log[class], other, row)
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut counts: Vec<(usize, usize)> = vec![(0, 0); k];
    for &(_, other, row) in &rows {
        counts[other].0 += 1;
        counts[other].1 += usize::from(gold.has(row, other));
    }
    let value = |c: usize, counts: &[(usize, usize)]| {
        let (predicted, right) = counts[c];
        let of = if metric == Metric::BalancedAccuracy { support[c] } else { support[c] + predicted };
        let times = if metric == Metric::BalancedAccuracy { 1.0 } else { 2.0 };
        if of == 0 { 0.0 } else { times * right as f64 / of as f64 }
    };
    let mut sum: f64 = (0..k).map(|c| value(c, &counts)).sum();
    let limit = LARGEST.ln();
    let (mut top, mut from, mut to) = (f64::NEG_INFINITY, 0.0, 0.0);
    let mut i = 0;
    while i <= rows.len() {
        let low = if i == 0 { -limit } else { rows[i - 1].0 };
        let high = rows.get(i).map_or(limit, |r| r.0);
        if high > low && low < limit && high > -limit {
            let (low, high) = (low.max(-limit), high.min(limit));
            if sum > top + 1e-12 {
                (top, from, to) = (sum, low, high);
            } else if sum >= top - 1e-12 && low <= to {
                to = high;
            }
        }
        if let Some(&(_, other, row)) = rows.get(i) {
            sum -= value(other, &counts) + value(class, &counts);
            counts[other].0 -= 1;
            counts[other].1 -= usize::from(gold.has(row, other));
            counts[class].0 += 1;
            counts[class].1 += usize::from(gold.has(row, class));
            sum += value(other, &counts) + value(class, &counts);
        }
        i += 1;
    }
    (from + to) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Calibrated probabilities of a class that a fifth of the rows have.
    fn rare(n: usize) -> (Vec<f64>, Targets) {
        let mut random = Random::new(5);
        let (mut probabilities, mut classes) = (Vec::new(), Vec::new());
        for _ in 0..n {
            let p = random.unit().powi(4);
            probabilities.extend([1.0 - p, p]);
            classes.push(u32::from(random.unit() < p));
        }
        (probabilities, Targets::One { n_classes: 2, classes })
    }

    fn recall_of_the_rare(factors: &[f64], probabilities: &[f64], gold: &Targets) -> f64 {
        let chosen = |row: usize| factors[1] * probabilities[2 * row + 1] > factors[0] * probabilities[2 * row];
        let of_class: Vec<usize> = (0..gold.n_samples()).filter(|&row| gold.has(row, 1)).collect();
        of_class.iter().filter(|&&row| chosen(row)).count() as f64 / of_class.len() as f64
    }

    #[test]
    fn a_rare_class_is_favoured_and_less_so_with_few_rows() {
        let (p, gold) = rare(20_000);
        let factors = tune(&p, &gold, Metric::BalancedAccuracy, 0.0);
        // Balanced accuracy of calibrated probabilities is largest where the threshold is the share of the class.
        let share = gold.support()[1] as f64 / 20_000.0;
        let threshold = factors[0] / (factors[0] + factors[1]);
        assert!((threshold - share).abs() < 0.04, "{threshold} {share}");
        let macro_f1 = tune(&p, &gold, Metric::MacroF1, 0.0);
        let plain = recall_of_the_rare(&[1.0, 1.0], &p, &gold);
        assert!(recall_of_the_rare(&macro_f1, &p, &gold) > plain);
        let (p, gold) = rare(60);
        let (free, drawn) = (tune(&p, &gold, Metric::MacroF1, 0.0), tune(&p, &gold, Metric::MacroF1, 1e9));
        assert!(drawn.iter().all(|f| (f - 1.0).abs() < 1e-6) && free != drawn);
    }

    #[test]
    fn certain_probabilities_and_classes_without_articles_are_left_alone() {
        let gold = Targets::One { n_classes: 3, classes: vec![0, 1, 0, 1] };
        let p = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.9, 0.1, 0.0, 0.2, 0.8, 0.0];
        let factors = tune(&p, &gold, Metric::MacroF1, 100.0);
        for (row, p) in p.chunks_exact(3).enumerate() {
            let weighed: Vec<f64> = p.iter().zip(&factors).map(|(p, f)| p * f).collect();
            assert!(gold.has(row, first_maximum(&weighed)));
        }
        assert!(factors.iter().all(|f| (1.0 / LARGEST..=LARGEST).contains(f)));
    }
}
