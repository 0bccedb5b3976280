//! Measures of a ranking: the area under the ROC curve, and average precision.

/// The rows in descending order of the scores; rows of equal score in their own order.
pub(super) fn descending(scores: impl ExactSizeIterator<Item = f32>) -> Vec<u32> {
    let scores: Vec<f32> = scores.collect();
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
    order
}

/// What one label's ranking is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ranked {
    /// Area under the ROC curve; `None` where there are only positives or only negatives.
    pub roc_auc: Option<f64>,
    /// Average precision; 0 where there are no positives, as scikit-learn has it.
    pub average_precision: f64,
}

/// Walks a ranking from the top. `row` tells a row's score, whether it has the label, and how often it counts.
///
/// Rows of equal score are taken in together: a threshold can't part them.
pub(super) fn rank(order: &[u32], row: impl Fn(usize) -> (f32, bool, u64)) -> Ranked {
    // (true positives, false positives) above the threshold, once for every distinct threshold
    let (mut tp, mut fp) = (0_u64, 0_u64);
    // twice the number of pairs (positive, negative) in the right order, a tie counting half
    let mut pairs = 0_u128;
    // sum of positives at a threshold times the precision there
    let mut precision = 0.0;
    let mut at = 0;
    while at < order.len() {
        let score = row(order[at] as usize).0;
        let (mut pos, mut neg) = (0, 0);
        while at < order.len() {
            let (s, has, weight) = row(order[at] as usize);
            if s != score {
                break;
            }
            if has {
                pos += weight
            } else {
                neg += weight
            }
            at += 1;
        }
        pairs += u128::from(neg) * u128::from(2 * tp + pos);
        tp += pos;
        fp += neg;
        if pos > 0 {
            precision += pos as f64 * (tp as f64 / (tp + fp) as f64);
        }
    }
    Ranked {
        roc_auc: (tp > 0 && fp > 0).then(|| pairs as f64 / (2.0 * tp as f64 * fp as f64)),
        average_precision: if tp > 0 { precision / tp as f64 } else { 0.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scores: &[f32], has: &[bool]) -> Ranked {
        rank(&descending(scores.iter().copied()), |r| (scores[r], has[r], 1))
    }

    #[test]
    fn the_example_of_scikit_learn() {
        let ranked = of(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]);
        assert_eq!(ranked.roc_auc, Some(0.75));
        assert!((ranked.average_precision - 5.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn ties_count_half_and_do_not_depend_on_the_order_of_rows() {
        let a = of(&[0.5, 0.5, 0.5], &[true, false, false]);
        let b = of(&[0.5, 0.5, 0.5], &[false, false, true]);
        assert_eq!(a, b);
        assert_eq!(a.roc_auc, Some(0.5));
        assert!((a.average_precision - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn one_class_only_has_no_area() {
        assert_eq!(of(&[0.2, 0.9], &[true, true]), Ranked { roc_auc: None, average_precision: 1.0 });
        assert_eq!(of(&[0.2, 0.9], &[false, false]), Ranked { roc_auc: None, average_precision: 0.0 });
    }

    #[test]
    fn a_row_that_counts_twice_equals_two_rows() {
        let (scores, has) = ([0.9, 0.7, 0.7, 0.1], [true, false, true, false]);
        let weighted = rank(&descending(scores.iter().copied()), |r| (scores[r], has[r], [2, 1, 1, 3][r]));
        let written_out = of(&[0.9, 0.9, 0.7, 0.7, 0.1, 0.1, 0.1], &[true, true, false, true, false, false, false]);
        assert_eq!(weighted, written_out);
    }
}
