//! Letters of one script that look like letters of another.
//!
//! Anyone can blind a word model by writing a Cyrillic `а` inside an English word. Inside a word
//! that mixes scripts, such letters are folded into the script that the word is really written in.
//! A word of one script is never touched: `сор` is Russian, not `cop`.

/// The scripts between which letters are folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    Latin,
    Cyrillic,
    Greek,
    /// Scripts that only ever lend look-alikes here (Armenian, Cherokee, Lisu …).
    Lender,
}

/// How far a shape speaks for its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The same shape, and both letters are common: the letter says nothing about the script of the word.
    Same,
    /// A letter that hardly any living text uses but for disguise: it says that the word is Latin.
    Rare,
    /// Alike from afar only: the letter speaks for its own script.
    Weak,
}

/// In which case two letters look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Any,
    Lower,
    Upper,
}

use Case::{Any, Lower, Upper};
use Kind::{Rare, Same, Weak};

/// `(Cyrillic or Greek letter, Latin letter, case, kind)`, all case-folded.
const SHAPES: &[(char, char, Case, Kind)] = &[
    ('а', 'a', Any, Same),
    ('с', 'c', Any, Same),
    ('е', 'e', Any, Same),
    ('і', 'i', Any, Same),
    ('ј', 'j', Any, Same),
    ('к', 'k', Any, Same),
    ('м', 'm', Any, Same),
    ('о', 'o', Any, Same),
    ('р', 'p', Any, Same),
    ('т', 't', Any, Same),
    ('х', 'x', Any, Same),
    ('у', 'y', Any, Same),
    ('ї', 'ï', Any, Same),
    ('в', 'b', Upper, Same),
    ('н', 'h', Upper, Same),
    ('ь', 'b', Lower, Weak),
    ('г', 'r', Lower, Weak),
    ('п', 'n', Lower, Weak),
    ('ѕ', 's', Any, Rare),
    ('ԁ', 'd', Any, Rare),
    ('һ', 'h', Any, Rare),
    ('ԛ', 'q', Any, Rare),
    ('ԝ', 'w', Any, Rare),
    ('ѡ', 'w', Any, Rare),
    ('ѵ', 'v', Any, Rare),
    ('ӏ', 'l', Any, Rare),
    ('ү', 'y', Any, Rare),
    ('α', 'a', Any, Same),
    ('ϲ', 'c', Any, Rare),
    ('ε', 'e', Any, Same),
    ('ι', 'i', Any, Same),
    ('ϳ', 'j', Any, Rare),
    ('κ', 'k', Any, Same),
    ('μ', 'm', Upper, Same),
    ('μ', 'u', Lower, Weak),
    ('ο', 'o', Any, Same),
    ('ρ', 'p', Any, Same),
    ('τ', 't', Any, Same),
    ('χ', 'x', Any, Same),
    ('β', 'b', Any, Same),
    ('ζ', 'z', Upper, Same),
    ('γ', 'y', Lower, Same),
    ('υ', 'u', Lower, Same),
    ('υ', 'y', Upper, Same),
    ('ν', 'v', Lower, Same),
    ('ν', 'n', Upper, Same),
    ('η', 'n', Lower, Same),
    ('η', 'h', Upper, Same),
    ('ω', 'w', Lower, Weak),
];

/// Further letters folded into Latin inside a word that has Latin letters.
const LENT: &[(char, char)] = &[
    ('ɑ', 'a'),
    ('ɡ', 'g'),
    ('ո', 'n'),
    ('ս', 'u'),
    ('օ', 'o'),
    ('հ', 'h'),
    ('ց', 'g'),
    ('զ', 'q'),
    ('ք', 'p'),
    ('ꞓ', 'c'),
    ('ᴀ', 'a'),
    ('ᴄ', 'c'),
    ('ᴅ', 'd'),
    ('ᴇ', 'e'),
    ('ᴊ', 'j'),
    ('ᴋ', 'k'),
    ('ᴍ', 'm'),
    ('ᴏ', 'o'),
    ('ᴘ', 'p'),
    ('ᴛ', 't'),
    ('ᴜ', 'u'),
    ('ᴠ', 'v'),
    ('ᴡ', 'w'),
    ('ᴢ', 'z'),
    ('ɢ', 'g'),
    ('ʜ', 'h'),
    ('ɪ', 'i'),
    ('ʟ', 'l'),
    ('ɴ', 'n'),
    ('ʀ', 'r'),
    ('ʏ', 'y'),
    ('ꜱ', 's'),
];

/// The script of a letter; `None` for digits, marks and scripts that lend nothing.
pub(crate) fn script(c: char) -> Option<Script> {
    match c as u32 {
        0x41..=0x5A | 0x61..=0x7A => Some(Script::Latin),
        0xC0..=0x24F if c.is_alphabetic() => Some(Script::Latin),
        0x1E00..=0x1EFF => Some(Script::Latin),
        0x370..=0x3FF | 0x1F00..=0x1FFF if c.is_alphabetic() => Some(Script::Greek),
        0x400..=0x52F if c.is_alphabetic() => Some(Script::Cyrillic),
        0x250..=0x2AF | 0x1D00..=0x1D7F | 0x531..=0x587 | 0xA7F0..=0xA7FF | 0xA720..=0xA7EF if c.is_alphabetic() => {
            Some(Script::Lender)
        }
        _ => None,
    }
}

