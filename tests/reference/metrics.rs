//! Scores of predictions.

use serde_json::Value;
use slantwise::{Evaluation, LabelSet, Metric, Targets};

/// The metrics equal scikit-learn's to nine digits.
#[test]
fn metrics_equal_those_of_scikit_learn() {
    let reference: Value = serde_json::from_str(include_str!("../data/reference_metrics.json")).unwrap();
    assert_eq!(reference["scikit-learn"], "1.9.1");
    let cases = reference["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 11);
    for case in cases {
        check(case);
    }
}

fn check(case: &Value) {
    let name = case["name"].as_str().unwrap();
    let n_classes = case["n_classes"].as_u64().unwrap() as usize;
    let labels = LabelSet::new((0..n_classes).map(|c| format!("label {c}")));
    let targets = |key: &str| {
        let numbers = case[key].as_array().unwrap().iter().map(|v| v.as_u64().unwrap());
        match case["task"].as_str().unwrap() {
            "one" => Targets::One { n_classes, classes: numbers.map(|c| c as u32).collect() },
            _ => Targets::Several { n_classes, flags: numbers.map(|f| f == 1).collect() },
        }
    };
    let (gold, predicted) = (targets("gold"), targets("predicted"));
    let probabilities: Option<Vec<f32>> =
        case["probabilities"].as_array().map(|p| p.iter().map(|v| v.as_f64().unwrap() as f32).collect());
    let mut evaluation = Evaluation::new(&labels, &gold, &predicted).unwrap();
    if let Some(probabilities) = &probabilities {
        evaluation = evaluation.with_probabilities(probabilities).unwrap();
    }
    if let Some(order) = case["order"].as_array() {
        evaluation = evaluation.with_order(order.iter().map(|c| format!("label {c}"))).unwrap();
    }
    let scores = evaluation.scores();

    let expected = case["scores"].as_object().unwrap();
    assert_eq!(scores.n, expected["n"].as_u64().unwrap(), "{name}");
    for metric in Metric::ALL {
        match (expected.get(metric.name()), scores.get(metric)) {
            (Some(expected), found) => close(name, metric.name(), expected, found),
            // Defined here beyond the cases in which scikit-learn has a number.
            (None, Some(_)) if matches!(metric, Metric::RocAuc | Metric::AveragePrecision) => {}
            (None, found) => assert_eq!(found, None, "{name}: {metric}"),
        }
    }
    let per_label = &case["per_label"];
    for (class, (_, label)) in scores.per_label.iter().enumerate() {
        let numbers = [
            ("precision", Some(label.precision)),
            ("recall", Some(label.recall)),
            ("f1", Some(label.f1)),
            ("support", Some(label.support as f64)),
            ("roc_auc", label.roc_auc),
            ("average_precision", label.average_precision),
        ];
        for (key, found) in numbers {
            if per_label.get(key).is_some() {
                close(name, &format!("{key} of label {class}"), &per_label[key][class], found);
            }
        }
    }
    let confusion: Option<Vec<Vec<u64>>> = serde_json::from_value(case["confusion"].clone()).unwrap();
    assert_eq!(scores.confusion, confusion, "{name}");
}

fn close(case: &str, what: &str, expected: &Value, found: Option<f64>) {
    match (expected.as_f64(), found) {
        (Some(expected), Some(found)) => {
            assert!((expected - found).abs() <= 1e-9, "{case}: {what} is {found}, scikit-learn has {expected}");
        }
        (expected, found) => assert_eq!(expected, found, "{case}: {what}"),
    }
}
