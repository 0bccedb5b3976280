//! Curves: does a probability mean what it says, and what is gained by abstaining?

use serde::Serialize;

use super::Evaluation;
use super::tally::Weights;
use crate::label::Targets;

/// Number of bins of the calibration error.
pub(super) const N_BINS: usize = 15;

/// A probability that was claimed, and whether it came true.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Judgement {
    pub confidence: f32,
    pub right: bool,
}

/// Claims by confidence, in 15 bins of equal width, closed on the right.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bins([(u64, u64, f64); N_BINS]);

impl Bins {
    pub(super) fn add(&mut self, confidence: f64, right: bool, weight: u64) {
        // As numpy.linspace and searchsorted(side="left") have it: a value on an edge belongs to the bin below.
        let width = 1.0 / N_BINS as f64;
        let mut bin = ((confidence * N_BINS as f64) as usize).min(N_BINS - 1);
        while bin > 0 && confidence <= bin as f64 * width {
            bin -= 1;
        }
        while bin + 1 < N_BINS && confidence > (bin + 1) as f64 * width {
            bin += 1;
        }
        let (n, hits, sum) = &mut self.0[bin];
        *n += weight;
        *hits += weight * u64::from(right);
        *sum += weight as f64 * confidence;
    }

    /// Σ over the bins of |hits − claimed| / n.
    pub(super) fn ece(&self) -> f64 {
        let n: u64 = self.0.iter().map(|b| b.0).sum();
        let gap: f64 = self.0.iter().map(|&(_, hits, sum)| (hits as f64 - sum).abs()).sum();
        if n == 0 { 0.0 } else { gap / n as f64 }
    }
}

/// One bin of a reliability curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Lower edge of the bin, exclusive but for 0.
    pub low: f64,
    /// Upper edge, inclusive.
    pub high: f64,
    /// Claims in the bin.
    pub n: u64,
    /// Mean probability claimed.
    pub confidence: f64,
    /// Share that came true.
    pub frequency: f64,
}

/// One point of a risk–coverage curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RiskPoint {
    /// Answers are given from this confidence on.
    pub threshold: f64,
    /// Share of the questions that are answered.
    pub coverage: f64,
    /// Share of wrong ones among the answers given.
    pub risk: f64,
}

/// What is gained by answering only the questions one is sure of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskCoverage {
    /// From the surest answers only to all of them: one point for each distinct confidence.
    pub points: Vec<RiskPoint>,
    /// Area under the curve: the mean, over the questions, of the risk at the coverage that includes each.
    /// Answers of equal confidence count as they would on average if they were put in random order.
    pub aurc: f64,
}

impl RiskCoverage {
    /// The lowest threshold at which the risk is not above `max_risk`: as many answers as that allows. `None` where no
    /// threshold does it.
    ///
    /// What is chosen on some articles is a little better on them than on others; leave a margin.
    pub fn threshold_for_risk(&self, max_risk: f64) -> Option<f64> {
        self.points.iter().rev().find(|p| p.risk <= max_risk).map(|p| p.threshold)
    }

    /// The highest threshold at which at least `coverage` of the questions are answered; `None` without questions.
    pub fn threshold_for_coverage(&self, coverage: f64) -> Option<f64> {
        self.points.iter().find(|p| p.coverage >= coverage).or(self.points.last()).map(|p| p.threshold)
    }
}

/// The risk–coverage curve of answers with a confidence each.
///
/// Reference: Geifman, El-Yaniv: Selective classification for deep neural networks, NIPS 2017.
///
/// ```
/// let curve = slantwise::risk_coverage(&[(0.9, true), (0.8, true), (0.6, false), (0.6, true)]);
/// assert_eq!(curve.points.len(), 3);
/// assert_eq!(curve.points[1].coverage, 0.5);
/// assert_eq!(curve.points[2].risk, 0.25);
/// ```
pub fn risk_coverage(answers: &[(f64, bool)]) -> RiskCoverage {
    let mut sorted = answers.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let n = sorted.len() as f64;
    let (mut points, mut given, mut wrong, mut area) = (Vec::new(), 0_usize, 0_usize, 0.0);
    for block in sorted.chunk_by(|a, b| a.0 == b.0) {
        let wrong_here = block.iter().filter(|(_, right)| !right).count();
        let share = wrong_here as f64 / block.len() as f64;
        for i in 1..=block.len() {
            area += (wrong as f64 + share * i as f64) / (given + i) as f64;
        }
        given += block.len();
        wrong += wrong_here;
        points.push(RiskPoint { threshold: block[0].0, coverage: given as f64 / n, risk: wrong as f64 / given as f64 });
    }
    RiskCoverage { points, aurc: if answers.is_empty() { 0.0 } else { area / n } }
}

