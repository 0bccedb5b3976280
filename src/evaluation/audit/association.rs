//! How much one property of the rows tells about their labels.

use super::field::Field;
use crate::label::{Targets, Task};

/// How closely labels follow a property.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Association {
    /// Cramér's V, corrected for bias; for several labels the mean over them.
    pub cramers_v: f64,
    /// Bits that the property tells about the labels, corrected for bias.
    pub mutual_information: f64,
    /// The share of the labels' entropy that these bits are.
    pub explained: f64,
}

/// Counts of rows with a value by class: value after value. Rows without a value are left out.
///
/// One class: a column a class. Several labels: pass one label with `label`; its columns are without and with.
fn table(field: &Field, targets: &Targets, label: Option<usize>) -> (Vec<f64>, usize) {
    let k = if label.is_some() { 2 } else { targets.n_classes() };
    let mut counts = vec![0.0; field.values.len() * k];
    for (row, value) in field.of.iter().enumerate() {
        let Some(value) = value else { continue };
        let column = match (label, targets) {
            (Some(label), _) => usize::from(targets.has(row, label)),
            (None, Targets::One { classes, .. }) => classes[row] as usize,
            (None, Targets::Several { .. }) => continue,
        };
        counts[*value as usize * k + column] += 1.0;
    }
    (counts, k)
}

pub(super) fn association(field: &Field, targets: &Targets) -> Association {
    let tables: Vec<(Vec<f64>, usize)> = match targets.task() {
        Task::One => vec![table(field, targets, None)],
        Task::Several => (0..targets.n_classes()).map(|label| table(field, targets, Some(label))).collect(),
    };
    let (mut v, mut information, mut entropy, mut n_v) = (0.0, 0.0, 0.0, 0_u32);
    for (counts, k) in &tables {
        let found = measure(counts, *k);
        v += found.v.unwrap_or(0.0);
        n_v += u32::from(found.v.is_some());
        information += found.information;
        entropy += found.entropy;
    }
    Association {
        cramers_v: v / f64::from(n_v.max(1)),
        mutual_information: information,
        explained: if entropy > 0.0 { (information / entropy).min(1.0) } else { 0.0 },
    }
}

struct Measured {
    v: Option<f64>,
    information: f64,
    entropy: f64,
}

/// Cramér's V after Bergsma (2013), and mutual information less the bias (r − 1)(k − 1) / 2n of Miller and Madow (1955).
///
/// References: Bergsma: A bias-correction for Cramér's V and Tschuprow's T, Journal of the Korean Statistical Society 42,
/// 2013; Miller: Note on the bias of information estimates, 1955.
fn measure(counts: &[f64], k: usize) -> Measured {
    let rows: Vec<f64> = counts.chunks_exact(k).map(|row| row.iter().sum()).collect();
    let columns: Vec<f64> = (0..k).map(|c| counts.iter().skip(c).step_by(k).sum()).collect();
    let n: f64 = rows.iter().sum();
    let used = |sums: &[f64]| sums.iter().filter(|s| **s > 0.0).count() as f64;
    let (r, c) = (used(&rows), used(&columns));
    let entropy: f64 = columns.iter().filter(|s| **s > 0.0).map(|s| -(s / n) * (s / n).log2()).sum();
    if n < 2.0 || r < 2.0 || c < 2.0 {
        return Measured { v: None, information: 0.0, entropy };
    }
    let (mut chi2, mut information) = (0.0, 0.0);
    for (row, sum) in counts.chunks_exact(k).zip(&rows) {
        for (count, column) in row.iter().zip(&columns) {
            let expected = sum * column / n;
            if expected > 0.0 {
                chi2 += (count - expected).powi(2) / expected;
            }
            if *count > 0.0 {
                information += count / n * (count / expected).log2();
            }
        }
    }
    let phi2 = (chi2 / n - (r - 1.0) * (c - 1.0) / (n - 1.0)).max(0.0);
    let corrected = |m: f64| m - (m - 1.0).powi(2) / (n - 1.0);
    let most = corrected(r).min(corrected(c)) - 1.0;
    let v = if most > 0.0 { (phi2 / most).sqrt().min(1.0) } else { 0.0 };
    let bias = (r - 1.0) * (c - 1.0) / (2.0 * n * std::f64::consts::LN_2);
    Measured { v: Some(v), information: (information - bias).max(0.0), entropy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn field(values: &[&str]) -> Field {
        Field::new("language", "lang", &values.iter().map(Some).collect::<Vec<_>>())
    }

    #[test]
    fn a_value_that_decides_the_label_has_one_and_chance_none() {
        let values: Vec<&str> = (0..400).map(|i| ["a", "b"][i % 2]).collect();
        let one = |classes: Vec<u32>| Targets::One { n_classes: 2, classes };
        let found = association(&field(&values), &one((0..400).map(|i| i % 2).collect()));
        assert!(found.cramers_v > 0.99 && found.explained > 0.98, "{found:?}");
        assert!((found.mutual_information - 1.0).abs() < 0.01, "{found:?}");
        let mut random = Random::new(1);
        let many: Vec<String> = (0..400).map(|_| random.below(60).to_string()).collect();
        let many = Field::new("outlet", "domain", &many.iter().map(Some).collect::<Vec<_>>());
        // Without the corrections, 60 values of about 7 rows would look like V = .38 and 11 % of the entropy.
        let found = association(&many, &one((0..400).map(|_| random.below(2) as u32).collect()));
        assert!(found.cramers_v < 0.15 && found.explained < 0.05, "{found:?}");
    }

    #[test]
    fn the_measures_of_a_small_table_are_those_written_out() {
        // 30/10 against 10/30: chi2 = 20, n = 80; phi2 = .25 - 1/79, each side 2 - 1/79
        let found = measure(&[30.0, 10.0, 10.0, 30.0], 2);
        let v = ((0.25 - 1.0 / 79.0) / (1.0 - 1.0 / 79.0_f64)).sqrt();
        assert!((found.v.unwrap() - v).abs() < 1e-12);
        let information = 2.0 * 0.375 * 1.5_f64.log2() + 2.0 * 0.125 * 0.5_f64.log2();
        let bias = 1.0 / (160.0 * std::f64::consts::LN_2);
        assert!((found.information - (information - bias)).abs() < 1e-12);
        assert!((found.entropy - 1.0).abs() < 1e-12);
    }

    #[test]
    fn several_labels_count_each_on_its_own_and_rows_without_a_value_not_at_all() {
        let flags = (0..100).flat_map(|i| [i % 2 == 0, i % 3 == 0]).collect();
        let targets = Targets::Several { n_classes: 2, flags };
        let rows: Vec<Option<&str>> = (0..100).map(|i| if i < 80 { Some(["x", "y"][i % 2]) } else { None }).collect();
        let found = association(&Field::new("topic", "topic", &rows), &targets);
        assert!((found.cramers_v - 0.5).abs() < 0.05, "{found:?}");
    }
}
