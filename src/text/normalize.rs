//! Normal forms of characters: compatibility composition, case folding, and spelling variants.

use std::sync::OnceLock;

use caseless::Caseless;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::lookalike::{self, Letter};

/// How the letters of a token are made comparable. NFKC ([UAX #15]) and full case folding
/// (Unicode 3.13: `ß` is `ss`, final `ς` is `σ`) always apply; the rest can be switched off.
///
/// [UAX #15]: https://www.unicode.org/reports/tr15/
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NormalizeParams {
    /// Undo disguises: drop zero-width and direction characters inside words (a zero-width
    /// non-joiner stays where Arabic or Indic letters need it), and fold look-alike letters inside words
    /// that mix Latin, Cyrillic and Greek. Default `true`.
    pub disguises: bool,
    /// Unite spelling variants: the three Ukrainian apostrophes inside a Cyrillic word, `ё` and `е`, Arabic
    /// tatweel and short vowels (dropped), the forms of alef, `ى`/`ی` and `ي`, `ک` and `ك`. Default `true`.
    pub variants: bool,
    /// Read letters that are spaced out as one word: four single letters or more, with equally many spaces between each two
    /// (`p r o p a g a n d a`). The word covers the whole run. Default `false`: rows of single letters are not always one.
    pub spaced_out: bool,
    /// Read digits as letters inside words that are plainly made of letters (`pr0p4g4nda`); numbers, years and names such as
    /// `B52`, `covid19`, `mp3` stay. Default `false`, since a word list would be needed to be sure.
    pub leetspeak: bool,
}

impl Default for NormalizeParams {
    fn default() -> Self {
        NormalizeParams { disguises: true, variants: true, spaced_out: false, leetspeak: false }
    }
}

/// What the scanner does with a character outside ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Part of a word; its normal form is this one character, of the given script bit.
    Word(char, u8),
    /// Part of a word, but its normal form needs its neighbours or several characters.
    Complex,
    /// Dropped inside a word, nothing outside one.
    Ignored,
    /// An apostrophe: part of a word between Cyrillic letters.
    Apostrophe,
    /// White space.
    Space,
    /// Punctuation and symbols.
    Other,
}

/// Script bits of the letters of a word: more than one of them asks for a look at look-alikes.
pub(crate) const LATIN: u8 = 1;
const CYRILLIC: u8 = 2;
const GREEK: u8 = 4;
const LENDER: u8 = 8;

/// The letter that stands for an apostrophe inside a Cyrillic word.
const APOSTROPHE_LETTER: char = '\u{02BC}';

/// Normalises characters and words under one setting; cheap to copy around by reference.
#[derive(Debug)]
pub(crate) struct Normalizer {
    params: NormalizeParams,
    /// Classes of U+0080–U+07FF.
    two_byte: Vec<Class>,
    /// Classes of U+2000–U+206F.
    punctuation: Vec<Class>,
}

