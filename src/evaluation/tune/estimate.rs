//! What the chosen setting is worth, the choosing discounted.

use crate::error::Result;
use crate::evaluation::Metric;
use crate::label::{LabelSet, Targets};
use crate::random::Random;

use super::score::Decisions;

/// Draws of the bootstrap.
const DRAWS: usize = 300;

/// An honest estimate of a score, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// The mean over the draws.
    pub score: f64,
    /// 2.5 and 97.5 percent of the draws lie below.
    pub interval: [f64; 2],
}

/// The score that the best of some settings can be expected to have on new rows.
///
/// The best out of many settings looks better on the rows that chose it than it is. In each draw of the bootstrap (of whole groups, where there
/// are any) the setting is chosen on the rows that were drawn and scored on those that were not: BBC-CV (Tsamardinos, Greasidou, Borboudakis:
/// Bootstrapping the out-of-sample predictions for efficient and accurate cross-validation, Machine Learning 107, 2018).
pub(super) fn estimate(
    settings: &[&Decisions],
    targets: &Targets,
    labels: &LabelSet,
    groups: Option<&[u32]>,
    metric: Metric,
    seed: u64,
) -> Result<Option<Estimate>> {
    let Some(first) = settings.first() else { return Ok(None) };
    // The same rows in the same order for all settings, or the draws would not compare them.
    if settings.iter().any(|s| s.rows != first.rows) {
        return Ok(None);
    }
    let members = first.units(groups);
    if members.len() < 3 {
        return Ok(None);
    }
    let mut random = Random::new(seed);
    let mut found = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        let mut times = vec![0usize; members.len()];
        (0..members.len()).for_each(|_| times[random.below(members.len())] += 1);
        let drawn: Vec<usize> =
            members.iter().zip(&times).flat_map(|(m, &n)| std::iter::repeat_n(m, n).flatten().copied()).collect();
        let left: Vec<usize> =
            members.iter().zip(&times).filter(|(_, n)| **n == 0).flat_map(|(m, _)| m).copied().collect();
        if left.is_empty() {
            continue;
        }
        let mut best: Option<(f64, &Decisions)> = None;
        for setting in settings {
            let score = setting.score(&drawn, targets, labels, metric)?;
            if best.is_none_or(|(top, _)| score > top) {
                best = Some((score, setting));
            }
        }
        if let Some((_, setting)) = best {
            let score = setting.score(&left, targets, labels, metric)?;
            if score.is_finite() {
                found.push(if metric.higher_is_better() { score } else { -score });
            }
        }
    }
    if found.is_empty() {
        return Ok(None);
    }
    found.sort_by(f64::total_cmp);
    let at = |q: f64| found[((found.len() - 1) as f64 * q).round() as usize];
    let score = found.iter().sum::<f64>() / found.len() as f64;
    Ok(Some(Estimate { score, interval: [at(0.025), at(0.975)] }))
}
