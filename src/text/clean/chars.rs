//! Classes of characters, without a look at a table for the letters that are met most.

use std::sync::LazyLock;

/// A class of characters as a bit for each of the first 65,536: the scripts that no range below names.
struct Class(LazyLock<Vec<u64>>);

impl Class {
    const fn new(table: fn() -> Vec<u64>) -> Class {
        Class(LazyLock::new(table))
    }

    fn holds(&self, c: char, other: impl Fn(char) -> bool) -> bool {
        let code = c as usize;
        self.0.get(code >> 6).map_or_else(|| other(c), |bits| bits >> (code & 63) & 1 == 1)
    }
}

fn table(of: fn(char) -> bool) -> Vec<u64> {
    let mut bits = vec![0; 1 << 10];
    for c in ('\0'..='\u{FFFF}').filter(|&c| of(c)) {
        bits[c as usize >> 6] |= 1 << (c as usize & 63);
    }
    bits
}

static LETTERS: Class = Class::new(|| table(char::is_alphabetic));
static LETTERS_AND_NUMBERS: Class = Class::new(|| table(char::is_alphanumeric));

/// Letters, as [`char::is_alphabetic`] has them.
#[inline]
pub(super) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_alphabetic(),
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ž' | 'Ѐ'..='ҁ' | '\u{620}'..='\u{64A}' => true,
        _ => LETTERS.holds(c, char::is_alphabetic),
    }
}

/// Digits and other numbers, as [`char::is_numeric`] has them.
#[inline]
pub(super) fn is_number(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_digit(),
        'À'..='\u{65F}' | '\u{2010}'..='\u{206F}' => false,
        _ => c.is_numeric(),
    }
}

/// Letters and numbers, as [`char::is_alphanumeric`] has them.
#[inline]
pub(super) fn is_letter_or_number(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_alphanumeric(),
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ž' | 'Ѐ'..='ҁ' | '\u{620}'..='\u{64A}' => true,
        '\u{2010}'..='\u{206F}' => false,
        _ => LETTERS_AND_NUMBERS.holds(c, char::is_alphanumeric),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classes_are_those_of_the_tables() {
        for c in '\0'..='\u{1FFFF}' {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(is_number(c), c.is_numeric(), "{c:?}");
            assert_eq!(is_letter_or_number(c), c.is_alphanumeric(), "{c:?}");
        }
    }
}
