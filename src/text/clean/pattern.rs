//! Phrase patterns: words, `*` for one or more words, `#` for one word that begins with a digit, and
//! `@*` for one word that begins so.

use super::fold::fold;

/// Stands for the first word of lines that begin with a number.
pub(super) const NUMBER: &str = "#";

/// The words of a folded line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    folded: &'a str,
    /// Where each word begins and ends.
    places: &'a [(u32, u32)],
}

impl<'a> Words<'a> {
    /// The words of `folded`, whose places were found by [`Words::places`].
    pub(super) fn new(folded: &'a str, places: &'a [(u32, u32)]) -> Words<'a> {
        Words { folded, places }
    }

    /// Writes to `places` where the words of a folded line begin and end.
    pub(super) fn places(folded: &str, places: &mut Vec<(u32, u32)>) {
        places.clear();
        let mut from = 0;
        for at in memchr::memchr_iter(b' ', folded.as_bytes()) {
            places.push((from, at as u32));
            from = at as u32 + 1;
        }
        places.push((from, folded.len() as u32));
    }

    fn len(self) -> usize {
        self.places.len()
    }

    fn get(self, i: usize) -> Option<&'a str> {
        self.places.get(i).map(|&(from, to)| &self.folded[from as usize..to as usize])
    }
}

/// One word of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    /// A word that begins with a digit.
    Number,
    /// A word that begins so.
    Prefix(String),
    /// One or more words.
    Some,
    /// Any number of words, possibly none.
    Any,
}

/// Where in a line the pattern has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It is the whole line.
    Whole,
    /// The line begins with it.
    Start,
    /// The line ends with it.
    End,
    /// Somewhere in the line.
    Part,
}

/// A pattern over the words of a folded line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    tokens: Vec<Token>,
}

impl Pattern {
    /// Reads a pattern; `None` where it has no word at all.
    pub(super) fn new(source: &str, anchor: Anchor) -> Option<Pattern> {
        let mut tokens = Vec::new();
        if matches!(anchor, Anchor::End | Anchor::Part) {
            tokens.push(Token::Any);
        }
        for word in source.split_whitespace() {
            match word {
                "*" => tokens.push(Token::Some),
                "#" => tokens.push(Token::Number),
                "/" | "-" => tokens.push(Token::Word(word.to_string())),
                _ if word.ends_with('*') => tokens.push(Token::Prefix(fold(word))),
                // "/afp" is two words: the slash counts.
                _ if word.len() > 1 && word.starts_with('/') => {
                    tokens.push(Token::Word("/".to_string()));
                    tokens.extend(words_of(&word[1..]));
                }
                _ => tokens.extend(words_of(word)),
            }
        }
        if matches!(anchor, Anchor::Start | Anchor::Part) {
            tokens.push(Token::Any);
        }
        tokens.iter().any(|t| matches!(t, Token::Word(_))).then_some(Pattern { tokens })
    }

    /// The first word, where the pattern begins with one; without its colon. [`NUMBER`] where it
    /// begins with a number.
    pub(super) fn first_word(&self) -> Option<&str> {
        match self.tokens.first() {
            Some(Token::Word(word)) => Some(bare(word)),
            Some(Token::Number) => Some(NUMBER),
            _ => None,
        }
    }

    /// The second word, where the pattern begins with a word or number and goes on with a word.
    pub(super) fn second_word(&self) -> Option<&str> {
        self.first_word().and(self.tokens.get(1)?.word()).map(bare)
    }

    /// The last word, where the pattern ends with one; without its colon.
    pub(super) fn last_word(&self) -> Option<&str> {
        match self.tokens.last() {
            Some(Token::Word(word)) => Some(bare(word)),
            _ => None,
        }
    }

    /// The words, where the pattern is nothing but words.
    pub(super) fn literal(&self) -> Option<String> {
        let words: Option<Vec<&str>> = self.tokens.iter().map(|t| t.word().map(bare)).collect();
        words.map(|w| w.join(" "))
    }

    /// The words up to the first wildcard: every line that matches begins with them, once folded.
    pub(super) fn leading_words(&self) -> String {
        join(self.tokens.iter().map_while(Token::word))
    }

    /// The words from the last wildcard on: every line that matches ends with them, once folded.
    pub(super) fn trailing_words(&self) -> String {
        let mut words: Vec<&str> = self.tokens.iter().rev().map_while(Token::word).collect();
        words.reverse();
        join(words.into_iter())
    }

