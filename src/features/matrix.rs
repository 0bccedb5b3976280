//! The sparse matrix of features that every classifier is fitted on.

use linfa::dataset::Records;
use rayon::prelude::*;

use crate::error::{Error, Result};

/// One non-zero value: column and value side by side, because solvers read both together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    pub(crate) column: u32,
    pub(crate) value: f32,
}

/// A sparse matrix, articles × terms, in compressed rows (CSR) with `u32` columns and `f32` values.
///
/// It implements linfa's [`Records`], so that `DatasetBase::new(matrix, targets)` goes into every
/// classifier of this crate. Columns ascend within a row and no zero is stored.
///
/// ```
/// use slantwise::FeatureMatrix;
/// use linfa::dataset::Records;
///
/// let matrix = FeatureMatrix::from_rows(3, [vec![(0, 1.0), (2, 0.5)], vec![]])?;
/// assert_eq!((matrix.nsamples(), matrix.nfeatures(), matrix.n_nonzero()), (2, 3, 2));
/// assert_eq!(matrix.row(0).collect::<Vec<_>>(), [(0, 1.0), (2, 0.5)]);
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureMatrix {
    n_features: usize,
    /// Columns below this one are words.
    n_words: usize,
    /// Row `i` is `entries[starts[i]..starts[i + 1]]`.
    starts: Vec<usize>,
    entries: Vec<Entry>,
}

/// Entries to be filled in. All threads share in taking new memory into use, which is slow.
pub(crate) fn blank(n: usize) -> Vec<Entry> {
    rayon::iter::repeat_n(Entry { column: 0, value: 0.0 }, n).with_min_len(1 << 16).collect()
}

impl FeatureMatrix {
    /// A matrix of rows given as `(column, value)` pairs with ascending columns below `n_features`.
    pub fn from_rows(n_features: usize, rows: impl IntoIterator<Item = Vec<(u32, f32)>>) -> Result<FeatureMatrix> {
        let mut matrix = FeatureMatrix { n_features, n_words: n_features, starts: vec![0], entries: Vec::new() };
        for row in rows {
            for (column, value) in row {
                let ascends = matrix.entries[matrix.starts[matrix.starts.len() - 1]..]
                    .last()
                    .is_none_or(|before| before.column < column);
                if column as usize >= n_features || !ascends {
                    return Err(Error::param("column", column, "ascending columns below the number of features"));
                }
                if !value.is_finite() {
                    return Err(Error::param("value", value, "a finite number"));
                }
                if value != 0.0 {
                    matrix.entries.push(Entry { column, value });
                }
            }
            matrix.starts.push(matrix.entries.len());
        }
        Ok(matrix)
    }

    /// A matrix of its parts; the caller vouches for them.
    pub(crate) fn from_parts(n_features: usize, starts: Vec<usize>, entries: Vec<Entry>) -> FeatureMatrix {
        debug_assert_eq!(starts.last(), Some(&entries.len()));
        FeatureMatrix { n_features, n_words: n_features, starts, entries }
    }

    /// The same matrix, whose first `n_words` columns are words and the rest characters.
    pub(crate) fn with_words(mut self, n_words: usize) -> FeatureMatrix {
        self.n_words = n_words.min(self.n_features);
        self
    }

    /// The same rows with the values of some columns only; columns keep their numbers.
    pub(crate) fn columns(&self, wanted: std::ops::Range<usize>) -> FeatureMatrix {
        let mut starts = Vec::with_capacity(self.starts.len());
        let mut entries = Vec::new();
        starts.push(0);
        for row in 0..self.n_samples() {
            let row = self.entries(row);
            let at = |column: usize| row.partition_point(|e| (e.column as usize) < column);
            entries.extend_from_slice(&row[at(wanted.start)..at(wanted.end)]);
            starts.push(entries.len());
        }
        FeatureMatrix { n_features: self.n_features, n_words: self.n_words, starts, entries }
    }

    /// Number of articles.
    pub fn n_samples(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Number of terms.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// How many of the terms are word n-grams; they come first, the rest are character n-grams.
    pub fn n_words(&self) -> usize {
        self.n_words
    }

    /// Number of values that are stored.
    pub fn n_nonzero(&self) -> usize {
        self.entries.len()
    }

    /// The `(column, value)` pairs of one article, columns ascending.
    ///
    /// # Panics
    /// Where `row` is not below the number of articles.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        self.entries(row).iter().map(|e| (e.column, e.value))
    }

    #[inline]
    pub(crate) fn entries(&self, row: usize) -> &[Entry] {
        &self.entries[self.starts[row]..self.starts[row + 1]]
    }

