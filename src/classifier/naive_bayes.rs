//! Naive Bayes: multinomial and complement.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::{Deserialize, Serialize};

use crate::classifier::class_weight::ClassWeight;
use crate::classifier::linear::LinearModel;
use crate::classifier::targets::{Input, IntoTargets};
use crate::error::{Error, Result};
use crate::features::FeatureMatrix;
use crate::label::Task;
use crate::params::{Check, Params};

/// The two variants of naive Bayes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NaiveBayesKind {
    /// Terms drawn by the class: `w_jk = ln((N_jk + α) / (N_k + α n))`, with the class's prior as intercept.
    #[default]
    Multinomial,
    /// Terms *not* drawn by the rest (Rennie, Shih, Teevan, Karger, ICML 2003): `w_jk = -ln((Ñ_jk + α) / (Ñ_k + α n))`, where `Ñ`
    /// counts the other classes; no prior. Better where classes differ in size.
    Complement,
}

/// Naive Bayes, as scikit-learn's `MultinomialNB` and `ComplementNB(norm=False)` define it.
///
/// | field | default | range |
/// |---|---|---|
/// | `kind` | multinomial | |
/// | `alpha` | 1.0 | above 0 |
/// | `class_weight` | none | above 0 |
///
/// With several labels, each label is a problem of its own (with it, without it), and its score is the difference of the two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NaiveBayes {
    /// Multinomial or complement.
    pub kind: NaiveBayesKind,
    /// Smoothing of the counts.
    pub alpha: f64,
    /// Weights of the classes; they multiply the rows' counts.
    pub class_weight: ClassWeight,
}

impl NaiveBayes {
    /// The parameters with their defaults.
    pub fn params() -> Params<NaiveBayes> {
        Params::default()
    }
}

impl Default for NaiveBayes {
    fn default() -> Self {
        NaiveBayes { kind: NaiveBayesKind::Multinomial, alpha: 1.0, class_weight: ClassWeight::None }
    }
}

impl Params<NaiveBayes> {
    /// Sets the variant.
    #[must_use]
    pub fn kind(mut self, kind: NaiveBayesKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Sets the smoothing of the counts.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }
}

impl Check for NaiveBayes {
    fn check(&self) -> Result<()> {
        if !(self.alpha.is_finite() && self.alpha > 0.0) {
            return Err(Error::param("alpha", self.alpha, "a number above 0"));
        }
        self.class_weight.check()
    }
}

impl<T: IntoTargets> Fit<FeatureMatrix, T, Error> for NaiveBayes {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<FeatureMatrix, T>) -> Result<LinearModel> {
        let input = Input::new(dataset)?;
        let x = &dataset.records;
        let targets = &input.targets;
        let (n_features, n_classes) = (x.n_features(), targets.n_classes());
        let (positive, negative) = self.class_weight.factors(&input)?;
        let one = targets.task() == Task::One;
        // Sums of each feature over the rows with the class, and over those without it.
        let mut with = vec![0f64; n_features * n_classes];
        let mut without = vec![0f64; n_features * n_classes];
        let (mut rows_with, mut rows_without) = (vec![0f64; n_classes], vec![0f64; n_classes]);
        for row in 0..x.n_samples() {
            let weight = f64::from(input.weights[row]);
            for k in 0..n_classes {
                let has = targets.has(row, k);
                // One class: a row weighs what its own class weighs, whichever class is looked at.
                let factor = match (one, has) {
                    (true, _) => (0..n_classes).find(|&k| targets.has(row, k)).map_or(1.0, |k| positive[k]),
                    (false, true) => positive[k],
                    (false, false) => negative[k],
                };
                let weight = weight * f64::from(factor);
                let (sums, rows) = if has { (&mut with, &mut rows_with) } else { (&mut without, &mut rows_without) };
                rows[k] += weight;
                for e in x.entries(row) {
                    sums[e.column as usize * n_classes + k] += weight * f64::from(e.value);
                }
            }
        }
        let smoothed = |sums: &[f64], k: usize| -> (f64, Vec<f64>) {
            let total: f64 = sums.iter().skip(k).step_by(n_classes).sum::<f64>() + self.alpha * n_features as f64;
            (total, sums.iter().skip(k).step_by(n_classes).map(|s| s + self.alpha).collect())
        };
        let column = |k: usize| -> (Vec<f32>, f32) {
            let (total_with, counts_with) = smoothed(&with, k);
            let (total_without, counts_without) = smoothed(&without, k);
            let ln = |count: f64, total: f64| (count / total).ln();
            let pairs = counts_with.iter().zip(&counts_without);
            let prior = |rows: f64| rows.max(f64::MIN_POSITIVE).ln();
            let all = rows_with[k] + rows_without[k];
            match (self.kind, one) {
                (NaiveBayesKind::Multinomial, true) => (
                    counts_with.iter().map(|&c| ln(c, total_with) as f32).collect(),
                    (prior(rows_with[k]) - prior(all)) as f32,
                ),
                (NaiveBayesKind::Complement, true) => {
                    (counts_without.iter().map(|&c| -ln(c, total_without) as f32).collect(), 0.0)
                }
                (kind, false) => {
                    let weights = pairs.map(|(&w, &o)| (ln(w, total_with) - ln(o, total_without)) as f32).collect();
                    let intercept = match kind {
                        NaiveBayesKind::Multinomial => prior(rows_with[k]) - prior(rows_without[k]),
                        NaiveBayesKind::Complement => 0.0,
                    };
                    (weights, intercept as f32)
                }
            }
        };
        let columns: Vec<(Vec<f32>, f32)> = if one && n_classes == 2 {
            // Two classes share one column: the difference.
            let (first, second) = (column(0), column(1));
            vec![(second.0.iter().zip(&first.0).map(|(b, a)| 0.5 * (b - a)).collect(), 0.5 * (second.1 - first.1))]
        } else {
            (0..n_classes).map(column).collect()
        };
        Ok(LinearModel::from_columns(columns, n_classes, targets.task()))
    }
}
