//! NB-SVM: a support-vector machine on features scaled by naive Bayes log-count ratios.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::{Deserialize, Serialize};

use crate::classifier::class_weight::ClassWeight;
use crate::classifier::dual::{Loss, Problem, Stop};
use crate::classifier::linear::LinearModel;
use crate::classifier::logistic::check_solver;
use crate::classifier::targets::{Input, IntoTargets};
use crate::error::{Error, Result};
use crate::features::FeatureMatrix;
use crate::label::{Targets, Task};
use crate::params::{Check, Params};

/// A linear SVM whose features are scaled, class by class, by `r_j = ln((α + p_j)/‖α + p‖₁) - ln((α + q_j)/‖α + q‖₁)`, where `p`
/// and `q` sum the feature over the rows with and without the class.
///
/// | field | default | range |
/// |---|---|---|
/// | `c` | 1.0 | above 0 |
/// | `alpha` | 1.0 | above 0 |
/// | `class_weight`, `tol`, `max_iter`, `seed` | as for [`Svm`](crate::Svm) | |
///
/// Wang and Manning, *Baselines and bigrams: simple, good sentiment and topic classification*, ACL 2012.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NbSvm {
    /// Inverse regularisation strength.
    pub c: f64,
    /// Smoothing of the counts.
    pub alpha: f64,
    /// Weights of the classes.
    pub class_weight: ClassWeight,
    /// Stop when the dual variables changed by less than this share of their sum in a pass.
    pub tol: f64,
    /// Most passes over the rows.
    pub max_iter: u32,
    /// Seed of the order in which rows are visited.
    pub seed: u64,
}

impl NbSvm {
    /// The parameters with their defaults.
    pub fn params() -> Params<NbSvm> {
        Params::default()
    }
}

impl Default for NbSvm {
    fn default() -> Self {
        NbSvm { c: 1.0, alpha: 1.0, class_weight: ClassWeight::None, tol: 0.02, max_iter: 100, seed: 0 }
    }
}

impl Params<NbSvm> {
    /// Sets the inverse regularisation strength.
    #[must_use]
    pub fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// Sets the smoothing of the counts.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }

    /// Sets the weights of the classes.
    #[must_use]
    pub fn class_weight(mut self, class_weight: ClassWeight) -> Self {
        self.0.class_weight = class_weight;
        self
    }
}

impl Check for NbSvm {
    fn check(&self) -> Result<()> {
        check_solver(self.c, self.tol, self.max_iter)?;
        if !(self.alpha.is_finite() && self.alpha > 0.0) {
            return Err(Error::param("alpha", self.alpha, "a number above 0"));
        }
        self.class_weight.check()
    }
}

impl<T: IntoTargets> Fit<FeatureMatrix, T, Error> for NbSvm {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<FeatureMatrix, T>) -> Result<LinearModel> {
        let input = Input::new(dataset)?;
        let x = &dataset.records;
        let costs = self.class_weight.costs(&input, self.c)?;
        let ratios = log_count_ratios(x, &input.targets, &input.weights, self.alpha);
        let stop = Stop { tol: self.tol, max_iter: self.max_iter, seed: self.seed };
        Ok(Problem { x, targets: &input.targets, costs: &costs, scale: Some(&ratios), loss: Loss::SquaredHinge, stop }
            .solve())
    }
}

/// The ratios, feature after feature, one for each binary problem (two classes have one).
fn log_count_ratios(x: &FeatureMatrix, targets: &Targets, weights: &[f32], alpha: f64) -> Vec<f32> {
    let classes: Vec<usize> = match (targets.task(), targets.n_classes()) {
        (Task::One, 2) => vec![1],
        (_, n) => (0..n).collect(),
    };
    let n = classes.len();
    let mut with = vec![alpha; x.n_features() * n];
    let mut all = vec![0.0; x.n_features()];
    for (row, &weight) in weights.iter().enumerate() {
        let weight = f64::from(weight);
        for e in x.entries(row) {
            all[e.column as usize] += weight * f64::from(e.value);
        }
        for (place, _) in classes.iter().enumerate().filter(|(_, class)| targets.has(row, **class)) {
            for e in x.entries(row) {
                with[e.column as usize * n + place] += weight * f64::from(e.value);
            }
        }
    }
    let mut norms = vec![(0.0, 0.0); n];
    for (feature, &all) in all.iter().enumerate() {
        for (place, (p, q)) in norms.iter_mut().enumerate() {
            let with = with[feature * n + place];
            *p += with;
            *q += all + 2.0 * alpha - with;
        }
    }
    let ratio = |feature: usize, place: usize| {
        let p = with[feature * n + place];
        let q = all[feature] + 2.0 * alpha - p;
        ((p / norms[place].0).ln() - (q / norms[place].1).ln()) as f32
    };
    (0..x.n_features())
        .flat_map(|feature| (0..n).map(move |place| (feature, place)))
        .map(|(f, k)| ratio(f, k))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_that_of_the_paper() {
        let x = FeatureMatrix::from_rows(2, [vec![(0, 1.0)], vec![(0, 1.0), (1, 1.0)], vec![(1, 1.0)]]).unwrap();
        let targets = Targets::One { n_classes: 2, classes: vec![1, 1, 0] };
        let r = log_count_ratios(&x, &targets, &[1.0; 3], 1.0);
        // Class 1: p = [1+2, 1+1], class 0: q = [1+0, 1+1].
        let expected = [(3f64 / 5.0).ln() - (1f64 / 3.0).ln(), (2f64 / 5.0).ln() - (2f64 / 3.0).ln()];
        assert!(r.iter().zip(expected).all(|(&r, e)| (f64::from(r) - e).abs() < 1e-6), "{r:?}");
    }
}
