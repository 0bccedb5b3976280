//! linfa's own classifiers, on a dense copy of the best features.
//!
//! linfa's classifiers take dense arrays, and a corpus of news has a million terms. So the features are cut to the `top_k` with the largest
//! chi-squared statistic, copied into one dense `f64` array, and handed to linfa; what comes back is linear and
//! becomes a [`LinearModel`] like any other, so that evidence, calibration and the model file work alike.
//! Neither of the two takes sample weights: rows of weight 0 are left out, other weights are an error.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::{LogisticRegression as DenseLogistic, MultiLogisticRegression};
use linfa_svm::Svm as DenseSvm;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::classifier::linear::LinearModel;
use crate::classifier::logistic::check_solver;
use crate::classifier::targets::{Input, IntoTargets};
use crate::error::{Error, Result};
use crate::features::{FeatureMatrix, best, chi2};
use crate::label::{Targets, Task};
use crate::params::{Check, Params};

/// The memory that a dense copy may take by default: 2 GiB.
const DEFAULT_BUDGET: u64 = 2 << 30;

/// `linfa-logistic` on the `top_k` best features: multinomial for more than two classes, otherwise binary; one problem a label where there are several.
///
/// | field | default | range |
/// |---|---|---|
/// | `c` | 1.0 | above 0; linfa's `alpha` is `1 / c` |
/// | `top_k` | 2000 | at least 1 |
/// | `memory_budget` | 2 GiB | bytes |
/// | `max_iter` | 100 | at least 1 |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinfaLogistic {
    /// Inverse regularisation strength.
    pub c: f64,
    /// Features that are kept.
    pub top_k: usize,
    /// Most bytes that the dense arrays may take.
    pub memory_budget: u64,
    /// Most iterations of L-BFGS.
    pub max_iter: u32,
}

/// `linfa-svm` with its linear kernel on the `top_k` best features, each class against the rest.
///
/// | field | default | range |
/// |---|---|---|
/// | `c` | 1.0 | above 0 |
/// | `top_k` | 2000 | at least 1 |
/// | `memory_budget` | 2 GiB | bytes, for the features and the kernel matrix of all pairs of rows |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinfaSvm {
    /// Cost of an error.
    pub c: f64,
    /// Features that are kept.
    pub top_k: usize,
    /// Most bytes that the dense arrays may take.
    pub memory_budget: u64,
}

impl LinfaLogistic {
    /// The parameters with their defaults.
    pub fn params() -> Params<LinfaLogistic> {
        Params::default()
    }
}

impl LinfaSvm {
    /// The parameters with their defaults.
    pub fn params() -> Params<LinfaSvm> {
        Params::default()
    }
}

impl Default for LinfaLogistic {
    fn default() -> Self {
        LinfaLogistic { c: 1.0, top_k: 2000, memory_budget: DEFAULT_BUDGET, max_iter: 100 }
    }
}

impl Default for LinfaSvm {
    fn default() -> Self {
        LinfaSvm { c: 1.0, top_k: 2000, memory_budget: DEFAULT_BUDGET }
    }
}

impl Params<LinfaLogistic> {
    /// Sets how many features are kept.
    #[must_use]
    pub fn top_k(mut self, top_k: usize) -> Self {
        self.0.top_k = top_k;
        self
    }

    /// Sets the most bytes that the dense arrays may take.
    #[must_use]
    pub fn memory_budget(mut self, bytes: u64) -> Self {
        self.0.memory_budget = bytes;
        self
    }
}

impl Params<LinfaSvm> {
    /// Sets how many features are kept.
    #[must_use]
    pub fn top_k(mut self, top_k: usize) -> Self {
        self.0.top_k = top_k;
        self
    }

    /// Sets the most bytes that the dense arrays may take.
    #[must_use]
    pub fn memory_budget(mut self, bytes: u64) -> Self {
        self.0.memory_budget = bytes;
        self
    }
}

impl Check for LinfaLogistic {
    fn check(&self) -> Result<()> {
        check_solver(self.c, 1.0, self.max_iter)?;
        check_top_k(self.top_k)
    }
}

impl Check for LinfaSvm {
    fn check(&self) -> Result<()> {
        check_solver(self.c, 1.0, 1)?;
        check_top_k(self.top_k)
    }
}

fn check_top_k(top_k: usize) -> Result<()> {
    if top_k == 0 { Err(Error::param("top_k", top_k, "at least 1")) } else { Ok(()) }
}

