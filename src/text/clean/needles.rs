//! Finds any of some thousand words where a word of a line begins.
//!
//! Most words of a line begin none of them, and their first bytes say so: only where these are known
//! the automaton is asked.

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

use super::chars::is_letter_or_number;

/// Beginnings are told by their first 1, 2, 3, 4 or 6 bytes: as many as the needle has.
const LENGTHS: [usize; 5] = [1, 2, 3, 4, 6];

/// Bits of the table of beginnings, as a power of two.
const BITS: u32 = 16;

/// Words to be found, and a table of their beginnings.
#[derive(Debug)]
pub(super) struct Needles {
    automaton: AhoCorasick,
    beginnings: Vec<u64>,
    /// For each first byte, which lengths are in the table: a bit for each.
    lengths: Vec<u8>,
}

impl Needles {
    /// Words that are found whatever the case of their ASCII letters; `None` where there are too many.
    pub(super) fn new<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Option<Needles> {
        let (mut beginnings, mut lengths) = (vec![0; 1 << (BITS - 6)], vec![0; 256]);
        for word in words.clone() {
            let i = LENGTHS.into_iter().rposition(|l| l <= word.len())?;
            let first = first_bytes(word.as_bytes());
            let bit = place(first, LENGTHS[i]);
            lengths[(first & 0xFF) as usize] |= 1 << i;
            beginnings[bit >> 6] |= 1 << (bit & 63);
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .build(words)
            .ok()?;
        Some(Needles { automaton, beginnings, lengths })
    }

    /// Calls `found` with each word that begins where a word of the line does: which, and its place. The
    /// longest counts, and none overlaps the one before. Ends where `found` says `false`.
    pub(super) fn find(&self, line: &str, mut found: impl FnMut(usize, usize, usize) -> bool) {
        let bytes = line.as_bytes();
        let (mut at, mut within) = (0, false);
        while at < bytes.len() {
            if !within
                && self.may_begin(&bytes[at..])
                && let Ok(Some(hit)) = self.automaton.try_find(Input::new(line).range(at..).anchored(Anchored::Yes))
            {
                if !found(hit.pattern().as_usize(), hit.start(), hit.end()) {
                    return;
                }
                at = hit.end();
                within = line[..at].chars().next_back().is_some_and(is_word);
                continue;
            }
            let byte = bytes[at];
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                within = true;
                at += 1;
                while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                    at += 1;
                }
            } else if byte.is_ascii() {
                within = false;
                at += 1;
            } else if let (0xD0 | 0xD1, _) | (0xD8, 0xA0..) | (0xD9, ..0x8B) = (byte, bytes[at + 1]) {
                // Cyrillic and Arabic letters.
                within = true;
                at += 2;
            } else if let Some(c) = line[at..].chars().next() {
                within = is_word(c);
                at += c.len_utf8();
            }
        }
    }

    /// Whether a needle may begin with the first bytes of a text.
    #[inline]
    fn may_begin(&self, text: &[u8]) -> bool {
        let lengths = self.lengths[usize::from(text[0].to_ascii_lowercase())];
        if lengths == 0 {
            return false;
        }
        let first = first_bytes(text);
        LENGTHS.into_iter().enumerate().any(|(i, length)| {
            let bit = place(first, length);
            lengths >> i & 1 == 1 && self.beginnings[bit >> 6] >> (bit & 63) & 1 == 1
        })
    }
}

/// The first six bytes, ASCII letters in lower case.
#[inline]
fn first_bytes(text: &[u8]) -> u64 {
    match text.first_chunk::<8>() {
        Some(bytes) => u64::from_le_bytes(bytes.map(|b| b.to_ascii_lowercase())),
        None => text.iter().rev().fold(0, |all, b| all << 8 | u64::from(b.to_ascii_lowercase())),
    }
}

/// The bit of the first `length` of some bytes.
#[inline]
fn place(first: u64, length: usize) -> usize {
    let beginning = first & ((1 << (8 * length)) - 1);
    ((beginning ^ length as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS)) as usize
}

/// Letters, digits and what joins them in names.
#[inline]
pub(super) fn is_word(c: char) -> bool {
    is_letter_or_number(c) || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_is_found_where_a_word_begins() {
        let words = ["sign", "sign up", "up", "подпис", "18+", "a"];
        let needles = Needles::new(words.into_iter()).unwrap();
        let all = |line: &'static str| {
            let mut all = Vec::new();
            needles.find(line, |i, start, end| {
                all.push((words[i], &line[start..end]));
                true
            });
            all
        };
        assert_eq!(
            all("SIGN UP, sign: resign up-up"),
            [("sign up", "SIGN UP"), ("sign", "sign"), ("up", "up"), ("up", "up")]
        );
        assert_eq!(all("не подпись, неподпис (18+)"), [("подпис", "подпис"), ("18+", "18+")]);
        assert_eq!(all("banana a"), [("a", "a")]);
        assert!(all("").is_empty());
    }
}
