//! Which signs a line holds, seen in one pass over its bytes: most lines hold none of those that a rule
//! looks for, and need not be searched for each.

/// A set of signs. What is not in the set is surely not in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks(u16);

impl Marks {
    pub(super) const COMMA: Marks = Marks(1);
    pub(super) const SLASH: Marks = Marks(1 << 1);
    pub(super) const DASH: Marks = Marks(1 << 2);
    pub(super) const BAR: Marks = Marks(1 << 3);
    pub(super) const COLON: Marks = Marks(1 << 4);
    /// `;` and `.`.
    pub(super) const STOP: Marks = Marks(1 << 5);
    /// An ASCII digit.
    pub(super) const DIGIT: Marks = Marks(1 << 6);
    /// Two characters of white space in a row, or one that is no plain space.
    pub(super) const WIDE: Marks = Marks(1 << 7);
    pub(super) const ARROW: Marks = Marks(1 << 8);
    /// `(` and `[`.
    pub(super) const BRACKET: Marks = Marks(1 << 9);
    /// What is not ASCII and no letter of the commonest alphabets: quotation marks, dashes, bullets, icons,
    /// other scripts.
    pub(super) const OTHER: Marks = Marks(1 << 10);
    /// Arabic letters, digits and punctuation.
    pub(super) const ARABIC: Marks = Marks(1 << 11);
    pub(super) const ALL: Marks = Marks(u16::MAX);

    /// The signs of a text.
    pub(super) fn of(text: &str) -> Marks {
        let (mut all, mut before) = (0, 0);
        for &byte in text.as_bytes() {
            let mark = SIGNS[usize::from(byte)];
            all |= mark | (mark & before & SPACE) >> (SPACE.trailing_zeros() - Marks::WIDE.0.trailing_zeros());
            before = mark;
        }
        Marks(all)
    }

    /// All of both.
    pub(super) const fn and(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    /// Whether one of `others` is among them.
    pub(super) fn any(self, others: Marks) -> bool {
        self.0 & others.0 != 0
    }
}

const SPACE: u16 = 1 << 12;

/// The sign of each byte.
const SIGNS: [u16; 256] = {
    let mut signs = [0; 256];
    let mut i = 0;
    while i < 256 {
        signs[i] = match i as u8 {
            b',' => Marks::COMMA.0,
            b'/' => Marks::SLASH.0,
            b'-' => Marks::DASH.0,
            b'|' => Marks::BAR.0,
            b':' => Marks::COLON.0,
            b';' | b'.' => Marks::STOP.0,
            b'0'..=b'9' => Marks::DIGIT.0,
            b' ' => SPACE,
            0..b' ' | 0x7F => Marks::WIDE.0,
            b'>' => Marks::ARROW.0,
            b'(' | b'[' => Marks::BRACKET.0,
            0xD8 | 0xD9 => Marks::ARABIC.0,
            // Cyrillic; the bytes after the first.
            0xD0 | 0xD1 | 0x80..=0xBF => 0,
            0xC0.. => Marks::OTHER.0,
            _ => 0,
        };
        i += 1;
    }
    signs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_seen() {
        assert!(!Marks::of("Plain words, and more").any(Marks::SLASH.and(Marks::WIDE).and(Marks::OTHER)));
        assert!(Marks::of("Plain words, and more").any(Marks::COMMA));
        assert!(Marks::of("a  b").any(Marks::WIDE) && Marks::of("a\tb").any(Marks::WIDE));
        assert!(Marks::of("a — b").any(Marks::OTHER) && !Marks::of("слово и слово").any(Marks::OTHER));
        assert!(Marks::of("12").any(Marks::DIGIT) && !Marks::of("12").any(Marks::STOP));
    }
}
