//! The phrases of furniture in all languages, read from the rule files and made searchable.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::fold::{first_word, last_word};
use super::pattern::{Anchor, Pattern};
use super::rule::Rule;

/// The rule files: language and content, in the order in which they are consulted.
const FILES: [(&str, &str); 11] = [
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
    /// The line ends so.
    end: Vec<String>,
    /// The line matches as a whole and is one of the last of the article.
    last: Vec<String>,
    /// Somewhere in a short line.
    part: Vec<String>,
    /// The line begins so, and names of people follow to its end.
    names: Vec<String>,
    /// The same, only in articles of this language.
    names_own: Vec<String>,
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

/// A phrase that was found in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) rule: Rule,
    pub(super) place: Place,
    /// Words of the phrase.
    pub(super) n_words: usize,
}

#[derive(Debug)]
struct Entry {
    pattern: Pattern,
    found: Found,
    max: Option<usize>,
}

/// All phrases.
#[derive(Debug)]
pub(super) struct Phrases {
    whole: FxHashMap<String, Found>,
    starts: FxHashMap<String, Vec<Entry>>,
    ends: FxHashMap<String, Vec<Entry>>,
    parts: Option<AhoCorasick>,
    part_entries: Vec<Entry>,
    words: FxHashMap<String, Rule>,
    places: FxHashSet<String>,
}

/// The longest line, in characters, that is compared as a whole.
pub(super) const SHORT: usize = 120;

