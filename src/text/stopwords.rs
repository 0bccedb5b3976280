//! Stop words: small words that say little about what a text stands for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::text::language::Language;
use crate::text::normalize::{NormChar, NormalizeParams, Normalizer};

const FILE: &str = include_str!("stopwords/words.toml");

/// The stop words of a language in their normal forms, whether spelling variants are united or not.
pub(crate) fn stop_words(language: Language) -> Option<&'static FxHashSet<String>> {
    static ALL: LazyLock<FxHashMap<Language, FxHashSet<String>>> = LazyLock::new(|| {
        let lists: BTreeMap<String, String> = toml::from_str(FILE).unwrap_or_default();
        lists.iter().map(|(code, words)| (Language::from_code(code), normal_forms(words))).collect()
    });
    ALL.get(&language)
}

/// Tells the stop words of a language.
pub(crate) struct StopWords {
    of_language: Option<&'static FxHashSet<String>>,
    normalizer: &'static Normalizer,
    normal: Vec<NormChar>,
    word: String,
}

impl StopWords {
    pub(crate) fn new(language: Language) -> StopWords {
        let normalizer = Normalizer::of(NormalizeParams::default());
        StopWords { of_language: stop_words(language), normalizer, normal: Vec::new(), word: String::new() }
    }

    /// Whether a word as it is written is one.
    pub(crate) fn contains(&mut self, word: &str) -> bool {
        let Some(of_language) = self.of_language else { return false };
        self.normal.clear();
        self.normalizer.normalize(word, 0, &mut self.normal);
        self.word.clear();
        self.word.extend(self.normal.iter().map(|n| n.c));
        of_language.contains(&self.word)
    }
}

fn normal_forms(words: &str) -> FxHashSet<String> {
    let mut forms = FxHashSet::default();
    let mut normal = Vec::new();
    for variants in [false, true] {
        let normalizer = Normalizer::of(NormalizeParams { variants, ..NormalizeParams::default() });
        for word in words.split_whitespace() {
            normal.clear();
            normalizer.normalize(word, 0, &mut normal);
            forms.insert(normal.iter().map(|n| n.c).collect());
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenize::{TokenRules, Tokenizer};

    #[test]
    fn every_entry_is_a_token_that_a_text_can_hold() {
        let normalizer = Normalizer::of(NormalizeParams::default());
        let mut tokenizer = Tokenizer::new(normalizer, TokenRules { one_letter: true, punctuation: false });
        let lists: BTreeMap<String, String> = toml::from_str(FILE).unwrap();
        let codes: Vec<&str> = lists.keys().map(String::as_str).collect();
        assert_eq!(codes, ["ar", "bg", "de", "en", "es", "fr", "it", "pl", "ro", "ru", "uk"]);
        for (code, words) in &lists {
            let set = stop_words(Language::from_code(code)).unwrap();
            for word in words.split_whitespace() {
                let mut tokens = Vec::new();
                tokenizer.tokens(word, |t, _, _| tokens.push(String::from_utf8(t.to_vec()).unwrap()));
                assert_eq!(tokens.len(), 1, "{code}: {word}");
                assert!(set.contains(&tokens[0]), "{code}: {word}");
            }
            assert!((90..300).contains(&words.split_whitespace().count()), "{code}");
        }
    }

    #[test]
    fn words_that_take_a_stand_and_unknown_languages_are_left_alone() {
        for (code, word) in
            [("en", "not"), ("ru", "не"), ("uk", "не"), ("de", "nicht"), ("fr", "pas"), ("ar", "لا"), ("bg", "не")]
        {
            assert!(!stop_words(Language::from_code(code)).unwrap().contains(word), "{word}");
        }
        assert!(stop_words(Language::Unknown).is_none() && stop_words(Language::Hindi).is_none());
    }
}
