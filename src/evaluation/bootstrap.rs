//! Intervals: how far a score could lie from the truth by the luck of the draw.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Evaluation;
use super::groups::renumbered;
use super::metrics::{Metric, Scores};
use super::same_size;
use super::tally::Weights;
use crate::error::{Error, Result};
use crate::random::Random;

/// How intervals are computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BootstrapParams {
    /// Number of samples drawn. At least 10, default 1000.
    pub resamples: usize,
    /// Share of the samples inside the interval. Between 0 and 1, default 0.95.
    pub level: f64,
    /// Seed of the lot. Default 0.
    pub seed: u64,
}

impl Default for BootstrapParams {
    fn default() -> BootstrapParams {
        BootstrapParams { resamples: 1000, level: 0.95, seed: 0 }
    }
}

impl BootstrapParams {
    fn check(&self) -> Result<()> {
        if self.resamples < 10 {
            return Err(Error::param("resamples", self.resamples, "at least 10"));
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::param("level", self.level, "between 0 and 1"));
        }
        Ok(())
    }
}

impl Evaluation<'_> {
    /// Percentile intervals of metrics: as many groups as there are are drawn with replacement, the score is computed
    /// from their articles, again and again; the interval holds the middle `level` of what came out.
    ///
    /// Articles of one outlet or cluster of near-duplicates are right or wrong together: draw `groups` of them (one
    /// number an article), or the interval is too narrow. Without groups, articles are drawn. A metric that does not
    /// apply, or is undefined in every sample, is left out.
    ///
    /// Equal input and seed give equal intervals at any number of threads.
    ///
    /// # Errors
    /// [`Error::Shape`] where the number of articles differs, or there are fewer than two groups to draw from;
    /// [`Error::Param`] where a parameter is out of range.
    ///
    /// References: Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13; Field, Welsh: Bootstrapping
    /// clustered data, JRSS B 69, 2007.
    ///
    /// ```
    /// use slantwise::{BootstrapParams, Evaluation, LabelSet, Metric, Targets};
    ///
    /// let labels = LabelSet::new(["left", "right"]);
    /// let gold = Targets::One { n_classes: 2, classes: vec![0, 0, 1, 1, 0, 1, 1, 0] };
    /// let predicted = Targets::One { n_classes: 2, classes: vec![0, 1, 1, 1, 0, 1, 0, 0] };
    /// let outlets = [0, 0, 1, 1, 2, 2, 3, 3];
    /// let evaluation = Evaluation::new(&labels, &gold, &predicted)?;
    /// let mut scores = evaluation.scores();
    /// scores.interval = evaluation.intervals(&[Metric::Accuracy], Some(&outlets), &BootstrapParams::default())?;
    /// assert_eq!(scores.interval, [(Metric::Accuracy, [0.5, 1.0])]);
    /// # Ok::<(), slantwise::Error>(())
    /// ```
    pub fn intervals(
        &self,
        metrics: &[Metric],
        groups: Option<&[u32]>,
        params: &BootstrapParams,
    ) -> Result<Vec<(Metric, [f64; 2])>> {
        self.resampled(metrics, groups, params, &|weights, ranking| {
            let scores = self.weighted(weights, ranking);
            Box::new(move |metric| scores.get(metric))
        })
    }

    /// Percentile intervals of this evaluation's metrics less another's on the same articles: both are scored on the
    /// same samples, which is far sharper than to look whether two intervals overlap.
    ///
    /// # Errors
    /// As [`intervals`](Self::intervals); [`Error::Param`] where the gold differs.
    pub fn difference(
        &self,
        other: &Evaluation<'_>,
        metrics: &[Metric],
        groups: Option<&[u32]>,
        params: &BootstrapParams,
    ) -> Result<Vec<(Metric, [f64; 2])>> {
        if self.gold != other.gold {
            return Err(Error::param("gold", "another gold", "the same articles in the same order"));
        }
        self.resampled(metrics, groups, params, &|weights, ranking| {
            let (ours, theirs): (Scores, Scores) = (self.weighted(weights, ranking), other.weighted(weights, ranking));
            Box::new(move |metric| Some(ours.get(metric)? - theirs.get(metric)?))
        })
    }

    fn resampled(
        &self,
        metrics: &[Metric],
        groups: Option<&[u32]>,
        params: &BootstrapParams,
        score: &Scoring<'_>,
    ) -> Result<Vec<(Metric, [f64; 2])>> {
        params.check()?;
        let n = self.gold.n_samples();
        let group_of: Vec<u32> = match groups {
            None => (0..n as u32).collect(),
            Some(groups) => {
                same_size("groups", n, groups.len())?;
                renumbered(groups)
            }
        };
        let n_groups = group_of.iter().max().map_or(0, |&g| g as usize + 1);
        if n_groups < 2 {
            return Err(Error::Shape { what: "groups to draw from (at least two)", expected: 2, found: n_groups });
        }
        let ranking = metrics.iter().any(|m| matches!(m, Metric::RocAuc | Metric::AveragePrecision));
        let drawn: Vec<Vec<Option<f64>>> = (0..params.resamples as u64)
            .into_par_iter()
            .map(|sample| {
                let mut random = Random::of_stream(params.seed, sample);
                let mut times = vec![0_u32; n_groups];
                for _ in 0..n_groups {
                    times[random.below(n_groups)] += 1;
                }
                let weights: Vec<u32> = group_of.iter().map(|&g| times[g as usize]).collect();
                let get = score(Weights::Counts(&weights), ranking);
                metrics.iter().map(|&metric| get(metric)).collect()
            })
            .collect();
        let interval = |(at, &metric): (usize, &Metric)| {
            let mut values: Vec<f64> = drawn.iter().filter_map(|sample| sample[at]).collect();
            values.sort_by(f64::total_cmp);
            let outside = (1.0 - params.level) / 2.0;
            Some((metric, [quantile(&values, outside)?, quantile(&values, 1.0 - outside)?]))
        };
        Ok(metrics.iter().enumerate().filter_map(interval).collect())
    }
}

