//! Fits of the calibrators with one slope, and what all fits share: smoothed targets, scores of unit size.

use super::affine::{Affine, Problem};
use super::{Calibration, CalibrationFit};
use crate::label::{Targets, Task};

/// One slope and a bias a class.
pub(super) fn softmax(scores: &[f64], gold: &Targets) -> Calibration {
    let k = gold.n_classes();
    let targets = smoothed(gold);
    let flat = |fit| {
        let n = gold.n_samples() as f64;
        let share = |c: usize| targets.iter().skip(c).step_by(k).sum::<f64>() / n;
        let logs: Vec<f64> = (0..k).map(|c| share(c).ln()).collect();
        let mean = logs.iter().sum::<f64>() / k as f64;
        Calibration::Softmax { slope: 0.0, bias: logs.iter().map(|b| b - mean).collect(), fit }
    };
    if gold.support().iter().filter(|&&n| n > 0).count() < 2 {
        return flat(CalibrationFit::OneClass);
    }
    // Softmax sees differences within a row only.
    let centred: Vec<f64> = scores
        .chunks_exact(k)
        .flat_map(|row| {
            let mean = row.iter().map(|s| s / k as f64).sum::<f64>();
            row.iter().map(move |s| s - mean)
        })
        .collect();
    let Some(scale) = Scale::plain(&centred) else {
        return flat(CalibrationFit::ConstantScores);
    };
    let scaled: Vec<f64> = centred.iter().map(|s| scale.apply(*s)).collect();
    let Affine { slope, bias } = Problem { k, scores: &scaled, targets: &targets, with_bias: true }.minimise();
    if slope <= 0.0 {
        return flat(CalibrationFit::Inverted);
    }
    Calibration::Softmax { slope: slope / scale.size, bias, fit: CalibrationFit::Fitted }
}

/// One slope.
pub(super) fn temperature(scores: &[f64], gold: &Targets, task: Task) -> Calibration {
    let k = gold.n_classes();
    let given = |slope, fit| Calibration::Temperature { task, n_classes: k, slope, fit };
    let n = gold.n_samples();
    let support = gold.support();
    let decided = match task {
        Task::One => support.iter().filter(|&&s| s > 0).count() > 1,
        Task::Several => support.iter().any(|&s| s > 0) && support.iter().any(|&s| s < n),
    };
    if !decided {
        return given(1.0, CalibrationFit::OneClass);
    }
    let (scores, targets, k) = match task {
        Task::One => (scores.to_vec(), smoothed(gold), k),
        // a sigmoid is a softmax over (s, 0)
        Task::Several => (
            scores.iter().flat_map(|&s| [s, 0.0]).collect(),
            (0..n * k)
                .flat_map(|i| {
                    let (positives, has) = (support[i % k], gold.has(i / k, i % k));
                    let t = smoothed_target(positives, n - positives, has);
                    [t, 1.0 - t]
                })
                .collect(),
            2,
        ),
    };
    let Some(scale) = Scale::plain(&scores) else {
        return given(1.0, CalibrationFit::ConstantScores);
    };
    let scaled: Vec<f64> = scores.iter().map(|s| scale.apply(*s)).collect();
    let slope = Problem { k, scores: &scaled, targets: &targets, with_bias: false }.minimise().slope;
    if slope <= 0.0 { given(0.0, CalibrationFit::Inverted) } else { given(slope / scale.size, CalibrationFit::Fitted) }
}

/// The gold as smoothed targets, row after row.
fn smoothed(gold: &Targets) -> Vec<f64> {
    let (n, k) = (gold.n_samples(), gold.n_classes());
    let support = gold.support();
    let mut targets = vec![1.0; n * k];
    if k < 2 {
        return targets;
    }
    for row in 0..n {
        let class = (0..k).find(|&c| gold.has(row, c)).unwrap_or(0);
        let rest = 1.0 / (support[class] as f64 + 2.0);
        for c in 0..k {
            targets[row * k + c] = if c == class { 1.0 - rest } else { rest / (k - 1) as f64 };
        }
    }
    targets
}

/// Platt's target of a label that some rows have and others lack.
fn smoothed_target(positives: usize, negatives: usize, has: bool) -> f64 {
    if has { (positives as f64 + 1.0) / (positives as f64 + 2.0) } else { 1.0 / (negatives as f64 + 2.0) }
}

/// The log-odds of the mean of the smoothed targets.
pub(super) fn prior_logit(positives: usize, n: usize) -> f64 {
    let negatives = n - positives;
    let sum = positives as f64 * smoothed_target(positives, negatives, true)
        + negatives as f64 * smoothed_target(positives, negatives, false);
    (sum / (n as f64 - sum)).ln()
}

/// A shift and a size that bring numbers to about unit size.
pub(super) struct Scale {
    pub mean: f64,
    pub size: f64,
}

impl Scale {
    /// Zero mean and unit variance; `None` where the numbers don't differ.
    pub(super) fn centred(values: &[f64]) -> Option<Scale> {
        let n = values.len() as f64;
        let mean = values.iter().map(|v| v / n).sum::<f64>();
        let size = root_mean_square(values.iter().map(|v| v - mean), n);
        let noise = 1e-12 * values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        (size > noise.max(1e-100) && size.is_finite()).then_some(Scale { mean, size })
    }

    /// Unit mean square; `None` where all numbers are 0.
    pub(super) fn plain(values: &[f64]) -> Option<Scale> {
        let size = root_mean_square(values.iter().copied(), values.len() as f64);
        (size > 1e-100 && size.is_finite()).then_some(Scale { mean: 0.0, size })
    }

    pub(super) fn apply(&self, value: f64) -> f64 {
        (value - self.mean) / self.size
    }
}

/// √(Σ v² / n) without overflow.
fn root_mean_square(values: impl Iterator<Item = f64> + Clone, n: f64) -> f64 {
    let greatest = values.clone().fold(0.0_f64, |m, v| m.max(v.abs()));
    if greatest > 0.0 { greatest * values.map(|v| (v / greatest).powi(2) / n).sum::<f64>().sqrt() } else { 0.0 }
}