impl<T: IntoTargets> Fit<FeatureMatrix, T, Error> for LinfaLogistic {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<FeatureMatrix, T>) -> Result<LinearModel> {
        let dense = Dense::new(dataset, self.top_k, self.memory_budget, |_| 0)?;
        let alpha = 1.0 / self.c;
        let binary = |flags: &[bool]| -> Result<(Vec<f32>, f32)> {
            let y = Array1::from_iter(flags.iter().map(|&f| usize::from(f)));
            if let Some(constant) = constant(flags) {
                return Ok(never_or_always(constant, dense.x.ncols()));
            }
            let fitted = DenseLogistic::default()
                .alpha(alpha)
                .max_iterations(u64::from(self.max_iter))
                .fit(&DatasetBase::new(dense.x.view(), y))
                .map_err(foreign)?;
            // linfa's positive class is the more frequent one.
            let sign = if fitted.labels().pos.class == 1 { 1.0 } else { -1.0 };
            Ok((fitted.params().iter().map(|w| (w * sign) as f32).collect(), (fitted.intercept() * sign) as f32))
        };
        let columns = match &dense.targets {
            Targets::One { n_classes, classes } if *n_classes > 2 => {
                let y = Array1::from_iter(classes.iter().map(|&c| c as usize));
                let fitted = MultiLogisticRegression::default()
                    .alpha(alpha)
                    .max_iterations(u64::from(self.max_iter))
                    .fit(&DatasetBase::new(dense.x.view(), y))
                    .map_err(foreign)?;
                let mut columns = vec![never_or_always(false, dense.x.ncols()); *n_classes];
                for (place, &class) in fitted.classes().iter().enumerate() {
                    let weights = fitted.params().column(place).iter().map(|&w| w as f32).collect();
                    columns[class] = (weights, fitted.intercept()[place] as f32);
                }
                columns
            }
            targets => binary_flags(targets).iter().map(|flags| binary(flags)).collect::<Result<_>>()?,
        };
        Ok(dense.spread(columns))
    }
}

impl<T: IntoTargets> Fit<FeatureMatrix, T, Error> for LinfaSvm {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<FeatureMatrix, T>) -> Result<LinearModel> {
        // The kernel matrix holds every pair of rows, and the solver a copy of the rows.
        let kernel = |rows: u64| rows.saturating_mul(rows).saturating_mul(8);
        let dense = Dense::new(dataset, self.top_k, self.memory_budget, kernel)?;
        let columns = binary_flags(&dense.targets)
            .iter()
            .map(|flags| {
                if let Some(constant) = constant(flags) {
                    return Ok(never_or_always(constant, dense.x.ncols()));
                }
                let fitted = DenseSvm::<f64, bool>::params()
                    .pos_neg_weights(self.c, self.c)
                    .linear_kernel()
                    .fit(&DatasetBase::new(dense.x.view(), Array1::from(flags.clone()).view()))
                    .map_err(foreign)?;
                // A linear decision function is known by its values at the unit vectors.
                let mut unit = Array1::<f64>::zeros(dense.x.ncols());
                let weights = (0..unit.len())
                    .map(|j| {
                        unit[j] = 1.0;
                        let weight = fitted.weighted_sum(&unit);
                        unit[j] = 0.0;
                        weight as f32
                    })
                    .collect();
                Ok((weights, -fitted.rho as f32))
            })
            .collect::<Result<_>>()?;
        Ok(dense.spread(columns))
    }
}

/// The dense copy, and the way back.
struct Dense {
    x: Array2<f64>,
    targets: Targets,
    kept: Vec<u32>,
    n_features: usize,
}

impl Dense {
    /// Refuses before it allocates. `more` is what the algorithm itself takes for a number of rows, in bytes.
    fn new<T: IntoTargets>(
        dataset: &DatasetBase<FeatureMatrix, T>,
        top_k: usize,
        budget: u64,
        more: impl Fn(u64) -> u64,
    ) -> Result<Dense> {
        let input = Input::new(dataset)?;
        if let Some(weight) = input.weights.iter().find(|&&w| w != 0.0 && w != 1.0) {
            return Err(Error::param("sample weight", weight, "0 or 1 for linfa's dense classifiers"));
        }
        let rows: Vec<usize> = (0..input.weights.len()).filter(|&row| input.weights[row] > 0.0).collect();
        let targets = input.targets.select(&rows);
        let x = &dataset.records;
        let n_kept = top_k.min(x.n_features());
        let features = (rows.len() as u64).saturating_mul(n_kept as u64).saturating_mul(8);
        let bytes = features.saturating_add(more(rows.len() as u64));
        if bytes > budget {
            return Err(Error::DenseTooLarge { bytes, limit: budget });
        }
        let kept = best(&chi2(x, &rows, &targets, None), n_kept);
        let cut = x.select(&rows, &kept);
        let mut dense = Array2::zeros((rows.len(), n_kept));
        for row in 0..cut.n_samples() {
            cut.row(row).for_each(|(column, value)| dense[(row, column as usize)] = f64::from(value));
        }
        Ok(Dense { x: dense, targets, kept, n_features: dataset.records.n_features() })
    }

