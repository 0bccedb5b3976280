//! Which target arrays of linfa's datasets a classifier takes.

use linfa::dataset::{AsTargets, DatasetBase};
use ndarray::{Array1, Array2, ArrayView1, Ix1};

use crate::error::{Error, Result};
use crate::features::FeatureMatrix;
use crate::label::{LabelSet, Targets};

/// The targets of a dataset, as classes and with their names.
///
/// Classifiers take `Array1<usize>` (one class, counted from 0), `Array2<bool>` (several labels, one column each), and this type.
#[derive(Debug, Clone)]
pub struct ClassTargets {
    targets: Targets,
    labels: Option<LabelSet>,
    /// linfa asks every target type for an array of it; nothing reads this one.
    empty: Array1<u32>,
}

impl ClassTargets {
    /// Targets whose classes are those of a label set.
    pub fn new(targets: &Targets, labels: &LabelSet) -> ClassTargets {
        ClassTargets { targets: targets.clone(), labels: Some(labels.clone()), empty: Array1::default(0) }
    }
}

impl AsTargets for ClassTargets {
    type Elem = u32;
    type Ix = Ix1;

    fn as_targets(&self) -> ArrayView1<'_, u32> {
        match &self.targets {
            Targets::One { classes, .. } => ArrayView1::from(classes.as_slice()),
            Targets::Several { .. } => self.empty.view(),
        }
    }
}

/// Target arrays that can be read as [`Targets`].
pub trait IntoTargets {
    /// The classes of all rows.
    fn to_targets(&self) -> Result<Targets>;

    /// The names of the classes, where they have names.
    fn labels(&self) -> Option<&LabelSet> {
        None
    }
}

impl IntoTargets for ClassTargets {
    fn to_targets(&self) -> Result<Targets> {
        Ok(self.targets.clone())
    }

    fn labels(&self) -> Option<&LabelSet> {
        self.labels.as_ref()
    }
}

impl IntoTargets for Array1<usize> {
    fn to_targets(&self) -> Result<Targets> {
        let n_classes = self.iter().max().map_or(0, |&most| most + 1);
        if n_classes > self.len().max(2) {
            return Err(Error::param("class", n_classes - 1, "classes counted from 0, fewer than there are rows"));
        }
        Ok(Targets::One { n_classes, classes: self.iter().map(|&class| class as u32).collect() })
    }
}

impl IntoTargets for Array2<bool> {
    fn to_targets(&self) -> Result<Targets> {
        Ok(Targets::Several { n_classes: self.ncols(), flags: self.iter().copied().collect() })
    }
}

/// What every sparse solver begins with: the classes, the names, and the rows' weights, checked against each other.
pub(super) struct Input {
    pub(super) targets: Targets,
    pub(super) weights: Vec<f32>,
    pub(super) labels: Option<LabelSet>,
}

impl Input {
    pub(super) fn new<T: IntoTargets>(dataset: &DatasetBase<FeatureMatrix, T>) -> Result<Input> {
        let n = dataset.records.n_samples();
        let targets = dataset.targets.to_targets()?;
        if targets.n_samples() != n {
            return Err(Error::Shape { what: "targets and rows", expected: n, found: targets.n_samples() });
        }
        let labels = dataset.targets.labels().cloned();
        super::check_classes(&targets, |k| labels.as_ref().map_or_else(|| k.to_string(), |l| l.name(k).to_string()))?;
        let weights = match dataset.weights() {
            Some(weights) if weights.len() == n => weights.to_vec(),
            Some(weights) => {
                return Err(Error::Shape { what: "weights and rows", expected: n, found: weights.len() });
            }
            None => vec![1.0; n],
        };
        if let Some(bad) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
            return Err(Error::param("sample weight", bad, "a finite number, at least 0"));
        }
        Ok(Input { targets, weights, labels })
    }
}
