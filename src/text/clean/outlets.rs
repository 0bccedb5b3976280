//! Known outlets and agencies: their domains and the names they go by.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fold::fold;
use super::needles::is_word;

const FILE: &str = include_str!("rules/outlets.txt");

/// One outlet or agency.
#[derive(Debug)]
pub(super) struct Outlet {
    agency: bool,
    domains: Vec<&'static str>,
    names: Vec<&'static str>,
    /// Its names and domains, to be searched in its own articles.
    known_as: Names,
}

/// All known outlets.
#[derive(Debug)]
pub(super) struct Outlets {
    outlets: Vec<Outlet>,
    by_domain: FxHashMap<&'static str, usize>,
    /// Folded names: what a row may give as its source.
    by_name: FxHashMap<String, usize>,
    /// Names as written, and in capitals: what a line or a pair of brackets may hold.
    by_exact: FxHashMap<String, usize>,
    /// The first bytes of the names of agencies.
    agencies: FxHashSet<[u8; 2]>,
    /// All names and domains, as written.
    all: Option<AhoCorasick>,
}

impl Outlets {
    pub(super) fn known() -> &'static Outlets {
        static KNOWN: LazyLock<Outlets> = LazyLock::new(|| Outlets::read(FILE));
        &KNOWN
    }

    fn read(file: &'static str) -> Outlets {
        let mut outlets = Vec::new();
        for line in file.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let (agency, line) = line.strip_prefix("* ").map_or((false, line), |line| (true, line));
            if let Some((domains, names)) = line.split_once(" = ") {
                let domains: Vec<&str> = domains.split(',').map(str::trim).collect();
                let names: Vec<&str> = names.split('|').map(str::trim).collect();
                let all = names.iter().chain(&domains).copied();
                let known_as = Names::new(all.clone().chain(all.filter_map(without_article)));
                outlets.push(Outlet { agency, domains, names, known_as });
            }
        }
        let (mut by_domain, mut by_name, mut by_exact) =
            (FxHashMap::default(), FxHashMap::default(), FxHashMap::default());
        for (i, outlet) in outlets.iter().enumerate() {
            for domain in &outlet.domains {
                by_domain.entry(*domain).or_insert(i);
            }
            for name in outlet.names.iter().chain(&outlet.domains) {
                by_name.entry(fold(name)).or_insert(i);
                by_exact.entry(name.to_string()).or_insert(i);
                by_exact.entry(name.to_uppercase()).or_insert(i);
            }
        }
        let names = outlets.iter().flat_map(|o| o.names.iter().chain(&o.domains));
        let all = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(names).ok();
        let exact_agencies = by_exact.iter().filter(|&(_, &i)| outlets[i].agency);
        let agencies = exact_agencies.filter_map(|(name, _)| name.as_bytes().first_chunk().copied()).collect();
        Outlets { outlets, by_domain, by_name, by_exact, agencies, all }
    }

    /// Whether a text is the name or domain of an outlet, as written or in capitals.
    pub(super) fn is_name(&self, text: &str) -> bool {
        self.by_exact.contains_key(text)
    }

    /// Whether a text is the name of an agency.
    pub(super) fn is_agency(&self, text: &str) -> bool {
        self.by_exact.get(text).is_some_and(|&i| self.outlets[i].agency)
    }

    /// Whether a text may begin with the name of an agency.
    pub(super) fn begins_agency(&self, text: &str) -> bool {
        text.as_bytes().first_chunk().is_some_and(|first| self.agencies.contains(first))
    }

    /// What is known of the outlet with this domain or name.
    pub(super) fn own(&'static self, domain: Option<&str>, source: Option<&str>) -> Own {
        let domain = domain.map(host).filter(|d| d.contains('.'));
        let source = source.map(str::trim).filter(|s| !s.is_empty());
        let host_of_source = source.map(host).filter(|s| s.contains('.') && !s.contains(' '));
        let domain = domain.or(host_of_source);
        let known = domain
            .as_deref()
            .and_then(|d| self.of_domain(d))
            .or_else(|| source.and_then(|s| self.by_name.get(&fold(s)).copied()));
        // A name that is one short or lower-case word would hide common words.
        let name = source.filter(|s| known.is_none() && is_telling(s));
        let label = match (known, &domain) {
            (None, Some(domain)) => label(domain).filter(|l| l.len() >= 5).map(str::to_string),
            _ => None,
        };
        let shorter = name.and_then(without_article);
        let given = Names::new(name.into_iter().chain(shorter).chain(domain.as_deref()));
        let mut alone: Vec<String> =
            source.filter(|s| s.chars().count() >= 3).map(str::to_lowercase).into_iter().collect();
        alone.extend(source.and_then(without_first_word).map(str::to_lowercase));
        Own { known: known.map(|i| &self.outlets[i].known_as), given, alone, label }
    }

    /// The outlet of a host: its own entry or that of a parent domain.
    fn of_domain(&self, host: &str) -> Option<usize> {
        let mut rest = host;
        loop {
            if let Some(&i) = self.by_domain.get(rest) {
                return Some(i);
            }
            rest = rest.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.contains('.'))?;
        }
    }

    /// Calls `found` with every place where a known name or domain stands, between word boundaries.
    pub(super) fn find_all(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        if let Some(all) = &self.all {
            for hit in all.find_iter(text) {
                if at_boundaries(text, hit.start(), hit.end()) {
                    found(hit.start(), hit.end());
                }
            }
        }
    }
}