    fn spread(&self, columns: Vec<(Vec<f32>, f32)>) -> LinearModel {
        LinearModel::from_columns(columns, self.targets.n_classes(), self.targets.task())
            .spread(&self.kept, self.n_features)
    }
}

/// The binary problems of some targets: one for two classes, otherwise one a class.
fn binary_flags(targets: &Targets) -> Vec<Vec<bool>> {
    let classes = match (targets.task(), targets.n_classes()) {
        (Task::One, 2) => 1..2,
        (_, n) => 0..n,
    };
    classes.map(|k| (0..targets.n_samples()).map(|row| targets.has(row, k)).collect()).collect()
}

fn constant(flags: &[bool]) -> Option<bool> {
    let first = *flags.first()?;
    flags.iter().all(|&f| f == first).then_some(first)
}

fn never_or_always(always: bool, n_features: usize) -> (Vec<f32>, f32) {
    (vec![0.0; n_features], if always { 10.0 } else { -10.0 })
}

fn foreign(error: impl std::fmt::Display) -> Error {
    Error::Linfa(linfa::Error::Parameters(error.to_string()))
}

#[cfg(test)]
mod tests {
    use linfa::traits::Predict;
    use ndarray::array;

    use super::*;

    fn rows() -> FeatureMatrix {
        let row = |k: u32, v: f32| vec![(k, v), (3, 0.1)];
        FeatureMatrix::from_rows(
            4,
            [row(0, 1.0), row(0, 0.9), row(0, 0.8), row(1, 1.0), row(1, 0.9), row(2, 1.0), row(2, 0.7)],
        )
        .unwrap()
    }

    #[test]
    fn linfas_classifiers_become_linear_models() {
        let classes = array![0usize, 0, 0, 1, 1, 2, 2];
        let dataset = DatasetBase::new(rows(), classes.clone());
        let logistic = LinfaLogistic { c: 100.0, top_k: 3, ..LinfaLogistic::default() }.fit(&dataset).unwrap();
        let found: Array1<usize> = logistic.predict(&rows());
        assert_eq!(found, classes);
        let svm = LinfaSvm { c: 100.0, top_k: 3, ..LinfaSvm::default() }.fit(&dataset).unwrap();
        let found: Array1<usize> = svm.predict(&rows());
        assert_eq!(found, classes);
        assert_eq!(svm.n_features(), 4);
    }

    #[test]
    fn the_rarer_class_keeps_its_sign() {
        for rare in [0usize, 1] {
            let classes = Array1::from_iter([rare, rare, 1 - rare, 1 - rare, 1 - rare, 1 - rare, 1 - rare]);
            let x = FeatureMatrix::from_rows(2, (0..7).map(|i| vec![(u32::from(i >= 2), 1.0)])).unwrap();
            let dataset = DatasetBase::new(x.clone(), classes.clone());
            let model = LinfaLogistic { c: 10.0, ..LinfaLogistic::default() }.fit(&dataset).unwrap();
            let found: Array1<usize> = model.predict(&x);
            assert_eq!(found, classes);
        }
    }

    #[test]
    fn a_matrix_past_the_budget_is_refused_before_it_is_made() {
        let dataset = DatasetBase::new(rows(), array![0usize, 0, 0, 1, 1, 2, 2]);
        let error = LinfaLogistic { memory_budget: 100, ..LinfaLogistic::default() }.fit(&dataset).unwrap_err();
        assert!(matches!(error, Error::DenseTooLarge { bytes: 224, limit: 100 }));
        let error = LinfaSvm { memory_budget: 300, ..LinfaSvm::default() }.fit(&dataset).unwrap_err();
        assert!(matches!(error, Error::DenseTooLarge { bytes: 616, .. }));
    }
}
