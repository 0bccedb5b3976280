//! Lines that are rows of short pieces: menus, breadcrumbs, buttons, dates with counters, tickers.

use super::chars::{is_letter, is_letter_or_number, is_number};

/// How the pieces of a row are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// Number of pieces.
    pub(super) n_pieces: usize,
    /// Divided by what stands between the steps of a breadcrumb.
    pub(super) crumbs: bool,
    /// Divided by dashes alone, as a headline may be.
    pub(super) dashes: bool,
}

/// Cuts a line at bars, bullets, arrows, spaced slashes and dashes, wide gaps and signs that are no
/// text; the pieces are trimmed and hold a letter or a digit.
pub(super) fn pieces<'a>(line: &'a str, pieces: &mut Vec<&'a str>) -> Row {
    pieces.clear();
    let mut row = Row { n_pieces: 0, crumbs: false, dashes: true };
    let (mut from, mut before) = (0, ' ');
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_letter(c) {
            before = c;
            continue;
        }
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let spaced = is_gap(before) && is_gap(next);
        let crumb = matches!(c, '›' | '→' | '▸' | '»' | '>' | '/' | '←') && spaced || matches!(c, '›' | '→' | '▸');
        let dash = matches!(c, '—' | '–' | '-') && spaced;
        let wide = is_gap(c) && (is_gap(next) || c == '\t');
        if crumb || dash || wide || is_divider(c) {
            let piece = trim(&line[from..at]);
            if !piece.is_empty() {
                pieces.push(piece);
                row.crumbs |= crumb;
                row.dashes &= dash || wide && is_dash(line[at..].trim_start());
            }
            from = at + c.len_utf8();
        }
        before = c;
    }
    let piece = trim(&line[from..]);
    if !piece.is_empty() {
        pieces.push(piece);
    }
    row.n_pieces = pieces.len();
    row
}

fn trim(piece: &str) -> &str {
    let piece = piece.trim();
    if piece.contains(is_letter_or_number) { piece } else { "" }
}

fn is_dash(rest: &str) -> bool {
    rest.starts_with(['—', '–', '-'])
}

fn is_gap(c: char) -> bool {
    c.is_whitespace()
}

/// Signs that divide and are no part of a word: bars, bullets, triangles, icons.
fn is_divider(c: char) -> bool {
    matches!(
        c,
        '|' | '·'
            | '•'
            | '¦'
            | '▪'
            | '●'
            | '■'
            | '◆'
            | '☰'
            | '≡'
            | '✕'
            | '×'
            | '⏱'
            | '☆'
            | '★'
            | '✉'
            | '☎'
    ) || ('\u{25A0}'..='\u{25FF}').contains(&c)
        || ('\u{2700}'..='\u{27BF}').contains(&c)
        || ('\u{1F300}'..='\u{1FAFF}').contains(&c)
}

/// Whether a piece could be the name of a section: few words, none of them the end of a sentence.
pub(super) fn is_entry(piece: &str) -> bool {
    piece.len() <= 80
        && piece.split_whitespace().take(5).count() <= 4
        && !piece.ends_with(['.', '!', '?', ',', ';', ':'])
}

/// Rates and indices: three or more numbers with percentages, currencies or arrows, and few words between.
pub(super) fn is_ticker(line: &str) -> bool {
    if !line.contains(is_number) {
        return false;
    }
    let (mut words, mut numbers, mut marks) = (0, 0, 0);
    for word in line.split_whitespace() {
        let digits = word.contains(is_number);
        let mark = word.contains(['%', '٪', '$', '€', '£', '₽', '₴', '▲', '▼', '↑', '↓']);
        let decimal = digits && word.trim_matches(|c| !is_number(c)).contains(['.', ',']);
        numbers += usize::from(digits);
        marks += usize::from(mark || decimal);
        words += usize::from(!digits && word.contains(is_letter));
    }
    numbers >= 2 && marks >= 2 && words <= 2 * numbers + 1
}

/// A temperature, with a place and the state of the sky at most: `Kyiv +12°C, light rain`.
pub(super) fn is_weather(line: &str) -> bool {
    line.contains(['°', 'º', '℃']) && line.contains(is_number) && line.split_whitespace().take(19).count() <= 18
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str) -> Vec<&str> {
        let mut all = Vec::new();
        pieces(line, &mut all);
        all
    }

    #[test]
    fn rows_are_cut_at_their_dividers() {
        assert_eq!(cut("Home › World › Islands"), ["Home", "World", "Islands"]);
        assert_eq!(cut("☰ News   Sport\tArts | A-Z"), ["News", "Sport", "Arts", "A-Z"]);
        assert_eq!(cut("12 May, 09:41   👁 3 204   💬 18"), ["12 May, 09:41", "3 204", "18"]);
        assert_eq!(cut("and/or — so it is"), ["and/or", "so it is"]);
    }

    #[test]
    fn breadcrumbs_and_headlines_with_dashes_are_known() {
        let row = |line| pieces(line, &mut Vec::new());
        assert_eq!(row("Home » World"), Row { n_pieces: 2, crumbs: true, dashes: false });
        assert_eq!(row("The bridge — a tale"), Row { n_pieces: 2, crumbs: false, dashes: true });
        assert!(!row("a | b").dashes && !row("a | b").crumbs);
    }

    #[test]
    fn rates_and_weather_are_told_from_sentences() {
        assert!(is_ticker("XQX 4,212.6 -0.31%   EUR/USD 1.0817"));
        assert!(!is_ticker("Sales rose by 4.5% in 2021 and by 3.2% a year later, so much was said of them"));
        assert!(!is_ticker("Unemployment falls to 4.5%"));
        assert!(is_weather("Port Sarn 11°, showers") && !is_weather("Port Sarn, showers"));
    }
}
