//! Folds: which rows a model is trained on, and on which it is tested.

use serde::{Deserialize, Serialize};

use super::groups::renumbered;
use super::{check_targets, same_size, stratify, temporal};
use crate::error::{Error, Result, SplitError};
use crate::label::{LabelSet, Targets};
use crate::random::Random;

/// How rows are split into folds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SplitParams {
    /// Number of folds. Default 5, at least 2 (by date, at least 1).
    pub folds: usize,
    /// Seed of the lot. Default 0.
    pub seed: u64,
    /// Go on where a class (of rows with one class each) would be missing from a training part; [`Folds::untrained`]
    /// names such classes. Default `false`: that is an error.
    pub allow_rare: bool,
}

impl Default for SplitParams {
    fn default() -> SplitParams {
        SplitParams { folds: 5, seed: 0, allow_rare: false }
    }
}

/// One training part and its test part: rows in ascending order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Rows to train on.
    pub train: Vec<usize>,
    /// Rows to test on.
    pub test: Vec<usize>,
}

/// The folds of a cross-validation.
///
/// Equal rows, parameters and seed give equal folds, whatever the version or the number of threads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    parts: Vec<Fold>,
    /// The fold in which each row is tested.
    fold_of: Vec<Option<u32>>,
}

impl Folds {
    /// Stratified folds: every fold resembles the whole in its share of each class.
    ///
    /// Without `groups`, rows with one class each are dealt class by class (a class's counts in two folds differ
    /// by at most one), rows with several labels by iterative stratification (Sechidis et al. 2011). With
    /// `groups`, one number a row, all rows of a group are tested in the same fold: groups go, the largest
    /// first, where they keep the folds' shares of each class and of the rows most even.
    ///
    /// # Errors
    /// [`Error::Split`] where there are fewer rows (groups) than folds, or where a class (of rows with one class
    /// each) would be missing from a training part. A rare label among several is no error: see
    /// [`untrained`](Folds::untrained). [`Error::Param`] where `folds` is below 2, [`Error::Shape`] where the
    /// sizes differ.
    pub fn stratified(
        targets: &Targets,
        labels: &LabelSet,
        groups: Option<&[u32]>,
        params: &SplitParams,
    ) -> Result<Folds> {
        let (n, folds) = (targets.n_samples(), params.folds);
        same_size("classes of the gold", labels.len(), targets.n_classes())?;
        check_targets(targets)?;
        if folds < 2 {
            return Err(Error::param("folds", folds, "at least 2"));
        }
        let mut random = Random::new(params.seed);
        let fold = match groups {
            None => {
                enough(folds, "articles", n)?;
                match targets {
                    Targets::One { classes, n_classes } => stratify::deal(classes, *n_classes, folds, &mut random),
                    Targets::Several { .. } => stratify::iterative(targets, folds, &mut random),
                }
            }
            Some(groups) => {
                same_size("groups", n, groups.len())?;
                let groups = renumbered(groups);
                enough(folds, "groups", groups.iter().max().map_or(0, |&g| g as usize + 1))?;
                stratify::greedy(targets, &groups, folds, &mut random)
            }
        };
        let folds = Folds::of_assignment(&fold, folds);
        if let (false, Targets::One { .. }, Some(&(_, class))) =
            (params.allow_rare, targets, folds.untrained(targets).first())
        {
            return Err(Error::Split(rare_class(targets, labels, groups, class)));
        }
        Ok(folds)
    }

