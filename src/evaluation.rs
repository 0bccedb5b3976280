//! How good predictions are, and how to find out honestly: scores, folds, duplicates, intervals.

mod audit;
mod bootstrap;
mod crossval;
mod curves;
mod duplicates;
mod groups;
mod metrics;
mod ranking;
mod spans;
mod split;
mod stratify;
mod tally;
mod temporal;
mod tune;

pub use audit::{
    Audit, AuditCode, AuditField, AuditParams, AuditReport, AuditSample, AuditScore, BatchAudit, BatchScore, Chance,
    ClusterCount, Confounder, DateCount, DuplicateAudit, DuplicateCount, Finding, Floor, LabelContradiction,
    LabelErrors, LabelIssue, ModelScores, OutletNaming, OutletSwap, OutletTerm, OutletTerms, ScoreGap, Severity,
    TurnedLabel, ValueCounts, ValueScore, WithinScores,
};
pub use bootstrap::BootstrapParams;
pub use crossval::{Crossval, CrossvalParams};
pub use curves::{ReliabilityBin, RiskCoverage, RiskPoint, risk_coverage};
pub use duplicates::{DuplicateParams, near_duplicates};
pub(crate) use groups::{class_told, complete};
pub use groups::{group_ids, merge_groups};
pub use metrics::{LabelScores, Metric, Scores};
pub use spans::{SpanScores, labelled_span_scores, span_scores};
pub use split::{Fold, Folds, SplitParams};
pub use tune::{Budget, Estimate, Trial, TuneParams, TuneProgress, Tuned};

use crate::error::{Error, Result};
use crate::label::{LabelSet, Targets};
use curves::Judgement;
use tally::Weights;

/// Predictions beside their gold: what every score is computed from.
///
/// ```
/// use slantwise::{Evaluation, LabelSet, Targets};
///
/// let labels = LabelSet::new(["left", "right"]);
/// let gold = Targets::One { n_classes: 2, classes: vec![0, 0, 1, 1] };
/// let predicted = Targets::One { n_classes: 2, classes: vec![0, 1, 1, 1] };
/// let scores = Evaluation::new(&labels, &gold, &predicted)?.scores();
/// assert_eq!(scores.accuracy, 0.75);
/// assert_eq!(scores.label("left").unwrap().recall, 0.5);
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Evaluation<'a> {
    labels: &'a LabelSet,
    gold: &'a Targets,
    predicted: &'a Targets,
    /// The place of each class in the order of the labels.
    ranks: Option<Vec<u32>>,
    probabilities: Option<Probabilities<'a>>,
}

/// Probabilities, and what is computed from them once for any number of resamples.
#[derive(Debug, Clone)]
struct Probabilities<'a> {
    /// Row after row, one a class.
    values: &'a [f32],
    /// The log-loss of each article.
    log_loss: Vec<f64>,
    /// The Brier score of each article.
    brier: Vec<f64>,
    /// One (one class) or `n_classes` (several labels) an article.
    judgements: Vec<Judgement>,
    /// The articles in descending order of each class's probability.
    orders: Vec<Vec<u32>>,
}

