//! Learning from rows, one after the other.

use rustc_hash::FxHashMap;

use crate::article::{Example, Gold};
use crate::classifier::{Rates, State, Step, n_outputs, pack, unpack};
use crate::error::{Error, Result};
use crate::features::{Idf, scale_to_unit, sublinear};
use crate::label::Task;
use crate::pipeline::row_weight;
use crate::stream::StreamParams;
use crate::stream::dictionary::{Dictionary, Held};
use crate::stream::held_out::{HeldOut, HeldRow};
use crate::stream::row::Row;
use crate::text::{Analyzer, TermKind};

/// Everything that is learned from a stream: what a checkpoint holds.
pub(super) struct Learner {
    pub(super) rates: Rates,
    pub(super) dictionary: Dictionary,
    pub(super) biases: Vec<State>,
    pub(super) task: Option<Task>,
    pub(super) labels: Labels,
    pub(super) held_out: HeldOut,
    /// Articles of the first pass, and those of them that were learned.
    pub(super) n_samples: u64,
    pub(super) n_learned: u64,
    /// Passes that are done, and rows of the one under way.
    pub(super) passes: u32,
    pub(super) rows: u64,
    /// What the rows were so far.
    pub(super) fingerprint: u64,
    /// Rows of the first pass whose class is that of the row before.
    pub(super) n_same: u64,
    pub(super) last: Option<u32>,
}

/// The labels in the order of their discovery.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) names: Vec<String>,
    /// Articles of each.
    pub(super) support: Vec<u64>,
    numbers: FxHashMap<String, u32>,
}

impl Labels {
    pub(super) fn new(names: Vec<String>, support: Vec<u64>) -> Labels {
        let numbers = names.iter().cloned().zip(0..).collect();
        Labels { names, support, numbers }
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_string());
        self.support.push(0);
        self.numbers.insert(name.to_string(), number);
        number
    }
}

/// The buffers of learning.
pub(super) struct Work {
    step: Step,
    /// Where the row's terms are held.
    entries: Vec<(Held, u64)>,
    /// Those that are not.
    misses: Vec<u32>,
    promoted: Vec<(Held, u64)>,
    places: Vec<Option<Held>>,
    analyzer: Analyzer,
    written: Vec<u8>,
}

impl Work {
    pub(super) fn new(params: &StreamParams) -> Work {
        let analyzer = Analyzer::new(&params.pipeline.analyzer);
        let (entries, misses, places) = (Vec::new(), Vec::new(), Vec::with_capacity(AHEAD));
        Work { step: Step::default(), entries, misses, promoted: Vec::new(), places, analyzer, written: Vec::new() }
    }
}

/// Terms whose places in memory are fetched together.
const AHEAD: usize = 128;

/// Columns of weights that are kept for so many: some more than there are labels, so that not every new one moves all terms.
pub(super) fn room(task: Task, n_labels: usize) -> usize {
    let needed = n_outputs(task, n_labels);
    match needed {
        0..=4 => needed,
        _ => {
            let power = needed.next_power_of_two();
            if needed <= power / 4 * 3 { power / 4 * 3 } else { power }
        }
    }
}

impl Learner {
    pub(super) fn new(params: &StreamParams) -> Result<Learner> {
        let ftrl = params.pipeline.ftrl().cloned().unwrap_or_default();
        let enough = params.pipeline.calibration.enough;
        Ok(Learner {
            rates: Rates::new(&ftrl),
            dictionary: Dictionary::new(params.n_sets(1, 0)?, 1, params.pipeline.seed),
            biases: vec![0; 1],
            task: None,
            labels: Labels::default(),
            held_out: HeldOut::new(enough, params.held_out()),
            n_samples: 0,
            n_learned: 0,
            passes: 0,
            rows: 0,
            fingerprint: 0,
            n_same: 0,
            last: None,
        })
    }

    /// Notes that a row has been.
    pub(super) fn pass_over(&mut self, content: u64) {
        self.fingerprint = followed_by(self.fingerprint, content);
        self.rows += 1;
    }

    pub(super) fn end_pass(&mut self) {
        self.passes += 1;
        self.rows = 0;
        self.fingerprint = 0;
    }

