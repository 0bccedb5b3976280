//! Words that furniture is full of, counted: a line with several of them that speaks to its reader is no
//! part of an article, whatever its phrase.

use rustc_hash::FxHashSet;

use super::fold::fold;
use super::line::{Kind, Line};
use super::rule::Rule;

/// The signs found in a line.
#[derive(Debug, Default, Clone)]
pub(super) struct Signs {
    found: Vec<(Rule, usize)>,
}

impl Signs {
    pub(super) fn clear(&mut self) {
        self.found.clear();
    }

    pub(super) fn add(&mut self, rule: Rule, id: usize) {
        if !self.found.iter().any(|f| f.1 == id) {
            self.found.push((rule, id));
        }
    }

    /// How many there are, and the rule that most of them belong to, the first of such rules.
    pub(super) fn count(&self) -> Option<(usize, Rule)> {
        let of = |rule: Rule| self.found.iter().filter(|f| f.0 == rule).count();
        let first = self.found.first()?.0;
        let rule = self.found.iter().map(|f| f.0).fold(first, |best, rule| if of(rule) > of(best) { rule } else { best });
        Some((self.found.len(), rule))
    }
}

/// Words by which a page speaks to its reader.
#[derive(Debug, Default)]
pub(super) struct Address {
    words: FxHashSet<String>,
    beginnings: Vec<String>,
    /// Words that count with a capital only, within a sentence.
    capitals: FxHashSet<String>,
}

impl Address {
    pub(super) fn add(&mut self, word: &str) {
        if let Some(beginning) = word.strip_suffix('*') {
            self.beginnings.push(fold(beginning));
        } else if word.starts_with(char::is_uppercase) {
            self.capitals.insert(word.to_string());
        } else {
            self.words.insert(fold(word));
        }
    }

    pub(super) fn is_in(&self, line: &str) -> bool {
        let mut begins = true;
        line.split(|c: char| c.is_whitespace() || matches!(c, '/' | '—' | '–')).any(|word| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if bare.is_empty() {
                return false;
            }
            let within = !std::mem::replace(&mut begins, word.ends_with(['.', '!', '?', ':', '…']));
            let folded = fold(bare);
            within && self.capitals.contains(bare)
                || self.words.contains(&folded)
                || self.beginnings.iter().any(|b| folded.starts_with(b.as_str()))
        })
    }
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
        let dense = words <= 8 * (n + usize::from(line.addresses));
        let enough = match line.kind {
            Kind::Prose => line.addresses && dense && (n >= 2 || above && below),
            Kind::Fragment if i < first || i > last => {
                dense && (n >= 2 && words <= 9 || line.addresses || words <= 5 && (above || below))
            }
            Kind::Fragment => dense && (n >= 2 && (line.addresses || words <= 6) || words <= 5 && above && below),
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
    fn the_rule_of_most_signs_counts_and_each_sign_once() {
        let mut signs = Signs::default();
        assert_eq!(signs.count(), None);
        for (rule, id) in [(Rule::Share, 1), (Rule::Login, 2), (Rule::Login, 3), (Rule::Share, 1)] {
            signs.add(rule, id);
        }
        assert_eq!(signs.count(), Some((3, Rule::Login)));
    }

    #[test]
    fn the_reader_is_spoken_to() {
        let mut address = Address::default();
        ["our", "Sie", "подпи*"].into_iter().for_each(|w| address.add(w));
        assert!(address.is_in("Read it in OUR channel") && address.is_in("Подпишись!") && address.is_in("Folgen Sie ihm"));
        assert!(!address.is_in("Sie kam. Sie sah sie an, hourly"));
    }
}
