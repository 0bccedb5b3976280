//! The words of each language that tell reported words from an article's own, read from `cues.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use crate::text::language::Language;
use crate::text::normalize::{NormalizeParams, Normalizer};
use crate::text::tokenize::{TokenRules, Tokenizer};

const FILE: &str = include_str!("cues.toml");

/// A tokenizer that takes every word and every mark.
pub(super) fn tokenizer() -> Tokenizer {
    Tokenizer::new(Normalizer::of(NormalizeParams::default()), TokenRules { one_letter: true, punctuation: true })
}

/// The cues of one language as the file has them; `cues.toml` says what each list is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Lists {
    least: Option<usize>,
    names: Vec<String>,
    verbs: Vec<String>,
    that: Vec<String>,
    direct: Vec<String>,
    not_direct: Vec<String>,
    comma: bool,
    sources: Vec<String>,
    not_sources: Vec<String>,
    #[serde(rename = "as")]
    as_said: Vec<String>,
    then: Vec<String>,
    nouns: bool,
    not_first: Vec<String>,
    tails: Vec<String>,
    not_after: Vec<String>,
    prefixes: Vec<String>,
}

/// A word that some cue holds; all other words are [`OTHER`].
pub(super) type WordId = u32;
pub(super) const OTHER: WordId = 0;

/// Phrases by their first word.
#[derive(Debug, Default)]
pub(super) struct Phrases(FxHashMap<WordId, Vec<Vec<WordId>>>);

impl Phrases {
    /// How many words the longest phrase has with which `words` begins.
    pub(super) fn at(&self, words: impl Iterator<Item = WordId> + Clone) -> Option<usize> {
        let mut all = words.clone();
        let phrases = self.0.get(&all.next()?)?;
        phrases.iter().find(|phrase| phrase.iter().copied().eq(words.clone().take(phrase.len()))).map(Vec::len)
    }
}

/// The cues of one language.
#[derive(Debug, Default)]
pub(super) struct Cues {
    ids: FxHashMap<String, WordId>,
    pub(super) least: usize,
    names: Vec<String>,
    pub(super) verbs: Phrases,
    pub(super) that: Phrases,
    pub(super) direct: Phrases,
    pub(super) not_direct: FxHashSet<WordId>,
    pub(super) comma: bool,
    pub(super) sources: Phrases,
    pub(super) not_sources: Phrases,
    pub(super) as_said: Phrases,
    pub(super) then: FxHashSet<WordId>,
    pub(super) nouns: bool,
    pub(super) not_first: FxHashSet<WordId>,
    pub(super) tails: FxHashSet<WordId>,
    pub(super) not_after: FxHashSet<WordId>,
    prefixes: Vec<char>,
}

