//! The phrases of furniture in all languages, made searchable.
//!
//! A line is prose most of the time, and that must be seen at once: phrases are found by the first
//! or last word of the line, or by a rare word in it, and only then compared as a whole.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

use super::chars::is_number;
use super::fold::{fold_into, head, last_word, leading_word, tail};
use super::names::looks_like_names;
use super::needles::{Needles, Sight, WordSign};
use super::outlets::ends_word;
use super::pattern::{Anchor, NUMBER, Pattern, Words};
use super::rule::Rule;
use super::rulefile::{FILES, Found, Phrase, Place, SHORT, With, Word, read};
use super::signs::{Address, Languages, Signs, languages};

#[derive(Debug)]
struct Entry {
    pattern: Pattern,
    found: Found,
    with: With,
    /// The language of its file.
    language: Languages,
    max: Option<usize>,
    /// The words that the line begins with (or, for phrases at its end, ends with); empty where the line
    /// was found to begin so.
    fixed: String,
    /// The second word of the line (or its last but one), where the phrase says it: a sign of it.
    next: Option<u64>,
    /// A word that the line must hold besides the one by which the phrase is found.
    needs: Option<WordSign>,
    /// The words one of which must be in the line, where `with` names them and all are known by a sign.
    pair: Vec<WordSign>,
}

impl Entry {
    fn new(phrase: Phrase, language: Languages, key: &str, fixed: String, next: Option<u64>) -> Entry {
        let Phrase { with, pattern, found, max, .. } = phrase;
        let needs = pattern.words().filter(|w| *w != key).max_by_key(|w| w.len()).and_then(WordSign::new);
        let pair = match &with {
            With::Words(words) => {
                words.iter().map(|w| WordSign::new(w)).collect::<Option<Vec<_>>>().unwrap_or_default()
            }
            _ => Vec::new(),
        };
        Entry { pattern, found, with, language, max, fixed, next, needs, pair }
    }
}

/// What begins with a word.
#[derive(Debug, Default)]
struct Starts {
    /// Whether phrases of words alone do, which are compared with whole lines.
    whole: bool,
    edge: Edge,
}

/// Phrases that begin, or end, a line with the same word: found by the word next to it.
#[derive(Debug, Default)]
struct Edge {
    /// The longest first.
    entries: Vec<Entry>,
    /// Places in `entries` of those that a line with this second word may match.
    by_next: FxHashMap<u64, Vec<u32>>,
    /// Of those that say nothing of the second word.
    rest: Vec<u32>,
}

impl Edge {
    fn index(&mut self) {
        self.entries.sort_by_key(|e| std::cmp::Reverse(e.pattern.weight()));
        let nexts: FxHashSet<u64> = self.entries.iter().filter_map(|e| e.next).collect();
        let of = |next: Option<u64>| -> Vec<u32> {
            let fits = |e: &Entry| e.next.is_none() || e.next == next;
            (0u32..).zip(&self.entries).filter(|(_, e)| fits(e)).map(|(i, _)| i).collect()
        };
        self.rest = of(None);
        self.by_next = nexts.into_iter().map(|next| (next, of(Some(next)))).collect();
    }

    /// The phrases that a line may match whose second word (or last but one) is that, the longest first.
    fn entries(&self, next: Option<u64>) -> impl Iterator<Item = &Entry> {
        let of = next.and_then(|next| self.by_next.get(&next));
        of.unwrap_or(&self.rest).iter().map(|&i| &self.entries[i as usize])
    }
}

/// All phrases.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    whole: FxHashMap<String, Vec<Found>>,
    starts: FxHashMap<String, Starts>,
    ends: FxHashMap<String, Edge>,
    /// Finds rare words of phrases that may stand anywhere in a line.
    rare: Option<Needles>,
    /// What each needle of `rare` stands for.
    needles: Vec<Needle>,
    parts: Vec<Vec<Entry>>,
    words: FxHashMap<String, Rule>,
    places: FxHashSet<String>,
    roles: FxHashSet<String>,
    address: Address,
}

