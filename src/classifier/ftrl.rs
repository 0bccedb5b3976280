//! Logistic regression learned row by row: FTRL-Proximal.

use std::ops::Range;

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::{Deserialize, Serialize};

use crate::classifier::linear::LinearModel;
use crate::classifier::targets::{Input, IntoTargets};
use crate::error::{Error, Result};
use crate::features::FeatureMatrix;
use crate::label::{Targets, Task};
use crate::params::{Check, Params};
use crate::random::Random;

/// Logistic regression that learns from one row after the other, each weight at a rate of its own.
///
/// | field | default | range |
/// |---|---|---|
/// | `alpha` | 1.0 | above 0, up to 1000 |
/// | `beta` | 0.1 | from 0, up to 1000 |
/// | `l1` | 0.0 | from 0 |
/// | `l2` | 0.0 | from 0 |
/// | `passes` | 1 | 1 to 1000 |
/// | `seed` | 0 | |
///
/// A weight is kept as `z` and `n`, the sum of its gradients and of their squares. For a row with value `x` and gradient
/// `g = (p − y) · x` of the loss `ln(1 + e^{-m})`:
///
/// * `w = 0` where `|z| ≤ l1`, else `−(z − sign(z) · l1) / ((beta + √n) / alpha + l2)`
/// * `z += g − (√(n + g²) − √n) / alpha · w`, `n += g²`
///
/// so that what occurs often is learned ever more slowly, and what is rare at once. More than two classes are told apart each
/// against the rest, and so are several labels. The intercept is learned in the same way, without `l1` and `l2`.
///
/// [`StreamTrainer`](crate::StreamTrainer) learns with it from streams. [`fit`](linfa::traits::Fit::fit) takes the rows of a matrix, in a
/// new order in each pass.
///
/// Reference: McMahan et al.: Ad click prediction: a view from the trenches, KDD 2013.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ftrl {
    /// The rate: how far a weight moves at first.
    pub alpha: f64,
    /// What is added to √n: the larger, the smaller the first steps, and the later rates begin to fall.
    pub beta: f64,
    /// How large |z| must be for a weight to be other than 0.
    pub l1: f64,
    /// How strongly weights are drawn to 0.
    pub l2: f64,
    /// How often the rows are learned.
    pub passes: u32,
    /// Seed of the order in which the rows of a matrix are visited. A stream has its own order.
    pub seed: u64,
}

impl Default for Ftrl {
    fn default() -> Self {
        Ftrl { alpha: 1.0, beta: 0.1, l1: 0.0, l2: 0.0, passes: 1, seed: 0 }
    }
}

impl Ftrl {
    /// The parameters with their defaults.
    pub fn params() -> Params<Ftrl> {
        Params::default()
    }
}

impl Params<Ftrl> {
    /// Sets the rate.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }

    /// Sets what is added to √n.
    #[must_use]
    pub fn beta(mut self, beta: f64) -> Self {
        self.0.beta = beta;
        self
    }

    /// Sets how large |z| must be for a weight to be other than 0.
    #[must_use]
    pub fn l1(mut self, l1: f64) -> Self {
        self.0.l1 = l1;
        self
    }

    /// Sets how strongly weights are drawn to 0.
    #[must_use]
    pub fn l2(mut self, l2: f64) -> Self {
        self.0.l2 = l2;
        self
    }

    /// How often the rows are learned, as set.
    pub fn n_passes(&self) -> u32 {
        self.0.passes
    }

    /// Sets how often the rows are learned.
    #[must_use]
    pub fn passes(mut self, passes: u32) -> Self {
        self.0.passes = passes;
        self
    }
}

