//! One property of the rows, as numbers.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::corpus::Corpus;

/// One property of the rows, as numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// `outlet`, `language`, `topic`, `length`, `split`, `batch`.
    pub name: &'static str,
    /// The key in the rows, or how it was found.
    pub key: String,
    /// The values, the most frequent first (ties in alphabetical order).
    pub values: Vec<String>,
    /// The value of each row.
    pub of: Vec<Option<u32>>,
}

/// A property of the rows: what the audit looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditField {
    /// `outlet`, `language`, `topic`, `split` or `batch`.
    pub name: &'static str,
    /// The key in the rows, or how it was found.
    pub key: String,
    /// Distinct values.
    pub values: usize,
    /// Rows without a value.
    pub missing: usize,
}

impl Field {
    pub(super) fn new<S: AsRef<str>>(name: &'static str, key: &str, rows: &[Option<S>]) -> Field {
        let mut number: FxHashMap<&str, u32> = FxHashMap::default();
        let mut values: Vec<(&str, usize)> = Vec::new();
        let value = |row: &'_ Option<S>| row.as_ref().map(|v| v.as_ref().trim().len()).filter(|n| *n > 0).is_some();
        let first: Vec<Option<u32>> = rows
            .iter()
            .map(|row| {
                let text = row.as_ref().filter(|_| value(row))?.as_ref().trim();
                let at = *number.entry(text).or_insert_with(|| {
                    values.push((text, 0));
                    values.len() as u32 - 1
                });
                values[at as usize].1 += 1;
                Some(at)
            })
            .collect();
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        order.sort_by_key(|&at| (std::cmp::Reverse(values[at as usize].1), values[at as usize].0));
        let mut place = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&old, new)| place[old as usize] = new);
        Field {
            name,
            key: key.to_string(),
            values: order.iter().map(|&at| values[at as usize].0.to_string()).collect(),
            of: first.into_iter().map(|at| at.map(|at| place[at as usize])).collect(),
        }
    }

    pub(super) fn of_key(name: &'static str, key: &str, corpus: &Corpus) -> Field {
        let rows: Vec<Option<&str>> = corpus.examples().iter().map(|e| e.article.field(key)).collect();
        Field::new(name, key, &rows)
    }

    /// The same for some rows; the numbers of the values stay.
    pub(super) fn select(&self, rows: &[usize]) -> Field {
        Field { of: rows.iter().map(|&row| self.of[row]).collect(), ..self.clone() }
    }

    pub(super) fn missing(&self) -> usize {
        self.of.iter().filter(|v| v.is_none()).count()
    }

    /// Rows of each value.
    pub(super) fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.values.len()];
        self.of.iter().flatten().for_each(|&v| counts[v as usize] += 1);
        counts
    }

    /// One number a row; rows without a value are each alone.
    pub(super) fn groups(&self) -> Vec<u32> {
        let n = self.values.len() as u32;
        (0..).zip(&self.of).map(|(row, value)| value.unwrap_or(n + row)).collect()
    }

    pub(super) fn summary(&self) -> AuditField {
        AuditField { name: self.name, key: self.key.clone(), values: self.values.len(), missing: self.missing() }
    }

    /// Rows by length of text, in bins of equally many.
    pub(super) fn lengths(corpus: &Corpus) -> Field {
        const BINS: usize = 20;
        let lengths: Vec<usize> = corpus.examples().par_iter().map(|e| e.article.text().chars().count()).collect();
        let mut sorted = lengths.clone();
        sorted.sort_unstable();
        let cuts: Vec<usize> = (1..BINS).map(|bin| sorted[sorted.len() * bin / BINS]).collect();
        let bin = |length: &usize| Some(format!("{:02}", cuts.partition_point(|cut| cut <= length)));
        Field::new("length", "characters", &lengths.iter().map(bin).collect::<Vec<_>>())
    }

    /// One value for all rows.
    pub(super) fn constant(n: usize) -> Field {
        Field { name: "majority", key: String::new(), values: vec!["all".to_string()], of: vec![Some(0); n] }
    }
}
