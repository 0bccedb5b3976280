//! The cleaning of one article: which rule looks at what, in which order.

use super::line::{Kind, Line};
use super::marks::Marks;
use super::outlets::{Outlets, Own};
use super::phrases::{Phrases, Scratch};
use super::rule::Rule;
use super::rulefile::{Found, PAIR, Place, SHORT};
use super::{Cleaner, Context, Mask, dateline, fold, inline, layout, line, mask, names, signs};
use crate::article::Part;

/// The cleaning of one article.
pub(super) struct Pass<'a> {
    cleaner: &'a Cleaner,
    context: &'a Context<'a>,
    pub(super) own: Own,
    pub(super) masks: Vec<Mask>,
    pub(super) scratch: Scratch,
}

impl<'a> Pass<'a> {
    pub(super) fn new(cleaner: &'a Cleaner, context: &'a Context<'a>, own: Own) -> Pass<'a> {
        let scratch = Scratch::new(signs::languages(context.language));
        Pass { cleaner, context, own, masks: Vec::new(), scratch }
    }

    fn push(&mut self, part: Part, start: usize, end: usize, rule: Rule) {
        if start < end && self.cleaner.params.applies(rule) {
            self.masks.push(Mask { part, start, end, rule });
        }
    }

    pub(super) fn title(&mut self, title: &str) {
        let mut end = title.trim_end().len();
        while let Some((cut, rule)) = self.suffix(&title[..end]) {
            self.push(Part::Title, cut, end, rule);
            end = cut;
        }
        self.addresses(Part::Title, title, 0);
        self.credits(Part::Title, title, 0);
        self.outlet_names(Part::Title, title);
    }

    /// Where a headline's suffix begins: the outlet's name, a section, a time.
    fn suffix(&mut self, line: &str) -> Option<(usize, Rule)> {
        let cut = |at: usize| line[..at].trim_end_matches([' ', '\u{a0}', ':', '/']).len();
        let window = fold::tail(line, 80);
        let last = window.trim_end().rsplit(char::is_whitespace).next().unwrap_or("");
        if last.len() < window.trim_end().len() && is_clock(last) {
            return Some((cut(line.trim_end().len() - last.len()), Rule::Date));
        }
        let separator = |i: usize, c: char| {
            let i = line.len() - window.len() + i;
            let spaced =
                line[..i].ends_with([' ', '\u{a0}', ':', '/']) && line[i + c.len_utf8()..].starts_with([' ', '\u{a0}']);
            spaced.then_some((i, c.len_utf8()))
        };
        let (at, len) = window
            .char_indices()
            .rev()
            .filter(|(_, c)| matches!(c, '-' | '|' | '—' | '–' | ':' | '/' | '·' | '•' | '»'))
            .find_map(|(i, c)| separator(i, c))?;
        let name = line[at + len..].trim();
        if name.len() > 60 || cut(at) == 0 {
            return None;
        }
        let n_words = name.split_whitespace().count();
        let capital = !name.starts_with(|c: char| c.is_lowercase() || c.is_numeric());
        let site =
            line.as_bytes()[at] == b'|' && capital && (n_words <= 3 || n_words == 4 && names::looks_like_names(name));
        if Outlets::known().is_name(name) || self.own.is_named(name) || site {
            return Some((cut(at), Rule::Outlet));
        }
        let head = |found: Found| found.place == Place::Head;
        let found = Phrases::all().find(name, name.chars().count(), (SHORT, 0), &mut self.scratch, head);
        found.filter(|_| line.as_bytes()[at] == b'|').map(|_| (cut(at), Rule::Navigation))
    }

    pub(super) fn text(&mut self, title: Option<&str>, text: &str) {
        let mut lines = line::lines(text);
        self.phrases(&mut lines, text.len());
        layout::weak(&mut lines);
        layout::sections(&mut lines, text.len());
        let (first, last) = layout::body(&lines);
        self.head(&mut lines[..first]);
        self.words_and_numbers(&mut lines, first, last);
        self.rows(&mut lines, first, last);
        layout::captions(&mut lines);
        self.lead_captions(&mut lines, first);
        layout::counters(&mut lines);
        signs::signs(&mut lines, first, last);
        self.authors(&mut lines, last);
        self.kickers(&mut lines, first);
        self.last_lines(&mut lines);
        layout::repeats(&mut lines, title, first);
        let (_, last) = layout::body(&lines);
        layout::foot(&mut lines, last);
        let mut prose = 0;
        let marks = inline::marks_of_addresses(text);
        for (i, line) in lines.iter().enumerate() {
            match line.rule {
                Some(rule) if self.cleaner.params.applies(rule) => self.push(Part::Text, line.start, line.end(), rule),
                _ => {
                    self.beginning(line, i == 0, &mut prose);
                    if line.kind == Kind::Fragment
                        && line.marks.any(SUFFIX)
                        && let Some((cut, rule)) = self.suffix(line.text)
                    {
                        self.push(Part::Text, line.start + cut, line.end(), rule);
                    }
                    let mark = marks.get(marks.partition_point(|at| *at < line.start));
                    if mark.is_some_and(|at| *at < line.end()) {
                        self.addresses(Part::Text, line.text, line.start);
                    }
                    self.credits(Part::Text, line.text, line.start);
                }
            }
        }
        self.outlet_names(Part::Text, text);
        self.masks = mask::normalise(std::mem::take(&mut self.masks));
        self.remainders(&lines, first, last);
    }

    pub(super) fn language(&self) -> Option<&'a str> {
        self.context.language
    }