impl Check for Ftrl {
    fn check(&self) -> Result<()> {
        if !(self.alpha > 0.0 && self.alpha <= 1000.0) {
            return Err(Error::param("alpha", self.alpha, "a number above 0 and up to 1000"));
        }
        if !(0.0..=1000.0).contains(&self.beta) {
            return Err(Error::param("beta", self.beta, "a number from 0 to 1000"));
        }
        for (name, value) in [("l1", self.l1), ("l2", self.l2)] {
            if !(0.0..=1e9).contains(&value) {
                return Err(Error::param(name, value, "a number from 0 to 1e9"));
            }
        }
        if !(1..=1000).contains(&self.passes) {
            return Err(Error::param("passes", self.passes, "1 to 1000"));
        }
        Ok(())
    }
}

/// How many columns of weights tell so many classes apart.
pub(crate) fn n_outputs(task: Task, n_classes: usize) -> usize {
    if task == Task::One && n_classes <= 2 { 1 } else { n_classes.max(1) }
}

/// What a weight is kept as: the bits of `z`, and above them those of `n`.
pub(crate) type State = u64;

#[inline]
pub(crate) fn pack(z: f32, n: f32) -> State {
    u64::from(n.to_bits()) << 32 | u64::from(z.to_bits())
}

#[inline]
pub(crate) fn unpack(state: State) -> (f32, f32) {
    (f32::from_bits(state as u32), f32::from_bits((state >> 32) as u32))
}

/// The parameters as the steps use them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    per_alpha: f32,
    beta: f32,
    l1: f32,
    l2: f32,
}

impl Rates {
    pub(crate) fn new(params: &Ftrl) -> Rates {
        let (beta, l1, l2) = (params.beta as f32, params.l1 as f32, params.l2 as f32);
        Rates { per_alpha: (1.0 / params.alpha) as f32, beta, l1, l2 }
    }

    /// The rates of the intercept.
    fn free(self) -> Rates {
        Rates { l1: 0.0, l2: 0.0, ..self }
    }

    #[inline]
    fn of(self, z: f32, n: f32) -> f32 {
        let over = z.abs() - self.l1;
        let rate = (self.beta + n.sqrt()) * self.per_alpha + self.l2;
        // Nothing learned yet: with beta and l2 at 0 there is no rate either.
        if over <= 0.0 || rate <= 0.0 { 0.0 } else { -over.copysign(z) / rate }
    }

    /// The weight that is kept as `state`.
    #[inline]
    pub(crate) fn weight(self, state: State) -> f32 {
        let (z, n) = unpack(state);
        self.of(z, n)
    }

    /// The intercept that is kept as `state`.
    pub(crate) fn intercept(self, state: State) -> f32 {
        self.free().weight(state)
    }

    /// The gradient of each output's score, for a row that has the outputs for which `has` is true, in place of its scores without intercepts;
    /// the intercepts learn. `weight` is the row's.
    pub(crate) fn gradients(self, biases: &mut [State], scores: &mut [f32], has: impl Fn(usize) -> bool, weight: f32) {
        let free = self.free();
        for (output, (bias, score)) in biases.iter_mut().zip(scores).enumerate() {
            let wanted = if has(output) { 1.0 } else { 0.0 };
            let (mut z, mut n) = unpack(*bias);
            let w = free.of(z, n);
            let g = weight * (logistic(w + *score) - wanted);
            free.step(&mut z, &mut n, w, g);
            *bias = pack(z, n);
            *score = g;
        }
    }

    /// Moves a state whose weight is `w` by a gradient.
    #[inline]
    fn step(self, z: &mut f32, n: &mut f32, w: f32, g: f32) {
        let sum = *n + g * g;
        let sigma = (sum.sqrt() - n.sqrt()) * self.per_alpha;
        *z += g - sigma * w;
        *n = sum;
    }
}

/// Values of a row under learning, with the states of their weights, gathered from wherever they are kept.
#[derive(Debug, Default)]
pub(crate) struct Step {
    x: Vec<f32>,
    /// Value after value, one state an output.
    z: Vec<f32>,
    n: Vec<f32>,
    w: Vec<f32>,
    /// Scores, then gradients, of [`learn_row`](Step::learn_row).
    outputs: Vec<f32>,
}

