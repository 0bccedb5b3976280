//! Words as tokens: a scanner driven by tables, with byte offsets into the original.

mod ascii;

use ascii::Block;

use crate::text::normalize::{Class, LATIN, NormChar, Normalizer, is_cyrillic, is_word, mixes_scripts};

/// Longest normal form, in bytes, that the fast path handles; longer words take the general one.
const FAST: usize = 120;

/// Lower-case letter or digit for word bytes, 0 for separators.
static ASCII: [u8; 128] = {
    let mut table = [0u8; 128];
    let mut b = 0;
    while b < 128 {
        let c = b as u8;
        if c.is_ascii_alphanumeric() || c == b'_' {
            table[b] = c.to_ascii_lowercase();
        }
        b += 1;
    }
    table
};

/// Which tokens are wanted besides words of two characters or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenRules {
    /// Words of a single character.
    pub(crate) one_letter: bool,
    /// Every punctuation mark or symbol as a token of its own.
    pub(crate) punctuation: bool,
}

/// A reusable scanner: holds the buffers, so that no token allocates.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    normalizer: &'static Normalizer,
    rules: TokenRules,
    chars: Vec<NormChar>,
    term: String,
}

impl Tokenizer {
    pub(crate) fn new(normalizer: &'static Normalizer, rules: TokenRules) -> Tokenizer {
        Tokenizer { normalizer, rules, chars: Vec::new(), term: String::new() }
    }

    /// Turns to another normaliser for the texts to come.
    pub(crate) fn set_normalizer(&mut self, normalizer: &'static Normalizer) {
        self.normalizer = normalizer;
    }

    /// Calls `emit(term, start, end)` for each token of `text` in order: its normal form, and the
    /// bytes of `text` that it covers.
    ///
    /// A word is a maximal run of letters, digits, marks and underscores (the `\w` of a Unicode
    /// regular expression), with ignorable characters inside it, and with an apostrophe between Cyrillic letters.
    #[inline]
    pub(crate) fn tokens(&mut self, text: &str, mut emit: impl FnMut(&[u8], usize, usize)) {
        let bytes = text.as_bytes();
        let mut buf = [0u8; FAST + 8];
        let mut block = Block::new();
        let mut from = 0;
        while from < bytes.len() {
            let n = block.read(&bytes[from..]);
            let mut at = 0;
            loop {
                let Some(start) = block.next(at) else {
                    self.ascii_marks(&bytes[from + at..from + n], from + at, &mut emit);
                    from += n;
                    break;
                };
                self.ascii_marks(&bytes[from + at..from + start], from + at, &mut emit);
                let end = block.end(start);
                // What may go on after the block is read from its start in the next one.
                let cut = end == n && from + n < bytes.len();
                if cut && start > 0 {
                    from += start;
                    break;
                }
                at = if !cut && start < end && end - start <= FAST && (end == n || !block.is_beyond(end)) {
                    if end - start >= 2 || self.rules.one_letter {
                        emit(block.lower(start, end), from + start, from + end);
                    }
                    end
                } else {
                    self.token(text, from + start, &mut buf, &mut emit) - from
                };
                if at > n {
                    from += at;
                    break;
                }
            }
        }
    }

    /// The marks of plain ASCII between two words, where they are wanted.
    #[inline]
    fn ascii_marks(&self, bytes: &[u8], base: usize, emit: &mut impl FnMut(&[u8], usize, usize)) {
        if self.rules.punctuation {
            for (mark, at) in bytes.chunks(1).zip(base..).filter(|(mark, _)| mark[0].is_ascii_punctuation()) {
                emit(mark, at, at + 1);
            }
        }
    }

