//! The numbers of an evaluation, by name.

use std::fmt;
use std::str::FromStr;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::error::Error;

/// One number of [`Scores`], by name: what a search maximises, a gate checks, or an interval is given for.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// [`Scores::accuracy`]
    Accuracy,
    /// [`Scores::macro_f1`]
    MacroF1,
    /// [`Scores::micro_f1`]
    MicroF1,
    /// [`Scores::balanced_accuracy`]
    BalancedAccuracy,
    /// [`Scores::mae`]
    Mae,
    /// [`Scores::log_loss`]
    LogLoss,
    /// [`Scores::brier`]
    Brier,
    /// [`Scores::ece`]
    Ece,
    /// [`Scores::samples_f1`]
    SamplesF1,
    /// [`Scores::roc_auc`]
    RocAuc,
    /// [`Scores::average_precision`]
    AveragePrecision,
}

impl Metric {
    /// All metrics, in the order of [`Scores`].
    pub const ALL: [Metric; 11] = [
        Metric::Accuracy,
        Metric::MacroF1,
        Metric::MicroF1,
        Metric::BalancedAccuracy,
        Metric::Mae,
        Metric::LogLoss,
        Metric::Brier,
        Metric::Ece,
        Metric::SamplesF1,
        Metric::RocAuc,
        Metric::AveragePrecision,
    ];

    /// The name as JSON has it, such as `macro_f1`.
    pub fn name(self) -> &'static str {
        match self {
            Metric::Accuracy => "accuracy",
            Metric::MacroF1 => "macro_f1",
            Metric::MicroF1 => "micro_f1",
            Metric::BalancedAccuracy => "balanced_accuracy",
            Metric::Mae => "mae",
            Metric::LogLoss => "log_loss",
            Metric::Brier => "brier",
            Metric::Ece => "ece",
            Metric::SamplesF1 => "samples_f1",
            Metric::RocAuc => "roc_auc",
            Metric::AveragePrecision => "average_precision",
        }
    }

    /// Whether more is better; false for errors and losses.
    pub fn higher_is_better(self) -> bool {
        !matches!(self, Metric::Mae | Metric::LogLoss | Metric::Brier | Metric::Ece)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Metric {
    type Err = Error;

    /// Reads a name written with underscores or hyphens.
    fn from_str(name: &str) -> Result<Metric, Error> {
        let plain = name.replace('-', "_");
        Metric::ALL.into_iter().find(|m| m.name() == plain).ok_or_else(|| {
            Error::param(
                "metric",
                name,
                "one of accuracy, macro-f1, micro-f1, balanced-accuracy, mae, log-loss, brier, ece, samples-f1, roc-auc, average-precision",
            )
        })
    }
}

/// How good predictions are. Each number is defined as scikit-learn 1.9 defines it, with `zero_division=0`.
///
/// With K classes, n articles, gold y and probabilities p:
///
/// | number | one class | several labels |
/// |---|---|---|
/// | `accuracy` | share of right answers | share of articles whose labels are all right |
/// | `macro_f1` | mean F1 of the classes that occur in gold or predictions | mean F1 of all labels |
/// | `micro_f1` | equals accuracy | F1 of all label decisions pooled |
/// | `balanced_accuracy` | mean recall of the classes that occur in gold | mean over the labels of that of each label's yes and no |
/// | `mae` | mean distance in the order of the labels | none |
/// | `log_loss` | mean of −ln p of the gold class | mean over all label decisions |
/// | `brier` | mean of Σₖ (p − y)², halved where K = 2 | mean over all label decisions of (p − y)² |
/// | `ece` | see [`reliability`](super::Evaluation::reliability) | likewise |
/// | `roc_auc`, `average_precision` | mean over the classes, one against the rest | mean over the labels |
///
/// Probabilities are read as 64-bit numbers, and the logarithm's are clipped to [ε, 1 − ε] with the ε of those.
///
/// Serialises with the keys in the order of the fields; `mae` and what follows `interval` are left out where
/// they don't apply, other missing numbers are `null`.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    /// Articles.
    pub n: u64,
    /// Share of articles answered right.
    pub accuracy: f64,
    /// Mean F1 over labels.
    pub macro_f1: f64,
    /// F1 of the pooled decisions.
    pub micro_f1: f64,
    /// Mean recall.
    pub balanced_accuracy: f64,
    /// Mean absolute error; only for one class, where the labels have an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mae: Option<f64>,
    /// Cross-entropy in nats; `None` without probabilities.
    pub log_loss: Option<f64>,
    /// Mean squared error of the probabilities; `None` without them.
    pub brier: Option<f64>,
    /// Expected calibration error; `None` without probabilities.
    pub ece: Option<f64>,
    /// Each label's numbers, in the order of the label set.
    #[serde(serialize_with = "as_map")]
    pub per_label: Vec<(String, LabelScores)>,
    /// Bootstrap intervals, low and high, of the metrics that were asked for.
    #[serde(serialize_with = "as_map")]
    pub interval: Vec<(Metric, [f64; 2])>,
    /// Mean over the articles of the F1 of its labels; only for several labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples_f1: Option<f64>,
    /// Mean area under the ROC curve, over the labels that some articles have and others lack; `None`
    /// without such labels. (Where scikit-learn has a number, it is this one; else it has NaN or an error.)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roc_auc: Option<f64>,
    /// Mean average precision; a label without articles counts 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<f64>,
    /// Counts of gold class (rows) by predicted class (columns), in the order of the label set; only for one class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Vec<Vec<u64>>>,
}

