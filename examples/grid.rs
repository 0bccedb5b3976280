//! Five folds of twenty settings of a linear SVM: words 1 or 1 to 2, terms of one article or of two, five times C.
//!
//! `cargo run --release --example grid -- CORPUS`
//!
//! The corpus has one class an article. What scikit-learn's `GridSearchCV` of the same settings does, and beyond it: each model is calibrated
//! on a part of its training articles that another one has not seen. `benches/compare.py --grid` runs both.

use std::io::Write;

use slantwise::{Classifier, Corpus, CrossvalParams, Metric, Pipeline, ReadingParams};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a corpus")?;
    let corpus = Corpus::from_path(path)?;
    let mut best: Option<(f64, String)> = None;
    let mut out = std::io::stdout();
    for (min_df, to) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        for c in [0.1, 0.3, 1.0, 3.0, 10.0] {
            let mut params = Pipeline::params().words(1, to).classifier(Classifier::svm().c(c));
            params.features.min_df = min_df;
            // One part is enough to choose by; training calibrates with all.
            params.calibration.enough = 1;
            params.reading = ReadingParams::everything();
            let run = params.crossval(&corpus, &CrossvalParams::default())?;
            let accuracy = run.scores.get(Metric::Accuracy).unwrap_or(0.0);
            let setting = format!("words 1 to {to}, min_df {min_df}, C {c}");
            writeln!(out, "{accuracy:.4}  {setting}")?;
            if best.as_ref().is_none_or(|(score, _)| accuracy > *score) {
                best = Some((accuracy, setting));
            }
        }
    }
    if let Some((accuracy, setting)) = best {
        writeln!(out, "best {accuracy:.4}  {setting}")?;
    }
    Ok(())
}
