//! Which terms a text is made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::text::language::Language;
use crate::text::normalize::NormalizeParams;

/// Which terms a text is made of. Words, characters or both; by default words 1–2.
///
/// | field | default | range |
/// |---|---|---|
/// | `words` | n-grams 1–2 of words of two characters or more | see [`WordParams`] |
/// | `chars` | none | see [`CharParams`] |
/// | `normalize` | `disguises` and `variants` on | see [`NormalizeParams`] |
/// | `normalize_by_language` | none | [`NormalizeParams`] by [`Language`], written as its code |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnalyzerParams {
    /// Word n-grams; `None` (in a file `false`) for none.
    #[serde(with = "crate::text::switch")]
    pub words: Option<WordParams>,
    /// Character n-grams; `None` (in a file `false`) for none.
    #[serde(with = "crate::text::switch")]
    pub chars: Option<CharParams>,
    /// How letters are made comparable.
    pub normalize: NormalizeParams,
    /// How letters are made comparable in articles of one language, in place of `normalize`; `unknown` is for those whose
    /// language is not known. The language is the declared one, else the detected one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub normalize_by_language: BTreeMap<Language, NormalizeParams>,
}

/// Word n-grams, scikit-learn's `analyzer="word"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordParams {
    /// Shortest and longest n-gram in words. Default `(1, 2)`, range 1 to 8.
    pub ngram_range: (u8, u8),
    /// Every punctuation mark and symbol is a token too, in plain typography (`“` is `"`). Default `false`.
    pub punctuation: bool,
    /// Words of one character are tokens too. Default `false`, as in scikit-learn.
    pub one_letter: bool,
    /// Stems stand for words, by the [Snowball](https://snowballstem.org) algorithm of the article's language; evidence
    /// still covers the words. Words of other languages (Bulgarian among them) and of an unknown one stay. Default `false`.
    pub stem: bool,
    /// Stop words of the article's language are dropped before n-grams are made, as in scikit-learn: `state of war` gives `state war`.
    /// There are lists for Arabic, Bulgarian, English, French, German, Italian, Polish, Romanian, Russian, Spanish and
    /// Ukrainian; negations are not on them. Default `false`.
    pub stop_words: bool,
}

/// Character n-grams inside word boundaries, scikit-learn's `analyzer="char_wb"`: each word (a run
/// without white space) is padded with a space on both sides, and a word shorter than `n` counts once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CharParams {
    /// Shortest and longest n-gram in characters. Default `(2, 5)`, range 1 to 16.
    pub ngram_range: (u8, u8),
}

impl Default for AnalyzerParams {
    fn default() -> Self {
        AnalyzerParams {
            words: Some(WordParams::default()),
            chars: None,
            normalize: NormalizeParams::default(),
            normalize_by_language: BTreeMap::new(),
        }
    }
}

impl Default for WordParams {
    fn default() -> Self {
        WordParams { ngram_range: (1, 2), punctuation: false, one_letter: false, stem: false, stop_words: false }
    }
}

impl Default for CharParams {
    fn default() -> Self {
        CharParams { ngram_range: (2, 5) }
    }
}

impl AnalyzerParams {
    /// Whether words are read differently from language to language.
    pub(crate) fn is_by_language(&self) -> bool {
        self.words.as_ref().is_some_and(|words| words.stem || words.stop_words)
            || !self.normalize_by_language.is_empty()
    }

    /// Errors where a range is empty or too wide, or where neither words nor characters are wanted.
    pub fn check(&self) -> Result<()> {
        if self.words.is_none() && self.chars.is_none() {
            return Err(Error::param("words", "none", "words or chars (or both) to be given"));
        }
        if let Some(words) = &self.words {
            check_range("words", words.ngram_range, 8, "1 <= min <= max <= 8, such as 1..2")?;
        }
        if let Some(chars) = &self.chars {
            check_range("chars", chars.ngram_range, 16, "1 <= min <= max <= 16, such as 2..5")?;
        }
        Ok(())
    }
}

fn check_range(name: &'static str, (min, max): (u8, u8), most: u8, expected: &'static str) -> Result<()> {
    if min >= 1 && min <= max && max <= most {
        Ok(())
    } else {
        Err(Error::param(name, format_args!("{min}..{max}"), expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_out_of_range_say_the_range() {
        let params = AnalyzerParams {
            words: Some(WordParams { ngram_range: (3, 2), ..WordParams::default() }),
            ..AnalyzerParams::default()
        };
        assert!(params.check().unwrap_err().to_string().contains("1 <= min <= max <= 8"));
        let none = AnalyzerParams { words: None, ..AnalyzerParams::default() };
        assert!(none.check().is_err());
    }

    #[test]
    fn languages_are_asked_for_only_where_something_depends_on_them() {
        let words = |stem, stop_words| AnalyzerParams {
            words: Some(WordParams { stem, stop_words, ..WordParams::default() }),
            ..AnalyzerParams::default()
        };
        assert!(!words(false, false).is_by_language());
        assert!(words(true, false).is_by_language() && words(false, true).is_by_language());
        let mut params = AnalyzerParams::default();
        params.normalize_by_language.insert(Language::Russian, NormalizeParams::default());
        assert!(params.is_by_language());
    }

    #[test]
    fn languages_are_written_as_codes_and_an_unknown_code_is_named() {
        let text = "[normalize_by_language.uk]\nvariants = false\n[normalize_by_language.en]\nleetspeak = true\n";
        let params: AnalyzerParams = toml::from_str(text).unwrap();
        assert!(!params.normalize_by_language[&Language::Ukrainian].variants);
        assert!(params.normalize_by_language[&Language::English].leetspeak);
        let written = toml::to_string(&params).unwrap();
        assert!(written.contains("[normalize_by_language.uk]"), "{written}");
        assert_eq!(toml::from_str::<AnalyzerParams>(&written).unwrap(), params);
        let json = serde_json::to_string(&params).unwrap();
        assert_eq!(serde_json::from_str::<AnalyzerParams>(&json).unwrap(), params);
        let error = toml::from_str::<AnalyzerParams>("[normalize_by_language.ua]\n").unwrap_err().to_string();
        assert!(error.contains("unknown variant `ua`") && error.contains("`uk`"), "{error}");
        assert!(!toml::to_string(&AnalyzerParams::default()).unwrap().contains("by_language"));
    }
}
