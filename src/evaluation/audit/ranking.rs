//! Areas under ROC curves within strata: only rows of one stratum are compared.

/// How well positives are ranked above negatives of their own stratum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Auc {
    /// Pairs in the right order over all pairs, a tie counting half.
    pub auc: f64,
    /// Rows with the label, in strata that have both.
    pub positives: usize,
    /// Rows without it, in strata that have both.
    pub negatives: usize,
}

/// The area, from `(stratum, score, has the label)`; `None` where no stratum has rows with and without the label.
///
/// With one stratum this is the usual area. Scores of different folds' models are on different scales, and labels of
/// different languages or outlets are easily told by these alone: such pairs must not count.
pub(super) fn stratified_auc(rows: impl Iterator<Item = (u32, f64, bool)>) -> Option<Auc> {
    let mut rows: Vec<(u32, f64, bool)> = rows.collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (mut right, mut pairs, mut positives, mut negatives) = (0.0, 0.0, 0, 0);
    for stratum in rows.chunk_by(|a, b| a.0 == b.0) {
        let p = stratum.iter().filter(|row| row.2).count();
        let n = stratum.len() - p;
        if p == 0 || n == 0 {
            continue;
        }
        let mut below = 0.0;
        for tied in stratum.chunk_by(|a, b| a.1 == b.1) {
            let p = tied.iter().filter(|row| row.2).count() as f64;
            let n = tied.len() as f64 - p;
            right += p * (below + 0.5 * n);
            below += n;
        }
        pairs += p as f64 * n as f64;
        positives += p;
        negatives += n;
    }
    (pairs > 0.0).then(|| Auc { auc: right / pairs, positives, negatives })
}

impl Auc {
    /// The standard error, after Hanley and McNeil: The meaning and use of the area under a ROC curve, Radiology 143, 1982.
    pub(super) fn standard_error(&self) -> f64 {
        let (a, p, n) = (self.auc, self.positives as f64, self.negatives as f64);
        let (q1, q2) = (a / (2.0 - a), 2.0 * a * a / (1.0 + a));
        let variance = a * (1.0 - a) + (p - 1.0) * (q1 - a * a) + (n - 1.0) * (q2 - a * a);
        (variance.max(0.0) / (p * n)).sqrt()
    }
}

/// The mean of areas that exist.
pub(super) fn mean(areas: impl Iterator<Item = Option<Auc>>) -> Option<f64> {
    let areas: Vec<f64> = areas.flatten().map(|a| a.auc).collect();
    (!areas.is_empty()).then(|| areas.iter().sum::<f64>() / areas.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stratum_is_the_usual_area_and_ties_count_half() {
        let rows = [(0, 0.1, false), (0, 0.4, false), (0, 0.35, true), (0, 0.8, true)];
        assert_eq!(stratified_auc(rows.into_iter()).unwrap().auc, 0.75);
        assert_eq!(stratified_auc([(0, 0.5, true), (0, 0.5, false)].into_iter()).unwrap().auc, 0.5);
        assert!(stratified_auc([(0, 0.5, true), (1, 0.4, false)].into_iter()).is_none());
    }

    #[test]
    fn pairs_of_different_strata_do_not_count() {
        // Pooled, the first stratum's high scores would make everything look well ranked.
        let rows = [(0, 9.0, true), (0, 9.5, false), (1, 0.1, false), (1, 0.2, false), (1, 0.05, true)];
        let found = stratified_auc(rows.into_iter()).unwrap();
        assert_eq!((found.auc, found.positives, found.negatives), (0.0, 2, 3));
    }

    #[test]
    fn the_error_is_that_of_the_paper() {
        // Hanley and McNeil's example: area .893, 51 positives, 58 negatives, standard error .032.
        let error = Auc { auc: 0.893, positives: 51, negatives: 58 }.standard_error();
        assert!((error - 0.032).abs() < 0.001, "{error}");
    }
}
