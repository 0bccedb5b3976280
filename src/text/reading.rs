//! What of an article is read: the stretches that cleaning leaves, and whose words they are.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::article::{Article, Part};
use crate::error::Result;
use crate::text::clean::{CleanParams, Cleaner, Context, Mask, RepeatedLines, RepeatedLinesParams, kept_ranges};
use crate::text::language::Language;
use crate::text::quotation::{Quotation, quotations};

/// Which parts of an article the model reads.
///
/// | field | default | meaning |
/// |---|---|---|
/// | `clean` | on, see [`CleanParams`] | what surrounds an article on its page is masked |
/// | `repeated_lines` | off, see [`RepeatedLinesParams`] | lines that an outlet repeats are learned from the training articles and masked |
/// | `quotes` | [`Quotes::Same`] | what becomes of quoted words |
///
/// Nothing is rewritten: masked pieces are passed over, n-grams never reach across one, and every offset is good in the original.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadingParams {
    /// The cleaning rules; `None` (in a file `false`) for none.
    #[serde(with = "crate::text::switch")]
    pub clean: Option<CleanParams>,
    /// When a line counts as repeated; `None` (in a file `false`) to learn none. Needs articles with a `domain` or `source`, and `clean`.
    #[serde(with = "crate::text::switch")]
    pub repeated_lines: Option<RepeatedLinesParams>,
    /// What becomes of quoted words.
    pub quotes: Quotes,
}

/// What becomes of the words that an article quotes or reports (see [`quotations`]): what a source says is not the outlet's stance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quotes {
    /// They count like all others.
    #[default]
    Same,
    /// They count as terms of their own, written with `“` before them.
    Apart,
    /// They don't count.
    Drop,
}

impl Default for ReadingParams {
    fn default() -> Self {
        ReadingParams { clean: Some(CleanParams::default()), repeated_lines: None, quotes: Quotes::Same }
    }
}

impl ReadingParams {
    /// Every word of title and body, as they are.
    pub fn everything() -> ReadingParams {
        ReadingParams { clean: None, repeated_lines: None, quotes: Quotes::Same }
    }

    /// Errors where a parameter is out of its range.
    pub fn check(&self) -> Result<()> {
        if let Some(clean) = &self.clean {
            clean.check()?;
        }
        if let Some(repeated) = &self.repeated_lines {
            repeated.check()?;
        }
        Ok(())
    }
}

/// A stretch of an article that the model reads; n-grams never reach across two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch<'a> {
    pub(crate) part: Part,
    /// Where the stretch begins in the original title or body, in bytes.
    pub(crate) start: usize,
    pub(crate) text: &'a str,
    pub(crate) voice: Voice,
    pub(crate) language: Language,
}

impl<'a> Stretch<'a> {
    /// A text that is read as it is.
    pub(crate) fn whole(part: Part, text: &'a str) -> Stretch<'a> {
        Stretch { part, start: 0, text, voice: Voice::Own, language: Language::Unknown }
    }
}

/// Whose words they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// The article's own.
    Own,
    /// A source's, where they are counted apart.
    Quoted,
}

/// Says what is read of an article, and what is masked and why.
///
/// A fitted [`Pipeline`](crate::Pipeline) has [one of its own](crate::Pipeline::reader), which also knows the repeated lines that it has learned.
///
/// ```
/// use slantwise::{Article, Reader, ReadingParams};
///
/// let article = Article::from_text("The bridge was opened on Monday after ten years.\nLeave a Reply");
/// let masks = Reader::new(&ReadingParams::default())?.masks(&article);
/// assert_eq!((masks.len(), masks[0].rule.as_str(), masks[0].start), (1, "comment", 49));
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reader {
    params: ReadingParams,
    cleaner: Option<Cleaner>,
    repeated: RepeatedLines,
    /// Whether the analyzer treats languages differently, or quotations are told.
    by_language: bool,
}

impl PartialEq for Reader {
    fn eq(&self, other: &Reader) -> bool {
        (&self.params, &self.repeated, self.by_language) == (&other.params, &other.repeated, other.by_language)
    }
}

impl Reader {
    /// A reader that has learned no repeated lines.
    ///
    /// # Errors
    /// A parameter out of range.
    pub fn new(params: &ReadingParams) -> Result<Reader> {
        Reader::with(params, RepeatedLines::default(), false)
    }

    /// A reader that knows repeated lines, if any. `by_language` asks for the language of every article.
    pub(crate) fn with(params: &ReadingParams, repeated: RepeatedLines, by_language: bool) -> Result<Reader> {
        let cleaner = match &params.clean {
            Some(clean) => Some(Cleaner::new(clean)?.with_repeated(repeated.clone())),
            None => None,
        };
        // Reported words are told by cues of the language.
        let by_language = by_language || params.quotes != Quotes::Same;
        Ok(Reader { params: params.clone(), cleaner, repeated, by_language })
    }

