//! Furniture inside prose: addresses, credits in brackets.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::outlets::Outlets;
use super::phrases::{Phrases, Scratch};
use super::rule::Rule;
use super::rulefile::{Found, Place};

/// What web addresses are recognised by; mail addresses by their `@`.
const MARKS: [&str; 12] = [
    "://",
    "www.",
    "WWW.",
    "pic.twitter.com/",
    "t.me/",
    "bit.ly/",
    "youtu.be/",
    "goo.gl/",
    "tinyurl.com/",
    "[email protected]",
    "[email\u{a0}protected]",
    "fb.me/",
];

fn automaton() -> Option<&'static AhoCorasick> {
    static AUTOMATON: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(MARKS).ok());
    AUTOMATON.as_ref()
}

/// Where a text holds what addresses are recognised by, in order: a look at all of it takes less time than
/// a search in each line.
pub(super) fn marks_of_addresses(text: &str) -> Vec<usize> {
    let mails = memchr::memchr_iter(b'@', text.as_bytes());
    let mut all: Vec<usize> =
        automaton().into_iter().flat_map(|a| a.find_iter(text)).map(|hit| hit.start()).chain(mails).collect();
    all.sort_unstable();
    all
}

/// Calls `found` with every web and mail address in `text`.
pub(super) fn addresses(text: &str, mut found: impl FnMut(usize, usize)) {
    let mut done = 0;
    if let Some(automaton) = automaton() {
        for hit in automaton.find_iter(text) {
            if hit.start() < done {
                continue;
            }
            let start = match hit.pattern().as_usize() {
                0 => match scheme(&text[done..hit.start()]) {
                    Some(len) => hit.start() - len,
                    None => continue,
                },
                _ => hit.start(),
            };
            let at_word = !text[..start].ends_with(|c: char| c.is_alphanumeric() || c == '.');
            let end = if text.as_bytes()[hit.start()] == b'[' { hit.end() } else { address_end(text, hit.end()) };
            if at_word && end > hit.end() || text.as_bytes()[hit.start()] == b'[' {
                found(start, end);
                done = end;
            }
        }
    }
    done = 0;
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        if at < done {
            continue;
        }
        let local = text.as_bytes()[done..at].iter().rev().take(64).take_while(|b| is_local(**b)).count();
        let host = text.as_bytes()[at + 1..].iter().take(128).take_while(|b| is_host(**b)).count();
        let domain = text[at + 1..at + 1 + host].trim_end_matches(['.', '-']);
        if local > 0 && domain.contains('.') && !domain.starts_with('.') {
            found(at - local, at + 1 + domain.len());
            done = at + 1 + domain.len();
        }
    }
}

/// The length of the scheme (`https`) that `before` ends with.
fn scheme(before: &str) -> Option<usize> {
    ["https", "http", "ftp", "HTTPS", "HTTP", "Https", "Http", "tg"]
        .into_iter()
        .find(|s| before.ends_with(s))
        .map(str::len)
}

/// Where a web address ends: at white space, a quotation mark or bracket, before the punctuation
/// of the sentence.
fn address_end(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let stop = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '”' | '“' | '«' | '»' | '’' | '|')
    };
    let mut address = &rest[..rest.find(stop).unwrap_or(rest.len())];
    loop {
        let shorter = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '…', '،', '؛', '*']);
        let unbalanced =
            shorter.ends_with(')') && !shorter.contains('(') || shorter.ends_with(']') && !shorter.contains('[');
        let shorter = if unbalanced { &shorter[..shorter.len() - 1] } else { shorter };
        if shorter.len() == address.len() {
            return from + address.len();
        }
        address = shorter;
    }
}

fn is_local(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-')
}

fn is_host(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')
}

/// The longest text in brackets that can be a credit, in bytes.
const BRACKETS: usize = 140;

