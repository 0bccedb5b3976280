//! Logistic regression.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::{Deserialize, Serialize};

use crate::classifier::class_weight::ClassWeight;
use crate::classifier::dual::{Loss, Problem, Stop};
use crate::classifier::linear::LinearModel;
use crate::classifier::softmax;
use crate::classifier::targets::{Input, IntoTargets};
use crate::error::{Error, Result};
use crate::features::FeatureMatrix;
use crate::label::Targets;
use crate::params::{Check, Params};

/// How more than two classes are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MultiClass {
    /// All classes in one model whose probabilities are a softmax. One class of several only; with several labels each
    /// label is its own problem either way.
    #[default]
    Multinomial,
    /// Each class against the rest.
    OneVsRest,
}

/// L2-regularised logistic regression: minimises `½‖w‖² + C Σ weight_i · loss_i`.
///
/// | field | default | range |
/// |---|---|---|
/// | `c` | 1.0 | above 0 |
/// | `multi_class` | multinomial | |
/// | `class_weight` | none | above 0 |
/// | `tol` | 0.02 | above 0 (change of the dual variables in a pass, as a share of their sum) |
/// | `max_iter` | 100 | at least 1 (passes) |
/// | `seed` | 0 | |
///
/// The loss is `-ln softmax` (multinomial) or `ln(1 + e^{-m})` (two classes, one-vs-rest, several labels). The intercept is
/// regularised like the weight of a constant feature. Solved in the dual; see Yu, Huang and Lin, Machine Learning 85, 2011.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Logistic {
    /// Inverse regularisation strength.
    pub c: f64,
    /// How more than two classes are told apart.
    pub multi_class: MultiClass,
    /// Weights of the classes.
    pub class_weight: ClassWeight,
    /// Stop when the dual variables changed by less than this share of their sum in a pass.
    pub tol: f64,
    /// Most passes over the rows.
    pub max_iter: u32,
    /// Seed of the order in which rows are visited.
    pub seed: u64,
}

/// The name under which logistic regression is fitted in linfa's manner; see [`Logistic`] for the parameters.
#[derive(Debug, Clone, Copy)]
pub struct LogisticRegression;

impl LogisticRegression {
    /// The parameters with their defaults.
    pub fn params() -> Params<Logistic> {
        Params::default()
    }
}

impl Default for Logistic {
    fn default() -> Self {
        Logistic {
            c: 1.0,
            multi_class: MultiClass::default(),
            class_weight: ClassWeight::None,
            tol: 0.02,
            max_iter: 100,
            seed: 0,
        }
    }
}

impl Params<Logistic> {
    /// Sets the inverse regularisation strength.
    #[must_use]
    pub fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// Sets how more than two classes are told apart.
    #[must_use]
    pub fn multi_class(mut self, multi_class: MultiClass) -> Self {
        self.0.multi_class = multi_class;
        self
    }

    /// Sets the weights of the classes.
    #[must_use]
    pub fn class_weight(mut self, class_weight: ClassWeight) -> Self {
        self.0.class_weight = class_weight;
        self
    }

    /// Sets the tolerance at which training stops.
    #[must_use]
    pub fn tol(mut self, tol: f64) -> Self {
        self.0.tol = tol;
        self
    }

    /// Sets the most passes over the rows.
    #[must_use]
    pub fn max_iter(mut self, max_iter: u32) -> Self {
        self.0.max_iter = max_iter;
        self
    }
}

impl Check for Logistic {
    fn check(&self) -> Result<()> {
        check_solver(self.c, self.tol, self.max_iter)?;
        self.class_weight.check()
    }
}

/// The ranges that all iterative solvers share.
pub(super) fn check_solver(c: f64, tol: f64, max_iter: u32) -> Result<()> {
    if !(c.is_finite() && c > 0.0 && c <= 1e9) {
        return Err(Error::param("c", c, "a number above 0 and up to 1e9"));
    }
    if !(tol.is_finite() && tol > 0.0) {
        return Err(Error::param("tol", tol, "a number above 0"));
    }
    if max_iter == 0 {
        return Err(Error::param("max_iter", max_iter, "at least 1"));
    }
    Ok(())
}

impl<T: IntoTargets> Fit<FeatureMatrix, T, Error> for Logistic {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<FeatureMatrix, T>) -> Result<LinearModel> {
        let input = Input::new(dataset)?;
        let costs = self.class_weight.costs(&input, self.c)?;
        let stop = Stop { tol: self.tol, max_iter: self.max_iter, seed: self.seed };
        match &input.targets {
            Targets::One { n_classes, classes } if *n_classes > 2 && self.multi_class == MultiClass::Multinomial => {
                let of_class = |(row, &class): (usize, &u32)| costs.rows[row] * costs.positive[class as usize];
                let row_costs: Vec<f32> = classes.iter().enumerate().map(of_class).collect();
                Ok(softmax::solve(&dataset.records, classes, *n_classes, &row_costs, stop))
            }
            targets => {
                Ok(Problem { x: &dataset.records, targets, costs: &costs, scale: None, loss: Loss::Logistic, stop }
                    .solve())
            }
        }
    }
}
