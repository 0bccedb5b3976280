//! One half of the terms under learning.

use std::ops::Range;

use crate::article::Example;
use crate::classifier::{Rates, State, Step};
use crate::features::{FeatureParams, Idf, sublinear};
use crate::stream::dictionary::{Dictionary, Held};
use crate::stream::row::{Row, Terms};
use crate::text::{Analyzer, AnalyzerParams, TermKind};

/// Terms whose places in memory are fetched together.
const AHEAD: usize = 128;

/// A row that is to be learned.
pub(super) struct Lesson<'a> {
    pub(super) example: &'a Example,
    pub(super) row: &'a Row,
    /// The numbers of its labels, ascending.
    pub(super) gold: Vec<u32>,
    pub(super) weight: f32,
    /// Articles learned with it.
    pub(super) n_learned: u64,
}

/// What holds for all rows that are learned together.
#[derive(Clone, Copy)]
pub(super) struct Course<'a> {
    pub(super) rates: Rates,
    pub(super) features: &'a FeatureParams,
    pub(super) n_outputs: usize,
    /// Whether each row has one class.
    pub(super) is_one: bool,
    /// Whether terms are counted and admitted.
    pub(super) first_pass: bool,
}

impl Course<'_> {
    /// How many sums tell of a row's half: for words and characters the sum of squares, then for each output the score.
    pub(super) fn n_sums(&self) -> usize {
        2 * (1 + self.n_outputs)
    }

    fn has(&self, lesson: &Lesson<'_>, output: usize) -> bool {
        match (self.is_one, &lesson.gold[..]) {
            (true, &[class, ..]) if self.n_outputs == 1 => class == 1,
            (true, &[class, ..]) => class as usize == output,
            (_, gold) => gold.binary_search(&(output as u32)).is_ok(),
        }
    }
}

/// The buffers of a half.
pub(super) struct Work {
    step: Step,
    /// Values of words; those of characters follow.
    n_words: usize,
    /// What the row's values and weights come to, and what they are together with the other half's.
    pub(super) sums: Vec<f32>,
    gradients: Vec<f32>,
    /// The intercepts: both halves learn them alike.
    pub(super) biases: Vec<State>,
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
    pub(super) fn new(params: &AnalyzerParams) -> Work {
        Work {
            step: Step::default(),
            n_words: 0,
            sums: Vec::new(),
            gradients: Vec::new(),
            biases: Vec::new(),
            entries: Vec::new(),
            misses: Vec::new(),
            promoted: Vec::new(),
            places: Vec::with_capacity(AHEAD),
            analyzer: Analyzer::new(params),
            written: Vec::new(),
        }
    }
}

/// A half with its buffers, for the rows of a course.
pub(super) struct Half<'a> {
    pub(super) dictionary: &'a mut Dictionary,
    pub(super) work: &'a mut Work,
    pub(super) course: Course<'a>,
}

