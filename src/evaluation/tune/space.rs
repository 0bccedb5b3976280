//! What is searched: sets of features, and what learns from them.

use crate::classifier::{Blend, ClassWeight, Classifier, Member, Terms};
use crate::label::Task;
use crate::params::Params;
use crate::pipeline::PipelineParams;
use crate::text::{CharParams, WordParams};

/// Characters are left out of the search past this much text: they take some twenty times the memory of the text.
const CHARS_UP_TO: usize = 80 << 20;

/// What the space depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) task: Task,
    /// Bytes of title and text.
    pub(super) bytes: usize,
    pub(super) n_samples: usize,
    /// The share of the texts that cleaning masks.
    pub(super) masked: f64,
}

/// Where cleaning masks less, reading all of an article is nothing else to try.
const MASKS_LITTLE: f64 = 0.002;

impl Shape {
    /// Whether there is memory for characters.
    pub(super) fn takes_chars(self) -> bool {
        self.bytes <= CHARS_UP_TO
    }
}

/// Sets of features to begin with: what is read, words, characters, punctuation. The base parameters come first.
pub(super) fn feature_sets(base: &PipelineParams, shape: Shape) -> Vec<PipelineParams> {
    let words = |max: u8, punctuation: bool| {
        Some(WordParams { ngram_range: (1, max), punctuation, one_letter: punctuation, ..WordParams::default() })
    };
    let chars = |min: u8, max: u8| Some(CharParams { ngram_range: (min, max) });
    let mut sets = vec![base.clone()];
    let mut push = |words: Option<WordParams>, chars: Option<CharParams>| {
        let mut set = base.clone();
        set.analyzer.words = words;
        set.analyzer.chars = chars;
        if !sets.contains(&set) {
            sets.push(set);
        }
    };
    push(words(2, false), None);
    push(words(3, true), None);
    push(words(1, false), None);
    push(words(3, false), None);
    if shape.takes_chars() {
        push(words(2, false), chars(2, 5));
        push(words(3, true), chars(2, 5));
        push(None, chars(2, 5));
    }
    // What surrounds an article can be part of what is asked for (newsgroups, agency copy).
    let with_all: Vec<PipelineParams> = sets
        .iter()
        .filter(|set| set.reading.clean.is_some() && shape.masked >= MASKS_LITTLE)
        .map(|set| {
            let mut set = set.clone();
            set.reading.clean = None;
            set.reading.repeated_lines = None;
            set
        })
        .collect();
    sets.extend(with_all);
    sets
}

/// Few classifiers that tell good features from bad ones.
pub(super) fn probes(shape: Shape) -> Vec<Classifier> {
    let weight = default_weight(shape);
    [Classifier::svm().c(0.5), Classifier::logistic().c(10.0), Classifier::nb_svm().c(0.5)]
        .into_iter()
        .map(|mut classifier| {
            classifier.set_class_weight(weight.clone());
            classifier
        })
        .collect()
}

/// Where each label is rare, both answers count alike from the start.
fn default_weight(shape: Shape) -> ClassWeight {
    if shape.task == Task::Several { ClassWeight::Balanced } else { ClassWeight::None }
}

/// What holds up best where groups are new: logistic regression, a point or two ahead of the SVM on outlets that training
/// has not seen.
pub(super) fn steady() -> Classifier {
    Classifier::logistic().c(3.0)
}

/// All classifiers that are tried on the best features.
/// Class weights are left out where classes are balanced anyway.
pub(super) fn grid(balanced: bool) -> Vec<Classifier> {
    let mut all = Vec::new();
    let weights = if balanced { vec![ClassWeight::None] } else { vec![ClassWeight::None, ClassWeight::Balanced] };
    for weight in weights {
        let kinds = [
            (Classifier::svm(), [0.05, 0.15, 0.5, 1.5]),
            (Classifier::logistic(), [1.0, 3.0, 10.0, 30.0]),
            (Classifier::nb_svm(), [0.05, 0.15, 0.5, 1.5]),
        ];
        for (kind, cs) in kinds {
            for c in cs {
                let mut classifier = kind.clone().c(c);
                classifier.set_class_weight(weight.clone());
                all.push(classifier);
            }
        }
    }
    all
}

/// Blends of the best classifiers of words, of characters and of all terms; they need a set of features with both.
pub(super) fn blends(words: &Classifier, chars: &Classifier, all: Option<&Classifier>) -> Vec<Classifier> {
    let member = |terms, classifier: &Classifier| Member { terms, classifier: classifier.clone() };
    let blend = |members| Classifier::Blend(Params(Blend { members }));
    let pair = vec![member(Terms::Words, words), member(Terms::Chars, chars)];
    let mut found = vec![blend(pair.clone())];
    let mut bayes = Classifier::nb_svm().c(0.5);
    if let Some(weight) = words.class_weight() {
        bayes.set_class_weight(weight.clone());
    }
    if bayes != *words {
        found.push(blend(vec![member(Terms::Words, &bayes), member(Terms::Chars, chars)]));
    }
    if let Some(all) = all {
        found.push(blend([pair, vec![member(Terms::All, all)]].concat()));
        found.push(blend(vec![member(Terms::Words, &bayes), member(Terms::All, all)]));
    }
    found
}

/// Neighbours of a good setting, each one step away.
pub(super) fn neighbours(of: &PipelineParams, c: f64) -> Vec<PipelineParams> {
    let mut found = Vec::new();
    let mut push = |change: &dyn Fn(&mut PipelineParams)| {
        let mut params = of.clone();
        change(&mut params);
        if params != *of && params.check().is_ok() {
            found.push(params);
        }
    };
    push(&|p| _ = p.classifier.set_c(c / 1.8));
    push(&|p| _ = p.classifier.set_c(c * 1.8));
    push(&|p| p.features.min_df = if p.features.min_df == 1 { 2 } else { 1 });
    push(&|p| p.features.min_df += if p.features.min_df < 3 { 2 } else { 0 });
    push(&|p| p.features.max_df = 0.5);
    push(&|p| {
        let quotes = p.reading.quotes;
        p.reading.quotes = if quotes == crate::Quotes::Same { crate::Quotes::Apart } else { crate::Quotes::Same };
    });
    push(&|p| {
        if let Some(words) = &mut p.analyzer.words {
            words.punctuation = !words.punctuation;
            words.one_letter = words.punctuation;
        }
    });
    push(&|p| {
        if let Some(words) = &mut p.analyzer.words {
            words.ngram_range.1 = if words.ngram_range.1 > 2 { 2 } else { 3 };
        }
    });
    push(&|p| {
        if let Some(chars) = &mut p.analyzer.chars {
            chars.ngram_range.1 = if chars.ngram_range.1 > 5 { 4 } else { 6 };
        }
    });
    push(&|p| {
        if let Some(chars) = &mut p.analyzer.chars {
            chars.ngram_range.0 = 3;
        }
    });
    found
}
