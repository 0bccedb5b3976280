//! Place, date and agency before the first sentence of an article, and date codes.

use super::fold::{fold_into, head};
use super::names;
use super::outlets::{Outlets, Own};
use super::phrases::Phrases;

/// The longest dateline, in bytes.
const LONGEST: usize = 160;

/// The length in bytes of the dateline that a paragraph begins with, white space after it included.
///
/// A dateline is a row of places, dates and agencies that ends with a dash, or with the agency
/// itself: `KYIV, Jan. 5 (Reuters) - `, `МОСКВА, 24 фев — РИА Новости. `, `(ANSA) - ROMA, 12 MAR - `.
/// It needs an agency, a known place, a place in capitals, or a place with a date.
pub(super) fn dateline(text: &str, own: &Own) -> Option<usize> {
    let window = head(text, LONGEST);
    // What a dateline ends with: most paragraphs have none of it, or begin in lower case.
    let ends = |b: u8| matches!(b, b'-' | b')' | b'/' | b':' | b']' | 0xE2);
    let bracket = window.contains(')');
    let capitals = || window.chars().take(3).all(char::is_uppercase);
    if (text.starts_with(char::is_lowercase) && !bracket)
        || !(bracket || window.bytes().any(ends) || capitals() || agency(text, own).is_some())
    {
        return None;
    }
    let mut reader = Reader {
        text: window,
        own,
        at: 0,
        found: Found::default(),
        only_places: true,
        end: None,
        folded: String::new(),
    };
    while reader.step() {}
    let end = reader.end?;
    let rest = text[end..].chars().next()?;
    // A place or a shouted word before a sentence that goes on in lower case is part of it.
    if rest.is_lowercase() && !reader.found.agency {
        return None;
    }
    (text.len() >= end + 20).then_some(end)
}

#[derive(Debug, Default)]
struct Found {
    agency: bool,
    known_place: bool,
    capitals: bool,
    place: bool,
    number: bool,
    month: bool,
    /// "THE", "OF": a headline in capitals.
    small_word: bool,
    items: usize,
}

impl Found {
    fn suffices(&self) -> bool {
        self.agency
            || self.known_place
            || (self.capitals && !self.small_word)
            || (self.place && self.number && self.month)
    }
}

struct Reader<'a> {
    text: &'a str,
    own: &'a Own,
    at: usize,
    found: Found,
    /// Whether all items so far are known places.
    only_places: bool,
    /// Where the dateline ends, as far as it is sure.
    end: Option<usize>,
    /// A buffer for the word at hand.
    folded: String,
}