impl Evaluation<'_> {
    /// The reliability curve behind [`ece`](super::Scores::ece): 15 bins of equal width, empty ones left out;
    /// `None` without probabilities.
    ///
    /// For one class, a claim is the probability of the most probable class (the first of equals), and it comes
    /// true where that is the gold class. For several labels, every label of every article is a claim with the
    /// probability of "yes", as in scikit-learn's `calibration_curve`, so that errors to either side can't
    /// cancel. The calibration error is Σ (bin's n / all) · |frequency − confidence|.
    ///
    /// Reference: Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks, ICML 2017.
    pub fn reliability(&self) -> Option<Vec<ReliabilityBin>> {
        let bins = self.bins(self.probabilities.as_ref()?, Weights::Ones);
        let width = 1.0 / N_BINS as f64;
        let filled = bins.0.iter().enumerate().filter(|(_, b)| b.0 > 0);
        Some(
            filled
                .map(|(i, &(n, hits, sum))| ReliabilityBin {
                    low: i as f64 * width,
                    high: (i + 1) as f64 * width,
                    n,
                    confidence: sum / n as f64,
                    frequency: hits as f64 / n as f64,
                })
                .collect(),
        )
    }

    /// The risk–coverage curve; `None` without probabilities.
    ///
    /// For one class, an answer is an article, with the probability of the predicted class. For several labels it
    /// is a label decision, with the probability of what was decided.
    pub fn risk_coverage(&self) -> Option<RiskCoverage> {
        let probabilities = self.probabilities.as_ref()?;
        let k = self.gold.n_classes();
        let answers: Vec<(f64, bool)> = match (self.gold, self.predicted) {
            (Targets::One { classes: gold, .. }, Targets::One { classes: predicted, .. }) => gold
                .iter()
                .zip(predicted)
                .zip(probabilities.values.chunks_exact(k))
                .map(|((g, p), row)| (f64::from(row[*p as usize]), g == p))
                .collect(),
            (Targets::Several { flags: gold, .. }, Targets::Several { flags: predicted, .. }) => gold
                .iter()
                .zip(predicted)
                .zip(probabilities.values)
                .map(|((g, &yes), &p)| (if yes { f64::from(p) } else { 1.0 - f64::from(p) }, *g == yes))
                .collect(),
            _ => return None,
        };
        Some(risk_coverage(&answers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_belongs_to_the_bin_below_and_the_ends_have_a_bin() {
        let bin_of = |p: f64| {
            let mut bins = Bins::default();
            bins.add(p, true, 1);
            bins.0.iter().position(|b| b.0 == 1).unwrap()
        };
        assert_eq!((bin_of(0.0), bin_of(1.0)), (0, 14));
        let width = 1.0 / 15.0;
        for edge in 1..15 {
            let at = f64::from(edge) * width;
            assert_eq!(bin_of(at), edge as usize - 1);
            assert_eq!(bin_of(at.next_up()), edge as usize);
        }
    }

    #[test]
    fn the_error_weighs_the_bins_by_their_claims() {
        let mut bins = Bins::default();
        bins.add(0.9, true, 3);
        bins.add(0.9, false, 1);
        bins.add(0.1, false, 4);
        // |3 − 3.6| / 8 + |0 − 0.4| / 8
        assert!((bins.ece() - 0.125).abs() < 1e-12);
    }

    #[test]
    fn abstaining_from_the_unsure_answers_lowers_the_risk() {
        let answers: Vec<(f64, bool)> = (0..100).map(|i| (f64::from(i) / 100.0, i >= 30)).collect();
        let curve = risk_coverage(&answers);
        assert_eq!(curve.points[69], RiskPoint { threshold: 0.3, coverage: 0.7, risk: 0.0 });
        assert_eq!(curve.points[99], RiskPoint { threshold: 0.0, coverage: 1.0, risk: 0.3 });
        assert_eq!(curve.threshold_for_risk(0.0), Some(0.3));
        assert_eq!(curve.threshold_for_risk(0.3), Some(0.0));
        assert_eq!(curve.threshold_for_coverage(0.25), Some(0.75));
        assert_eq!(risk_coverage(&[(0.9, false)]).threshold_for_risk(0.5), None);
        let reversed: Vec<(f64, bool)> = answers.iter().map(|&(c, r)| (1.0 - c, r)).collect();
        assert!(curve.aurc < 0.3 && risk_coverage(&reversed).aurc > 0.3);
    }

    #[test]
    fn equal_confidence_means_equal_risk_everywhere() {
        let curve = risk_coverage(&[(0.5, true), (0.5, false), (0.5, true), (0.5, false)]);
        assert_eq!(curve.points.len(), 1);
        assert!((curve.aurc - 0.5).abs() < 1e-12);
        assert_eq!(risk_coverage(&[]).points, []);
    }
}
