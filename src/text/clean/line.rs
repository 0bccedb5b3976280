//! The lines of a text and what they look like.

use memchr::{memchr2_iter, memchr3_iter, memmem};

use super::chars::is_letter;
use super::marks::Marks;
use super::rule::Rule;

/// A line that is not blank, without the white space around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// Byte offset in the whole text.
    pub(super) start: usize,
    /// Length in characters; lines that are surely long are not counted further than [`LONG`].
    pub(super) chars: usize,
    pub(super) kind: Kind,
    /// The signs in it; all of them where the line is surely long.
    pub(super) marks: Marks,
    /// Whether phrases were found in it that count at the head of a page only, or in its last lines.
    pub(super) head: bool,
    pub(super) last: bool,
    /// The rule that masks it.
    pub(super) rule: Option<Rule>,
    /// The rule that masks it if its neighbours are masked too.
    pub(super) weak: Option<Rule>,
    /// Whether it opens a section that is furniture too.
    pub(super) heading: bool,
    /// Whether an empty line is above it.
    pub(super) apart: bool,
    /// The rule that most of its signs of furniture belong to, and how many signs there are.
    pub(super) sign: Option<Rule>,
    pub(super) n_signs: u8,
    /// Whether it speaks to the reader; known of lines with signs only.
    pub(super) addresses: bool,
}

/// What a line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Sentences.
    Prose,
    /// A headline, an entry of a list, a button, a name.
    Fragment,
}

impl Line<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Prose that no rule masks.
    pub(super) fn is_kept_prose(&self) -> bool {
        self.kind == Kind::Prose && self.rule.is_none()
    }

    /// A fragment that no rule masks.
    pub(super) fn is_kept_fragment(&self) -> bool {
        self.kind == Kind::Fragment && self.rule.is_none()
    }

    /// Whether it could be the headline of another article: short, and not a full sentence.
    pub(super) fn is_headline(&self) -> bool {
        let listed = self.text.starts_with(['•', '-', '*', '·', '–', '—', '▪', '►', '■', '●', '»', '›', '>']);
        let limit = if listed { 240 } else { 160 };
        self.chars <= limit && !(ends_sentence(self.text) && without_closers(self.text).ends_with(['.', '…', '۔', '।']))
    }
}

/// Characters from which a line counts as prose however it ends.
const LONG: usize = 170;

/// The most lines a text is cut into; what is left is one long line. It bounds the memory.
const MAX_LINES: usize = 1 << 20;

/// The lines of a text, in order. A text that is a single line is cut at runs of two or more
/// spaces instead: that is how scrapers join paragraphs.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut from = 0;
    for at in memchr2_iter(b'\n', b'\r', text.as_bytes()) {
        if lines.len() + 1 == MAX_LINES {
            break;
        }
        push(text, from, at, &mut lines);
        from = at + 1;
    }
    if from > 0 || memmem::find(text.as_bytes(), b"  ").is_none() {
        push(text, from, text.len(), &mut lines);
        return lines;
    }
    for at in memmem::find_iter(text.as_bytes(), "  ") {
        if lines.len() + 1 == MAX_LINES {
            break;
        }
        push(text, from, at, &mut lines);
        from = at + 2;
    }
    push(text, from, text.len(), &mut lines);
    lines
}

fn push<'a>(text: &'a str, from: usize, to: usize, lines: &mut Vec<Line<'a>>) {
    let piece = &text[from..to];
    let left = if begins_plain(piece) { piece } else { piece.trim_start_matches(is_blank) };
    let trimmed = if ends_plain(left) { left } else { left.trim_end_matches(is_blank) };
    if trimmed.is_empty() {
        return;
    }
    // A paragraph broken at a fixed width: an open line, and the next goes on in lower case.
    if trimmed.starts_with(char::is_lowercase)
        && let Some(last) = lines.last_mut()
        && last.text.len() >= 40
        && !ends_sentence(last.text)
        && (trimmed.len() >= 30 || ends_sentence(trimmed))
        && text[last.end()..from].bytes().filter(|b| *b == b'\n').count() == 1
    {
        last.text = &text[last.start..from + (piece.len() - left.len()) + trimmed.len()];
        last.chars += trimmed.len();
        last.marks = last.marks.and(Marks::of(trimmed)).and(Marks::WIDE);
        last.kind = Kind::Prose;
        return;
    }
    let chars = if trimmed.len() > 6 * 1024 { trimmed.len() / 2 } else { trimmed.chars().count() };
    lines.push(Line {
        text: trimmed,
        start: from + (piece.len() - left.len()),
        chars,
        kind: kind(trimmed, chars),
        marks: if chars > LONG * 2 { Marks::ALL } else { Marks::of(trimmed) },
        head: false,
        last: false,
        rule: None,
        weak: None,
        heading: false,
        apart: lines.last().is_some_and(|last| is_apart(&text.as_bytes()[last.end()..from])),
        sign: None,
        n_signs: 0,
        addresses: false,
    });
}

