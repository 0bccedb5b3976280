//! Section 7: probable label errors, by confident learning.

use serde::Serialize;

use super::field::Field;
use super::findings::{AuditCode, Finding, Severity};
use super::held_out::HeldOut;
use crate::corpus::Corpus;
use crate::label::{LabelSet, Targets, Task};

/// Rows whose label the other rows contradict.
///
/// A row counts for a class where its held-out probability reaches the mean of that class's own rows; a row that counts
/// for another class than its label is a probable error. For several labels, each label is two classes: with and without.
///
/// The probabilities come from random folds, or from outlet-disjoint ones where these rank better (as where an outlet has
/// one row of each label). Where labels are the outlet's, errors of random folds are rows unlike their outlet. A weak
/// model finds errors everywhere: look at `roc_auc` first.
///
/// Reference: Northcutt, Jiang, Chuang: Confident learning: estimating uncertainty in dataset labels, JAIR 70, 2021.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelErrors {
    /// Rows with a held-out probability.
    pub n: usize,
    /// Whether the probabilities come from outlet-disjoint folds.
    pub outlet_disjoint: bool,
    /// Mean area under the labels' ROC curves of the model that judges.
    pub roc_auc: Option<f64>,
    /// Probable errors.
    pub found: usize,
    /// The surest first.
    pub issues: Vec<LabelIssue>,
}

/// A row that is probably mislabelled.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelIssue {
    /// The row's position in the corpus, from 0.
    pub row: usize,
    /// Its id.
    pub id: String,
    /// Its outlet, where there are outlets.
    pub outlet: Option<String>,
    /// The labels that it has.
    pub given: Vec<String>,
    /// The labels that it should probably have.
    pub likely: Vec<String>,
    /// Probability of what is given: of the class, or of the label decision that is least likely.
    pub p_given: f64,
    /// Probability of what is likely.
    pub p_likely: f64,
}

/// A row, its classes after correction, and the two probabilities.
struct Issue {
    row: usize,
    likely: Vec<usize>,
    p_given: f64,
    p_likely: f64,
}

impl LabelErrors {
    /// `rows` are the positions in the corpus of the rows that were scored.
    pub(super) fn of(
        random: &HeldOut,
        grouped: Option<&HeldOut>,
        gold: &Targets,
        corpus: &Corpus,
        rows: &[usize],
        outlet: Option<&Field>,
        top: usize,
    ) -> LabelErrors {
        let auc = |held: &HeldOut| held.auc(gold, &held.tested(), None);
        let (better, other) = (grouped.and_then(auc), auc(random));
        let (held, outlet_disjoint) = match grouped.filter(|_| better > other) {
            Some(grouped) => (grouped, true),
            None => (random, false),
        };
        let tested = held.tested();
        let mut found = match gold.task() {
            Task::One => one(held, gold, &tested),
            Task::Several => several(held, gold, &tested),
        };
        let margin = |issue: &Issue| issue.p_likely - issue.p_given;
        found.sort_by(|a, b| margin(b).total_cmp(&margin(a)).then(a.row.cmp(&b.row)));
        let issue = |issue: &Issue| {
            let example = &corpus.examples()[rows[issue.row]];
            LabelIssue {
                row: rows[issue.row],
                id: example.article.id().to_string(),
                outlet: outlet.and_then(|f| f.of[issue.row].map(|v| f.values[v as usize].clone())),
                given: example.gold.labels().to_vec(),
                likely: names(corpus.labels(), &issue.likely),
                p_given: issue.p_given,
                p_likely: issue.p_likely,
            }
        };
        LabelErrors {
            n: tested.len(),
            outlet_disjoint,
            roc_auc: if outlet_disjoint { better } else { other },
            found: found.len(),
            issues: found.iter().take(top).map(issue).collect(),
        }
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        let share = self.found as f64 / self.n.max(1) as f64;
        // What is hardly better than chance can't judge.
        let auc = self.roc_auc.filter(|auc| *auc >= 0.7)?;
        if self.found < 3 || share < 0.005 {
            return None;
        }
        let figure = format!(
            "{} of {} rows ({:.1} %) look mislabelled to a model of AUC {auc:.2}",
            self.found,
            self.n,
            100.0 * share
        );
        let severity = if share >= 0.03 && auc >= 0.9 { Severity::Warning } else { Severity::Note };
        let remedy = "read the rows listed, the surest first, and correct or drop those that are wrong";
        Some(Finding::new(AuditCode::LabelErrors, severity, share, figure, remedy))
    }
}