    /// The words, without their colons.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter_map(Token::word).map(bare)
    }

    /// The longest word: what a search for the pattern looks for.
    pub(super) fn longest_word(&self) -> &str {
        self.tokens.iter().filter_map(Token::word).max_by_key(|w| w.len()).map_or("", bare)
    }

    /// Letters of the pattern: of two patterns that match, the longer one counts.
    pub(super) fn weight(&self) -> usize {
        self.tokens.iter().map(|t| if let Token::Word(word) = t { word.len() } else { 0 }).sum()
    }

    /// Whether a colon is part of it.
    pub(super) fn has_colon(&self) -> bool {
        self.tokens.iter().any(|t| matches!(t, Token::Word(word) if word.ends_with(':')))
    }

    /// How many words the pattern takes, where it has no `*`.
    pub(super) fn n_words(&self) -> usize {
        self.tokens.iter().filter(|t| matches!(t, Token::Word(_) | Token::Number)).count()
    }

    /// Whether the words of a folded line match.
    pub(super) fn matches(&self, words: Words<'_>) -> bool {
        let (mut t, mut w) = (0, 0);
        // The last wildcard and the word after those it has taken: on a mismatch it takes one more.
        let mut back: Option<(usize, usize)> = None;
        loop {
            match (self.tokens.get(t), words.get(w)) {
                (None, None) => return true,
                (Some(Token::Any), _) => {
                    back = Some((t, w));
                    t += 1;
                    continue;
                }
                (Some(Token::Some), Some(_)) => {
                    back = Some((t, w + 1));
                    (t, w) = (t + 1, w + 1);
                    continue;
                }
                (Some(Token::Word(word)), Some(found)) if found == word || bare(found) == word => {
                    (t, w) = (t + 1, w + 1);
                    continue;
                }
                (Some(Token::Prefix(prefix)), Some(found)) if found.starts_with(prefix.as_str()) => {
                    (t, w) = (t + 1, w + 1);
                    continue;
                }
                (Some(Token::Number), Some(found)) if found.starts_with(|c: char| c.is_numeric()) => {
                    (t, w) = (t + 1, w + 1);
                    continue;
                }
                _ => {}
            }
            match back {
                Some((star, taken)) if taken < words.len() => {
                    back = Some((star, taken + 1));
                    (t, w) = (star + 1, taken + 1);
                }
                _ => return false,
            }
        }
    }
}

impl Token {
    fn word(&self) -> Option<&str> {
        if let Token::Word(word) = self { Some(word) } else { None }
    }
}

/// Words between single spaces; the last without its colon, which the text may lack.
fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut joined = words.collect::<Vec<&str>>().join(" ");
    joined.truncate(bare(&joined).len());
    joined
}

fn words_of(source: &str) -> Vec<Token> {
    fold(source).split(' ').filter(|w| !w.is_empty()).map(|w| Token::Word(w.to_string())).collect()
}

/// A word without the colon after it.
fn bare(word: &str) -> &str {
    word.strip_suffix(':').unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, anchor: Anchor, line: &str) -> bool {
        let (line, mut places) = (fold(line), Vec::new());
        Words::places(&line, &mut places);
        Pattern::new(pattern, anchor).unwrap().matches(Words::new(&line, &places))
    }

    #[test]
    fn anchors_say_where_the_pattern_is() {
        assert!(matches("read also", Anchor::Whole, "» Read also:"));
        assert!(!matches("read also", Anchor::Whole, "Read also this"));
        assert!(matches("read also", Anchor::Start, "READ ALSO: a headline"));
        assert!(!matches("read also", Anchor::Start, "They read also this"));
        assert!(matches("getty images", Anchor::End, "A street (Getty Images)"));
        assert!(matches("all rights reserved", Anchor::Part, "© All rights reserved, 2020"));
    }

    #[test]
    fn wildcards_stand_for_words_and_numbers() {
        assert!(matches("sign up for * newsletter", Anchor::Start, "Sign up for our free weekly newsletter today"));
        assert!(!matches("sign up for * newsletter", Anchor::Start, "Sign up for newsletter"));
        assert!(matches("# comments", Anchor::Whole, "(12) Comments"));
        assert!(!matches("# comments", Anchor::Whole, "No comments"));
        assert!(matches("follow @*", Anchor::Whole, "Follow @someone"));
        assert!(!matches("follow @*", Anchor::Whole, "Follow someone"));
        assert!(matches("a * b * c", Anchor::Whole, "a b b c b c c"));
        assert!(!matches("a * b * c", Anchor::Whole, "a b c"));
    }

    #[test]
    fn fixed_words_and_the_longest_are_what_a_search_needs() {
        let pattern = Pattern::new("sign up * for the newsletter", Anchor::Whole).unwrap();
        assert_eq!(pattern.longest_word(), "newsletter");
        assert_eq!(
            (pattern.leading_words(), pattern.trailing_words()),
            ("sign up".into(), "for the newsletter".into())
        );
        assert_eq!(pattern.first_word(), Some("sign"));
        assert_eq!(pattern.last_word(), Some("newsletter"));
        assert_eq!(pattern.literal(), None);
        assert!(Pattern::new("* #", Anchor::Whole).is_none());
    }
}
