//! How much accuracy disguised words cost: look-alike letters and zero-width characters in a share of the words.
//!
//! `cargo run --release --example disguises -- FILE.jsonl...`
//!
//! Trains on four fifths of each file, disguises words of the remaining fifth, and prints the scores with
//! normalisation as it is by default and without it.

use std::io::Write;

use slantwise::{AnalyzerParams, Article, Classifier, Corpus, Example, Folds, Metric, NormalizeParams};
use slantwise::{Pipeline, SplitParams, Task};

/// Letters that look alike in Latin and Cyrillic.
const PAIRS: &str = "aа eе oо pр cс xх yу AА BВ EЕ HН KК MМ OО PР CС TТ XХ iі";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let corpus = Corpus::from_path(&path)?;
        let split = SplitParams { folds: 5, seed: 0, allow_rare: true };
        let folds = Folds::stratified(&corpus.targets(), corpus.labels(), None, &split)?;
        let fold = folds.iter().next().ok_or("no fold")?;
        let part = |rows: &[usize]| rows.iter().map(|&r| corpus.examples()[r].clone()).collect::<Vec<Example>>();
        let train = Corpus::from_examples(part(&fold.train))?;
        let test = part(&fold.test);
        let metric = if corpus.task() == Task::One { Metric::Accuracy } else { Metric::MicroF1 };
        writeln!(out, "{path}: {} to train, {} to test, {metric}", train.len(), test.len())?;
        for (name, on) in [("with normalisation", true), ("without", false)] {
            let normalize = NormalizeParams { disguises: on, ..NormalizeParams::default() };
            let mut params = Pipeline::params().classifier(Classifier::svm());
            params.analyzer = AnalyzerParams { normalize, ..params.analyzer };
            let model = params.fit(&train)?;
            let score = |share: f64, lookalikes: bool, zero_width: bool| -> Result<f64, slantwise::Error> {
                let disguised = test.iter().map(|e| disguise(e, share, lookalikes, zero_width)).collect();
                let scores = model.evaluate(&Corpus::from_examples(disguised)?)?;
                Ok(scores.get(metric).unwrap_or(f64::NAN))
            };
            write!(out, "  {name:18} clean {:.4}", score(0.0, true, true)?)?;
            for (kind, lookalikes, zero_width) in
                [("look-alikes", true, false), ("zero-width", false, true), ("both", true, true)]
            {
                let at = |share| score(share, lookalikes, zero_width);
                write!(out, " | {kind} 10 % {:.4} 50 % {:.4} 100 % {:.4}", at(0.1)?, at(0.5)?, at(1.0)?)?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

fn disguise(example: &Example, share: f64, lookalikes: bool, zero_width: bool) -> Example {
    let mut n_words = 0u64;
    let mut text = |text: &str| -> String {
        let word = |word: &str| {
            n_words += 1;
            // A fixed share, spread evenly and the same in every run.
            let chosen = (n_words.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11) as f64 / (1u64 << 53) as f64;
            if chosen < share { disguised(word, lookalikes, zero_width) } else { word.to_string() }
        };
        text.split_inclusive(char::is_whitespace).map(word).collect()
    };
    let title = example.article.title().map(&mut text).unwrap_or_default();
    let mut article = Article::new(title, text(example.article.text())).with_id(example.article.id());
    for key in ["lang", "domain", "source"] {
        if let Some(value) = example.article.field(key) {
            article = article.with_field(key, value);
        }
    }
    Example { article, gold: example.gold.clone(), spans: Vec::new() }
}

/// Every second letter with a twin takes the twin's place; a zero-width space after the word's second letter.
fn disguised(word: &str, lookalikes: bool, zero_width: bool) -> String {
    let (mut out, mut twins) = (String::new(), 0);
    for (i, c) in word.chars().enumerate() {
        let twin = PAIRS.split(' ').find_map(|pair| {
            let mut pair = pair.chars();
            let (a, b) = (pair.next()?, pair.next()?);
            (c == a).then_some(b).or((c == b).then_some(a))
        });
        match twin.filter(|_| lookalikes) {
            Some(twin) => {
                out.push(if twins % 2 == 0 { twin } else { c });
                twins += 1;
            }
            None => out.push(c),
        }
        if zero_width && i == 1 {
            out.push('\u{200B}');
        }
    }
    out
}
