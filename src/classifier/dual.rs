//! Dual coordinate descent, one class against the rest, several classes in one pass over the rows.
//!
//! L2-loss SVM: Hsieh, Chang, Lin, Keerthi, Sundararajan, *A dual coordinate descent method for large-scale
//! linear SVM*, ICML 2008 (LIBLINEAR `-s 1`). Logistic regression: Yu, Huang, Lin, *Dual
//! coordinate descent methods for logistic regression and maximum entropy models*, Machine Learning 85, 2011
//! (LIBLINEAR `-s 7`). Classes don't influence each other, so they may be trained in any grouping.

use rayon::prelude::*;

use crate::classifier::kernel::Weights;
use crate::classifier::linear::LinearModel;
use crate::features::{Entry, FeatureMatrix};
use crate::label::{Targets, Task};
use crate::random::Random;

/// What is minimised: `½‖w‖² + Σ C_i loss(y_i (w·x_i + b))`, `b` being regularised as the weight of a constant feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Loss {
    /// `max(0, 1 - m)²`.
    SquaredHinge,
    /// `ln(1 + e^{-m})`.
    Logistic,
}

/// The cost of an error in one row, for one class: `C` times the row's weight times the class's.
#[derive(Debug, Clone)]
pub(super) struct Costs {
    /// `C · row weight`.
    pub(super) rows: Vec<f32>,
    /// Factor for rows that have the class.
    pub(super) positive: Vec<f32>,
    /// Factor for rows that don't.
    pub(super) negative: Vec<f32>,
}

/// How long to train.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    /// Stop when the dual variables changed by less than this share of their sum in a pass.
    pub(super) tol: f64,
    pub(super) max_iter: u32,
    pub(super) seed: u64,
}

/// One problem: rows, their classes, their costs.
pub(super) struct Problem<'a> {
    pub(super) x: &'a FeatureMatrix,
    pub(super) targets: &'a Targets,
    pub(super) costs: &'a Costs,
    /// Scales of the features, one a class: feature-major (NB-SVM).
    pub(super) scale: Option<&'a [f32]>,
    pub(super) loss: Loss,
    pub(super) stop: Stop,
}

impl Problem<'_> {
    /// Number of separate binary problems: one for two classes, otherwise one a class.
    fn n_outputs(&self) -> usize {
        match (self.targets.task(), self.targets.n_classes()) {
            (Task::One, 2) => 1,
            (_, n) => n,
        }
    }

    /// The class that output `output` separates from the rest.
    fn class(&self, output: usize) -> usize {
        if self.n_outputs() == 1 && self.targets.n_classes() == 2 { 1 } else { output }
    }

    /// Trains every class against the rest.
    pub(super) fn solve(&self) -> LinearModel {
        let n_outputs = self.n_outputs();
        let outputs: Vec<usize> = (0..n_outputs).collect();
        let solved: Vec<Vec<(Vec<f32>, f32)>> = groups(&outputs)
            .into_par_iter()
            .with_max_len(1)
            .map(|outputs| match outputs.len() {
                1 => self.solve_group::<1>(outputs),
                2 => self.solve_group::<2>(outputs),
                3..=4 => self.solve_group::<4>(outputs),
                _ => self.solve_group::<8>(outputs),
            })
            .collect();
        let columns: Vec<(Vec<f32>, f32)> = solved.into_iter().flatten().collect();
        LinearModel::from_columns(columns, self.targets.n_classes(), self.targets.task())
    }

    fn solve_group<const L: usize>(&self, outputs: &[usize]) -> Vec<(Vec<f32>, f32)> {
        let mut group = Group::<L>::new(self, outputs);
        let mut order: Vec<u32> = (0..self.x.n_samples() as u32).collect();
        let mut random = Random::new(self.stop.seed);
        for _ in 0..self.stop.max_iter {
            random.shuffle(&mut order);
            group.pass(self, &order);
            if group.finished(self.stop.tol) {
                break;
            }
        }
        (0..outputs.len())
            .map(|lane| (group.weights.class(lane).collect(), group.weights.intercepts[0][lane]))
            .collect()
    }
}