impl Step {
    pub(crate) fn clear(&mut self) {
        self.x.clear();
        self.z.clear();
        self.n.clear();
    }

    /// A value of the row, with the states of its weights.
    #[inline]
    pub(crate) fn push(&mut self, x: f32, states: &[State]) {
        self.x.push(x);
        for &state in states {
            let (z, n) = unpack(state);
            self.z.push(z);
            self.n.push(n);
        }
    }

    /// The values so far.
    pub(crate) fn values(&self) -> &[f32] {
        &self.x
    }

    /// The weights of all values, as the states have them.
    pub(crate) fn weigh(&mut self, rates: Rates) {
        self.w.clear();
        self.w.extend(self.z.iter().zip(&self.n).map(|(&z, &n)| rates.of(z, n)));
    }

    /// The sum of the squares of some of the values.
    pub(crate) fn square(&self, values: Range<usize>) -> f32 {
        dot(&self.x[values.clone()], &self.x[values])
    }

    /// For each output the sum of value · weight over some of the values, once they are weighed.
    pub(crate) fn scores(&self, values: Range<usize>, scores: &mut [f32]) {
        let k = scores.len();
        let (x, w) = (&self.x[values.clone()], &self.w[values.start * k..values.end * k]);
        scores.fill(0.0);
        match scores {
            [score] => *score = dot(x, w),
            _ => {
                for (&x, w) in x.iter().zip(w.chunks_exact(k)) {
                    scores.iter_mut().zip(w).for_each(|(score, &w)| *score += x * w);
                }
            }
        }
    }

    /// Moves the states of some of the values, once they are weighed, by the gradient of each output's score times the value.
    pub(crate) fn learn(&mut self, rates: Rates, values: Range<usize>, gradients: &[f32]) {
        let k = gradients.len();
        let states = values.start * k..values.end * k;
        let (x, w) = (&self.x[values], &self.w[states.clone()]);
        let (z, n) = (&mut self.z[states.clone()], &mut self.n[states]);
        if let &[g] = gradients {
            for (((z, n), &w), &x) in z.iter_mut().zip(n.iter_mut()).zip(w).zip(x) {
                rates.step(z, n, w, g * x);
            }
            return;
        }
        let states = z.chunks_exact_mut(k).zip(n.chunks_exact_mut(k)).zip(w.chunks_exact(k));
        for (((z, n), w), &x) in states.zip(x) {
            for (((z, n), &w), &g) in z.iter_mut().zip(n.iter_mut()).zip(w).zip(gradients) {
                rates.step(z, n, w, g * x);
            }
        }
    }

    /// Learns the whole row: that of the outputs it has those for which `has` is true. `weight` is the row's.
    pub(crate) fn learn_row(&mut self, rates: Rates, biases: &mut [State], has: impl Fn(usize) -> bool, weight: f32) {
        let all = 0..self.x.len();
        let mut outputs = std::mem::take(&mut self.outputs);
        outputs.resize(biases.len(), 0.0);
        self.weigh(rates);
        self.scores(all.clone(), &mut outputs);
        rates.gradients(biases, &mut outputs, has, weight);
        self.learn(rates, all, &outputs);
        self.outputs = outputs;
    }

    /// The states after learning, of one value after the other.
    pub(crate) fn states(&self, n_outputs: usize) -> impl Iterator<Item = impl Iterator<Item = State>> {
        let pairs = self.z.chunks_exact(n_outputs).zip(self.n.chunks_exact(n_outputs));
        pairs.map(|(z, n)| z.iter().zip(n).map(|(&z, &n)| pack(z, n)))
    }
}

