//! What stands around the headline and between paragraphs without a phrase of its own: rows of buttons
//! and sections, the name of the author, the kicker above the headline.

use super::chars::{is_letter, is_letter_or_number};
use super::fold::fold;
use super::layout;
use super::line::{Kind, Line};
use super::marks::Marks;
use super::mask::Mask;
use super::names::looks_like_names;
use super::outlets::Outlets;
use super::pass::Pass;
use super::phrases::Phrases;
use super::rows::{Row, is_entry, is_ticker, is_weather, pieces};
use super::rule::Rule;
use super::rulefile::{Found, Place, SHORT};

/// The longest row, in characters.
const ROW: usize = 220;

/// What lists of dates, rows of pieces, and rates and weather are known by.
const LIST: Marks = Marks::COMMA.and(Marks::BAR).and(Marks::OTHER);
const DIVIDED: Marks =
    Marks::DASH.and(Marks::BAR).and(Marks::SLASH).and(Marks::ARROW).and(Marks::WIDE).and(Marks::OTHER);
const COUNTED: Marks = Marks::COMMA.and(Marks::DIGIT).and(Marks::ARABIC).and(Marks::OTHER);

/// What stands between the names of authors and their roles.
const BYLINES: Marks = Marks::COMMA.and(Marks::DASH).and(Marks::STOP).and(Marks::OTHER);