impl Reader<'_> {
    /// Reads one item; `false` where the dateline can't go on.
    fn step(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        self.at = self.text.len() - rest.len();
        if rest.is_empty() || self.found.items > 12 {
            return false;
        }
        if let Some(len) = dash(rest) {
            return self.terminate(len);
        }
        if rest.starts_with(['(', '[', '/']) {
            return self.brackets(rest);
        }
        if let Some(len) = agency(rest, self.own) {
            self.found.agency = true;
            self.found.items += 1;
            self.at += len;
            // The agency with a full stop or colon ends the dateline: "— РИА Новости. Текст".
            let after = &self.text[self.at..];
            return match after.chars().next() {
                Some('.' | ':') => self.terminate(1),
                Some(c) if c.is_whitespace() || matches!(c, ',' | '/' | '—' | '–' | '-') => true,
                _ => false,
            };
        }
        self.word(rest)
    }

    /// A dash, or what else ends a dateline, `len` bytes long.
    fn terminate(&mut self, len: usize) -> bool {
        self.at += len;
        let rest = &self.text[self.at..];
        let spaces = rest.len() - rest.trim_start().len();
        if self.found.suffices() {
            self.end = Some(self.at + spaces);
            // "KYIV, 24 Feb — Some Agency. Text": who sends it, after place and date.
            let dated = self.found.place && self.found.number && self.found.month && !self.found.agency;
            if let Some(len) = rest.find(". ").filter(|len| dated && *len <= 48)
                && (1..=3).contains(&rest[..len].split_whitespace().count())
                && rest[..len].trim_start().starts_with(char::is_uppercase)
                && rest[len + 2..].trim_start().starts_with(|c: char| c.is_uppercase() || is_quote(c))
            {
                self.found.agency = true;
                self.at += len + 2;
                self.end = Some(self.at);
            }
        }
        // Only a dateline that names no agency yet, or has no place yet, goes on after a dash.
        !(self.found.agency && self.found.place)
    }

    /// `(AP)`, `/TASS/`, `[Reuters]`; `(CNN)Text` ends the dateline by itself.
    fn brackets(&mut self, rest: &str) -> bool {
        let close = match rest.as_bytes()[0] {
            b'(' => ')',
            b'[' => ']',
            _ => '/',
        };
        let Some(len) = rest[1..].find(close).filter(|len| (1..48).contains(len)) else { return false };
        let inner = &rest[1..1 + len];
        let name = inner.split(['-', '–', '/', ',']).next().unwrap_or(inner).trim();
        let known = Outlets::known();
        let short = |test: fn(char) -> bool| (2..=8).contains(&name.chars().count()) && name.chars().all(test);
        let capitals = short(char::is_uppercase);
        let agency_word = |w: &str| AGENCY_WORDS.split(' ').any(|a| w.to_lowercase().starts_with(a));
        let named = names::looks_like_names(inner) && inner.split(' ').any(agency_word) && self.found.place;
        let sure = named || known.is_name(inner.trim()) || known.is_name(name) || self.own.is_named(inner.trim());
        let after = rest[len + 2..].trim_start_matches([' ', '\u{a0}', '.']);
        let stop = rest[len + 2..].starts_with('.');
        let dashed = dash(after).is_some();
        if dashed && self.found.place && self.is_date(inner) {
            (self.found.number, self.found.month) = (true, true);
            self.found.items += 1;
            self.at += len + 2;
            return true;
        }
        // An agency that is not known is one by its place: after a place and a date, or in capitals.
        let names = names::looks_like_names(inner);
        let dated = self.found.place && self.found.number && self.found.month && (names || short(char::is_lowercase));
        let placed = self.found.place && (capitals || short(char::is_lowercase) || self.found.capitals && names);
        let alone = self.found.items == 0 && capitals && !NOT_PLACES.split(' ').any(|w| w == name);
        let unknown = (dashed || stop) && dated
            || dashed && (placed || alone && ends_in_dash(after))
            || stop && self.found.capitals && capitals;
        if !(sure || unknown) {
            return false;
        }
        self.found.agency = true;
        self.found.items += 1;
        self.at += len + 2;
        let after = &self.text[self.at..];
        if dashed {
            self.at += after.len() - after.trim_start_matches([' ', '\u{a0}', '.']).len();
            return true;
        }
        let next = after.trim_start_matches([' ', '\u{a0}', '.', ':']);
        if dash(next).is_none() && next.starts_with(|c: char| c.is_uppercase() || is_quote(c) || !has_case(c)) {
            self.end = Some(self.text.len() - next.len());
            return false;
        }
        true
    }

    /// Whether brackets hold a day and a month.
    fn is_date(&self, inner: &str) -> bool {
        let mut folded = String::new();
        fold_into(inner, &mut folded);
        let numeric = |w: &str| w.starts_with(|c: char| c.is_numeric());
        folded.contains(|c: char| c.is_numeric())
            && folded.split(' ').all(|w| numeric(w) || Phrases::all().is_date_word(w))
            && folded.split(' ').any(|w| !numeric(w))
    }

    /// A place, a date word, a number.
    fn word(&mut self, rest: &str) -> bool {
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ';' | '—' | '–');
        let len = rest.find(ends).unwrap_or(rest.len());
        let raw = &rest[..len];
        let colon = raw.ends_with(':');
        let (raw, cut) = match raw.strip_suffix(['-', '/', ':']) {
            Some(short) => (short, true),
            None => (raw, false),
        };
        let word = raw.trim_end_matches('.');
        if word.is_empty() {
            return false;
        }
        self.folded.clear();
        fold_into(word, &mut self.folded);
        let folded = self.folded.as_str();
        let phrases = Phrases::all();
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let place = word.starts_with(|c: char| !c.is_lowercase()) && phrases.is_place(folded);
        let capitals =
            letters >= 3 && word.chars().all(|c| !c.is_lowercase() && !c.is_numeric()) && has_case_word(word);
        self.only_places &= place;
        if word.starts_with(|c: char| c.is_numeric()) {
            self.found.number = true;
        } else if word.len() <= 4 && SMALL_WORDS.split(' ').any(|w| w == word) {
            self.found.place = true;
            self.found.small_word = true;
        } else if phrases.is_date_word(folded) {
            // "of", "на": small words of dates are no sign of one.
            self.found.month |= letters >= 3;
        } else if place {
            self.found.known_place = true;
            self.found.place = true;
        } else if capitals && !(self.found.items == 0 && NOT_PLACES.split(' ').any(|w| w == word)) {
            self.found.capitals |= self.found.items == 0;
            self.found.place = true;
        } else if word.starts_with(|c: char| !has_case(c)) && self.found.items < 4 {
            // Without capitals a place is only told by the agency or date after it.
            self.found.place = true;
        } else if word.starts_with(char::is_uppercase) && (letters < len || !raw.ends_with('.') || letters <= 5) {
            self.found.place = true;
        } else {
            return false;
        }
        self.found.items += 1;
        self.at += raw.len();
        if !cut {
            return true;
        }
        // "موسكو- ", "موسكو/ ", "Mexico City: "
        let spaced = self.text[self.at + 1..].starts_with(char::is_whitespace);
        match self.text.as_bytes()[self.at] {
            b':' if colon => self.only_places && spaced && self.terminate(1),
            b'-' => spaced && self.terminate(1),
            _ => {
                self.at += 1;
                true
            }
        }
    }
}