    /// Learns one row.
    pub(super) fn learn(&mut self, params: &StreamParams, work: &mut Work, example: &Example, row: &Row) -> Result<()> {
        let number = self.rows;
        let gold = self.gold(params, &example.gold)?;
        let weight = match &params.pipeline.weight_by {
            Some(key) => row_weight(&example.article, example.article.field(key).unwrap_or("nothing"))?,
            None => 1.0,
        };
        let first_pass = self.passes == 0;
        if first_pass {
            gold.iter().for_each(|&label| self.labels.support[label as usize] += 1);
            let class = gold.first().copied();
            self.n_same += u64::from(number > 0 && class == self.last);
            self.last = class;
            self.n_samples += 1;
        }
        self.pass_over(row.content);
        if self.held_out.takes(row.content) {
            if first_pass {
                let language = example.article.language();
                self.held_out.add(row.content, number, HeldRow::new(row, gold, language));
            }
            return Ok(());
        }
        self.n_learned += u64::from(first_pass);
        self.gather(params, work, example, row);
        let (one, k) = (self.task == Some(Task::One), self.biases.len());
        let first = gold.first().map_or(u32::MAX, |&class| class);
        let has = |output: usize| match (one, k) {
            (true, 1) => first == 1,
            (true, _) => first as usize == output,
            _ => gold.binary_search(&(output as u32)).is_ok(),
        };
        work.step.learn(self.rates, &mut self.biases, has, weight);
        for (&(held, hash), learned) in work.entries.iter().zip(work.step.states(k)) {
            self.dictionary.weights_mut(held).iter_mut().zip(learned).for_each(|(state, learned)| *state = learned);
            if first_pass && held.slot().is_some() {
                // What is promoted takes a place in front of a term that the row may have learned, but not before its own turn.
                work.promoted.push((held, hash));
            }
        }
        for (held, hash) in work.promoted.drain(..) {
            self.dictionary.promote(held, hash);
        }
        // Only now: a new term may take the slot of one that the row has learned.
        let min_df = params.pipeline.features.min_df;
        for &term in &work.misses {
            let term = term as usize;
            let slot = self.dictionary.offer(row.terms[term].hash, row.kind(term));
            if let Some(slot) = slot.filter(|_| min_df == 1)
                && row.spell(term, &example.article, &mut work.analyzer, &mut work.written)
            {
                self.dictionary.write(slot, &work.written);
            }
        }
        Ok(())
    }

    /// Looks a row's terms up: those that count become values of the step, those that are not held are noted.
    fn gather(&mut self, params: &StreamParams, work: &mut Work, example: &Example, row: &Row) {
        let Work { step, entries, misses, places, analyzer, written, .. } = work;
        let (features, first_pass) = (&params.pipeline.features, self.passes == 0);
        entries.clear();
        misses.clear();
        step.clear();
        let of_all = 1.0 + ln(1 + self.n_learned);
        let mut n_words = 0;
        for (from, terms) in (0..).step_by(AHEAD).zip(row.terms.chunks(AHEAD)) {
            self.dictionary.find_all(terms.iter().map(|term| term.hash), places);
            for ((place, term), held) in (from..).zip(terms).zip(places.iter()) {
                let Some(held) = *held else {
                    if first_pass {
                        misses.push(place as u32);
                    }
                    continue;
                };
                let (df, is_written) =
                    if first_pass { self.dictionary.count(held) } else { self.dictionary.articles(held) };
                if df < features.min_df {
                    continue;
                }
                // A term that can't be written down can't be in the model.
                let is_written = is_written
                    || row.spell(place, &example.article, analyzer, written)
                        && held.slot().is_some_and(|slot| self.dictionary.write(slot, written));
                if !is_written {
                    continue;
                }
                let tf = if features.tfidf.sublinear_tf { sublinear(term.count as f32) } else { term.count as f32 };
                let idf = match features.tfidf.idf {
                    Idf::Smooth => of_all - ln(1 + u64::from(df)),
                    Idf::None => 1.0,
                };
                n_words += usize::from(row.kind(place) == TermKind::Word);
                entries.push((held, term.hash));
                step.push(tf * idf, self.dictionary.weights(held));
            }
        }
        if features.tfidf.l2 {
            let (words, chars) = step.values_mut().split_at_mut(n_words);
            for block in [words, chars] {
                scale_to_unit(block, |value| value);
            }
        }
    }

