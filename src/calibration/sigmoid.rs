//! Platt's sigmoid: from one label's score to its probability.

use linfa::ParamGuard;
use linfa::composing::platt_scaling::{Platt, platt_newton_method};
use ndarray::{Array1, ArrayView1};
use serde::{Deserialize, Serialize};

use super::CalibrationFit;
use super::affine::Problem;
use super::fit::{Scale, prior_logit};

/// p = 1 / (1 + exp(−(slope · s + intercept)))
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sigmoid {
    /// What one unit of the score adds to the log-odds; never negative.
    pub slope: f64,
    /// The log-odds at score 0.
    pub intercept: f64,
    /// How it came about.
    pub fit: CalibrationFit,
}

/// linfa's own limit.
const MAX_ITERATIONS: usize = 100;

impl Sigmoid {
    /// Fits by linfa's Newton method (Lin, Lin, Weng 2007), in 64 bits and on scores of zero mean and unit size,
    /// which its stopping rule takes for granted.
    ///
    /// The probability is constant (the smoothed share of positives) where a slope can't be known: where there
    /// are only positives or only negatives, where all scores are equal, and where higher scores went with fewer
    /// positives, since the best sigmoid that doesn't fall is flat.
    pub(super) fn fit(scores: &[f64], has: &[bool]) -> Sigmoid {
        Sigmoid::fit_within(scores, has, MAX_ITERATIONS)
    }

    fn fit_within(scores: &[f64], has: &[bool], max_iterations: usize) -> Sigmoid {
        let positives = has.iter().filter(|&&h| h).count();
        let flat = |fit| Sigmoid { slope: 0.0, intercept: prior_logit(positives, has.len()), fit };
        if positives == 0 || positives == has.len() {
            return flat(CalibrationFit::OneClass);
        }
        let Some(scale) = Scale::centred(scores) else {
            return flat(CalibrationFit::ConstantScores);
        };
        let scaled: Vec<f64> = scores.iter().map(|s| scale.apply(*s)).collect();
        let by_linfa = Platt::<f64, ()>::params().maxiter(max_iterations).check().and_then(|params| {
            let labels = Array1::from_iter(has.iter().copied());
            platt_newton_method(ArrayView1::from(&scaled), labels.view(), &params)
        });
        let (slope, intercept) = match by_linfa {
            // linfa has exp(a·s + b) where we have exp(−(slope·s + intercept))
            Ok((a, b)) if a.is_finite() && b.is_finite() => (-a, -b),
            _ => own_newton(&scaled, has),
        };
        if slope <= 0.0 {
            return flat(CalibrationFit::Inverted);
        }
        let slope = slope / scale.size;
        Sigmoid { slope, intercept: intercept - slope * scale.mean, fit: CalibrationFit::Fitted }
    }

    /// The log-odds of a score, kept finite.
    pub(super) fn logit(&self, score: f64) -> f64 {
        super::finite(self.slope * score + self.intercept)
    }
}

/// The same minimum by our own routine, for where linfa's gives up: a sigmoid is a softmax over (s, 0).
fn own_newton(scaled: &[f64], has: &[bool]) -> (f64, f64) {
    let positives = has.iter().filter(|&&h| h).count() as f64;
    let (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (has.len() as f64 - positives + 2.0));
    let scores: Vec<f64> = scaled.iter().flat_map(|&s| [s, 0.0]).collect();
    let targets: Vec<f64> = has.iter().map(|&h| if h { high } else { low }).flat_map(|t| [t, 1.0 - t]).collect();
    let fitted = Problem { k: 2, scores: &scores, targets: &targets, with_bias: true }.minimise();
    (fitted.slope, fitted.bias[0] - fitted.bias[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn drawn(n: usize, slope: f64, intercept: f64) -> (Vec<f64>, Vec<bool>) {
        let mut random = Random::new(11);
        let scores: Vec<f64> = (0..n).map(|_| 3.0 * random.normal() + 40.0).collect();
        let has = scores.iter().map(|s| random.unit() < 1.0 / (1.0 + (-(slope * s + intercept)).exp())).collect();
        (scores, has)
    }

    #[test]
    fn the_parameters_that_drew_the_labels_are_found() {
        let (scores, has) = drawn(20_000, 0.5, -21.0);
        let sigmoid = Sigmoid::fit(&scores, &has);
        assert_eq!(sigmoid.fit, CalibrationFit::Fitted);
        assert!((sigmoid.slope - 0.5).abs() < 0.02, "{sigmoid:?}");
        assert!((sigmoid.intercept + 21.0).abs() < 0.8, "{sigmoid:?}");
    }

    #[test]
    fn the_fallback_finds_the_same_minimum() {
        let (scores, has) = drawn(500, 0.5, -20.0);
        // one iteration is never enough for linfa, which then reports an error
        let (by_linfa, by_fallback) = (Sigmoid::fit(&scores, &has), Sigmoid::fit_within(&scores, &has, 1));
        assert_ne!(by_linfa, by_fallback);
        assert!((by_linfa.slope - by_fallback.slope).abs() < 1e-3 * by_linfa.slope);
        assert!((by_linfa.logit(40.0) - by_fallback.logit(40.0)).abs() < 1e-3);
    }

    #[test]
    fn where_no_slope_can_be_known_the_probability_is_the_smoothed_share() {
        let p = |s: &Sigmoid, x: f64| 1.0 / (1.0 + (-s.logit(x)).exp());
        let all = Sigmoid::fit(&[1.0, 2.0, 3.0], &[true; 3]);
        assert_eq!((all.fit, all.slope), (CalibrationFit::OneClass, 0.0));
        assert!((p(&all, 9.0) - 0.8).abs() < 1e-12);
        let none = Sigmoid::fit(&[1.0, 2.0, 3.0], &[false; 3]);
        assert!((p(&none, 9.0) - 0.2).abs() < 1e-12);
        let equal = Sigmoid::fit(&[7.0; 4], &[true, false, false, false]);
        assert_eq!((equal.fit, equal.slope), (CalibrationFit::ConstantScores, 0.0));
        // (1 · 2/3 + 3 · 1/5) / 4
        assert!((p(&equal, 7.0) - 19.0 / 60.0).abs() < 1e-12);
        let inverted = Sigmoid::fit(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, false]);
        assert_eq!((inverted.fit, p(&inverted, 9.0)), (CalibrationFit::Inverted, 0.5));
    }

    #[test]
    fn separable_scores_of_any_size_give_finite_parameters() {
        for size in [1e-50, 1e-6, 1.0, 1e6, 1e150] {
            let scores: Vec<f64> = (0..40).map(|i| (f64::from(i) - 20.0) * size).collect();
            let has: Vec<bool> = (0..40).map(|i| i >= 20).collect();
            let sigmoid = Sigmoid::fit(&scores, &has);
            assert_eq!(sigmoid.fit, CalibrationFit::Fitted, "{size}");
            assert!(sigmoid.logit(scores[39]) > 2.0 && sigmoid.logit(scores[0]) < -2.0, "{size}: {sigmoid:?}");
        }
    }
}
