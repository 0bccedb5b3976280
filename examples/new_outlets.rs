//! How settings hold up on outlets that training has not seen, over several draws of outlets.
//!
//! `cargo run --release --example new_outlets -- CORPUS [DRAWS]`
//!
//! The corpus has one class an article, and its outlet under `domain`. In each draw (default 3) the outlets of each class are dealt at random to five
//! folds; each fold is labelled by models of the others, and of each outlet up to a hundred articles are heard, evenly spaced, so that no
//! large outlet decides. Five folds of few outlets are one draw of luck: what counts is the difference between settings in the same draw, and in how
//! many draws it has the same sign. The last lines have that for cleaned text against all that is on the page.

use std::collections::BTreeMap;
use std::io::Write;

use rayon::prelude::*;
use slantwise::{
    ClassWeight, Classifier, Corpus, Error, Evaluation, Example, LabelSet, Pipeline, PipelineParams, ReadingParams,
    Targets,
};

const FOLDS: usize = 5;
const HEARD: usize = 100;

/// Accuracy, macro-F1, balanced accuracy.
type Scores = [f64; 3];

/// xorshift64: the draws.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let corpus = Corpus::from_path(args.next().ok_or("name a corpus")?)?;
    let draws: u64 = args.next().map_or(Ok(3), |draws| draws.parse())?;
    let mut outlets: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, example) in corpus.examples().iter().enumerate() {
        let outlet = example.article.field("domain").ok_or("an article has no domain")?;
        outlets.entry(outlet).or_default().push(row);
    }
    let Targets::One { classes, .. } = corpus.targets() else { return Err("articles have one class each".into()) };
    let settings = settings();
    let mut found: Vec<Vec<Scores>> = vec![Vec::new(); settings.len()];
    for draw in 0..draws {
        let folds = deal(&outlets, &classes, corpus.labels().len(), &mut Random((draw + 1) * 0x9E37_79B9));
        for ((_, params), found) in settings.iter().zip(&mut found) {
            found.push(score(&corpus, &classes, &folds, params)?);
        }
    }
    let mut out = std::io::stdout();
    writeln!(out, "| setting | accuracy | macro-F1 | balanced accuracy |\n|---|---:|---:|---:|")?;
    for ((name, _), found) in settings.iter().zip(&found) {
        writeln!(out, "| {name} | {} |", columns(found, |mean, error, _| format!("{mean:.3} ± {error:.3}")))?;
    }
    for ((cleaned, all), pair) in settings.chunks(2).map(|pair| (&pair[0].0, &pair[1].0)).zip(found.chunks(2)) {
        let gains: Vec<Scores> =
            pair[0].iter().zip(&pair[1]).map(|(a, b)| std::array::from_fn(|score| a[score] - b[score])).collect();
        let cells = columns(&gains, |mean, error, better| format!("{mean:+.3} ± {error:.3}, {better} of {draws}"));
        writeln!(out, "| {cleaned} − {all} | {cells} |")?;
    }
    Ok(())
}

/// Each with cleaned text, then with all that is on the page.
fn settings() -> Vec<(String, PipelineParams)> {
    let mut balanced = Classifier::logistic().c(3.0);
    balanced.set_class_weight(ClassWeight::Balanced);
    let classifiers = [
        ("logistic, C 3", Classifier::logistic().c(3.0)),
        ("logistic, C 3, classes balanced", balanced),
        ("SVM, C .3", Classifier::svm().c(0.3)),
    ];
    let mut settings = Vec::new();
    for (name, classifier) in classifiers {
        let mut cleaned = Pipeline::params().words(1, 2).group_by("domain").classifier(classifier);
        // The class is the one with the largest score; one part is enough for the rest.
        cleaned.calibration.enough = 1;
        let mut all = cleaned.clone();
        all.reading = ReadingParams::everything();
        settings.extend([(format!("{name}, cleaned"), cleaned), (format!("{name}, all"), all)]);
    }
    settings
}

/// The rows of each fold, outlet by outlet.
fn deal(
    outlets: &BTreeMap<&str, Vec<usize>>,
    classes: &[u32],
    n_classes: usize,
    random: &mut Random,
) -> Vec<Vec<Vec<usize>>> {
    let mut of_class: Vec<Vec<&Vec<usize>>> = vec![Vec::new(); n_classes];
    for rows in outlets.values() {
        let count = |class: usize| rows.iter().filter(|&&row| classes[row] as usize == class).count();
        let class = (0..n_classes).max_by_key(|&class| count(class)).unwrap_or(0);
        of_class[class].push(rows);
    }
    let mut folds = vec![Vec::new(); FOLDS];
    let mut next = random.below(FOLDS);
    for mut rows in of_class {
        while !rows.is_empty() {
            folds[next % FOLDS].push(rows.swap_remove(random.below(rows.len())).clone());
            next += 1;
        }
    }
    folds
}

fn score(
    corpus: &Corpus,
    classes: &[u32],
    folds: &[Vec<Vec<usize>>],
    params: &PipelineParams,
) -> Result<Scores, Error> {
    let part = |fold: usize| {
        let others = folds.iter().enumerate().filter(|(other, _)| *other != fold);
        let rows = others.flat_map(|(_, outlets)| outlets.iter().flatten());
        let examples: Vec<Example> = rows.map(|&row| corpus.examples()[row].clone()).collect();
        let model = params.fit(&Corpus::from_examples(examples)?)?;
        let heard = folds[fold].iter().flat_map(|rows| rows.iter().step_by(rows.len().div_ceil(HEARD)));
        Ok(heard.map(|&row| (classes[row], class(&model, corpus.labels(), &corpus.examples()[row]))).collect())
    };
    let found: Vec<Vec<(u32, u32)>> =
        (0..folds.len()).into_par_iter().with_max_len(1).map(part).collect::<Result<_, Error>>()?;
    let (gold, predicted) = found.into_iter().flatten().unzip();
    let targets = |classes| Targets::One { n_classes: corpus.labels().len(), classes };
    let scores = Evaluation::new(corpus.labels(), &targets(gold), &targets(predicted))?.scores();
    Ok([scores.accuracy, scores.macro_f1, scores.balanced_accuracy])
}

/// The class that a model gives, by its number among all labels.
fn class(model: &Pipeline, labels: &LabelSet, example: &Example) -> u32 {
    let prediction = model.predict(&example.article);
    prediction.label().and_then(|label| labels.class(label)).unwrap_or(0) as u32
}

/// A cell for each score: from its mean, the standard error of that, and in how many draws it is above 0.
fn columns(found: &[Scores], cell: impl Fn(f64, f64, usize) -> String) -> String {
    let n = found.len() as f64;
    let cells = (0..3).map(|score| {
        let values: Vec<f64> = found.iter().map(|scores| scores[score]).collect();
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
        cell(mean, (variance / n).sqrt(), values.iter().filter(|&&value| value > 0.0).count())
    });
    cells.collect::<Vec<_>>().join(" | ")
}
