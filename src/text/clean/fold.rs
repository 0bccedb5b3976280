//! Folding of lines for comparison with phrases: case, punctuation, spacing and spelling variants.
//!
//! Folded text is only compared, never kept; offsets always refer to the original.

/// Appends the folded form of `text` to `out`: lower case, one kind of apostrophe, one space for
/// white space and punctuation. What joins two letters or digits (`-`, `.`, `/`, `'`) is kept, a
/// colon is kept and attached to the word before it, and the line begins with a letter, a digit,
/// `©` or `@`.
pub(super) fn fold_into(text: &str, out: &mut String) {
    let begin = out.len();
    let mut space = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let folded = fold_char(c);
        let kept = match folded {
            Folded::Word(c) => c,
            Folded::Joiner(c) => {
                let joins = !space
                    && out[begin..].ends_with(char::is_alphanumeric)
                    && chars.peek().is_some_and(|c| c.is_alphanumeric());
                if !joins {
                    space = true;
                    continue;
                }
                c
            }
            Folded::Colon => {
                if out.len() > begin && !out.ends_with(':') {
                    out.push(':');
                    space = true;
                }
                continue;
            }
            // "18+" is not "18".
            Folded::Space if c == '+' && !space && out[begin..].ends_with(char::is_numeric) => c,
            Folded::Space => {
                space = true;
                continue;
            }
            Folded::Drop => continue,
        };
        if space && out.len() > begin {
            out.push(' ');
        }
        space = false;
        if kept.is_ascii() { out.push(kept.to_ascii_lowercase()) } else { out.extend(kept.to_lowercase()) }
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
    Colon,
    Space,
    Drop,
}

fn fold_char(c: char) -> Folded {
    if c.is_ascii() {
        return match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '@' => Folded::Word(c),
            '-' | '.' | '/' | '\'' | '&' => Folded::Joiner(c),
            ':' => Folded::Colon,
            _ => Folded::Space,
        };
    }
    match c {
        '’' | '‘' | 'ʼ' | '´' => Folded::Joiner('\''),
        '©' => Folded::Word(c),
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

/// Writes the first word of the folded form of `text` to `out`.
pub(super) fn first_word(text: &str, out: &mut String) {
    out.clear();
    let from = text.find(|c| matches!(fold_char(c), Folded::Word(_))).unwrap_or(text.len());
    let word = head(&text[from..], WORD);
    let end = word.find(char::is_whitespace).unwrap_or(word.len());
    fold_into(&word[..end], out);
    if let Some(space) = out.find(' ') {
        out.truncate(space);
    }
}

/// Writes the last word of the folded form of `text` to `out`.
pub(super) fn last_word(text: &str, out: &mut String) {
    out.clear();
    let text = text.trim_end_matches(|c| !matches!(fold_char(c), Folded::Word(_)));
    let word = tail(text, WORD);
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
        assert_eq!(fold("  »Don’t  MISS\u{a0}it« — Editor : M.B. "), "don't miss it editor: m.b");
        assert_eq!(fold("ЕЩЁ по теме (12)"), "еще по теме 12");
        assert_eq!(fold("إقرأ أيضاً:"), "اقرا ايضا:");
        assert_eq!(fold("Citeşte şi - www.example.org/a-b?"), "citește și www.example.org/a-b");
        assert_eq!(fold(" : -- ... 18+ a + b"), "18+ a b");
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
            first_word(line, &mut word);
            assert_eq!(word, folded.split(' ').next().unwrap(), "{line}");
            last_word(line, &mut word);
            assert_eq!(word, folded.rsplit(' ').next().unwrap(), "{line}");
        }
    }
}
