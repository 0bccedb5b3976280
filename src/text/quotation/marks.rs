//! Words between quotation marks: which mark opens, which closes what.

use std::ops::Range;

/// A pair of marks and what stands between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    /// The bytes between the marks.
    pub(super) inner: Range<usize>,
    /// The same with the marks.
    pub(super) outer: Range<usize>,
    /// Whether the quotation goes on in the next paragraph, which opens it again.
    pub(super) goes_on: bool,
}

/// More open marks than this are none.
const DEEPEST: usize = 16;

/// Two backquotes and two straight single marks, as old wire copy has them, are read as if they were these.
const BACKQUOTES: char = '`';

/// The pairs of marks of a text, by where they begin. Pairs may lie within others; they never cross, nor reach beyond a paragraph.
pub(super) fn marked(text: &str) -> Vec<Marked> {
    let mut found = Vec::new();
    let mut paragraphs = paragraphs(text).into_iter().peekable();
    while let Some(range) = paragraphs.next() {
        let next = paragraphs.peek().and_then(|next| text[next.clone()].chars().next());
        Paragraph { text, end: range.end, open: Vec::new(), found: &mut found }.scan(range, next);
    }
    found.sort_by_key(|m| (m.outer.start, std::cmp::Reverse(m.outer.end)));
    found
}

/// The paragraphs of a text, without the white space around them. A line break inside running text that was broken at a fixed width
/// ends none.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    let mut before = "";
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let runs_on = before.len() >= 40
            && !before.ends_with(['.', '!', '?', '…', ':'])
            && trimmed.starts_with(|c: char| c.is_lowercase());
        match found.last_mut() {
            Some(last) if runs_on => last.end = start + trimmed.len(),
            _ if trimmed.is_empty() => {}
            _ => found.push(start..start + trimmed.len()),
        }
        before = trimmed;
    }
    found
}

/// A mark that waits for its partner.
struct Open {
    mark: char,
    /// Where the mark begins and where it ends.
    outer: usize,
    inner: usize,
    /// For single marks: what may be the partner or an apostrophe (`the dogs’ owner`).
    maybe: Option<Range<usize>>,
}

struct Paragraph<'a> {
    text: &'a str,
    end: usize,
    open: Vec<Open>,
    found: &'a mut Vec<Marked>,
}

/// A mark with its neighbours.
#[derive(Clone, Copy)]
struct Mark {
    c: char,
    start: usize,
    end: usize,
    before: Option<char>,
    after: Option<char>,
}

impl Mark {
    fn begins(self) -> bool {
        self.before.is_none_or(|c| {
            c.is_whitespace()
                || matches!(c, '(' | '[' | '{' | '—' | '–' | '-' | '/' | ':' | '¿' | '¡' | '=' | '>' | '…')
                || is_opening(c)
        })
    }

    fn word_follows(self) -> bool {
        self.after.is_some_and(|c| {
            !c.is_whitespace() && !matches!(c, ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '.') && !is_closing(c)
        })
    }

    fn opens(self) -> bool {
        self.begins() && self.word_follows()
    }

    fn closes(self) -> bool {
        self.before.is_some_and(|c| !c.is_whitespace()) && !self.after.is_some_and(char::is_alphanumeric)
    }

    fn is_inside_word(self) -> bool {
        self.before.is_some_and(char::is_alphanumeric) && self.after.is_some_and(char::is_alphanumeric)
    }
}

fn is_opening(c: char) -> bool {
    matches!(c, '„' | '“' | '«' | '‹' | '‚' | '‘' | '"' | '\'' | '「' | '『' | '»' | '›')
}

fn is_closing(c: char) -> bool {
    matches!(c, '”' | '»' | '›' | '’' | '」' | '』')
}

/// Whether `mark` closes what `open` has opened.
fn is_partner(open: char, mark: char) -> bool {
    match open {
        '„' => matches!(mark, '“' | '”' | '"' | '‟'),
        '“' => matches!(mark, '”' | '“' | '"'),
        '”' => mark == '”',
        '«' => mark == '»',
        '»' => matches!(mark, '«' | '»'),
        '‹' => mark == '›',
        '›' => mark == '‹',
        '‚' => matches!(mark, '‘' | '’' | '\''),
        '‘' | '\'' => matches!(mark, '’' | '\''),
        '"' => matches!(mark, '"' | '”'),
        '「' => mark == '」',
        '『' => mark == '』',
        BACKQUOTES => mark == '"',
        _ => false,
    }
}

