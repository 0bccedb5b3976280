//! Classes of characters, without a table for the letters that are met most.

/// Letters, as [`char::is_alphabetic`] has them.
#[inline]
pub(super) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_alphabetic(),
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ž' | 'Ѐ'..='ҁ' | '\u{620}'..='\u{64A}' => true,
        _ => c.is_alphabetic(),
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
        _ => c.is_alphanumeric(),
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
