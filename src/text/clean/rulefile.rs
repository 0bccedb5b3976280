//! The rule files: phrases of furniture in each language.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::fold::fold;
use super::pattern::{Anchor, Pattern};
use super::rule::Rule;

/// Language and content, in the order in which the files are consulted.
pub(super) const FILES: [(&str, &str); 11] = [
    ("en", include_str!("rules/en.toml")),
    ("ru", include_str!("rules/ru.toml")),
    ("uk", include_str!("rules/uk.toml")),
    ("ar", include_str!("rules/ar.toml")),
    ("de", include_str!("rules/de.toml")),
    ("fr", include_str!("rules/fr.toml")),
    ("it", include_str!("rules/it.toml")),
    ("pl", include_str!("rules/pl.toml")),
    ("es", include_str!("rules/es.toml")),
    ("ro", include_str!("rules/ro.toml")),
    ("bg", include_str!("rules/bg.toml")),
];

/// The longest line, in characters, that is compared as a whole.
pub(super) const SHORT: usize = 120;

/// The longest line, in characters, in which pairs of words and credits are looked for.
pub(super) const PAIR: usize = 260;

/// The phrases of one rule in one language.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Group {
    /// The whole line.
    line: Vec<String>,
    /// The whole line, above the first sentence of the article.
    head: Vec<String>,
    /// The whole line, opening a list (`related`) or a section (`comment`) that is furniture too.
    heading: Vec<String>,
    /// The line begins so.
    start: Vec<String>,
    /// The line begins so, in the second half of the text.
    tail: Vec<String>,
    /// The line matches and is one of the last of the article.
    last: Vec<String>,
    /// The line ends so.
    end: Vec<String>,
    /// Somewhere in a short line.
    part: Vec<String>,
    /// The line begins so, and names of people follow to its end.
    names: Vec<String>,
    /// The same, only in articles of this language.
    names_own: Vec<String>,
    /// Two lists: a word of the one and a word of the other, somewhere in the line.
    pairs: Vec<[Vec<String>; 2]>,
    /// Words such as "photo", anywhere in the line, that credit the names which follow to its end.
    credit: Vec<String>,
    /// Words for what an author is, in the lines beside the author's name.
    roles: Vec<String>,
    /// Words of which furniture holds several; with a star, words that begin so.
    signs: Vec<String>,
    /// Words by which a page speaks to its reader: "our", "subscribe"; with a star, words that begin
    /// so; with a capital, only where they are written so within a sentence.
    address: Vec<String>,
    /// Words that, with numbers, make up the whole line; for `dateline`, places.
    words: Vec<String>,
    /// Longest line, in characters, for `start` and `tail`; by default the parameter `max_line`.
    max: Option<usize>,
}

/// Where in the article a phrase counts, and what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Anywhere,
    Head,
    Tail,
    Last,
    Heading,
    /// Names of people must follow; in articles of the language only, where one is given.
    Names(Option<&'static str>),
}

/// What a phrase says of the line in which it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) rule: Rule,
    pub(super) place: Place,
    /// Words of the phrase.
    pub(super) n_words: usize,
    /// Whether the phrase is too common to make a line furniture by itself.
    pub(super) weak: bool,
    /// Whether it stands at the end of the line.
    pub(super) at_end: bool,
}

/// What else must be true where a phrase is found.
#[derive(Debug, Clone, Default)]
pub(super) enum With {
    #[default]
    Nothing,
    /// One of these words is in the line too; with a star, a word that begins so.
    Words(Arc<Vec<String>>),
    /// It credits what follows to the end of the line.
    Names,
}

/// A word of a rule file, folded.
#[derive(Debug)]
pub(super) enum Word {
    Of(Rule, String),
    Role(String),
    Sign(Rule, String),
    /// Not folded.
    Address(String),
}

/// A phrase as a rule file gives it.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) with: With,
    pub(super) pattern: Pattern,
    pub(super) anchor: Anchor,
    pub(super) found: Found,
    /// The longest line for it, in characters, where it has a limit of its own.
    pub(super) max: Option<usize>,
}