    /// Masks the lines that phrases know, wherever they stand, and lines learned from a corpus.
    fn phrases(&mut self, lines: &mut [Line<'_>], text_len: usize) {
        let repeated = self.cleaner.repeated.of(self.context);
        let language = self.context.language;
        for line in lines {
            if repeated.holds(line.text) {
                line.rule = Some(Rule::RepeatedLine);
                continue;
            }
            // What somebody says.
            let quoted = line.text.starts_with(['"', '“', '„', '«', '‘', '”'])
                || line.text.starts_with(['—', '–', '-']) && line::ends_sentence(line.text);
            let mut weak = None;
            let (mut credit, mut by) = (None, false);
            let (mut head, mut last) = (false, false);
            let accept = |found: Found| match found.place {
                // "© Somebody" is a photo credit, unless anything says that it is a copyright.
                Place::Anywhere if found.rule == Rule::Caption && found.n_words == 1 && line.text.starts_with('©') => {
                    credit = Some(found);
                    false
                }
                // Somebody says it, or it is said of something.
                Place::Anywhere | Place::Heading if quoted && line.kind == Kind::Prose => false,
                Place::Anywhere | Place::Heading
                    if found.weak && (line.kind == Kind::Prose || found.n_words == 1) || ends_in_prose(line, found) =>
                {
                    weak = weak.or(Some(found));
                    false
                }
                Place::Anywhere | Place::Heading => true,
                Place::Tail => line.start * 2 >= text_len,
                Place::Names(own) => {
                    by |= own.is_none_or(|own| language == Some(own)) && line.chars <= SHORT * 2;
                    own.is_none_or(|own| language == Some(own)) && names::follow(line.text, found.n_words)
                }
                Place::Head => {
                    head = true;
                    false
                }
                Place::Last => {
                    last = true;
                    false
                }
            };
            let limits = (self.cleaner.params.max_line, PAIR);
            let found = Phrases::all().find(line.text, line.chars, limits, &mut self.scratch, accept);
            // What is searched for here is all that is searched for there, unless lines must be very short.
            let short = self.cleaner.params.max_line < SHORT;
            (line.head, line.last) = (head || short, last || short);
            if let Some(found) = found.or(credit) {
                line.rule = Some(found.rule);
                line.heading = found.place == Place::Heading;
                continue;
            }
            if !(quoted || self.scratch.signs.is_empty()) && signs::may_be_dense(line.text, &self.scratch.signs) {
                let address = Phrases::all().addresses(line.text);
                if let Some((n, addresses, rule)) = self.scratch.signs.count(self.scratch.languages, address) {
                    (line.n_signs, line.addresses, line.sign) = (n.min(255) as u8, addresses, Some(rule));
                }
            }
            if by && self.is_byline_list(line.text) {
                line.rule = Some(Rule::Byline);
                continue;
            }
            if line.kind == Kind::Fragment && line.chars <= SHORT && COPYRIGHT.iter().any(|c| line.text.starts_with(c))
            {
                line.weak = Some(Rule::Copyright);
            }
            if let Some(found) = weak {
                line.weak = Some(found.rule);
                line.heading = found.place == Place::Heading;
            }
            if line.kind == Kind::Fragment && line.chars <= 60 {
                let name = line.text.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '«' | '»' | '"'));
                if self.own.is_named(name) {
                    line.rule = Some(Rule::Outlet);
                } else if Outlets::known().is_name(name) || line.marks.any(INITIALS) && names::is_initials(line.text) {
                    line.rule = Some(Rule::Agency);
                }
            }
            let mut credited = || {
                line.chars <= PAIR && line.marks.any(CREDIT) && names::ends_in_credit(line.text)
                    || line.chars <= self.cleaner.params.max_line
                        && ends_with_photo_credit(line.text, &mut self.scratch)
            };
            if line.rule.is_none() && credited() {
                line.rule = Some(Rule::Caption);
            }
        }
    }

    /// Masks section names above the first sentence.
    fn head(&mut self, lines: &mut [Line<'_>]) {
        for line in lines.iter_mut().filter(|l| l.head && l.rule.is_none() && l.chars <= SHORT) {
            let head = |found: Found| found.place == Place::Head;
            let found = Phrases::all().find(line.text, line.chars, (SHORT, 0), &mut self.scratch, head);
            line.rule = found.map(|f| f.rule);
        }
    }

    /// Masks dates and market lines above and below the sentences, and beside furniture.
    fn words_and_numbers(&mut self, lines: &mut [Line<'_>], first: usize, last: usize) {
        for i in 0..lines.len() {
            if lines[i].rule.is_some() || lines[i].chars > SHORT {
                continue;
            }
            let beside = |j: Option<&Line<'_>>| j.is_some_and(|l| l.rule.is_some());
            let outside = i < first || i > last || beside(lines.get(i + 1)) || (i > 0 && beside(lines.get(i - 1)));
            // Below the lead.
            let near = i <= first + 5 && lines[..i].iter().filter(|l| l.is_kept_prose()).count() <= 1;
            if !outside && !near {
                continue;
            }
            lines[i].rule = Phrases::all().only_words_and_numbers(lines[i].text, lines[i].chars, &mut self.scratch);
        }
    }

    /// Masks notes on the author at the very end.
    fn last_lines(&mut self, lines: &mut [Line<'_>]) {
        let max = self.cleaner.params.max_line;
        for line in lines.iter_mut().rev().filter(|l| l.rule.is_none()).take(4).filter(|l| l.last) {
            let last = |found: Found| found.place == Place::Last;
            let found = Phrases::all().find(line.text, line.chars, (max, SHORT), &mut self.scratch, last);
            line.rule = found.map(|f| f.rule);
        }
    }

    /// Masks a date code at the beginning of the text, and the dateline of the first paragraphs.
    fn beginning(&mut self, line: &Line<'_>, is_first: bool, prose: &mut usize) {
        let mut at = 0;
        if is_first && let Some(end) = dateline::date_code(line.text) {
            self.push(Part::Text, line.start, line.start + end, Rule::Date);
            at = end;
        }
        if line.kind == Kind::Prose && *prose < 4 {
            *prose += 1;
            if let Some(end) = dateline::dateline(&line.text[at..], &self.own) {
                self.push(Part::Text, line.start + at, line.start + at + end, Rule::Dateline);
            }
        }
    }

    fn addresses(&mut self, part: Part, text: &str, offset: usize) {
        inline::addresses(text, |start, end| self.push(part, offset + start, offset + end, Rule::Link));
    }

    fn credits(&mut self, part: Part, text: &str, offset: usize) {
        let (masks, params) = (&mut self.masks, &self.cleaner.params);
        inline::credits(text, &mut self.scratch, |start, end, rule| {
            if params.applies(rule) {
                masks.push(Mask { part, start: offset + start, end: offset + end, rule });
            }
        });
    }

    fn outlet_names(&mut self, part: Part, text: &str) {
        let (masks, params) = (&mut self.masks, &self.cleaner.params);
        if !self.own.is_empty() && params.applies(Rule::Outlet) {
            self.own.find(text, |start, end| masks.push(Mask { part, start, end, rule: Rule::Outlet }));
        }
        if params.applies(Rule::KnownOutlets) {
            Outlets::known()
                .find_all(text, |start, end| masks.push(Mask { part, start, end, rule: Rule::KnownOutlets }));
        }
    }
}

/// What initials of editors, credits at the end and suffixes are set off by.
const INITIALS: Marks = Marks::SLASH.and(Marks::BRACKET);
const CREDIT: Marks = Marks::SLASH.and(Marks::OTHER);
const SUFFIX: Marks = Marks::DASH.and(Marks::BAR).and(Marks::COLON).and(CREDIT).and(Marks::DIGIT).and(Marks::ARABIC);

/// The sign in letters, Latin and Cyrillic.
const COPYRIGHT: [&str; 4] = ["(c) ", "(C) ", "(с) ", "(С) "];

/// Whether a line ends with a photo credit in brackets: it is a caption then.
fn ends_with_photo_credit(line: &str, scratch: &mut Scratch) -> bool {
    if !line.ends_with([')', ']']) {
        return false;
    }
    let mut caption = false;
    inline::credits(line, scratch, |_, end, rule| caption |= end == line.len() && rule == Rule::Caption);
    caption
}

/// Whether a sentence, with its full stop, merely ends as captions do.
fn ends_in_prose(line: &Line<'_>, found: Found) -> bool {
    found.rule == Rule::Caption && found.at_end && line.kind == Kind::Prose && line.text.ends_with(['.', '!', '?', '…'])
}

/// `14:55`, `9.30`.
pub(super) fn is_clock(word: &str) -> bool {
    let digits = |s: &str, max: u32| (1..=2).contains(&s.len()) && s.parse::<u32>().is_ok_and(|n| n <= max);
    word.split_once(':').is_some_and(|(h, m)| digits(h, 23) && m.len() == 2 && digits(m, 59))
}
