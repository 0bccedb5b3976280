//! The fitted model of every classifier: weights, intercepts, and nothing else.

use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, Array2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::{Entry, FeatureMatrix};
use crate::label::Task;

/// A linear model: `score_k(x) = Σ_j x_j w_jk + b_k` for every class `k`.
///
/// Two classes share one column of weights, whose score speaks for the second class; the first class has the opposite score.
///
/// It implements linfa's `PredictInplace`, to the class of the highest score (`Array1<usize>`; one class) or to
/// every label with a positive score (`Array2<bool>`; several labels).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearModel {
    pub(crate) n_features: usize,
    pub(crate) n_classes: usize,
    /// Columns of weights: 1 for one of two classes, otherwise `n_classes`.
    pub(crate) n_outputs: usize,
    pub(crate) task: Task,
    /// Feature after feature, `n_outputs` weights each.
    pub(crate) weights: Vec<f32>,
    pub(crate) intercepts: Vec<f32>,
}

impl LinearModel {
    /// A model of columns of weights with their intercepts.
    pub(crate) fn from_columns(columns: Vec<(Vec<f32>, f32)>, n_classes: usize, task: Task) -> LinearModel {
        let n_outputs = columns.len();
        let n_features = columns.first().map_or(0, |c| c.0.len());
        let mut weights = vec![0.0; n_features * n_outputs];
        for (k, (column, _)) in columns.iter().enumerate() {
            weights.iter_mut().skip(k).step_by(n_outputs.max(1)).zip(column).for_each(|(w, &value)| *w = value);
        }
        let intercepts = columns.iter().map(|c| c.1).collect();
        LinearModel { n_features, n_classes, n_outputs, task, weights, intercepts }
    }

    /// Number of features.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// The weight of a feature for a class.
    ///
    /// # Panics
    /// Where `feature` or `class` is out of range.
    pub fn weight(&self, feature: usize, class: usize) -> f32 {
        if self.n_outputs == self.n_classes {
            self.weights[feature * self.n_outputs + class]
        } else {
            let weight = self.weights[feature];
            if class == 1 { weight } else { -weight }
        }
    }

    /// The intercept of a class.
    ///
    /// # Panics
    /// Where `class` is out of range.
    pub fn intercept(&self, class: usize) -> f32 {
        if self.n_outputs == self.n_classes {
            self.intercepts[class]
        } else if class == 1 {
            self.intercepts[0]
        } else {
            -self.intercepts[0]
        }
    }

    /// The score of every class for every row, `(n_samples, n_classes)`.
    pub fn decision_function(&self, x: &FeatureMatrix) -> Array2<f64> {
        let mut scores = Array2::zeros((x.n_samples(), self.n_classes));
        if let Some(flat) = scores.as_slice_mut() {
            flat.par_chunks_mut(self.n_classes.max(1))
                .enumerate()
                .with_min_len(64)
                .for_each(|(row, out)| self.scores(x.entries(row), out));
        }
        scores
    }

    /// The score of every class for one row, summed in f64 so that the contributions of the terms add up to it.
    #[inline]
    pub(crate) fn scores(&self, row: &[Entry], out: &mut [f64]) {
        match self.n_outputs {
            1 => self.sums::<1>(row, out),
            2 => self.sums::<2>(row, out),
            3 => self.sums::<3>(row, out),
            4 => self.sums::<4>(row, out),
            n => {
                out.iter_mut().zip(&self.intercepts).for_each(|(o, &b)| *o = f64::from(b));
                for e in row {
                    let from = e.column as usize * n;
                    let value = f64::from(e.value);
                    out.iter_mut().zip(&self.weights[from..from + n]).for_each(|(o, &w)| *o += value * f64::from(w));
                }
            }
        }
        if self.n_outputs == 1 && self.n_classes == 2 {
            out[1] = out[0];
            out[0] = -out[0];
        }
    }

    #[inline]
    fn sums<const K: usize>(&self, row: &[Entry], out: &mut [f64]) {
        let mut sums = [0f64; K];
        let (weights, _) = self.weights.as_chunks::<K>();
        for e in row {
            let w = &weights[e.column as usize];
            let value = f64::from(e.value);
            (0..K).for_each(|k| sums[k] += value * f64::from(w[k]));
        }
        (0..K).for_each(|k| out[k] = sums[k] + f64::from(self.intercepts[k]));
    }

    /// The model on more columns: feature `kept[j]` of `n_features` gets the weights of feature `j`, the others none.
    #[must_use]
    pub(crate) fn spread(&self, kept: &[u32], n_features: usize) -> LinearModel {
        let n = self.n_outputs;
        let mut weights = vec![0.0; n_features * n];
        for (place, &column) in kept.iter().enumerate() {
            let to = column as usize * n;
            weights[to..to + n].copy_from_slice(&self.weights[place * n..(place + 1) * n]);
        }
        LinearModel { n_features, weights, intercepts: self.intercepts.clone(), ..*self }
    }
}

/// The position of the largest score; the first of several.
pub(crate) fn argmax(scores: &[f64]) -> usize {
    scores.iter().enumerate().fold(0, |best, (k, &s)| if s > scores[best] { k } else { best })
}

impl PredictInplace<FeatureMatrix, Array1<usize>> for LinearModel {
    fn predict_inplace<'a>(&'a self, x: &'a FeatureMatrix, y: &mut Array1<usize>) {
        let mut scores = vec![0.0; self.n_classes];
        for (row, class) in y.iter_mut().enumerate() {
            self.scores(x.entries(row), &mut scores);
            *class = argmax(&scores);
        }
    }

    fn default_target(&self, x: &FeatureMatrix) -> Array1<usize> {
        Array1::zeros(x.n_samples())
    }
}

impl PredictInplace<FeatureMatrix, Array2<bool>> for LinearModel {
    fn predict_inplace<'a>(&'a self, x: &'a FeatureMatrix, y: &mut Array2<bool>) {
        let mut scores = vec![0.0; self.n_classes];
        for (row, mut flags) in y.rows_mut().into_iter().enumerate() {
            self.scores(x.entries(row), &mut scores);
            flags.iter_mut().zip(&scores).for_each(|(flag, &score)| *flag = score > 0.0);
        }
    }

    fn default_target(&self, x: &FeatureMatrix) -> Array2<bool> {
        Array2::from_elem((x.n_samples(), self.n_classes), false)
    }
}

impl Predict<&FeatureMatrix, Array1<usize>> for LinearModel {
    fn predict(&self, x: &FeatureMatrix) -> Array1<usize> {
        let mut classes = self.default_target(x);
        self.predict_inplace(x, &mut classes);
        classes
    }
}

impl Predict<&FeatureMatrix, Array2<bool>> for LinearModel {
    fn predict(&self, x: &FeatureMatrix) -> Array2<bool> {
        let mut flags = self.default_target(x);
        self.predict_inplace(x, &mut flags);
        flags
    }
}