impl Paragraph<'_> {
    fn scan(mut self, range: Range<usize>, next_paragraph: Option<char>) {
        let text = self.text;
        let (mut at, mut before) = (range.start, None);
        while at < range.end {
            let rest = &text[at..range.end];
            let Some(c) = rest.chars().next() else { break };
            let (c, len) = match c {
                '`' if rest.starts_with("``") => (BACKQUOTES, 2),
                '\'' if rest.starts_with("''") => ('"', 2),
                '`' => (' ', 1),
                c => (c, c.len_utf8()),
            };
            let mark = Mark { c, start: at, end: at + len, before, after: rest[len..].chars().next() };
            self.read(mark);
            before = Some(c);
            at += len;
        }
        self.finish(next_paragraph);
    }

    fn read(&mut self, mark: Mark) {
        let is_open = |c: char| self.open.iter().any(|open| open.mark == c);
        match mark.c {
            '„' | '「' | '『' | BACKQUOTES => self.push(mark),
            '«' | '‹' => {
                let reversed = if mark.c == '«' { '»' } else { '›' };
                if is_open(reversed) && mark.closes() { self.close(mark) } else { self.push(mark) }
            }
            '»' | '›' => {
                let plain = if mark.c == '»' { '«' } else { '‹' };
                if !is_open(plain) && mark.opens() { self.push(mark) } else { self.close(mark) }
            }
            '“' => {
                let low = is_open('„') || (is_open('“') && !mark.word_follows());
                if low && !mark.opens() && mark.closes() { self.close(mark) } else { self.push(mark) }
            }
            '”' => {
                let known = self.open.iter().any(|open| is_partner(open.mark, '”'));
                if !known && mark.opens() { self.push(mark) } else { self.close(mark) }
            }
            '‟' | '」' | '』' => self.close(mark),
            '"' => self.straight(mark),
            '‚' if mark.opens() => self.push(mark),
            '‘' => {
                if is_open('‚') && mark.closes() {
                    self.close(mark);
                } else if mark.opens() && !is_elision(&self.text[mark.end..self.end]) {
                    self.push(mark);
                }
            }
            '’' | '\'' => self.single(mark),
            _ => {}
        }
    }

    /// `"` opens and closes: white space decides, and where it doesn't, whether one is open.
    fn straight(&mut self, mark: Mark) {
        let partner = self.open.iter().any(|open| is_partner(open.mark, '"'));
        if mark.is_inside_word() && !partner {
            return;
        }
        if mark.opens() {
            // One that was opened before was left open.
            if let Some(place) = self.open.iter().rposition(|open| open.mark == '"') {
                self.open.truncate(place);
            }
            self.push(mark);
        } else if partner {
            self.close(mark);
        } else if !mark.closes() {
            self.push(mark);
        }
    }

    /// `'` and `’`: mostly apostrophes.
    fn single(&mut self, mark: Mark) {
        if mark.is_inside_word() {
            return;
        }
        if mark.c == '\'' && mark.opens() {
            if mark.after.is_some_and(char::is_alphanumeric) && !is_elision(&self.text[mark.end..self.end]) {
                self.push(mark);
            }
            return;
        }
        if !mark.closes() {
            return;
        }
        let Some(place) = self.open.iter().rposition(|open| is_partner(open.mark, mark.c)) else { return };
        // "the dogs’ owner", "goin’ home"
        let next = self.text[mark.end..self.end].trim_start();
        let maybe_apostrophe = mark.before.is_some_and(|c| matches!(c, 's' | 'S' | 'n' | 'z' | 'x'))
            && mark.after.is_some_and(char::is_whitespace)
            && next.starts_with(char::is_lowercase);
        if maybe_apostrophe {
            self.open[place].maybe.get_or_insert(mark.start..mark.end);
        } else {
            self.close(mark);
        }
    }

    fn push(&mut self, mark: Mark) {
        if self.open.len() >= DEEPEST {
            self.open.remove(0);
        }
        // A single mark that opens anew ends a quotation that perhaps was closed.
        if matches!(mark.c, '‘' | '\'')
            && let Some(place) = self.open.iter().rposition(|open| open.mark == mark.c && open.maybe.is_some())
        {
            self.close_maybe(place);
        }
        self.open.push(Open { mark: mark.c, outer: mark.start, inner: mark.end, maybe: None });
    }

    /// Closes the last open mark that is a partner; what was opened after it was never closed.
    fn close(&mut self, mark: Mark) {
        let Some(place) = self.open.iter().rposition(|open| is_partner(open.mark, mark.c)) else { return };
        let open = &self.open[place];
        if open.inner < mark.start {
            let (inner, outer) = (open.inner..mark.start, open.outer..mark.end);
            self.found.push(Marked { inner, outer, goes_on: false });
        }
        self.open.truncate(place);
    }

    fn close_maybe(&mut self, place: usize) {
        if let Some(open) = self.open.get(place)
            && let Some(maybe) = &open.maybe
        {
            let (inner, outer) = (open.inner..maybe.start, open.outer..maybe.end);
            self.found.push(Marked { inner, outer, goes_on: false });
        }
        self.open.truncate(place);
    }

    /// The end of the paragraph: what is still open counts only where the next paragraph opens it again.
    fn finish(mut self, next_paragraph: Option<char>) {
        if let Some(place) = self.open.iter().position(|open| open.maybe.is_none() && Some(open.mark) == next_paragraph)
        {
            let open = &self.open[place];
            if open.inner < self.end {
                let (inner, outer) = (open.inner..self.end, open.outer..self.end);
                self.found.push(Marked { inner, outer, goes_on: true });
            }
            // What was opened inside it stands inside it, closed or not.
            self.open.truncate(place);
        }
        while let Some(place) = self.open.iter().rposition(|open| open.maybe.is_some()) {
            self.close_maybe(place);
        }
    }
}

