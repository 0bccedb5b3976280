//! What an audit may be told.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::evaluation::{BootstrapParams, DuplicateParams};
use crate::pipeline::PipelineParams;

/// The parameters of an [`Audit`](super::Audit).
///
/// | parameter | default | range | meaning |
/// |---|---|---|---|
/// | `pipeline` | see [`PipelineParams`] | | the model that is audited; its `group_by` is the key of the outlet, its `seed` that of everything random |
/// | `pipeline.group_by` | `domain`, else `source` | a key that every row has | who published |
/// | `language` | `lang`, else detected | a key | the language |
/// | `topic` | `topic` where it exists | a key | the topic |
/// | `batch` | see below | a key | when or how the rows were collected |
/// | `folds` | 5 | 2 to 100 | folds, random and outlet-disjoint |
/// | `max_rows` | 8000 | at least 100 | rows that models are trained and tested on: a seeded sample of a larger corpus |
/// | `top` | 10 | at least 1 | rows of every list in the report |
/// | `duplicates` | see [`DuplicateParams`] | | near-duplicates |
/// | `bootstrap` | 500 resamples | see [`BootstrapParams`] | intervals |
///
/// Without `batch`, every one of these is tried: the keys `batch`, `wave`, `file`, `split`, those of the object
/// `splits`, and the year of `date`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditParams {
    /// The model that is audited.
    pub pipeline: PipelineParams,
    /// The key of the language.
    pub language: Option<String>,
    /// The key of the topic.
    pub topic: Option<String>,
    /// The key of the batch; `date` stands for its year.
    pub batch: Option<String>,
    /// Folds.
    pub folds: usize,
    /// Rows that models are trained and tested on.
    pub max_rows: usize,
    /// Rows of every list.
    pub top: usize,
    /// When two texts are nearly the same.
    pub duplicates: DuplicateParams,
    /// How intervals are computed; its seed is that of the pipeline.
    pub bootstrap: BootstrapParams,
}

impl Default for AuditParams {
    fn default() -> AuditParams {
        AuditParams {
            pipeline: PipelineParams::default(),
            language: None,
            topic: None,
            batch: None,
            folds: 5,
            max_rows: 8000,
            top: 10,
            duplicates: DuplicateParams::default(),
            bootstrap: BootstrapParams { resamples: 500, ..BootstrapParams::default() },
        }
    }
}

impl AuditParams {
    /// Sets the model that is audited.
    #[must_use]
    pub fn pipeline(mut self, params: PipelineParams) -> AuditParams {
        self.pipeline = params;
        self
    }

    /// Sets the key of the outlet, which every row must have.
    #[must_use]
    pub fn group_by(mut self, key: impl Into<String>) -> AuditParams {
        self.pipeline.group_by = Some(key.into());
        self
    }

    /// Sets the key of the language.
    #[must_use]
    pub fn language(mut self, key: impl Into<String>) -> AuditParams {
        self.language = Some(key.into());
        self
    }

    /// Sets the key of the topic.
    #[must_use]
    pub fn topic(mut self, key: impl Into<String>) -> AuditParams {
        self.topic = Some(key.into());
        self
    }

    /// Sets the key of the batch.
    #[must_use]
    pub fn batch(mut self, key: impl Into<String>) -> AuditParams {
        self.batch = Some(key.into());
        self
    }

    /// Sets the number of folds.
    #[must_use]
    pub fn folds(mut self, folds: usize) -> AuditParams {
        self.folds = folds;
        self
    }

    /// Sets how many rows models are trained and tested on at most.
    #[must_use]
    pub fn max_rows(mut self, rows: usize) -> AuditParams {
        self.max_rows = rows;
        self
    }

    /// Sets the length of every list.
    #[must_use]
    pub fn top(mut self, rows: usize) -> AuditParams {
        self.top = rows;
        self
    }

    /// Sets the seed of everything random.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> AuditParams {
        self.pipeline.seed = seed;
        self
    }

    /// Errors where a parameter is out of its range.
    pub fn check(&self) -> Result<()> {
        self.pipeline.check()?;
        if !(2..=100).contains(&self.folds) {
            return Err(Error::param("folds", self.folds, "2 to 100"));
        }
        if self.max_rows < 100 {
            return Err(Error::param("max_rows", self.max_rows, "at least 100 rows"));
        }
        if self.top == 0 {
            return Err(Error::param("top", 0, "at least 1"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_out_of_range_are_named() {
        assert!(AuditParams::default().check().is_ok());
        for (params, name) in [
            (AuditParams::default().folds(1), "folds"),
            (AuditParams::default().max_rows(99), "max_rows"),
            (AuditParams::default().top(0), "top"),
            (AuditParams::default().pipeline(PipelineParams::default().min_df(0)), "min_df"),
        ] {
            let message = params.check().unwrap_err().to_string();
            assert!(message.starts_with(name), "{message}");
        }
    }
}
