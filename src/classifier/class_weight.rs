//! Weights of the classes: errors in rare classes can cost more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::classifier::dual::Costs;
use crate::classifier::targets::Input;
use crate::error::{Error, Result};
use crate::label::{LabelSet, Targets, Task};

/// How much an error in each class costs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassWeight {
    /// Every class alike.
    #[default]
    None,
    /// One class: `n / (n_classes · n_class)`. Several labels: each label's two sides weigh `n / (2 · n_side)`. Where rows have
    /// weights, their sums stand for the numbers of rows. As in scikit-learn.
    Balanced,
    /// By name; classes that are not named weigh 1.
    Given(BTreeMap<String, f64>),
}

impl ClassWeight {
    pub(super) fn check(&self) -> Result<()> {
        let ClassWeight::Given(weights) = self else { return Ok(()) };
        match weights.values().find(|w| !(w.is_finite() && **w > 0.0)) {
            Some(bad) => Err(Error::param("class_weight", bad, "a finite number above 0")),
            None => Ok(()),
        }
    }

    /// Errors where a weight is given to a class that doesn't exist.
    pub(super) fn check_names(&self, labels: &LabelSet) -> Result<()> {
        let ClassWeight::Given(weights) = self else { return Ok(()) };
        match weights.keys().find(|name| labels.class(name).is_none()) {
            Some(name) => Err(Error::param("class_weight", name, "the name of a class in the corpus")),
            None => Ok(()),
        }
    }

    /// The factor of each class, and of all that is not that class.
    pub(super) fn factors(&self, input: &Input) -> Result<(Vec<f32>, Vec<f32>)> {
        let Input { targets, weights, labels } = input;
        let n_classes = targets.n_classes();
        match self {
            ClassWeight::None => Ok((vec![1.0; n_classes], vec![1.0; n_classes])),
            ClassWeight::Balanced => {
                let all: f64 = weights.iter().map(|&w| f64::from(w)).sum();
                let (with, without) = sides(targets, weights);
                let share =
                    |side: f64, parts: usize| if side > 0.0 { (all / (parts as f64 * side)) as f32 } else { 1.0 };
                Ok(match targets.task() {
                    Task::One => {
                        let present = with.iter().filter(|&&w| w > 0.0).count();
                        let positive: Vec<f32> = with.iter().map(|&w| share(w, present)).collect();
                        let negative = opposite(&positive);
                        (positive, negative)
                    }
                    Task::Several => {
                        let halves = |side: &[f64]| side.iter().map(|&w| share(w, 2)).collect();
                        (halves(&with), halves(&without))
                    }
                })
            }
            ClassWeight::Given(given) => {
                let Some(labels) = labels else {
                    return Err(Error::param(
                        "class_weight",
                        "by name",
                        "\"balanced\" or none where classes have no names",
                    ));
                };
                let positive: Vec<f32> =
                    labels.names().iter().map(|name| given.get(name).map_or(1.0, |&w| w as f32)).collect();
                let negative = match targets.task() {
                    Task::One => opposite(&positive),
                    Task::Several => vec![1.0; n_classes],
                };
                Ok((positive, negative))
            }
        }
    }

    /// The cost of every row and class at inverse regularisation `c`.
    pub(super) fn costs(&self, input: &Input, c: f64) -> Result<Costs> {
        let (positive, negative) = self.factors(input)?;
        let rows = input.weights.iter().map(|&w| (c * f64::from(w)) as f32).collect();
        Ok(Costs { rows, positive, negative })
    }
}

/// The weight of the rows that have each class, and of those that don't.
fn sides(targets: &Targets, weights: &[f32]) -> (Vec<f64>, Vec<f64>) {
    let mut sides = (vec![0.0; targets.n_classes()], vec![0.0; targets.n_classes()]);
    for (row, &weight) in weights.iter().enumerate() {
        for class in 0..targets.n_classes() {
            let side = if targets.has(row, class) { &mut sides.0 } else { &mut sides.1 };
            side[class] += f64::from(weight);
        }
    }
    sides
}

/// With two classes, what is not the one is the other; with more, the rest weighs 1 (as in LIBLINEAR).
fn opposite(positive: &[f32]) -> Vec<f32> {
    match positive {
        [a, b] => vec![*b, *a],
        more => vec![1.0; more.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balanced(targets: Targets, weights: &[f32]) -> (Vec<f32>, Vec<f32>) {
        ClassWeight::Balanced.factors(&Input { targets, weights: weights.to_vec(), labels: None }).unwrap()
    }

    #[test]
    fn balanced_weights_make_classes_equal() {
        let three = Targets::One { n_classes: 3, classes: vec![0, 0, 0, 1, 1, 2] };
        assert_eq!(balanced(three, &[1.0; 6]), (vec![6.0 / 9.0, 1.0, 2.0], vec![1.0; 3]));
        let two = Targets::One { n_classes: 2, classes: vec![0, 0, 0, 1] };
        assert_eq!(balanced(two, &[1.0; 4]), (vec![4.0 / 6.0, 2.0], vec![2.0, 4.0 / 6.0]));
    }

    #[test]
    fn rows_count_by_their_weight_in_the_balance() {
        let two = Targets::One { n_classes: 2, classes: vec![0, 0, 0, 1] };
        assert_eq!(balanced(two, &[1.0, 0.0, 1.0, 2.0]).0, [1.0, 1.0]);
        let flags = Targets::Several { n_classes: 2, flags: vec![true, false, false, false] };
        assert_eq!(balanced(flags, &[3.0, 1.0]), (vec![4.0 / 6.0, 1.0], vec![2.0, 0.5]));
    }

    #[test]
    fn a_weight_for_an_unknown_class_is_an_error() {
        let weight = ClassWeight::Given(BTreeMap::from([("up".to_string(), 2.0)]));
        let error = weight.check_names(&LabelSet::new(["left", "right"])).unwrap_err();
        assert!(error.to_string().contains("up"));
    }
}
