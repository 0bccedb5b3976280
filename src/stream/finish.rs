//! From what was learned to a model.

use std::sync::Arc;

use rayon::prelude::*;

use crate::calibration::Calibration;
use crate::classifier::{LinearModel, Rates, State, check_support, n_outputs};
use crate::decision::Decision;
use crate::error::{Error, Result};
use crate::features::{Entry, TfidfVectorizer, Vocabulary, Weighting};
use crate::label::{LabelSet, Targets, Task};
use crate::pipeline::{Familiarity, Pipeline, Training, calibrated, serving};
use crate::stream::dictionary::{Dictionary, HeldTerm};
use crate::stream::held_out::HeldRow;
use crate::stream::learner::{Labels, Learner};
use crate::stream::params::StreamParams;
use crate::text::{Reader, TermKind};

/// Fewer articles held out say too little about probabilities.
const FEWEST: usize = 50;

/// A term that the model gets.
struct Kept {
    hash: u64,
    df: u32,
    /// Where it is written, in the arena of its half.
    text: u32,
    kind: TermKind,
}

/// Which columns of weights are those of the sorted labels.
struct Order {
    labels: LabelSet,
    /// For each label in the order of discovery: its class.
    class_of: Vec<u32>,
    n_outputs: usize,
}

impl Order {
    fn new(labels: &Labels, task: Task) -> Order {
        let sorted = LabelSet::new(labels.names.iter().cloned());
        let class_of = labels.names.iter().map(|name| sorted.class(name).unwrap_or(0) as u32).collect();
        let n_outputs = n_outputs(task, sorted.len());
        Order { labels: sorted, class_of, n_outputs }
    }

    /// The weights of the classes; the one output of two classes speaks for the second.
    fn weights(&self, weight: impl Fn(usize) -> f32, to: &mut [f32]) {
        match to {
            [one] if self.class_of.len() == 2 => *one = if self.class_of[1] == 1 { weight(0) } else { -weight(0) },
            all => self.class_of.iter().enumerate().for_each(|(number, &class)| all[class as usize] = weight(number)),
        }
    }
}

/// The model of all that was learned.
pub(super) fn pipeline(params: StreamParams, reader: Reader, mut learner: Learner) -> Result<Pipeline> {
    learner.halves.par_iter_mut().for_each(Dictionary::settle);
    let task = learner.task.unwrap_or(Task::One);
    let order = Order::new(&learner.labels, task);
    let n_classes = order.labels.len();
    let n_samples = learner.n_samples;
    let mut support = vec![0; n_classes];
    for (&class, &n) in order.class_of.iter().zip(&learner.labels.support) {
        support[class as usize] = n as usize;
    }
    check_support(task, &support, n_samples as usize, |class| order.labels.name(class).to_string())?;
    let mut intercepts = vec![0.0; order.n_outputs];
    order.weights(|number| learner.rates.intercept(learner.biases[number]), &mut intercepts);
    let (vectorizer, weights) = terms(&params, &order, &mut learner)?;
    let held_out = std::mem::take(&mut learner.held_out.rows);
    drop(learner);
    let model = LinearModel {
        n_features: vectorizer.vocabulary.len(),
        n_classes,
        n_outputs: order.n_outputs,
        task,
        weights,
        intercepts,
    };
    let mut model = Pipeline {
        params: params.pipeline,
        labels: Arc::new(order.labels.clone()),
        task,
        reader,
        vectorizer,
        model,
        calibration: Calibration::identity(task, n_classes),
        decision: Decision::plain(task, n_classes, 0.5),
        coverage: None,
        familiarity: Familiarity::default(),
        training: Training { n_samples: n_samples as usize, support, n_calibration: 0 },
        compact: false,
    };
    if held_out.len() >= FEWEST {
        answers(&mut model, &order, held_out.values())?;
    }
    Ok(model)
}

/// What there is of a half's terms.
#[derive(Default)]
struct Survey {
    n_held: usize,
    n_frequent: usize,
    n_weighty: usize,
    /// Bytes of the written forms of weighty terms.
    n_bytes: usize,
    /// Weighty terms by how much they move scores.
    buckets: Vec<u32>,
}

/// The terms of a half that the model gets.
#[derive(Default)]
struct Harvest {
    kept: Vec<Kept>,
    /// Their weights, term after term.
    weights: Vec<f32>,
    /// What there is of terms, and what stays of it: of words and of characters, which are scaled apart.
    masses: [[f64; 2]; 2],
}

/// What decides on terms.
struct Choice<'a> {
    params: &'a StreamParams,
    order: &'a Order,
    rates: Rates,
    /// Articles that were learned.
    n: usize,
}

