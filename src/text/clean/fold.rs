//! Folding of lines for comparison with phrases: case, punctuation, spacing and spelling variants.
//!
//! Folded text is only compared, never kept; offsets always refer to the original.

use super::chars::is_letter_or_number;
use super::eight::{load, lower, plain_run};

/// Appends the folded form of `text` to `out`: words in lower case between single spaces.
///
/// What joins two letters or digits (`-`, `.`, `'`) is kept, and a colon stays with the word before
/// it. Slashes and breadcrumb arrows become the word `/`, dashes, bars and bullets between words the
/// word `-`; other punctuation goes. The line begins with a letter, a digit, `©` or `@`.
pub(super) fn fold_into(text: &str, out: &mut String) {
    let mut bytes = std::mem::take(out).into_bytes();
    fold_bytes(text, &mut bytes);
    *out = String::from_utf8(bytes).unwrap_or_default();
}

fn fold_bytes(text: &str, out: &mut Vec<u8>) {
    let begin = out.len();
    let mut gap = Gap::None;
    let mut numeric = false;
    let mut at = 0;
    // Eight bytes are written at a time.
    out.reserve(text.len() + 8);
    loop {
        // Most of most texts are runs of ASCII letters with a space between.
        let rest = &text.as_bytes()[at..];
        let Some(first) = rest.first() else { break };
        if let Some(letter) = rest.first_chunk().filter(|letter| is_kept(letter)) {
            gap.close(begin, out);
            out.extend_from_slice(letter);
            numeric = false;
            at += 2;
            continue;
        }
        let eight = if first.is_ascii() { load(rest) } else { 0 };
        let run = plain_run(eight);
        if run > 0 {
            gap.close(begin, out);
            out.extend_from_slice(&lower(eight).to_le_bytes());
            out.truncate(out.len() - 8 + run);
            at += run;
            if run == 8 {
                continue;
            }
        }
        if text.as_bytes().get(at) == Some(&b' ') {
            gap = gap.and(Gap::Space);
            at += 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        if run > 0 || at > 0 && text.as_bytes()[at - 1].is_ascii_alphanumeric() {
            numeric = text.as_bytes()[at - 1].is_ascii_digit();
        }
        at += c.len_utf8();
        let joins = |next: fn(char) -> bool| {
            gap == Gap::None && out.len() > begin && text[at..].chars().next().is_some_and(next)
        };
        let kept = match fold_char(c) {
            Folded::Word(c) => Some(c),
            Folded::Joiner(c) if joins(char::is_alphanumeric) && out.last() != Some(&b':') => Some(c),
            Folded::Joiner(c) => {
                gap = gap.and(if c == '-' { Gap::Mark(b'-') } else { Gap::Space });
                None
            }
            // A date keeps its slashes, and "18+" is not "18".
            Folded::Mark(b'/') if numeric && joins(char::is_numeric) => Some('/'),
            Folded::Space if c == '+' && numeric && gap == Gap::None => Some('+'),
            Folded::Mark(mark) => {
                gap = gap.and(Gap::Mark(mark));
                None
            }
            Folded::Colon => {
                if out.len() > begin && out.last() != Some(&b':') {
                    out.push(b':');
                    gap = gap.and(Gap::Space);
                }
                None
            }
            Folded::Space => {
                gap = gap.and(Gap::Space);
                None
            }
            Folded::Drop => None,
        };
        let Some(kept) = kept else { continue };
        gap.close(begin, out);
        numeric = push_lower(kept, out);
    }
}

/// Whether two bytes are a Cyrillic or Arabic letter that is kept as it is.
#[inline]
fn is_kept(bytes: &[u8; 2]) -> bool {
    matches!(bytes, [0xD0, 0xB0..=0xBF] | [0xD1, 0x80..=0x8F] | [0xD8, 0xA6..=0xBA] | [0xD9, 0x81..=0x88 | 0x8A])
}

/// Appends a character in lower case; says whether it is a digit.
fn push_lower(c: char, out: &mut Vec<u8>) -> bool {
    let (lower, numeric) = match c {
        '\0'..='\x7F' => (c.to_ascii_lowercase(), c.is_ascii_digit()),
        // Letters of the languages at hand that need no table.
        'а'..='я' | 'ђ'..='џ' | 'ß'..='ö' | 'ø'..='ÿ' | '\u{621}'..='\u{64A}' | '\u{904}'..='\u{94C}' => {
            (c, false)
        }
        'А'..='Я' => (char::from_u32(u32::from(c) + 0x20).unwrap_or(c), false),
        'Ђ'..='Џ' => (char::from_u32(u32::from(c) + 0x50).unwrap_or(c), false),
        _ => {
            c.to_lowercase().for_each(|c| push(c, out));
            return c.is_numeric();
        }
    };
    push(lower, out);
    numeric
}

fn push(c: char, out: &mut Vec<u8>) {
    match u32::from(c) {
        code @ ..0x80 => out.push(code as u8),
        // Cyrillic and Arabic letters, and the Latin ones with accents.
        code @ ..0x800 => out.extend_from_slice(&[0xC0 | (code >> 6) as u8, 0x80 | (code & 0x3F) as u8]),
        _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    Mark(u8),
}

impl Gap {
    /// The first mark counts.
    fn and(self, other: Gap) -> Gap {
        match (self, other) {
            (Gap::Mark(_), _) => self,
            (_, Gap::Mark(_)) => other,
            _ => Gap::Space,
        }
    }

    /// Writes the gap before a word, unless it is the first one.
    #[inline]
    fn close(&mut self, begin: usize, out: &mut Vec<u8>) {
        match std::mem::replace(self, Gap::None) {
            _ if out.len() == begin => {}
            Gap::None => {}
            Gap::Space => out.push(b' '),
            Gap::Mark(mark) => out.extend([b' ', mark, b' ']),
        }
    }
}

/// The folded form of `text`.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

enum Folded {
    Word(char),
    Joiner(char),
    /// Stands between words as a word of its own.
    Mark(u8),
    Colon,
    Space,
    Drop,
}

#[inline]
fn fold_char(c: char) -> Folded {
    if c.is_ascii() {
        return match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '@' => Folded::Word(c),
            '-' | '.' | '\'' | '&' => Folded::Joiner(c),
            '/' | '>' => Folded::Mark(b'/'),
            '|' => Folded::Mark(b'-'),
            ':' => Folded::Colon,
            _ => Folded::Space,
        };
    }
    fold_other(c)
}

fn fold_other(c: char) -> Folded {
    match c {
        // Letters that need no table; what is written in two ways is not among them.
        'а'..='я' | 'А'..='Я' | 'ђ'..='џ' | 'Ђ'..='Џ' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ŝ' => {
            Folded::Word(c)
        }
        '\u{626}'..='\u{63A}' | '\u{641}'..='\u{648}' | '\u{64A}' => Folded::Word(c),
        '’' | '‘' | 'ʼ' | '´' => Folded::Joiner('\''),
        '©' => Folded::Word(c),
        '›' | '→' | '⁄' => Folded::Mark(b'/'),
        '—' | '–' | '―' | '•' | '·' => Folded::Mark(b'-'),
        'ё' | 'Ё' => Folded::Word('е'),
        'أ' | 'إ' | 'آ' => Folded::Word('ا'),
        'ى' => Folded::Word('ي'),
        'ş' | 'Ş' => Folded::Word('ș'),
        'ţ' | 'Ţ' => Folded::Word('ț'),
        // Arabic marks and the stretching sign, soft hyphen, zero-width and bidi controls, accents
        // set apart, variation selectors.
        '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{640}' | '\u{AD}' | '\u{200B}'..='\u{200F}' => Folded::Drop,
        '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{300}'..='\u{36F}' | '\u{FE0F}' | '\u{FEFF}' => {
            Folded::Drop
        }
        c if is_letter_or_number(c) => Folded::Word(c),
        _ => Folded::Space,
    }
}

