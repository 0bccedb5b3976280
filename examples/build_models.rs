//! Trains the models that come with the library from `training-data/` and writes them to `models/`.
//!
//! `cargo run --release --example build_models`: the same bytes every time, on any number of threads.

#![allow(clippy::print_stdout)]

use std::path::Path;

use slantwise::{Classifier, Corpus, Pipeline, PipelineParams, Result};

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, params) in [("ukraine-stance", stance()), ("frames", frames())] {
        let corpus = Corpus::from_path(root.join(format!("training-data/{name}.jsonl")))?;
        let model = params.fit(&corpus)?;
        let path = root.join(format!("models/{name}.slant"));
        model.save(&path)?;
        let bytes = std::fs::metadata(&path).map_or(0, |m| m.len());
        println!("{name}: {} articles, {} terms, {bytes} bytes", corpus.len(), model.vectorizer().vocabulary().len());
    }
    Ok(())
}

/// Versions of one event stay together in the folds that calibrate.
fn common() -> PipelineParams {
    Pipeline::params().words(1, 2).chars(3, 5).group_by("event").classifier(Classifier::svm().c(1.0))
}

fn stance() -> PipelineParams {
    let mut params = common();
    params.features.select = Some(30_000);
    params
}

fn frames() -> PipelineParams {
    let mut params = common();
    params.features.select = Some(24_000);
    params
}