/// What a word that is searched in lines stands for.
#[derive(Debug, Default)]
struct Needle {
    /// Its place in `parts`, and the places of the shorter words it begins with; the bytes of each.
    parts: Vec<(usize, usize)>,
    /// What it is a sign of.
    sign: Option<Sign>,
}

#[derive(Debug, Clone, Copy)]
struct Sign {
    rule: Rule,
    languages: Languages,
    /// Whether the word may go on.
    open: bool,
    /// A number that all its spellings share.
    id: usize,
}

/// How much of a line's beginning or end is folded to look for phrases, in bytes.
const EDGE: usize = 160;

impl Phrases {
    /// The phrases of the rule files.
    pub(super) fn all() -> &'static Phrases {
        static ALL: LazyLock<Phrases> = LazyLock::new(Phrases::new);
        &ALL
    }

    fn new() -> Phrases {
        let mut phrases = Phrases::default();
        let (mut parts, mut signs) = (Vec::new(), Vec::new());
        for (lang, content) in FILES {
            let (mut of_file, mut words) = (Vec::new(), Vec::new());
            read(lang, content, |phrase| of_file.push(phrase), |word| words.push(word));
            of_file.into_iter().for_each(|phrase| phrases.add(phrase, languages(Some(lang)), &mut parts));
            for word in words {
                match word {
                    Word::Of(Rule::Dateline, word) => phrases.places.extend(word.split(' ').map(str::to_string)),
                    Word::Of(rule, word) => drop(phrases.words.entry(word).or_insert(rule)),
                    Word::Role(word) => drop(phrases.roles.replace(word)),
                    Word::Sign(rule, word) => signs.push((rule, word, languages(Some(lang)))),
                    Word::Address(word) => phrases.address.add(&word, languages(Some(lang))),
                }
            }
        }
        phrases.starts.values_mut().map(|s| &mut s.edge).chain(phrases.ends.values_mut()).for_each(Edge::index);
        phrases.index(parts, signs);
        phrases
    }

    fn add(&mut self, phrase: Phrase, language: Languages, parts: &mut Vec<Entry>) {
        let pattern = &phrase.pattern;
        if let (Anchor::Whole, Some(literal)) = (phrase.anchor, pattern.literal()) {
            let first = literal.split(' ').next().unwrap_or("").to_string();
            self.starts.entry(first).or_default().whole = true;
            // A heading says more than the same words on a button.
            let of = self.whole.entry(literal).or_default();
            let found = phrase.found;
            if !of.contains(&found) {
                let heading = found.place == Place::Heading && found.rule == Rule::Related;
                of.insert(if heading { 0 } else { of.len() }, found);
            }
            return;
        }
        let first = pattern.first_word().map(str::to_string);
        let last = pattern.last_word().map(str::to_string);
        match (phrase.anchor, first, last) {
            (Anchor::Whole | Anchor::Start, Some(word), _) => {
                let (fixed, next) = (pattern.leading_words(), pattern.second_word().map(sign_of));
                let fixed = if fixed == word { String::new() } else { fixed };
                let entry = Entry::new(phrase, language, &word, fixed, next);
                self.starts.entry(word).or_default().edge.entries.push(entry);
            }
            (Anchor::End, _, Some(word)) => {
                let fixed = pattern.trailing_words();
                let next = fixed.rsplit(' ').nth(1).map(sign_of);
                let entry = Entry::new(phrase, language, &word, fixed, next);
                self.ends.entry(word).or_default().entries.push(entry);
            }
            _ => {
                let word = pattern.longest_word().to_string();
                parts.push(Entry::new(phrase, language, &word, String::new(), None));
            }
        }
    }

    /// Indexes phrases that may stand anywhere by their longest word, and signs, as they may be written.
    fn index(&mut self, parts: Vec<Entry>, signs: Vec<(Rule, String, Languages)>) {
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        let mut needles: BTreeMap<String, Needle> = BTreeMap::new();
        for entry in parts {
            let word = entry.pattern.longest_word().to_string();
            let id = *places.entry(word.clone()).or_insert_with(|| {
                for spelling in spellings(&word) {
                    let length = spelling.len();
                    needles.entry(spelling).or_default().parts.push((self.parts.len(), length));
                }
                self.parts.push(Vec::new());
                self.parts.len() - 1
            });
            self.parts[id].push(entry);
        }
        for (id, (rule, word, of)) in signs.iter().enumerate() {
            let stem = word.trim_end_matches('*');
            for spelling in spellings(stem) {
                let sign = Sign { rule: *rule, languages: 0, open: stem.len() < word.len(), id };
                let sign = needles.entry(spelling).or_default().sign.get_or_insert(sign);
                sign.languages |= of;
            }
        }
        // The longest word counts where several begin: it is all that its beginnings are.
        let whole: FxHashMap<String, (usize, usize)> =
            needles.iter().filter_map(|(w, n)| Some((w.clone(), *n.parts.first()?))).collect();
        for (word, needle) in &mut needles {
            let shorter = word.char_indices().skip(1).filter_map(|(end, _)| whole.get(&word[..end]));
            needle.parts.extend(shorter);
        }
        let open: Vec<(String, Sign)> =
            needles.iter().filter_map(|(w, n)| Some((w.clone(), n.sign.filter(|s| s.open)?))).collect();
        for (word, needle) in &mut needles {
            for (_, sign) in open.iter().filter(|(stem, _)| word.starts_with(stem.as_str())) {
                needle.sign.get_or_insert(*sign).languages |= sign.languages;
            }
        }
        self.rare = Needles::new(needles.iter().map(|(w, n)| (w.as_str(), n.sign.is_some_and(|s| s.open))));
        self.needles = needles.into_values().collect();
    }

    /// The languages in which a line speaks to its reader.
    pub(super) fn addresses(&self, line: &str) -> Languages {
        self.address.of(line)
    }

    /// Whether a line says what an author is: few words, the first or last of which is a role.
    pub(super) fn is_role(&self, line: &str, scratch: &mut Scratch) -> bool {
        let folded = scratch.fold(line);
        let mut words = folded.split(' ');
        folded.split(' ').count() <= 8
            && (words.next().is_some_and(|w| self.roles.contains(w))
                || words.next_back().is_some_and(|w| self.roles.contains(w)))
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
        let mut folds = Folds { line, scratch, edge: None, seen: false };
        folds.scratch.signs.clear();
        let languages = folds.scratch.languages;
        let of_language = |entry: &Entry| entry.language & languages != 0;
        let word = leading_word(line, &mut folds.scratch.word);
        let starts = self.starts.get(if word.starts_with(|c: char| c.is_ascii_digit()) { NUMBER } else { word });
        if let Some(starts) = starts {
            if starts.whole && chars <= SHORT {
                let of = self.whole.get(folds.full().trim_end_matches(':')).map_or(&[][..], Vec::as_slice);
                if let Some(&found) = of.iter().find(|f| accept(**f)) {
                    return Some(found);
                }
            }
            let next = (!starts.edge.by_next.is_empty()).then(|| folds.second_word());
            for entry in starts.edge.entries(next) {
                if chars <= entry.max.unwrap_or(max_line)
                    && folds.may_match(entry, self)
                    && folds.begins_with(&entry.fixed)
                    && folds.matches(&entry.pattern)
                    && accept(entry.found)
                {
                    return Some(entry.found);
                }
            }
        }
        if chars <= max_line {
            last_word(line, &mut folds.scratch.word);
            let ends = self.ends.get(folds.scratch.word.as_str());
            let next = ends.filter(|edge| !edge.by_next.is_empty()).map(|_| folds.last_but_one());
            for entry in ends.into_iter().flat_map(|edge| edge.entries(next)) {
                if chars <= entry.max.unwrap_or(max_line)
                    && folds.may_match(entry, self)
                    && folds.ends_with(&entry.fixed)
                    && folds.matches(&entry.pattern)
                    && accept(entry.found)
                {
                    return Some(entry.found);
                }
            }
        }
        let rare = self.rare.as_ref().filter(|_| chars <= max_part)?;
        folds.look(rare);
        let sight = std::mem::take(&mut folds.scratch.sight);
        let mut first = None;
        rare.find(line, &sight, |needle, start, end| {
            let needle = &self.needles[needle];
            let whole = ends_word(line, end);
            if let Some(sign) = needle.sign
                && (sign.open || whole && !line[end..].starts_with(['\'', '’']))
            {
                folds.scratch.signs.add(sign.rule, sign.id, sign.languages);
            }
            for &(part, length) in &needle.parts {
                let end = start + length;
                if !ends_word(line, end) {
                    continue;
                }
                let fits = |entry: &&Entry| {
                    let limit = if let With::Nothing = entry.with { SHORT } else { entry.max.unwrap_or(SHORT) };
                    chars <= limit
                        && (matches!(entry.with, With::Nothing) || of_language(entry))
                        && entry.needs.is_none_or(|word| sight.may_hold(word))
                        && (entry.pair.is_empty() || entry.pair.iter().any(|word| sight.may_hold(*word)))
                        && folds.matches(&entry.pattern)
                        && match &entry.with {
                            With::Nothing => true,
                            With::Words(others) => folds.holds(others),
                            With::Names => credits(line, start, end),
                        }
                        && accept(entry.found)
                };
                first = self.parts[part].iter().find(fits).map(|e| e.found);
                if first.is_some() {
                    return false;
                }
            }
            true
        });
        folds.scratch.sight = sight;
        first
    }

    /// The rule whose words, with numbers, make up this line: dates, market and weather lines, rows of
    /// buttons.
    pub(super) fn only_words_and_numbers(&self, line: &str, chars: usize, scratch: &mut Scratch) -> Option<Rule> {
        if chars > SHORT {
            return None;
        }
        let known = |word: &str| self.words.contains_key(word) || word.starts_with(is_number);
        if !known(leading_word(line, &mut scratch.word)) {
            return None;
        }
        let mut rule = None;
        let (mut n_words, mut n_numbers) = (0, 0);
        for word in scratch.fold(line).split(' ').map(|w| w.trim_end_matches(':')).filter(|w| !matches!(*w, "-" | "/"))
        {
            n_words += 1;
            n_numbers += usize::from(word.contains(is_number));
            let number = word.starts_with(is_number);
            match self.words.get(word) {
                Some(_) if matches!(rule, Some(Rule::Widget | Rule::Share)) => {}
                Some(&found) => rule = Some(found),
                None if number => rule = rule.or_else(|| looks_like_date(word).then_some(Rule::Date)),
                None => return None,
            }
        }
        rule.filter(|rule| n_numbers > 0 || (*rule == Rule::Share && n_words > 1))
    }
}