/// What shouts at the beginning of sentences and is no place.
const NOT_PLACES: &str = "NATO USA BREAKING WATCH UPDATE UPDATED EXCLUSIVE OPINION VIDEO PHOTOS LIVE NEW FACT НАТО США ООН \
                          МВФ ВИДЕО ФОТО СРОЧНО ВАЖНО ВАЖЛИВО ВІДЕО ТЕРМІНОВО EXCLUSIV ВСУ ЗСУ";

/// What the names of agencies begin with.
const AGENCY_WORDS: &str = "agenc agent agenz agenţ agenț агентств агенци агенц وكالة news press presse";

/// What stands in headlines and not between places: words of four bytes at most.
const SMALL_WORDS: &str = "THE OF AND TO IN FOR ON A WITH IS ARE WHY HOW WHAT NOT НЕ НА И";

/// The length of a dash with its spaces, where `text` begins with one that can end a dateline.
fn dash(text: &str) -> Option<usize> {
    let len = ["—", "–", "―", "--", "- ", "-\u{a0}", "• ", "| "].into_iter().find(|d| text.starts_with(d))?.len();
    Some(len)
}

/// The length of the name of an agency, of up to three words, that `text` begins with.
fn agency(text: &str, own: &Own) -> Option<usize> {
    let (known, ours) = (Outlets::known().begins_agency(text), own.begins_name(text));
    if !known && !ours {
        return None;
    }
    let window = head(text, 64);
    let ends = window
        .char_indices()
        .filter(|&(i, c)| i > 0 && (c.is_whitespace() || matches!(c, '.' | ',' | ':' | '/' | '—' | '–' | ';')))
        .map(|(i, _)| &window[..i])
        .take(4);
    let named = |name: &&str| known && Outlets::known().is_agency(name) || ours && own.is_whole_name(name);
    // The longest counts.
    ends.filter(named).last().map(str::len)
}

/// Whether a dash that a text begins with has a capital or a letter without case after it.
fn ends_in_dash(text: &str) -> bool {
    let rest = text.trim_start_matches(['—', '–', '―', '-', ' ', '\u{a0}']);
    rest.starts_with(|c: char| c.is_uppercase() || is_quote(c) || !has_case(c))
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '„' | '«' | '‘' | '\'' | '”')
}

/// Whether the script of a letter has upper and lower case.
fn has_case(c: char) -> bool {
    !c.is_alphabetic() || c.is_lowercase() || c.is_uppercase()
}

fn has_case_word(word: &str) -> bool {
    word.chars().any(char::is_uppercase)
}