/// The longest word that is looked at, in bytes.
const WORD: usize = 64;

/// The first `bytes` bytes of `text`, or a few less so as not to cut a character.
pub(super) fn head(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    &text[..end]
}

/// The last `bytes` bytes of `text`, or a few less so as not to cut a character.
pub(super) fn tail(text: &str, bytes: usize) -> &str {
    let start = (text.len().saturating_sub(bytes)..=text.len()).find(|&i| text.is_char_boundary(i));
    &text[start.unwrap_or(text.len())..]
}

fn is_word(c: char) -> bool {
    matches!(fold_char(c), Folded::Word(_))
}

/// The first word of the folded form of `text`, without its colon; `out` is a buffer.
pub(super) fn leading_word<'a>(text: &str, out: &'a mut String) -> &'a str {
    out.clear();
    // Most lines begin with a plain word.
    let run = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    if (1..=WORD).contains(&run) && matches!(text.as_bytes().get(run), None | Some(b' ' | b',' | b':')) {
        out.push_str(&text[..run]);
        out.make_ascii_lowercase();
        return out;
    }
    let word = head(text.trim_start_matches(|c| !is_word(c)), WORD);
    fold_into(word.split(char::is_whitespace).next().unwrap_or(word), out);
    out.split([' ', ':']).next().unwrap_or("")
}

