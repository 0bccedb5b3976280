//! An article sentence by sentence, each judged alone.

use crate::article::{Article, Part, Span};
use crate::features::RowBuffer;
use crate::pipeline::{Pipeline, Prediction};
use crate::text::Stretch;
use crate::text::sentence::sentences;

/// A sentence of an article, and what the model says of it alone.
#[derive(Debug, Clone, PartialEq)]
pub struct SentencePrediction {
    /// Where it stands in the original title or body: from the first to the last of its words that are read.
    pub span: Span,
    /// Its labels and probabilities. Where the model has no answer to the article, it abstains from every sentence, for the same reason.
    pub prediction: Prediction,
}

impl Pipeline {
    /// Labels every sentence of an article, in the order of the article, each by its own words alone; the title's sentences come
    /// first. What cleaning masks is passed over, and so is a sentence of which nothing is left.
    ///
    /// It is meant for models that were trained on sentences (see [`Unit`](crate::Unit)), whose label for the whole article is that of
    /// its best sentence. Whether the model can judge such a text (its language, whether it knows the words) is asked of the whole
    /// article, since a sentence is too little to tell.
    ///
    /// ```
    /// use slantwise::{Article, Corpus, Example, Gold, Pipeline, Unit};
    ///
    /// # let rows = [
    /// #     ("The vile traitors sold us all!", "loaded"), ("These criminals and traitors must go.", "loaded"),
    /// #     ("The council met on Monday.", "plain"), ("A vote was held on Monday.", "plain"),
    /// # ];
    /// # let examples = rows.iter().map(|(text, label)| Example {
    /// #     article: Article::from_text(*text), gold: Gold::One(label.to_string()), spans: vec![],
    /// # }).collect();
    /// let corpus = Corpus::from_examples(examples)?;
    /// let model = Pipeline::params().min_df(1).unit(Unit::Sentence).fit(&corpus)?;
    /// let article = Article::new("The council met", "A vote was held. The traitors must go! It was Monday.");
    /// let found = model.predict_sentences(&article);
    /// let loaded: Vec<&str> =
    ///     found.iter().filter(|s| s.prediction.label() == Some("loaded")).map(|s| s.span.of(&article)).collect();
    /// assert_eq!((found.len(), loaded), (4, vec!["The traitors must go!"]));
    /// # Ok::<(), slantwise::Error>(())
    /// ```
    pub fn predict_sentences(&self, article: &Article) -> Vec<SentencePrediction> {
        let passages = sentence_passages(article, &self.reader.stretches(article));
        self.predict_sentence_passages(&mut self.buffer(), article, &passages)
    }