/// Whether a word such as "photo" at `start..end` credits what follows to the end of the line: a colon,
/// a full stop or a new sentence sets it off, and it reads as names.
fn credits(line: &str, start: usize, end: usize) -> bool {
    let (before, rest) = (line[..start].trim_end(), &line[end..]);
    let after = rest.trim_start_matches([' ', '.', ':', '\u{a0}']);
    let colon = rest.trim_start().starts_with([':', '.']);
    let apart = before.is_empty()
        || before.ends_with(['.', '!', '?', '…', ')', '"', '”', '»', '“', '—', '–', '-', '|', '/', '؟']);
    let first = line[start..].starts_with(|c: char| !c.is_lowercase());
    let named = after.starts_with(|c: char| !c.is_numeric())
        && after.contains(|c: char| !c.is_lowercase() && c.is_alphabetic());
    let sentence = after.trim_end_matches(['.', ')']).contains(". ") && after.len() > 60;
    (colon || apart && first && after.len() < rest.len())
        && named
        && !sentence
        && after.len() <= 120
        && (looks_like_names(after) || after.split_whitespace().count() <= 6)
}

/// What a word is recognised by before it is compared, its colon aside.
fn sign_of(word: &str) -> u64 {
    xxh3_64(word.trim_end_matches(':').as_bytes())
}