impl Pass<'_> {
    /// Masks rows of pieces each of which is furniture; above and below the article and beside
    /// furniture, rows of section names, and rates and weather.
    pub(super) fn rows(&mut self, lines: &mut [Line<'_>], first: usize, last: usize) {
        let mut all = Vec::new();
        for i in 0..lines.len() {
            let line = lines[i];
            if line.rule.is_some() || line.chars > ROW || line.kind == Kind::Prose && line.chars > 80 {
                continue;
            }
            if line.kind == Kind::Prose {
                if line.marks.any(LIST) {
                    lines[i].rule = self.all_known(line.text.split([',', '·', '|', '•']));
                }
                continue;
            }
            let outside = i < first || i > last || beside(lines, i);
            if line.marks.any(DIVIDED) || !line.text.contains(is_letter_or_number) {
                let row = pieces(line.text, &mut all);
                lines[i].rule = match row.n_pieces {
                    0 => outside.then_some(Rule::Navigation),
                    1 => None,
                    _ => self.row(row, &all, outside),
                };
            }
            if !line.marks.any(COUNTED) {
                continue;
            }
            let comma = line.marks.any(Marks::COMMA) && line.text.contains(", ");
            if lines[i].rule.is_none() && comma {
                lines[i].rule = self.all_known(line.text.split(", "));
            }
            // "XYZ, published on 11 April at 7:58"
            if lines[i].rule.is_none()
                && comma
                && let Some((agency, date)) = line.text.split_once(", ")
                && (2..=6).contains(&agency.chars().count())
                && agency.chars().all(char::is_uppercase)
            {
                lines[i].rule = self.piece(date).filter(|rule| *rule == Rule::Date);
            }
            if lines[i].rule.is_none()
                && outside
                && (line.marks.any(Marks::OTHER) && is_weather(line.text) || is_ticker(line.text))
            {
                lines[i].rule = Some(Rule::Widget);
            }
        }
    }

    /// The rule of the first date where each of several pieces is known.
    fn all_known<'p>(&mut self, pieces: impl Iterator<Item = &'p str>) -> Option<Rule> {
        let known: Option<Vec<Rule>> = pieces.map(|piece| self.piece(piece.trim())).collect();
        known.filter(|rules| rules.len() >= 2)?.into_iter().find(|rule| *rule == Rule::Date)
    }

    fn row(&mut self, row: Row, pieces: &[&str], outside: bool) -> Option<Rule> {
        let known: Vec<Option<Rule>> = pieces.iter().map(|piece| self.piece(piece)).collect();
        let n_known = known.iter().flatten().count();
        let rule = known.iter().flatten().next().copied();
        if n_known == row.n_pieces {
            return rule;
        }
        let entries = pieces.iter().all(|piece| is_entry(piece));
        let menu = entries && (row.n_pieces >= 3 && !row.dashes || (row.crumbs || row.n_pieces >= 3) && n_known > 0);
        let mostly = n_known * 3 >= row.n_pieces * 2;
        (outside && (menu || mostly)).then_some(rule.unwrap_or(Rule::Navigation))
    }

    /// The rule that knows a piece of a row.
    fn piece(&mut self, piece: &str) -> Option<Rule> {
        let chars = piece.chars().count();
        let accept = |found: Found| match found.place {
            Place::Anywhere | Place::Heading | Place::Head => true,
            Place::Names(_) => super::names::follow(piece, found.n_words),
            Place::Tail | Place::Last => false,
        };
        let found = Phrases::all().find(piece, chars, (SHORT, 0), &mut self.scratch, accept).map(|f| f.rule);
        found
            .or_else(|| Phrases::all().only_words_and_numbers(piece, chars, &mut self.scratch))
            .or_else(|| super::pass::is_clock(piece).then_some(Rule::Date))
            .or_else(|| (layout::is_counter(piece) && chars <= 12).then_some(Rule::Widget))
            .or_else(|| is_weather(piece).then_some(Rule::Widget))
            .or_else(|| (Outlets::known().is_name(piece) || self.own.is_named(piece)).then_some(Rule::Outlet))
    }

    /// Whether a line is nothing but who did what: the first piece names a part and a person, the
    /// others do or are names, roles and dates.
    pub(super) fn is_byline_list(&mut self, line: &str) -> bool {
        let mut n_pieces = 0;
        let mut named = false;
        let own_language = self.language();
        for piece in byline_pieces(line) {
            n_pieces += 1;
            let accept = |found: Found| match found.place {
                Place::Names(own) => {
                    own.is_none_or(|own| own_language == Some(own)) && super::names::follow(piece, found.n_words)
                }
                Place::Anywhere => found.rule == Rule::Byline,
                _ => false,
            };
            let chars = piece.chars().count();
            let byline = Phrases::all().find(piece, chars, (SHORT, 0), &mut self.scratch, accept).is_some();
            named |= byline;
            let other = (looks_like_names(piece) && (n_pieces > 1 || piece.contains(' ')))
                || n_pieces > 1
                    && (Phrases::all().is_role(piece, &mut self.scratch)
                        || Phrases::all().only_words_and_numbers(piece, chars, &mut self.scratch).is_some());
            if !byline && !other {
                return false;
            }
        }
        named && n_pieces > 1
    }

    /// Masks the author's name, role and place in the lines beside a date or a byline, and the names
    /// of authors above or below the article.
    pub(super) fn authors(&mut self, lines: &mut [Line<'_>], last: usize) {
        let Some(headline) = lines.iter().position(|l| l.rule.is_none() && l.chars >= 20) else { return };
        let mut prose = 0;
        for i in headline + 1..lines.len() {
            prose += usize::from(lines[i].is_kept_prose());
            let edge = prose <= 1 || i > last;
            if edge && lines[i].is_kept_fragment() && lines[i].chars <= SHORT && self.is_signature(lines, i, last) {
                lines[i].rule = Some(Rule::Byline);
            }
            if !matches!(lines[i].rule, Some(Rule::Date | Rule::Byline)) {
                continue;
            }
            for j in (i.saturating_sub(3).max(headline + 1)..i).rev() {
                if !self.is_author(&lines[j]) {
                    break;
                }
                lines[j].rule = Some(Rule::Byline);
            }
            for line in lines[i + 1..].iter_mut().take(2) {
                if !self.is_author(line) {
                    break;
                }
                line.rule = Some(Rule::Byline);
            }
        }
    }

    /// Whether a line beside furniture or below the article is nothing but names of several words each.
    fn is_signature(&mut self, lines: &[Line<'_>], i: usize, last: usize) -> bool {
        let (text, marks) = (lines[i].text, lines[i].marks);
        let full = |name: &str| {
            let words = name.split_whitespace().count();
            (2..=4).contains(&words) && name.split_whitespace().all(|w| w.starts_with(char::is_uppercase))
        };
        let names =
            || text.split([',', '&']).flat_map(|part| AND.iter().fold(vec![part], split_at)).all(|n| full(n.trim()));
        // "Jane Roe, Geneva", and where there are no capitals "Geneva - Jane Roe".
        let place = |word: &str| Phrases::all().is_place(&fold(word.trim()));
        if i > last
            && marks.any(Marks::COMMA.and(Marks::DASH))
            && (text.split_once(',').is_some_and(|(name, city)| full(name) && place(city))
                || text.split_once(" - ").is_some_and(|(city, name)| place(city) && looks_like_names(name)))
        {
            return true;
        }
        (beside(lines, i) || i > last)
            && text.starts_with(char::is_uppercase)
            && !text.contains([':', '?', '!', '"', '«', '“'])
            && !super::line::ends_sentence(text)
            && (i > last || text.contains([',', '&']) || AND.iter().any(|and| text.contains(and)))
            && names()
            || marks.any(BYLINES) && text.contains([',', '-', '–', ';', '.']) && self.is_byline_list(text)
    }

    fn is_author(&mut self, line: &Line<'_>) -> bool {
        if !line.is_kept_fragment() || line.chars > 60 || super::line::ends_sentence(line.text) {
            return false;
        }
        let words = line.text.split_whitespace().count();
        let plain = !line.text.contains(|c: char| c.is_numeric() || matches!(c, ':' | '"' | '«' | '“' | '?' | '!'));
        (plain && (1..=3).contains(&words) && looks_like_names(line.text))
            || Phrases::all().is_role(line.text, &mut self.scratch)
    }

    /// Masks captions between the headline and the first sentence: lines beside furniture that end with a
    /// name or an acronym in brackets.
    pub(super) fn lead_captions(&mut self, lines: &mut [Line<'_>], first: usize) {
        let first = first.min(lines.len());
        let Some(headline) = lines[..first].iter().position(|l| l.rule.is_none() && l.chars >= 20) else { return };
        for i in headline + 1..first {
            let text = lines[i].text;
            let ends = text.rsplit_once(" (").is_some_and(|(_, rest)| {
                let (inner, after) = rest.split_once(')').unwrap_or((rest, rest));
                let after = after.trim_start_matches([' ', '-', '–', '—', '|', '.']);
                inner.len() <= 40 && looks_like_names(inner) && (after.is_empty() || looks_like_names(after))
            });
            if lines[i].is_kept_fragment() && ends && beside(lines, i) {
                lines[i].rule = Some(Rule::Caption);
            }
        }
    }

    /// Masks short lines beside furniture above the first sentence, where a longer one is the headline;
    /// and the outlet's name with its motto.
    pub(super) fn kickers(&mut self, lines: &mut [Line<'_>], first: usize) {
        let long = |l: &Line<'_>| l.rule.is_none() && l.text.split_whitespace().take(4).count() == 4;
        let head = first.min(lines.len());
        let Some(headline) = lines[..lines.len().min(head + 1)].iter().rposition(long) else { return };
        for line in lines[..headline].iter_mut().take(4) {
            if line.is_kept_fragment() && line.chars <= 80 && self.own.begins(line.text) {
                line.rule = Some(Rule::Navigation);
            }
        }
        let kicker = |l: &Line<'_>| l.is_kept_fragment() && l.chars <= 40 && l.text.split_whitespace().count() <= 3;
        for i in (0..head).chain((0..head).rev()) {
            if kicker(&lines[i]) && beside(lines, i) {
                lines[i].rule = Some(Rule::Navigation);
            }
        }
    }

    /// Masks what is left of a fragment once the addresses and names in it are masked: punctuation, and
    /// a word or two.
    pub(super) fn remainders(&mut self, lines: &[Line<'_>], first: usize, last: usize) {
        let mut masks = self.masks.iter().copied().filter(|m| m.part == crate::article::Part::Text).peekable();
        let mut more = Vec::new();
        for (i, line) in lines.iter().enumerate().filter(|(_, l)| l.rule.is_none()) {
            while masks.next_if(|m| m.end <= line.start).is_some() {}
            if masks.peek().is_none_or(|m| m.start >= line.end()) {
                continue;
            }
            let outside = i < first || i > last;
            let short = line.kind == Kind::Fragment || outside && line.chars <= 120;
            let (mut at, mut words, mut letters) = (line.start, 0, 0);
            let (mut rule, mut link, mut led) = (None, false, false);
            let mut count = |piece: &str| {
                if short {
                    words += piece.split_whitespace().filter(|w| w.contains(is_letter_or_number)).count();
                    letters += piece.chars().filter(|&c| is_letter(c)).count();
                } else {
                    letters += usize::from(piece.contains(is_letter));
                }
            };
            let text = |from: usize, to: usize| &line.text[from - line.start..to - line.start];
            while let Some(mask) = masks.next_if(|m| m.start < line.end()) {
                let piece = text(at, mask.start.max(at));
                count(piece);
                led |= piece.trim_end().ends_with(':');
                at = mask.end.clamp(at, line.end());
                rule = Some(mask.rule);
                link |= mask.rule == Rule::Link;
            }
            let Some(rule) = rule else { continue };
            count(text(at, line.end()));
            let little = short
                && (link && (words <= 3 || words <= 6 && (led || outside)) || outside && words <= 2 && letters <= 12);
            if letters == 0 || little {
                more.push(Mask { part: crate::article::Part::Text, start: line.start, end: line.end(), rule });
            }
        }
        self.masks.append(&mut more);
    }
}

/// What stands between the names of two authors.
const AND: [&str; 10] = [" and ", " und ", " et ", " e ", " y ", " i ", " și ", " и ", " та ", " і "];

fn split_at<'p>(parts: Vec<&'p str>, and: &&str) -> Vec<&'p str> {
    parts.into_iter().flat_map(|part| part.split(*and)).collect()
}

/// Whether a neighbour of the line is masked.
fn beside(lines: &[Line<'_>], i: usize) -> bool {
    i > 0 && lines[i - 1].rule.is_some() || lines.get(i + 1).is_some_and(|l| l.rule.is_some())
}

/// The pieces of a byline: between commas, semicolons, bars, spaced dashes, and full stops that do not
/// follow an initial.
fn byline_pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut word = 0;
    let mut before = ' ';
    let stop = move |c: char| {
        let ends = matches!(c, ',' | ';' | '|' | '·' | '،' | '؛')
            || c == '.' && word >= 3
            || matches!(c, '-' | '–' | '—') && before.is_whitespace();
        word = if is_letter(c) { word + 1 } else { 0 };
        before = c;
        ends
    };
    line.split(stop).map(str::trim).filter(|piece| piece.contains(is_letter_or_number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_are_cut_between_people_and_not_after_initials() {
        let cut: Vec<&str> = byline_pieces("Text by J. R. Roe, photos: Ann Lowe. Edited by M. Poe - desk").collect();
        assert_eq!(cut, ["Text by J. R. Roe", "photos: Ann Lowe", "Edited by M. Poe", "desk"]);
    }
}
