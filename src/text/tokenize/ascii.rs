//! Words of plain ASCII, sixty-four bytes at a time.
//!
//! Where words begin and end is a guess that a processor gets wrong when it is asked byte by byte. Here eight bytes are looked at by one
//! sum each ([SWAR]), the answers are the bits of a mask, and the ends of runs are found by counting its zeros.
//!
//! [SWAR]: https://en.wikipedia.org/wiki/SWAR

/// Bytes that are looked at together.
const BLOCK: usize = 1024;

const GROUPS: usize = BLOCK / 64;
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;

/// The first bytes of a text: in lower case, and which of them are letters, digits and underscores, and which are beyond ASCII.
#[derive(Debug)]
pub(super) struct Block {
    lower: [[u8; 8]; BLOCK / 8],
    /// A bit for each byte, the first the lowest.
    words: [u64; GROUPS],
    beyond: [u64; GROUPS],
    len: usize,
}

impl Block {
    pub(super) fn new() -> Block {
        Block { lower: [[0; 8]; BLOCK / 8], words: [0; GROUPS], beyond: [0; GROUPS], len: 0 }
    }

    /// Looks at the first [`BLOCK`] bytes, or all of them; how many they are.
    #[inline]
    pub(super) fn read(&mut self, bytes: &[u8]) -> usize {
        let bytes = &bytes[..bytes.len().min(BLOCK)];
        self.len = bytes.len();
        let (groups, rest) = bytes.as_chunks::<64>();
        for (g, group) in groups.iter().enumerate() {
            self.look(g, group);
        }
        if !rest.is_empty() {
            let mut group = [0; 64];
            group[..rest.len()].copy_from_slice(rest);
            self.look(groups.len(), &group);
        }
        self.len
    }

    #[inline]
    fn look(&mut self, g: usize, group: &[u8; 64]) {
        let (mut words, mut beyond) = (0, 0);
        let (eights, _) = group.as_chunks::<8>();
        for (j, (eight, lower)) in eights.iter().zip(&mut self.lower[g * 8..]).enumerate() {
            let x = u64::from_le_bytes(*eight);
            let (low, word, high) = classes(x);
            *lower = low.to_le_bytes();
            words |= bits(word) << (8 * j);
            beyond |= bits(high) << (8 * j);
        }
        self.words[g] = words;
        self.beyond[g] = beyond;
    }

    /// The bytes from a place to another in lower case.
    #[inline]
    pub(super) fn lower(&self, from: usize, to: usize) -> &[u8] {
        &self.lower.as_flattened()[from..to]
    }

    /// Whether the byte at a place is beyond ASCII.
    #[inline]
    pub(super) fn is_beyond(&self, at: usize) -> bool {
        self.beyond[at / 64] >> (at % 64) & 1 == 1
    }

    /// The first letter, digit, underscore or byte beyond ASCII at or after a place.
    #[inline]
    pub(super) fn next(&self, at: usize) -> Option<usize> {
        self.first(at, |g| self.words[g] | self.beyond[g])
    }

    /// Where the run of letters, digits and underscores ends that holds a place.
    #[inline]
    pub(super) fn end(&self, at: usize) -> usize {
        self.first(at, |g| !self.words[g]).unwrap_or(self.len).min(self.len)
    }

    /// The first bit that is set at or after a place.
    #[inline]
    fn first(&self, at: usize, mask: impl Fn(usize) -> u64) -> Option<usize> {
        if at >= self.len {
            return None;
        }
        let mut group = at / 64;
        let found = mask(group) >> (at % 64);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        loop {
            group += 1;
            if group * 64 >= self.len {
                return None;
            }
            let found = mask(group);
            if found != 0 {
                return Some(group * 64 + found.trailing_zeros() as usize);
            }
        }
    }
}

/// Eight bytes in lower case; the high bit of each that is a letter, a digit or an underscore; and of each beyond ASCII.
#[inline]
fn classes(x: u64) -> (u64, u64, u64) {
    let high = x & HIGH;
    let ascii = x & !HIGH;
    // No sum of two bytes below 128 reaches the next byte.
    let at_least = |bytes: u64, least: u8| bytes + ONES * u64::from(128 - least);
    let folded = ascii | (0x20 * ONES);
    let letter = at_least(folded, b'a') & !at_least(folded, b'z' + 1) & HIGH & !high;
    let digit = at_least(ascii, b'0') & !at_least(ascii, b'9' + 1);
    let underscore = !at_least(ascii ^ (u64::from(b'_') * ONES), 1);
    let word = letter | ((digit | underscore) & HIGH & !high);
    // The bit of 128 moves to that of 32, by which a capital differs from its small letter.
    (x | letter >> 2, word, high)
}

/// The high bits of eight bytes as one byte.
#[inline]
fn bits(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_class_wherever_it_stands() {
        for byte in 0..=255u8 {
            for place in 0..8 {
                for other in [b' ', b'a', 0xFF, 0] {
                    let mut eight = [other; 8];
                    eight[place] = byte;
                    let (low, word, high) = classes(u64::from_le_bytes(eight));
                    let is_word = byte.is_ascii_alphanumeric() || byte == b'_';
                    assert_eq!(low.to_le_bytes()[place], byte.to_ascii_lowercase());
                    assert_eq!(bits(word) >> place & 1 == 1, is_word, "{byte}");
                    assert_eq!(bits(high) >> place & 1 == 1, byte >= 128);
                }
            }
        }
    }

    #[test]
    fn runs_are_found_across_groups_and_to_the_end() {
        let mut block = Block::new();
        for length in [1, 7, 8, 63, 64, 65, 200, BLOCK, BLOCK + 50] {
            let text = "x".repeat(length);
            let n = block.read(text.as_bytes());
            assert_eq!((n, block.next(0), block.end(0)), (length.min(BLOCK), Some(0), n));
        }
        let text = format!("{}Ab_9 é", " ".repeat(126));
        let n = block.read(text.as_bytes());
        assert_eq!((n, block.next(0), block.end(126)), (133, Some(126), 130));
        assert_eq!(block.lower(126, 130), b"ab_9");
        assert_eq!((block.next(130), block.is_beyond(131), block.is_beyond(130)), (Some(131), true, false));
        assert_eq!((block.read(b"..."), block.next(0), block.next(3)), (3, None, None));
    }
}