impl Cues {
    /// The cues of a language; without any where there are none.
    pub(super) fn of(language: Language) -> &'static Cues {
        static ALL: LazyLock<FxHashMap<Language, Cues>> = LazyLock::new(|| {
            let lists: BTreeMap<String, Lists> = toml::from_str(FILE).unwrap_or_default();
            lists.into_iter().map(|(code, lists)| (Language::from_code(&code), Cues::new(&lists))).collect()
        });
        static NONE: LazyLock<Cues> = LazyLock::new(|| Cues::new(&Lists::default()));
        ALL.get(&language).unwrap_or(&NONE)
    }

    fn new(lists: &Lists) -> Cues {
        let mut cues =
            Cues { least: lists.least.unwrap_or(3), comma: lists.comma, nouns: lists.nouns, ..Cues::default() };
        cues.prefixes = lists.prefixes.iter().filter_map(|p| p.chars().next()).collect();
        cues.names = lists.names.iter().flat_map(|name| words(name)).collect();
        cues.verbs = cues.phrases(&lists.verbs);
        cues.that = cues.phrases(&lists.that);
        cues.direct = cues.phrases(&lists.direct);
        cues.not_direct = cues.set(&lists.not_direct);
        cues.sources = cues.phrases(&lists.sources);
        cues.not_sources = cues.phrases(&lists.not_sources);
        cues.as_said = cues.phrases(&lists.as_said);
        cues.then = cues.set(&lists.then);
        cues.not_first = cues.set(&lists.not_first);
        cues.tails = cues.set(&lists.tails);
        cues.not_after = cues.set(&lists.not_after);
        cues
    }

    fn intern(&mut self, word: String) -> WordId {
        let next = self.ids.len() as WordId + 1;
        *self.ids.entry(word).or_insert(next)
    }

    fn phrases(&mut self, list: &[String]) -> Phrases {
        let mut all: Vec<Vec<WordId>> =
            list.iter().map(|phrase| words(phrase).into_iter().map(|word| self.intern(word)).collect()).collect();
        // The longest is looked for first.
        all.sort_by_key(|ids| std::cmp::Reverse(ids.len()));
        let mut phrases = Phrases::default();
        for ids in all {
            if let Some(&first) = ids.first() {
                phrases.0.entry(first).or_default().push(ids);
            }
        }
        phrases
    }

    fn set(&mut self, list: &[String]) -> FxHashSet<WordId> {
        list.iter().flat_map(|word| words(word)).map(|word| self.intern(word)).collect()
    }

    /// The word of a text in its normal form.
    pub(super) fn id(&self, word: &str) -> WordId {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let bare = word.strip_prefix(&self.prefixes[..]).and_then(|bare| self.ids.get(bare));
        bare.copied().unwrap_or(OTHER)
    }

    /// Whether a word before quotation marks says that they hold a name.
    pub(super) fn is_before_name(&self, word: &str) -> bool {
        self.names.iter().any(|name| word.starts_with(name.as_str()))
    }

    /// Whether there are any cues of reported words.
    pub(super) fn is_empty(&self) -> bool {
        self.verbs.0.is_empty()
    }
}

/// The words of a text in their normal forms.
fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    tokenizer().tokens(text, |term, _, _| {
        if let Ok(term) = std::str::from_utf8(term)
            && term.contains(char::is_alphanumeric)
        {
            found.push(term.to_string());
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_has_every_list_that_a_language_needs() {
        let lists: BTreeMap<String, Lists> = toml::from_str(FILE).unwrap();
        let codes: Vec<&str> = lists.keys().map(String::as_str).collect();
        assert_eq!(codes, ["ar", "bg", "de", "en", "es", "fr", "it", "pl", "ro", "ru", "uk"]);
        for (code, l) in &lists {
            assert!(l.verbs.len() >= 40 && l.sources.len() >= 5 && l.names.len() >= 20 && !l.that.is_empty(), "{code}");
            for word in l.verbs.iter().chain(&l.names).chain(&l.sources) {
                assert_eq!(*word, word.to_lowercase(), "{code}");
            }
            let cues = Cues::of(Language::from_code(code));
            for verb in &l.verbs {
                let ids: Vec<WordId> = words(verb).iter().map(|w| cues.id(w)).collect();
                assert_eq!(cues.verbs.at(ids.iter().copied()), Some(ids.len()), "{verb}");
            }
        }
    }

    #[test]
    fn the_longest_phrase_counts_and_letters_written_together_are_taken_off() {
        let cues = Cues::of(Language::Spanish);
        let ids = |text: &str| words(text).iter().map(|w| cues.id(w)).collect::<Vec<_>>();
        assert_eq!(cues.verbs.at(ids("ha dicho que").into_iter()), Some(2));
        assert_eq!(cues.verbs.at(ids("ha llegado").into_iter()), None);
        let cues = Cues::of(Language::Arabic);
        assert_eq!((cues.id("وقال"), cues.id("فقال")), (cues.id("قال"), cues.id("قال")));
        assert!(cues.id("قال") != OTHER && cues.id("جسر") == OTHER);
        assert!(Cues::of(Language::Unknown).is_empty());
    }
}