    /// The rows as slices that can be changed, in parallel.
    pub(crate) fn rows_mut(&mut self) -> impl IndexedParallelIterator<Item = &mut [Entry]> {
        let mut rest = self.entries.as_mut_slice();
        let mut rows = Vec::with_capacity(self.starts.len());
        for bounds in self.starts.windows(2) {
            let (row, after) = std::mem::take(&mut rest).split_at_mut(bounds[1] - bounds[0]);
            rows.push(row);
            rest = after;
        }
        rows.into_par_iter()
    }

    /// The matrix of some rows, in the order given; a row may come several times.
    #[must_use]
    pub fn select_rows(&self, rows: &[usize]) -> FeatureMatrix {
        let all: Vec<u32> = (0..self.n_features as u32).collect();
        self.select(rows, &all)
    }

    /// The matrix of some rows, in the order given, and some columns, ascending.
    #[must_use]
    pub(crate) fn select(&self, rows: &[usize], kept: &[u32]) -> FeatureMatrix {
        const DROPPED: u32 = u32::MAX;
        let all = kept.len() == self.n_features;
        let mut place = vec![DROPPED; if all { 0 } else { self.n_features }];
        if !all {
            kept.iter().zip(0u32..).for_each(|(&old, new)| place[old as usize] = new);
        }
        let lengths: Vec<usize> = rows
            .par_iter()
            .with_min_len(256)
            .map(|&row| match all {
                true => self.entries(row).len(),
                false => self.entries(row).iter().filter(|e| place[e.column as usize] != DROPPED).count(),
            })
            .collect();
        let mut starts = Vec::with_capacity(rows.len() + 1);
        starts.push(0);
        lengths.iter().for_each(|length| starts.push(starts[starts.len() - 1] + length));
        let entries = blank(starts[rows.len()]);
        let mut matrix = FeatureMatrix { n_features: kept.len(), n_words: kept.len(), starts, entries };
        matrix.rows_mut().zip(rows).with_min_len(64).for_each(|(to, &row)| match all {
            true => to.copy_from_slice(self.entries(row)),
            false => {
                let moved =
                    self.entries(row).iter().map(|e| Entry { column: place[e.column as usize], value: e.value });
                to.iter_mut().zip(moved.filter(|e| e.column != DROPPED)).for_each(|(to, e)| *to = e);
            }
        });
        matrix
    }

    /// How many of some rows hold each column: the document frequencies.
    pub(crate) fn column_counts(&self, rows: &[usize]) -> Vec<u32> {
        // A part of the rows for each thread: as many counts as there are columns are not made for less.
        let parts = rows.par_chunks(rows.len().div_ceil(rayon::current_num_threads()).max(1024));
        let counted = parts.map(|rows| {
            let mut counts = vec![0u32; self.n_features];
            rows.iter().flat_map(|&row| self.entries(row)).for_each(|e| counts[e.column as usize] += 1);
            counts
        });
        let sum = |mut all: Vec<u32>, part: Vec<u32>| {
            all.iter_mut().zip(part).for_each(|(all, part)| *all += part);
            all
        };
        counted.reduce_with(sum).unwrap_or_else(|| vec![0; self.n_features])
    }
}

impl Records for FeatureMatrix {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.n_samples()
    }

    fn nfeatures(&self) -> usize {
        self.n_features
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> FeatureMatrix {
        FeatureMatrix::from_rows(4, [vec![(0, 1.0), (3, 2.0)], vec![(1, 5.0)], vec![]]).unwrap()
    }

    #[test]
    fn rows_and_columns_are_selected_in_order() {
        let rows = matrix().select_rows(&[1, 0, 0]);
        assert_eq!(rows.n_samples(), 3);
        assert_eq!(rows.row(2).collect::<Vec<_>>(), [(0, 1.0), (3, 2.0)]);
        let columns = matrix().select(&[0, 1, 2], &[1, 3]);
        assert_eq!(columns.row(0).collect::<Vec<_>>(), [(1, 2.0)]);
        assert_eq!(columns.n_features(), 2);
    }

    #[test]
    fn columns_out_of_order_or_range_are_refused() {
        assert!(FeatureMatrix::from_rows(2, [vec![(1, 1.0), (0, 1.0)]]).is_err());
        assert!(FeatureMatrix::from_rows(2, [vec![(2, 1.0)]]).is_err());
        assert!(FeatureMatrix::from_rows(2, [vec![(0, f32::NAN)]]).is_err());
    }

    #[test]
    fn column_counts_count_rows() {
        assert_eq!(matrix().column_counts(&[0, 1, 2]), [1, 1, 0, 1]);
    }
}
