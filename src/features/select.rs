//! Which terms to keep: by document frequency, by total count, by the chi-squared statistic.

use crate::features::matrix::FeatureMatrix;
use crate::label::{Targets, Task};

/// The columns that are the `k` best by a score; ties go to the lower column. Ascending.
pub(crate) fn best(scores: &[f64], k: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]).then(a.cmp(&b)));
    order.truncate(k);
    order.sort_unstable();
    order
}

/// How often each term occurs in some articles together.
pub(crate) fn totals(counts: &FeatureMatrix, rows: &[usize]) -> Vec<f64> {
    let mut totals = vec![0.0; counts.n_features()];
    for &row in rows {
        counts.row(row).for_each(|(column, value)| totals[column as usize] += f64::from(value));
    }
    totals
}

/// The chi-squared statistic of each term against the classes, as `sklearn.feature_selection.chi2` defines it:
/// `Σ_c (observed - expected)² / expected`, where observed is the term's count in class `c` and expected is its
/// count in all articles times the share of articles in `c`. With several labels, each label counts as two classes
/// (with it and without) and the statistics add up.
///
/// `targets` are those of `rows`, in their order, and so are `weights`: with them an article counts as if it stood there that often.
pub(crate) fn chi2(counts: &FeatureMatrix, rows: &[usize], targets: &Targets, weights: Option<&[f32]>) -> Vec<f64> {
    let n_classes = targets.n_classes();
    let n_features = counts.n_features();
    let mut observed = vec![0.0; n_features * n_classes];
    let mut totals = vec![0.0; n_features];
    let mut support = vec![0.0; n_classes];
    let mut n = 0.0;
    for (place, &row) in rows.iter().enumerate() {
        let weight = weights.map_or(1.0, |weights| f64::from(weights[place]));
        n += weight;
        counts.row(row).for_each(|(column, v)| totals[column as usize] += weight * f64::from(v));
        for class in (0..n_classes).filter(|&c| targets.has(place, c)) {
            support[class] += weight;
            counts
                .row(row)
                .for_each(|(column, v)| observed[column as usize * n_classes + class] += weight * f64::from(v));
        }
    }
    let shares: Vec<f64> = support.iter().map(|s| s / n).collect();
    let term = |observed: f64, expected: f64| {
        if expected > 0.0 { (observed - expected).powi(2) / expected } else { 0.0 }
    };
    (0..n_features)
        .map(|column| {
            let total = totals[column];
            (0..n_classes)
                .map(|class| {
                    let seen = observed[column * n_classes + class];
                    let expected = total * shares[class];
                    let rest = match targets.task() {
                        Task::One => 0.0,
                        Task::Several => term(total - seen, total - expected),
                    };
                    term(seen, expected) + rest
                })
                .sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_columns_come_in_order() {
        assert_eq!(best(&[1.0, 5.0, 5.0, 0.0], 2), [1, 2]);
        assert_eq!(best(&[5.0, 5.0, 5.0], 2), [0, 1]);
    }

    #[test]
    fn a_term_of_one_class_beats_a_term_of_both() {
        let rows = [vec![(0, 2.0), (1, 1.0)], vec![(0, 1.0)], vec![(1, 1.0)], vec![(1, 1.0)]];
        let counts = FeatureMatrix::from_rows(2, rows).unwrap();
        let targets = Targets::One { n_classes: 2, classes: vec![0, 0, 1, 1] };
        let scores = chi2(&counts, &[0, 1, 2, 3], &targets, None);
        // Term 0: 3 in class 0, none in class 1, 1.5 expected in each.
        assert!((scores[0] - 3.0).abs() < 1e-12);
        assert!((scores[1] - 2.0 * 0.25 / 1.5).abs() < 1e-12);
        // A weight of 2 is an article that stands there twice.
        let twice = Targets::One { n_classes: 2, classes: vec![0, 0, 0, 1, 1] };
        let weighted = chi2(&counts, &[0, 1, 2, 3], &targets, Some(&[2.0, 1.0, 1.0, 1.0]));
        for (a, b) in weighted.iter().zip(chi2(&counts, &[0, 0, 1, 2, 3], &twice, None)) {
            assert!((a - b).abs() < 1e-12);
        }
    }
}
