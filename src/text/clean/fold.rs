//! Folding of lines for comparison with phrases: case, punctuation, spacing and spelling variants.
//!
//! Folded text is only compared, never kept; offsets always refer to the original.

/// Appends the folded form of `text` to `out`: words in lower case between single spaces.
///
/// What joins two letters or digits (`-`, `.`, `'`) is kept, and a colon stays with the word before
/// it. Slashes and breadcrumb arrows become the word `/`, dashes, bars and bullets between words the
/// word `-`; other punctuation goes. The line begins with a letter, a digit, `©` or `@`.
pub(super) fn fold_into(text: &str, out: &mut String) {
    let begin = out.len();
    let mut gap = Gap::None;
    let mut numeric = false;
    let mut at = 0;
    out.reserve(text.len());
    loop {
        // Most of most texts are runs of ASCII letters.
        let run = text.as_bytes()[at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if run > 0 {
            gap.close(begin, out);
            let from = out.len();
            out.push_str(&text[at..at + run]);
            out[from..].make_ascii_lowercase();
            at += run;
            numeric = text.as_bytes()[at - 1].is_ascii_digit();
        }
        let Some(c) = text[at..].chars().next() else { break };
        at += c.len_utf8();
        let joins = |next: fn(char) -> bool| {
            gap == Gap::None && out.len() > begin && text[at..].chars().next().is_some_and(next)
        };
        let kept = match fold_char(c) {
            Folded::Word(c) => Some(c),
            Folded::Joiner(c) if joins(char::is_alphanumeric) && !out.ends_with(':') => Some(c),
            Folded::Joiner(c) => {
                gap = gap.and(if c == '-' { Gap::Mark('-') } else { Gap::Space });
                None
            }
            // A date keeps its slashes, and "18+" is not "18".
            Folded::Mark('/') if numeric && joins(char::is_numeric) => Some('/'),
            Folded::Space if c == '+' && numeric && gap == Gap::None => Some('+'),
            Folded::Mark(mark) => {
                gap = gap.and(Gap::Mark(mark));
                None
            }
            Folded::Colon => {
                if out.len() > begin && !out.ends_with(':') {
                    out.push(':');
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

/// Appends a character in lower case; says whether it is a digit.
fn push_lower(c: char, out: &mut String) -> bool {
    let (lower, numeric) = match c {
        '\0'..='\x7F' => (c.to_ascii_lowercase(), c.is_ascii_digit()),
        // Letters of the languages at hand that need no table.
        'а'..='я' | 'ђ'..='џ' | 'ß'..='ö' | 'ø'..='ÿ' | '\u{621}'..='\u{64A}' => (c, false),
        'А'..='Я' => (char::from_u32(u32::from(c) + 0x20).unwrap_or(c), false),
        'Ђ'..='Џ' => (char::from_u32(u32::from(c) + 0x50).unwrap_or(c), false),
        _ => {
            out.extend(c.to_lowercase());
            return c.is_numeric();
        }
    };
    out.push(lower);
    numeric
}

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    Mark(char),
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
    fn close(&mut self, begin: usize, out: &mut String) {
        match std::mem::replace(self, Gap::None) {
            _ if out.len() == begin => {}
            Gap::None => {}
            Gap::Space => out.push(' '),
            Gap::Mark(mark) => out.extend([' ', mark, ' ']),
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
    Mark(char),
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
            '/' | '>' => Folded::Mark('/'),
            '|' => Folded::Mark('-'),
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
        '›' | '→' | '⁄' => Folded::Mark('/'),
        '—' | '–' | '―' | '•' | '·' => Folded::Mark('-'),
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
        c if c.is_alphanumeric() => Folded::Word(c),
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
