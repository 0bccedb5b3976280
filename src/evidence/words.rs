//! What each word adds to a score: the contributions of the terms that it is part of.

use std::ops::Range;

use super::{Evidence, Explainer};
use crate::article::{Article, Part, Span};
use crate::pipeline::Pipeline;
use crate::text::StopWords;

/// A word of an article, and what the terms that it is part of add to a label's score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WordEvidence {
    /// The word in the original article, without the punctuation around it.
    pub span: Span,
    /// Its part of the contributions, in the unit of the score before calibration: above 0 it speaks for the label.
    pub contribution: f64,
    /// Whether it is a function word of the article's language, such as "the" or "of": such a word can count much in the sum and says
    /// nothing to a reader. `false` in languages without a list ([`WordParams::stop_words`](crate::WordParams::stop_words) names them).
    pub is_function_word: bool,
}

impl Pipeline {
    /// What each word of an article adds to a label's score, in the order of the article; `None` where the model doesn't know the label.
    ///
    /// A term's contribution is spread evenly over the places where it stands, and at each over the words it covers, by the bytes of
    /// each; punctuation alone goes to the word before it. So n-grams of words and parts of words come together in words, which people read more easily than
    /// [`explain`](Self::explain)'s terms. The sum is the score without its intercept. Of a model that scores passages or sentences, the
    /// words of the best one have contributions, and all others 0.
    pub fn explain_words(&self, article: &Article, label: &str) -> Option<Vec<WordEvidence>> {
        let class = self.labels.class(label)?;
        let mut explainer = Explainer::new(self);
        let read = explainer.read(article);
        let evidence = explainer.evidence(&read, &[class], usize::MAX);
        let parts = [Part::Title, Part::Text];
        let words: Vec<Span> =
            parts.into_iter().flat_map(|part| words(article, part, 0..article.part(part).len())).collect();
        let mut stop_words = StopWords::new(article.language());
        let word = |(span, contribution): (Span, f64)| WordEvidence {
            span,
            contribution,
            is_function_word: stop_words.contains(span.of(article)),
        };
        Some(spread(words, &evidence).into_iter().map(word).collect())
    }
}

/// The words within a range of a part: what stands between white space or dashes, without the punctuation around it.
pub(super) fn words(article: &Article, part: Part, range: Range<usize>) -> Vec<Span> {
    let text = article.part(part).get(range.clone()).unwrap_or("");
    let between = |c: char| c.is_whitespace() || matches!(c, '—' | '–' | '…' | '/' | '|');
    let mut found = Vec::new();
    let mut at = range.start;
    for piece in text.split_inclusive(between) {
        let word = piece.trim_start_matches(|c: char| !c.is_alphanumeric());
        let start = at + (piece.len() - word.len());
        let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        if !word.is_empty() {
            found.push(Span { part, start, end: start + word.len() });
        }
        at += piece.len();
    }
    found
}