/// The ways in which a folded word may be written, but for the case of ASCII letters.
fn spellings(word: &str) -> Vec<String> {
    let mut all = vec![word.to_string()];
    if !word.is_ascii() {
        let mut chars = word.chars();
        let capital: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
        all.extend([capital, word.to_uppercase()]);
        for (folded, written) in [("ș", "ş"), ("ț", "ţ"), ("ا", "أ"), ("ا", "إ"), ("'", "’"), ("е", "ё")] {
            if word.contains(folded) {
                all.push(word.replacen(folded, written, 1));
            }
        }
    } else if word.contains('\'') {
        all.push(word.replace('\'', "’"));
    }
    all.sort();
    all.dedup();
    all
}

/// `2024-01-31`, `31.01.2024`, `31/1/24`, `2024`: years alone count, other bare numbers don't.
fn looks_like_date(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let separators: Vec<char> = word.chars().filter(|c| !c.is_ascii_digit()).collect();
    let same = separators.windows(2).all(|w| w[0] == w[1]);
    match separators.as_slice() {
        [] => digits == 4 && matches!(word.get(..2), Some("19" | "20")),
        [first, ..] => same && matches!(first, '-' | '.' | '/') && separators.len() <= 2 && (3..=8).contains(&digits),
    }
}

/// Buffers that are reused from line to line.
#[derive(Debug)]
pub(super) struct Scratch {
    /// The languages of the article: pairs and credits of others don't count.
    pub(super) languages: Languages,
    folded: String,
    /// The line whose folded form that is: its address and length. Lines are borrowed from the article
    /// for as long as the buffers live.
    of: (usize, usize),
    /// Where its words are.
    places: Vec<(u32, u32)>,
    edge: String,
    word: String,
    sight: Sight,
    /// The signs in the line that was looked at last.
    pub(super) signs: Signs,
}

