//! Outlets and standing lines whose label turns from batch to batch.

use rayon::prelude::*;
use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;

use super::field::Field;
use crate::corpus::Corpus;
use crate::label::{LabelSet, Targets};

/// How many standard errors the two shares must be apart.
const SURE: f64 = 4.0;
/// Rows in the batch, and elsewhere.
const FEWEST: usize = 8;
/// Characters of a line, from which it is more than a word of a menu.
const SHORTEST_LINE: usize = 25;
const LONGEST_LINE: usize = 400;
/// Characters of a line that are shown.
const SHOWN: usize = 80;

/// Something that has one label in a batch and another elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TurnedLabel {
    /// The outlet, or the beginning of the line.
    pub what: String,
    /// The batch that differs.
    pub batch: String,
    /// The label that is usual there.
    pub label: String,
    /// Its rows in the batch.
    pub rows: usize,
    /// The share of them with the label.
    pub share: f64,
    /// Its rows in other batches.
    pub elsewhere_rows: usize,
    /// The share of them with the label.
    pub elsewhere_share: f64,
}

/// The batch and label in which some rows differ most clearly from the rest of them.
struct Turn {
    batch: u32,
    class: usize,
    rows: usize,
    share: f64,
    elsewhere_rows: usize,
    elsewhere_share: f64,
    z: f64,
}

/// Looks for a batch in which a label is usual (at least `usual` of the rows) that is unusual (at most 1 − `usual`) in
/// the others.
fn turn(rows: &[usize], batch: &Field, targets: &Targets, usual: f64) -> Option<Turn> {
    let mut rows: Vec<(u32, usize)> = rows.iter().filter_map(|&row| Some((batch.of[row]?, row))).collect();
    rows.sort_unstable();
    let mut best: Option<Turn> = None;
    for class in 0..targets.n_classes() {
        let with = |rows: &[(u32, usize)]| rows.iter().filter(|(_, row)| targets.has(*row, class)).count();
        let (all, all_with) = (rows.len(), with(&rows));
        for part in rows.chunk_by(|a, b| a.0 == b.0) {
            let (n, x) = (part.len(), with(part));
            let (n_rest, x_rest) = (all - n, all_with - x);
            if n < FEWEST || n_rest < FEWEST {
                continue;
            }
            let (share, rest) = (x as f64 / n as f64, x_rest as f64 / n_rest as f64);
            let pooled = all_with as f64 / all as f64;
            let error = (pooled * (1.0 - pooled) * (1.0 / n as f64 + 1.0 / n_rest as f64)).sqrt();
            let z = if error > 0.0 { (share - rest) / error } else { 0.0 };
            if share >= usual && rest <= 1.0 - usual && z + 1e-9 >= SURE && best.as_ref().is_none_or(|b| z > b.z) {
                let (batch, elsewhere_rows, elsewhere_share) = (part[0].0, n_rest, rest);
                best = Some(Turn { batch, class, rows: n, share, elsewhere_rows, elsewhere_share, z });
            }
        }
    }
    best
}

fn named(turns: Vec<(String, Turn)>, batch: &Field, labels: &LabelSet) -> Vec<TurnedLabel> {
    let mut turns = turns;
    turns.sort_by(|a, b| b.1.z.total_cmp(&a.1.z).then_with(|| a.0.cmp(&b.0)));
    let name = |(what, turn): (String, Turn)| TurnedLabel {
        what,
        batch: batch.values[turn.batch as usize].clone(),
        label: labels.name(turn.class).to_string(),
        rows: turn.rows,
        share: turn.share,
        elsewhere_rows: turn.elsewhere_rows,
        elsewhere_share: turn.elsewhere_share,
    };
    turns.into_iter().map(name).collect()
}

/// The outlets whose label turns, the clearest first.
pub(super) fn turned_outlets(outlet: &Field, batch: &Field, targets: &Targets, labels: &LabelSet) -> Vec<TurnedLabel> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); outlet.values.len()];
    for (row, value) in outlet.of.iter().enumerate() {
        if let Some(value) = value {
            members[*value as usize].push(row);
        }
    }
    let turns = members
        .iter()
        .zip(&outlet.values)
        .filter_map(|(rows, value)| Some((value.clone(), turn(rows, batch, targets, 0.7)?)));
    named(turns.collect(), batch, labels)
}

/// The lines whose label turns, the clearest first.
///
/// Different outlets may share a line, and years differ in their outlets; so the label must turn almost wholly.
pub(super) fn turned_lines(corpus: &Corpus, batch: &Field, targets: &Targets) -> Vec<TurnedLabel> {
    let of_row = |(row, example): (usize, &crate::article::Example)| {
        let mut hashes: Vec<(u64, u32)> = lines(example.article.text()).map(|line| (hash(line), row as u32)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    };
    let mut all: Vec<(u64, u32)> = corpus.examples().par_iter().enumerate().flat_map_iter(of_row).collect();
    all.par_sort_unstable();
    let turn_of = |group: &[(u64, u32)]| {
        if group.len() < 2 * FEWEST {
            return None;
        }
        let rows: Vec<usize> = group.iter().map(|(_, row)| *row as usize).collect();
        let turn = turn(&rows, batch, targets, 0.9)?;
        let line = lines(corpus.examples()[rows[0]].article.text()).find(|line| hash(line) == group[0].0)?;
        Some((line.chars().take(SHOWN).collect::<String>(), turn))
    };
    let groups: Vec<&[(u64, u32)]> = all.chunk_by(|a, b| a.0 == b.0).collect();
    named(groups.into_iter().filter_map(turn_of).collect(), batch, corpus.labels())
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    let fits = |line: &&str| (SHORTEST_LINE..=LONGEST_LINE * 4).contains(&line.len());
    let lines = text.lines().map(str::trim).filter(fits);
    lines.filter(|line| (SHORTEST_LINE..=LONGEST_LINE).contains(&line.chars().count()))
}

/// A line's letters, whatever their case; digits are alike.
fn hash(line: &str) -> u64 {
    let mut hash = Xxh3::new();
    for c in line.chars().flat_map(char::to_lowercase) {
        let c = if c.is_numeric() { '0' } else { c };
        hash.update(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(n: usize) -> Field {
        let rows: Vec<Option<String>> = (0..n).map(|row| Some(format!("wave {}", row % 3))).collect();
        Field::new("batch", "wave", &rows)
    }

    fn one(classes: Vec<u32>) -> Targets {
        Targets::One { n_classes: 2, classes }
    }

    #[test]
    fn a_batch_with_the_other_label_is_found_and_an_even_mixture_is_not() {
        let rows: Vec<usize> = (0..90).collect();
        let turned = turn(&rows, &batches(90), &one((0..90).map(|r| u32::from(r % 3 == 1)).collect()), 0.7).unwrap();
        assert_eq!((turned.batch, turned.class, turned.rows, turned.elsewhere_rows), (1, 1, 30, 60));
        assert!(turn(&rows, &batches(90), &one((0..90).map(|r| u32::from(r % 2 == 0)).collect()), 0.7).is_none());
        // Five rows of a batch can look like anything.
        let few: Vec<usize> = (0..15).collect();
        assert!(turn(&few, &batches(90), &one((0..90).map(|r| u32::from(r % 3 == 1)).collect()), 0.7).is_none());
    }

    #[test]
    fn lines_are_the_same_whatever_their_case_and_numbers() {
        assert_eq!(hash("Call 123 now"), hash("CALL 999 NOW"));
        assert_ne!(hash("Call 123 now"), hash("Call 1234 now"));
        assert_eq!(lines("short\n  A line that is long enough to count  \n").count(), 1);
    }
}