/// The length in bytes of a date code that a text begins with: six or eight digits that are a
/// date, with the initials of an author, glued to the first word or not (`180119 ABThe ...`).
pub(super) fn date_code(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !is_compact_date(&text[..digits]) {
        return None;
    }
    let rest = &text[digits..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\u{a0}', '_', '-']).len();
    let after = &rest[blank..];
    let capitals = after.bytes().take_while(u8::is_ascii_uppercase).count();
    let follows_lower = after[capitals..].starts_with(|c: char| c.is_lowercase());
    // The last capital belongs to the first word of the text.
    let initials = if follows_lower { capitals.saturating_sub(1) } else { capitals };
    if blank == 0 && capitals == 0 || initials > 3 || !after.starts_with(char::is_uppercase) {
        return None;
    }
    let end = digits + blank + if initials <= 3 && capitals >= initials { initials } else { 0 };
    let end = end + (text[end..].len() - text[end..].trim_start().len());
    (text.len() > end).then_some(end)
}

/// `YYMMDD`, `DDMMYY`, `YYYYMMDD` or `DDMMYYYY`.
fn is_compact_date(digits: &str) -> bool {
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
    let month = |m: u32| (1..=12).contains(&m);
    let day = |d: u32| (1..=31).contains(&d);
    let year = |y: u32| (1990..=2099).contains(&y);
    match digits.len() {
        6 => {
            (month(number(2, 4)) && (day(number(4, 6)) || day(number(0, 2))))
                || (month(number(0, 2)) && day(number(2, 4)))
        }
        8 => {
            (year(number(0, 4)) && month(number(4, 6)) && day(number(6, 8)))
                || (year(number(4, 8)) && month(number(2, 4)) && day(number(0, 2)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> &str {
        dateline(text, &Own::default()).map_or("", |end| &text[..end])
    }

    #[test]
    fn datelines_of_agencies_are_found() {
        let rest = "The minister met his colleague on Friday.";
        for line in [
            "KYIV, Jan. 5 (Reuters) - ",
            "LONDON (AP) – ",
            "WASHINGTON — ",
            "TALLAHASSEE, Fla. (AP) -- ",
            "Kyiv, Ukraine (CNN)",
            "(ANSA) - ROMA, 12 MAR - ",
            "date 2024-01-31 (MENAFN) ",
            "Berlin (dpa) - ",
            "Warszawa (PAP) – ",
            "PARIS, 3 mars (AFP) - ",
            "МОСКВА, 24 фев — РИА Новости. ",
            "БИШКЕК, 10 июл — Sputnik. ",
            "МОСКВА, 3 марта. /ТАСС/. ",
            "КИЇВ. 5 січня. УНІАН. ",
            "New York, Jan 3 (Xinhua) -- ",
            "Moscow: ",
            "BERLIN—",
            "OLDTOWN, May 12 (Northern Wire) - ",
            "(XNA) – ",
            "НОВЫЙ ПОРТ, 30 марта (Северинфо) — ",
            "Oldtown, 3. März /Presna/ - ",
            "OLDTOWN, 12 листопада. /Новини/. ",
            "Oldtown (npd) – ",
            "OLDTOWN (12 ottobre) — ",
            "СТАРЫЙ ПОРТ, 5 марта — Северинфо. ",
        ] {
            let text = format!("{line}{rest}");
            assert_eq!(cut(&text), line, "{line}");
        }
        assert_eq!(cut("موسكو - سبوتنيك. قال الوزير إن بلاده لن تشارك في الاجتماع المقبل."), "موسكو - سبوتنيك. ");
        assert_eq!(cut("القاهرة (رويترز) - قال الوزير إن بلاده لن تشارك في الاجتماع المقبل."), "القاهرة (رويترز) - ");
    }

    #[test]
    fn the_outlet_itself_may_end_a_dateline() {
        let own = Outlets::known().own(None, Some("صوت الوادي"));
        let text = "رأس الوادي - صوت الوادي: أعلن الوزير أن بلاده لن تشارك في الاجتماع المقبل.";
        assert_eq!(dateline(text, &own).map(|end| &text[..end]), Some("رأس الوادي - صوت الوادي: "));
    }

    #[test]
    fn sentences_with_dashes_and_colons_are_no_datelines() {
        for text in [
            "NATO — the alliance of the West — will meet in spring.",
            "Putin: we will answer to the sanctions of the West.",
            "The talks - the first in a year - went well, he said.",
            "US - China relations have soured over the year.",
            "Germany (and not France) will pay for the bridge.",
            "He said that Moscow - and Kyiv - would agree to it.",
            "Reuters reported on Friday that the talks had failed.",
            "In 2014 the war began - and nobody noticed it then.",
            "Minsk agreements (2015) were never carried out by either.",
            "JOINING THE FIGHT - He went to the front as a volunteer.",
            "U.S. West Texas Intermediate (WTI) Crude rose by a dollar on Friday.",
            "Точка 3 – Предложение за решение по доклада на комисията.",
            "Oldtown (the old one) - and not the new - was meant.",
            "В Воронеже — Новый мост через реку открыли в мае.",
        ] {
            assert_eq!(cut(text), "", "{text}");
        }
    }

    #[test]
    fn date_codes_with_initials_are_found() {
        let cut = |text: &'static str| date_code(text).map_or("", |end| &text[..end]);
        assert_eq!(cut("180119 VTThe federation sells arms"), "180119 VT");
        assert_eq!(cut("20240131 The federation sells arms"), "20240131 ");
        assert_eq!(cut("180119 VT The federation"), "180119 VT ");
        assert_eq!(cut("150000 People fled the town"), "");
        assert_eq!(cut("180119 people fled the town"), "");
        assert_eq!(cut("2024 Olympic games"), "");
    }
}
