//! Whether an article is of the kind that a model was trained on.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::article::Article;
use crate::corpus::Corpus;
use crate::decision::Abstention;
use crate::pipeline::Pipeline;
use crate::text::language::Language;

/// Training articles that are looked at.
const SAMPLE: usize = 2000;
/// The share of the training articles that may look unfamiliar.
const UNFAMILIAR: f64 = 0.005;
/// The share of the training articles whose language is looked at twice.
const DOUBTFUL: f64 = 0.25;
/// A language with a smaller share of the training articles was hardly trained on.
const HARDLY: f64 = 0.005;

/// What texts of the known kind look like: the share of their terms that the model knows, how many they have, and
/// their languages.
///
/// The share of a training article is taken as if the article had not been there: a term counts as known where `min_df` other
/// articles, or one at least, have it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Familiarity {
    /// All but one training article in two hundred have a larger share of known terms.
    least: f64,
    /// A quarter of the training articles have a smaller one.
    doubtful: f64,
    /// Half of the distinct terms that all but one training article in two hundred have.
    #[serde(default)]
    fewest: usize,
    /// Training articles by language, where there were any.
    languages: BTreeMap<String, usize>,
}

impl Familiarity {
    /// What the training articles of a model look like to it.
    pub(crate) fn fit(model: &Pipeline, corpus: &Corpus) -> Familiarity {
        let examples = corpus.examples();
        let step = examples.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<&Article> = examples.iter().step_by(step).map(|example| &example.article).collect();
        let seen: Vec<(f64, usize, Language)> = sample
            .par_iter()
            .map_init(
                || model.buffer(),
                |buffer, article| {
                    model.read_passage(buffer, &model.reader.stretches(article));
                    (buffer.share_known(), buffer.n_terms, article.language())
                },
            )
            .collect();
        // A model that keeps every term knows all of its training articles: that says nothing about others.
        let informative = model.params.features.min_df > 1 && model.params.features.select.is_none();
        Familiarity::of_sample(&seen, step, informative)
    }

    /// What a sample looks like: the share of known terms, how many there are, and the language of each article. Each stands
    /// for `step` training articles. `informative` says whether what a model knows of these tells what it knows of others.
    pub(crate) fn of_sample(seen: &[(f64, usize, Language)], step: usize, informative: bool) -> Familiarity {
        let mut languages = BTreeMap::new();
        for (.., language) in seen.iter().filter(|(.., language)| *language != Language::Unknown) {
            *languages.entry(language.code().to_string()).or_insert(0) += step;
        }
        let mut shares: Vec<f64> = seen.iter().map(|(share, ..)| *share).collect();
        shares.sort_by(f64::total_cmp);
        let quantile = |q: f64| shares.get((q * shares.len() as f64) as usize).copied().unwrap_or(0.0);
        let mut lengths: Vec<usize> = seen.iter().map(|(_, length, _)| *length).collect();
        lengths.sort_unstable();
        let fewest = lengths.get((UNFAMILIAR * lengths.len() as f64) as usize).map_or(0, |length| length / 2);
        let least = if informative { quantile(UNFAMILIAR) / 2.0 } else { 0.0 };
        Familiarity { least, doubtful: if informative { quantile(DOUBTFUL) } else { 1.0 }, fewest, languages }
    }

    /// What is left to know where a model forgets terms: so much of what an article's known terms are.
    pub(crate) fn know_less(&mut self, share: f64) {
        self.least *= share;
        if self.doubtful < 1.0 {
            self.doubtful *= share;
        }
    }

    /// Why an article is not of the kind that was trained on, where it is not.
    pub(crate) fn objection(&self, article: &Article, n_terms: usize, n_known: usize) -> Option<Abstention> {
        if n_terms == 0 {
            return Some(Abstention::NoText);
        }
        let share_known = n_known as f64 / n_terms as f64;
        if n_terms < self.fewest {
            return Some(Abstention::TooShort { terms: n_terms, needed: self.fewest });
        }
        if share_known < self.least || share_known == 0.0 {
            return Some(Abstention::UnknownText { known: share_known, needed: self.least });
        }
        if self.languages.is_empty() || (share_known >= self.doubtful && article.lang().is_none()) {
            return None;
        }
        let language = article.language();
        let all: usize = self.languages.values().sum();
        let trained = self.languages.get(language.code()).copied().unwrap_or(0);
        if language == Language::Unknown || trained as f64 >= HARDLY * all as f64 {
            return None;
        }
        let trained = self.languages.keys().cloned().collect();
        Some(Abstention::UnknownLanguage { language: language.code().to_string(), trained })
    }

    /// Checks what a file can't promise.
    pub(crate) fn is_valid(&self) -> bool {
        (0.0..=1.0).contains(&self.least) && (0.0..=1.0).contains(&self.doubtful)
    }
}