/// A letter of a word: its case-folded form, and whether it was a capital.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) c: char,
    pub(crate) upper: bool,
}

impl Letter {
    fn fits(self, case: Case) -> bool {
        match case {
            Any => true,
            Lower => !self.upper,
            Upper => self.upper,
        }
    }

    /// The letter of `target` that looks like this one, and how alike they are.
    fn twin(self, target: Script) -> Option<(char, Kind)> {
        let from = script(self.c)?;
        match (from, target) {
            (Script::Lender, Script::Latin) => {
                LENT.iter().find(|(lent, _)| *lent == self.c).map(|&(_, latin)| (latin, Rare))
            }
            (Script::Cyrillic | Script::Greek, Script::Latin) => {
                SHAPES.iter().find(|s| s.0 == self.c && self.fits(s.2)).map(|s| (s.1, s.3))
            }
            (Script::Latin, Script::Cyrillic | Script::Greek) => SHAPES
                .iter()
                .find(|s| s.1 == self.c && self.fits(s.2) && script(s.0) == Some(target) && s.3 != Rare)
                .map(|s| (s.0, s.3)),
            // Between Cyrillic and Greek the way leads over the Latin shape.
            (Script::Cyrillic, Script::Greek) | (Script::Greek, Script::Cyrillic) => {
                let (latin, _) = self.twin(Script::Latin)?;
                Letter { c: latin, ..self }.twin(target)
            }
            _ => None,
        }
    }
}

/// Folds the look-alikes in one word into the script of its other letters.
///
/// Letters that no common letter of another script resembles decide which script the word is in, and so do
/// letters that only disguises use; then the majority, and Latin wins a tie. Letters that
/// have no twin in that script stay.
pub(crate) fn fold_word(word: &mut [Letter]) {
    let (mut sure, mut all) = ([0usize; 3], [0usize; 3]);
    let mut lent = 0;
    for letter in word.iter() {
        let Some(of) = script(letter.c) else { continue };
        let to_latin = letter.twin(Script::Latin);
        if to_latin.is_some_and(|(_, kind)| kind == Rare) {
            sure[0] += 1;
            lent += 1;
            continue;
        }
        let Some(slot) = slot(of) else { continue };
        all[slot] += 1;
        let resembles = match of {
            Script::Latin => {
                [Script::Cyrillic, Script::Greek].iter().any(|&s| letter.twin(s).is_some_and(|(_, kind)| kind == Same))
            }
            _ => to_latin.is_some_and(|(_, kind)| kind == Same),
        };
        sure[slot] += usize::from(!resembles);
    }
    let mixed = all.iter().filter(|&&n| n > 0).count() > 1 || (lent > 0 && all[0] > 0);
    if !mixed {
        return;
    }
    let best = (0..3).max_by_key(|&s| (sure[s], all[s], 3 - s)).unwrap_or(0);
    let target = [Script::Latin, Script::Cyrillic, Script::Greek][best];
    for letter in word.iter_mut() {
        if script(letter.c).is_some_and(|s| s != target)
            && let Some((twin, _)) = letter.twin(target)
        {
            letter.c = twin;
        }
    }
}

fn slot(script: Script) -> Option<usize> {
    match script {
        Script::Latin => Some(0),
        Script::Cyrillic => Some(1),
        Script::Greek => Some(2),
        Script::Lender => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(word: &str) -> String {
        let letter = |c: char| Letter { c: c.to_lowercase().next().unwrap(), upper: c.is_uppercase() };
        let mut letters: Vec<Letter> = word.chars().map(letter).collect();
        fold_word(&mut letters);
        letters.into_iter().map(|l| l.c).collect()
    }

    #[test]
    fn letters_without_a_twin_decide_the_script() {
        assert_eq!(folded("wаshingtоn"), "washington");
        assert_eq!(folded("прeзидeнт"), "президент");
        assert_eq!(folded("gοvernment"), "government");
        assert_eq!(folded("mɑny"), "many");
        assert_eq!(folded("Моsсоw"), "moscow");
        assert_eq!(folded("ВRAZIL"), "brazil");
        assert_eq!(folded("сeгодня"), "сегодня");
    }

    #[test]
    fn letters_that_only_disguises_use_speak_for_latin() {
        assert_eq!(folded("реасеѕ"), "реасеѕ", "no Latin letter is left to go by");
        assert_eq!(folded("реаcеѕ"), "peaces");
        assert_eq!(folded("ԝoгld"), "world");
    }

    #[test]
    fn a_word_of_one_script_is_never_touched() {
        for word in ["сор", "москва", "κόσμος", "cop", "նոր", "їжа", "ѕвезда"] {
            assert_eq!(folded(word), word);
        }
    }

    #[test]
    fn every_shape_folds_into_latin_inside_a_latin_word() {
        for &(other, latin, case, _) in SHAPES {
            let mut word: Vec<Letter> = "ffff".chars().map(|c| Letter { c, upper: false }).collect();
            word.push(Letter { c: other, upper: case == Upper });
            fold_word(&mut word);
            assert_eq!(word[4].c, latin, "{other}");
        }
    }
}