fn names(labels: &LabelSet, classes: &[usize]) -> Vec<String> {
    classes.iter().map(|&class| labels.name(class).to_string()).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_u32), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

fn one(held: &HeldOut, gold: &Targets, tested: &[usize]) -> Vec<Issue> {
    let k = gold.n_classes();
    let p = |row: usize, class: usize| held.probabilities[row * k + class];
    let class_of = |row: usize| (0..k).find(|&c| gold.has(row, c)).unwrap_or(0);
    let own = |class: usize| mean(tested.iter().filter(|&&row| gold.has(row, class)).map(|&row| p(row, class)));
    let thresholds: Vec<f64> = (0..k).map(|class| own(class).unwrap_or(f64::INFINITY)).collect();
    let issue = |&row: &usize| {
        let given = class_of(row);
        let counts = (0..k).filter(|&c| p(row, c) >= thresholds[c]);
        let likely = counts.reduce(|best, c| if p(row, c) > p(row, best) { c } else { best })?;
        let wrong = likely != given && p(row, likely) > p(row, given);
        wrong.then(|| Issue { row, likely: vec![likely], p_given: p(row, given), p_likely: p(row, likely) })
    };
    tested.iter().filter_map(issue).collect()
}

fn several(held: &HeldOut, gold: &Targets, tested: &[usize]) -> Vec<Issue> {
    let k = gold.n_classes();
    let p = |row: usize, class: usize, with: bool| {
        let p = held.probabilities[row * k + class];
        if with { p } else { 1.0 - p }
    };
    let threshold = |class: usize, with: bool| {
        let own = tested.iter().filter(|&&row| gold.has(row, class) == with).map(|&row| p(row, class, with));
        mean(own).unwrap_or(f64::INFINITY)
    };
    let thresholds: Vec<[f64; 2]> = (0..k).map(|class| [threshold(class, false), threshold(class, true)]).collect();
    let issue = |&row: &usize| {
        let wrong = |&class: &usize| {
            let has = gold.has(row, class);
            p(row, class, !has) >= thresholds[class][usize::from(!has)] && p(row, class, !has) > p(row, class, has)
        };
        let turned: Vec<usize> = (0..k).filter(wrong).collect();
        let surest = turned.iter().map(|&c| p(row, c, !gold.has(row, c))).reduce(f64::max)?;
        let likely = (0..k).filter(|c| gold.has(row, *c) != turned.contains(c)).collect();
        Some(Issue { row, likely, p_given: 1.0 - surest, p_likely: surest })
    };
    tested.iter().filter_map(issue).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(gold: &Targets, probabilities: Vec<f64>) -> HeldOut {
        let n = gold.n_samples();
        let (scores, predicted, twins) = (probabilities.clone(), gold.clone(), vec![None; n]);
        HeldOut { fold: vec![Some(0); n], scores, probabilities, predicted, twins }
    }

    #[test]
    fn the_joint_of_the_paper_is_counted() {
        // Means of the own rows: class 0 (.9 + .8 + .2) / 3 = .63, class 1 (.9 + .7 + .6) / 3 = .73.
        let gold = Targets::One { n_classes: 2, classes: vec![0, 0, 0, 1, 1, 1] };
        let p = [0.9, 0.8, 0.2, 0.1, 0.3, 0.4];
        let found = one(&held(&gold, p.iter().flat_map(|p| [*p, 1.0 - p]).collect()), &gold, &[0, 1, 2, 3, 4, 5]);
        assert_eq!(found.iter().map(|i| (i.row, i.likely.clone())).collect::<Vec<_>>(), [(2, vec![1])]);
        // A row that leans to the other class, but less than its own rows do, is no error.
        let p = [0.9, 0.8, 0.4, 0.1, 0.1, 0.1];
        assert!(
            one(&held(&gold, p.iter().flat_map(|p| [*p, 1.0 - p]).collect()), &gold, &[0, 1, 2, 3, 4, 5]).is_empty()
        );
    }

    #[test]
    fn of_several_labels_each_is_judged_alone() {
        let flags = vec![true, false, true, false, false, true, false, true];
        let gold = Targets::Several { n_classes: 2, flags };
        let p = vec![0.9, 0.1, 0.05, 0.1, 0.1, 0.9, 0.05, 0.9];
        let found = several(&held(&gold, p), &gold, &[0, 1, 2, 3]);
        assert_eq!(found.iter().map(|i| (i.row, i.likely.clone())).collect::<Vec<_>>(), [(1, vec![])]);
        assert!((found[0].p_likely - 0.95).abs() < 1e-12);
    }
}
