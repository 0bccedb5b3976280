//! Finds any of some thousand words where a word of a line begins.
//!
//! Most words of a line begin none of them, and their first bytes say so: only where these are known
//! the automaton is asked.

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

use super::chars::is_letter_or_number;
use super::eight::{load, lower, plain_run};

/// Beginnings are told by their first 1, 2, 3, 4 or 6 bytes: as many as the needle has.
const LENGTHS: [usize; 5] = [1, 2, 3, 4, 6];

/// Bits of each table, as a power of two.
const BITS: u32 = 16;

/// Words to be found, and tables of what they begin with.
#[derive(Debug)]
pub(super) struct Needles {
    automaton: AhoCorasick,
    /// The runs of letters that needles begin with, where the text must have the same run.
    runs: Vec<u64>,
    /// The beginnings of all other needles: those that may go on, and those that begin with no letter.
    beginnings: Vec<u64>,
    /// For each first byte, which lengths are in the table of beginnings: a bit for each.
    lengths: Vec<u8>,
}

impl Needles {
    /// Words that are found whatever the case of their ASCII letters, each with whether it may go on (a
    /// word that may not is passed over where it does); `None` where there are too many.
    pub(super) fn new<'a>(words: impl Iterator<Item = (&'a str, bool)> + Clone) -> Option<Needles> {
        let mut lengths = vec![0; 256];
        let [mut runs, mut beginnings] = [(); 2].map(|()| vec![0; 1 << (BITS - 6)]);
        for (word, open) in words.clone() {
            let bytes = load(word.as_bytes());
            let (first, run) = (lower(bytes), run(word.as_bytes(), bytes));
            if run > 0 && !(open && run == word.len()) {
                set(&mut runs, place_of_run(first, run));
            } else {
                let i = LENGTHS.into_iter().rposition(|l| l <= word.len())?;
                lengths[(first & 0xFF) as usize] |= 1 << i;
                set(&mut beginnings, place(first, LENGTHS[i]));
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .build(words.map(|(word, _)| word))
            .ok()?;
        Some(Needles { automaton, runs, beginnings, lengths })
    }

    /// Looks where needles may begin in a line, and which words it holds.
    pub(super) fn look(&self, line: &str, sight: &mut Sight) {
        let bytes = line.as_bytes();
        let (mut at, mut within, mut odd) = (0, false, false);
        sight.starts.clear();
        sight.words = [0; 8];
        while at < bytes.len() {
            if bytes[at] == b' ' {
                within = false;
                at += 1;
                continue;
            }
            let eight = load(&bytes[at..]);
            let (first, run) = (lower(eight), run(&bytes[at..], eight));
            if run > 0 {
                let bit = place_of_run(first, run);
                set(&mut sight.words, bit >> (BITS - 9));
                if !within && (is_set(&self.runs, bit) || self.may_begin(first)) {
                    sight.starts.push(at as u32);
                }
                within = true;
                at += run;
                continue;
            }
            if !within && self.may_begin(first) {
                sight.starts.push(at as u32);
            }
            if bytes[at].is_ascii() {
                within = bytes[at] == b'_';
                at += 1;
            } else if let Some(c) = line[at..].chars().next() {
                within = is_word(c);
                // Else it is part of a word, or would be left out of one.
                odd |= !is_gap(c);
                at += c.len_utf8();
            }
        }
        if odd {
            sight.words = [u64::MAX; 8];
        }
    }

    /// Calls `found` with each word that begins where a word of the line does: which, and its place. The
    /// longest counts, and none overlaps the one before. Ends where `found` says `false`.
    pub(super) fn find(&self, line: &str, sight: &Sight, mut found: impl FnMut(usize, usize, usize) -> bool) {
        let mut done = 0;
        for start in sight.starts.iter().map(|&at| at as usize) {
            if start >= done
                && let Ok(Some(hit)) = self.automaton.try_find(Input::new(line).range(start..).anchored(Anchored::Yes))
            {
                done = hit.end();
                if !found(hit.pattern().as_usize(), hit.start(), hit.end()) {
                    return;
                }
            }
        }
    }

    /// Whether a needle that may go on, or begins with no letter, may begin with these bytes.
    #[inline]
    fn may_begin(&self, first: u64) -> bool {
        let lengths = self.lengths[(first & 0xFF) as usize];
        lengths != 0
            && LENGTHS
                .into_iter()
                .enumerate()
                .any(|(i, length)| lengths >> i & 1 == 1 && is_set(&self.beginnings, place(first, length)))
    }
}

/// What a look at a line tells of its words.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// Where needles may begin.
    starts: Vec<u32>,
    /// A bit for each word.
    words: [u64; 8],
}

impl Sight {
    /// Whether the folded line may hold this word.
    pub(super) fn may_hold(&self, word: WordSign) -> bool {
        is_set(&self.words, usize::from(word.0))
    }
}

/// What a word is known by in a [`Sight`].
#[derive(Debug, Clone, Copy)]
pub(super) struct WordSign(u16);

impl WordSign {
    /// `None` for words that a line may hold in several spellings: all but ASCII letters and digits.
    pub(super) fn new(word: &str) -> Option<WordSign> {
        let plain = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric());
        plain.then(|| WordSign((place_of_run(lower(load(word.as_bytes())), word.len()) >> (BITS - 9)) as u16))
    }
}

/// Whether a character that is not ASCII surely divides words: dashes, quotation marks, dots, wide spaces.
fn is_gap(c: char) -> bool {
    matches!(c, '\u{A0}' | '«' | '»' | '\u{2010}'..='\u{2027}')
}

/// How many bytes of a text, whose first eight are given, are ASCII letters and digits, Cyrillic and Arabic
/// letters: all of them go on with a word.
#[inline]
fn run(text: &[u8], eight: u64) -> usize {
    let mut at = plain_run(eight);
    if at < 8 && text.get(at).is_none_or(u8::is_ascii) {
        return at;
    }
    loop {
        match (text.get(at), text.get(at + 1)) {
            (Some(b), _) if b.is_ascii_alphanumeric() => at += 1,
            (Some(0xD0 | 0xD1), Some(_)) | (Some(0xD8), Some(0xA0..)) | (Some(0xD9), Some(..0x8B)) => at += 2,
            _ => return at,
        }
    }
}

fn set(table: &mut [u64], bit: usize) {
    table[bit >> 6] |= 1 << (bit & 63);
}

#[inline]
fn is_set(table: &[u64], bit: usize) -> bool {
    table[bit >> 6] >> (bit & 63) & 1 == 1
}

/// The bit of the first `length` of some bytes, fewer than eight.
#[inline]
fn place(first: u64, length: usize) -> usize {
    hash((first & ((1 << (8 * length)) - 1)) ^ length as u64)
}

/// The bit of a run that long: its first bytes and its length tell it.
#[inline]
fn place_of_run(first: u64, length: usize) -> usize {
    let beginning = if length < 8 { first & ((1 << (8 * length)) - 1) } else { first };
    hash(beginning ^ (length as u64) << 56)
}

#[inline]
fn hash(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS)) as usize
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
        let needles = Needles::new(words.into_iter().map(|w| (w, w == "подпис"))).unwrap();
        let all = |line: &'static str| {
            let mut all = Vec::new();
            let mut sight = Sight::default();
            needles.look(line, &mut sight);
            needles.find(line, &sight, |i, start, end| {
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
