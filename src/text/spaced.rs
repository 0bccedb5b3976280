//! Words whose letters are spaced out: `p r o p a g a n d a`.

use std::ops::Range;

use crate::text::normalize::{is_apostrophe, is_word};

/// Fewer single letters in a row are initials, or words of one letter.
const LEAST: usize = 4;

/// More of them are no word; the run goes on as another one.
const MOST: usize = 64;

/// A word written with spaces between its letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpacedWord {
    /// From its first letter to its last, in bytes.
    pub(crate) range: Range<usize>,
    /// Its letters (each with its marks) without the spaces.
    pub(crate) joined: String,
    /// For each letter, where it ends in `joined`, and its bytes in the text.
    letters: Vec<(usize, Range<usize>)>,
}

impl SpacedWord {
    /// From bytes of `joined` to the bytes of the text that they stand for.
    pub(crate) fn place(&self, start: usize, end: usize) -> Range<usize> {
        let letter = |at: usize| {
            let i = self.letters.partition_point(|(ends, _)| *ends <= at).min(self.letters.len() - 1);
            &self.letters[i].1
        };
        letter(start).start..letter(end.max(start + 1) - 1).end
    }
}

/// The spaced-out words of a text, in order: four single letters or more, with the same number of spaces between each two.
/// With `digits`, digits among them count as letters (but there must be more letters).
pub(crate) fn spaced_words(text: &str, digits: bool) -> Vec<SpacedWord> {
    let mut found = Vec::new();
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut gap = 0;
    for unit in (Units { text, at: 0 }) {
        let single = unit.is_single(text, digits);
        let spaces = run.last().map_or(0, |last| spaces(&text[last.end..unit.range.start]));
        let goes_on = single && spaces > 0 && (run.len() == 1 || spaces == gap) && run.len() < MOST;
        if !goes_on {
            push(text, &mut run, &mut found);
        } else {
            gap = spaces;
        }
        if single {
            run.push(unit.range);
        }
    }
    push(text, &mut run, &mut found);
    found
}

fn push(text: &str, run: &mut Vec<Range<usize>>, found: &mut Vec<SpacedWord>) {
    let is_digit = |r: &Range<usize>| text[r.clone()].starts_with(|c: char| c.is_ascii_digit());
    let digits = run.iter().filter(|r| is_digit(r)).count();
    if run.len() >= LEAST && run.len() > 2 * digits {
        let mut joined = String::new();
        let letters = run
            .iter()
            .map(|r| {
                joined.push_str(&text[r.clone()]);
                (joined.len(), r.clone())
            })
            .collect();
        found.push(SpacedWord { range: run[0].start..run[run.len() - 1].end, joined, letters });
    }
    run.clear();
}

/// How many spaces a gap is made of; 0 where it holds anything else.
fn spaces(gap: &str) -> usize {
    let mut n = 0;
    for c in gap.chars() {
        match c {
            '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => return 0,
            c if c.is_whitespace() => n += 1,
            // Characters that show nothing.
            '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' => {}
            _ => return 0,
        }
    }
    n
}

/// A run of word characters.
struct Unit {
    range: Range<usize>,
}

impl Unit {
    /// Whether this is one letter that stands alone.
    fn is_single(&self, text: &str, digits: bool) -> bool {
        let mut chars = text[self.range.clone()].chars();
        let is_letter = |c: char| c.is_alphabetic() || (digits && c.is_ascii_digit());
        if !chars.next().is_some_and(is_letter) || chars.any(|c| c.is_alphanumeric() || c == '_') {
            return false;
        }
        // Not a piece of "U.S.", "e-mail", "l'arte".
        let glued = |mark: Option<char>, beyond: Option<char>| {
            mark.is_some_and(|m| !m.is_whitespace() && (is_apostrophe(m) || !is_word(m))) && beyond.is_some_and(is_word)
        };
        let mut before = text[..self.range.start].chars().rev();
        let mut after = text[self.range.end..].chars();
        !glued(before.next(), before.next()) && !glued(after.next(), after.next())
    }
}

/// The runs of word characters of a text.
struct Units<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let rest = &self.text[self.at..];
        let start = self.at + rest.find(is_word)?;
        let word = &self.text[start..];
        let end = start + word.find(|c| !is_word(c)).unwrap_or(word.len());
        self.at = end;
        Some(Unit { range: start..end })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str, digits: bool) -> Vec<String> {
        spaced_words(text, digits).into_iter().map(|w| w.joined).collect()
    }

    #[test]
    fn four_single_letters_or_more_are_a_word() {
        let text = "It is p r o p a g a n d a, they say.";
        let words = spaced_words(text, false);
        assert_eq!(words[0].joined, "propaganda");
        assert_eq!(&text[words[0].range.clone()], "p r o p a g a n d a");
        assert_eq!(&text[words[0].place(3, 5)], "p a");
        assert_eq!(found("«П Р О П А Г А Н Д А»", false), ["ПРОПАГАНДА"]);
        assert_eq!(found("м и\u{306} и\u{306} р", false), ["ми\u{306}и\u{306}р"]);
        assert_eq!(found("L I E S", false), ["LIES"]);
        assert_eq!(found("l i e s  a n d  l i e s", false), ["lies", "lies"]);
        assert_eq!(found("w\u{A0}a\u{A0}r\u{A0}s", false), ["wars"]);
    }

    #[test]
    fn digits_count_where_asked_for_and_do_not_make_a_word() {
        assert_eq!(found("p r 0 p a g a n d a", true), ["pr0paganda"]);
        assert_eq!(found("p r 0 p a g a n d a", false), ["paganda"]);
        assert!(found("1 2 3 4 5", true).is_empty());
        assert!(found("a 1 b 2 c 3", true).is_empty());
    }

    #[test]
    fn initials_lists_and_glued_letters_are_none() {
        for text in ["J. R. R. T. Miller", "a b c", "U.S.S.R.", "a, b, c, d", "A\nB\nC\nD", "a b  c d", "x 'n' y z d'e"]
        {
            assert!(found(text, true).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn words_ascend_on_boundaries_and_letters_keep_their_places(text in "([a-cяй1' .\u{301}\u{200B}\u{A0}\n]|\\PC){0,60}") {
            let mut last = 0;
            for word in spaced_words(&text, true) {
                prop_assert!(last <= word.range.start && word.range.end <= text.len());
                last = word.range.end;
                prop_assert_eq!(word.place(0, word.joined.len()), word.range.clone());
                for (at, c) in word.joined.char_indices() {
                    prop_assert!(text[word.place(at, at + c.len_utf8())].contains(c));
                }
            }
        }
    }
}
