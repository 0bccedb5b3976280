//! What streaming is set to.

use crate::classifier::{Classifier, Ftrl};
use crate::error::{Error, Result};
use crate::pipeline::PipelineParams;
use crate::stream::dictionary::{Dictionary, HALVES, MIN_SETS};

/// The parameters of a [`StreamTrainer`](crate::StreamTrainer).
///
/// | field | default | range |
/// |---|---|---|
/// | `pipeline` | the defaults, with the classifier [`Ftrl`] | see below |
/// | `memory` | 512 MiB | from 128 MiB (bytes) |
///
/// Of the pipeline's parameters a stream can't serve those for which all articles would have to be known beforehand: the classifier
/// is [`Ftrl`], and `max_df`, `max_features`, `select`, `balance_by`, `group_by` and `reading.repeated_lines` are as by default.
/// `calibration.enough` bounds how many articles are held out.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamParams {
    /// The parameters of the model.
    pub pipeline: PipelineParams,
    /// What the process may take in all, in bytes: how many terms are held follows from it.
    pub memory: u64,
}

impl Default for StreamParams {
    fn default() -> Self {
        let pipeline = PipelineParams { classifier: Classifier::ftrl(), ..PipelineParams::default() };
        StreamParams { pipeline, memory: 512 << 20 }
    }
}

/// What reading, batches and the program itself take, in bytes.
const RESERVE: u64 = 104 << 20;
/// The part of the memory that articles held out may take.
const HELD_OUT: u64 = 16;

impl StreamParams {
    /// Errors where a parameter is out of its range, or is one that a stream can't serve.
    pub fn check(&self) -> Result<()> {
        self.pipeline.check()?;
        if self.memory < 128 << 20 {
            return Err(Error::param("memory", self.memory, "at least 128MiB (134217728 bytes)"));
        }
        let params = &self.pipeline;
        if params.ftrl().is_none() {
            return Err(Error::param("classifier", params.classifier.name(), "ftrl, the one that learns from streams"));
        }
        let features = &params.features;
        if features.max_df < 1.0 {
            return Err(Error::param(
                "max_df",
                features.max_df,
                "1 in a stream, where nobody knows yet how frequent a term will be; leave it out",
            ));
        }
        if let Some(n) = features.max_features {
            return Err(Error::param(
                "max_features",
                n,
                "none in a stream: memory says how many terms are held; leave it out, and use compress afterwards",
            ));
        }
        if let Some(n) = features.select {
            return Err(Error::param(
                "select",
                n,
                "none in a stream, where chi-squared is not known yet; leave it out, and use compress afterwards",
            ));
        }
        if let Some(key) = &params.group_by {
            return Err(Error::param(
                "group_by",
                key,
                "none in a stream, which is not cut into folds; leave it out, or train without --stream",
            ));
        }
        if let Some(key) = params.balance_by.first() {
            return Err(Error::param(
                "balance_by",
                key,
                "none in a stream, whose values are not known beforehand; give weights with weight_by, or train without --stream",
            ));
        }
        if params.reading.repeated_lines.is_some() {
            return Err(Error::param(
                "repeated_lines",
                "on",
                "off in a stream, where lines would be learned too late; leave it out, or train without --stream",
            ));
        }
        Ok(())
    }

    /// The bytes of the dictionary.
    fn table(&self) -> u64 {
        self.memory - RESERVE.min(self.memory) - self.memory / HELD_OUT
    }

    /// The bytes of the articles held out.
    pub(super) fn held_out(&self) -> usize {
        (self.memory / HELD_OUT) as usize
    }

    /// The sets of each half of the dictionary for so many labels.
    pub(super) fn n_sets(&self, n_outputs: usize, n_labels: usize) -> Result<u64> {
        let n_sets = Dictionary::sets_within(self.table() / HALVES as u64, n_outputs);
        if n_sets < MIN_SETS {
            let remedy = "raise memory (--memory)";
            return Err(Error::TooManyLabels { labels: n_labels, memory: self.memory, remedy });
        }
        Ok(n_sets)
    }

    /// How many terms a model may have, so that it can be put together in the memory there is: `bytes` is what their written forms take on
    /// average.
    pub(super) fn max_terms(&self, n_outputs: usize, bytes: f64) -> usize {
        // What is chosen, the model's arrays in the making, and its table for looking terms up.
        let term = 96.0 + 16.0 * n_outputs as f64 + 3.0 * bytes;
        ((self.memory - RESERVE) as f64 / term) as usize
    }
}

impl PipelineParams {
    /// The parameters of FTRL, where that is the classifier.
    pub(super) fn ftrl(&self) -> Option<&Ftrl> {
        match &self.classifier {
            Classifier::Ftrl(params) => Some(&params.0),
            _ => None,
        }
    }
}