/// Calls `found` with every credit in brackets: `(Reuters)`, `(Photo by Jane Doe)`, `/TASS/`.
pub(super) fn credits(text: &str, scratch: &mut Scratch, mut found: impl FnMut(usize, usize, Rule)) {
    let mut done = 0;
    for at in memchr::memchr3_iter(b'(', b'[', b'/', text.as_bytes()) {
        if at < done {
            continue;
        }
        let close = match text.as_bytes()[at] {
            b'(' => b')',
            b'[' => b']',
            _ => b'/',
        };
        let rest = &text.as_bytes()[at + 1..text.len().min(at + 1 + BRACKETS)];
        let Some(len) = memchr::memchr(close, rest) else { continue };
        let Some(inner) = text.get(at + 1..at + 1 + len) else { continue };
        let end = at + len + 2;
        let slashes = close == b'/';
        if slashes && (text[..at].ends_with(|c: char| !c.is_whitespace() && c != '.') || inner.contains(['\n', '.'])) {
            continue;
        }
        let bare = inner.trim().trim_end_matches(['.', ',']);
        if Outlets::known().is_agency(bare) {
            // In the middle of a sentence the letters may be a party or a region.
            if is_apart(text, at, end) {
                found(at, end, Rule::Agency);
                done = end;
            }
        } else if let Some(credit) = (!slashes).then(|| credit(inner, scratch)).flatten() {
            found(at, end, credit);
            done = end;
        }
    }
}

/// Whether the brackets stand before, after or between sentences.
fn is_apart(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].trim_end();
    let after = text[end..].trim_start();
    before.is_empty()
        || before.ends_with(['.', '!', '?', '…', '؟', '"', '”', '»', '“'])
        || after.trim_start_matches('.').is_empty()
        || after.starts_with(['—', '–', '-', '\n'])
}

/// The rule of a credit or pointer in brackets.
fn credit(inner: &str, scratch: &mut Scratch) -> Option<Rule> {
    let accept = |found: Found| {
        let rule = match found.rule {
            Rule::Caption | Rule::Agency => found.place != Place::Head,
            Rule::Related | Rule::Subscribe | Rule::Source | Rule::Copyright => {
                found.n_words >= 2 || inner.contains(':')
            }
            _ => false,
        };
        rule && matches!(found.place, Place::Anywhere | Place::Heading)
    };
    let chars = inner.chars().count();
    Phrases::all().find(inner, chars, (BRACKETS, 0), scratch, accept).map(|f| f.rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses_in(text: &str) -> Vec<&str> {
        let mut all = Vec::new();
        addresses(text, |s, e| all.push(&text[s..e]));
        all
    }

    #[test]
    fn addresses_end_before_the_punctuation_of_the_sentence() {
        let text =
            "See https://example.org/a_(b)?x=1, (www.example.com) and pic.twitter.com/AbC. Mail a.b@example.co.uk.";
        assert_eq!(
            addresses_in(text),
            ["https://example.org/a_(b)?x=1", "www.example.com", "pic.twitter.com/AbC", "a.b@example.co.uk"]
        );
    }

    #[test]
    fn handles_times_and_ratios_are_no_addresses() {
        assert!(addresses_in("At 10:30 @someone said 2://3 or a@b and @ the end, and/or").is_empty());
    }

    #[test]
    fn credits_in_brackets_are_told_from_remarks() {
        let found = |text: &'static str| {
            let mut all = Vec::new();
            credits(text, &mut Scratch::default(), |s, e, rule| all.push((&text[s..e], rule)));
            all
        };
        assert_eq!(found("He left. (Reuters)"), [("(Reuters)", Rule::Agency)]);
        assert_eq!(found("A street. (Photo by Jane Doe/Example)"), [("(Photo by Jane Doe/Example)", Rule::Caption)]);
        assert_eq!(found("заявил министр. /ТАСС/"), [("/ТАСС/", Rule::Agency)]);
        assert!(found("The party (PTI) said on Friday that it would go on.").is_empty());
        assert!(found("The party (which lost) and/or the union (of 1995) said (time will tell).").is_empty());
    }
}
