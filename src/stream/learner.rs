//! Learning from rows, one after the other.

use std::thread;

use rustc_hash::FxHashMap;

use crate::article::{Example, Gold};
use crate::classifier::{Rates, State, n_outputs, pack, unpack};
use crate::error::{Error, Result};
use crate::label::Task;
use crate::pipeline::row_weight;
use crate::stream::StreamParams;
use crate::stream::dictionary::{Dictionary, HALVES};
use crate::stream::half::{Course, Half, Lesson, Work};
use crate::stream::held_out::{HeldOut, HeldRow};
use crate::stream::meeting::Meeting;
use crate::stream::row::Row;

/// Everything that is learned from a stream: what a checkpoint holds.
pub(super) struct Learner {
    pub(super) rates: Rates,
    /// The terms and their weights, half by half.
    pub(super) halves: [Dictionary; HALVES],
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
            halves: halves(params.n_sets(1, 0)?, 1, [0, 1].map(|half| params.pipeline.seed.wrapping_add(half << 32))),
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

    /// Learns rows in their order.
    pub(super) fn learn(
        &mut self,
        params: &StreamParams,
        work: &mut [Work; HALVES],
        examples: &[Example],
        rows: &[Row],
    ) -> Result<()> {
        let mut lessons = Vec::with_capacity(rows.len());
        for (example, row) in examples.iter().zip(rows) {
            let before = self.labels.names.len();
            let planned = self.plan(params, example, row);
            let n_labels = self.labels.names.len();
            if n_labels > before && self.task.is_some_and(|task| room(task, n_labels) != self.biases.len()) {
                self.follow(params, work, &lessons);
                lessons.clear();
                self.make_room(params)?;
            }
            match planned {
                Ok(lesson) => lessons.extend(lesson),
                Err(error) => {
                    self.follow(params, work, &lessons);
                    return Err(error);
                }
            }
        }
        self.follow(params, work, &lessons);
        Ok(())
    }

    /// Notes a row's labels and, if it is held out, its terms; else it is to be learned.
    fn plan<'a>(&mut self, params: &StreamParams, example: &'a Example, row: &'a Row) -> Result<Option<Lesson<'a>>> {
        let number = self.rows;
        let gold = self.gold(&example.gold)?;
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
            return Ok(None);
        }
        self.n_learned += u64::from(first_pass);
        Ok(Some(Lesson { example, row, gold, weight, n_learned: self.n_learned }))
    }

    /// Learns what was planned: each half by a thread of its own, where there are two.
    ///
    /// A row's score is the sum of what both halves say of it, so that the threads meet once a row; either then learns its own terms. One
    /// thread does the same in turns.
    fn follow(&mut self, params: &StreamParams, work: &mut [Work; HALVES], lessons: &[Lesson<'_>]) {
        if lessons.is_empty() {
            return;
        }
        let course = Course {
            rates: self.rates,
            features: &params.pipeline.features,
            n_outputs: self.biases.len(),
            is_one: self.task == Some(Task::One),
            first_pass: self.passes == 0,
        };
        work.iter_mut().for_each(|work| work.biases.clone_from(&self.biases));
        let [a, b] = &mut self.halves;
        let [work_a, work_b] = work;
        let mut first = Half { dictionary: a, work: work_a, course };
        let mut second = Half { dictionary: b, work: work_b, course };
        let meeting = Meeting::new(course.n_sums());
        let is_shared = rayon::current_num_threads() > 1
            && thread::scope(|scope| {
                let other = thread::Builder::new().spawn_scoped(scope, || attend(&meeting, &mut second, lessons));
                // Where there can't be another thread, this one does it all.
                other.is_ok() && {
                    attend(&meeting, &mut first, lessons);
                    true
                }
            });
        if !is_shared {
            lessons.iter().for_each(|lesson| in_turns(&mut first, &mut second, lesson));
        }
        self.biases.clone_from(&work[0].biases);
    }

    /// The numbers of a row's labels, ascending.
    fn gold(&mut self, gold: &Gold) -> Result<Vec<u32>> {
        let task = gold.task();
        let before = *self.task.get_or_insert(task);
        if before != task {
            let expected = match before {
                Task::One => "one class, as the articles before have",
                Task::Several => "several labels, as the articles before have",
            };
            return Err(Error::param("gold", task.in_words(), expected));
        }
        let mut numbers: Vec<u32> = gold.labels().iter().map(|name| self.labels.number(name)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Gives new labels weights of their own.
    fn make_room(&mut self, params: &StreamParams) -> Result<()> {
        let (task, n_labels) = (self.task.unwrap_or(Task::One), self.labels.names.len());
        let needed = room(task, n_labels);
        let n_sets = params.n_sets(needed, n_labels)?;
        for half in &mut self.halves {
            half.resize(n_sets, needed, |from, to| widen(task, from, to));
        }
        let mut biases = vec![0; needed];
        widen(task, &self.biases, &mut biases);
        self.biases = biases;
        Ok(())
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

/// Empty halves of so many sets each.
pub(super) fn halves(n_sets: u64, n_outputs: usize, random: [u64; HALVES]) -> [Dictionary; HALVES] {
    [0, 1].map(|half| Dictionary::new(half, n_sets, n_outputs, random[half]))
}

/// Learns one half of all rows, beside the thread that learns the other.
fn attend(meeting: &Meeting, half: &mut Half<'_>, lessons: &[Lesson<'_>]) {
    let _here = meeting.attend();
    for (row, lesson) in (0..).zip(lessons) {
        half.read(lesson);
        if !meeting.add(half.dictionary.half, row, &mut half.work.sums) {
            return;
        }
        half.learn(lesson);
    }
}

/// Learns both halves of a row.
pub(super) fn in_turns(first: &mut Half<'_>, second: &mut Half<'_>, lesson: &Lesson<'_>) {
    first.read(lesson);
    second.read(lesson);
    first.work.sums.iter_mut().zip(&second.work.sums).for_each(|(sum, other)| *sum += other);
    second.work.sums.clone_from(&first.work.sums);
    first.learn(lesson);
    second.learn(lesson);
}

#[cfg(test)]
mod tests {
    use super::*;

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