/// Reads one file: calls `phrase` for each phrase and `word` for each word.
///
/// A file that is no TOML counts as empty: a test holds that none is.
pub(super) fn read(lang: &'static str, content: &str, mut phrase: impl FnMut(Phrase), mut word: impl FnMut(Word)) {
    let groups: BTreeMap<String, Group> = toml::from_str(content).unwrap_or_default();
    for (name, group) in groups {
        let Some(rule) = Rule::from_name(&name) else { continue };
        let lists = [
            (&group.heading, Anchor::Whole, Place::Heading),
            (&group.line, Anchor::Whole, Place::Anywhere),
            (&group.head, Anchor::Whole, Place::Head),
            (&group.start, Anchor::Start, Place::Anywhere),
            (&group.tail, Anchor::Start, Place::Tail),
            (&group.last, Anchor::Start, Place::Last),
            (&group.end, Anchor::End, Place::Anywhere),
            (&group.part, Anchor::Part, Place::Anywhere),
            (&group.names, Anchor::Start, Place::Names(None)),
            (&group.names_own, Anchor::Start, Place::Names(Some(lang))),
        ];
        for (sources, anchor, place) in lists {
            for pattern in sources.iter().filter_map(|s| Pattern::new(s, anchor)) {
                let weak = is_weak(rule, place, anchor, &pattern);
                let found = Found { rule, place, n_words: pattern.n_words(), weak, at_end: anchor == Anchor::End };
                // A line that is nothing but the phrase is short, however many words a `*` stands for.
                let max = if anchor == Anchor::Whole { Some(SHORT) } else { group.max };
                phrase(Phrase { with: With::Nothing, pattern, anchor, found, max });
            }
        }
        let place = Place::Anywhere;
        let mut anywhere = |word: &str, n_words: usize, with: &With, max: usize| {
            if let Some(pattern) = Pattern::new(word, Anchor::Part) {
                let found = Found { rule, place, n_words, weak: false, at_end: false };
                phrase(Phrase { with: with.clone(), pattern, anchor: Anchor::Part, found, max: Some(max) });
            }
        };
        for [words, others] in &group.pairs {
            let with = With::Words(Arc::new(others.iter().map(|w| fold_word(w)).collect()));
            words.iter().for_each(|word| anywhere(word, 2, &with, PAIR));
        }
        group.credit.iter().for_each(|word| anywhere(word, 2, &With::Names, PAIR));
        group.roles.iter().for_each(|w| word(Word::Role(fold(w))));
        group.signs.iter().for_each(|w| word(Word::Sign(rule, fold_word(w))));
        group.address.iter().for_each(|w| word(Word::Address(w.clone())));
        group.words.iter().for_each(|w| word(Word::Of(rule, fold(w))));
    }
}

/// A folded word that keeps its star.
fn fold_word(word: &str) -> String {
    let star = if word.ends_with('*') { "*" } else { "" };
    fold(word) + star
}

/// Whether a phrase is weak: a single word as the whole line, or one or two words without a colon at
/// its beginning, except where they are calls and credits that no sentence begins with.
fn is_weak(rule: Rule, place: Place, anchor: Anchor, pattern: &Pattern) -> bool {
    match (anchor, place) {
        (Anchor::Whole, Place::Anywhere | Place::Heading) => {
            let one = pattern.n_words() == 1 || (pattern.n_words() == 2 && pattern.literal().is_none());
            let strong = match rule {
                Rule::Comment => true,
                Rule::Advertisement | Rule::Subscribe | Rule::Caption => place == Place::Anywhere,
                Rule::Keywords | Rule::Source | Rule::Copyright | Rule::Agency => place == Place::Anywhere,
                _ => false,
            };
            one && !strong
        }
        (Anchor::Start, Place::Anywhere) => {
            let short = pattern.n_words() <= 2 && !pattern.has_colon() && pattern.first_word() != Some("©");
            short && !matches!(rule, Rule::Subscribe | Rule::Related)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_file_is_read_and_names_known_rules() {
        let mut n_phrases = 0;
        for (lang, content) in FILES {
            let groups: BTreeMap<String, Group> = toml::from_str(content).unwrap_or_else(|e| panic!("{lang}: {e}"));
            for name in groups.keys() {
                assert!(Rule::from_name(name).is_some(), "{lang}: unknown rule {name}");
            }
            assert!(groups.len() >= 15, "{lang}: {} rules", groups.len());
            read(lang, content, |_| n_phrases += 1, |_| {});
        }
        assert!(n_phrases > 5000, "{n_phrases}");
    }
}
