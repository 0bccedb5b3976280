//! Cleaning, measured on hand-written pages: how much of the article is kept, and how little else.
//!
//! `tests/data/pages/LANG.txt` holds pages divided by lines `=== ID key=value ...`; furniture stands between ⟦ and ⟧. The
//! page is the text without these signs, and what stands outside them is to be kept. Counted are characters other than
//! white space: precision is the share of kept characters that were to be kept, recall the share of characters to be kept
//! that were.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fmt::Write as _;
use std::path::Path;

use slantwise::{CleanContext, CleanParams, Cleaner, Part, kept_ranges};

/// Pages from this number on were written when the rules were done, and no rule was changed for them since.
const FRESH: usize = 21;

struct Page {
    id: String,
    language: String,
    domain: Option<String>,
    source: Option<String>,
    text: String,
    /// For each byte of the text, whether it is to be kept.
    keep: Vec<bool>,
}

fn pages() -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pages");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "txt"));
    files.sort();
    let mut pages = Vec::new();
    for file in files {
        let language = file.file_stem().unwrap().to_str().unwrap().to_string();
        let content = std::fs::read_to_string(&file).unwrap();
        for page in content.split("=== ").skip(1) {
            let (header, body) = page.split_once('\n').unwrap();
            let mut words = header.split_whitespace();
            let id = words.next().unwrap().to_string();
            let keys: Vec<(&str, &str)> = words.map(|w| w.split_once('=').unwrap()).collect();
            let value = |key| keys.iter().find(|(k, _)| *k == key).map(|(_, v)| v.replace('_', " "));
            let (mut text, mut keep, mut inside) = (String::new(), Vec::new(), false);
            for c in body.chars() {
                if matches!(c, '⟦' | '⟧') {
                    assert!(inside != (c == '⟦'), "{id}: nested or unclosed sign after {:?}", &text);
                    inside = c == '⟦';
                } else {
                    text.push(c);
                    keep.resize(text.len(), !inside);
                }
            }
            assert!(!inside, "{id}: unclosed sign");
            pages.push(Page {
                domain: value("domain"),
                source: value("source"),
                language: language.clone(),
                id,
                text,
                keep,
            });
        }
    }
    pages
}

/// Characters, white space aside.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    to_keep: usize,
    kept: usize,
    both: usize,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.to_keep += other.to_keep;
        self.kept += other.kept;
        self.both += other.both;
    }

    fn precision(&self) -> f64 {
        self.both as f64 / self.kept as f64
    }

    fn recall(&self) -> f64 {
        self.both as f64 / self.to_keep as f64
    }
}

fn clean(cleaner: &Cleaner, page: &Page, wrong: &mut String) -> Counts {
    let context =
        CleanContext { domain: page.domain.as_deref(), source: page.source.as_deref(), language: Some(&page.language) };
    let masks = cleaner.mask(None, &page.text, &context);
    let mut kept = vec![false; page.text.len()];
    for range in kept_ranges(page.text.len(), Part::Text, &masks) {
        kept[range].fill(true);
    }
    let state = |i: usize| (page.keep[i], kept[i]);
    let mut from = 0;
    for to in 1..=page.text.len() {
        if to == page.text.len() || state(to) != state(from) {
            let piece = page.text[from..to].trim();
            if page.keep[from] != kept[from] && !piece.is_empty() {
                let rule = masks.iter().find(|m| (m.start..m.end).contains(&from)).map_or("", |m| m.rule.as_str());
                let what = if page.keep[from] { "lost" } else { "left" };
                let _ = writeln!(wrong, "{} {what}: {piece}    {rule}", page.id);
            }
            from = to;
        }
    }
    let mut counts = Counts::default();
    for (i, _) in page.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        counts.to_keep += usize::from(page.keep[i]);
        counts.kept += usize::from(kept[i]);
        counts.both += usize::from(page.keep[i] && kept[i]);
    }
    counts
}

#[test]
fn pages_are_read_without_their_furniture() {
    let cleaner = Cleaner::new(&CleanParams::default()).unwrap();
    let pages = pages();
    assert!(pages.len() >= 60);
    let mut of_language: Vec<(&str, Counts)> = Vec::new();
    let (mut total, mut first, mut fresh) = (Counts::default(), Counts::default(), Counts::default());
    let (mut table, mut wrong) = (String::new(), String::new());
    for page in &pages {
        let counts = clean(&cleaner, page, &mut wrong);
        let clean_page = page.keep.iter().all(|k| *k);
        if counts.precision() < 0.97 || counts.recall() < 0.97 || clean_page {
            let _ = writeln!(
                table,
                "{:6} {:.3} {:.3}{}",
                page.id,
                counts.precision(),
                counts.recall(),
                if clean_page { " clean" } else { "" }
            );
        }
        match of_language.last_mut() {
            Some((language, sum)) if *language == page.language => sum.add(counts),
            _ => of_language.push((&page.language, counts)),
        }
        total.add(counts);
        let number: usize = page.id.split_once('-').unwrap().1.parse().unwrap();
        if number < FRESH { first.add(counts) } else { fresh.add(counts) }
    }
    let sums = of_language.iter().copied().chain([("first", first), ("fresh", fresh), ("total", total)]);
    let _ = writeln!(table, "pages  precision recall of kept characters");
    for (name, counts) in sums {
        let _ = writeln!(table, "{name:6} {:.3} {:.3}", counts.precision(), counts.recall());
    }
    println!("{table}");
    if std::env::var_os("SLANTWISE_PAGES").is_some() {
        println!("{wrong}");
    }
    for counts in [first, total] {
        assert!(counts.precision() >= 0.97 && counts.recall() >= 0.97, "{table}");
    }
}
