//! How far probabilities and label sets can be trusted: expected calibration error, coverage and accuracy out of fold.
//!
//! `cargo run --release --example calibration -- CORPUS...`
//!
//! Corpora of one class an article. Five folds; in each, a linear SVM of words 1 to 2 is trained, calibrated within its training part, and
//! asked for the articles that it has not seen. A label set at 90 % is to hold the right class for 90 % of them. The last column is the
//! accuracy of the largest score, without any calibration.

use std::io::Write;
use std::path::Path;

use slantwise::{
    Classifier, Corpus, Error, Evaluation, Example, Folds, Gold, Metric, Pipeline, ReadingParams, SplitParams, Targets,
};

const COVERAGE: f64 = 0.9;

/// What is found out of fold, article after article.
#[derive(Default)]
struct Found {
    gold: Vec<u32>,
    predicted: Vec<u32>,
    probabilities: Vec<f32>,
    n_covered: usize,
    n_possible: usize,
    n_by_score: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout();
    writeln!(out, "| corpus | articles | ECE | sets at 90 % cover | labels a set | accuracy | without calibration |")?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|---:|")?;
    for path in std::env::args().skip(1) {
        let corpus = Corpus::from_path(&path)?;
        let found = out_of_fold(&corpus)?;
        let n = found.gold.len();
        let targets = |classes: &[u32]| Targets::One { n_classes: corpus.labels().len(), classes: classes.to_vec() };
        let (gold, predicted) = (targets(&found.gold), targets(&found.predicted));
        let evaluation = Evaluation::new(corpus.labels(), &gold, &predicted)?;
        let scores = evaluation.with_probabilities(&found.probabilities)?.scores();
        let of = |count: usize| count as f64 / n as f64;
        writeln!(
            out,
            "| {} | {n} | {:.3} | {:.3} | {:.2} | {:.4} | {:.4} |",
            Path::new(&path).file_name().unwrap_or_default().to_string_lossy(),
            scores.get(Metric::Ece).unwrap_or(f64::NAN),
            of(found.n_covered),
            of(found.n_possible),
            scores.accuracy,
            of(found.n_by_score),
        )?;
    }
    Ok(())
}

fn out_of_fold(corpus: &Corpus) -> Result<Found, Error> {
    let mut params = Pipeline::params().words(1, 2).classifier(Classifier::svm());
    params.reading = ReadingParams::everything();
    let folds = Folds::stratified(
        &corpus.targets(),
        corpus.labels(),
        None,
        &SplitParams { allow_rare: true, ..SplitParams::default() },
    )?;
    let mut found = Found::default();
    let k = corpus.labels().len();
    for fold in folds.iter() {
        let part = |rows: &[usize]| -> Vec<Example> { rows.iter().map(|&r| corpus.examples()[r].clone()).collect() };
        let model = params.fit(&Corpus::from_examples(part(&fold.train))?)?;
        let sets = model.decision().conformal().at(COVERAGE)?;
        // A class that is too rare to be in every training part is told by none of its models.
        let class = |theirs: usize| corpus.labels().class(model.labels().name(theirs)).unwrap_or(0);
        for example in part(&fold.test) {
            let prediction = model.predict(&example.article);
            let Gold::One(label) = &example.gold else { continue };
            let gold = corpus.labels().class(label).unwrap_or(0);
            let mut row = vec![0f32; k];
            let probabilities: Vec<f64> = prediction.probabilities().map(|(_, p)| p).collect();
            probabilities.iter().enumerate().for_each(|(c, &p)| row[class(c)] = p as f32);
            let possible = sets.possible(&probabilities);
            let by_score = prediction.scores().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(label, _)| label);
            found.gold.push(gold as u32);
            found.predicted.push(prediction.label().and_then(|l| corpus.labels().class(l)).unwrap_or(0) as u32);
            found.probabilities.extend(row);
            found.n_covered += usize::from(possible.iter().any(|&c| class(c as usize) == gold));
            found.n_possible += possible.len();
            found.n_by_score += usize::from(by_score == Some(label.as_str()));
        }
    }
    Ok(found)
}
