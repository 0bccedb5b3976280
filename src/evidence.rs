//! Why a label: the terms that spoke for and against it, where they stand, and how much each counted.

mod spans;
mod words;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::article::{Article, Part, Span};
use crate::features::{Entry, RowBuffer};
use crate::pipeline::{Pipeline, Prediction, Scored};
use crate::text::{Analyzer, Stretch, TermKind};

pub use spans::EvidenceSpan;
pub use words::WordEvidence;

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
        let (start, end) = self.span.code_points(article);
        EvidenceRecord {
            start,
            end,
            part: self.span.part.as_str(),
            text: self.span.of(article),
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
        Explainer::new(self).explain(article, top_k).1
    }

    /// Labels many articles in parallel, each with its evidence: what [`predict`](Self::predict) and
    /// [`explain`](Self::explain) give, but each article is read once for both.
    pub fn explain_batch(&self, articles: &[Article], top_k: usize) -> Vec<(Prediction, Vec<Evidence>)> {
        let explain = |explainer: &mut Explainer<'_>, article: &Article| explainer.explain(article, top_k);
        articles.par_iter().map_init(|| Explainer::new(self), explain).collect()
    }

    /// A label's score taken apart completely; `None` where the model doesn't know the label.
    pub fn explanation(&self, article: &Article, label: &str) -> Option<Explanation> {
        let class = self.labels.class(label)?;
        let mut explainer = Explainer::new(self);
        let read = explainer.read(article);
        Some(Explanation {
            label: label.to_string(),
            score: read.scored.scores[read.scored.best(class)][class],
            intercept: f64::from(self.model.intercept(class)),
            evidence: explainer.evidence(&read, &[class], usize::MAX),
        })
    }
}

/// Explains one article after another; holds the buffers of one thread.
struct Explainer<'a> {
    model: &'a Pipeline,
    /// Holds the row of the passage that was read last.
    buffer: RowBuffer,
    analyzer: Analyzer,
}

/// What is read of an article, passage by passage, with its scores.
struct Read<'a> {
    passages: Vec<Vec<Stretch<'a>>>,
    scored: Scored,
}

