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
    /// One class: `n / (n_classes · n_class)`. Several labels: each label's two sides weigh `n / (2 · n_side)`. As in scikit-learn.
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
    pub(super) fn factors(&self, targets: &Targets, labels: Option<&LabelSet>) -> Result<(Vec<f32>, Vec<f32>)> {
        let n_classes = targets.n_classes();
        let n = targets.n_samples() as f64;
        let support = targets.support();
        let share = |side: usize, parts: usize| if side == 0 { 1.0 } else { (n / (parts * side) as f64) as f32 };
        match self {
            ClassWeight::None => Ok((vec![1.0; n_classes], vec![1.0; n_classes])),
            ClassWeight::Balanced => match targets.task() {
                Task::One => {
                    let present = support.iter().filter(|&&s| s > 0).count();
                    let positive: Vec<f32> = support.iter().map(|&s| share(s, present)).collect();
                    let negative = opposite(&positive);
                    Ok((positive, negative))
                }
                Task::Several => Ok((
                    support.iter().map(|&s| share(s, 2)).collect(),
                    support.iter().map(|&s| share(targets.n_samples() - s, 2)).collect(),
                )),
            },
            ClassWeight::Given(weights) => {
                let Some(labels) = labels else {
                    return Err(Error::param(
                        "class_weight",
                        "by name",
                        "\"balanced\" or none where classes have no names",
                    ));
                };
                let positive: Vec<f32> =
                    labels.names().iter().map(|name| weights.get(name).map_or(1.0, |&w| w as f32)).collect();
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
        let (positive, negative) = self.factors(&input.targets, input.labels.as_ref())?;
        let rows = input.weights.iter().map(|&w| (c * f64::from(w)) as f32).collect();
        Ok(Costs { rows, positive, negative })
    }
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

    #[test]
    fn balanced_weights_make_classes_equal() {
        let targets = Targets::One { n_classes: 3, classes: vec![0, 0, 0, 1, 1, 2] };
        let (positive, negative) = ClassWeight::Balanced.factors(&targets, None).unwrap();
        assert_eq!(positive, [6.0 / 9.0, 1.0, 2.0]);
        assert_eq!(negative, [1.0; 3]);
        let targets = Targets::One { n_classes: 2, classes: vec![0, 0, 0, 1] };
        let (positive, negative) = ClassWeight::Balanced.factors(&targets, None).unwrap();
        assert_eq!((positive[1], negative[1]), (2.0, 4.0 / 6.0));
    }

    #[test]
    fn a_weight_for_an_unknown_class_is_an_error() {
        let weight = ClassWeight::Given(BTreeMap::from([("up".to_string(), 2.0)]));
        let error = weight.check_names(&LabelSet::new(["left", "right"])).unwrap_err();
        assert!(error.to_string().contains("up"));
    }
}