/// One label's numbers; 0 where a quotient has no denominator.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelScores {
    /// Share of the predictions of this label that are right.
    pub precision: f64,
    /// Share of the articles with this label that are found.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
    /// Articles with this label.
    pub support: u64,
    /// Area under the ROC curve of this label against the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roc_auc: Option<f64>,
    /// Average precision of this label against the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<f64>,
}

impl Scores {
    /// A number by name; `None` where it does not apply.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::Accuracy => Some(self.accuracy),
            Metric::MacroF1 => Some(self.macro_f1),
            Metric::MicroF1 => Some(self.micro_f1),
            Metric::BalancedAccuracy => Some(self.balanced_accuracy),
            Metric::Mae => self.mae,
            Metric::LogLoss => self.log_loss,
            Metric::Brier => self.brier,
            Metric::Ece => self.ece,
            Metric::SamplesF1 => self.samples_f1,
            Metric::RocAuc => self.roc_auc,
            Metric::AveragePrecision => self.average_precision,
        }
    }

    /// The numbers of a label.
    pub fn label(&self, name: &str) -> Option<&LabelScores> {
        self.per_label.iter().find(|(label, _)| label == name).map(|(_, scores)| scores)
    }
}

/// Writes pairs as a map in their own order.
fn as_map<S: Serializer, K: Serialize, V: Serialize>(pairs: &[(K, V)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(key, value)?;
    }
    map.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_reads_both_spellings_and_refuses_others() {
        for metric in Metric::ALL {
            assert_eq!(metric.name().parse::<Metric>().unwrap(), metric);
            assert_eq!(metric.name().replace('_', "-").parse::<Metric>().unwrap(), metric);
            assert_eq!(serde_json::to_string(&metric).unwrap(), format!("\"{metric}\""));
        }
        let message = "f1".parse::<Metric>().unwrap_err().to_string();
        assert!(message.contains("macro-f1"), "{message}");
    }

    #[test]
    fn keys_are_written_in_the_agreed_order() {
        let scores = Scores {
            n: 2,
            accuracy: 0.5,
            macro_f1: 0.5,
            micro_f1: 0.5,
            balanced_accuracy: 0.5,
            mae: Some(1.0),
            log_loss: None,
            brier: None,
            ece: None,
            per_label: vec![(
                "z".into(),
                LabelScores {
                    precision: 1.0,
                    recall: 0.5,
                    f1: 0.5,
                    support: 2,
                    roc_auc: None,
                    average_precision: None,
                },
            )],
            interval: vec![(Metric::MacroF1, [0.25, 0.75])],
            samples_f1: None,
            roc_auc: None,
            average_precision: None,
            confusion: None,
        };
        assert_eq!(
            serde_json::to_string(&scores).unwrap(),
            concat!(
                r#"{"n":2,"accuracy":0.5,"macro_f1":0.5,"micro_f1":0.5,"balanced_accuracy":0.5,"mae":1.0,"#,
                r#""log_loss":null,"brier":null,"ece":null,"#,
                r#""per_label":{"z":{"precision":1.0,"recall":0.5,"f1":0.5,"support":2}},"#,
                r#""interval":{"macro_f1":[0.25,0.75]}}"#
            )
        );
    }
}
