//! The same corpus, parameters and seed give the same model file, at any number of threads.

use slantwise::{Article, Classifier, Corpus, CrossvalParams, Gold, LinfaLogistic, LinfaSvm, Pipeline, PipelineParams};

use crate::generate::{example, numbers};

/// Articles of several classes or labels, with rare and frequent words. Chunks of 256 articles are counted at once.
fn corpus(n: usize, n_labels: usize, several: bool) -> Corpus {
    let mut number = numbers(11);
    let examples = (0..n).map(|i| {
        let class = number(n_labels);
        let words = (0..12 + number(12)).map(|_| {
            let (a, b) = (number(60), number(60));
            let word = a * b / 60 + if number(3) == 0 { 60 * (class + 1) } else { 0 };
            if word % 7 == 0 { format!("слово{word}") } else { format!("word{word}") }
        });
        let text = words.collect::<Vec<_>>().join(" ");
        let gold = match several {
            true => {
                Gold::several((0..n_labels).filter(|k| *k == class || number(8) == 0).map(|k| format!("label {k:02}")))
            }
            false => Gold::One(format!("class {class:02}")),
        };
        example(Article::new(format!("Title {}", i % 10), text).with_field("domain", format!("{}.org", i % 60)), gold)
    });
    Corpus::from_examples(examples.collect()).unwrap()
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

fn check(corpus: &Corpus, params: &PipelineParams) {
    let bytes = |threads| with_threads(threads, || params.fit(corpus).unwrap().to_bytes());
    let one = bytes(1);
    for threads in [1, 2, 5] {
        assert!(bytes(threads) == one, "{} with {threads} threads", params.classifier.name());
    }
    let calibration = |seed| params.clone().seed(seed).fit(corpus).unwrap().calibration().clone();
    assert_ne!(calibration(0), calibration(1), "the seed has no influence");
}

fn params() -> PipelineParams {
    Pipeline::params().words(1, 2).chars(2, 3).min_df(2)
}

#[test]
fn one_class_gives_the_same_bytes_with_any_number_of_threads() {
    let corpus = corpus(600, 11, false);
    for name in ["logistic", "svm", "nb-svm", "complement-naive-bayes"] {
        check(&corpus, &params().classifier(Classifier::named(name).unwrap()));
    }
    let mut selective = params().group_by("domain");
    selective.features.select = Some(500);
    selective.features.max_df = 0.5;
    check(&corpus, &selective);
}

#[test]
fn several_labels_give_the_same_bytes_with_any_number_of_threads() {
    let corpus = corpus(400, 11, true);
    for name in ["logistic", "svm", "naive-bayes"] {
        check(&corpus, &params().classifier(Classifier::named(name).unwrap()));
    }
}

#[test]
fn linfas_own_give_the_same_bytes_with_any_number_of_threads() {
    let corpus = corpus(90, 2, true);
    for classifier in [
        Classifier::LinfaLogistic(LinfaLogistic::params().top_k(50)),
        Classifier::LinfaSvm(LinfaSvm::params().top_k(50)),
    ] {
        check(&corpus, &params().classifier(classifier));
    }
}

#[test]
fn cross_validation_is_the_same_with_any_number_of_threads() {
    let corpus = corpus(300, 3, false);
    let params = params().group_by("domain");
    let run = |threads| with_threads(threads, || params.crossval(&corpus, &CrossvalParams::default()).unwrap());
    let one = run(1);
    assert!([1, 2, 5].into_iter().all(|threads| run(threads) == one));
}

#[test]
fn predictions_are_the_same_with_any_number_of_threads() {
    let corpus = corpus(300, 3, false);
    let model = params().fit(&corpus).unwrap();
    let articles: Vec<Article> = corpus.examples().iter().map(|e| e.article.clone()).collect();
    let run = |threads| with_threads(threads, || (model.predict_batch(&articles), model.evaluate(&corpus).unwrap()));
    let one = run(1);
    assert!([2, 5].into_iter().all(|threads| run(threads) == one));
}