impl Default for Scratch {
    fn default() -> Scratch {
        Scratch::new(languages(None))
    }
}

impl Scratch {
    /// Buffers for an article in these languages.
    pub(super) fn new(languages: Languages) -> Scratch {
        Scratch {
            languages,
            folded: String::new(),
            of: (0, 0),
            places: Vec::new(),
            edge: String::new(),
            word: String::new(),
            sight: Sight::default(),
            signs: Signs::default(),
        }
    }

    fn is_folded(&self, line: &str) -> bool {
        self.of == (line.as_ptr() as usize, line.len())
    }

    /// The folded form of a line.
    fn fold(&mut self, line: &str) -> &str {
        if !self.is_folded(line) {
            self.of = (line.as_ptr() as usize, line.len());
            self.folded.clear();
            fold_into(line, &mut self.folded);
            Words::places(&self.folded, &mut self.places);
        }
        &self.folded
    }
}

/// The folded forms of a line, made when they are asked for.
struct Folds<'a, 'b> {
    line: &'a str,
    scratch: &'b mut Scratch,
    /// What the edge buffer holds: the beginning (`Some(true)`) or end of the line.
    edge: Option<bool>,
    /// Whether the line was looked at: whether `scratch.sight` is of it.
    seen: bool,
}

impl Folds<'_, '_> {
    fn full(&mut self) -> &str {
        self.scratch.fold(self.line)
    }

    fn look(&mut self, rare: &Needles) {
        if !std::mem::replace(&mut self.seen, true) {
            rare.look(self.line, &mut self.scratch.sight);
        }
    }

    /// Whether the line may hold the word that a phrase needs. Folding a line takes far longer than looking
    /// at it.
    fn may_match(&mut self, entry: &Entry, phrases: &Phrases) -> bool {
        let (Some(word), Some(rare)) = (entry.needs, &phrases.rare) else { return true };
        self.scratch.is_folded(self.line) && !self.seen || {
            self.look(rare);
            self.scratch.sight.may_hold(word)
        }
    }

    /// The sign of the second word.
    fn second_word(&mut self) -> u64 {
        let scratch = &mut *self.scratch;
        let folded = if scratch.is_folded(self.line) {
            &scratch.folded
        } else {
            // A few words will do, unless they are long ones.
            scratch.word.clear();
            fold_into(head(self.line, EDGE / 4), &mut scratch.word);
            if scratch.word.split(' ').nth(2).is_some() { &scratch.word } else { self.edge(true) }
        };
        sign_of(folded.split(' ').nth(1).unwrap_or(""))
    }

