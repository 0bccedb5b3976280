//! The words inside a sentence that carry the evidence for its labels, as spans.

use rayon::prelude::*;

use super::words::{spread, words};
use super::{Evidence, Explainer};
use crate::article::{Article, LabelledSpan, Part, Span};
use crate::pipeline::sentences::sentence_passages;
use crate::pipeline::{Pipeline, SentencePrediction};

/// Words between two that carry evidence, up to which they are one span.
const GAP: usize = 2;

/// Words that carry the evidence for a label.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceSpan {
    /// The words in the original article.
    pub span: Span,
    /// The label that they speak for.
    pub label: String,
    /// What they add to the label's score (only what speaks for it).
    pub contribution: f64,
}

impl Pipeline {
    /// [`predict_sentences`](Self::predict_sentences), and for each sentence where the evidence for its labels stands: spans label by
    /// label, each label's in the order of the text; none for a sentence without a label.
    ///
    /// Contributions above 0 are spread over words (see [`explain_words`](Self::explain_words)). Words that carry at least as much as the
    /// sentence's average word are kept, and joined where no more than two others stand between them.
    pub fn explain_sentences(&self, article: &Article) -> Vec<(SentencePrediction, Vec<EvidenceSpan>)> {
        let passages = sentence_passages(article, &self.reader.stretches(article));
        let mut explainer = Explainer::new(self);
        let predicted = self.predict_sentence_passages(&mut explainer.buffer, article, &passages);
        let mut explained = Vec::with_capacity(predicted.len());
        for (sentence, passage) in predicted.into_iter().zip(&passages) {
            let mut spans = Vec::new();
            if !sentence.prediction.chosen.is_empty() {
                self.read_passage(&mut explainer.buffer, passage);
            }
            for &class in &sentence.prediction.chosen {
                let mut evidence = explainer.in_passage(passage, &[class], usize::MAX);
                evidence.retain(|e| e.contribution > 0.0);
                let carried = carried(article, sentence.span, &evidence);
                spans.extend(carried.into_iter().map(|(span, contribution)| EvidenceSpan {
                    span,
                    label: self.labels.name(class).to_string(),
                    contribution,
                }));
            }
            explained.push((sentence, spans));
        }
        explained
    }

    /// The evidence of every labelled sentence of the body, as annotators mark techniques: what
    /// [`span_scores`](crate::span_scores) compares with gold. Articles in parallel, each list in the order of the text.
    pub fn predict_spans(&self, articles: &[Article]) -> Vec<Vec<LabelledSpan>> {
        let of = |article: &Article| {
            let spans = self.explain_sentences(article).into_iter().flat_map(|(_, spans)| spans);
            let of_body = spans.filter(|s| s.span.part == Part::Text);
            let mut found: Vec<LabelledSpan> = of_body.map(|s| s.labelled(article)).collect();
            found.sort_by(|a, b| (a.start, a.end, &a.label).cmp(&(b.start, b.end, &b.label)));
            found
        };
        articles.par_iter().map(of).collect()
    }
}

impl EvidenceSpan {
    /// The span in code points of its part of the article, as annotators count them.
    pub fn labelled(&self, article: &Article) -> LabelledSpan {
        let (start, end) = self.span.code_points(article);
        LabelledSpan { start, end, label: self.label.clone() }
    }
}

/// The words of a sentence that carry evidence, joined, with what they carry.
fn carried(article: &Article, sentence: Span, evidence: &[Evidence]) -> Vec<(Span, f64)> {
    let words = spread(words(article, sentence.part, sentence.start..sentence.end), evidence);
    let total: f64 = words.iter().map(|w| w.1).sum();
    // Rounding must not drop words that all carry the same.
    let average = total / words.len().max(1) as f64 * (1.0 - 1e-9);
    let mut found: Vec<(Span, f64)> = Vec::new();
    let mut last = 0;
    for (i, (span, contribution)) in words.into_iter().enumerate() {
        if contribution <= 0.0 || contribution < average {
            continue;
        }
        match found.last_mut() {
            Some((joined, sum)) if i - last <= GAP + 1 => {
                joined.end = span.end;
                *sum += contribution;
            }
            _ => found.push((span, contribution)),
        }
        last = i;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::model;
    use super::*;
    use crate::text::TermKind;

    fn evidence(article: &Article, term: &str, contribution: f64) -> Evidence {
        let place = |(start, found): (usize, &str)| Span { part: Part::Text, start, end: start + found.len() };
        let spans: Vec<Span> = article.text().match_indices(term).map(place).collect();
        let kind = TermKind::Word;
        Evidence { term: term.into(), kind, label: "x".into(), contribution, span: spans[0], spans }
    }

    #[test]
    fn words_above_the_average_are_joined_across_two_others() {
        let article = Article::from_text("one two three four five six seven eight nine ten");
        let sentence = Span { part: Part::Text, start: 0, end: article.text().len() };
        let of = |terms: &[(&str, f64)]| -> Vec<String> {
            let found: Vec<Evidence> = terms.iter().map(|(term, c)| evidence(&article, term, *c)).collect();
            carried(&article, sentence, &found).iter().map(|(span, _)| span.of(&article).to_string()).collect()
        };
        assert_eq!(of(&[("two", 1.0), ("five", 1.0)]), ["two three four five"]);
        assert_eq!(of(&[("two", 1.0), ("six", 1.0)]), ["two", "six"]);
        assert_eq!(of(&[("two", 1.0), ("six", 0.1), ("ten", 0.2)]), ["two", "ten"]);
        assert_eq!(of(&[]), [""; 0]);
        let one = Article::from_text("Traitors!");
        let sentence = Span { part: Part::Text, start: 0, end: 9 };
        let found = carried(&one, sentence, &[evidence(&one, "Traitors", 0.3)]);
        assert_eq!((found.len(), found[0].0.of(&one), found[0].1), (1, "Traitors", 0.3));
    }

    #[test]
    fn spans_lie_in_their_sentence_and_labels_without_one_have_none() {
        let model = model(true);
        let article = Article::new(
            "Война",
            "Ignored, unheard of. The régime wants war and war. Partners send arms to save lives.",
        );
        let explained = model.explain_sentences(&article);
        let alone: Vec<SentencePrediction> = explained.iter().map(|e| e.0.clone()).collect();
        assert_eq!(alone, model.predict_sentences(&article));
        let mut seen = 0;
        for (sentence, spans) in &explained {
            for s in spans {
                assert!(s.span.part == sentence.span.part && s.contribution > 0.0);
                assert!(sentence.span.start <= s.span.start && s.span.end <= sentence.span.end);
                assert!(sentence.prediction.labels().contains(&s.label.as_str()));
                seen += 1;
            }
        }
        assert!(seen >= 2, "{explained:?}");
        let in_code_points = model.predict_spans(std::slice::from_ref(&article));
        assert!(in_code_points[0].is_sorted_by_key(|s| s.start) && !in_code_points[0].is_empty());
        let chars: Vec<char> = article.text().chars().collect();
        for s in &in_code_points[0] {
            let words: String = chars[s.start..s.end].iter().collect();
            assert!(explained.iter().any(|(_, spans)| spans.iter().any(|e| e.span.of(&article) == words)), "{words}");
        }
    }
}