    /// Folds in time: the rows are cut by date into `folds + 1` blocks of about equal size, and block i is tested
    /// on a model that was trained on all blocks before it.
    ///
    /// Rows of one day (month, year) are never parted. With `groups`, training rows whose group also occurs in
    /// the test part are left out of that training part. The rows of the first block are tested in no fold.
    ///
    /// # Errors
    /// [`Error::Split`] where a date is missing or can't be read, where some dates are finer than others (a
    /// year can't be put before or after a day of it), or where there are too few distinct dates, or nothing is
    /// left to train on. [`Error::Shape`] where the sizes differ, [`Error::Param`] where `folds` is 0.
    pub fn temporal(dates: &[Option<&str>], groups: Option<&[u32]>, params: &SplitParams) -> Result<Folds> {
        if params.folds == 0 {
            return Err(Error::param("folds", 0, "at least 1"));
        }
        if let Some(groups) = groups {
            same_size("groups", dates.len(), groups.len())?;
        }
        let block = temporal::blocks(&temporal::parse(dates)?, params.folds + 1)?;
        let rows = |keep: &dyn Fn(u32) -> bool| (0..dates.len()).filter(|&row| keep(block[row])).collect();
        let part = |fold: u32| Fold { train: rows(&|b| b < fold), test: rows(&|b| b == fold) };
        let parts = (1..=params.folds as u32).map(part).collect();
        let folds = Folds { parts, fold_of: block.iter().map(|b| b.checked_sub(1)).collect() };
        match groups {
            Some(groups) => folds.purged(groups),
            None => Ok(folds),
        }
    }

    /// Leaves out of each training part the rows that share a group with a row of its test part.
    ///
    /// The gentle way to keep near-duplicates apart when the folds are made of outlets already: few rows are
    /// dropped, while merging the two groupings can chain most outlets into one group (see [`merge_groups`](super::merge_groups)).
    ///
    /// # Errors
    /// [`Error::Split`] where nothing is left to train on; [`Error::Shape`] where the number of rows differs.
    pub fn purged(mut self, groups: &[u32]) -> Result<Folds> {
        same_size("groups", self.fold_of.len(), groups.len())?;
        for (fold, part) in self.parts.iter_mut().enumerate() {
            let mut tested: Vec<u32> = part.test.iter().map(|&row| groups[row]).collect();
            tested.sort_unstable();
            part.train.retain(|&row| tested.binary_search(&groups[row]).is_err());
            if part.train.is_empty() {
                return Err(Error::Split(SplitError::NothingToTrain { fold: fold + 1 }));
            }
        }
        Ok(self)
    }

    fn of_assignment(fold: &[u32], folds: usize) -> Folds {
        let rows = |keep: &dyn Fn(u32) -> bool| (0..fold.len()).filter(|&row| keep(fold[row])).collect();
        let part = |f: u32| Fold { train: rows(&|of| of != f), test: rows(&|of| of == f) };
        Folds { parts: (0..folds as u32).map(part).collect(), fold_of: fold.iter().copied().map(Some).collect() }
    }

    /// Folds made elsewhere: their parts, and the fold in which each row is tested.
    pub(super) fn of_parts(parts: Vec<Fold>, fold_of: &[Option<usize>]) -> Folds {
        Folds { parts, fold_of: fold_of.iter().map(|f| f.map(|f| f as u32)).collect() }
    }

    /// Number of folds.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there are none; never true of folds made here.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The folds in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Fold> {
        self.parts.iter()
    }

    /// The fold in which a row is tested; `None` where it never is (the first block in time), or where there is
    /// no such row.
    pub fn fold_of(&self, row: usize) -> Option<usize> {
        self.fold_of.get(row).copied().flatten().map(|f| f as usize)
    }

    /// The classes that some training part has no row of, as (fold, class), in ascending order: a model can't
    /// learn them there.
    pub fn untrained(&self, targets: &Targets) -> Vec<(usize, usize)> {
        let of_fold = |(fold, part): (usize, &Fold)| {
            let support = targets.select(&part.train).support();
            support
                .into_iter()
                .enumerate()
                .filter(|&(_, n)| n == 0)
                .map(move |(class, _)| (fold, class))
                .collect::<Vec<_>>()
        };
        let all = targets.support();
        self.parts.iter().enumerate().flat_map(of_fold).filter(|&(_, class)| all[class] > 0).collect()
    }
}

