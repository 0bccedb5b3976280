//! From text to terms: word n-grams and character n-grams, each as a stable 64-bit hash with its place.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::error::{Error, Result};
use crate::text::normalize::{NormChar, NormalizeParams, Normalizer};
use crate::text::reading::{Stretch, Voice};
use crate::text::tokenize::{TokenRules, Tokenizer};

/// Which terms a text is made of. Words, characters or both; by default words 1–2.
///
/// | field | default | range |
/// |---|---|---|
/// | `words` | n-grams 1–2 of words of two characters or more | see [`WordParams`] |
/// | `chars` | none | see [`CharParams`] |
/// | `normalize` | everything on | see [`NormalizeParams`] |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnalyzerParams {
    /// Word n-grams; `None` (in a file `false`) for none.
    #[serde(with = "crate::text::switch")]
    pub words: Option<WordParams>,
    /// Character n-grams; `None` (in a file `false`) for none.
    #[serde(with = "crate::text::switch")]
    pub chars: Option<CharParams>,
    /// How letters are made comparable.
    pub normalize: NormalizeParams,
}

/// Word n-grams, scikit-learn's `analyzer="word"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordParams {
    /// Shortest and longest n-gram in words. Default `(1, 2)`, range 1 to 8.
    pub ngram_range: (u8, u8),
    /// Every punctuation mark and symbol is a token too, in plain typography (`“` is `"`). Default `false`.
    pub punctuation: bool,
    /// Words of one character are tokens too. Default `false`, as in scikit-learn.
    pub one_letter: bool,
}

/// Character n-grams inside word boundaries, scikit-learn's `analyzer="char_wb"`: each word (a run
/// without white space) is padded with a space on both sides, and a word shorter than `n` counts once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CharParams {
    /// Shortest and longest n-gram in characters. Default `(2, 5)`, range 1 to 16.
    pub ngram_range: (u8, u8),
}

impl Default for AnalyzerParams {
    fn default() -> Self {
        AnalyzerParams { words: Some(WordParams::default()), chars: None, normalize: NormalizeParams::default() }
    }
}

impl Default for WordParams {
    fn default() -> Self {
        WordParams { ngram_range: (1, 2), punctuation: false, one_letter: false }
    }
}

impl Default for CharParams {
    fn default() -> Self {
        CharParams { ngram_range: (2, 5) }
    }
}

impl AnalyzerParams {
    /// Whether words are read differently from language to language.
    pub(crate) fn is_by_language(&self) -> bool {
        false
    }

    /// Errors where a range is empty or too wide, or where neither words nor characters are wanted.
    pub fn check(&self) -> Result<()> {
        if self.words.is_none() && self.chars.is_none() {
            return Err(Error::param("words", "none", "words or chars (or both) to be given"));
        }
        if let Some(words) = &self.words {
            check_range("words", words.ngram_range, 8, "1 <= min <= max <= 8, such as 1..2")?;
        }
        if let Some(chars) = &self.chars {
            check_range("chars", chars.ngram_range, 16, "1 <= min <= max <= 16, such as 2..5")?;
        }
        Ok(())
    }
}

fn check_range(name: &'static str, (min, max): (u8, u8), most: u8, expected: &'static str) -> Result<()> {
    if min >= 1 && min <= max && max <= most {
        Ok(())
    } else {
        Err(Error::param(name, format_args!("{min}..{max}"), expected))
    }
}

/// The two kinds of terms; a word and a character n-gram of the same letters are different terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TermKind {
    /// A word n-gram, its words joined by one space.
    Word,
    /// A character n-gram, with the spaces of its padding.
    Char,
}

/// What is added to the hash of a quoted term, so that it is a term of its own.
const QUOTED: u64 = 0x7C15_F39C_C060_5CED;

/// Stands before a quoted term in its written form. No term begins with it: typographic marks are read as plain ones.
pub(crate) const QUOTE_SIGN: char = '“';

impl Voice {
    #[inline]
    fn salt(self) -> u64 {
        match self {
            Voice::Own => 0,
            Voice::Quoted => QUOTED,
        }
    }
}

/// Where character n-grams get their hashes from, so that they never meet those of words.
const CHAR_SEED: u64 = 0x51A4_7415_E000_0001;

/// Scans texts for terms; holds the buffers of one thread.
#[derive(Debug)]
pub(crate) struct Analyzer {
    words: Option<(WordParams, Tokenizer)>,
    chars: Option<CharParams>,
    normalizer: &'static Normalizer,
    /// Hashes and starts of words.
    recent: Vec<(u64, usize)>,
    norm: Vec<NormChar>,
    bytes: Vec<u8>,
    bounds: Vec<usize>,
}

impl Analyzer {
    /// An analyzer of checked parameters.
    pub(crate) fn new(params: &AnalyzerParams) -> Analyzer {
        let normalizer = Normalizer::of(params.normalize);
        let tokenizer = |w: &WordParams| {
            Tokenizer::new(
                normalizer,
                TokenRules { one_letter: w.one_letter || w.punctuation, punctuation: w.punctuation },
            )
        };
        Analyzer {
            words: params.words.clone().map(|w| {
                let tokenizer = tokenizer(&w);
                (w, tokenizer)
            }),
            chars: params.chars.clone(),
            normalizer,
            recent: Vec::new(),
            norm: Vec::new(),
            bytes: Vec::new(),
            bounds: Vec::new(),
        }
    }