/// Spreads evidence over words (ascending, not overlapping).
pub(super) fn spread<'a>(words: Vec<Span>, evidence: impl IntoIterator<Item = &'a Evidence>) -> Vec<(Span, f64)> {
    let mut spread: Vec<(Span, f64)> = words.into_iter().map(|span| (span, 0.0)).collect();
    for evidence in evidence {
        let share = evidence.contribution / evidence.spans.len().max(1) as f64;
        for place in &evidence.spans {
            let from = spread.partition_point(|(w, _)| (w.part, w.end) <= (place.part, place.start));
            let to = spread.partition_point(|(w, _)| (w.part, w.start) < (place.part, place.end));
            let common = |w: Span| (w.end.min(place.end) - w.start.max(place.start)) as f64;
            match spread.get_mut(from..to) {
                Some(covered) if !covered.is_empty() => {
                    let total: f64 = covered.iter().map(|(w, _)| common(*w)).sum();
                    covered.iter_mut().for_each(|(w, sum)| *sum += share * common(*w) / total);
                }
                // Punctuation alone belongs to the word before it, else to the one behind it.
                _ => {
                    let of_part = |at: &usize| spread.get(*at).is_some_and(|(w, _)| w.part == place.part);
                    let near = [from.checked_sub(1), Some(from)].into_iter().flatten().find(of_part);
                    if let Some((_, sum)) = near.and_then(|at| spread.get_mut(at)) {
                        *sum += share;
                    }
                }
            }
        }
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::super::tests::{articles, model};
    use super::*;

    #[test]
    fn words_have_no_punctuation_around_them_and_keep_it_inside() {
        let article = Article::new("“So-called” regime—again…", "…* don't / ¿qué? كييف، 3.5");
        let found = |part: Part| -> Vec<&str> {
            words(&article, part, 0..article.part(part).len()).iter().map(|s| s.of(&article)).collect()
        };
        assert_eq!(found(Part::Title), ["So-called", "regime", "again"]);
        assert_eq!(found(Part::Text), ["don't", "qué", "كييف", "3.5"]);
    }

    #[test]
    fn the_words_together_add_what_the_terms_add() {
        let model = model(false);
        for article in articles() {
            for label in ["against", "for"] {
                let explanation = model.explanation(&article, label).unwrap();
                let words = model.explain_words(&article, label).unwrap();
                let sum: f64 = words.iter().map(|w| w.contribution).sum();
                assert!((explanation.intercept + sum - explanation.score).abs() < 1e-9);
                assert!(words.iter().map(|w| w.span).is_sorted());
            }
        }
        assert_eq!(model.explain_words(&articles()[0], "no such label"), None);
    }

    #[test]
    fn function_words_are_those_of_the_language() {
        let model = model(false);
        let article = Article::from_text("The arms, THAT arms of peace").with_field("lang", "en");
        let of = |article: &Article| -> Vec<String> {
            let words = model.explain_words(article, "for").unwrap();
            words.iter().filter(|w| w.is_function_word).map(|w| w.span.of(article).to_string()).collect()
        };
        assert_eq!(of(&article), ["The", "THAT", "of"]);
        assert_eq!(of(&article.with_field("lang", "hi")), [""; 0]);
    }

    #[test]
    fn punctuation_counts_with_the_word_before_it() {
        let article = Article::new("aa!", "“bb?");
        let mark = |part, start, end| Evidence {
            term: "?".into(),
            kind: crate::TermKind::Char,
            label: "x".into(),
            contribution: 1.0,
            span: Span { part, start, end },
            spans: vec![Span { part, start, end }],
        };
        let all = || [Part::Title, Part::Text].into_iter().flat_map(|p| words(&article, p, 0..article.part(p).len()));
        let of =
            |evidence: &Evidence| -> Vec<f64> { spread(all().collect(), [evidence]).iter().map(|w| w.1).collect() };
        assert_eq!(of(&mark(Part::Title, 2, 3)), [1.0, 0.0]);
        assert_eq!(of(&mark(Part::Text, 0, 3)), [0.0, 1.0]);
        assert_eq!(of(&mark(Part::Text, 5, 6)), [0.0, 1.0]);
        assert_eq!(spread(Vec::new(), [&mark(Part::Text, 5, 6)]), []);
    }

    #[test]
    fn a_term_is_spread_over_its_places_and_their_words() {
        let article = Article::from_text("aa bbbb, aa bbbb cc");
        let place = |start, end| Span { part: Part::Text, start, end };
        let evidence = Evidence {
            term: "aa bbbb".into(),
            kind: crate::TermKind::Word,
            label: "x".into(),
            contribution: 1.2,
            span: place(0, 7),
            spans: vec![place(0, 7), place(9, 16)],
        };
        let found = spread(words(&article, Part::Text, 0..article.text().len()), [&evidence]);
        let expected = [0.2, 0.4, 0.2, 0.4, 0.0];
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(w, e)| (w.1 - e).abs() < 1e-12), "{found:?}");
    }
}