/// The sum of products, in eight sums that the processor can add side by side.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sums = [0f32; 8];
    for (a, b) in a.iter().zip(b) {
        (0..8).for_each(|i| sums[i] += a[i] * b[i]);
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

fn logistic(score: f32) -> f32 {
    (1.0 / (1.0 + (-f64::from(score)).exp())) as f32
}

impl<T: IntoTargets> Fit<FeatureMatrix, T, Error> for Ftrl {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<FeatureMatrix, T>) -> Result<LinearModel> {
        let input = Input::new(dataset)?;
        let (x, targets) = (&dataset.records, &input.targets);
        let (task, n_classes) = (targets.task(), targets.n_classes());
        let k = n_outputs(task, n_classes);
        let rates = Rates::new(self);
        let mut states: Vec<State> = vec![0; x.n_features() * k];
        let mut biases: Vec<State> = vec![0; k];
        let mut order: Vec<usize> = (0..x.n_samples()).collect();
        let mut step = Step::default();
        let mut random = Random::new(self.seed);
        for _ in 0..self.passes {
            random.shuffle(&mut order);
            for &row in &order {
                let places = |column: u32| column as usize * k..(column as usize + 1) * k;
                step.clear();
                x.entries(row).iter().for_each(|e| step.push(e.value, &states[places(e.column)]));
                step.learn_row(rates, &mut biases, has(targets, row, k), input.weights[row]);
                for (e, learned) in x.entries(row).iter().zip(step.states(k)) {
                    states[places(e.column)].iter_mut().zip(learned).for_each(|(state, learned)| *state = learned);
                }
            }
        }
        Ok(LinearModel {
            n_features: x.n_features(),
            n_classes,
            n_outputs: k,
            task,
            weights: states.iter().map(|&state| rates.weight(state)).collect(),
            intercepts: biases.iter().map(|&state| rates.intercept(state)).collect(),
        })
    }
}

/// Whether an output has a row. One output speaks for the second of two classes.
fn has(targets: &Targets, row: usize, n_outputs: usize) -> impl Fn(usize) -> bool {
    move |output| targets.has(row, if n_outputs == 1 && targets.n_classes() > 1 { 1 } else { output })
}

#[cfg(test)]
mod tests {
    use linfa::traits::Predict;
    use ndarray::Array1;

    use super::*;

    /// The published algorithm (McMahan et al. 2013, algorithm 1), written out for a dense row in 64 bits.
    struct Reference {
        params: Ftrl,
        z: Vec<f64>,
        n: Vec<f64>,
    }

    impl Reference {
        fn weight(&self, i: usize) -> f64 {
            let Ftrl { alpha, beta, mut l1, mut l2, .. } = self.params;
            if i == 0 {
                (l1, l2) = (0.0, 0.0);
            }
            if self.z[i].abs() <= l1 {
                return 0.0;
            }
            -(self.z[i] - self.z[i].signum() * l1) / ((beta + self.n[i].sqrt()) / alpha + l2)
        }