    /// The hash of each word n-gram of one stretch of text, with the bytes it covers.
    /// N-grams of all lengths end at a token before the next token is read.
    #[inline]
    pub(crate) fn words(&mut self, stretch: &Stretch<'_>, mut emit: impl FnMut(u64, usize, usize)) {
        let Some((params, tokenizer)) = &mut self.words else { return };
        let (text, salt) = (stretch.text, stretch.voice.salt());
        let mut emit = |hash: u64, start, end| emit(hash.wrapping_add(salt), start, end);
        let (min, max) = (usize::from(params.ngram_range.0), usize::from(params.ngram_range.1));
        if (min, max) == (1, 1) {
            tokenizer.tokens(text, |term, start, end| emit(hash_word(term), start, end));
        } else if max == 2 {
            let mut before: Option<(u64, usize)> = None;
            tokenizer.tokens(text, |term, start, end| {
                let hash = hash_word(term);
                if min == 1 {
                    emit(hash, start, end);
                }
                if let Some((first, from)) = before {
                    emit(join(first, hash), from, end);
                }
                before = Some((hash, start));
            });
        } else {
            let recent = &mut self.recent;
            recent.clear();
            tokenizer.tokens(text, |term, start, end| {
                if recent.len() == max {
                    recent.remove(0);
                }
                recent.push((hash_word(term), start));
                for n in min..=max.min(recent.len()) {
                    let gram = &recent[recent.len() - n..];
                    let hash = gram[1..].iter().fold(gram[0].0, |hash, word| join(hash, word.0));
                    emit(hash, gram[0].1, end);
                }
            });
        }
    }

    /// The hash of each character n-gram of one stretch of text, with the bytes it covers and its written form.
    #[inline]
    pub(crate) fn chars(&mut self, stretch: &Stretch<'_>, mut emit: impl FnMut(u64, usize, usize, &[u8])) {
        let Some(params) = self.chars.clone() else { return };
        let (text, salt) = (stretch.text, stretch.voice.salt());
        let mut emit = |hash: u64, start, end, gram: &[u8]| emit(hash.wrapping_add(salt), start, end, gram);
        let mut start = 0;
        for word in text.split(char::is_whitespace) {
            let at = start;
            start += word.len() + text[start + word.len()..].chars().next().map_or(0, char::len_utf8);
            if !word.is_empty() {
                self.word_chars(word, at, &params, &mut emit);
            }
        }
    }

