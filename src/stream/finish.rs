//! From what was learned to a model.

use std::sync::Arc;

use crate::calibration::Calibration;
use crate::classifier::{LinearModel, Rates, State, check_support, n_outputs};
use crate::decision::Decision;
use crate::error::{Error, Result};
use crate::features::{Entry, TfidfVectorizer, Vocabulary, Weighting};
use crate::label::{LabelSet, Targets, Task};
use crate::pipeline::{Familiarity, Pipeline, Training, calibrated, serving};
use crate::stream::dictionary::HeldTerm;
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
    /// Where it is written.
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
    learner.dictionary.settle();
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

/// The terms of the model with their weights.
fn terms(params: &StreamParams, order: &Order, learner: &mut Learner) -> Result<(TfidfVectorizer, Vec<f32>)> {
    let features = &params.pipeline.features;
    let (rates, n, k) = (learner.rates, learner.n_learned, order.n_outputs);
    let idf = |df: u32| features.tfidf.idf.of(n as usize, df);
    let counts = |held: &HeldTerm| held.df >= features.min_df && held.text != 0;
    // How much a term moves scores: as compressing ranks them.
    let moves = |states: &[State], held: &HeldTerm| {
        let largest = largest(rates, &states[..used(order)]);
        largest * idf(held.df) * (held.df as f32).sqrt()
    };
    let mut buckets = vec![0u32; 1 << 16];
    let (mut n_held, mut n_frequent, mut n_weighty, mut n_bytes) = (0usize, 0usize, 0usize, 0usize);
    for (slot, held) in learner.dictionary.held() {
        n_held += 1;
        if !counts(&held) {
            continue;
        }
        n_frequent += 1;
        let moved = moves(learner.dictionary.states(slot), &held);
        if moved > 0.0 {
            n_weighty += 1;
            n_bytes += learner.dictionary.arena.get(held.text).map_or(0, <[u8]>::len);
            buckets[bucket(moved)] += 1;
        }
    }
    if n_frequent == 0 {
        let (min_df, max_df) = (features.min_df, features.max_df);
        return Err(Error::EmptyVocabulary { n_terms: n_held, n_samples: n as usize, min_df, max_df });
    }
    if n_weighty == 0 {
        let l1 = params.pipeline.ftrl().map_or(0.0, |ftrl| ftrl.l1);
        return Err(Error::param("l1", l1, "less, since not one weight is other than 0"));
    }
    let most = params.max_terms(k, n_bytes as f64 / n_weighty as f64);
    let least = least_bucket(&buckets, most);
    drop(buckets);
    let mut kept: Vec<Kept> = Vec::with_capacity(n_weighty.min(most));
    let mut weights = Vec::with_capacity(n_weighty.min(most) * k);
    // What there is of terms, and what stays of it: of words and of characters, which are scaled apart.
    let mut masses = [[0f64; 2]; 2];
    for segment in 0..learner.dictionary.segments.len() {
        for (slot, held) in learner.dictionary.held_in(segment).filter(|(_, held)| counts(held)) {
            let states = learner.dictionary.states(slot);
            let moved = moves(states, &held);
            let stays = moved > 0.0 && bucket(moved) >= least;
            let mass = f64::from(held.df) * f64::from(idf(held.df)).powi(2);
            let of_kind = &mut masses[usize::from(held.kind == TermKind::Char)];
            of_kind[0] += mass;
            if stays {
                of_kind[1] += mass;
                weights.resize(weights.len() + k, 0.0);
                let from = weights.len() - k;
                order.weights(|number| rates.weight(states[number]), &mut weights[from..]);
                kept.push(Kept { hash: held.hash, df: held.df, text: held.text, kind: held.kind });
            }
        }
        learner.dictionary.drop_segment(segment);
    }
    // Words first, and within each kind the more frequent first.
    let mut columns: Vec<u32> = (0..kept.len() as u32).collect();
    columns.sort_unstable_by_key(|&c| {
        let Kept { hash, df, kind, .. } = kept[c as usize];
        (kind, u32::MAX - df, hash)
    });
    // The rest of an article will be scaled up to length 1, so that weights are scaled down.
    let scale = masses.map(|[all, stay]| if all > 0.0 { (stay / all).sqrt() as f32 } else { 1.0 });
    let by_column = columns.iter().flat_map(|&c| {
        let scale = scale[usize::from(kept[c as usize].kind == TermKind::Char)];
        weights[c as usize * k..(c as usize + 1) * k].iter().map(move |w| w * scale)
    });
    let by_column: Vec<f32> = by_column.collect();
    drop(weights);
    let n_words = columns.partition_point(|&c| kept[c as usize].kind == TermKind::Word);
    let hashes: Vec<u64> = columns.iter().map(|&c| kept[c as usize].hash).collect();
    let idf = columns.iter().map(|&c| idf(kept[c as usize].df)).collect();
    let arena = std::mem::take(&mut learner.dictionary.arena);
    let written = columns
        .iter()
        .map(|&c| std::str::from_utf8(arena.get(kept[c as usize].text).unwrap_or_default()).unwrap_or_default());
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