/// Names to be searched in texts.
#[derive(Debug, Default)]
struct Names {
    all: Vec<String>,
    /// Those that are written in one way.
    plain: Vec<memmem::Finder<'static>>,
    /// Names of several words, whose endings may change.
    inflected: Vec<Inflected>,
}

impl Names {
    fn new<'a>(names: impl Iterator<Item = &'a str>) -> Names {
        let mut all: Vec<String> = names.map(str::to_string).collect();
        all.sort_unstable();
        all.dedup();
        let (mut plain, mut inflected) = (Vec::new(), Vec::new());
        for name in &all {
            match Inflected::new(name) {
                Some(name) => inflected.push(name),
                None => plain.push(memmem::Finder::new(name).into_owned()),
            }
        }
        Names { all, plain, inflected }
    }

    fn find(&self, text: &str, found: &mut impl FnMut(usize, usize)) {
        for name in &self.plain {
            for start in name.find_iter(text.as_bytes()) {
                let end = start + name.needle().len();
                if at_boundaries(text, start, end) {
                    found(start, end);
                }
            }
        }
        for name in &self.inflected {
            name.find(text, found);
        }
    }
}

/// The outlet of the article at hand.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// How it is known, and what the article says.
    known: Option<&'static Names>,
    given: Names,
    /// The name that the article gives, in lower case: as a line or at its end it may be any word.
    alone: Vec<String>,
    /// The first label of an unknown domain: its letters may stand apart in the text.
    label: Option<String>,
}

impl Own {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.known.iter().flat_map(|known| &known.all).chain(&self.given.all).map(String::as_str)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names().next().is_none()
    }

    /// Whether a text is a name of this outlet, or, as a line of its own, may be short for one.
    pub(super) fn is_named(&self, text: &str) -> bool {
        self.is_whole_name(text) || self.alone.iter().any(|a| text.len() <= 2 * a.len() && text.to_lowercase() == *a)
    }

    /// Whether a text is a name of this outlet.
    pub(super) fn is_whole_name(&self, text: &str) -> bool {
        self.names().any(|n| n.len() == text.len() && (n == text || n.to_uppercase() == text))
            || self.label.as_ref().is_some_and(|l| spelled(text.as_bytes(), l.as_bytes()) == Some(text.len()))
    }

    /// Whether a text may begin with a name of this outlet: as written or in capitals.
    pub(super) fn begins_name(&self, text: &str) -> bool {
        let Some(first) = text.bytes().next() else { return false };
        let alike = |name: &str| name.bytes().next().is_some_and(|b| !b.is_ascii() || b.eq_ignore_ascii_case(&first));
        self.names().any(alike) || self.label.as_deref().is_some_and(alike)
    }

    /// Whether a line begins with a name of this outlet, and a dash, bar, full stop or colon after it.
    pub(super) fn begins(&self, line: &str) -> bool {
        let end = line.find(['—', '–', '|', '.', ':', '·', '-', ',']).unwrap_or(line.len());
        end < line.len() && self.is_named(line[..end].trim())
    }

    /// Calls `found` with every place where the outlet is named; places may overlap.
    pub(super) fn find(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        for names in self.known.into_iter().chain([&self.given]) {
            names.find(text, &mut found);
        }
        let Some(label) = &self.label else { return };
        let first = label.as_bytes()[0];
        for start in memchr::memchr2_iter(first, first.to_ascii_uppercase(), text.as_bytes()) {
            let within = start > 0 && text.as_bytes()[start - 1].is_ascii_alphanumeric();
            if !within
                && let Some(end) = spelled(&text.as_bytes()[start..], label.as_bytes()).map(|len| start + len)
                && at_boundaries(text, start, end)
            {
                found(start, end);
            }
        }
    }
}