impl<'a> Explainer<'a> {
    fn new(model: &'a Pipeline) -> Explainer<'a> {
        Explainer { model, buffer: model.buffer(), analyzer: Analyzer::new(&model.vectorizer.analyzer) }
    }

    fn explain(&mut self, article: &Article, top_k: usize) -> (Prediction, Vec<Evidence>) {
        let read = self.read(article);
        let prediction = self.model.predict_scored(article, &read.scored);
        let mut classes = prediction.chosen.clone();
        if classes.is_empty() && !prediction.probabilities.is_empty() {
            classes.push(crate::classifier::argmax(&prediction.probabilities));
        }
        let evidence = self.evidence(&read, &classes, top_k);
        (prediction, evidence)
    }

    /// Reads and scores an article, once for its labels and their evidence.
    fn read<'b>(&mut self, article: &'b Article) -> Read<'b> {
        let passages = self.model.passages(article);
        let scored = self.model.score_passages(&mut self.buffer, &passages);
        Read { passages, scored }
    }

    /// The `top_k` strongest terms of each class in the passage that gave it its score, of the article that was read last.
    fn evidence(&mut self, read: &Read<'_>, classes: &[usize], top_k: usize) -> Vec<Evidence> {
        if let [whole] = read.passages.as_slice() {
            return self.in_passage(whole, classes, top_k);
        }
        let mut found = Vec::new();
        for &class in classes {
            let passage = &read.passages[read.scored.best(class)];
            self.model.read_passage(&mut self.buffer, passage);
            found.extend(self.in_passage(passage, &[class], top_k));
        }
        found
    }

    /// The `top_k` strongest terms of each class in the passage that was read last.
    fn in_passage(&mut self, passage: &[Stretch<'_>], classes: &[usize], top_k: usize) -> Vec<Evidence> {
        let strongest: Vec<Vec<(u32, f64)>> = classes.iter().map(|&class| self.strongest(class, top_k)).collect();
        let mut columns: Vec<u32> = strongest.iter().flatten().map(|s| s.0).collect();
        columns.sort_unstable();
        columns.dedup();
        let places = self.places(passage, &columns);
        let evidence = |class: usize, column: u32, contribution: f64| {
            let term = self.model.vectorizer.vocabulary.term(column as usize);
            let spans = columns.binary_search(&column).map_or_else(|_| Vec::new(), |at| places[at].clone());
            Evidence {
                term: term.as_ref().map_or_else(String::new, |t| t.text.to_string()),
                kind: term.map_or(TermKind::Word, |t| t.kind),
                label: self.model.labels.name(class).to_string(),
                contribution,
                span: spans.first().copied().unwrap_or(Span { part: Part::Text, start: 0, end: 0 }),
                spans,
            }
        };
        let of_class = |(&class, strongest): (&usize, &Vec<(u32, f64)>)| {
            strongest.iter().map(|&(column, contribution)| evidence(class, column, contribution)).collect::<Vec<_>>()
        };
        classes.iter().zip(&strongest).flat_map(of_class).collect()
    }

    /// The columns with the largest contributions in either direction, the largest first, equal ones by their terms.
    fn strongest(&self, class: usize, top_k: usize) -> Vec<(u32, f64)> {
        let model = self.model;
        let contribution = |e: &Entry| f64::from(e.value) * f64::from(model.model.weight(e.column as usize, class));
        let mut all: Vec<(u32, f64)> = self.buffer.row.iter().map(|e| (e.column, contribution(e))).collect();
        let term = |column: u32| model.vectorizer.vocabulary.term(column as usize).map(|t| t.text);
        let order = |a: &(u32, f64), b: &(u32, f64)| {
            let by_size = b.1.abs().total_cmp(&a.1.abs());
            by_size.then_with(|| term(a.0).cmp(&term(b.0))).then(a.0.cmp(&b.0))
        };
        if all.len() > top_k {
            all.select_nth_unstable_by(top_k, order);
            all.truncate(top_k);
        }
        all.sort_unstable_by(order);
        all
    }

    /// Where the terms of these columns (ascending) stand, each in the order of the article.
    fn places(&mut self, stretches: &[Stretch<'_>], columns: &[u32]) -> Vec<Vec<Span>> {
        let vocabulary = &self.model.vectorizer.vocabulary;
        let mut places = vec![Vec::new(); columns.len()];
        let hash = |(&column, place): (&u32, usize)| Some((vocabulary.hash(column as usize)?, place));
        let wanted: FxHashMap<u64, usize> = columns.iter().zip(0..).filter_map(hash).collect();
        scan(&mut self.analyzer, stretches, |hash| wanted.get(&hash).copied(), &mut places);
        // A word that the model doesn't know can pass for a term, see `Vocabulary::lookup`; then it stands where
        // that word does.
        if places.iter().any(Vec::is_empty) {
            let missing: Vec<bool> = places.iter().map(Vec::is_empty).collect();
            let find = |hash| {
                let column = vocabulary.lookup(hash)?;
                columns.binary_search(&column).ok().filter(|&at| missing[at])
            };
            scan(&mut self.analyzer, stretches, find, &mut places);
        }
        places
    }
}

/// Adds the span of every term that is wanted to its places.
fn scan(
    analyzer: &mut Analyzer,
    stretches: &[Stretch<'_>],
    wanted: impl Fn(u64) -> Option<usize>,
    places: &mut [Vec<Span>],
) {
    for stretch in stretches {
        let mut found = |hash: u64, start: usize, end: usize| {
            if let Some(at) = wanted(hash) {
                places[at].push(Span { part: stretch.part, start: stretch.start + start, end: stretch.start + end });
            }
        };
        analyzer.words(stretch, &mut found);
        analyzer.chars(stretch, |hash, start, end, _| found(hash, start, end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Example, Gold};
    use crate::classifier::Classifier;
    use crate::corpus::Corpus;

    pub(super) fn model(several: bool) -> Pipeline {
        let rows = [
            ("The regime wants arms for its war.", "against"),
            ("Partners send arms, and arms save lives.", "for"),
            ("Régime and war, war and regime.", "against"),
            ("Arms from partners protect homes and lives.", "for"),
        ];
        let gold = |label: &str| if several { Gold::several([label]) } else { Gold::One(label.to_string()) };
        let example = |(text, label): &(&str, &str)| Example {
            article: Article::from_text(*text),
            gold: gold(label),
            spans: Vec::new(),
        };
        let corpus = Corpus::from_examples(rows.iter().map(example).collect()).unwrap();
        let params = Pipeline::params().words(1, 2).chars(2, 3).min_df(1).classifier(Classifier::naive_bayes());
        params.fit(&corpus).unwrap()
    }

    pub(super) fn articles() -> Vec<Article> {
        vec![
            Article::new("Régime, régime!", "Partners of the regime send ARMS; arms\nsave lives."),
            Article::from_text("Nothing that is known: xyzzy."),
            Article::from_text("War"),
        ]
    }

    #[test]
    fn the_strongest_terms_are_the_first_of_the_whole_explanation() {
        for model in [model(false), model(true)] {
            let articles = articles();
            let batch = model.explain_batch(&articles, 7);
            for (article, (prediction, evidence)) in articles.iter().zip(&batch) {
                assert_eq!(*prediction, model.predict(article));
                assert_eq!(*evidence, model.explain(article, 7));
                let mut labels: Vec<&str> = evidence.iter().map(|e| e.label.as_str()).collect();
                labels.dedup();
                assert!(!labels.is_empty() || evidence.is_empty());
                let whole = labels.iter().flat_map(|label| {
                    model.explanation(article, label).unwrap().evidence.into_iter().take(7).collect::<Vec<_>>()
                });
                assert_eq!(*evidence, whole.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn contributions_sum_up_and_every_term_has_its_places_in_order() {
        let model = model(false);
        for article in articles() {
            for label in ["against", "for"] {
                let e = model.explanation(&article, label).unwrap();
                let sum: f64 = e.evidence.iter().map(|e| e.contribution).sum();
                assert!((e.intercept + sum - e.score).abs() < 1e-9);
                for e in &e.evidence {
                    assert!(!e.spans.is_empty() && e.span == e.spans[0], "{e:?}");
                    assert!(e.spans.is_sorted(), "{e:?}");
                    assert!(e.spans.iter().all(|span| !span.of(&article).is_empty()));
                }
            }
        }
        let title = &articles()[0];
        let arms = model.explanation(title, "for").unwrap().evidence;
        let arms = arms.iter().find(|e| e.kind == TermKind::Word && e.term == "arms").unwrap();
        assert_eq!(arms.spans.iter().map(|s| s.of(title)).collect::<Vec<_>>(), ["ARMS", "arms"]);
    }
}