    /// The numbers of a row's labels, ascending; a new label gets weights of its own.
    fn gold(&mut self, params: &StreamParams, gold: &Gold) -> Result<Vec<u32>> {
        let task = gold.task();
        let before = *self.task.get_or_insert(task);
        if before != task {
            let expected = match before {
                Task::One => "one class, as the articles before have",
                Task::Several => "several labels, as the articles before have",
            };
            return Err(Error::param("gold", task.in_words(), expected));
        }
        let n_before = self.labels.names.len();
        let mut numbers: Vec<u32> = gold.labels().iter().map(|name| self.labels.number(name)).collect();
        numbers.sort_unstable();
        let n_labels = self.labels.names.len();
        let (had, needed) = (self.biases.len(), room(task, n_labels));
        if n_labels > n_before && needed != had {
            let n_sets = params.n_sets(needed, n_labels)?;
            self.dictionary.resize(n_sets, needed, |from, to| widen(task, from, to));
            let mut biases = vec![0; needed];
            widen(task, &self.biases, &mut biases);
            self.biases = biases;
        }
        Ok(numbers)
    }

    /// Whether most articles of a class come in a run, so that a stream forgets one class over the next.
    pub(super) fn is_in_runs(&self) -> bool {
        let n: u64 = self.labels.support.iter().sum();
        if self.task != Some(Task::One) || n < 100 {
            return false;
        }
        let same: f64 = self.labels.support.iter().map(|&s| (s as f64 / n as f64).powi(2)).sum();
        let expected = (n - 1) as f64 * (1.0 - same);
        ((n - 1 - self.n_same) as f64) < 0.1 * expected
    }
}

/// States for more outputs. The one output of two classes becomes two, each against the other.
fn widen(task: Task, from: &[State], to: &mut [State]) {
    match (task, from, &mut *to) {
        (Task::One, &[one], [first, second, ..]) => {
            let (z, n) = unpack(one);
            *first = pack(-z, n);
            *second = one;
        }
        _ => to[..from.len()].copy_from_slice(from),
    }
}

fn followed_by(fingerprint: u64, content: u64) -> u64 {
    (fingerprint.rotate_left(23) ^ content).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The natural logarithm of a number from 1, to 3 parts in 10,000: exact up to 4096, from there by the first twelve bits.
fn ln(n: u64) -> f32 {
    use std::sync::LazyLock;
    static SMALL: LazyLock<Vec<f32>> = LazyLock::new(|| (0..=4096).map(|n| f64::from(n.max(1)).ln() as f32).collect());
    let shift = (64 - 12u32).saturating_sub(n.leading_zeros());
    SMALL[(n >> shift) as usize] + shift as f32 * std::f32::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_close() {
        for n in (1..5000).chain([8191, 8193, 65_535, 1 << 20, (1 << 31) + 12_345, u64::MAX]) {
            assert!((f64::from(ln(n)) - (n as f64).ln()).abs() < 3e-4, "{n}: {}", ln(n));
        }
    }

    #[test]
    fn room_grows_in_steps() {
        let found: Vec<usize> = [1, 2, 3, 4, 5, 6, 7, 9, 13, 20, 25].map(|n| room(Task::One, n)).into();
        assert_eq!(found, [1, 1, 3, 4, 6, 6, 8, 12, 16, 24, 32]);
        assert_eq!((room(Task::Several, 1), room(Task::Several, 2)), (1, 2));
    }

    #[test]
    fn two_classes_become_three() {
        let state = pack(-2.5, 4.0);
        let mut wide = [0; 3];
        widen(Task::One, &[state], &mut wide);
        assert_eq!(wide, [pack(2.5, 4.0), state, 0]);
        let mut wide = [0; 3];
        widen(Task::Several, &[state], &mut wide);
        assert_eq!(wide, [state, 0, 0]);
    }
}