impl Half<'_> {
    /// Looks a row's terms up: those that count become values, those that are not held are noted. Then sums tell what they come to.
    pub(super) fn read(&mut self, lesson: &Lesson<'_>) {
        self.gather(lesson);
        let (course, work) = (self.course, &mut *self.work);
        work.step.weigh(course.rates);
        work.sums.clear();
        work.sums.resize(course.n_sums(), 0.0);
        let (squares, scores) = work.sums.split_at_mut(2);
        let blocks = blocks(work.n_words, &work.step);
        for ((block, square), scores) in blocks.into_iter().zip(squares).zip(scores.chunks_exact_mut(course.n_outputs))
        {
            *square = work.step.square(block.clone());
            work.step.scores(block, scores);
        }
    }

    /// Learns a row, once `sums` are those of both halves.
    pub(super) fn learn(&mut self, lesson: &Lesson<'_>) {
        let (course, work) = (self.course, &mut *self.work);
        let k = course.n_outputs;
        let (squares, scores) = work.sums.split_at(2);
        // Values are scaled to length 1, words and characters apart.
        let scale = |square: f32| if course.features.tfidf.l2 && square > 0.0 { 1.0 / square.sqrt() } else { 1.0 };
        let (words, chars) = (scale(squares[0]), scale(squares[1]));
        let (of_words, of_chars) = scores.split_at(k);
        work.gradients.clear();
        work.gradients
            .extend(of_words.iter().zip(of_chars).map(|(of_words, of_chars)| words * of_words + chars * of_chars));
        let has = |output| course.has(lesson, output);
        course.rates.gradients(&mut work.biases, &mut work.gradients, has, lesson.weight);
        for (block, scale) in blocks(work.n_words, &work.step).into_iter().zip([words, chars]) {
            // What is not scaled by its length has its gradient scaled instead.
            let scaled = &mut work.sums[2..2 + k];
            scaled.iter_mut().zip(&work.gradients).for_each(|(scaled, g)| *scaled = g * scale);
            work.step.learn(course.rates, block, scaled);
        }
        for (&(held, hash), learned) in work.entries.iter().zip(work.step.states(k)) {
            self.dictionary.weights_mut(held).iter_mut().zip(learned).for_each(|(state, learned)| *state = learned);
            if course.first_pass && held.slot().is_some() {
                // What is promoted takes a place in front of a term that the row may have learned, but not before its own turn.
                work.promoted.push((held, hash));
            }
        }
        for (held, hash) in work.promoted.drain(..) {
            self.dictionary.promote(held, hash);
        }
        self.admit(lesson);
    }

    fn terms<'r>(&self, lesson: &Lesson<'r>) -> &'r Terms {
        &lesson.row.terms[self.dictionary.half]
    }

    fn gather(&mut self, lesson: &Lesson<'_>) {
        let terms = self.terms(lesson);
        let Course { features, first_pass, .. } = self.course;
        let Work { step, n_words, entries, misses, places, analyzer, written, .. } = &mut *self.work;
        entries.clear();
        misses.clear();
        step.clear();
        *n_words = 0;
        let of_all = 1.0 + ln(1 + lesson.n_learned);
        for (from, chunk) in (0..).step_by(AHEAD).zip(terms.all.chunks(AHEAD)) {
            self.dictionary.find_all(chunk.iter().map(|term| term.hash), places);
            for ((place, &term), held) in (from..).zip(chunk).zip(places.iter()) {
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
                    || lesson.row.spell(term, terms.kind(place), &lesson.example.article, analyzer, written)
                        && held.slot().is_some_and(|slot| self.dictionary.write(slot, written));
                if !is_written {
                    continue;
                }
                let tf = if features.tfidf.sublinear_tf { sublinear(term.count as f32) } else { term.count as f32 };
                let idf = match features.tfidf.idf {
                    Idf::Smooth => of_all - ln(1 + u64::from(df)),
                    Idf::None => 1.0,
                };
                *n_words += usize::from(terms.kind(place) == TermKind::Word);
                entries.push((held, term.hash));
                step.push(tf * idf, self.dictionary.weights(held));
            }
        }
    }

    /// Offers the dictionary the row's terms that it doesn't hold; after learning, as a new term may take the slot of one that was learned.
    fn admit(&mut self, lesson: &Lesson<'_>) {
        let terms = self.terms(lesson);
        let Work { misses, analyzer, written, .. } = &mut *self.work;
        for &place in misses.iter() {
            let (term, kind) = (terms.all[place as usize], terms.kind(place as usize));
            let slot = self.dictionary.offer(term.hash, kind);
            if let Some(slot) = slot.filter(|_| self.course.features.min_df == 1)
                && lesson.row.spell(term, kind, &lesson.example.article, analyzer, written)
            {
                self.dictionary.write(slot, written);
            }
        }
    }
}