/// A name of several words whose endings change with its case: «Приозёрский вестник», «Приозёрскому вестнику».
#[derive(Debug)]
struct Inflected {
    /// What stays of each word.
    stems: Vec<String>,
}

/// The longest ending of a case, in letters.
const ENDING: usize = 3;

impl Inflected {
    /// `None` for names of one word, which may be any word, and for short ones.
    fn new(name: &str) -> Option<Inflected> {
        let words: Vec<&str> = name.split([' ', '-']).collect();
        let long = name.chars().filter(|c| c.is_alphabetic()).count() >= 8;
        let plain =
            name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-')) && name.contains(char::is_uppercase);
        (words.len() >= 2 && long && plain).then(|| Inflected { stems: words.into_iter().map(stem).collect() })
    }

    fn find(&self, text: &str, found: &mut impl FnMut(usize, usize)) {
        for start in memmem::find_iter(text.as_bytes(), &self.stems[0]) {
            if let Some(end) = self.end(text, start)
                && at_boundaries(text, start, end)
            {
                found(start, end);
            }
        }
    }

    /// Where the name ends that begins at `start`.
    fn end(&self, text: &str, start: usize) -> Option<usize> {
        let mut at = start;
        for (i, stem) in self.stems.iter().enumerate() {
            if i > 0 {
                at += text.get(at..)?.starts_with([' ', '-']).then_some(1)?;
            }
            at += text.get(at..)?.starts_with(stem.as_str()).then_some(stem.len())?;
            let ending = text[at..].chars().take_while(|c| c.is_lowercase());
            let (letters, bytes) = ending.take(ENDING + 1).fold((0, 0), |(n, len), c| (n + 1, len + c.len_utf8()));
            if letters > ENDING {
                return None;
            }
            at += bytes;
        }
        Some(at)
    }
}

/// A word without the vowels of its ending, two at most; short words stay whole.
fn stem(word: &str) -> String {
    let n = word.chars().count();
    let ending = |c: &char| {
        matches!(
            c,
            'а' | 'е'
                | 'и'
                | 'о'
                | 'у'
                | 'ы'
                | 'ь'
                | 'й'
                | 'я'
                | 'ю'
                | 'і'
                | 'ї'
                | 'є'
                | 'a'
                | 'e'
                | 'i'
                | 'o'
                | 'y'
                | 'u'
        )
    };
    let cut = word.chars().rev().take(2.min(n.saturating_sub(3))).take_while(ending).count();
    word.chars().take(n - cut).collect()
}

/// How many bytes at the beginning of `text` spell the letters of a domain label: "Kyiv Post" for
/// `kyivpost`. What stands apart must be capitalised.
fn spelled(text: &[u8], label: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut new_word = true;
    let mut apart = false;
    for &letter in label.iter().filter(|b| **b != b'-') {
        if !new_word && matches!(text.get(at), Some(b' ' | b'-' | b'\'')) {
            at += 1;
            (new_word, apart) = (true, true);
        }
        let found = *text.get(at)?;
        if !found.eq_ignore_ascii_case(&letter) || (new_word && apart && found.is_ascii_lowercase()) {
            return None;
        }
        new_word = false;
        at += 1;
    }
    (!apart || text[0].is_ascii_uppercase()).then_some(at)
}

/// The host of a domain or URL, in lower case, without `www.`.
fn host(domain: &str) -> String {
    let domain = domain.trim();
    let domain = domain.split_once("://").map_or(domain, |(_, rest)| rest);
    let domain = domain.split(['/', '?', '#', ':']).next().unwrap_or(domain).to_lowercase();
    domain.strip_prefix("www.").map_or(domain.clone(), str::to_string)
}

/// The label before the public suffix: `defence-ua` of `defence-ua.com`, `bbc` of `bbc.co.uk`.
fn label(domain: &str) -> Option<&str> {
    let mut labels: Vec<&str> = domain.split('.').collect();
    labels.pop();
    if labels.len() > 1 && labels.last().is_some_and(|l| matches!(*l, "co" | "com" | "org" | "net" | "gov" | "ac")) {
        labels.pop();
    }
    labels.pop().filter(|l| l.is_ascii() && !l.is_empty())
}