impl Choice<'_> {
    fn idf(&self, df: u32) -> f32 {
        self.params.pipeline.features.tfidf.idf.of(self.n, df)
    }

    fn counts(&self, held: &HeldTerm) -> bool {
        held.df >= self.params.pipeline.features.min_df && held.text != 0
    }

    /// How much a term moves scores: as compressing ranks them.
    fn moves(&self, states: &[State], held: &HeldTerm) -> f32 {
        let largest = largest(self.rates, &states[..used(self.order)]);
        largest * self.idf(held.df) * (held.df as f32).sqrt()
    }

    fn survey(&self, half: &Dictionary) -> Survey {
        let mut found = Survey { buckets: vec![0; 1 << 16], ..Survey::default() };
        for (slot, held) in half.held() {
            found.n_held += 1;
            if !self.counts(&held) {
                continue;
            }
            found.n_frequent += 1;
            let moved = self.moves(half.states(slot), &held);
            if moved > 0.0 {
                found.n_weighty += 1;
                found.n_bytes += half.arena.get(held.text).map_or(0, <[u8]>::len);
                found.buckets[bucket(moved)] += 1;
            }
        }
        found
    }

    /// The terms that move scores by a bucket of `least` on; segments go as they are read.
    fn harvest(&self, half: &mut Dictionary, survey: &Survey, least: usize) -> Harvest {
        let k = self.order.n_outputs;
        let n: usize = survey.buckets[least..].iter().map(|&n| n as usize).sum();
        let (kept, weights) = (Vec::with_capacity(n), Vec::with_capacity(n * k));
        let mut found = Harvest { kept, weights, ..Harvest::default() };
        for segment in 0..half.segments.len() {
            for (slot, held) in half.held_in(segment).filter(|(_, held)| self.counts(held)) {
                let states = half.states(slot);
                let moved = self.moves(states, &held);
                let stays = moved > 0.0 && bucket(moved) >= least;
                let mass = f64::from(held.df) * f64::from(self.idf(held.df)).powi(2);
                let of_kind = &mut found.masses[usize::from(held.kind == TermKind::Char)];
                of_kind[0] += mass;
                if stays {
                    of_kind[1] += mass;
                    let from = found.weights.len();
                    found.weights.resize(from + k, 0.0);
                    self.order.weights(|label| self.rates.weight(states[label]), &mut found.weights[from..]);
                    let HeldTerm { hash, df, text, kind, .. } = held;
                    found.kept.push(Kept { hash, df, text, kind });
                }
            }
            half.drop_segment(segment);
        }
        found
    }
}

/// The terms of the model with their weights.
fn terms(params: &StreamParams, order: &Order, learner: &mut Learner) -> Result<(TfidfVectorizer, Vec<f32>)> {
    let features = &params.pipeline.features;
    let k = order.n_outputs;
    let choice = Choice { params, order, rates: learner.rates, n: learner.n_learned as usize };
    let surveys: Vec<Survey> = learner.halves.par_iter().map(|half| choice.survey(half)).collect();
    let sum = |of: fn(&Survey) -> usize| surveys.iter().map(of).sum::<usize>();
    let (n_weighty, n_bytes) = (sum(|s| s.n_weighty), sum(|s| s.n_bytes));
    if sum(|s| s.n_frequent) == 0 {
        let (min_df, max_df) = (features.min_df, features.max_df);
        return Err(Error::EmptyVocabulary { n_terms: sum(|s| s.n_held), n_samples: choice.n, min_df, max_df });
    }
    if n_weighty == 0 {
        let l1 = params.pipeline.ftrl().map_or(0.0, |ftrl| ftrl.l1);
        return Err(Error::param("l1", l1, "less, since not one weight is other than 0"));
    }
    let most = params.max_terms(k, n_bytes as f64 / n_weighty as f64);
    let buckets: Vec<u32> = (0..1 << 16).map(|bucket| surveys.iter().map(|s| s.buckets[bucket]).sum()).collect();
    let least = least_bucket(&buckets, most);
    let halves = learner.halves.par_iter_mut().zip(&surveys);
    let mut found: Vec<Harvest> = halves.map(|(half, survey)| choice.harvest(half, survey, least)).collect();
    drop(surveys);
    // Terms are numbered half after half.
    let starts: Vec<usize> =
        found.iter().scan(0, |next, harvest| Some(std::mem::replace(next, *next + harvest.kept.len()))).collect();
    let weights: Vec<Vec<f32>> = found.iter_mut().map(|harvest| std::mem::take(&mut harvest.weights)).collect();
    let place = |term: u32| {
        let half = starts.partition_point(|&start| start <= term as usize) - 1;
        (half, term as usize - starts[half])
    };
    let of = |term: u32| {
        let (half, at) = place(term);
        &found[half].kept[at]
    };
    // Words first, and within each kind the more frequent first.
    let mut columns: Vec<u32> = (0..found.iter().map(|harvest| harvest.kept.len() as u32).sum()).collect();
    columns.par_sort_unstable_by_key(|&c| {
        let &Kept { hash, df, kind, .. } = of(c);
        (kind, u32::MAX - df, hash)
    });
    // The rest of an article will be scaled up to length 1, so that weights are scaled down.
    let scale = [0, 1].map(|kind| {
        let mass = |which: usize| found.iter().map(|harvest| harvest.masses[kind][which]).sum::<f64>();
        if mass(0) > 0.0 { (mass(1) / mass(0)).sqrt() as f32 } else { 1.0 }
    });
    let mut by_column = Vec::with_capacity(columns.len() * k);
    for &c in &columns {
        let (half, at) = place(c);
        let scale = scale[usize::from(of(c).kind == TermKind::Char)];
        by_column.extend(weights[half][at * k..(at + 1) * k].iter().map(|w| w * scale));
    }
    drop(weights);
    let n_words = columns.partition_point(|&c| of(c).kind == TermKind::Word);
    let hashes: Vec<u64> = columns.iter().map(|&c| of(c).hash).collect();
    let idf = columns.iter().map(|&c| choice.idf(of(c).df)).collect();
    let written = columns.iter().map(|&c| {
        let (half, at) = place(c);
        let bytes = learner.halves[half].arena.get(found[half].kept[at].text).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    });
    let vocabulary = Vocabulary::new(&hashes, written, n_words);
    let weighting = Weighting { params: features.tfidf, idf, n_words };
    Ok((TfidfVectorizer { analyzer: params.pipeline.analyzer.clone(), vocabulary, weighting }, by_column))
}