    pub(crate) fn predict_sentence_passages(
        &self,
        buffer: &mut RowBuffer,
        article: &Article,
        passages: &[Vec<Stretch<'_>>],
    ) -> Vec<SentencePrediction> {
        let scored = self.score_passages(buffer, passages);
        let unfamiliar = self.objection(article, &scored);
        let judged = |(passage, scores): (&Vec<Stretch<'_>>, Vec<f64>)| SentencePrediction {
            span: span_of(passage),
            prediction: self.answer(scores, unfamiliar.clone()),
        };
        passages.iter().zip(scored.scores).map(judged).collect()
    }
}

/// The stretches of each sentence that has a word in them; none where nothing is read.
///
/// Sentences are cut in the whole text and not stretch by stretch: a masked name, or a quotation that is read apart, can stand in the
/// middle of one.
pub(crate) fn sentence_passages<'a>(article: &'a Article, stretches: &[Stretch<'a>]) -> Vec<Vec<Stretch<'a>>> {
    let language = article.language();
    let mut found = Vec::new();
    for part in [Part::Title, Part::Text] {
        let text = article.part(part);
        let mut rest: Vec<&Stretch<'a>> = stretches.iter().filter(|s| s.part == part).rev().collect();
        for sentence in sentences(text, language) {
            let mut passage = Vec::new();
            while let Some(&stretch) = rest.last()
                && stretch.start < sentence.end
            {
                let end = stretch.start + stretch.text.len();
                let (from, to) = (stretch.start.max(sentence.start), end.min(sentence.end));
                if from < to && has_word(&text[from..to]) {
                    passage.push(Stretch { start: from, text: &text[from..to], ..*stretch });
                }
                if end > sentence.end {
                    // It goes on in the next sentence.
                    break;
                }
                rest.pop();
            }
            if !passage.is_empty() {
                found.push(passage);
            }
        }
    }
    found
}

fn has_word(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// From the first to the last character of a passage, without the white space around.
fn span_of(passage: &[Stretch<'_>]) -> Span {
    let (Some(first), Some(last)) = (passage.first(), passage.last()) else {
        return Span { part: Part::Text, start: 0, end: 0 };
    };
    let start = first.start + (first.text.len() - first.text.trim_start().len());
    Span { part: first.part, start, end: last.start + last.text.trim_end().len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Example, Gold};
    use crate::corpus::Corpus;
    use crate::decision::Abstention;
    use crate::pipeline::Unit;
    use crate::text::{Quotes, Reader, ReadingParams};

    fn cut(params: &ReadingParams, article: &Article) -> Vec<(String, usize)> {
        let stretches = Reader::new(params).unwrap().stretches(article);
        let passages = sentence_passages(article, &stretches);
        passages.iter().map(|p| (span_of(p).of(article).to_string(), p.len())).collect()
    }

    fn model(unit: Unit) -> Pipeline {
        let loaded = ["The vile traitors sold us all!", "Criminals and vile liars, all of them.", "Traitors must go."];
        let plain = ["The council met on Monday.", "A vote was held on the budget.", "The bridge is closed on Monday."];
        let example = |label: Option<&str>, text: &&str| Example {
            article: Article::from_text(*text),
            gold: Gold::several(label),
            spans: Vec::new(),
        };
        let of = |label, texts: [&'static str; 3]| texts.map(|text| example(label, &text));
        let rows: Vec<Example> =
            (0..3).flat_map(|_| of(Some("loaded"), loaded).into_iter().chain(of(None, plain))).collect();
        let params = Pipeline::params().min_df(1).unit(unit);
        params.fit(&Corpus::from_examples(rows).unwrap()).unwrap()
    }

    #[test]
    fn a_sentence_goes_on_behind_what_is_masked_or_read_apart() {
        let article =
            Article::new("A bridge. Closed", "He told example-news.org that “it is closed” now. — * —\nIt is.")
                .with_field("domain", "example-news.org")
                .with_field("lang", "en");
        let whole = |text: &str| (text.to_string(), 1);
        let told = "He told example-news.org that “it is closed” now.";
        let all = cut(&ReadingParams::everything(), &article);
        assert_eq!(all, [whole("A bridge."), whole("Closed"), whole(told), whole("It is.")]);
        let apart = cut(&ReadingParams { quotes: Quotes::Apart, ..ReadingParams::default() }, &article);
        assert_eq!((apart.len(), apart[2].0.as_str()), (4, told), "{apart:?}");
        assert!(apart[2].1 > 2, "{apart:?}");
    }

    #[test]
    fn what_is_masked_is_no_sentence_and_nothing_read_is_none() {
        let article = Article::from_text("The bridge was opened on Monday after ten years.\nLeave a Reply");
        assert_eq!(cut(&ReadingParams::default(), &article).len(), 1);
        assert_eq!(cut(&ReadingParams::everything(), &article).len(), 2);
        assert!(cut(&ReadingParams::default(), &Article::from_text(" … \n * ")).is_empty());
    }

    #[test]
    fn the_article_has_the_labels_of_its_best_sentences() {
        let model = model(Unit::Sentence);
        let article = Article::new("The vote", "The council met on Monday. Vile traitors! The bridge is closed.");
        let sentences = model.predict_sentences(&article);
        assert_eq!(sentences.len(), 4);
        let best = sentences.iter().map(|s| s.prediction.scores[0]).fold(f64::NEG_INFINITY, f64::max);
        let whole = model.predict(&article);
        assert_eq!(whole.scores, [best]);
        assert_eq!(sentences[2].prediction.scores, [best]);
        let alone = model.predict(&Article::from_text("Vile traitors!"));
        assert_eq!((alone.labels(), &alone.scores), (vec!["loaded"], &vec![best]));
        let evidence = model.explain(&article, 10);
        assert!(!evidence.is_empty());
        for e in evidence {
            let spoken = e.span.of(&article);
            assert!("Vile traitors!".contains(spoken), "{spoken}");
        }
    }

    #[test]
    fn only_the_whole_article_can_be_too_short_or_without_text() {
        let model = model(Unit::Sentence);
        // A sentence of one word is below what the model asks of an article.
        let article = Article::from_text("Traitors! The council met on Monday, and a vote was held. Unheard.");
        assert!(matches!(
            model.predict(&Article::from_text("Traitors!")).abstention(),
            Some(Abstention::TooShort { .. })
        ));
        let sentences = model.predict_sentences(&article);
        assert_eq!(sentences.len(), 3);
        assert!(sentences.iter().all(|s| s.prediction.abstention().is_none()), "{sentences:?}");
        let unknown = model.predict_sentences(&Article::from_text("Xyzzy plugh frotz. Qwertz yxcvb asdfg."));
        assert!(unknown.iter().all(|s| matches!(s.prediction.abstention(), Some(Abstention::UnknownText { .. }))));
        assert_eq!(unknown.len(), 2);
        let empty = Article::from_text("");
        assert_eq!(model.predict_sentences(&empty), []);
        assert_eq!(model.predict(&empty).abstention(), Some(&Abstention::NoText));
    }

    #[test]
    fn the_unit_is_kept_in_the_file_and_does_not_change_training() {
        let (article, sentence) = (model(Unit::Article), model(Unit::Sentence));
        let loaded = Pipeline::from_bytes(&sentence.to_bytes()).unwrap();
        assert_eq!(loaded.params.unit, Unit::Sentence);
        assert_eq!(article.model, sentence.model);
        assert!(!serde_json::to_string(&article.params).unwrap().contains("unit"));
        assert!(sentence.params.clone().check().is_ok());
        let both = crate::PipelineParams { passage_words: Some(100), ..sentence.params.clone() };
        assert!(both.check().is_err());
    }
}
