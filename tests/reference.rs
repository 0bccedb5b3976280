//! Numbers that other programs computed once; the scripts are beside their output in `tests/data`.
#![allow(clippy::unwrap_used)]

#[path = "reference/classifiers.rs"]
mod classifiers;
#[path = "reference/features.rs"]
mod features;
#[path = "reference/metrics.rs"]
mod metrics;
