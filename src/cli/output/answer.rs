//! What a model says about an article, as far as it is written.

use rayon::prelude::*;
use slantwise::{Article, Evidence, EvidenceSpan, Pipeline, Prediction, SentencePrediction, Unit};

use super::Format;
use super::text::words::{self, Words};

/// What one model says about an article.
#[derive(Debug)]
pub(in crate::cli) struct Answer {
    pub(super) prediction: Prediction,
    /// `None` where none was asked for.
    pub(super) evidence: Option<Vec<Evidence>>,
    /// The words behind the labels, for people.
    pub(super) words: Vec<Words>,
    /// `None` where the model judges articles, or a row has no place for sentences.
    pub(super) sentences: Option<Vec<(SentencePrediction, Vec<EvidenceSpan>)>>,
}

/// What is written of an answer besides labels and probabilities.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Wanted {
    pub(in crate::cli) format: Format,
    /// The number of terms of evidence for each label.
    pub(in crate::cli) evidence: Option<usize>,
}

impl Answer {
    fn new(prediction: Prediction, evidence: Option<Vec<Evidence>>) -> Answer {
        Answer { prediction, evidence, words: Vec::new(), sentences: None }
    }

    /// A model's answers to articles, in their order.
    pub(in crate::cli) fn all(model: &Pipeline, articles: &[Article], wanted: Wanted) -> Vec<Answer> {
        let mut answers: Vec<Answer> = match wanted.evidence {
            Some(k) => model.explain_batch(articles, k).into_iter().map(|(p, e)| Answer::new(p, Some(e))).collect(),
            None => model.predict_batch(articles).into_iter().map(|p| Answer::new(p, None)).collect(),
        };
        let by_sentence = model.fitted_params().unit == Unit::Sentence;
        answers.par_iter_mut().zip(articles).for_each(|(answer, article)| {
            if by_sentence && wanted.format != Format::Csv {
                answer.sentences = Some(model.explain_sentences(article));
            } else if wanted.format == Format::Table && wanted.evidence.is_none() {
                answer.words = words::of(model, article, &answer.prediction);
            }
        });
        answers
    }
}