impl<'a> Evaluation<'a> {
    /// Predictions beside their gold.
    ///
    /// # Errors
    /// [`Error::Shape`] where there are no articles, or where the sizes of gold, predictions and labels differ;
    /// [`Error::Param`] where one has one class and the other several labels, or a class is out of range.
    pub fn new(labels: &'a LabelSet, gold: &'a Targets, predicted: &'a Targets) -> Result<Evaluation<'a>> {
        let k = labels.len();
        for (targets, classes_of) in [(gold, "classes of the gold"), (predicted, "classes of the predictions")] {
            same_size(classes_of, k.max(1), targets.n_classes())?;
            check_targets(targets)?;
        }
        same_size("predictions", gold.n_samples(), predicted.n_samples())?;
        if gold.n_samples() == 0 {
            return Err(Error::Shape { what: "articles to evaluate", expected: 1, found: 0 });
        }
        if gold.task() != predicted.task() {
            return Err(Error::param("predictions", "another task", "one class or several labels, as in the gold"));
        }
        Ok(Evaluation { labels, gold, predicted, ranks: None, probabilities: None })
    }

    /// Adds probabilities, row after row with one a class: needed for log-loss, Brier score, calibration
    /// error, areas under curves.
    ///
    /// # Errors
    /// [`Error::Shape`] where their number is not articles × classes; [`Error::Param`] where one is not in [0, 1].
    pub fn with_probabilities(mut self, values: &'a [f32]) -> Result<Evaluation<'a>> {
        let k = self.gold.n_classes();
        same_size("probabilities", self.gold.n_samples() * k, values.len())?;
        if let Some(bad) = values.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(Error::param("probability", bad, "a number from 0 to 1"));
        }
        let rows = values.chunks_exact(k).enumerate();
        let mut judgements = Vec::new();
        let (mut log_loss, mut brier) = (Vec::new(), Vec::new());
        for (row, p) in rows {
            let gold = |class: usize| self.gold.has(row, class);
            let squares =
                p.iter().enumerate().map(|(class, &p)| (f64::from(p) - f64::from(u8::from(gold(class)))).powi(2));
            match self.gold {
                Targets::One { classes, .. } => {
                    let top = first_maximum(p);
                    judgements.push(Judgement { confidence: p[top], right: gold(top) });
                    log_loss.push(-clipped_ln(f64::from(p[classes[row] as usize])));
                    // scikit-learn's scale_by_half="auto": with two classes the sum counts the same error twice
                    brier.push(squares.sum::<f64>() * if k < 3 { 0.5 } else { 1.0 });
                }
                Targets::Several { .. } => {
                    judgements.extend((0..k).map(|c| Judgement { confidence: p[c], right: gold(c) }));
                    let loss = p.iter().enumerate().map(|(class, &p)| {
                        let p = f64::from(p);
                        -clipped_ln(if gold(class) { p } else { 1.0 - p })
                    });
                    log_loss.push(loss.sum::<f64>() / k as f64);
                    brier.push(squares.sum::<f64>() / k as f64);
                }
            }
        }
        let column = |class: usize| values.iter().skip(class).step_by(k).copied();
        let orders = (0..k).map(|class| ranking::descending(column(class))).collect();
        self.probabilities = Some(Probabilities { values, log_loss, brier, judgements, orders });
        Ok(self)
    }

    /// Gives the labels an order, such as left, center, right: needed for [`Scores::mae`], the mean number of
    /// steps between the gold and the prediction.
    ///
    /// # Errors
    /// [`Error::Param`] where there are several labels an article, or the names are not all the labels, each once.
    pub fn with_order<S: AsRef<str>>(mut self, names: impl IntoIterator<Item = S>) -> Result<Evaluation<'a>> {
        const EXPECTED: &str = "all labels of a corpus with one class an article, each once";
        if matches!(self.gold, Targets::Several { .. }) {
            return Err(Error::param("order", "several labels an article", EXPECTED));
        }
        let mut ranks = vec![None; self.labels.len()];
        for (rank, name) in names.into_iter().enumerate() {
            let place = self.labels.class(name.as_ref()).and_then(|class| ranks.get_mut(class));
            match place {
                Some(place @ None) => *place = Some(rank as u32),
                _ => return Err(Error::param("order", name.as_ref(), EXPECTED)),
            }
        }
        let complete: Option<Vec<u32>> = ranks.into_iter().collect();
        self.ranks = Some(complete.ok_or_else(|| Error::param("order", "too few labels", EXPECTED))?);
        Ok(self)
    }

    /// All scores that the given data allow.
    pub fn scores(&self) -> Scores {
        self.weighted(Weights::Ones, true)
    }
}

/// Checks that two sizes agree.
pub(crate) fn same_size(what: &'static str, expected: usize, found: usize) -> Result<()> {
    if expected == found { Ok(()) } else { Err(Error::Shape { what, expected, found }) }
}

/// Checks that targets can be indexed without surprise: whole rows, classes in range.
pub(crate) fn check_targets(targets: &Targets) -> Result<()> {
    match targets {
        Targets::One { n_classes, classes } => match classes.iter().find(|&&c| c as usize >= *n_classes) {
            Some(class) => Err(Error::param("class", class, "a number below the number of classes")),
            None => Ok(()),
        },
        Targets::Several { n_classes: 0, .. } => Err(Error::param("n_classes", 0, "at least one label")),
        Targets::Several { n_classes, flags } => same_size("flags of the last article", 0, flags.len() % n_classes),
    }
}

/// The place of the greatest value, the first of equals.
pub(crate) fn first_maximum<T: PartialOrd>(values: &[T]) -> usize {
    let mut best = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = i;
        }
    }
    best
}

