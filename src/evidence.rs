//! Why a label: the terms that spoke for and against it, where they stand, and how much each counted.

use serde::Serialize;

use crate::article::{Article, Part, Span};
use crate::features::{Document, Entry};
use crate::pipeline::Pipeline;
use crate::text::{Analyzer, TermKind};

/// A term of an article that counted for or against a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The term as the model knows it: case-folded, words joined by a space.
    pub term: String,
    /// A word or a character n-gram.
    pub kind: TermKind,
    /// The label that it speaks for (contribution above 0) or against (below 0).
    pub label: String,
    /// What the term adds to the label's score: the weight of the term in this article times the model's weight.
    pub contribution: f64,
    /// Where the term first stands in the original article.
    pub span: Span,
    /// Everywhere it stands, in order; the first is `span`.
    pub spans: Vec<Span>,
}

/// A label's score, taken apart: `intercept + Σ contributions = score`.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The label.
    pub label: String,
    /// The label's score before calibration; log-odds for logistic regression.
    pub score: f64,
    /// What the score is without any term.
    pub intercept: f64,
    /// Every known term of the article, the largest contribution (in either direction) first.
    pub evidence: Vec<Evidence>,
}

/// A piece of evidence as it is written to JSON: offsets in Unicode code points of the title or the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceRecord<'a> {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// `title` or `text`.
    #[serde(rename = "in")]
    pub part: &'static str,
    /// The words of the article.
    pub text: &'a str,
    /// The term of the model.
    pub term: &'a str,
    /// The label.
    pub label: &'a str,
    /// What the term adds to the label's score.
    pub contribution: f64,
    /// How often it stands in the article.
    pub count: usize,
}

impl Evidence {
    /// The evidence as it is written to JSON.
    pub fn record<'a>(&'a self, article: &'a Article) -> EvidenceRecord<'a> {
        let part = article.part(self.span.part);
        let start = part[..self.span.start].chars().count();
        let text = self.span.of(article);
        EvidenceRecord {
            start,
            end: start + text.chars().count(),
            part: self.span.part.as_str(),
            text,
            term: &self.term,
            label: &self.label,
            contribution: self.contribution,
            count: self.spans.len(),
        }
    }
}

impl Pipeline {
    /// The `top_k` terms that counted most for or against each label that the article was given (where it was given none, the most
    /// probable label). Contributions are in the unit of the score before calibration: log-odds for logistic regression.
    pub fn explain(&self, article: &Article, top_k: usize) -> Vec<Evidence> {
        let prediction = self.predict(article);
        let mut classes = prediction.chosen.clone();
        if classes.is_empty() && !self.labels.is_empty() {
            classes.push(crate::classifier::argmax(&prediction.probabilities));
        }
        let read = Reading::new(self, article);
        classes
            .into_iter()
            .flat_map(|class| {
                let mut evidence = read.explanation(self, class).evidence;
                evidence.truncate(top_k);
                evidence
            })
            .collect()
    }

    /// A label's score taken apart completely; `None` where the model doesn't know the label.
    pub fn explanation(&self, article: &Article, label: &str) -> Option<Explanation> {
        let class = self.labels.class(label)?;
        Some(Reading::new(self, article).explanation(self, class))
    }
}

/// An article read once: its row, and where each term stands.
struct Reading {
    row: Vec<Entry>,
    /// `(column, span)` in the order of columns, then of places.
    places: Vec<(u32, Span)>,
}

impl Reading {
    fn new(model: &Pipeline, article: &Article) -> Reading {
        let mut buffer = model.buffer();
        buffer.read(article, &model.vectorizer.vocabulary, &model.vectorizer.weighting);
        let mut analyzer = Analyzer::new(&model.vectorizer.analyzer);
        let vocabulary = &model.vectorizer.vocabulary;
        let mut places = Vec::new();
        for stretch in article.stretches() {
            let mut found = |hash: u64, start: usize, end: usize| {
                if let Some(column) = vocabulary.lookup(hash) {
                    let span = Span { part: stretch.part, start: stretch.start + start, end: stretch.start + end };
                    places.push((column, span));
                }
            };
            analyzer.words(stretch.text, &mut found);
            analyzer.chars(stretch.text, |hash, start, end, _| found(hash, start, end));
        }
        places.sort_by_key(|&(column, span)| (column, span.part == Part::Text, span.start, span.end));
        Reading { row: buffer.row, places }
    }

    fn explanation(&self, model: &Pipeline, class: usize) -> Explanation {
        let mut scores = vec![0.0; model.labels.len()];
        model.model.scores(&self.row, &mut scores);
        let label = model.labels.name(class);
        let mut evidence: Vec<Evidence> = self
            .row
            .iter()
            .map(|e| {
                let from = self.places.partition_point(|p| p.0 < e.column);
                let to = self.places.partition_point(|p| p.0 <= e.column);
                let spans: Vec<Span> = self.places[from..to].iter().map(|p| p.1).collect();
                let term = model.vectorizer.vocabulary.term(e.column as usize);
                Evidence {
                    term: term.as_ref().map_or_else(String::new, |t| t.text.to_string()),
                    kind: term.map_or(TermKind::Word, |t| t.kind),
                    label: label.to_string(),
                    contribution: f64::from(e.value) * f64::from(model.model.weight(e.column as usize, class)),
                    span: spans.first().copied().unwrap_or(Span { part: Part::Text, start: 0, end: 0 }),
                    spans,
                }
            })
            .collect();
        evidence.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()).then(a.term.cmp(&b.term)));
        Explanation {
            label: label.to_string(),
            score: scores[class],
            intercept: f64::from(model.model.intercept(class)),
            evidence,
        }
    }
}
