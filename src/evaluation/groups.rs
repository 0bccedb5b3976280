//! Groups of rows that must not be parted.

use rustc_hash::FxHashMap;

use super::same_size;
use crate::error::{Error, Result, SplitError};
use crate::label::Targets;

/// Group numbers from the values of a key, in the order of their first row.
///
/// # Errors
/// [`Error::Split`] where a row has no value: a row of unknown group could leak from training into test.
///
/// ```
/// let groups = slantwise::group_ids("domain", [Some("b.org"), Some("a.org"), Some("b.org")])?;
/// assert_eq!(groups, [0, 1, 0]);
/// # Ok::<(), slantwise::Error>(())
/// ```
pub fn group_ids<'a>(key: &str, values: impl IntoIterator<Item = Option<&'a str>>) -> Result<Vec<u32>> {
    let mut number = FxHashMap::default();
    let numbered = |value| {
        let next = number.len() as u32;
        *number.entry(value).or_insert(next)
    };
    Ok(complete(key, values)?.into_iter().map(numbered).collect())
}

/// The values of a key that every row must have.
pub(crate) fn complete<'a>(key: &str, values: impl IntoIterator<Item = Option<&'a str>>) -> Result<Vec<&'a str>> {
    let present = |(row, value): (usize, Option<&'a str>)| {
        let missing = || Error::Split(SplitError::MissingGroup { row, key: key.to_string() });
        value.filter(|value| !value.is_empty()).ok_or_else(missing)
    };
    values.into_iter().enumerate().map(present).collect()
}

/// How much of the class a row's group tells: how much more often two rows of one group have the same class than any two
/// rows, as a share of what is possible. 1 where every group is of one class, 0 where groups say nothing; negative where the rows
/// of a group differ by design. Rows of groups of their own don't count; 0 where all are.
///
/// It is the intraclass correlation of nominal data, kappa of Fleiss and Cuzick (Applied Psychological Measurement 3, 1979).
pub(crate) fn class_told(groups: &[u32], targets: &Targets) -> f64 {
    let k = targets.n_classes();
    let mut tables: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for (row, &group) in groups.iter().enumerate() {
        let table = tables.entry(group).or_insert_with(|| vec![0; k]);
        (0..k).filter(|&class| targets.has(row, class)).for_each(|class| table[class] += 1);
    }
    // Pairs of rows of the same class among all pairs.
    let same = |table: &[usize]| {
        let n: usize = table.iter().sum();
        let pairs: usize = table.iter().map(|&n| n * n.saturating_sub(1)).sum();
        (n > 1).then(|| pairs as f64 / (n * (n - 1)) as f64)
    };
    let mut all = vec![0; k];
    let (mut within, mut n_rows) = (0.0, 0);
    let mut tables: Vec<(u32, Vec<usize>)> = tables.into_iter().collect();
    tables.sort_unstable();
    for (_, table) in &tables {
        if let Some(share) = same(table) {
            let n: usize = table.iter().sum();
            within += share * n as f64;
            n_rows += n;
            all.iter_mut().zip(table).for_each(|(all, n)| *all += n);
        }
    }
    match same(&all) {
        Some(any) if any < 1.0 => (within / n_rows as f64 - any) / (1.0 - any),
        _ => 0.0,
    }
}

/// The finest grouping in which rows that share a group in `a` or in `b` are together, numbered in the order of
/// the first row: for example outlets and clusters of near-duplicates, so that neither leaks.
///
/// Groups can chain: among 36,254 articles of 368 outlets, 88 near-duplicates were enough to join 42 % of the
/// articles to one group. Where that happens, split by one grouping and leave the other's rows out of training
/// with [`Folds::purged`](super::Folds::purged).
///
/// # Errors
/// [`Error::Shape`] where the numbers of rows differ.
///
/// ```
/// // rows 0 and 1 are of one outlet, rows 1 and 3 near-duplicates
/// assert_eq!(slantwise::merge_groups(&[0, 0, 1, 2], &[0, 1, 2, 1])?, [0, 0, 1, 0]);
/// # Ok::<(), slantwise::Error>(())
/// ```
pub fn merge_groups(a: &[u32], b: &[u32]) -> Result<Vec<u32>> {
    same_size("groups", a.len(), b.len())?;
    let mut sets = DisjointSets::new(a.len());
    for groups in [a, b] {
        for (row, &first) in renumbered_first(groups).iter().enumerate() {
            sets.join(row, first);
        }
    }
    Ok(sets.numbered())
}

