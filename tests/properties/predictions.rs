//! Probabilities, and models that were saved and loaded.

use proptest::prelude::*;
use slantwise::{Article, CalibrationMethod, Classifier, Pipeline, Prediction, Task};

use crate::generate::{article, corpus, params};

/// All of a prediction that can be seen.
fn bits(prediction: &Prediction) -> (Vec<String>, Vec<u64>, Vec<u64>) {
    let (scores, probabilities) = (prediction.scores(), prediction.probabilities());
    let labels = prediction.labels().into_iter().map(String::from).collect();
    (labels, scores.map(|s| s.1.to_bits()).collect(), probabilities.map(|p| p.1.to_bits()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn probabilities_are_probabilities_and_decide(
        corpus in corpus(), params in params(), fresh in prop::collection::vec(article(), 1..6),
        method in prop::sample::select(vec![None, Some(CalibrationMethod::Platt), Some(CalibrationMethod::Temperature)]),
    ) {
        let mut params = params;
        params.calibration.method = method;
        let model = params.fit(&corpus).unwrap();
        for article in corpus.examples().iter().map(|e| &e.article).chain(&fresh) {
            let prediction = model.predict(article);
            let p = model.predict_proba(article);
            prop_assert!(p.iter().all(|p| (0.0..=1.0).contains(p)), "{p:?}");
            prop_assert_eq!(&p, &prediction.probabilities().map(|p| p.1).collect::<Vec<_>>());
            let top = p.iter().fold(0.0, |a: f64, &b| a.max(b));
            match model.task() {
                Task::One => {
                    prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{p:?}");
                    prop_assert_eq!(prediction.labels().len(), 1);
                    prop_assert!(prediction.probability() >= top - 1e-9, "{p:?} {}", prediction.probability());
                }
                Task::Several => {
                    let given: Vec<&str> = prediction.labels();
                    for ((label, p), threshold) in prediction.probabilities().zip(model.decision().thresholds()) {
                        prop_assert_eq!(given.contains(&label), p >= *threshold);
                    }
                    prop_assert!(given.is_empty() || prediction.probability() <= top);
                }
            }
        }
    }

    #[test]
    fn a_batch_predicts_as_its_articles_do_alone(
        corpus in corpus(), params in params(), fresh in prop::collection::vec(article(), 1..20),
    ) {
        let model = params.fit(&corpus).unwrap();
        for (article, prediction) in fresh.iter().zip(model.predict_batch(&fresh)) {
            prop_assert_eq!(bits(&model.predict(article)), bits(&prediction));
        }
    }

    #[test]
    fn a_model_saved_and_loaded_is_the_same_model(
        corpus in corpus(), params in params(), fresh in prop::collection::vec(article(), 1..6),
    ) {
        let model = params.fit(&corpus).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.slant");
        model.save(&path).unwrap();
        prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let loaded = Pipeline::load(&path).unwrap();
        prop_assert_eq!(loaded.to_bytes(), model.to_bytes());
        for article in corpus.examples().iter().map(|e| &e.article).chain(&fresh) {
            prop_assert_eq!(bits(&loaded.predict(article)), bits(&model.predict(article)));
            prop_assert_eq!(loaded.explain(article, 9), model.explain(article, 9));
        }
        prop_assert_eq!(loaded, model);
    }
}

/// linfa's own classifiers are slower: one corpus each.
#[test]
fn linfas_classifiers_are_saved_and_loaded_too() {
    let mut number = crate::generate::numbers(5);
    let words = ["arms", "war", "peace", "talks", "aid", "gas", "vote", "city"];
    let examples = (0..40).map(|i| {
        let text: Vec<&str> = (0..6).map(|_| words[(number(5) + 3 * (i % 2)) % 8]).collect();
        crate::generate::example(
            Article::from_text(text.join(" ")),
            slantwise::Gold::One(["left", "right"][i % 2].to_string()),
        )
    });
    let corpus = slantwise::Corpus::from_examples(examples.collect()).unwrap();
    for classifier in [Classifier::linfa_logistic(), Classifier::linfa_svm()] {
        let model = Pipeline::params().classifier(classifier).fit(&corpus).unwrap();
        let loaded = Pipeline::from_bytes(&model.to_bytes()).unwrap();
        assert_eq!(loaded, model);
        for example in corpus.examples() {
            assert_eq!(bits(&loaded.predict(&example.article)), bits(&model.predict(&example.article)));
        }
        assert!(model.evaluate(&corpus).unwrap().accuracy > 0.8);
    }
}