    /// Scans the word or other character at `start`, which is a letter, digit, underscore or beyond ASCII; returns where it ends.
    fn token(
        &mut self,
        text: &str,
        start: usize,
        buf: &mut [u8; FAST + 8],
        emit: &mut impl FnMut(&[u8], usize, usize),
    ) -> usize {
        if text.as_bytes()[start] >= 128 {
            let c = char_at(text, start);
            let after = start + c.len_utf8();
            match self.normalizer.class(c) {
                Class::Word(..) | Class::Complex => {}
                Class::Other | Class::Apostrophe if self.rules.punctuation => {
                    self.symbol(&text[start..after], start, emit);
                    return after;
                }
                _ => return after,
            }
        }
        self.word(text, start, buf, emit)
    }

    /// Scans the word that begins at `start`; returns where it ends.
    #[inline]
    fn word(
        &mut self,
        text: &str,
        start: usize,
        buf: &mut [u8; FAST + 8],
        emit: &mut impl FnMut(&[u8], usize, usize),
    ) -> usize {
        let bytes = text.as_bytes();
        let (mut i, mut len, mut n_chars, mut end) = (start, 0, 0usize, start);
        let (mut scripts, mut general) = (0u8, false);
        loop {
            let run = i;
            while i < bytes.len() && bytes[i] < 128 {
                let lower = ASCII[bytes[i] as usize];
                if lower == 0 || len >= FAST {
                    break;
                }
                buf[len] = lower;
                len += 1;
                i += 1;
            }
            if i > run {
                n_chars += i - run;
                // Digits and underscores count as Latin here: a mixed word only costs a closer look.
                scripts |= LATIN;
                end = i;
            }
            if i >= bytes.len() {
                break;
            }
            if len >= FAST {
                general = true;
                len = 0;
                continue;
            }
            let b = bytes[i];
            let c = if b < 128 {
                if b == b'\'' && self.joins(text, start, i, i + 1) {
                    '\''
                } else {
                    break;
                }
            } else {
                char_at(text, i)
            };
            let after = i + c.len_utf8();
            match if b < 128 { Class::Apostrophe } else { self.normalizer.class(c) } {
                Class::Word(normal, bits) => {
                    len += normal.encode_utf8(&mut buf[len..]).len();
                    n_chars += 1;
                    scripts |= bits;
                    end = after;
                }
                Class::Complex => {
                    general = true;
                    end = after;
                }
                Class::Ignored => {}
                Class::Apostrophe if self.joins(text, start, i, after) => general = true,
                _ => break,
            }
            i = after;
        }
        if general || mixes_scripts(scripts) {
            self.general_word(&text[start..end], start, emit);
        } else if n_chars >= 2 || (self.rules.one_letter && n_chars == 1) {
            emit(&buf[..len], start, end);
        }
        i.max(end)
    }

    /// Whether an apostrophe at `at` stands between Cyrillic letters.
    fn joins(&self, text: &str, start: usize, at: usize, after: usize) -> bool {
        self.normalizer.class('\u{2019}') == Class::Apostrophe
            && text[start..at].chars().next_back().is_some_and(is_cyrillic)
            && text[after..].chars().next().is_some_and(is_cyrillic)
    }

    /// Any word at all: normalises it as a whole, then takes the runs of word characters in the result.
    #[cold]
    fn general_word(&mut self, word: &str, base: usize, emit: &mut impl FnMut(&[u8], usize, usize)) {
        self.chars.clear();
        self.normalizer.normalize(word, base, &mut self.chars);
        // A compatibility form may hold a separator (½ is 1⁄2): the word stays one token without it.
        self.term.clear();
        let (mut n_chars, mut first, mut last) = (0, usize::MAX, 0);
        for n in self.chars.iter().filter(|n| is_word(n.c)) {
            self.term.push(n.c);
            n_chars += 1;
            first = first.min(n.start);
            last = last.max(n.end);
        }
        if n_chars >= 2 || (self.rules.one_letter && n_chars == 1) {
            emit(self.term.as_bytes(), first, last);
        }
    }

    /// A punctuation mark outside ASCII as a token in its normal form.
    fn symbol(&mut self, symbol: &str, base: usize, emit: &mut impl FnMut(&[u8], usize, usize)) {
        self.chars.clear();
        self.normalizer.normalize(symbol, base, &mut self.chars);
        self.term.clear();
        self.term.extend(self.chars.iter().map(|n| plain_punctuation(n.c)).filter(|c| !c.is_whitespace()));
        if !self.term.is_empty() {
            emit(self.term.as_bytes(), base, base + symbol.len());
        }
    }
}

