//! Digits that stand for letters: `pr0p4g4nda`.
//!
//! A digit is taken for a letter only inside a word that is plainly made of letters, so that years, numbers and names stay:
//! `covid19`, `mp3`, `B52`, `h2o`, `T72B3`, `1990s`, `2nd`.

/// The scripts in which digits are read as letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
}

/// Writes letters in place of the digits of a word in its normal form; says whether it did.
///
/// It does where
/// * a digit stands between letters, and what follows the last such digit is more than a plural `s`;
/// * equal digits alone stand side by side (`l33t`, but `su30m`);
/// * there are three letters or more, and more letters than digits;
/// * all letters are Latin or all are Cyrillic, and each digit resembles one of them;
/// * the word is not a designation: up to four letters, all of them capitals (`capitals`).
///
/// One letter for one digit, so that places in the word stay what they are.
pub(crate) fn undo(word: &mut [char], capitals: bool) -> bool {
    let digits = word.iter().filter(|c| c.is_ascii_digit()).count();
    let letters = word.len() - digits;
    if digits == 0 || letters < 3 || letters <= digits || (capitals && letters <= 4) {
        return false;
    }
    let Some(script) = script(word) else { return false };
    let unequal = |w: &[char]| w[0].is_ascii_digit() && w[1].is_ascii_digit() && w[0] != w[1];
    let first = word.iter().position(|c| !c.is_ascii_digit()).unwrap_or(0);
    let last = word.iter().rposition(|c| !c.is_ascii_digit()).unwrap_or(0);
    let Some(inner) = word[first..last].iter().rposition(char::is_ascii_digit) else { return false };
    let after = &word[first + inner + 1..=last];
    if word.windows(2).any(unequal) || after == ['s'] {
        return false;
    }
    if word.iter().any(|c| c.is_ascii_digit() && letter(*c, script, None, None).is_none()) {
        return false;
    }
    for i in 0..word.len() {
        if word[i].is_ascii_digit() {
            let before = i.checked_sub(1).map(|at| word[at]);
            let next = word[i + 1..].iter().copied().find(|c| !c.is_ascii_digit());
            word[i] = letter(word[i], script, before, next).unwrap_or(word[i]);
        }
    }
    true
}

/// The script of all letters of a word, where they have one.
fn script(word: &[char]) -> Option<Script> {
    let letters = || word.iter().filter(|c| !c.is_ascii_digit());
    if letters().all(|c| matches!(c, 'a'..='z' | '\u{DF}'..='\u{24F}')) {
        Some(Script::Latin)
    } else if letters().all(|c| matches!(c, '\u{430}'..='\u{45F}' | 'ґ')) {
        Some(Script::Cyrillic)
    } else {
        None
    }
}

/// The letter that a digit resembles. Where two come into question, the neighbours decide: a letter between consonants is more
/// likely a vowel.
fn letter(digit: char, script: Script, before: Option<char>, next: Option<char>) -> Option<char> {
    let vowel = |c: Option<char>| c.is_some_and(|c| "aeiouyаеёиіїоуыэюяє".contains(c));
    let vowel_beside = vowel(before) || vowel(next);
    Some(match (script, digit) {
        (Script::Latin, '0') => 'o',
        // "e1ite", "1iberal", but "pol1tics", "nat1on".
        (Script::Latin, '1') if vowel(before) || (before.is_none() && vowel(next)) => 'l',
        (Script::Latin, '1') => 'i',
        (Script::Latin, '3') => 'e',
        (Script::Latin, '4') => 'a',
        (Script::Latin, '5') => 's',
        (Script::Latin, '7') => 't',
        (Script::Latin, '8') => 'b',
        (Script::Cyrillic, '0') => 'о',
        (Script::Cyrillic, '1') => 'і',
        (Script::Cyrillic, '3') => {
            if vowel_beside {
                'з'
            } else {
                'е'
            }
        }
        (Script::Cyrillic, '4') => {
            if vowel_beside {
                'ч'
            } else {
                'а'
            }
        }
        (Script::Cyrillic, '6') => 'б',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> String {
        let capitals = word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
        let mut chars: Vec<char> = word.to_lowercase().chars().collect();
        undo(&mut chars, capitals);
        chars.into_iter().collect()
    }

    #[test]
    fn digits_inside_words_are_the_letters_they_show() {
        for (word, meant) in [
            ("pr0p4g4nda", "propaganda"),
            ("PR0P4G4NDA", "propaganda"),
            ("pr0p4g4nd4", "propaganda"),
            ("4mer1c4", "america"),
            ("w0rld", "world"),
            ("pol1tics", "politics"),
            ("e1ite", "elite"),
            ("l33ts", "leets"),
            ("mi55ile", "missile"),
            ("пр0паг4нда", "пропаганда"),
            ("пр3зид3нт", "президент"),
            ("но4ью", "ночью"),
            ("в1йна", "війна"),
            ("sl0bodný", "slobodný"),
        ] {
            assert_eq!(read(word), meant, "{word}");
        }
    }

    #[test]
    fn numbers_years_and_names_stay() {
        for word in [
            "2024",
            "1990s",
            "80s",
            "2nd",
            "19th",
            "5g",
            "covid19",
            "mp3",
            "mp3s",
            "b52",
            "B52",
            "b52s",
            "h2o",
            "co2",
            "g20",
            "T72B3",
            "su30mki",
            "iphone15pro",
            "MQ9B",
            "MH17",
            "F16",
            "K8S",
            "x86",
            "3d",
            "i18n",
            "w3c",
            "win32api",
            "n4to2x",
            "с300",
            "т72б3",
            "м4ра2т",
            "a1b",
            "a1b2c3d4",
            "ab12cd34",
        ] {
            assert_eq!(read(word), word.to_lowercase(), "{word}");
        }
    }
}