/// Scores one sample; what comes back looks up a metric in it.
type Scoring<'a> = dyn Fn(Weights<'_>, bool) -> Box<dyn Fn(Metric) -> Option<f64>> + Sync + 'a;

/// The quantile of ascending values, between two of them in proportion, as numpy has it.
fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let place = share * values.len().checked_sub(1)? as f64;
    let (low, part) = (values[place.floor() as usize], place.fract());
    let high = values[place.ceil() as usize];
    Some(low + part * (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{LabelSet, Targets};

    fn labels() -> LabelSet {
        LabelSet::new(["a", "b"])
    }

    /// Predictions that are right or wrong by whole groups of ten, with probability .7.
    fn drawn(random: &mut Random, groups: u32) -> (Targets, Targets, Vec<u32>) {
        let mut gold = Vec::new();
        let mut predicted = Vec::new();
        for _ in 0..groups {
            let wrong = u32::from(random.unit() >= 0.7);
            for i in 0..10 {
                gold.push(i % 2);
                predicted.push((i % 2) ^ wrong);
            }
        }
        let of = |classes| Targets::One { n_classes: 2, classes };
        (of(gold), of(predicted), (0..groups * 10).map(|row| row / 10).collect())
    }

    #[test]
    fn intervals_of_groups_cover_the_truth_and_those_of_rows_do_not() {
        let (labels, mut random) = (labels(), Random::new(9));
        let (mut by_group, mut by_row) = (0, 0);
        let runs = 300;
        for seed in 0..runs {
            let (gold, predicted, groups) = drawn(&mut random, 50);
            let evaluation = Evaluation::new(&labels, &gold, &predicted).unwrap();
            let params = BootstrapParams { resamples: 200, seed, ..BootstrapParams::default() };
            let covers = |groups| {
                let intervals = evaluation.intervals(&[Metric::Accuracy], groups, &params).unwrap();
                let [low, high] = intervals[0].1;
                usize::from(low <= 0.7 && 0.7 <= high)
            };
            by_group += covers(Some(groups.as_slice()));
            by_row += covers(None);
        }
        let (by_group, by_row) = (by_group as f64 / runs as f64, by_row as f64 / runs as f64);
        assert!((0.90..=0.98).contains(&by_group), "{by_group}");
        assert!(by_row < 0.6, "{by_row}");
    }

    #[test]
    fn the_width_is_that_of_the_normal_approximation() {
        let labels = labels();
        let gold = Targets::One { n_classes: 2, classes: vec![0; 400] };
        let predicted = Targets::One { n_classes: 2, classes: (0..400).map(|i| u32::from(i % 5 == 0)).collect() };
        let evaluation = Evaluation::new(&labels, &gold, &predicted).unwrap();
        let intervals = evaluation.intervals(&[Metric::Accuracy], None, &BootstrapParams::default()).unwrap();
        let [low, high] = intervals[0].1;
        let half = 1.96 * (0.8_f64 * 0.2 / 400.0).sqrt();
        assert!((low - (0.8 - half)).abs() < 0.006 && (high - (0.8 + half)).abs() < 0.006, "{low} {high}");
    }

    #[test]
    fn the_seed_decides_and_the_number_of_threads_does_not() {
        let labels = labels();
        let (gold, predicted, groups) = drawn(&mut Random::new(1), 30);
        let probabilities: Vec<f32> = (0..600).map(|i| if i % 2 == 0 { 0.25 } else { 0.75 }).collect();
        let evaluation =
            Evaluation::new(&labels, &gold, &predicted).unwrap().with_probabilities(&probabilities).unwrap();
        let with = |threads, seed| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let params = BootstrapParams { resamples: 50, seed, ..BootstrapParams::default() };
            pool.install(|| evaluation.intervals(&Metric::ALL, Some(&groups), &params)).unwrap()
        };
        assert_eq!(with(1, 3), with(4, 3));
        assert_ne!(with(1, 3), with(1, 4));
        // every metric that has a number has an interval around it
        let scores = evaluation.scores();
        let intervals = with(2, 3);
        assert_eq!(intervals.len(), Metric::ALL.iter().filter(|m| scores.get(**m).is_some()).count());
        for (metric, [low, high]) in intervals {
            let score = scores.get(metric).unwrap();
            assert!(low <= score + 1e-9 && score <= high + 1e-9, "{metric}: {low} {score} {high}");
        }
    }

    #[test]
    fn a_small_but_steady_difference_is_seen() {
        let labels = labels();
        let (gold, predicted, groups) = drawn(&mut Random::new(2), 40);
        let Targets::One { classes, .. } = &predicted else { panic!("one class") };
        // the other predictions are the same, but for one more mistake in each group that was right
        let Targets::One { classes: truth, .. } = &gold else { panic!("one class") };
        let worse = (0..400).map(|r| if r % 10 == 0 { 1 - truth[r] } else { classes[r] }).collect();
        let worse = Targets::One { n_classes: 2, classes: worse };
        let (better, worse) = (Evaluation::new(&labels, &gold, &predicted), Evaluation::new(&labels, &gold, &worse));
        let (better, worse) = (better.unwrap(), worse.unwrap());
        let params = BootstrapParams::default();
        let interval = |e: &Evaluation<'_>| e.intervals(&[Metric::MicroF1], Some(&groups), &params).unwrap()[0].1;
        assert!(interval(&better)[0] < interval(&worse)[1], "the two intervals overlap");
        let difference = better.difference(&worse, &[Metric::MicroF1], Some(&groups), &params).unwrap()[0].1;
        assert!(difference[0] > 0.04 && difference[1] <= 0.1 + 1e-9, "{difference:?}");
        let (other, predicted, _) = drawn(&mut Random::new(3), 41);
        let other = Evaluation::new(&labels, &other, &predicted).unwrap();
        assert!(better.difference(&other, &[Metric::MicroF1], None, &params).is_err());
    }

    #[test]
    fn impossible_parameters_are_refused() {
        let labels = labels();
        let (gold, predicted, _) = drawn(&mut Random::new(1), 2);
        let evaluation = Evaluation::new(&labels, &gold, &predicted).unwrap();
        let good = BootstrapParams::default();
        let error =
            |groups, params: &BootstrapParams| evaluation.intervals(&[Metric::Accuracy], groups, params).is_err();
        assert!(!error(None, &good));
        assert!(error(Some(&[0; 20]), &good) && error(Some(&[0; 3]), &good));
        assert!(error(None, &BootstrapParams { resamples: 9, ..good.clone() }));
        assert!(error(None, &BootstrapParams { level: 1.0, ..good.clone() }));
        assert!(error(None, &BootstrapParams { level: f64::NAN, ..good }));
    }

    #[test]
    fn quantiles_are_those_of_numpy() {
        let values = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(quantile(&values, 0.0), Some(1.0));
        assert_eq!(quantile(&values, 1.0), Some(8.0));
        assert!((quantile(&values, 0.25).unwrap() - 1.75).abs() < 1e-12); // numpy.quantile([1, 2, 4, 8], .25)
        assert_eq!(quantile(&[], 0.5), None);
    }
}