/// The values of words and of characters.
fn blocks(n_words: usize, step: &Step) -> [Range<usize>; 2] {
    [0..n_words, n_words..step.values().len()]
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
    use crate::article::{Article, Gold};
    use crate::classifier::Ftrl;
    use crate::features::TfidfParams;
    use crate::stream::dictionary::MIN_SETS;
    use crate::stream::learner::{halves, in_turns};
    use crate::stream::row::Counter;
    use crate::text::{CharParams, Reader, ReadingParams, WordParams};

    #[test]
    fn two_halves_learn_what_one_row_of_length_one_would() {
        let analyzer = AnalyzerParams {
            words: Some(WordParams { ngram_range: (1, 2), ..WordParams::default() }),
            chars: Some(CharParams { ngram_range: (2, 3) }),
            ..AnalyzerParams::default()
        };
        let article = Article::from_text("arms and more arms for a town in the hills and the towns of the plain");
        let example = Example { article, gold: Gold::One("a".to_string()), spans: Vec::new() };
        let mut row = Row::default();
        let reader = Reader::new(&ReadingParams::everything()).unwrap();
        row.read(&mut Counter::new(Analyzer::new(&analyzer)), &reader, &example.article, 0);
        assert!(row.terms.iter().all(|half| half.n_words > 3 && half.all.len() > half.n_words + 3));
        let tfidf = TfidfParams { sublinear_tf: false, idf: Idf::None, l2: true };
        let features = FeatureParams { tfidf, min_df: 1, ..FeatureParams::default() };
        let rates = Rates::new(&Ftrl { alpha: 0.5, ..Ftrl::default() });
        let course = Course { rates, features: &features, n_outputs: 3, is_one: true, first_pass: true };
        let [mut a, mut b] = halves(MIN_SETS, 3, [1, 2]);
        let (mut work_a, mut work_b) = (Work::new(&analyzer), Work::new(&analyzer));
        for work in [&mut work_a, &mut work_b] {
            work.biases = vec![0; 3];
        }

        // The same, as one row: words and characters each of length 1.
        let kinds = row.terms.iter().flat_map(|half| (0..half.all.len()).map(|place| half.kind(place)));
        let terms: Vec<(u64, f32, TermKind)> =
            row.all().zip(kinds).map(|(term, kind)| (term.hash, term.count as f32, kind)).collect();
        let norm = |kind| terms.iter().filter(|term| term.2 == kind).map(|term| term.1 * term.1).sum::<f32>().sqrt();
        let mut states = vec![0; 3 * terms.len()];
        let mut biases = vec![0; 3];

        // The first time terms are taken in, not learned: the intercepts alone learn.
        for (round, class) in [0u32, 2, 1, 2, 0].into_iter().enumerate() {
            let lesson = Lesson { example: &example, row: &row, gold: vec![class], weight: 1.5, n_learned: 1 };
            let mut first = Half { dictionary: &mut a, work: &mut work_a, course };
            let mut second = Half { dictionary: &mut b, work: &mut work_b, course };
            in_turns(&mut first, &mut second, &lesson);
            let mut step = Step::default();
            if round > 0 {
                let values = terms.iter().map(|&(_, count, kind)| count / norm(kind));
                values.zip(states.chunks(3)).for_each(|(value, states)| step.push(value, states));
            }
            step.learn_row(rates, &mut biases, |output| output == class as usize, 1.5);
            if round > 0 {
                states = step.states(3).flatten().collect();
            }
        }
        let mut places = Vec::new();
        for half in [&a, &b] {
            let own = &row.terms[half.half].all;
            half.find_all(own.iter().map(|term| term.hash), &mut places);
            for (term, held) in own.iter().zip(&places) {
                let at = terms.iter().position(|other| other.0 == term.hash).unwrap();
                for (&found, &expected) in half.weights(held.unwrap()).iter().zip(&states[3 * at..]) {
                    let (found, expected) = (rates.weight(found), rates.weight(expected));
                    assert!((found - expected).abs() < 1e-4 && expected != 0.0, "{found} {expected}");
                }
            }
        }
        assert_eq!(work_a.biases, work_b.biases);
        for (&found, &expected) in work_a.biases.iter().zip(&biases) {
            assert!((rates.intercept(found) - rates.intercept(expected)).abs() < 1e-4);
        }
    }

    #[test]
    fn logarithms_are_close() {
        for n in (1..5000).chain([8191, 8193, 65_535, 1 << 20, (1 << 31) + 12_345, u64::MAX]) {
            assert!((f64::from(ln(n)) - (n as f64).ln()).abs() < 3e-4, "{n}: {}", ln(n));
        }
    }
}