/// Outputs that are trained together: eight at most, whose weights of one feature are half a cache line. Groups run side by side, and the last
/// of several is cut in two, so that threads end at about the same time.
fn groups(outputs: &[usize]) -> Vec<&[usize]> {
    let n_groups = outputs.len().div_ceil(8).max(1);
    let mut groups: Vec<&[usize]> = outputs.chunks(outputs.len().div_ceil(n_groups).max(1)).collect();
    if groups.len() > 1
        && let Some(last) = groups.pop()
    {
        let (first, second) = last.split_at(last.len().div_ceil(2));
        groups.extend([first, second].iter().filter(|half| !half.is_empty()));
    }
    groups
}

/// The state of up to `L` binary problems over the same rows.
struct Group<const L: usize> {
    weights: Weights<L>,
    /// The dual variables of each row.
    alpha: Vec<[f32; L]>,
    /// `‖x_i‖² + 1` in each class's scale.
    square: Vec<[f32; L]>,
    /// +1 or -1; 0 for a lane without a problem.
    sign: Vec<[i8; L]>,
    cost: Vec<[f32; L]>,
    scale: Option<Vec<[f32; L]>>,
    lanes: [Lane; L],
}

/// The progress of one binary problem in a pass.
#[derive(Debug, Clone, Copy)]
struct Lane {
    done: bool,
    /// Sum of the changes of the dual variables, and of the variables themselves.
    changed: f64,
    total: f64,
}

impl<const L: usize> Group<L> {
    fn new(problem: &Problem<'_>, outputs: &[usize]) -> Group<L> {
        let x = problem.x;
        let n = x.n_samples();
        let scale: Option<Vec<[f32; L]>> = problem.scale.map(|scale| {
            let n_outputs = problem.n_outputs();
            let of = |feature: usize| {
                std::array::from_fn(|lane| outputs.get(lane).map_or(0.0, |&o| scale[feature * n_outputs + o].powi(2)))
            };
            (0..x.n_features()).map(of).collect()
        });
        let square = (0..n)
            .map(|row| match &scale {
                None => [x.entries(row).iter().map(|e| e.value * e.value).sum::<f32>() + 1.0; L],
                Some(scale) => {
                    let mut square = [1.0; L];
                    for e in x.entries(row) {
                        let s = &scale[e.column as usize];
                        (0..L).for_each(|l| square[l] += e.value * e.value * s[l]);
                    }
                    square
                }
            })
            .collect();
        let sign: Vec<[i8; L]> = (0..n)
            .map(|row| {
                std::array::from_fn(|lane| match outputs.get(lane) {
                    Some(&output) if problem.targets.has(row, problem.class(output)) => 1,
                    Some(_) => -1,
                    None => 0,
                })
            })
            .collect();
        let factor = |row: usize, lane: usize| {
            outputs.get(lane).map_or(1.0, |&output| {
                let class = problem.class(output);
                let factors = if sign[row][lane] > 0 { &problem.costs.positive } else { &problem.costs.negative };
                problem.costs.rows[row] * factors[class]
            })
        };
        let cost: Vec<[f32; L]> = (0..n).map(|row| std::array::from_fn(|lane| factor(row, lane))).collect();
        let mut weights = Weights::zeros(x.n_features(), 1);
        let alpha = match problem.loss {
            Loss::SquaredHinge => vec![[0.0; L]; n],
            // The dual of the logistic loss lives strictly inside (0, C): LIBLINEAR's start.
            Loss::Logistic => {
                let start = |row: usize| std::array::from_fn(|lane| (0.001 * cost[row][lane]).min(1e-8));
                let alpha: Vec<[f32; L]> = (0..n).map(start).collect();
                for row in 0..n {
                    let step = std::array::from_fn(|lane| alpha[row][lane] * f32::from(sign[row][lane]));
                    match &scale {
                        None => weights.add(x.entries(row), &[step]),
                        Some(scale) => weights.add_scaled(x.entries(row), &step, scale),
                    }
                }
                alpha
            }
        };
        let lane = |lane: usize| Lane { done: lane >= outputs.len(), changed: 0.0, total: 0.0 };
        Group { weights, alpha, square, sign, cost, scale, lanes: std::array::from_fn(lane) }
    }