/// Words that begin with an apostrophe: 'tis, 'em, '90s.
fn is_elision(rest: &str) -> bool {
    let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let is_decade = || word.len() <= 3 && word.starts_with(|c: char| c.is_ascii_digit());
    [
        "em",
        "tis",
        "twas",
        "til",
        "till",
        "cause",
        "bout",
        "round",
        "n",
        "cept",
        "ndrangheta",
        "na",
        "sto",
        "sta",
        "s",
        "t",
        "d",
        "ll",
        "re",
        "ve",
    ]
    .iter()
    .any(|elision| word.eq_ignore_ascii_case(elision))
        || is_decade()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words in outermost marks, in order.
    fn found(text: &str) -> Vec<&str> {
        let mut last = 0;
        let mut words = Vec::new();
        for m in marked(text) {
            if m.outer.start >= last {
                words.push(text[m.inner.clone()].trim());
                last = m.outer.end;
            }
        }
        words
    }

    #[test]
    fn every_convention_is_known() {
        for text in [
            "He said “we will win the war” today.",
            "He said ‘we will win the war’ today.",
            "He said \"we will win the war\" today.",
            "He said 'we will win the war' today.",
            "He said ``we will win the war'' today.",
            "Er sagte „we will win the war“ heute.",
            "Er sagte „we will win the war\" heute.",
            "Er sagte ‚we will win the war‘ heute.",
            "Er sagte »we will win the war« heute.",
            "Er sagte ›we will win the war‹ heute.",
            "Il a dit « we will win the war » hier.",
            "Il a dit «\u{A0}we will win the war\u{A0}» hier.",
            "Il a dit ‹we will win the war› hier.",
            "Powiedział „we will win the war” wczoraj.",
            "Han sade ”we will win the war” i dag.",
            "Он сказал: «we will win the war».",
            "他说「we will win the war」。",
            "他说『we will win the war』。",
            "Typed wrongly “we will win the war“ here.",
        ] {
            assert_eq!(found(text), ["we will win the war"], "{text}");
        }
    }

    #[test]
    fn quotations_lie_within_quotations() {
        assert_eq!(found("“He told me ‘never again’ and left,” she said."), ["He told me ‘never again’ and left,"]);
        assert_eq!(found("«Он пришёл в „Правду“ и ушёл», — сказала она."), ["Он пришёл в „Правду“ и ушёл"]);
        assert_eq!(found("„Er nannte es ‚Krieg‘ und ging“, sagte sie."), ["Er nannte es ‚Krieg‘ und ging"]);
        assert_eq!(found("«Заявил “нет” и «да» потом», — так."), ["Заявил “нет” и «да» потом"]);
        assert_eq!(found("„Mówił «nie» i poszedł” – dodała."), ["Mówił «nie» i poszedł"]);
        assert_eq!(found("\"One.\" Then \"two.\" Then \"three.\""), ["One.", "two.", "three."]);
    }

    #[test]
    fn apostrophes_and_inches_are_no_marks() {
        for text in [
            "It’s the dogs’ day, don't you think, rock 'n' roll and the '90s",
            "L'arte dell'Italia, un po' di tutto",
            "м'яч і п’ять об'єктів",
            "A 5\" gun and a 6'2\" man, and 7\" more",
            "5 o'clock at the Joneses' house, 'tis true",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
        assert_eq!(found("He said ‘the dogs’ owner isn’t here’ and left."), ["the dogs’ owner isn’t here"]);
        assert_eq!(found("They wrote ‘down with bosses’ on walls."), ["down with bosses"]);
    }

    #[test]
    fn what_is_never_closed_is_no_quotation_unless_the_next_paragraph_opens_it_again() {
        assert!(found("He said “this is the end and left.\n\nThe day was over.").is_empty());
        let text = "“This is the first part.\n\n“This is the second,” he said.";
        assert_eq!(found(text), ["This is the first part.", "This is the second,"]);
        let marks = marked(text);
        assert!(marks[0].goes_on && !marks[1].goes_on);
        assert_eq!(found("«Первый абзац.\n«Второй абзац», — сказал он."), ["Первый абзац.", "Второй абзац"]);
        assert_eq!(found("The “first one is open. The “second one” is not."), ["second one"]);
        assert_eq!(found("The \"first one is open. The \"second one\" is not."), ["second one"]);
        assert!(found("a closing mark” alone» is none").is_empty());
    }

    #[test]
    fn a_line_broken_at_a_fixed_width_ends_no_paragraph() {
        let text = "The minister said on Monday that “the old bridge\nover the river will be closed” for a year.";
        assert_eq!(found(text), ["the old bridge\nover the river will be closed"]);
    }
}