/// Whether there is an empty line between two lines.
fn is_apart(between: &[u8]) -> bool {
    between.iter().filter(|b| **b == b'\n').count() >= 2
}

/// White space and characters that can't be seen.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{2060}')
}

fn begins_plain(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_graphic)
}

fn ends_plain(text: &str) -> bool {
    text.as_bytes().last().is_some_and(u8::is_ascii_graphic)
}

fn kind(text: &str, chars: usize) -> Kind {
    if chars >= LONG {
        return Kind::Prose;
    }
    let words = |n: usize| text.split_whitespace().nth(n - 1).is_some();
    let sentence = (ends_sentence(text) && words(4)) || (text.ends_with([':', ';', ',', '،']) && words(6));
    if sentence || holds_sentence_end(text) { Kind::Prose } else { Kind::Fragment }
}

/// Closing quotation marks and brackets at the end set aside.
fn without_closers(text: &str) -> &str {
    text.trim_end_matches(['"', '”', '“', '»', '’', '\'', ')', ']', '«', ' ', '\u{a0}'])
}

/// Whether the line ends as a sentence does.
pub(super) fn ends_sentence(text: &str) -> bool {
    without_closers(text).ends_with(['.', '!', '?', '…', '؟', '۔', '।', '。', '！', '？'])
}

/// Whether there are two sentences in it: a full stop after a word of three letters or more,
/// white space, and a word that does not begin in lower case.
fn holds_sentence_end(text: &str) -> bool {
    let lower = |c: char| is_letter(c) && (c.is_lowercase() || !c.is_uppercase());
    let ends = |at: usize, mark: &str| {
        let after = &text[at + mark.len()..];
        let next = after.trim_start().chars().next();
        after.starts_with(char::is_whitespace)
            && next.is_some_and(|c| is_letter(c) && !c.is_lowercase())
            && text[..at].chars().rev().take_while(|&c| lower(c)).take(3).count() == 3
            && after.chars().nth(20).is_some()
    };
    memchr3_iter(b'.', b'!', b'?', text.as_bytes()).any(|at| ends(at, "."))
        || !text.is_ascii() && ["؟", "۔"].iter().any(|m| memmem::find_iter(text.as_bytes(), m).any(|at| ends(at, m)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_trimmed_and_keep_their_place() {
        let text = " one \r\n\n\u{a0}two\u{200b}\n";
        let found: Vec<(usize, &str)> = lines(text).iter().map(|l| (l.start, l.text)).collect();
        assert_eq!(found, [(1, "one"), (10, "two")]);
        assert!(lines(text).iter().all(|l| &text[l.start..l.end()] == l.text));
    }

    #[test]
    fn a_single_line_is_cut_at_double_spaces() {
        let text = "First paragraph.  Second one.   Third.";
        let found: Vec<&str> = lines(text).iter().map(|l| l.text).collect();
        assert_eq!(found, ["First paragraph.", "Second one.", "Third."]);
        assert!(lines(text).iter().all(|l| &text[l.start..l.end()] == l.text));
        assert_eq!(lines("First.  Second.\nThird.").len(), 2);
    }

    #[test]
    fn lines_of_a_fixed_width_are_joined() {
        let text = "The committee met on Monday and it agreed that\nthe bridge should be built at once, without\ncomment.\nShare\nname";
        let found: Vec<&str> = lines(text).iter().map(|l| l.text).collect();
        assert_eq!(found, [&text[..text.len() - 11], "Share", "name"]);
    }

    #[test]
    fn sentences_are_prose_and_headlines_are_not() {
        let kind = |text: &str| lines(text)[0].kind;
        assert_eq!(kind("He agreed to it."), Kind::Prose);
        assert_eq!(kind("“We shall see,” the minister said."), Kind::Prose);
        assert_eq!(kind("The talks failed. Nobody was surprised at it, it seems"), Kind::Prose);
        assert_eq!(kind("Minister: talks with the neighbours have failed"), Kind::Fragment);
        assert_eq!(kind("By J. R. Smith"), Kind::Fragment);
        assert_eq!(kind("World"), Kind::Fragment);
        assert!(lines("• Minister: talks have failed")[0].is_headline());
        assert!(!lines("He agreed to it.")[0].is_headline());
    }
}
