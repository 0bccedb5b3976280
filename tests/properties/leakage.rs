//! What only the outlet betrays must not count where outlets are new: not in the scores, not in the calibration, not in the
//! threshold.

use slantwise::{
    Article, Budget, CalibrationMethod, Classifier, Corpus, Crossval, CrossvalParams, Gold, Metric, Pipeline,
    PipelineParams, TuneParams,
};

use crate::generate::{example, numbers};

const N_OUTLETS: usize = 60;
const N_ARTICLES: usize = 8;

/// Articles that say nothing about their label, but for one word that only their outlet uses.
fn corpus(gold: impl Fn(usize) -> Gold) -> Corpus {
    let mut number = numbers(3);
    let mut examples = Vec::new();
    for outlet in 0..N_OUTLETS {
        for _ in 0..N_ARTICLES {
            let filler: Vec<String> = (0..20).map(|_| format!("filler{}", number(60))).collect();
            let text = format!("banner{outlet} {} banner{outlet}", filler.join(" "));
            examples
                .push(example(Article::from_text(text).with_field("domain", format!("{outlet}.org")), gold(outlet)));
        }
    }
    Corpus::from_examples(examples).unwrap()
}

fn one_class() -> Corpus {
    corpus(|outlet| Gold::One(["left", "right"][outlet % 2].to_string()))
}

/// Each outlet has one of two labels, both or none, a quarter of the outlets each.
fn several_labels() -> Corpus {
    corpus(|outlet| {
        Gold::several(["war", "aid"].iter().enumerate().filter(|(k, _)| outlet >> k & 1 == 1).map(|l| *l.1))
    })
}

fn crossval(corpus: &Corpus, params: PipelineParams) -> Crossval {
    params.crossval(corpus, &CrossvalParams::default()).unwrap()
}

fn params(classifier: Classifier) -> PipelineParams {
    Pipeline::params().words(1, 1).min_df(2).classifier(classifier)
}

#[test]
fn a_word_of_one_outlet_helps_under_random_folds_and_not_where_outlets_are_new() {
    let corpus = one_class();
    for name in ["logistic", "svm", "nb-svm", "naive-bayes"] {
        let params = params(Classifier::named(name).unwrap());
        let random = crossval(&corpus, params.clone()).scores;
        assert!(random.accuracy > 0.97, "{name}: {}", random.accuracy);
        let grouped = crossval(&corpus, params.group_by("domain")).scores;
        assert!((grouped.accuracy - 0.5).abs() < 0.1, "{name}: {}", grouped.accuracy);
    }
}

/// A calibration fitted on folds that share outlets would believe in scores that are worth nothing.
#[test]
fn probabilities_know_that_new_outlets_are_not_known() {
    let corpus = one_class();
    let chance = 2_f64.ln();
    for method in [CalibrationMethod::Softmax, CalibrationMethod::Platt, CalibrationMethod::Temperature] {
        let mut params = params(Classifier::svm());
        params.calibration.method = Some(method);
        let loss = |params: PipelineParams| crossval(&corpus, params).scores.get(Metric::LogLoss).unwrap();
        assert!(loss(params.clone()) < 0.3 * chance, "{method:?}");
        let grouped = loss(params.group_by("domain"));
        assert!(grouped < 1.1 * chance, "{method:?}: {grouped}, chance is {chance}");
    }
}

/// Where nothing is known, micro-F1 is best when every label is given: 2/3 here, against 1/2 at chance. A threshold tuned on
/// folds that share outlets would separate what it can't see.
#[test]
fn the_threshold_knows_that_new_outlets_are_not_known() {
    let corpus = several_labels();
    let params = params(Classifier::svm());
    let random = crossval(&corpus, params.clone()).scores;
    assert!(random.micro_f1 > 0.97, "{}", random.micro_f1);
    let grouped = crossval(&corpus, params.group_by("domain")).scores;
    assert!(grouped.micro_f1 > 0.6, "{}", grouped.micro_f1);
    assert!((grouped.balanced_accuracy - 0.5).abs() < 0.07, "{}", grouped.balanced_accuracy);
    assert!(grouped.get(Metric::LogLoss).unwrap() < 1.1 * 2_f64.ln());
}

/// Every article is tested once, and an outlet's articles all in one fold.
#[test]
fn articles_of_one_outlet_stay_together() {
    let corpus = one_class();
    let params = params(Classifier::logistic()).group_by("domain");
    let tested = crossval(&corpus, params);
    assert_eq!(tested.tested.len(), N_OUTLETS * N_ARTICLES);
    assert_eq!(tested.folds.iter().map(|fold| fold.n).sum::<u64>(), (N_OUTLETS * N_ARTICLES) as u64);
    assert!(tested.folds.iter().all(|fold| fold.n % N_ARTICLES as u64 == 0));
}

/// The best of many settings is still worth nothing where outlets are new, and the search says so; where outlets are shared, it believes in them.
#[test]
fn tuning_is_not_fooled_by_what_only_the_outlet_betrays() {
    let corpus = one_class();
    let tune = |params: PipelineParams| {
        let how = TuneParams {
            metric: Metric::Accuracy,
            budget: Budget::Trials(40),
            outer_folds: 2,
            ..TuneParams::default()
        };
        params.tune(&corpus, &how, |_| {}).unwrap()
    };
    let random = tune(params(Classifier::svm()));
    let nested = random.nested.unwrap().accuracy;
    assert!(random.best_score > 0.97 && nested > 0.9, "{} {nested}", random.best_score);
    assert!(random.estimate.unwrap().score > 0.95);
    let grouped = tune(params(Classifier::svm()).group_by("domain"));
    assert!(grouped.best_score < 0.65, "{}", grouped.best_score);
    let (estimate, nested) = (grouped.estimate.unwrap(), grouped.nested.unwrap());
    assert!((estimate.score - 0.5).abs() < 0.1, "{estimate:?}");
    assert!((nested.accuracy - 0.5).abs() < 0.12, "{}", nested.accuracy);
    // The probabilities of the model that was written know it too.
    let stranger = Article::from_text("banner99 filler1 filler2 filler3 banner99");
    let p = grouped.model.predict_proba(&stranger);
    assert!(p.iter().all(|p| (p - 0.5).abs() < 0.1), "{p:?}");
}

#[test]
fn a_search_of_so_many_trials_is_the_same_every_time() {
    let corpus = several_labels();
    let how = TuneParams { metric: Metric::MicroF1, budget: Budget::Trials(30), ..TuneParams::default() };
    let search = || {
        let found = params(Classifier::svm()).group_by("domain").tune(&corpus, &how, |_| {}).unwrap();
        (found.model.to_bytes(), found.trials, found.cut_short)
    };
    let first = search();
    assert!(first.2 && first == search());
}