/// A character of the normal form, and the bytes of the original that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NormChar {
    pub(crate) c: char,
    /// Whether it was a capital.
    pub(crate) upper: bool,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Normalizer {
    /// The shared normaliser of a setting.
    pub(crate) fn of(params: NormalizeParams) -> &'static Normalizer {
        static ALL: [OnceLock<Normalizer>; 16] = [const { OnceLock::new() }; 16];
        let flags = [params.disguises, params.variants, params.spaced_out, params.leetspeak];
        let slot = flags.iter().rev().fold(0, |slot, flag| 2 * slot + usize::from(*flag));
        ALL[slot].get_or_init(|| {
            let classes = |range: std::ops::Range<u32>| {
                range.map(|u| char::from_u32(u).map_or(Class::Other, |c| classify(c, params))).collect()
            };
            Normalizer { params, two_byte: classes(0x80..0x800), punctuation: classes(0x2000..0x2070) }
        })
    }

    /// The setting.
    pub(crate) fn params(&self) -> NormalizeParams {
        self.params
    }

    /// The class of a character outside ASCII.
    #[inline]
    pub(crate) fn class(&self, c: char) -> Class {
        match c as u32 {
            u @ 0x80..0x800 => self.two_byte[u as usize - 0x80],
            u @ 0x2000..0x2070 => self.punctuation[u as usize - 0x2000],
            _ => classify(c, self.params),
        }
    }

    /// The normal form of a stretch of text, character by character, appended to `out`.
    ///
    /// Every output character names the bytes of `text` (shifted by `base`) that it came from. White space and punctuation
    /// keep their place; ignored characters leave nothing.
    pub(crate) fn normalize(&self, text: &str, base: usize, out: &mut Vec<NormChar>) {
        let first = out.len();
        let mut rest = text.char_indices().peekable();
        let mut chunk = String::new();
        while let Some((start, c)) = rest.next() {
            chunk.clear();
            chunk.push(c);
            let mut end = start + c.len_utf8();
            // Composition needs a base and its marks together (and the letters of a Hangul syllable).
            while let Some(&(at, next)) = rest.peek() {
                if !is_combining_mark(next) && !is_trailing_jamo(next) {
                    break;
                }
                // What is dropped must not compose first, or a word would read differently with it.
                if !self.drops(next) {
                    chunk.push(next);
                }
                end = at + next.len_utf8();
                rest.next();
            }
            let upper = c.is_uppercase();
            let span = |c| NormChar { c, upper, start: base + start, end: base + end };
            if self.drops(c) {
                continue;
            }
            if chunk.len() == 1 {
                out.push(span(c.to_ascii_lowercase()));
                continue;
            }
            for c in chunk.nfkc().default_case_fold().nfkc() {
                if self.keeps(c, out[first..].last().map(|n| n.c)) {
                    out.push(span(self.variant(c)));
                }
            }
        }
        if self.params.variants {
            unite_apostrophes(&mut out[first..]);
        }
        if self.params.disguises {
            fold_lookalikes(&mut out[first..]);
        }
    }

    /// Whether a character of the normal form stays, given the one before it.
    fn keeps(&self, c: char, before: Option<char>) -> bool {
        match c {
            '\u{200C}' | '\u{200D}' => !self.params.disguises || before.is_some_and(needs_joiners),
            _ => !self.drops(c),
        }
    }

    /// Whether a character is dropped wherever it stands.
    fn drops(&self, c: char) -> bool {
        (self.params.disguises && is_format(c)) || (self.params.variants && is_arabic_ornament(c))
    }

    fn variant(&self, c: char) -> char {
        if self.params.variants { variant(c) } else { c }
    }
}

/// Whether a character belongs to a word: a letter, digit, mark or underscore.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}')
}

fn classify(c: char, params: NormalizeParams) -> Class {
    if (params.disguises && is_format(c)) || (params.variants && is_arabic_ornament(c)) {
        return Class::Ignored;
    }
    // Zero-width joiners depend on the letter before them, wherever they are not simply dropped.
    if matches!(c, '\u{200C}' | '\u{200D}') {
        return Class::Complex;
    }
    if params.variants && matches!(c, '\u{2019}' | '\u{02BC}' | '\'') {
        return Class::Apostrophe;
    }
    if c.is_whitespace() {
        return Class::Space;
    }
    if !is_word(c) {
        return Class::Other;
    }
    let mut normal = std::iter::once(c).nfkc().default_case_fold().nfkc();
    match (normal.next(), normal.next()) {
        (Some(n), None) if !is_combining_mark(n) && !is_trailing_jamo(c) && is_word(n) => {
            let n = if params.variants { variant(n) } else { n };
            Class::Word(n, if params.disguises { script_bit(n) } else { 0 })
        }
        _ => Class::Complex,
    }
}

fn script_bit(c: char) -> u8 {
    match lookalike::script(c) {
        Some(lookalike::Script::Latin) => LATIN,
        Some(lookalike::Script::Cyrillic) => CYRILLIC,
        Some(lookalike::Script::Greek) => GREEK,
        Some(lookalike::Script::Lender) => LENDER,
        None => 0,
    }
}

