//! The words that speak for and against the labels of an article.

use std::collections::BTreeMap;

use slantwise::{Article, Pipeline, Prediction, Task, WordEvidence};

use super::one_line;

/// Words shown on each side.
const SHOWN: usize = 4;
/// Labels whose words are shown.
const LABELS: usize = 3;

/// The words that count most for a label that was given.
#[derive(Debug)]
pub(in crate::cli::output) struct Words {
    pub(super) label: String,
    pub(super) speak_for: Vec<String>,
    /// Empty for several labels: that a word speaks against one of them says little.
    pub(super) against: Vec<String>,
}

/// The words behind the labels that were given, the most probable labels first; nothing where the model abstains.
pub(in crate::cli::output) fn of(model: &Pipeline, article: &Article, prediction: &Prediction) -> Vec<Words> {
    if prediction.abstention().is_some() {
        return Vec::new();
    }
    let of_label = |label: &str| {
        let words = by_word(article, &model.explain_words(article, label)?);
        let strongest = |sign: f64| {
            let mut side: Vec<&(String, f64)> = words.iter().filter(|(_, sum)| sum * sign > 0.0).collect();
            side.sort_by(|a, b| (b.1 * sign).total_cmp(&(a.1 * sign)));
            side.into_iter().take(SHOWN).map(|(word, _)| word.clone()).collect()
        };
        let against = if model.task() == Task::One { strongest(-1.0) } else { Vec::new() };
        Some(Words { label: label.to_string(), speak_for: strongest(1.0), against })
    };
    prediction.labels().into_iter().take(LABELS).filter_map(of_label).collect()
}

/// Every word but for function words, once, as it is first written, with what it adds in all its places.
fn by_word(article: &Article, words: &[WordEvidence]) -> Vec<(String, f64)> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut found: Vec<(String, f64)> = Vec::new();
    for WordEvidence { span, contribution, .. } in words.iter().filter(|word| !word.is_function_word) {
        let written = one_line(span.of(article));
        let place = *places.entry(written.to_lowercase()).or_insert(found.len());
        match found.get_mut(place) {
            Some((_, sum)) => *sum += contribution,
            None => found.push((written, *contribution)),
        }
    }
    found
}
