//! Scores of marked passages that give partial credit for overlap.

use serde::Serialize;

use super::same_size;
use crate::article::LabelledSpan;
use crate::error::Result;

/// How well passages are found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SpanScores {
    /// Mean share of a predicted passage that is covered by gold; 0 where nothing is predicted.
    pub precision: f64,
    /// Mean share of a gold passage that is covered by predictions; 0 where there is no gold.
    pub recall: f64,
    /// Harmonic mean of precision and recall; 0 where both are.
    pub f1: f64,
    /// Gold passages.
    pub n_gold: usize,
    /// Predicted passages.
    pub n_predicted: usize,
}

/// Sums over the passages of many articles.
#[derive(Default, Clone)]
struct Sums {
    /// Σ |s ∩ t| / |s|
    precision: f64,
    /// Σ |s ∩ t| / |t|
    recall: f64,
    n_predicted: usize,
    n_gold: usize,
}

impl Sums {
    /// Adds the passages of one article. Both lists must be ascending and free of overlaps.
    fn add(&mut self, gold: &[(usize, usize)], predicted: &[(usize, usize)]) {
        self.n_gold += gold.len();
        self.n_predicted += predicted.len();
        let (mut g, mut p) = (0, 0);
        while let (Some(&(t, t_end)), Some(&(s, s_end))) = (gold.get(g), predicted.get(p)) {
            let common = t_end.min(s_end).saturating_sub(t.max(s)) as f64;
            self.precision += common / (s_end - s) as f64;
            self.recall += common / (t_end - t) as f64;
            if t_end < s_end { g += 1 } else { p += 1 }
        }
    }

    fn scores(&self) -> SpanScores {
        let mean = |sum: f64, n: usize| if n == 0 { 0.0 } else { sum / n as f64 };
        let (precision, recall) = (mean(self.precision, self.n_predicted), mean(self.recall, self.n_gold));
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        SpanScores { precision, recall, f1, n_gold: self.n_gold, n_predicted: self.n_predicted }
    }
}