        /// The first value is 1, of the intercept.
        fn learn(&mut self, x: &[f64], y: f64, weight: f64) {
            let w: Vec<f64> = (0..x.len()).map(|i| self.weight(i)).collect();
            let score: f64 = x.iter().zip(&w).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + (-score).exp());
            for i in 0..x.len() {
                let g = weight * (p - y) * x[i];
                let sigma = ((self.n[i] + g * g).sqrt() - self.n[i].sqrt()) / self.params.alpha;
                self.z[i] += g - sigma * w[i];
                self.n[i] += g * g;
            }
        }
    }

    #[test]
    fn steps_are_those_of_the_published_algorithm() {
        for (alpha, beta, l1, l2) in [(1.0, 0.1, 0.0, 0.0), (0.5, 1.0, 0.02, 0.3), (3.0, 0.01, 2.0, 0.0)] {
            let params = Ftrl { alpha, beta, l1, l2, ..Ftrl::default() };
            let d = 19;
            let references = || Reference { params: params.clone(), z: vec![0.0; d + 1], n: vec![0.0; d + 1] };
            let mut expected = [references(), references()];
            let rates = Rates::new(&params);
            let (mut states, mut biases) = (vec![0; 2 * d], vec![0; 2]);
            let mut random = Random::new(3);
            for row in 0..300 {
                let x: Vec<f64> = (0..d).map(|_| if random.below(2) == 0 { 0.0 } else { random.unit() }).collect();
                let y = [x[0] > x[1], row % 3 == 0];
                let weight = if row % 5 == 0 { 2.5 } else { 1.0 };
                let with_one: Vec<f64> = std::iter::once(1.0).chain(x.iter().copied()).collect();
                expected.iter_mut().zip(y).for_each(|(e, y)| e.learn(&with_one, f64::from(u8::from(y)), weight));
                let held: Vec<usize> = (0..d).filter(|&i| x[i] > 0.0).collect();
                let mut step = Step::default();
                step.clear();
                held.iter().for_each(|&i| step.push(x[i] as f32, &states[2 * i..2 * i + 2]));
                step.learn_row(rates, &mut biases, |output| y[output], weight as f32);
                for (&i, learned) in held.iter().zip(step.states(2)) {
                    states[2 * i..2 * i + 2].iter_mut().zip(learned).for_each(|(state, learned)| *state = learned);
                }
            }
            let mut n_zero = 0;
            for (output, expected) in expected.iter().enumerate() {
                assert!((f64::from(rates.intercept(biases[output])) - expected.weight(0)).abs() < 1e-3);
                for i in 0..d {
                    let (found, expected) = (f64::from(rates.weight(states[2 * i + output])), expected.weight(i + 1));
                    assert!((found - expected).abs() < 1e-3, "{i}: {found} {expected}");
                    n_zero += usize::from(found == 0.0);
                }
            }
            assert_eq!(n_zero > 0, l1 == 2.0, "{n_zero} weights are 0");
        }
    }

    #[test]
    fn one_output_learns_as_several_do() {
        let rates = Rates::new(&Ftrl::default());
        let x: Vec<f32> = (0..21).map(|i| 0.1 * i as f32).collect();
        let learn = |k: usize| {
            let (mut states, mut biases) = (vec![0; 21 * k], vec![0; k]);
            for row in 0..20 {
                let mut step = Step::default();
                step.clear();
                x.iter().zip(states.chunks(k)).for_each(|(&x, states)| step.push(x, states));
                step.learn_row(rates, &mut biases, |_| row % 3 == 0, 1.0);
                states = step.states(k).flatten().collect();
            }
            let of = |i: usize| rates.weight(states[i * k]);
            (0..21).map(of).collect::<Vec<f32>>()
        };
        for (one, several) in learn(1).into_iter().zip(learn(3)) {
            assert!((one - several).abs() < 1e-4, "{one} {several}");
        }
    }

    #[test]
    fn a_matrix_is_learned() {
        let rows = (0..200).map(|i| vec![(i % 2, 1.0), (2 + i % 7, 0.5)]);
        let x = FeatureMatrix::from_rows(9, rows).unwrap();
        let dataset = DatasetBase::new(x.clone(), Array1::from_iter((0..200usize).map(|i| i % 2)));
        let model = Ftrl::params().passes(3).0.fit(&dataset).unwrap();
        let predicted: Array1<usize> = model.predict(&x);
        assert_eq!(predicted.to_vec()[..4], [0, 1, 0, 1]);
        assert!(model.weight(1, 1) > 0.5 && model.weight(0, 1) < -0.5);
    }

    #[test]
    fn ranges_are_checked() {
        for bad in [
            Ftrl::params().alpha(0.0),
            Ftrl::params().alpha(f64::NAN),
            Ftrl::params().beta(-1.0),
            Ftrl::params().l1(f64::INFINITY),
            Ftrl::params().l2(-0.1),
            Ftrl::params().passes(0),
        ] {
            assert!(bad.0.check().is_err(), "{bad:?}");
        }
        assert!(Ftrl::params().0.check().is_ok());
    }
}
