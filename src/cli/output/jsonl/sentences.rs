//! Sentences with a label as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use slantwise::{Article, EvidenceSpan, SentencePrediction};

/// A sentence that was given labels; offsets are code points of the title or text.
#[derive(Debug, Serialize)]
pub(super) struct SentenceRecord<'a> {
    start: usize,
    end: usize,
    #[serde(rename = "in")]
    part: &'static str,
    text: &'a str,
    labels: Vec<&'a str>,
    /// The probabilities of the labels that were given.
    scores: BTreeMap<&'a str, f64>,
    spans: Vec<SpanRecord<'a>>,
}

#[derive(Debug, Serialize)]
struct SpanRecord<'a> {
    start: usize,
    end: usize,
    label: &'a str,
}

pub(super) fn records<'a>(
    article: &'a Article,
    sentences: &'a [(SentencePrediction, Vec<EvidenceSpan>)],
) -> Vec<SentenceRecord<'a>> {
    let record = |(sentence, spans): &'a (SentencePrediction, Vec<EvidenceSpan>)| {
        let labels = sentence.prediction.labels();
        if labels.is_empty() {
            return None;
        }
        let (start, end) = sentence.span.code_points(article);
        let scores = sentence.prediction.probabilities().filter(|(label, _)| labels.contains(label)).collect();
        let span = |s: &'a EvidenceSpan| {
            let (start, end) = s.span.code_points(article);
            SpanRecord { start, end, label: &s.label }
        };
        Some(SentenceRecord {
            start,
            end,
            part: sentence.span.part.as_str(),
            text: sentence.span.of(article),
            labels,
            scores,
            spans: spans.iter().map(span).collect(),
        })
    };
    sentences.iter().filter_map(record).collect()
}
