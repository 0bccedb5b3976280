//! Evidence: where terms stand, and what they add up to.

use proptest::prelude::*;
use slantwise::{Part, PipelineParams, Task, TermKind};

use crate::generate::{article, corpus, params};

/// Counts as they are, so that evidence can be counted.
fn counts(mut params: PipelineParams) -> PipelineParams {
    params.features.tfidf.sublinear_tf = false;
    params.features.tfidf.l2 = false;
    params.features.tfidf.idf = slantwise::Idf::None;
    params
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn contributions_and_intercept_add_up_to_the_score(
        corpus in corpus(), params in params(), fresh in prop::collection::vec(article(), 1..4),
    ) {
        let model = params.fit(&corpus).unwrap();
        for article in corpus.examples().iter().map(|e| &e.article).chain(&fresh) {
            let scores = model.decision_function(article);
            for (class, label) in model.labels().names().iter().enumerate() {
                let explanation = model.explanation(article, label).unwrap();
                prop_assert_eq!(explanation.score.to_bits(), scores[class].to_bits());
                let sum: f64 = explanation.evidence.iter().map(|e| e.contribution).sum::<f64>() + explanation.intercept;
                prop_assert!((sum - explanation.score).abs() <= 1e-9, "{sum} {}", explanation.score);
                prop_assert!(explanation.evidence.windows(2).all(|e| e[0].contribution.abs() >= e[1].contribution.abs()));
            }
            prop_assert_eq!(model.explanation(article, "no such label"), None);
        }
    }

    #[test]
    fn evidence_stands_where_it_says_as_often_as_it_counts(
        corpus in corpus(), params in params(), fresh in prop::collection::vec(article(), 1..4),
    ) {
        let model = counts(params).fit(&corpus).unwrap();
        let vectorizer = model.vectorizer();
        let label = model.labels().name(0);
        for article in corpus.examples().iter().map(|e| &e.article).chain(&fresh) {
            for evidence in model.explanation(article, label).unwrap().evidence {
                prop_assert_eq!(evidence.spans.first(), Some(&evidence.span));
                // Written alike: a quoted term, and characters that begin with the mark itself.
                if model.fitted_params().reading.quotes == slantwise::Quotes::Apart && evidence.term.starts_with('“') {
                    continue;
                }
                let column = vectorizer.vocabulary().column(evidence.kind, &evidence.term);
                let column = column.unwrap_or_else(|| panic!("{evidence:?} {:?}", model.fitted_params()));
                let weight = f64::from(model.linear_model().weight(column, 0));
                prop_assert_eq!(evidence.spans.len() as f64 * weight, evidence.contribution, "{:?}", evidence);
                // Letters that fold to two (ß) can hold a character n-gram twice.
                let order = |part| part == Part::Text;
                let ascend = evidence.spans.windows(2).all(|s| match evidence.kind {
                    TermKind::Word => (order(s[0].part), s[0].start) < (order(s[1].part), s[1].start),
                    TermKind::Char => (order(s[0].part), s[0].start) <= (order(s[1].part), s[1].start),
                });
                prop_assert!(ascend, "{:?}", evidence);
                for span in &evidence.spans {
                    let covered = article.part(span.part).get(span.start..span.end);
                    prop_assert_eq!(covered, Some(span.of(article)), "{:?}", evidence);
                    // A span read alone is in no quotation and of no known language, and may hold a stop word.
                    if evidence.kind == TermKind::Word && !depends_on_more(&model) {
                        let known = vectorizer.transform(&[span.of(article)]).row(0).any(|(c, _)| c as usize == column);
                        prop_assert!(known, "{:?} is not in {:?}", evidence, span.of(article));
                    }
                }
            }
        }
    }

    /// Where no letter depends on its neighbours, the same holds for n-grams of characters.
    #[test]
    fn character_ngrams_are_in_the_letters_that_they_cover(
        texts in prop::collection::vec("[a-zA-Zа-яА-ЯёßÉé!0-9 \u{200B}]{1,12}", 2..6), low in 1_u8..4, more in 0_u8..3,
    ) {
        let gold = |i: usize| slantwise::Gold::One(["a", "b"][i % 2].to_string());
        let examples = texts.iter().enumerate()
            .map(|(i, text)| crate::generate::example(slantwise::Article::from_text(format!("{text} x")), gold(i)))
            .collect();
        let corpus = slantwise::Corpus::from_examples(examples).unwrap();
        let mut params = counts(slantwise::Pipeline::params().no_words().chars(low, low + more).min_df(1));
        params.analyzer.normalize.disguises = false;
        params.reading = slantwise::ReadingParams::everything();
        let model = params.fit(&corpus).unwrap();
        for example in corpus.examples() {
            for evidence in model.explanation(&example.article, "a").unwrap().evidence {
                let column = model.vectorizer().vocabulary().column(TermKind::Char, &evidence.term).unwrap();
                for span in &evidence.spans {
                    let covered = span.of(&example.article);
                    prop_assert!(!covered.contains(char::is_whitespace), "{:?}", evidence);
                    let again = model.vectorizer().transform(&[covered]);
                    let known = again.row(0).any(|(c, _)| c as usize == column);
                    prop_assert!(known || evidence.term == " ", "{:?} is not in {:?}", evidence, covered);
                }
            }
        }
    }

    #[test]
    fn explain_gives_the_strongest_of_each_label_given(corpus in corpus(), params in params(), k in 0_usize..5) {
        let model = params.fit(&corpus).unwrap();
        for example in corpus.examples() {
            let prediction = model.predict(&example.article);
            let mut labels = prediction.labels();
            if labels.is_empty() {
                prop_assert_eq!(model.task(), Task::Several);
                let best = prediction.probabilities().fold(("", -1.0), |best, p| if p.1 > best.1 { p } else { best });
                labels.push(best.0);
            }
            let strongest = labels.iter().flat_map(|label| {
                model.explanation(&example.article, label).unwrap().evidence.into_iter().take(k)
            });
            prop_assert_eq!(model.explain(&example.article, k), strongest.collect::<Vec<_>>());
        }
    }
}

/// Whether what a term is depends on more than the words that it covers.
fn depends_on_more(model: &slantwise::Pipeline) -> bool {
    let params = model.fitted_params();
    let by_language = params.analyzer.words.as_ref().is_some_and(|w| w.stem || w.stop_words)
        || !params.analyzer.normalize_by_language.is_empty();
    // Where letters are spaced out, what stands before a run decides where it begins.
    by_language || params.analyzer.normalize.spaced_out || params.reading.quotes != slantwise::Quotes::Same
}
