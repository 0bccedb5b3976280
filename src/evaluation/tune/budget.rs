//! How long to search.

use std::time::{Duration, Instant};

use crate::classifier::Classifier;
use crate::error::{Error, Result};
use crate::pipeline::PipelineParams;

/// How long to search: by the clock, or by the number of trials, which gives the same result on every machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Budget {
    /// So long. What is found depends on the machine.
    Time(Duration),
    /// So many trials, a setting on one fold counting once. What is found does not depend on the machine.
    Trials(usize),
}

impl Budget {
    /// A budget of so many seconds.
    pub fn seconds(seconds: f64) -> Budget {
        Budget::Time(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO))
    }

    pub(super) fn check(self) -> Result<()> {
        match self {
            Budget::Time(time) if time < Duration::from_secs(1) => {
                Err(Error::param("budget", format_args!("{time:?}"), "at least one second"))
            }
            Budget::Trials(0) => Err(Error::param("trials", 0, "at least 1")),
            _ => Ok(()),
        }
    }
}

/// What is left of a budget, and what things have cost so far.
#[derive(Debug)]
pub(super) struct Purse {
    budget: Budget,
    start: Instant,
    pub(super) trials: usize,
    /// Seconds that learning from a row has taken, by set of features; the latest last.
    costs: Vec<(PipelineParams, f64)>,
}

impl Purse {
    pub(super) fn new(budget: Budget) -> Purse {
        Purse { budget, start: Instant::now(), trials: 0, costs: Vec::new() }
    }

    /// Whether less than this share of the budget is spent.
    pub(super) fn has(&self, share: f64) -> bool {
        match self.budget {
            Budget::Time(time) => self.start.elapsed().as_secs_f64() < share * time.as_secs_f64(),
            Budget::Trials(trials) => (self.trials as f64) < share * trials as f64,
        }
    }

    /// Notes how long it took to learn from so many rows, a row counting once for every classifier and fold.
    pub(super) fn paid(&mut self, set: &PipelineParams, rows: usize, time: Duration) {
        let set = of_features(set);
        self.costs.retain(|(known, _)| *known != set);
        self.costs.push((set, time.as_secs_f64() / rows.max(1) as f64));
    }

    /// How many rows can be learned from until this share of the budget is spent, by what the same set of features has cost, or
    /// else the most expensive one. Without a limit where nothing is known, and where trials are counted and not the time.
    pub(super) fn affords(&self, set: &PipelineParams, share: f64) -> usize {
        let Budget::Time(time) = self.budget else { return usize::MAX };
        let set = of_features(set);
        let known = self.costs.iter().find(|(known, _)| *known == set).map(|(_, cost)| *cost);
        let cost = known.or_else(|| self.costs.iter().map(|(_, cost)| *cost).max_by(f64::total_cmp));
        let left = share * time.as_secs_f64() - self.start.elapsed().as_secs_f64();
        cost.map_or(usize::MAX, |cost| (left.max(0.0) / cost) as usize)
    }
}

/// A setting without its classifier.
fn of_features(params: &PipelineParams) -> PipelineParams {
    PipelineParams { classifier: Classifier::default(), ..params.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cheap_is_affordable_and_what_was_dear_is_not() {
        let mut purse = Purse::new(Budget::seconds(1000.0));
        let (words, chars) = (PipelineParams::default(), PipelineParams::default().chars(2, 5));
        assert_eq!(purse.affords(&words, 1.0), usize::MAX);
        purse.paid(&words, 1000, Duration::from_secs(10));
        purse.paid(&chars, 1000, Duration::from_secs(400));
        // Some of the thousand seconds have passed, few of them.
        assert!((40_000..=50_000).contains(&purse.affords(&words, 0.5)));
        assert!((1000..=1250).contains(&purse.affords(&chars, 0.5)));
        let unknown = PipelineParams::default().min_df(7);
        assert_eq!(purse.affords(&unknown, 0.5) / 100, purse.affords(&chars, 0.5) / 100);
        let svm = PipelineParams { classifier: Classifier::svm(), ..words.clone() };
        assert!(purse.affords(&svm, 0.5) > 40_000, "the classifier makes no difference");
        assert_eq!(purse.affords(&chars, 0.0), 0);
        let mut counted = Purse::new(Budget::Trials(5));
        counted.paid(&words, 1, Duration::from_secs(1000));
        assert_eq!(counted.affords(&words, 1.0), usize::MAX);
    }
}