/// Typography betrays the outlet, not its stance: curly quotes and long dashes become plain ones.
fn plain_punctuation(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{02BC}' => '\'',
        '\u{201C}'..='\u{201F}' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        _ => c,
    }
}

#[inline]
fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or('\u{FFFD}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::normalize::NormalizeParams;

    fn tokens(text: &str, one_letter: bool, punctuation: bool) -> Vec<(String, usize, usize)> {
        let normalizer = Normalizer::of(NormalizeParams::default());
        let mut out = Vec::new();
        Tokenizer::new(normalizer, TokenRules { one_letter, punctuation })
            .tokens(text, |t, s, e| out.push((String::from_utf8(t.to_vec()).unwrap(), s, e)));
        out
    }

    fn terms(text: &str) -> Vec<String> {
        tokens(text, false, false).into_iter().map(|t| t.0).collect()
    }

    #[test]
    fn words_have_two_characters_or_more_and_keep_their_offsets() {
        assert_eq!(
            tokens("A Big-deal, no?", false, false),
            [("big".into(), 2, 5), ("deal".into(), 6, 10), ("no".into(), 12, 14)]
        );
    }

    #[test]
    fn punctuation_and_single_letters_come_when_asked_for() {
        let all: Vec<String> = tokens("I won’t — “go”!", true, true).into_iter().map(|t| t.0).collect();
        assert_eq!(all, ["i", "won", "'", "t", "-", "\"", "go", "\"", "!"]);
    }

    #[test]
    fn scripts_are_read_alike() {
        assert_eq!(terms("П'ЯТЬ з’їздів, Київ"), ["пʼять", "зʼїздів", "київ"]);
        assert_eq!(terms("الأسلحة إلى أوكرانيا"), ["الاسلحة", "الي", "اوكرانيا"]);
        assert_eq!(terms("हिन्दी में 2024"), ["हिन्दी", "में", "2024"]);
        assert_eq!(terms("ELL'arte don't"), ["ell", "arte", "don"]);
    }

    #[test]
    fn disguised_words_are_the_words_they_show() {
        assert_eq!(terms("gov\u{200B}ern\u{AD}ment wаr Моsсоw"), ["government", "war", "moscow"]);
        let t = tokens("x gov\u{200B}ern", false, false);
        assert_eq!((t[0].1, t[0].2), (2, 11));
    }

    #[test]
    fn a_word_longer_than_the_buffer_is_read_whole() {
        let long = "ab".repeat(500);
        assert_eq!(terms(&format!("x {long} yz")), [long, "yz".to_string()]);
    }

    proptest! {
        #[test]
        fn spans_ascend_on_character_boundaries(text in "\\PC*|[a-zа-яёії'’ʼ\u{200B}\u{301}\u{64B}ßſﬁ½ -]{0,40}") {
            let mut last = 0;
            for (_, start, end) in tokens(&text, true, true) {
                prop_assert!(last <= start && start < end);
                prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
                last = end;
            }
        }

        /// The fast path and the general path are one function.
        #[test]
        fn the_fast_path_agrees_with_the_general_one(word in "[a-zA-Zа-яА-ЯёіїҐßéÀ\u{200B}\u{AD}\u{640}\u{64E}ابتأى0-9_ÞπΣς]{1,20}") {
            let normalizer = Normalizer::of(NormalizeParams::default());
            let mut general = Vec::new();
            Tokenizer::new(normalizer, TokenRules { one_letter: true, punctuation: false })
                .general_word(&word, 0, &mut |t, _, _| general.push(String::from_utf8(t.to_vec()).unwrap()));
            let fast: Vec<String> = tokens(&word, true, false).into_iter().map(|t| t.0).collect();
            prop_assert_eq!(fast, general);
        }
    }
}