    /// A reader that has learned the repeated lines of some articles, where the parameters ask for it.
    pub(crate) fn fit<'a>(
        params: &ReadingParams,
        by_language: bool,
        articles: impl IntoIterator<Item = &'a Article>,
    ) -> Result<Reader> {
        let repeated = match &params.repeated_lines {
            Some(lines) if params.clean.is_some() => {
                RepeatedLines::fit(articles.into_iter().map(|a| (outlet(a).unwrap_or(""), a.text())), lines)?
            }
            _ => RepeatedLines::default(),
        };
        Reader::with(params, repeated, by_language)
    }

    /// Whether reading is learned from the training articles, so that a fold must read them anew.
    pub(crate) fn is_learned(params: &ReadingParams) -> bool {
        params.clean.is_some() && params.repeated_lines.is_some()
    }

    /// The repeated lines that were learned.
    pub(crate) fn repeated(&self) -> &RepeatedLines {
        &self.repeated
    }

    /// What of an article is not read, and why: sorted, not overlapping, title first.
    ///
    /// The outlet's own name is known from the fields `domain` (or `url`) and `source`, the language from `lang`.
    pub fn masks(&self, article: &Article) -> Vec<Mask> {
        self.masks_in(article, self.language(article))
    }

    fn masks_in(&self, article: &Article, language: Language) -> Vec<Mask> {
        let Some(cleaner) = &self.cleaner else { return Vec::new() };
        let language = (language != Language::Unknown).then(|| language.code());
        let domain = article.field("domain").or_else(|| article.field("url"));
        let context = Context { domain, source: article.field("source"), language };
        cleaner.mask(article.title(), article.text(), &context)
    }

    /// The declared language, else the detected one where anything depends on it.
    fn language(&self, article: &Article) -> Language {
        let declared = article.lang().map_or(Language::Unknown, Language::from_code);
        if declared == Language::Unknown && self.by_language {
            return article.language();
        }
        declared
    }

    /// What is read, in order.
    pub(crate) fn stretches<'a>(&self, article: &'a Article) -> Vec<Stretch<'a>> {
        let language = self.language(article);
        let masks = self.masks_in(article, language);
        let mut stretches = Vec::with_capacity(2 + masks.len());
        for part in [Part::Title, Part::Text] {
            let text = article.part(part);
            // Quotations are told in the whole text: a masked name may stand in the middle of one.
            let quoted = match self.params.quotes {
                Quotes::Same => Vec::new(),
                Quotes::Apart | Quotes::Drop => quotations(text, language),
            };
            let mut next = 0;
            for kept in kept_ranges(text.len(), part, &masks) {
                let mut push = |range: Range<usize>, voice| {
                    if !range.is_empty() {
                        stretches.push(Stretch { part, start: range.start, text: &text[range], voice, language });
                    }
                };
                let mut at = kept.start;
                while let Some(Quotation { range, .. }) = quoted.get(next)
                    && range.start < kept.end
                {
                    let (from, to) = (range.start.clamp(at, kept.end), range.end.clamp(at, kept.end));
                    push(at..from, Voice::Own);
                    if self.params.quotes == Quotes::Apart {
                        push(from..to, Voice::Quoted);
                    }
                    at = to;
                    if range.end > kept.end {
                        // It goes on behind the mask.
                        break;
                    }
                    next += 1;
                }
                push(at..kept.end, Voice::Own);
            }
        }
        stretches
    }
}

/// Who published an article, as its row says.
fn outlet(article: &Article) -> Option<&str> {
    article.field("domain").or_else(|| article.field("source"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(params: &ReadingParams, article: &Article) -> Vec<(String, Voice)> {
        let reader = Reader::fit(params, false, [article]).unwrap();
        let stretches = reader.stretches(article);
        for s in &stretches {
            assert_eq!(&article.part(s.part)[s.start..s.start + s.text.len()], s.text);
        }
        stretches.into_iter().map(|s| (s.text.trim().to_string(), s.voice)).filter(|s| !s.0.is_empty()).collect()
    }

    #[test]
    fn furniture_is_passed_over_and_the_rest_keeps_its_place() {
        let article = Article::new("The bridge", "The bridge was opened on Monday after ten years.\nLeave a Reply");
        let own = |text: &str| (text.to_string(), Voice::Own);
        let clean = read(&ReadingParams::default(), &article);
        assert_eq!(clean, [own("The bridge"), own("The bridge was opened on Monday after ten years.")]);
        let all = read(&ReadingParams::everything(), &article);
        assert_eq!(all[1], own(article.text()));
    }

    #[test]
    fn quoted_and_reported_words_are_the_same_or_apart_or_dropped() {
        let article = Article::from_text(
            "He called it “a very great day” and went. According to the police, he had gone on Monday.",
        );
        let of = |quotes| read(&ReadingParams { quotes, ..ReadingParams::everything() }, &article);
        assert_eq!(of(Quotes::Same).len(), 1);
        let apart = of(Quotes::Apart);
        let quoted: Vec<&str> = apart.iter().filter(|s| s.1 == Voice::Quoted).map(|s| s.0.as_str()).collect();
        assert_eq!(quoted, ["a very great day", "he had gone on Monday"]);
        let own: Vec<_> = apart.into_iter().filter(|s| s.1 == Voice::Own).collect();
        assert_eq!(own, of(Quotes::Drop));
        assert_eq!(own[0].0, "He called it “");
    }

    #[test]
    fn a_quotation_goes_on_behind_what_is_masked() {
        let text =
            "Министр сказал: «Мы закроем этот мост, — пишет example-news.org, — и построим новый мост». Мост закрыли.";
        let article = Article::from_text(text).with_field("domain", "example-news.org").with_field("lang", "ru");
        let params = ReadingParams { quotes: Quotes::Apart, ..ReadingParams::default() };
        let found = read(&params, &article);
        assert!(!found.iter().any(|s| s.0.contains("example-news")), "{found:?}");
        let quoted: Vec<&str> = found.iter().filter(|s| s.1 == Voice::Quoted).map(|s| s.0.as_str()).collect();
        assert_eq!((quoted.len(), quoted[0].starts_with("Мы закроем")), (2, true), "{found:?}");
        assert!(quoted[1].ends_with("новый мост"));
    }
}