/// Writes the last word of the folded form of `text` to `out`.
pub(super) fn last_word(text: &str, out: &mut String) {
    out.clear();
    // Most lines end with a plain word and a full stop, if any.
    let stop = text.len() - usize::from(text.ends_with(['.', ',', ':', '!', '?']));
    let run = text.as_bytes()[..stop].iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    if (1..=WORD).contains(&run) && (run == stop || text.as_bytes()[stop - run - 1] == b' ') {
        out.push_str(&text[stop - run..stop]);
        out.make_ascii_lowercase();
        return;
    }
    let word = tail(text.trim_end_matches(|c| !is_word(c)), WORD);
    fold_into(word.rsplit(char::is_whitespace).next().unwrap_or(word), out);
    if let Some(space) = out.rfind(' ') {
        out.drain(..=space);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_quotes_and_spacing_are_folded() {
        assert_eq!(fold("  »Don’t  MISS\u{a0}it« — Editor : M.B. "), "don't miss it - editor: m.b");
        assert_eq!(fold("ЕЩЁ по теме (12)"), "еще по теме 12");
        assert_eq!(fold("إقرأ أيضاً:"), "اقرا ايضا:");
        assert_eq!(fold("Citeşte şi - www.example.org/a-b?"), "citește și - www.example.org / a-b");
        assert_eq!(fold(" : -- ... 18+ a + b"), "18+ a b");
        assert_eq!(fold("> Home > News/World | 12/05/2021 —"), "home / news / world - 12/05/2021");
        assert_eq!(fold("Source:Example a:-b"), "source: example a: - b");
    }

    #[test]
    fn runs_of_any_length_and_letters_that_are_kept_are_folded_as_others() {
        assert_eq!(fold("NEWSLETTERS 12345678/9 abcdefgh’S"), "newsletters 12345678/9 abcdefgh's");
        assert_eq!(fold("12345678+ 123456789/x"), "12345678+ 123456789 / x");
        for c in '\u{80}'..='\u{7FF}' {
            let mut bytes = [0; 2];
            c.encode_utf8(&mut bytes);
            if is_kept(&bytes) {
                assert!(matches!(fold_char(c), Folded::Word(kept) if kept == c), "{c:?}");
                assert!(c.is_alphabetic() && !c.is_uppercase(), "{c:?}");
            }
        }
    }

    #[test]
    fn the_first_and_last_word_are_those_of_the_folded_line() {
        let mut word = String::new();
        for line in [
            "• Read also: more",
            "© 2019 Example",
            "Lesen Sie auch",
            "«Читайте также»",
            "e-mail us!",
            "...",
            "a,b c/d \"e\"",
        ] {
            let folded = fold(line);
            assert_eq!(leading_word(line, &mut word), folded.split([' ', ':']).next().unwrap(), "{line}");
            last_word(line, &mut word);
            assert_eq!(word, folded.rsplit(' ').next().unwrap(), "{line}");
        }
    }
}