    fn pass(&mut self, problem: &Problem<'_>, order: &[u32]) {
        let mut margins = [[0f32; L]];
        for &row in order {
            let row = row as usize;
            let entries: &[Entry] = problem.x.entries(row);
            self.weights.margins(entries, &mut margins);
            let mut step = [0f32; L];
            for l in 0..L {
                // A row without cost (weight 0) takes no part.
                if self.lanes[l].done || self.cost[row][l] <= 0.0 {
                    continue;
                }
                let y = f32::from(self.sign[row][l]);
                let before = self.alpha[row][l];
                match problem.loss {
                    Loss::SquaredHinge => self.hinge(row, l, y * margins[0][l]),
                    Loss::Logistic => self.logistic(row, l, y * margins[0][l]),
                }
                let change = self.alpha[row][l] - before;
                self.lanes[l].changed += f64::from(change.abs());
                self.lanes[l].total += f64::from(self.alpha[row][l]);
                step[l] = change * y;
            }
            if step.iter().any(|&s| s != 0.0) {
                match &self.scale {
                    None => self.weights.add(entries, &[step]),
                    Some(scale) => self.weights.add_scaled(entries, &step, scale),
                }
            }
        }
    }

    /// One step of the SVM's dual: minimises over `alpha >= 0` exactly.
    #[inline]
    fn hinge(&mut self, row: usize, l: usize, margin: f32) {
        let diagonal = 0.5 / self.cost[row][l];
        let alpha = &mut self.alpha[row][l];
        let gradient = margin - 1.0 + diagonal * *alpha;
        *alpha = (*alpha - gradient / (self.square[row][l] + diagonal)).max(0.0);
    }

    /// One step of the logistic dual: solves `ln(a / (C - a)) + margin(a) = 0` for `a` in `(0, C)` by Newton's method in the
    /// log-odds of `a / C`, where the function is monotone.
    #[inline]
    fn logistic(&mut self, row: usize, l: usize, margin: f32) {
        let alpha = &mut self.alpha[row][l];
        let (c, q, old) = (self.cost[row][l], self.square[row][l], *alpha);
        // With s the sigmoid: z + margin + q (C s(z) - old) = 0 has one root.
        let rest = margin - q * old;
        let share = (old / c).clamp(1e-12, 1.0 - 1e-7);
        let mut z = (share / (1.0 - share)).ln();
        let (mut low, mut high) = (f32::NEG_INFINITY, f32::INFINITY);
        for _ in 0..20 {
            let s = 1.0 / (1.0 + (-z).exp());
            let value = z + rest + q * c * s;
            if value > 0.0 {
                high = z;
            } else {
                low = z;
            }
            let mut next = z - value / (1.0 + q * c * s * (1.0 - s));
            if !(next > low && next < high) {
                next = if low.is_finite() && high.is_finite() { 0.5 * (low + high) } else { next.clamp(-50.0, 50.0) };
            }
            if (next - z).abs() < 1e-4 {
                z = next;
                break;
            }
            z = next;
        }
        *alpha = c / (1.0 + (-z).exp());
    }

    /// After a pass: which problems are solved. True when all are.
    fn finished(&mut self, tol: f64) -> bool {
        for lane in self.lanes.iter_mut().filter(|lane| !lane.done) {
            lane.done = lane.changed <= tol * lane.total;
            (lane.changed, lane.total) = (0.0, 0.0);
        }
        self.lanes.iter().all(|lane| lane.done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_is_in_one_group_of_eight_at_most() {
        for n in 0..70 {
            let outputs: Vec<usize> = (0..n).collect();
            let groups = groups(&outputs);
            assert_eq!(groups.concat(), outputs);
            assert!(groups.iter().all(|group| (1..=8).contains(&group.len())));
        }
        let twenty: Vec<usize> = (0..20).collect();
        assert_eq!(groups(&twenty).iter().map(|group| group.len()).collect::<Vec<_>>(), [7, 7, 3, 3]);
    }
}
