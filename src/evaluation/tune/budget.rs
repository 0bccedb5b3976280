//! How long to search.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};

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

/// What is left of a budget.
#[derive(Debug)]
pub(super) struct Purse {
    budget: Budget,
    start: Instant,
    pub(super) trials: usize,
}

impl Purse {
    pub(super) fn new(budget: Budget) -> Purse {
        Purse { budget, start: Instant::now(), trials: 0 }
    }

    /// Whether less than this share of the budget is spent.
    pub(super) fn has(&self, share: f64) -> bool {
        match self.budget {
            Budget::Time(time) => self.start.elapsed().as_secs_f64() < share * time.as_secs_f64(),
            Budget::Trials(trials) => (self.trials as f64) < share * trials as f64,
        }
    }
}
