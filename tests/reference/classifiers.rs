//! Scores of the classifiers, trained until nothing changes any more.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use slantwise::{Error, FeatureMatrix, IntoTargets, LinearModel, Logistic, NaiveBayes, NbSvm, Params, Svm};

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "scikit-learn")]
    version: String,
    datasets: Vec<Dataset>,
}

#[derive(Deserialize)]
struct Dataset {
    name: String,
    n_classes: usize,
    several: bool,
    n_features: usize,
    /// Columns and 64 times the values of each row; those beyond the gold are for testing.
    x: Vec<(Vec<u32>, Vec<u8>)>,
    y: Value,
    weights: Vec<f32>,
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    classifier: String,
    c: f64,
    class_weight: Option<String>,
    weighted: bool,
    scores: Vec<Vec<f64>>,
}

impl Dataset {
    fn matrix(&self, rows: &[(Vec<u32>, Vec<u8>)]) -> FeatureMatrix {
        let row = |(columns, values): &(Vec<u32>, Vec<u8>)| {
            columns.iter().zip(values).map(|(&c, &v)| (c, f32::from(v) / 64.0)).collect()
        };
        FeatureMatrix::from_rows(self.n_features, rows.iter().map(row)).unwrap()
    }

    /// The scores that slantwise gives the test rows.
    fn scores(&self, model: &Model) -> Array2<f64> {
        if self.several {
            let flags: Vec<Vec<u8>> = serde_json::from_value(self.y.clone()).unwrap();
            let flags = flags.concat().iter().map(|&flag| flag == 1).collect();
            self.fitted(model, Array2::from_shape_vec((self.weights.len(), self.n_classes), flags).unwrap())
        } else {
            let classes: Vec<usize> = serde_json::from_value(self.y.clone()).unwrap();
            self.fitted(model, Array1::from(classes))
        }
    }

    fn fitted<T: IntoTargets>(&self, model: &Model, targets: T) -> Array2<f64> {
        let (train, test) = self.x.split_at(self.weights.len());
        let mut dataset = DatasetBase::new(self.matrix(train), targets);
        if model.weighted {
            dataset = dataset.with_weights(Array1::from(self.weights.clone()));
        }
        let weight = model.class_weight.as_deref().unwrap_or("none");
        let solver = |more: Value| {
            let mut params = json!({"c": model.c, "class_weight": weight, "tol": 1e-6, "max_iter": 5000});
            params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            params
        };
        let bayes = |kind: &str| json!({"kind": kind, "alpha": model.c, "class_weight": weight});
        let fitted = match model.classifier.as_str() {
            "svm" => fit::<Svm, T>(solver(json!({})), &dataset),
            "logistic" => fit::<Logistic, T>(solver(json!({"multi_class": "multinomial"})), &dataset),
            "logistic-one-vs-rest" => fit::<Logistic, T>(solver(json!({"multi_class": "one-vs-rest"})), &dataset),
            "nb-svm" => fit::<NbSvm, T>(solver(json!({"alpha": 1.0})), &dataset),
            "naive-bayes" => fit::<NaiveBayes, T>(bayes("multinomial"), &dataset),
            "complement-naive-bayes" => fit::<NaiveBayes, T>(bayes("complement"), &dataset),
            other => panic!("no such classifier: {other}"),
        };
        fitted.decision_function(&self.matrix(test))
    }

    fn check(&self, model: &Model) {
        let what =
            format!("{}: {} {:?} {:?} {}", self.name, model.classifier, model.c, model.class_weight, model.weighted);
        let (bayes, binary) = (model.classifier.contains("bayes"), !self.several && self.n_classes == 2);
        // Solvers stop somewhere near the optimum; naive Bayes only rounds.
        let tolerance = if bayes { 1e-5 } else { 1e-3 };
        let found = self.scores(model);
        assert_eq!(found.nrows(), model.scores.len());
        for (row, (expected, found)) in model.scores.iter().zip(found.rows()).enumerate() {
            let found = match (binary, bayes) {
                (true, true) => vec![found[1] - found[0]],
                (true, false) => {
                    assert_eq!(found[0], -found[1], "{what}");
                    vec![found[1]]
                }
                (false, _) => found.to_vec(),
            };
            assert_eq!(expected.len(), found.len(), "{what}");
            for (class, (e, f)) in expected.iter().zip(&found).enumerate() {
                assert!((e - f).abs() <= tolerance, "{what}: row {row}, class {class}: {f}, scikit-learn has {e}");
            }
        }
    }
}

fn fit<P, T: IntoTargets>(params: Value, dataset: &DatasetBase<FeatureMatrix, T>) -> LinearModel
where
    P: DeserializeOwned + slantwise::Check + Fit<FeatureMatrix, T, Error, Object = LinearModel>,
{
    let params: Params<P> = serde_json::from_value(params).unwrap();
    params.fit(dataset).unwrap()
}

fn check(classifiers: &[&str], n_models: usize) {
    let reference: Reference = serde_json::from_str(include_str!("../data/reference_classifiers.json")).unwrap();
    assert_eq!((reference.version.as_str(), reference.datasets.len()), ("1.9.1", 6));
    let mut n = 0;
    for dataset in &reference.datasets {
        for model in dataset.models.iter().filter(|m| classifiers.contains(&m.classifier.as_str())) {
            dataset.check(model);
            n += 1;
        }
    }
    assert_eq!(n, n_models);
}

#[test]
fn the_svm_scores_as_linear_svc() {
    check(&["svm"], 21);
}

#[test]
fn logistic_regression_scores_as_that_of_scikit_learn() {
    check(&["logistic", "logistic-one-vs-rest"], 28);
}

#[test]
fn naive_bayes_scores_as_multinomial_nb_and_complement_nb() {
    check(&["naive-bayes", "complement-naive-bayes"], 36);
}

#[test]
fn the_nb_svm_scores_as_linear_svc_on_scaled_features() {
    check(&["nb-svm"], 19);
}