impl<'a> IntoIterator for &'a Folds {
    type Item = &'a Fold;
    type IntoIter = std::slice::Iter<'a, Fold>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The error of a class that is missing from a training part.
fn rare_class(targets: &Targets, labels: &LabelSet, groups: Option<&[u32]>, class: usize) -> SplitError {
    let rows = (0..targets.n_samples()).filter(|&row| targets.has(row, class));
    let (what, found) = match groups {
        None => ("article", rows.count()),
        Some(groups) => {
            let mut of_class: Vec<u32> = rows.map(|row| groups[row]).collect();
            of_class.sort_unstable();
            of_class.dedup();
            ("group", of_class.len())
        }
    };
    SplitError::RareClass { class: labels.name(class).to_string(), what, found }
}

fn enough(folds: usize, what: &'static str, found: usize) -> Result<()> {
    if found < folds { Err(Error::Split(SplitError::TooFew { folds, what, found })) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(k: usize) -> LabelSet {
        LabelSet::new((0..k).map(|c| format!("class {c}")))
    }

    fn params(folds: usize, seed: u64) -> SplitParams {
        SplitParams { folds, seed, allow_rare: false }
    }

    /// Rows of each class in each fold.
    fn table(folds: &Folds, targets: &Targets) -> Vec<Vec<usize>> {
        folds.iter().map(|f| targets.select(&f.test).support()).collect()
    }

    #[test]
    fn every_row_is_tested_once_and_trained_on_otherwise() {
        let targets = Targets::One { n_classes: 2, classes: (0..23).map(|i| u32::from(i % 3 == 0)).collect() };
        let folds = Folds::stratified(&targets, &names(2), None, &params(5, 1)).unwrap();
        let mut tested: Vec<usize> = folds.iter().flat_map(|f| f.test.clone()).collect();
        tested.sort_unstable();
        assert_eq!(tested, (0..23).collect::<Vec<_>>());
        for (i, fold) in folds.iter().enumerate() {
            assert_eq!(fold.train.len() + fold.test.len(), 23);
            assert!(fold.test.iter().all(|&row| folds.fold_of(row) == Some(i) && !fold.train.contains(&row)));
        }
    }

    #[test]
    fn the_seed_decides_and_the_result_stays_for_good() {
        let targets = Targets::One { n_classes: 2, classes: vec![0, 0, 0, 0, 0, 1, 1, 1, 1, 1] };
        let folds = |seed| Folds::stratified(&targets, &names(2), None, &params(2, seed)).unwrap();
        assert_eq!(folds(7), folds(7));
        assert_ne!(folds(7), folds(8));
        // If this changes, every published figure does.
        assert_eq!(folds(7).iter().next().unwrap().test, [0, 1, 2, 5, 6]);
    }

    #[test]
    fn iterative_stratification_keeps_rare_labels_even() {
        // Label 2 is rare and always comes with label 0; a plain deal of rows would often miss it.
        let mut random = Random::new(3);
        let flags: Vec<bool> =
            (0..200).flat_map(|i| [i % 20 == 0 || random.below(2) == 0, random.below(3) == 0, i % 20 == 0]).collect();
        let targets = Targets::Several { n_classes: 3, flags };
        let folds = Folds::stratified(&targets, &names(3), None, &params(5, 0)).unwrap();
        let support = targets.support();
        for (fold, counts) in folds.iter().zip(table(&folds, &targets)) {
            assert_eq!(fold.test.len(), 40);
            assert_eq!(counts[2], 2);
            for (count, all) in counts.iter().zip(&support) {
                assert!((*count as f64 - *all as f64 / 5.0).abs() <= 1.5, "{counts:?} of {support:?}");
            }
        }
    }

    #[test]
    fn groups_of_different_size_and_one_class_each_still_give_even_folds() {
        // 60 outlets, each of one class, of sizes 1 to 40: as hard as corpora labelled by outlet are.
        let mut random = Random::new(5);
        let (mut classes, mut groups) = (Vec::new(), Vec::new());
        for group in 0..60 {
            for _ in 0..=random.below(40) {
                classes.push(group % 3);
                groups.push(group * 17);
            }
        }
        let targets = Targets::One { n_classes: 3, classes };
        let folds = Folds::stratified(&targets, &names(3), Some(&groups), &params(5, 0)).unwrap();
        for (counts, fold) in table(&folds, &targets).iter().zip(&folds) {
            for (count, all) in counts.iter().zip(targets.support()) {
                let share = *count as f64 / all as f64;
                assert!((0.17..0.23).contains(&share), "{share}");
            }
            let mut inside: Vec<u32> = fold.test.iter().map(|&row| groups[row]).collect();
            inside.sort_unstable();
            assert!(fold.train.iter().all(|&row| inside.binary_search(&groups[row]).is_err()));
        }
    }

    #[test]
    fn a_class_of_two_groups_is_always_in_the_training_part() {
        // Evenness alone would put the one row of class 1 in group 2 beside the 99 others.
        let classes: Vec<u32> = [vec![1; 99], vec![0; 98], vec![0; 50], vec![1], vec![0]].concat();
        let groups: Vec<u32> = [vec![0; 99], vec![1; 98], vec![2; 51], vec![3]].concat();
        let targets = Targets::One { n_classes: 2, classes };
        for seed in 0..20 {
            let folds = Folds::stratified(&targets, &names(2), Some(&groups), &params(2, seed)).unwrap();
            assert_eq!(folds.untrained(&targets), []);
        }
    }

    #[test]
    fn errors_say_what_is_missing_and_what_to_do() {
        let message = |classes: Vec<u32>, groups: Option<&[u32]>, folds| {
            let targets = Targets::One { n_classes: 2, classes };
            Folds::stratified(&targets, &names(2), groups, &params(folds, 0)).unwrap_err().to_string()
        };
        assert_eq!(
            message(vec![0, 1, 0], Some(&[4, 4, 9]), 3),
            "3 folds need at least 3 groups, found 2; use fewer folds"
        );
        assert!(message(vec![0, 1], None, 3).contains("3 articles, found 2"));
        let rare = message(vec![0, 0, 0, 1, 1], Some(&[0, 1, 2, 3, 3]), 2);
        assert!(rare.contains("\"class 1\" occurs in 1 group only"), "{rare}");
        assert!(message(vec![0, 0, 0, 1], None, 2).contains("in 1 article only"));
        assert!(message(vec![0, 1], None, 1).contains("folds = 1"));
        assert!(message(vec![0, 1], Some(&[0]), 2).contains("groups: expected 2, found 1"));
        assert!(message(vec![0, 7], None, 2).contains("class = 7"));
    }

    #[test]
    fn a_rare_label_among_several_is_reported_but_no_error() {
        let targets =
            Targets::Several { n_classes: 2, flags: vec![true, true, true, false, false, false, true, false] };
        let folds = Folds::stratified(&targets, &names(2), None, &params(2, 0)).unwrap();
        let tested_in = folds.fold_of(0).unwrap();
        assert_eq!(folds.untrained(&targets), [(tested_in, 1)]);
    }

    #[test]
    fn in_time_the_training_rows_are_earlier_and_share_no_group_with_the_test() {
        let dates: Vec<String> = (0..40).map(|i| format!("2022-{:02}-{:02}", 1 + i % 4, 1 + i / 8)).collect();
        let dates: Vec<Option<&str>> = dates.iter().map(|d| Some(d.as_str())).collect();
        let groups: Vec<u32> = (0..40).map(|i| i % 30).collect();
        let folds = Folds::temporal(&dates, Some(&groups), &params(3, 0)).unwrap();
        assert_eq!(folds.len(), 3);
        let mut seen = 0;
        for fold in &folds {
            let last = fold.train.iter().filter_map(|&r| dates[r]).max();
            assert!(fold.test.iter().all(|&r| dates[r] > last));
            assert!(fold.test.iter().all(|&r| fold.train.iter().all(|&t| groups[t] != groups[r])));
            seen += fold.test.len();
        }
        let plain = Folds::temporal(&dates, None, &params(3, 0)).unwrap();
        assert!(plain.iter().zip(&folds).any(|(p, g)| p.train.len() > g.train.len()));
        assert!(plain.iter().zip(plain.iter().skip(1)).all(|(a, b)| b.train.len() == a.train.len() + a.test.len()));
        assert_eq!(seen, (0..40).filter(|&r| folds.fold_of(r).is_some()).count());
        assert!((25..=35).contains(&seen));
        let one_group = Folds::temporal(&dates, Some(&[0; 40]), &params(3, 0)).unwrap_err().to_string();
        assert!(one_group.contains("fold 1"), "{one_group}");
    }

    #[test]
    fn purging_leaves_the_test_and_drops_only_what_leaks() {
        let targets = Targets::One { n_classes: 2, classes: (0..20).map(|i| i % 2).collect() };
        let outlets: Vec<u32> = (0..20).map(|i| i / 2).collect();
        let folds = Folds::stratified(&targets, &names(2), Some(&outlets), &params(5, 0)).unwrap();
        // rows 0 and 19, of different outlets, are reprints
        let copies: Vec<u32> = (0..20).map(|i| i % 19).collect();
        let purged = folds.clone().purged(&copies).unwrap();
        assert_ne!(folds.fold_of(0), folds.fold_of(19));
        for (i, (before, after)) in folds.iter().zip(&purged).enumerate() {
            assert_eq!(before.test, after.test);
            let expected = match Some(i) {
                fold if fold == folds.fold_of(0) => vec![19],
                fold if fold == folds.fold_of(19) => vec![0],
                _ => vec![],
            };
            let dropped: Vec<usize> = before.train.iter().copied().filter(|r| !after.train.contains(r)).collect();
            assert_eq!(dropped, expected);
        }
        assert!(folds.clone().purged(&[0; 20]).unwrap_err().to_string().contains("fold 1"));
        assert!(folds.purged(&[0; 3]).is_err());
    }

    proptest! {
        #[test]
        fn classes_are_dealt_evenly(classes in prop::collection::vec(0_u32..3, 10..80), folds in 2_usize..6, seed: u64) {
            let targets = Targets::One { n_classes: 3, classes };
            let split = Folds::stratified(&targets, &names(3), None, &params(folds, seed));
            prop_assume!(targets.support().iter().all(|&n| n != 1));
            let split = split.unwrap();
            let counts = table(&split, &targets);
            for class in 0..3 {
                let of_class = counts.iter().map(|c| c[class]);
                prop_assert!(of_class.clone().max().unwrap() - of_class.min().unwrap() <= 1);
            }
            let sizes = split.iter().map(|f| f.test.len());
            prop_assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1);
        }

        #[test]
        fn a_group_is_never_parted_and_no_fold_is_empty(
            rows in prop::collection::vec((0_u32..4, 0_u32..15), 30..120), folds in 2_usize..5, seed: u64,
        ) {
            let flags = rows.iter().flat_map(|(c, _)| (0..4).map(move |k| k == *c || k * 2 == *c)).collect();
            let targets = Targets::Several { n_classes: 4, flags };
            let groups: Vec<u32> = rows.iter().map(|(_, g)| *g).collect();
            let split = match Folds::stratified(&targets, &names(4), Some(&groups), &params(folds, seed)) {
                Ok(split) => split,
                Err(Error::Split(SplitError::TooFew { .. })) => return Ok(()),
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            };
            prop_assert!(split.iter().all(|f| !f.test.is_empty()));
            for (i, a) in groups.iter().enumerate() {
                for (j, b) in groups.iter().enumerate() {
                    prop_assert!(a != b || split.fold_of(i) == split.fold_of(j));
                }
            }
        }
    }
}