impl Phrases {
    /// The phrases of the rule files.
    pub(super) fn all() -> &'static Phrases {
        static ALL: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(&FILES));
        &ALL
    }

    /// Reads rule files. A file that is no TOML counts as empty: a test holds that none is.
    fn read(files: &[(&'static str, &str)]) -> Phrases {
        let mut phrases = Phrases {
            whole: FxHashMap::default(),
            starts: FxHashMap::default(),
            ends: FxHashMap::default(),
            parts: None,
            part_entries: Vec::new(),
            words: FxHashMap::default(),
            places: FxHashSet::default(),
        };
        for &(lang, content) in files {
            let groups: BTreeMap<String, Group> = toml::from_str(content).unwrap_or_default();
            for (name, group) in groups {
                if let Some(rule) = Rule::from_name(&name) {
                    phrases.add(lang, rule, group);
                }
            }
        }
        let needles: Vec<String> = phrases.part_entries.iter().map(|e| e.pattern.longest_run()).collect();
        phrases.parts = AhoCorasick::new(needles).ok();
        for entries in phrases.starts.values_mut().chain(phrases.ends.values_mut()) {
            entries.sort_by_key(|e| std::cmp::Reverse(e.pattern.weight()));
        }
        phrases
    }

    fn add(&mut self, lang: &'static str, rule: Rule, group: Group) {
        let max = group.max;
        let mut add = |sources: &[String], anchor, place| {
            for pattern in sources.iter().filter_map(|s| Pattern::new(s, anchor)) {
                let found = Found { rule, place, n_words: pattern.n_words() };
                let entry = |pattern| Entry { pattern, found, max };
                match (anchor, pattern.literal()) {
                    (Anchor::Whole, Some(literal)) => {
                        self.whole.entry(literal).or_insert(found);
                    }
                    (Anchor::Whole | Anchor::Start, _) => match pattern.first_word().map(str::to_string) {
                        Some(word) => self.starts.entry(word).or_default().push(entry(pattern)),
                        None => self.part_entries.push(entry(pattern)),
                    },
                    (Anchor::End, _) => match pattern.last_word().map(str::to_string) {
                        Some(word) => self.ends.entry(word).or_default().push(entry(pattern)),
                        None => self.part_entries.push(entry(pattern)),
                    },
                    (Anchor::Part, _) => self.part_entries.push(entry(pattern)),
                }
            }
        };
        add(&group.heading, Anchor::Whole, Place::Heading);
        add(&group.line, Anchor::Whole, Place::Anywhere);
        add(&group.head, Anchor::Whole, Place::Head);
        add(&group.start, Anchor::Start, Place::Anywhere);
        add(&group.tail, Anchor::Start, Place::Tail);
        add(&group.last, Anchor::Start, Place::Last);
        add(&group.end, Anchor::End, Place::Anywhere);
        add(&group.part, Anchor::Part, Place::Anywhere);
        add(&group.names, Anchor::Start, Place::Names(None));
        add(&group.names_own, Anchor::Start, Place::Names(Some(lang)));
        for word in group.words.iter().map(|w| super::fold::fold(w)) {
            if rule == Rule::Dateline {
                self.places.extend(word.split(' ').map(str::to_string));
            } else {
                self.words.entry(word).or_insert(rule);
            }
        }
    }

    /// Whether a folded word names a place from which articles are sent.
    pub(super) fn is_place(&self, word: &str) -> bool {
        self.places.contains(word)
    }

    /// Whether a folded word belongs to dates: a month, a weekday.
    pub(super) fn is_date_word(&self, word: &str) -> bool {
        self.words.get(word) == Some(&Rule::Date)
    }

    /// The phrase that makes this line furniture: the whole line first, then the longest phrase at
    /// its beginning or end, then any in it. `accept` says whether the place is right. Phrases
    /// inside a line are searched in lines of up to `max_part` characters.
    pub(super) fn find(
        &self,
        line: &str,
        chars: usize,
        (max_line, max_part): (usize, usize),
        scratch: &mut Scratch,
        mut accept: impl FnMut(Found) -> bool,
    ) -> Option<Found> {
        let Scratch { folded, word } = scratch;
        folded.clear();
        if chars <= SHORT {
            super::fold::fold_into(line, folded);
            if let Some(&found) = self.whole.get(folded.trim_end_matches(':'))
                && accept(found)
            {
                return Some(found);
            }
        }
        let fits = |entry: &&Entry| chars <= entry.max.unwrap_or(max_line);
        let mut words: Vec<&str> = Vec::new();
        first_word(line, word);
        let starts = self.starts.get(word.trim_end_matches(':')).map_or(&[][..], Vec::as_slice);
        last_word(line, word);
        let ends = if chars <= max_line { self.ends.get(word.as_str()).map_or(&[][..], Vec::as_slice) } else { &[] };
        let parts = chars <= max_part;
        if folded.is_empty() {
            if !parts && !starts.iter().chain(ends).any(|e| fits(&e)) {
                return None;
            }
            super::fold::fold_into(line, folded);
        }
        words.extend(folded.split(' '));
        let entries = starts.iter().chain(ends).filter(fits);
        if let Some(entry) = entries.filter(|e| e.pattern.matches(&words)).find(|e| accept(e.found)) {
            return Some(entry.found);
        }
        if let (true, Some(automaton)) = (parts, &self.parts) {
            for hit in automaton.find_overlapping_iter(folded.as_str()) {
                let entry = &self.part_entries[hit.pattern().as_usize()];
                if entry.pattern.matches(&words) && accept(entry.found) {
                    return Some(entry.found);
                }
            }
        }
        None
    }

    /// The rule whose words, with numbers, make up this line: dates and market or weather lines.
    pub(super) fn only_words_and_numbers(&self, line: &str, chars: usize, scratch: &mut Scratch) -> Option<Rule> {
        if chars > SHORT || !line.contains(|c: char| c.is_numeric()) {
            return None;
        }
        scratch.folded.clear();
        super::fold::fold_into(line, &mut scratch.folded);
        let mut rule = None;
        for word in scratch.folded.split(' ').map(|w| w.trim_end_matches(':')) {
            let number = word.starts_with(|c: char| c.is_numeric());
            match self.words.get(word) {
                Some(_) if rule == Some(Rule::Widget) => {}
                Some(&found) => rule = Some(found),
                None if number => rule = rule.or_else(|| looks_like_date(word).then_some(Rule::Date)),
                None => return None,
            }
        }
        rule
    }

    /// Words of all rule files, for the tests.
    #[cfg(test)]
    fn n_phrases(&self) -> usize {
        let listed = |map: &FxHashMap<String, Vec<Entry>>| {
            let mut n: Vec<usize> = map.values().map(Vec::len).collect();
            n.sort_unstable();
            n.iter().sum::<usize>()
        };
        self.whole.len() + listed(&self.starts) + listed(&self.ends) + self.part_entries.len()
    }
}

/// `2024-01-31`, `31.01.2024`, `31/1/24`, `2024`: years alone count, other bare numbers don't.
fn looks_like_date(word: &str) -> bool {
    let parts: FxHashSet<char> = word.chars().filter(|c| !c.is_ascii_digit()).collect();
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let separated = matches!(word.matches(['-', '.', '/']).count(), 1 | 2) && (3..=8).contains(&digits);
    parts.len() <= 1 && (separated || (digits == 4 && parts.is_empty() && matches!(word.get(..2), Some("19" | "20"))))
}

/// Buffers that are reused from line to line.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    folded: String,
    word: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<(Rule, Place)> {
        Phrases::all()
            .find(line, line.chars().count(), (300, SHORT), &mut Scratch::default(), |_| true)
            .map(|f| (f.rule, f.place))
    }

    #[test]
    fn every_rule_file_is_read_and_names_known_rules() {
        for (lang, content) in FILES {
            let groups: BTreeMap<String, Group> = toml::from_str(content).unwrap_or_else(|e| panic!("{lang}: {e}"));
            for name in groups.keys() {
                assert!(Rule::from_name(name).is_some(), "{lang}: unknown rule {name}");
            }
            assert!(groups.len() >= 15, "{lang}: {} rules", groups.len());
        }
        assert!(Phrases::all().n_phrases() > 1000, "{}", Phrases::all().n_phrases());
    }

    #[test]
    fn lines_are_found_by_their_phrases() {
        assert_eq!(found("» SUBSCRIBE «"), Some((Rule::Subscribe, Place::Anywhere)));
        assert_eq!(found("Leave a Reply"), Some((Rule::Comment, Place::Heading)));
        assert_eq!(found("إقرأ أيضاً:"), Some((Rule::Related, Place::Heading)));
        assert_eq!(found("He told them to subscribe to the idea of a long war."), None);
    }

    #[test]
    fn dates_and_rates_are_lines_of_known_words_and_numbers() {
        let rule = |line: &str| Phrases::all().only_words_and_numbers(line, line.len(), &mut Scratch::default());
        assert_eq!(rule("Updated 14 January 2021, 10:45"), Some(Rule::Date));
        assert_eq!(rule("31.01.2024 14:55"), Some(Rule::Date));
        assert_eq!(rule("USD 41.25 EUR 44.80"), Some(Rule::Widget));
        assert_eq!(rule("12"), None);
        assert_eq!(rule("14 people died in January"), None);
    }
}