/// The passages in ascending order, with those that overlap merged, as the shared tasks' scorer does;
/// otherwise a passage marked twice would count twice. Passages of no length are left out.
fn merged<'a>(spans: impl Iterator<Item = &'a LabelledSpan>) -> Vec<(usize, usize)> {
    let mut sorted: Vec<(usize, usize)> = spans.map(|s| (s.start, s.end)).filter(|(start, end)| start < end).collect();
    sorted.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::with_capacity(sorted.len());
    for (start, end) in sorted {
        match merged.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// Partial-overlap scores of passages whatever their labels: span identification as in SemEval-2020 task 11.
///
/// One list an article, in the same order. With S the predicted passages and T the gold ones of all articles,
/// P = 1/|S| Σ |s ∩ t| / |s| and R = 1/|T| Σ |s ∩ t| / |t|, summed over the pairs within an article.
///
/// Reference: Da San Martino, Barrón-Cedeño, Wachsmuth, Petrov, Nakov: SemEval-2020 Task 11, SemEval 2020.
///
/// # Errors
/// [`Error::Shape`](crate::Error::Shape) where the numbers of articles differ.
///
/// ```
/// use slantwise::{LabelledSpan, span_scores};
///
/// let span = |start, end| LabelledSpan { start, end, label: "slogan".into() };
/// let scores = span_scores(&[vec![span(0, 10)]], &[vec![span(5, 10), span(20, 25)]])?;
/// assert_eq!((scores.precision, scores.recall, scores.f1), (0.5, 0.5, 0.5));
/// # Ok::<(), slantwise::Error>(())
/// ```
pub fn span_scores<S: AsRef<[LabelledSpan]>>(gold: &[S], predicted: &[S]) -> Result<SpanScores> {
    same_size("articles with predicted spans", gold.len(), predicted.len())?;
    let mut sums = Sums::default();
    for (gold, predicted) in gold.iter().zip(predicted) {
        sums.add(&merged(gold.as_ref().iter()), &merged(predicted.as_ref().iter()));
    }
    Ok(sums.scores())
}

/// Partial-overlap scores of passages with their labels: fragment-level classification, where only passages of
/// the same label overlap. Gives the scores of all passages together and those of each label, in ascending order.
///
/// Reference: Da San Martino, Yu, Barrón-Cedeño, Petrov, Nakov: Fine-grained analysis of propaganda in news
/// articles, EMNLP 2019.
///
/// # Errors
/// [`Error::Shape`](crate::Error::Shape) where the numbers of articles differ.
pub fn labelled_span_scores<S: AsRef<[LabelledSpan]>>(
    gold: &[S],
    predicted: &[S],
) -> Result<(SpanScores, Vec<(String, SpanScores)>)> {
    same_size("articles with predicted spans", gold.len(), predicted.len())?;
    let all = gold.iter().chain(predicted).flat_map(|spans| spans.as_ref());
    let mut labels: Vec<&str> = all.map(|span| span.label.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let mut total = Sums::default();
    let mut per_label = Vec::with_capacity(labels.len());
    for label in labels {
        let mut sums = Sums::default();
        let of_label = |spans: &S| merged(spans.as_ref().iter().filter(|s| s.label == label));
        for (gold, predicted) in gold.iter().zip(predicted) {
            sums.add(&of_label(gold), &of_label(predicted));
        }
        total.precision += sums.precision;
        total.recall += sums.recall;
        total.n_gold += sums.n_gold;
        total.n_predicted += sums.n_predicted;
        per_label.push((label.to_string(), sums.scores()));
    }
    Ok((total.scores(), per_label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans(of: &[(usize, usize, &str)]) -> Vec<LabelledSpan> {
        of.iter().map(|&(start, end, label)| LabelledSpan { start, end, label: label.into() }).collect()
    }

    #[test]
    fn credit_is_the_share_that_is_covered() {
        let gold = [spans(&[(0, 10, "a"), (20, 40, "b")]), spans(&[(0, 4, "a")])];
        let predicted = [spans(&[(5, 15, "a"), (20, 30, "a")]), spans(&[])];
        let scores = span_scores(&gold, &predicted).unwrap();
        // precision (5/10 + 10/10) / 2, recall (5/10 + 10/20 + 0) / 3
        assert!((scores.precision - 0.75).abs() < 1e-12 && (scores.recall - 1.0 / 3.0).abs() < 1e-12);
        let (all, per_label) = labelled_span_scores(&gold, &predicted).unwrap();
        // with labels, 20..30 is not a b
        assert!((all.precision - 0.25).abs() < 1e-12 && (all.recall - 0.5 / 3.0).abs() < 1e-12);
        assert_eq!(
            per_label[1],
            ("b".into(), SpanScores { precision: 0.0, recall: 0.0, f1: 0.0, n_gold: 1, n_predicted: 0 })
        );
    }

    #[test]
    fn passages_that_overlap_are_one_and_empty_ones_none() {
        let gold = [spans(&[(0, 10, "a")])];
        let twice = [spans(&[(0, 6, "a"), (4, 10, "a"), (3, 3, "a")])];
        let scores = span_scores(&gold, &twice).unwrap();
        assert_eq!((scores.precision, scores.recall, scores.n_predicted), (1.0, 1.0, 1));
        let touching = [spans(&[(0, 5, "a"), (5, 10, "a")])];
        let scores = span_scores(&gold, &touching).unwrap();
        assert_eq!((scores.precision, scores.recall, scores.n_predicted), (1.0, 1.0, 2));
    }

    #[test]
    fn nothing_predicted_or_nothing_to_find_is_zero_and_sizes_must_agree() {
        let (some, none) = ([spans(&[(0, 5, "a")])], [spans(&[])]);
        assert_eq!(span_scores(&some, &none).unwrap().f1, 0.0);
        assert_eq!(span_scores(&none, &some).unwrap().f1, 0.0);
        assert!(span_scores(&none, &[]).is_err() && labelled_span_scores(&none, &[]).is_err());
    }

    proptest! {
        #[test]
        fn scores_lie_between_0_and_1_equal_the_definition_and_mirror(
            gold in prop::collection::vec((0_usize..40, 0_usize..12), 0..6),
            predicted in prop::collection::vec((0_usize..40, 0_usize..12), 0..6),
        ) {
            let to_spans = |v: &[(usize, usize)]| v.iter()
                .map(|&(s, len)| LabelledSpan { start: s, end: s + len, label: "x".into() }).collect::<Vec<_>>();
            let (gold, predicted) = ([to_spans(&gold)], [to_spans(&predicted)]);
            let scores = span_scores(&gold, &predicted).unwrap();
            prop_assert!((0.0..=1.0 + 1e-12).contains(&scores.precision) && (0.0..=1.0 + 1e-12).contains(&scores.recall));
            let mirrored = span_scores(&predicted, &gold).unwrap();
            prop_assert!((scores.precision - mirrored.recall).abs() < 1e-12);
            // every pair, as the formula is written
            let (t, s) = (merged(gold[0].iter()), merged(predicted[0].iter()));
            let pairs = s.iter().flat_map(|&s| t.iter().map(move |&t| (s, t)));
            let sum: f64 = pairs.map(|(s, t)| s.1.min(t.1).saturating_sub(s.0.max(t.0)) as f64 / (s.1 - s.0) as f64).sum();
            let expected = if s.is_empty() { 0.0 } else { sum / s.len() as f64 };
            prop_assert!((scores.precision - expected).abs() < 1e-12);
        }
    }
}