/// The first row of each row's group.
fn renumbered_first(groups: &[u32]) -> Vec<usize> {
    let mut first = FxHashMap::default();
    groups.iter().enumerate().map(|(row, group)| *first.entry(group).or_insert(row)).collect()
}

/// The same groups, numbered from 0 in the order of their first row.
pub(super) fn renumbered(groups: &[u32]) -> Vec<u32> {
    let mut number = FxHashMap::default();
    groups
        .iter()
        .map(|group| {
            let next = number.len() as u32;
            *number.entry(group).or_insert(next)
        })
        .collect()
}

/// Union-find; the smallest row is the root of its set, so that the order of joins can't show.
pub(super) struct DisjointSets(Vec<usize>);

impl DisjointSets {
    pub(super) fn new(n: usize) -> DisjointSets {
        DisjointSets((0..n).collect())
    }

    pub(super) fn root(&mut self, mut row: usize) -> usize {
        while self.0[row] != row {
            self.0[row] = self.0[self.0[row]];
            row = self.0[row];
        }
        row
    }

    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    /// The number of each row's set, in the order of the first row.
    pub(super) fn numbered(mut self) -> Vec<u32> {
        let mut number = vec![u32::MAX; self.0.len()];
        let mut next = 0;
        (0..self.0.len())
            .map(|row| {
                let root = self.root(row);
                if number[root] == u32::MAX {
                    number[root] = next;
                    next += 1;
                }
                number[root]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_without_a_group_is_named() {
        let missing = group_ids("domain", [Some("a"), None]).unwrap_err().to_string();
        assert!(missing.contains("row 1") && missing.contains("\"domain\""), "{missing}");
        assert!(group_ids("domain", [Some("")]).is_err());
    }

    #[test]
    fn merged_groups_are_joined_through_any_chain() {
        assert_eq!(merge_groups(&[0, 1, 2, 3], &[9, 8, 7, 6]).unwrap(), [0, 1, 2, 3]);
        assert_eq!(merge_groups(&[0, 0, 1, 1, 2], &[0, 1, 1, 2, 3]).unwrap(), [0, 0, 0, 0, 1]);
        assert!(merge_groups(&[0], &[]).is_err());
    }

    proptest! {
        #[test]
        fn merging_is_the_finest_common_coarsening(pairs in prop::collection::vec((0_u32..8, 0_u32..8), 1..40)) {
            let (a, b): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
            let merged = merge_groups(&a, &b).unwrap();
            prop_assert_eq!(&merged, &merge_groups(&b, &a).unwrap());
            // reachability by repeated relabelling, as an independent answer
            let mut label: Vec<usize> = (0..a.len()).collect();
            for _ in 0..a.len() {
                for i in 0..a.len() {
                    for j in 0..a.len() {
                        if a[i] == a[j] || b[i] == b[j] {
                            label[i] = label[i].min(label[j]);
                        }
                    }
                }
            }
            for i in 0..a.len() {
                for j in 0..a.len() {
                    prop_assert_eq!(merged[i] == merged[j], label[i] == label[j]);
                }
            }
        }
    }

    #[test]
    fn outlets_tell_the_class_and_articles_with_sentences_of_both_kinds_do_not() {
        let of = |classes: &[u32], groups: &[u32]| {
            class_told(groups, &Targets::One { n_classes: 3, classes: classes.to_vec() })
        };
        assert_eq!(of(&[0, 0, 1, 1, 2, 2], &[0, 0, 1, 1, 2, 2]), 1.0);
        assert!(of(&[0, 1, 2, 0, 1, 2], &[0, 0, 0, 1, 1, 1]) < 0.0);
        assert_eq!(of(&[0, 1, 2, 0], &[0, 1, 2, 3]), 0.0);
        assert_eq!(of(&[1, 1, 1, 1], &[0, 0, 1, 1]), 0.0);
        // Of 100 groups of 20, a quarter of each of the second class.
        let classes: Vec<u32> = (0..2000).map(|i| u32::from(i % 4 == 0)).collect();
        let groups: Vec<u32> = (0..2000).map(|i| i / 20).collect();
        assert!(of(&classes, &groups).abs() < 0.1);
    }
}