/// A name of several words without the article it begins with.
fn without_article(name: &str) -> Option<&str> {
    let (article, rest) = name.split_once([' ', '\'', '’'])?;
    let articles =
        ["the", "la", "le", "les", "l", "el", "los", "las", "il", "lo", "i", "gli", "der", "die", "das", "o", "a"];
    (articles.contains(&article.to_lowercase().as_str()) && rest.contains(' ') && is_telling(rest)).then_some(rest)
}

/// A name without its first word ("Agency", "Gazette"), where what follows is a name too.
fn without_first_word(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once(' ')?;
    let long = rest.chars().filter(|c| c.is_alphabetic()).count() >= 5;
    (long && !rest.starts_with(char::is_lowercase)).then_some(rest)
}

/// Whether a name can't be mistaken for common words: several words, or capitals and digits inside.
fn is_telling(name: &str) -> bool {
    let inner = |w: &str| w.chars().skip(1).any(|c| c.is_uppercase() || c.is_numeric());
    let caseless = name.contains(' ') && !name.contains(char::is_lowercase);
    (caseless || name.contains(char::is_uppercase)) && name.chars().count() >= 3 && (name.contains(' ') || inner(name))
}

/// Whether neither neighbour of `start..end` continues a word.
pub(super) fn at_boundaries(text: &str, start: usize, end: usize) -> bool {
    begins_word(text, start) && ends_word(text, end)
}

/// Whether no word goes on across `at`, seen from its right.
pub(super) fn begins_word(text: &str, at: usize) -> bool {
    text.is_char_boundary(at) && !text[..at].chars().next_back().is_some_and(is_word)
}

/// Whether no word goes on across `at`, seen from its left.
pub(super) fn ends_word(text: &str, at: usize) -> bool {
    text.is_char_boundary(at) && !text[at..].chars().next().is_some_and(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(domain: Option<&str>, source: Option<&str>, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        Outlets::known().own(domain, source).find(text, |s, e| found.push(text[s..e].to_string()));
        found
    }

    #[test]
    fn every_line_of_the_file_is_an_outlet() {
        let lines = FILE.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')).count();
        assert_eq!(Outlets::known().outlets.len(), lines);
        assert!(lines > 200);
        assert!(Outlets::known().outlets.iter().all(|o| o.domains.iter().all(|d| d.contains('.') && *d == host(d))));
    }

    #[test]
    fn an_outlet_is_found_by_domain_subdomain_and_name() {
        assert_eq!(own(Some("https://www.edition.cnn.com/x"), None, "CNN said, not CNNs"), ["CNN"]);
        assert_eq!(own(None, Some("kyiv post"), "The Kyiv Post wrote"), ["Kyiv Post"]);
        assert!(own(None, Some("ukrainian_proukr"), "The ukrainian_proukr army").is_empty());
        assert!(own(None, None, "CNN").is_empty());
    }

    #[test]
    fn an_unknown_domain_is_found_in_words() {
        let text = "Daily Planet News, dailyplanetnews.example and DailyPlanetNews; daily planet news is common";
        let found = own(Some("dailyplanetnews.example"), None, text);
        assert!(found.contains(&"Daily Planet News".to_string()) && found.contains(&"DailyPlanetNews".to_string()));
        assert!(found.contains(&"dailyplanetnews.example".to_string()));
        assert!(!found.contains(&"daily planet news".to_string()));
    }

    #[test]
    fn names_of_several_words_are_found_in_every_case() {
        let text = "Газете «Лесной вестник» и «Лесному вестнику», но не лесному вестнику и не Лесному вестниковедению";
        assert_eq!(own(None, Some("Лесной вестник"), text), ["Лесной вестник", "Лесному вестнику"]);
        assert_eq!(own(None, Some("صوت الوادي"), "قال لصوت الوادي أو صوت الوادي"), ["صوت الوادي"]);
    }

    #[test]
    fn all_names_are_found_as_they_are_written() {
        let mut found = Vec::new();
        let text = "Reuters and the ТАСС agency; reuters, Time and TIME";
        Outlets::known().find_all(text, |s, e| found.push(&text[s..e]));
        assert_eq!(found, ["Reuters", "ТАСС", "TIME"]);
    }
}
