//! The one fit behind all calibrators: a slope and a bias a class that make softmax fit best.

/// Scores and soft targets, row after row, `k` a row; each row's targets sum to 1.
pub(super) struct Problem<'a> {
    pub k: usize,
    pub scores: &'a [f64],
    pub targets: &'a [f64],
    /// Whether there is a bias a class; without, the slope alone is fitted (a temperature).
    pub with_bias: bool,
}

/// pₖ = softmax(slope · sₖ + biasₖ)
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Affine {
    pub slope: f64,
    pub bias: Vec<f64>,
}

/// Holds the biases, which softmax defines up to a constant, near 0.
const RIDGE: f64 = 1e-9;
const MAX_NEWTON: usize = 100;
/// Stops where no derivative of the mean loss is greater.
const TOLERANCE: f64 = 1e-10;

impl Problem<'_> {
    /// Minimises the mean cross-entropy by Newton's method; each step is solved by conjugate gradients, so that
    /// no matrix of classes × classes is built. The loss is convex, and soft targets keep its minimum finite.
    ///
    /// The scores should have about unit size.
    pub(super) fn minimise(&self) -> Affine {
        let mut at = Affine { slope: 1.0, bias: vec![0.0; self.k] };
        let mut p = vec![0.0; self.scores.len()];
        let mut loss = self.forward(&at, &mut p);
        for _ in 0..MAX_NEWTON {
            let gradient = self.gradient(&at, &p);
            if gradient.iter().all(|g| g.abs() < TOLERANCE) {
                break;
            }
            let step = self.newton_step(&gradient, &p);
            let descent: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
            let mut length = 1.0;
            let better = loop {
                let next = Affine {
                    slope: at.slope + length * step[0],
                    bias: at.bias.iter().zip(&step[1..]).map(|(b, s)| b + length * s).collect(),
                };
                let next_loss = self.forward(&next, &mut p);
                if next_loss <= loss + 1e-4 * length * descent {
                    break Some((next, next_loss));
                }
                length /= 2.0;
                if length < 1e-12 {
                    break None; // as good as 64 bits allow
                }
            };
            match better {
                Some((next, next_loss)) if next_loss < loss => (at, loss) = (next, next_loss),
                _ => break,
            }
        }
        at
    }

    fn n(&self) -> f64 {
        (self.scores.len() / self.k) as f64
    }

    /// Fills in the probabilities; returns the mean loss.
    fn forward(&self, at: &Affine, p: &mut [f64]) -> f64 {
        let mut loss = 0.0;
        let rows = self.scores.chunks_exact(self.k).zip(self.targets.chunks_exact(self.k));
        for ((scores, targets), p) in rows.zip(p.chunks_exact_mut(self.k)) {
            for ((p, s), b) in p.iter_mut().zip(scores).zip(&at.bias) {
                *p = at.slope * s + b;
            }
            let dot: f64 = p.iter().zip(targets).map(|(z, t)| z * t).sum();
            loss += super::softmax(p) - dot;
        }
        loss / self.n() + 0.5 * RIDGE * at.bias.iter().map(|b| b * b).sum::<f64>()
    }

    fn gradient(&self, at: &Affine, p: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; self.k + 1];
        for (row, p) in p.chunks_exact(self.k).enumerate() {
            for class in 0..self.k {
                let i = row * self.k + class;
                let error = p[class] - self.targets[i];
                gradient[0] += error * self.scores[i];
                gradient[class + 1] += error;
            }
        }
        gradient.iter_mut().for_each(|g| *g /= self.n());
        gradient[1..].iter_mut().zip(&at.bias).for_each(|(g, b)| *g += RIDGE * b);
        self.without_fixed(gradient)
    }

    /// The second derivatives times a direction.
    fn curvature(&self, direction: &[f64], p: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.k + 1];
        for (scores, p) in self.scores.chunks_exact(self.k).zip(p.chunks_exact(self.k)) {
            let change = |class: usize| direction[0] * scores[class] + direction[class + 1];
            let mean: f64 = (0..self.k).map(|class| p[class] * change(class)).sum();
            for class in 0..self.k {
                let w = p[class] * (change(class) - mean);
                product[0] += w * scores[class];
                product[class + 1] += w;
            }
        }
        product.iter_mut().for_each(|x| *x /= self.n());
        product.iter_mut().zip(direction).for_each(|(x, d)| *x += RIDGE * d);
        self.without_fixed(product)
    }

    fn diagonal(&self, p: &[f64]) -> Vec<f64> {
        let mut diagonal = vec![0.0; self.k + 1];
        for (scores, p) in self.scores.chunks_exact(self.k).zip(p.chunks_exact(self.k)) {
            let mean: f64 = p.iter().zip(scores).map(|(p, s)| p * s).sum();
            for class in 0..self.k {
                diagonal[0] += p[class] * (scores[class] - mean).powi(2);
                diagonal[class + 1] += p[class] * (1.0 - p[class]);
            }
        }
        diagonal.iter().map(|d| d / self.n() + RIDGE).collect()
    }

    /// Conjugate gradients with the diagonal as preconditioner.
    fn newton_step(&self, gradient: &[f64], p: &[f64]) -> Vec<f64> {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let diagonal = self.diagonal(p);
        let scaled = |r: &[f64]| r.iter().zip(&diagonal).map(|(r, d)| r / d).collect::<Vec<f64>>();
        let mut step = vec![0.0; self.k + 1];
        let mut residual: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut z = scaled(&residual);
        let mut direction = z.clone();
        let mut rz = dot(&residual, &z);
        let enough = rz * 1e-16;
        for _ in 0..2 * (self.k + 1) {
            let product = self.curvature(&direction, p);
            let along = dot(&direction, &product);
            if along <= 0.0 {
                break;
            }
            let length = rz / along;
            step.iter_mut().zip(&direction).for_each(|(s, d)| *s += length * d);
            residual.iter_mut().zip(&product).for_each(|(r, q)| *r -= length * q);
            z = scaled(&residual);
            let next = dot(&residual, &z);
            if next <= enough {
                break;
            }
            direction = z.iter().zip(&direction).map(|(z, d)| z + next / rz * d).collect();
            rz = next;
        }
        step
    }

    fn without_fixed(&self, mut of: Vec<f64>) -> Vec<f64> {
        if !self.with_bias {
            of[1..].fill(0.0);
        }
        of
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// At the minimum, the mean of p equals the mean of t for every class, and so do the sums weighted by scores.
    #[test]
    fn the_minimum_matches_the_moments() {
        let (n, k) = (500, 4);
        let mut random = Random::new(2);
        let scores: Vec<f64> = (0..n * k).map(|_| random.normal()).collect();
        let mut targets = vec![0.0; n * k];
        for row in 0..n {
            let class = random.below(k);
            targets[row * k + class] = 0.97;
            (0..k).filter(|&c| c != class).for_each(|c| targets[row * k + c] = 0.01);
        }
        for with_bias in [true, false] {
            let problem = Problem { k, scores: &scores, targets: &targets, with_bias };
            let at = problem.minimise();
            let mut p = vec![0.0; n * k];
            problem.forward(&at, &mut p);
            assert!(problem.gradient(&at, &p).iter().all(|g| g.abs() < 1e-9));
            let moment = |of: &[f64]| of.iter().zip(&scores).map(|(a, s)| a * s).sum::<f64>();
            assert!((moment(&p) - moment(&targets)).abs() < 1e-6);
            assert_eq!(at.bias.iter().any(|b| *b != 0.0), with_bias);
        }
    }

    /// A mistake in the curvature would leave the minimum right and the way there long.
    #[test]
    fn the_curvature_is_the_derivative_of_the_gradient() {
        let (scores, targets) = ([0.3, -1.0, 0.5, 2.0, 0.1, -0.4], [0.8, 0.1, 0.1, 0.2, 0.2, 0.6]);
        let problem = Problem { k: 3, scores: &scores, targets: &targets, with_bias: true };
        let at = Affine { slope: 0.7, bias: vec![0.1, -0.2, 0.3] };
        let direction = [0.5, 1.0, -0.3, 0.2];
        let gradient_at = |h: f64| {
            let moved = Affine {
                slope: at.slope + h * direction[0],
                bias: at.bias.iter().zip(&direction[1..]).map(|(b, d)| b + h * d).collect(),
            };
            let mut p = vec![0.0; 6];
            problem.forward(&moved, &mut p);
            (problem.gradient(&moved, &p), p)
        };
        let h = 1e-5;
        let (ahead, behind) = (gradient_at(h).0, gradient_at(-h).0);
        let product = problem.curvature(&direction, &gradient_at(0.0).1);
        for ((a, b), x) in ahead.iter().zip(&behind).zip(product) {
            assert!(((a - b) / (2.0 * h) - x).abs() < 1e-8);
        }
    }
}