/// How many of a term's states are of labels.
fn used(order: &Order) -> usize {
    if order.n_outputs == 1 { 1 } else { order.class_of.len() }
}

fn largest(rates: Rates, states: &[State]) -> f32 {
    states.iter().fold(0.0f32, |most, &state| most.max(rates.weight(state).abs()))
}

/// The upper bits of a number above 0: larger numbers have larger ones.
fn bucket(value: f32) -> usize {
    (value.to_bits() >> 15) as usize
}

/// The bucket from which on there are no more than `most`.
fn least_bucket(buckets: &[u32], most: usize) -> usize {
    let mut n = 0;
    let fits = |&b: &usize| {
        n += buckets[b] as usize;
        n <= most
    };
    (0..buckets.len()).rev().take_while(fits).last().unwrap_or(buckets.len() - 1)
}

/// Probabilities, thresholds and what is familiar, from articles that were not learned.
fn answers<'a>(model: &mut Pipeline, order: &Order, rows: impl Iterator<Item = &'a HeldRow>) -> Result<()> {
    let (task, n_classes) = (model.task, order.labels.len());
    let (mut scores, mut seen) = (Vec::new(), Vec::new());
    let (mut classes, mut flags) = (Vec::new(), Vec::new());
    let mut entries: Vec<Entry> = Vec::new();
    for row in rows {
        let known = |&(hash, count): &(u64, u32)| {
            let column = model.vectorizer.vocabulary.lookup(hash)?;
            Some(Entry { column, value: count as f32 })
        };
        entries.clear();
        entries.extend(row.terms.iter().filter_map(known));
        entries.sort_unstable_by_key(|e| e.column);
        model.vectorizer.weighting.apply_row(&mut entries);
        let from = scores.len();
        scores.resize(from + n_classes, 0.0);
        model.model.scores(&entries, &mut scores[from..]);
        let share = if row.terms.is_empty() { 0.0 } else { entries.len() as f64 / row.terms.len() as f64 };
        seen.push((share, row.terms.len(), row.language));
        let gold = row.gold.iter().map(|&number| order.class_of[number as usize]);
        match task {
            Task::One => classes.extend(gold),
            Task::Several => {
                let from = flags.len();
                flags.resize(from + n_classes, false);
                gold.for_each(|class| flags[from + class as usize] = true);
            }
        }
    }
    let gold = match task {
        Task::One => Targets::One { n_classes, classes },
        Task::Several => Targets::Several { n_classes, flags },
    };
    let (calibration, probabilities) = calibrated(&scores, &gold, model.params.calibration.method, false)?;
    model.decision = Decision::fit(&probabilities, &gold, &serving(&model.params.decision, false))?;
    model.calibration = calibration;
    let step = model.training.n_samples.div_ceil(seen.len());
    model.familiarity = Familiarity::of_sample(&seen, step, true);
    model.training.n_calibration = seen.len();
    Ok(())
}