    /// The sign of the last word but one.
    fn last_but_one(&mut self) -> u64 {
        let folded = if self.scratch.is_folded(self.line) { &self.scratch.folded } else { self.edge(false) };
        sign_of(folded.rsplit(' ').nth(1).unwrap_or(""))
    }

    fn begins_with(&mut self, fixed: &str) -> bool {
        if fixed.is_empty() {
            true
        } else if self.scratch.is_folded(self.line) {
            self.scratch.folded.starts_with(fixed)
        } else {
            self.edge(true).starts_with(fixed)
        }
    }

    fn ends_with(&mut self, fixed: &str) -> bool {
        if self.scratch.is_folded(self.line) {
            self.scratch.folded.ends_with(fixed)
        } else {
            self.edge(false).ends_with(fixed)
        }
    }

    fn edge(&mut self, beginning: bool) -> &str {
        if self.edge != Some(beginning) {
            self.edge = Some(beginning);
            self.scratch.edge.clear();
            let edge = if beginning { head(self.line, EDGE) } else { tail(self.line, EDGE) };
            fold_into(edge, &mut self.scratch.edge);
        }
        &self.scratch.edge
    }

    /// Whether one of the words is in the line; with a star, a word that begins so.
    fn holds(&mut self, words: &[String]) -> bool {
        let found = self.full();
        words.iter().any(|word| match word.strip_suffix('*') {
            Some(beginning) => found.split(' ').any(|w| w.starts_with(beginning)),
            None if word.contains(' ') => found.contains(word.as_str()),
            None => found.split(' ').any(|w| w.trim_end_matches(':') == word),
        })
    }

    fn matches(&mut self, pattern: &Pattern) -> bool {
        self.full();
        pattern.matches(Words::new(&self.scratch.folded, &self.scratch.places))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<(Rule, Place)> {
        let chars = line.chars().count();
        let found = Phrases::all().find(line, chars, (300, SHORT), &mut Scratch::default(), |_| true);
        found.map(|f| (f.rule, f.place))
    }

    #[test]
    fn lines_are_found_by_their_phrases() {
        assert_eq!(found("» SUBSCRIBE «"), Some((Rule::Subscribe, Place::Anywhere)));
        assert_eq!(found("Leave a Reply"), Some((Rule::Comment, Place::Heading)));
        assert_eq!(found("إقرأ أيضاً:"), Some((Rule::Related, Place::Heading)));
        assert_eq!(found("Example Ltd, 2019. All Rights Reserved."), Some((Rule::Copyright, Place::Anywhere)));
        assert_eq!(found("Бажаєте знати більше? ПІДПИСУЙТЕСЬ на наш канал"), Some((Rule::Subscribe, Place::Anywhere)));
        // "boîte mail" is a sign, too, and longer than the word by which the phrase is searched.
        assert_eq!(found("Le meilleur de tout dans votre boîte mail"), Some((Rule::Subscribe, Place::Anywhere)));
        assert_eq!(found("He told them to subscribe to the idea of a long war."), None);
    }

    #[test]
    fn dates_and_rates_are_lines_of_known_words_and_numbers() {
        let rule = |line: &str| Phrases::all().only_words_and_numbers(line, line.len(), &mut Scratch::default());
        assert_eq!(rule("Updated 14 January 2021, 10:45"), Some(Rule::Date));
        assert_eq!(rule("31.01.2024 14:55"), Some(Rule::Date));
        assert_eq!(rule("31/1/24"), Some(Rule::Date));
        assert_eq!(rule("USD 41.25 EUR 44.80"), Some(Rule::Widget));
        assert_eq!(rule("Facebook | Twitter | Email"), Some(Rule::Share));
        assert_eq!(rule("12"), None);
        assert_eq!(rule("March"), None);
        assert_eq!(rule("14 people died in January"), None);
    }
}