    /// The character n-grams of one word, padded with a space on both sides.
    fn word_chars(
        &mut self,
        word: &str,
        at: usize,
        params: &CharParams,
        emit: &mut impl FnMut(u64, usize, usize, &[u8]),
    ) {
        self.bytes.clear();
        self.bounds.clear();
        let ascii = word.is_ascii();
        self.bytes.push(b' ');
        self.bounds.push(0);
        if ascii {
            self.bounds.extend(1..=word.len());
            self.bytes.extend(word.bytes().map(|b| b.to_ascii_lowercase()));
        } else {
            self.norm.clear();
            self.normalizer.normalize(word, at, &mut self.norm);
            for n in &self.norm {
                self.bounds.push(self.bytes.len());
                self.bytes.extend_from_slice(n.c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        self.bounds.push(self.bytes.len());
        self.bytes.push(b' ');
        self.bounds.push(self.bytes.len());
        let n_chars = self.bounds.len() - 1;
        if n_chars == 2 {
            return;
        }
        // Character `k` of the padded word, as bytes of the original: padding covers nothing.
        let covered = |from: usize, to: usize| {
            let (first, last) = (from.max(1), to.min(n_chars - 1));
            if ascii {
                (at + first - 1, at + last - 1)
            } else if first < last {
                (self.norm[first - 1].start, self.norm[last - 2].end)
            } else {
                let edge = self.norm[(first - 1).min(self.norm.len() - 1)];
                if from == 0 { (edge.start, edge.start) } else { (edge.end, edge.end) }
            }
        };
        for n in usize::from(params.ngram_range.0)..=usize::from(params.ngram_range.1) {
            let n = n.min(n_chars);
            for from in 0..=n_chars - n {
                let gram = &self.bytes[self.bounds[from]..self.bounds[from + n]];
                let (start, end) = covered(from, from + n);
                emit(hash_chars(gram), start, end, gram);
            }
            if n == n_chars {
                break;
            }
        }
    }

    /// The hash of each word n-gram of one stretch of text, with its written form.
    pub(crate) fn spelled_words(&mut self, stretch: &Stretch<'_>, mut emit: impl FnMut(u64, &[u8])) {
        let Some((params, tokenizer)) = &mut self.words else { return };
        let (text, salt) = (stretch.text, stretch.voice.salt());
        let (min, max) = (usize::from(params.ngram_range.0), usize::from(params.ngram_range.1));
        // All words, one space between them: every n-gram is a slice.
        let (written, words) = (&mut self.bytes, &mut self.recent);
        written.clear();
        words.clear();
        tokenizer.tokens(text, |term, _, _| {
            words.push((hash_word(term), written.len()));
            written.extend_from_slice(term);
            for n in min..=max.min(words.len()) {
                let gram = &words[words.len() - n..];
                let hash = gram[1..].iter().fold(gram[0].0, |hash, word| join(hash, word.0));
                emit(hash.wrapping_add(salt), &written[gram[0].1..]);
            }
            written.push(b' ');
        });
    }
}

/// The hash of a term from its written form.
pub(crate) fn hash_term(kind: TermKind, term: &str) -> u64 {
    if let Some(quoted) = term.strip_prefix(QUOTE_SIGN) {
        return hash_term(kind, quoted).wrapping_add(QUOTED);
    }
    match kind {
        TermKind::Word => {
            let mut words = term.split(' ').map(|word| hash_word(word.as_bytes()));
            let first = words.next().unwrap_or(0);
            words.fold(first, join)
        }
        TermKind::Char => hash_chars(term.as_bytes()),
    }
}

#[inline]
fn hash_word(word: &[u8]) -> u64 {
    xxh3_64(word)
}

#[inline]
fn hash_chars(gram: &[u8]) -> u64 {
    xxh3_64_with_seed(gram, CHAR_SEED)
}

/// The hash of an n-gram and one more word. Not symmetric: `a b` and `b a` differ.
#[inline]
fn join(gram: u64, word: u64) -> u64 {
    let mixed = (gram.rotate_left(29) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Part;

    fn analyzer(words: Option<(u8, u8)>, chars: Option<(u8, u8)>) -> Analyzer {
        Analyzer::new(&AnalyzerParams {
            words: words.map(|ngram_range| WordParams { ngram_range, ..WordParams::default() }),
            chars: chars.map(|ngram_range| CharParams { ngram_range }),
            normalize: NormalizeParams::default(),
        })
    }

    fn words(text: &str, range: (u8, u8)) -> Vec<(String, u64)> {
        let mut a = analyzer(Some(range), None);
        let (mut hashes, mut spelled) = (Vec::new(), Vec::new());
        let stretch = Stretch::whole(Part::Text, text);
        a.words(&stretch, |hash, _, _| hashes.push(hash));
        a.spelled_words(&stretch, |hash, term| spelled.push((String::from_utf8(term.to_vec()).unwrap(), hash)));
        assert_eq!(hashes, spelled.iter().map(|s| s.1).collect::<Vec<_>>());
        spelled
    }

    fn grams(text: &str, range: (u8, u8)) -> Vec<(String, String)> {
        let mut found = Vec::new();
        analyzer(None, Some(range)).chars(&Stretch::whole(Part::Text, text), |hash, start, end, gram| {
            let gram = String::from_utf8(gram.to_vec()).unwrap();
            assert_eq!(hash, hash_term(TermKind::Char, &gram));
            found.push((gram, text[start..end].to_string()));
        });
        found
    }

    #[test]
    fn word_ngrams_of_every_length_carry_the_hash_of_their_written_form() {
        for range in [(1, 1), (1, 2), (2, 2), (1, 3), (2, 4)] {
            for (term, hash) in words("The West’s Arms, the arms of Київ", range) {
                assert_eq!(hash, hash_term(TermKind::Word, &term), "{term}");
            }
        }
        let terms: Vec<String> = words("one two three", (1, 3)).into_iter().map(|t| t.0).collect();
        assert_eq!(terms, ["one", "two", "one two", "three", "two three", "one two three"]);
    }

    #[test]
    fn order_matters_in_an_ngram() {
        assert_ne!(hash_term(TermKind::Word, "arms to"), hash_term(TermKind::Word, "to arms"));
        assert_ne!(hash_term(TermKind::Word, "to"), hash_term(TermKind::Char, "to"));
    }

    #[test]
    fn character_ngrams_are_those_of_char_wb() {
        let found: Vec<String> = grams("Жб c", (2, 3)).into_iter().map(|g| g.0).collect();
        assert_eq!(found, [" ж", "жб", "б ", " жб", "жб ", " c", "c ", " c "]);
    }

    #[test]
    fn a_character_ngram_covers_its_letters_and_no_padding() {
        for (gram, covered) in grams("Straße МИР go", (2, 4)) {
            let shown: String = covered.to_lowercase().replace('ß', "ss");
            assert!(shown.contains(gram.trim()), "{gram:?} {covered:?}");
        }
        let found = grams("мир", (3, 3));
        assert_eq!(found[0], (" ми".into(), "ми".into()));
    }

    #[test]
    fn parameters_out_of_range_say_the_range() {
        let params = AnalyzerParams {
            words: Some(WordParams { ngram_range: (3, 2), ..WordParams::default() }),
            ..AnalyzerParams::default()
        };
        assert!(params.check().unwrap_err().to_string().contains("1 <= min <= max <= 8"));
        let none = AnalyzerParams { words: None, ..AnalyzerParams::default() };
        assert!(none.check().is_err());
    }
}
