//! Throughput of the road from rows to answers: reading, counting, training, opening a model, labelling, explaining.
//!
//! `cargo bench --bench road`. The texts are those of `training-data/` (11 languages, half of them English; 3 MB with the frames of an
//! article as several labels, 2 MB with one stance of three). Training and labelling use all cores, the rest one. Each bench
//! asserts its result. How to run the same beside other programs: `benches/README.md`.

use std::path::{Path, PathBuf};

use divan::{Bencher, black_box, counter::BytesCount};
use slantwise::{Article, Classifier, Corpus, Example, Gold, Pipeline, PipelineParams, Prediction, TfidfVectorizer};

fn main() {
    divan::main();
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("training-data").join(name).with_extension("jsonl")
}

fn corpus(name: &str) -> Corpus {
    Corpus::from_path(path(name)).expect("the training data are in the repository")
}

fn articles(corpus: &Corpus) -> Vec<Article> {
    corpus.examples().iter().map(|example| example.article.clone()).collect()
}

fn size(corpus: &Corpus) -> BytesCount {
    let of = |article: &Article| article.text().len() + article.title().map_or(0, str::len);
    BytesCount::new(corpus.examples().iter().map(|example| of(&example.article)).sum::<usize>())
}

/// What a bench is of: name, data, parameters.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Words,
    WordsAndChars,
}

const KINDS: [Kind; 2] = [Kind::Words, Kind::WordsAndChars];

impl Kind {
    fn params(self) -> PipelineParams {
        let params = PipelineParams::default().clean(None).words(1, 2);
        match self {
            Kind::Words => params,
            Kind::WordsAndChars => params.chars(2, 5),
        }
    }
}

/// The share of a corpus' articles that a model labels as they are labelled.
fn share_right(model: &Pipeline, corpus: &Corpus) -> f64 {
    let scores = model.evaluate(corpus).expect("the labels are the model's");
    scores.accuracy
}

/// JSONL to articles with their labels.
#[divan::bench(args = ["frames", "ukraine-stance"])]
fn read(bencher: Bencher, name: &str) {
    let path = path(name);
    let bytes = std::fs::metadata(&path).expect("the training data are in the repository").len();
    let n = corpus(name).len();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        assert_eq!(Corpus::from_path(black_box(&path)).expect("it was read before").len(), n);
    });
}

/// Texts to a vocabulary with its weights.
#[divan::bench]
fn count(bencher: Bencher) {
    let corpus = corpus("frames");
    let texts: Vec<&str> = corpus.examples().iter().map(|example| example.article.text()).collect();
    bencher.counter(size(&corpus)).bench(|| {
        let vectorizer = TfidfVectorizer::params().min_df(2).fit(black_box(&texts)).expect("there are terms");
        assert!(vectorizer.vocabulary().len() > 20_000);
    });
}

/// Articles to a calibrated model.
#[divan::bench(args = KINDS, sample_count = 10)]
fn train_svm(bencher: Bencher, kind: Kind) {
    let corpus = corpus("ukraine-stance");
    let params = kind.params().classifier(Classifier::svm());
    bencher.counter(size(&corpus)).bench(|| {
        let model = params.fit(black_box(&corpus)).expect("there are classes");
        assert!(share_right(&model, &corpus) > 0.95);
    });
}

/// The same by logistic regression.
#[divan::bench(args = KINDS, sample_count = 10)]
fn train_logistic(bencher: Bencher, kind: Kind) {
    let corpus = corpus("ukraine-stance");
    let params = kind.params().classifier(Classifier::logistic().c(10.0));
    bencher.counter(size(&corpus)).bench(|| {
        let model = params.fit(black_box(&corpus)).expect("there are classes");
        assert!(share_right(&model, &corpus) > 0.95);
    });
}

/// The bytes of a model file to a model.
#[divan::bench]
fn open(bencher: Bencher) {
    let corpus = corpus("frames");
    let model = Kind::WordsAndChars.params().min_df(1).fit(&corpus).expect("there are labels");
    let bytes = model.to_bytes();
    bencher.counter(BytesCount::new(bytes.len())).bench(|| {
        assert_eq!(Pipeline::from_bytes(black_box(&bytes)).expect("it was written just now").labels(), model.labels());
    });
}

/// Articles to labels with probabilities.
#[divan::bench(args = KINDS)]
fn predict(bencher: Bencher, kind: Kind) {
    let corpus = corpus("ukraine-stance");
    let model = kind.params().classifier(Classifier::svm()).fit(&corpus).expect("there are classes");
    let articles = articles(&corpus);
    bencher.counter(size(&corpus)).bench(|| {
        let predictions = model.predict_batch(black_box(&articles));
        let is_right = |(p, e): &(&Prediction, &Example)| matches!(&e.gold, Gold::One(name) if p.label() == Some(name));
        let n_right = predictions.iter().zip(corpus.examples()).filter(is_right).count();
        assert!(n_right * 100 > corpus.len() * 95);
    });
}

/// Articles to the terms that speak for and against their labels.
#[divan::bench]
fn explain(bencher: Bencher) {
    let corpus = corpus("ukraine-stance");
    let model = Kind::Words.params().classifier(Classifier::svm()).fit(&corpus).expect("there are classes");
    let articles = articles(&corpus);
    bencher.counter(size(&corpus)).bench_local(|| {
        let n: usize = black_box(&articles).iter().map(|article| model.explain(article, 10).len()).sum();
        assert!(n > 5 * articles.len());
    });
}
