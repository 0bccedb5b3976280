//! Multinomial logistic regression by block dual coordinate ascent.
//!
//! Minimises `½ Σ_k ‖w_k‖² + Σ C_i (-ln p_{i,y_i})`, `p` being the softmax of the margins, the intercepts being
//! regularised as the weight of a constant feature. Each row owns a point `p_i` of the simplex, and the weights are
//! `w_k = Σ_i C_i (y_ik - p_ik) x_i`. A visit to a row moves its `p_i` to the exact optimum given the others: the `p` with
//! `p = softmax(margins + C_i q_i (p_old - p))`, found by a few Newton steps. Compare Shalev-Shwartz and Zhang,
//! *Stochastic dual coordinate ascent methods for regularized loss minimization*, JMLR 14, 2013, and the maximum-entropy
//! part of Yu, Huang and Lin (2011).

use crate::classifier::dual::Stop;
use crate::classifier::kernel::Weights;
use crate::classifier::linear::LinearModel;
use crate::features::FeatureMatrix;
use crate::label::Task;
use crate::random::Random;

/// Probabilities below this stand for 0, so that logarithms exist.
const FLOOR: f64 = 1e-9;

/// Trains on rows of class `classes[i]` with cost `costs[i]` each.
pub(super) fn solve(x: &FeatureMatrix, classes: &[u32], n_classes: usize, costs: &[f32], stop: Stop) -> LinearModel {
    match n_classes {
        0..=4 => solve_lanes::<4>(x, classes, n_classes, costs, stop),
        _ => solve_lanes::<8>(x, classes, n_classes, costs, stop),
    }
}

fn solve_lanes<const L: usize>(
    x: &FeatureMatrix,
    classes: &[u32],
    n_classes: usize,
    costs: &[f32],
    stop: Stop,
) -> LinearModel {
    let n_blocks = n_classes.div_ceil(L);
    let mut weights = Weights::<L>::zeros(x.n_features(), n_blocks);
    let square: Vec<f32> =
        (0..x.n_samples()).map(|row| x.entries(row).iter().map(|e| e.value * e.value).sum::<f32>() + 1.0).collect();
    // Every row begins at its gold class, where its part of the weights is zero.
    let mut points = vec![0f32; x.n_samples() * n_classes];
    classes.iter().enumerate().for_each(|(row, &class)| points[row * n_classes + class as usize] = 1.0);
    let mut order: Vec<u32> = (0..x.n_samples() as u32).filter(|&row| costs[row as usize] > 0.0).collect();
    let mut random = Random::new(stop.seed);
    let mut margins = vec![[0f32; L]; n_blocks];
    let mut step = vec![[0f32; L]; n_blocks];
    let mut solver = Simplex::new(n_classes);
    for _ in 0..stop.max_iter {
        random.shuffle(&mut order);
        let (mut changed, mut total) = (0f64, 0f64);
        for &row in &order {
            let row = row as usize;
            let entries = x.entries(row);
            weights.margins(entries, &mut margins);
            let point = &mut points[row * n_classes..(row + 1) * n_classes];
            solver.solve(margins.as_flattened(), point, f64::from(costs[row] * square[row]));
            let mut moved = 0f32;
            for (k, (new, old)) in solver.p.iter().zip(point.iter_mut()).enumerate() {
                let change = *old - *new as f32;
                moved = moved.max(change.abs());
                step.as_flattened_mut()[k] = costs[row] * change;
                *old = *new as f32;
            }
            if moved > 1e-7 {
                weights.add(entries, &step);
            }
            changed += f64::from(moved);
            total += f64::from(1.0 - point[classes[row] as usize]);
        }
        if changed <= stop.tol * total {
            break;
        }
    }
    let columns = (0..n_classes).map(|k| (weights.class(k).collect(), weights.intercepts.as_flattened()[k])).collect();
    LinearModel::from_columns(columns, n_classes, Task::One)
}

/// Finds one row's optimum; holds the buffers.
struct Simplex {
    p: Vec<f64>,
    gradient: Vec<f64>,
    inverse: Vec<f64>,
}

impl Simplex {
    fn new(n_classes: usize) -> Simplex {
        Simplex { p: vec![0.0; n_classes], gradient: vec![0.0; n_classes], inverse: vec![0.0; n_classes] }
    }

    /// Minimises `Σ p ln p - Σ b p + (a/2) Σ p²` over the simplex, where `b = margin + a · old`; the
    /// minimum is the `p` with `p = softmax(margin + a (old - p))`. Leaves it in `self.p`.
    fn solve(&mut self, margins: &[f32], old: &[f32], a: f64) {
        let Simplex { p, gradient, inverse } = self;
        let mut total = 0.0;
        for (p, &old) in p.iter_mut().zip(old) {
            *p = f64::from(old).max(FLOOR);
            total += *p;
        }
        // From a corner, Newton's method crawls: begin at the softmax of the margins half-way moved.
        if old.iter().any(|&o| o >= 1.0 - 1e-6) {
            let most = margins.iter().take(old.len()).fold(f32::NEG_INFINITY, |m, &x| m.max(x));
            total = 0.0;
            for (p, &m) in p.iter_mut().zip(margins) {
                *p = (0.5 * *p + 0.5 * f64::from((m - most).exp())).max(FLOOR);
                total += *p;
            }
        }
        p.iter_mut().for_each(|p| *p /= total);
        for _ in 0..8 {
            let (mut sum_gradient, mut sum_inverse) = (0.0, 0.0);
            for (k, p) in p.iter().enumerate() {
                let b = f64::from(margins[k]) + a * f64::from(old[k]);
                gradient[k] = p.ln() - b + a * p;
                inverse[k] = *p / (1.0 + a * p);
                sum_gradient += gradient[k] * inverse[k];
                sum_inverse += inverse[k];
            }
            let lambda = -sum_gradient / sum_inverse;
            // Stay inside: no probability may lose more than nine tenths of itself in one step.
            let mut scale = 1f64;
            for (k, p) in p.iter().enumerate() {
                gradient[k] = -(gradient[k] + lambda) * inverse[k];
                if gradient[k] < -0.9 * p {
                    scale = scale.min(-0.9 * p / gradient[k]);
                }
            }
            let mut moved = 0f64;
            let mut total = 0.0;
            for (p, d) in p.iter_mut().zip(gradient.iter()) {
                *p = (*p + scale * d).max(FLOOR);
                moved = moved.max((scale * d).abs());
                total += *p;
            }
            p.iter_mut().for_each(|p| *p /= total);
            if moved < 1e-5 {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_optimum_is_its_own_softmax() {
        for (margins, old, a) in [
            ([0.3f32, -1.0, 2.0], [0.2f32, 0.5, 0.3], 5.0),
            ([4.0, 4.0, -9.0], [0.0, 0.0, 1.0], 20.0),
            ([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], 0.5),
            ([30.0, -30.0, 0.0], [0.0, 1.0, 0.0], 2.0),
        ] {
            let mut solver = Simplex::new(3);
            solver.solve(&margins, &old, a);
            let moved: Vec<f32> = (0..3).map(|k| margins[k] + a as f32 * (old[k] - solver.p[k] as f32)).collect();
            let most = moved.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let total: f32 = moved.iter().map(|m| (m - most).exp()).sum();
            for (m, &p) in moved.iter().zip(&solver.p) {
                let softmax = (m - most).exp() / total;
                assert!((softmax - p as f32).abs() < 1e-3, "{margins:?} {old:?} {a}: {:?}", solver.p);
            }
        }
    }
}
