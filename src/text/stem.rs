//! Stems of words: the algorithms of Snowball, one a language.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use snowball_stemmers_rs::{Algorithm, Stemmer};

use crate::text::language::Language;

/// Words whose stems are remembered; the memory is emptied when it is full.
const REMEMBERED: usize = 1 << 16;

/// Longer words are no words of a language; they stay as they are.
const LONGEST: usize = 64;

/// The algorithm of a language. Bulgarian, Belarusian, Macedonian, Croatian, Slovak, Georgian, Hebrew, Urdu and Chinese have
/// none; the Serbian one writes Latin letters.
fn algorithm(language: Language) -> Option<Algorithm> {
    Some(match language {
        Language::Arabic => Algorithm::Arabic,
        Language::Czech => Algorithm::Czech,
        Language::Dutch => Algorithm::Dutch,
        Language::English => Algorithm::English,
        Language::French => Algorithm::French,
        Language::German => Algorithm::German,
        Language::Greek => Algorithm::Greek,
        Language::Hindi => Algorithm::Hindi,
        Language::Hungarian => Algorithm::Hungarian,
        Language::Italian => Algorithm::Italian,
        Language::Persian => Algorithm::Persian,
        Language::Polish => Algorithm::Polish,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Romanian => Algorithm::Romanian,
        Language::Russian => Algorithm::Russian,
        Language::Spanish => Algorithm::Spanish,
        Language::Swedish => Algorithm::Swedish,
        Language::Turkish => Algorithm::Turkish,
        Language::Ukrainian => Algorithm::Ukrainian,
        _ => return None,
    })
}

/// Stems the words of one language at a time, and remembers them.
#[derive(Default)]
pub(crate) struct Stems {
    language: Language,
    stemmer: Option<Stemmer>,
    known: FxHashMap<Box<str>, Box<str>>,
}

impl std::fmt::Debug for Stems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stems").field("language", &self.language).field("known", &self.known.len()).finish()
    }
}

impl Stems {
    /// Turns to a language; where it has no algorithm, words stay as they are.
    pub(crate) fn turn_to(&mut self, language: Language) {
        if self.language != language {
            self.language = language;
            self.stemmer = algorithm(language).map(Stemmer::create);
            self.known.clear();
        }
    }

    /// The stem of a word in its normal form. Words with digits, and words of which nothing would be left, stay.
    pub(crate) fn stem<'a>(&'a mut self, word: &'a str) -> &'a str {
        let Some(stemmer) = &self.stemmer else { return word };
        if word.len() > LONGEST || !word.chars().all(is_stemmable) {
            return word;
        }
        if !self.known.contains_key(word) {
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            self.known.insert(word.into(), stem_of(stemmer, word).into());
        }
        self.known.get(word).map_or(word, |stem| stem)
    }
}

fn stem_of<'a>(stemmer: &Stemmer, word: &'a str) -> Cow<'a, str> {
    let stem = stemmer.stem(word);
    if stem.is_empty() || stem.contains(char::is_whitespace) { Cow::Borrowed(word) } else { stem }
}

/// Letters, and the apostrophe of Cyrillic words.
fn is_stemmable(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36F}' | '\u{93C}'..='\u{94D}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::normalize::{NormalizeParams, Normalizer};

    const STEMMED: [&str; 19] = [
        "ar", "cs", "nl", "en", "fr", "de", "el", "hi", "hu", "it", "fa", "pl", "pt", "ro", "ru", "es", "sv", "tr",
        "uk",
    ];

    fn stem(code: &str, word: &str) -> String {
        let mut stems = Stems::default();
        stems.turn_to(Language::from_code(code));
        let mut normal = Vec::new();
        Normalizer::of(NormalizeParams::default()).normalize(word, 0, &mut normal);
        let word: String = normal.iter().map(|n| n.c).collect();
        stems.stem(&word).to_string()
    }

    #[test]
    fn forms_of_a_word_have_one_stem_in_each_language() {
        let mut wrong = Vec::new();
        for (code, forms) in [
            ("en", ["sanction", "sanctions", "sanctioned"]),
            ("de", ["Waffe", "Waffen", "waffe"]),
            ("fr", ["sanction", "sanctions", "Sanctions"]),
            ("it", ["sanzione", "sanzioni", "Sanzioni"]),
            ("es", ["ministro", "ministros", "ministra"]),
            ("pl", ["samochodu", "samochodem", "samochody"]),
            ("ro", ["miniștri", "miniştri", "Miniștri"]),
            ("ru", ["войска", "войскам", "войсками"]),
            ("uk", ["війська", "військам", "військами"]),
            ("ar", ["الحكومة", "حكومة", "للحكومة"]),
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stem(code, form)).collect();
            if stems.iter().any(|s| *s != stems[0]) {
                wrong.push(format!("{code}: {stems:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn without_an_algorithm_or_a_language_words_stay() {
        for code in ["bg", "unknown", "zh"] {
            assert_eq!(stem(code, "sanctions"), "sanctions");
            assert_eq!(stem(code, "войсками"), "войсками");
        }
        assert_eq!(stem("en", "covid19s"), "covid19s");
    }

    #[test]
    fn turning_to_another_language_forgets_the_stems_of_the_last() {
        let mut stems = Stems::default();
        stems.turn_to(Language::English);
        assert_eq!(stems.stem("nationalen"), "nationalen");
        stems.turn_to(Language::German);
        assert_eq!(stems.stem("nationalen"), "national");
        stems.turn_to(Language::Unknown);
        assert_eq!(stems.stem("nationalen"), "nationalen");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        /// No word of any script makes any algorithm fail, or vanish.
        #[test]
        fn stems_exist_for_any_letters(
            word in "\\PC{1,12}|[a-zäöüßéèêàâçñãõțșăîşğıåøł'ʼ]{1,20}|[а-яёіїєґўʼъьщ]{1,20}|[ء-يًٌٍَُِّْٰپچژگکی]{1,16}|[ऀ-ॿ]{1,12}|[α-ωάέήίόύώϊΐ]{1,16}",
            which in 0..STEMMED.len(),
        ) {
            let mut stems = Stems::default();
            stems.turn_to(Language::from_code(STEMMED[which]));
            let found = stems.stem(&word);
            prop_assert!(!found.is_empty() && (found == word || !found.contains(char::is_whitespace)));
        }
    }
}
