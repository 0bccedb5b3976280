//! Words that furniture is full of, counted: a line with several of them that speaks to its reader is no
//! part of an article, whatever its phrase.

use rustc_hash::FxHashMap;

use super::fold::{fold, fold_into};
use super::line::{Kind, Line};
use super::rule::Rule;
use super::rulefile::FILES;

/// A set of languages: a bit for each rule file.
pub(super) type Languages = u16;

/// The set of the language with this code: all of them where the code is missing.
pub(super) fn languages(code: Option<&str>) -> Languages {
    match code {
        None => Languages::MAX,
        Some(code) => FILES.iter().position(|(lang, _)| *lang == code).map_or(0, |i| 1 << i),
    }
}

/// The signs found in a line.
#[derive(Debug, Default, Clone)]
pub(super) struct Signs {
    found: Vec<(Rule, usize, Languages)>,
}

impl Signs {
    pub(super) fn clear(&mut self) {
        self.found.clear();
    }

    /// A sign of a rule in some languages; `id` is the same for all its spellings.
    pub(super) fn add(&mut self, rule: Rule, id: usize, languages: Languages) {
        if !self.found.iter().any(|f| f.1 == id) {
            self.found.push((rule, id, languages));
        }
    }

    fn len(&self) -> usize {
        self.found.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many there are in one of these languages, the one with most signs; whether the line speaks to
    /// the reader in it; and the rule that most of the signs belong to.
    pub(super) fn count(&self, languages: Languages, address: Languages) -> Option<(usize, bool, Rule)> {
        let of = |language: Languages| self.found.iter().filter(move |f| f.2 & language != 0);
        let language = (0..FILES.len())
            .map(|i| 1 << i)
            .filter(|language| languages & language != 0)
            .min_by_key(|&language| std::cmp::Reverse(of(language).count() + usize::from(address & language != 0)))?;
        let of_rule = |rule: Rule| of(language).filter(|f| f.0 == rule).count();
        let first = of(language).next()?.0;
        let rule = of(language).fold(first, |best, f| if of_rule(f.0) > of_rule(best) { f.0 } else { best });
        Some((of(language).count(), address & language != 0, rule))
    }
}

/// Words by which a page speaks to its reader, in each language.
#[derive(Debug, Default)]
pub(super) struct Address {
    words: FxHashMap<String, Languages>,
    beginnings: Vec<(String, Languages)>,
    /// Words that count with a capital only, within a sentence.
    capitals: FxHashMap<String, Languages>,
}

impl Address {
    pub(super) fn add(&mut self, word: &str, language: Languages) {
        if let Some(beginning) = word.strip_suffix('*') {
            self.beginnings.push((fold(beginning), language));
        } else if word.starts_with(char::is_uppercase) {
            *self.capitals.entry(word.to_string()).or_default() |= language;
        } else {
            *self.words.entry(fold(word)).or_default() |= language;
        }
    }

    /// The languages in which a line speaks to its reader.
    pub(super) fn of(&self, line: &str) -> Languages {
        let mut begins = true;
        let mut languages = 0;
        let mut folded = String::new();
        for word in line.split(|c: char| c.is_whitespace() || matches!(c, '/' | '—' | '–')) {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if bare.is_empty() {
                continue;
            }
            let within = !std::mem::replace(&mut begins, word.ends_with(['.', '!', '?', ':', '…']));
            if within {
                languages |= self.capitals.get(bare).copied().unwrap_or(0);
            }
            folded.clear();
            fold_into(bare, &mut folded);
            languages |= self.words.get(&folded).copied().unwrap_or(0);
            let beginnings = self.beginnings.iter().filter(|(beginning, _)| folded.starts_with(beginning.as_str()));
            languages |= beginnings.fold(0, |all, (_, language)| all | language);
        }
        languages
    }
}

/// How many words of a line there may be to each of its signs.
const WORDS: usize = 8;

/// Whether a line with these signs is short enough for them to count.
pub(super) fn may_be_dense(line: &str, found: &Signs) -> bool {
    line.split_whitespace().nth(WORDS * (found.len() + 1)).is_none()
}

/// Masks lines by their signs. Sentences must speak to the reader; how many signs it takes depends on
/// the length of the line, on its place and on its neighbours.
pub(super) fn signs(lines: &mut [Line<'_>], first: usize, last: usize) {
    for i in 0..lines.len() {
        let line = lines[i];
        let (n, Some(rule), None) = (usize::from(line.n_signs), line.sign, line.rule) else { continue };
        let masked = |j: Option<usize>| j.and_then(|j| lines.get(j)).is_none_or(|l| l.rule.is_some());
        let (above, below) = (masked(i.checked_sub(1)), masked(Some(i + 1)));
        let words = line.text.split_whitespace().count();
        let dense = words <= WORDS * (n + usize::from(line.addresses));
        let enough = match line.kind {
            Kind::Prose => line.addresses && dense && (n >= 2 || above && below),
            Kind::Fragment if i < first || i > last => {
                dense && (n >= 2 && words <= 9 || line.addresses || words <= 5 && (above || below))
            }
            Kind::Fragment => {
                dense
                    && (n >= 2 && (line.addresses || words <= 6)
                        || n >= 3 && words <= 14
                        || words <= 5 && above && below)
            }
        };
        if enough {
            lines[i].rule = Some(rule);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_and_the_rule_of_most_signs_count_and_each_sign_once() {
        let mut signs = Signs::default();
        assert_eq!(signs.count(languages(None), 0), None);
        let (en, de) = (languages(Some("en")), languages(Some("de")));
        for (rule, id, of) in [
            (Rule::Share, 1, en | de),
            (Rule::Login, 2, en),
            (Rule::Login, 3, en),
            (Rule::Share, 1, en),
            (Rule::Link, 4, de),
        ] {
            signs.add(rule, id, of);
        }
        assert_eq!(signs.count(languages(None), de), Some((3, false, Rule::Login)));
        assert_eq!(signs.count(de, de), Some((2, true, Rule::Share)));
        assert_eq!(signs.count(languages(Some("xx")), en), None);
    }

    #[test]
    fn the_reader_is_spoken_to_in_a_language() {
        let mut address = Address::default();
        [("our", 1), ("was", 2), ("Sie", 4), ("подпи*", 8)].into_iter().for_each(|(w, l)| address.add(w, l));
        assert_eq!(address.of("Read it in OUR channel"), 1);
        assert_eq!(address.of("Подпишись! Folgen Sie ihm"), 8 | 4);
        assert_eq!(address.of("Sie kam. Sie sah sie an, hourly"), 0);
    }
}