/// Characters that show nothing: soft hyphen, zero-width space, direction marks, byte-order mark,
/// variation selectors. The zero-width joiners are not among them.
fn is_format(c: char) -> bool {
    matches!(c as u32,
        0xAD | 0x34F | 0x61C | 0x180B..=0x180E | 0x200B | 0x200E | 0x200F | 0x202A..=0x202E | 0x2060..=0x206F
        | 0xFE00..=0xFE0F | 0xFEFF | 0x1BCA0..=0x1BCA3 | 0xE0000..=0xE0FFF)
}

/// Tatweel, and the short-vowel marks that Arabic text may carry or leave out.
fn is_arabic_ornament(c: char) -> bool {
    matches!(c as u32, 0x640 | 0x64B..=0x65F | 0x670)
}

fn variant(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ё' => 'е',
        _ => c,
    }
}

/// Arabic and Indic letters, after which a zero-width joiner or non-joiner changes the word.
fn needs_joiners(c: char) -> bool {
    matches!(c as u32, 0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF | 0x900..=0xDFF)
}

fn is_trailing_jamo(c: char) -> bool {
    matches!(c as u32, 0x1160..=0x11FF)
}

pub(crate) fn is_cyrillic(c: char) -> bool {
    matches!(c as u32, 0x400..=0x52F)
}

pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}')
}

fn unite_apostrophes(chars: &mut [NormChar]) {
    for i in 1..chars.len().saturating_sub(1) {
        if is_apostrophe(chars[i].c) && is_cyrillic(chars[i - 1].c) && is_cyrillic(chars[i + 1].c) {
            chars[i].c = APOSTROPHE_LETTER;
        }
    }
}

fn fold_lookalikes(chars: &mut [NormChar]) {
    let mut word = Vec::new();
    for run in chars.chunk_by_mut(|a, b| is_word(a.c) == is_word(b.c)) {
        if run.first().is_none_or(|n| !is_word(n.c)) {
            continue;
        }
        let bits = run.iter().fold(0, |bits, n| bits | script_bit(n.c));
        if !mixes_scripts(bits) {
            continue;
        }
        word.clear();
        word.extend(run.iter().map(|n| Letter { c: n.c, upper: n.upper }));
        lookalike::fold_word(&mut word);
        run.iter_mut().zip(&word).for_each(|(n, letter)| n.c = letter.c);
    }
}

/// Whether these script bits are of more than one script.
#[inline]
pub(crate) fn mixes_scripts(bits: u8) -> bool {
    bits & (bits.wrapping_sub(1)) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        let mut out = Vec::new();
        Normalizer::of(NormalizeParams::default()).normalize(text, 0, &mut out);
        out.iter().map(|n| n.c).collect()
    }

    #[test]
    fn case_is_folded_fully_and_compatibility_forms_are_united() {
        assert_eq!(normal("Straße ΣΊΣΥΦΟΣ ﬁn Ｎａｔｏ"), "strasse σίσυφοσ fin nato");
        assert_eq!(normal("Ёлка и\u{306}"), "елка й");
    }

    #[test]
    fn disguises_are_undone_and_joiners_stay_where_letters_need_them() {
        assert_eq!(normal("go\u{200B}vern\u{2060}ment"), "government");
        assert_eq!(normal("wа\u{200C}r"), "war");
        assert_eq!(normal("می\u{200C}خواهم"), "مي\u{200C}خواهم");
    }

    #[test]
    fn arabic_and_ukrainian_spellings_are_united() {
        assert_eq!(normal("أَلْعَرَبِيَّة"), "العربية");
        assert_eq!(normal("п'ять п’ять пʼять don't"), "пʼять пʼять пʼять don't");
    }

    #[test]
    fn offsets_cover_the_bytes_a_character_came_from() {
        let mut out = Vec::new();
        Normalizer::of(NormalizeParams::default()).normalize("xßи\u{306}", 10, &mut out);
        let spans: Vec<_> = out.iter().map(|n| (n.c, n.start, n.end)).collect();
        assert_eq!(spans, [('x', 10, 11), ('s', 11, 13), ('s', 11, 13), ('й', 13, 17)]);
    }
}
