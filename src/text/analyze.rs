//! From text to terms: word n-grams and character n-grams, each as a stable 64-bit hash with its place.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::text::normalize::{NormChar, Normalizer};
use crate::text::params::{AnalyzerParams, CharParams, WordParams};
use crate::text::reading::{Stretch, Voice};
use crate::text::rewrite::{Rewriter, Tokens};
use crate::text::spaced::spaced_words;
use crate::text::tokenize::{TokenRules, Tokenizer};

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

/// Stands before a quoted term in its written form.
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
    /// Only where an option asks for it: the default is scanned without a branch more.
    rewriter: Option<Box<Rewriter>>,
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
            rewriter: Rewriter::of(params),
            recent: Vec::new(),
            norm: Vec::new(),
            bytes: Vec::new(),
            bounds: Vec::new(),
        }
    }

    /// The hash of each word n-gram of one stretch of text, with the bytes it covers.
    /// N-grams of all lengths end at a token before the next token is read.
    #[inline]
    pub(crate) fn words(&mut self, stretch: &Stretch<'_>, emit: impl FnMut(u64, usize, usize)) {
        let Some((params, tokenizer)) = &mut self.words else { return };
        match &mut self.rewriter {
            None => ngrams(tokenizer, stretch, params.ngram_range, &mut self.recent, emit),
            Some(rewriter) => {
                let mut tokens = rewriter.tokens(tokenizer, stretch.language);
                ngrams(&mut tokens, stretch, params.ngram_range, &mut self.recent, emit);
            }
        }
    }

    /// The hash of each character n-gram of one stretch of text, with the bytes it covers and its written form.
    #[inline]
    pub(crate) fn chars(&mut self, stretch: &Stretch<'_>, mut emit: impl FnMut(u64, usize, usize, &[u8])) {
        let Some(params) = self.chars.clone() else { return };
        let (text, salt) = (stretch.text, stretch.voice.salt());
        let mut emit = |hash: u64, start, end, gram: &[u8]| emit(hash.wrapping_add(salt), start, end, gram);
        let options = match &self.rewriter {
            None => return self.pieces_chars(text, 0, &params, &mut emit),
            Some(rewriter) => {
                self.normalizer = rewriter.normalizer(stretch.language);
                self.normalizer.params()
            }
        };
        let mut at = 0;
        if options.spaced_out {
            for word in spaced_words(text, options.leetspeak) {
                self.pieces_chars(&text[at..word.range.start], at, &params, &mut emit);
                let mut emit = |hash, start, end, gram: &[u8]| {
                    // A gram of padding alone covers nothing, at one end of the word.
                    let place = if start < end {
                        word.place(start, end)
                    } else if start == 0 {
                        word.range.start..word.range.start
                    } else {
                        word.range.end..word.range.end
                    };
                    emit(hash, place.start, place.end, gram);
                };
                self.word_chars(&word.joined, 0, &params, &mut emit);
                at = word.range.end;
            }
        }
        self.pieces_chars(&text[at..], at, &params, &mut emit);
    }

    /// The character n-grams of the words of a piece of text that begins at `base`.
    #[inline]
    fn pieces_chars(
        &mut self,
        text: &str,
        base: usize,
        params: &CharParams,
        emit: &mut impl FnMut(u64, usize, usize, &[u8]),
    ) {
        let mut start = 0;
        for word in text.split(char::is_whitespace) {
            let at = start;
            start += word.len() + text[start + word.len()..].chars().next().map_or(0, char::len_utf8);
            if !word.is_empty() {
                self.word_chars(word, base + at, params, emit);
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
        let leetspeak = self.rewriter.is_some() && self.normalizer.params().leetspeak;
        let ascii = word.is_ascii() && !leetspeak;
        self.bytes.push(b' ');
        self.bounds.push(0);
        if ascii {
            self.bounds.extend(1..=word.len());
            self.bytes.extend(word.bytes().map(|b| b.to_ascii_lowercase()));
        } else {
            self.norm.clear();
            self.normalizer.normalize(word, at, &mut self.norm);
            if leetspeak && let Some(rewriter) = &mut self.rewriter {
                rewriter.undo_leetspeak(&mut self.norm);
            }
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
    pub(crate) fn spelled_words(&mut self, stretch: &Stretch<'_>, emit: impl FnMut(u64, &[u8])) {
        let Some((params, tokenizer)) = &mut self.words else { return };
        let (written, words) = (&mut self.bytes, &mut self.recent);
        match &mut self.rewriter {
            None => spelled_ngrams(tokenizer, stretch, params.ngram_range, written, words, emit),
            Some(rewriter) => {
                let mut tokens = rewriter.tokens(tokenizer, stretch.language);
                spelled_ngrams(&mut tokens, stretch, params.ngram_range, written, words, emit);
            }
        }
    }
}

#[inline]
fn ngrams(
    tokens: &mut impl Tokens,
    stretch: &Stretch<'_>,
    (min, max): (u8, u8),
    recent: &mut Vec<(u64, usize)>,
    mut emit: impl FnMut(u64, usize, usize),
) {
    let (text, salt) = (stretch.text, stretch.voice.salt());
    let mut emit = |hash: u64, start, end| emit(hash.wrapping_add(salt), start, end);
    let (min, max) = (usize::from(min), usize::from(max));
    if (min, max) == (1, 1) {
        tokens.each(text, |term, start, end| emit(hash_word(term), start, end));
    } else if max == 2 {
        let mut before: Option<(u64, usize)> = None;
        tokens.each(text, |term, start, end| {
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
        recent.clear();
        tokens.each(text, |term, start, end| {
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

/// As [`ngrams`], with the written forms. All words are written down, one space between them: every n-gram is a slice.
fn spelled_ngrams(
    tokens: &mut impl Tokens,
    stretch: &Stretch<'_>,
    (min, max): (u8, u8),
    written: &mut Vec<u8>,
    words: &mut Vec<(u64, usize)>,
    mut emit: impl FnMut(u64, &[u8]),
) {
    let (min, max) = (usize::from(min), usize::from(max));
    let salt = stretch.voice.salt();
    written.clear();
    words.clear();
    tokens.each(stretch.text, |term, _, _| {
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

/// The hashes that a written term can have: as it stands, and as a quoted term where it begins with the sign of one (an n-gram of
/// characters may begin with the sign itself).
pub(crate) fn hashes_of(kind: TermKind, term: &str) -> impl Iterator<Item = u64> {
    let quoted = term.strip_prefix(QUOTE_SIGN).map(|own| hash_term(kind, own).wrapping_add(QUOTED));
    std::iter::once(hash_term(kind, term)).chain(quoted)
}

/// The hash of an own term from its written form.
pub(crate) fn hash_term(kind: TermKind, term: &str) -> u64 {
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
            ..AnalyzerParams::default()
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
}