/// ln of p clipped to [ε, 1 − ε].
fn clipped_ln(p: f64) -> f64 {
    p.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(classes: &[u32]) -> Targets {
        Targets::One { n_classes: 2, classes: classes.to_vec() }
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let labels = LabelSet::new(["a", "b"]);
        let flags = Targets::Several { n_classes: 2, flags: vec![true, false] };
        let message = |gold: &Targets, predicted: &Targets| {
            Evaluation::new(&labels, gold, predicted).map(|_| ()).unwrap_err().to_string()
        };
        assert!(message(&one(&[0, 1]), &one(&[0])).contains("predictions: expected 2, found 1"));
        assert!(message(&one(&[]), &one(&[])).contains("articles to evaluate"));
        assert!(message(&one(&[0]), &flags).contains("predictions"));
        assert!(message(&one(&[2]), &one(&[0])).contains("class = 2"));
        let torn = Targets::Several { n_classes: 2, flags: vec![true; 3] };
        assert!(message(&torn, &flags).contains("flags"));
        let other = Targets::One { n_classes: 3, classes: vec![0] };
        assert!(message(&other, &one(&[0])).contains("classes of the gold: expected 2, found 3"));

        let (gold, none) = (one(&[0, 1]), Targets::Several { n_classes: 0, flags: vec![] });
        assert!(Evaluation::new(&LabelSet::new(Vec::<String>::new()), &none, &none).is_err());
        let evaluation = Evaluation::new(&labels, &gold, &gold).unwrap();
        for bad in [vec![0.5; 3], vec![0.5, 0.5, 1.5, 0.0], vec![0.5, 0.5, f32::NAN, 0.0]] {
            assert!(evaluation.clone().with_probabilities(&bad).is_err(), "{bad:?}");
        }
        for bad in [vec!["a"], vec!["a", "a"], vec!["a", "b", "c"], vec!["b", "c"]] {
            assert!(evaluation.clone().with_order(bad).is_err());
        }
        assert!(Evaluation::new(&labels, &flags, &flags).unwrap().with_order(["a", "b"]).is_err());
    }

    #[test]
    fn weights_equal_repeated_rows() {
        let labels = LabelSet::new(["a", "b"]);
        let (gold, predicted) = (one(&[0, 1, 1, 0]), one(&[0, 1, 0, 0]));
        let probabilities = [0.8, 0.2, 0.3, 0.7, 0.6, 0.4, 0.9, 0.1];
        let rows = [0, 0, 2, 3, 3, 3];
        let weighted = Evaluation::new(&labels, &gold, &predicted)
            .and_then(|e| e.with_probabilities(&probabilities))
            .unwrap()
            .weighted(Weights::Counts(&[2, 0, 1, 3]), true);
        let (gold, predicted) = (gold.select(&rows), predicted.select(&rows));
        let repeated: Vec<f32> = rows.iter().flat_map(|&r| probabilities[r * 2..][..2].to_vec()).collect();
        let scores =
            Evaluation::new(&labels, &gold, &predicted).and_then(|e| e.with_probabilities(&repeated)).unwrap().scores();
        for metric in Metric::ALL {
            match (weighted.get(metric), scores.get(metric)) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 1e-12, "{metric}"),
                (a, b) => assert_eq!(a, b, "{metric}"),
            }
        }
        assert_eq!(weighted.confusion, scores.confusion);
    }

    #[test]
    fn the_curves_follow_the_predictions() {
        let labels = LabelSet::new(["a", "b"]);
        let (gold, predicted) = (one(&[0, 1]), one(&[0, 0]));
        let probabilities = [0.9, 0.1, 0.6, 0.4];
        let evaluation =
            Evaluation::new(&labels, &gold, &predicted).unwrap().with_probabilities(&probabilities).unwrap();
        let curve = evaluation.risk_coverage().unwrap();
        assert_eq!(curve.points.iter().map(|p| (p.coverage, p.risk)).collect::<Vec<_>>(), [(0.5, 0.0), (1.0, 0.5)]);
        let bins = evaluation.reliability().unwrap();
        assert_eq!(bins.iter().map(|b| (b.n, b.frequency)).collect::<Vec<_>>(), [(1, 0.0), (1, 1.0)]);
        let gap: f64 = bins.iter().map(|b| b.n as f64 / 2.0 * (b.frequency - b.confidence).abs()).sum();
        assert!((gap - evaluation.scores().ece.unwrap()).abs() < 1e-12);

        let flags = |of: &[bool]| Targets::Several { n_classes: 2, flags: of.to_vec() };
        let (gold, predicted) = (flags(&[true, false]), flags(&[true, true]));
        let evaluation = Evaluation::new(&labels, &gold, &predicted).unwrap().with_probabilities(&[0.9, 0.4]).unwrap();
        let curve = evaluation.risk_coverage().unwrap();
        assert_eq!(curve.points.iter().map(|p| p.risk).collect::<Vec<_>>(), [0.0, 0.5]);
        assert!((curve.points[1].threshold - 0.4).abs() < 1e-6);
    }
}
