//! Which words in quotation marks are speech, and which are names, titles, and words held at a distance.

use super::cues::{Cues, tokenizer};
use super::marks::Marked;
use crate::text::tokenize::Tokenizer;

/// Longer quotations than this, in bytes, are none: a mark was forgotten.
pub(super) const LONGEST: usize = 4_000;

/// Titles of works and names of organisations have no more words than this.
const LONGEST_NAME: usize = 8;

/// How far before and behind the marks is looked, in characters.
const NEAR: usize = 80;

/// Judges what stands in marks.
pub(super) struct Speech {
    cues: &'static Cues,
    tokenizer: Tokenizer,
}

impl Speech {
    pub(super) fn new(cues: &'static Cues) -> Speech {
        Speech { cues, tokenizer: tokenizer() }
    }

    /// Whether the words in these marks are what somebody says.
    pub(super) fn is_speech(&mut self, text: &str, marked: &Marked) -> bool {
        let inner = text[marked.inner.clone()].trim();
        if inner.len() > LONGEST {
            return false;
        }
        let n_words = count_words(inner);
        if n_words == 0 {
            return false;
        }
        if marked.goes_on {
            return true;
        }
        let before = text[..marked.outer.start].trim_end();
        let ends = inner.ends_with(['.', '!', '?', '…', '؟']);
        if n_words < self.cues.least {
            let introduced = before.ends_with(':') || self.is_tagged(inner, &text[marked.outer.end..]);
            return introduced && !self.is_named(before);
        }
        let is_name = n_words <= LONGEST_NAME && !ends && (is_title(inner) || self.is_named(before));
        !is_name
    }

    /// Whether the word before the mark says that a name follows: the newspaper “...”.
    fn is_named(&mut self, before: &str) -> bool {
        let from = before.char_indices().rev().take(NEAR).last().map_or(0, |(at, _)| at);
        let near = &before[from..];
        let word = near.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let mut named = false;
        let cues = self.cues;
        self.tokenizer.tokens(word, |term, _, _| {
            named |= std::str::from_utf8(term).is_ok_and(|term| cues.is_before_name(term));
        });
        named
    }

    /// Whether who said it follows right behind: “Yes,” the minister said.
    fn is_tagged(&mut self, inner: &str, after: &str) -> bool {
        let to = after.char_indices().nth(NEAR).map_or(after.len(), |(at, _)| at);
        let near = &after[..to];
        let trimmed = near.trim_start();
        let cut = inner.ends_with([',', '!', '?', '…', '.', '؟']) || trimmed.starts_with([',', '،', '—', '–', '-']);
        if !cut {
            return false;
        }
        let rest = trimmed.trim_start_matches([',', '،', '—', '–', '-', ' ', '\u{A0}']);
        let clause = rest.split([',', '.', '!', '?', ';', ':', '،', '\n', '"', '“', '«', '„']).next().unwrap_or("");
        let mut ids = Vec::new();
        let cues = self.cues;
        self.tokenizer.tokens(clause, |term, _, _| {
            if ids.len() < 8
                && let Ok(term) = std::str::from_utf8(term)
                && term.contains(char::is_alphanumeric)
            {
                ids.push(cues.id(term));
            }
        });
        (0..ids.len().min(5)).any(|at| cues.verbs.at(ids[at..].iter().copied()).is_some())
    }
}

/// Words between white space; two characters of a script without spaces are one.
fn count_words(text: &str) -> usize {
    let spaced = text.split_whitespace().filter(|piece| piece.contains(char::is_alphanumeric)).count();
    let unspaced = text.chars().filter(|c| matches!(*c as u32, 0x3040..=0x30FF | 0x3400..=0x9FFF)).count();
    spaced.max(unspaced / 2)
}

/// Whether all longer words begin with a capital: The New York Times.
fn is_title(text: &str) -> bool {
    let mut capitals = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let Some(first) = word.chars().next() else { continue };
        if first.is_uppercase() {
            capitals += 1;
        } else if word.chars().nth(4).is_some() && first.is_lowercase() {
            return false;
        }
    }
    capitals >= 2 && text.starts_with(|c: char| c.is_uppercase() || c.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_have_capitals() {
        for title in ["The New York Times", "Gone with the Wind", "Alternative für Deutschland", "Новые Люди"]
        {
            assert!(is_title(title), "{title}");
        }
        for words in ["We will win", "the end of the war", "Единая и неделимая Россия", "قال الوزير ذلك"]
        {
            assert!(!is_title(words), "{words}");
        }
    }

    #[test]
    fn words_are_counted_in_every_script() {
        assert_eq!(count_words("so-called — “peace” plan"), 3);
        assert_eq!(count_words("我们会赢得战争"), 3);
        assert_eq!(count_words(" — "), 0);
    }
}
