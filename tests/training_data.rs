//! The training texts of our own: complete, balanced, and without what would give their labels away.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

fn rows(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("training-data/{name}.jsonl"));
    let content = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Value> = content.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let keys = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut ids = BTreeSet::new();
    for row in &rows {
        assert_eq!(keys(row), keys(&rows[0]), "{}", row["id"]);
        assert!(ids.insert(text(row, "id").to_string()), "{name}: {} stands twice", row["id"]);
        assert!(!text(row, "text").trim().is_empty(), "{}", row["id"]);
    }
    rows
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("{}: no {key}", row["id"]))
}

fn labels(row: &Value) -> Vec<&str> {
    row["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect()
}

fn n_words(row: &Value) -> usize {
    text(row, "text").split_whitespace().count()
}

/// How many rows, or events, have each value of a key.
fn events_by_language(rows: &[Value]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        found.entry(text(row, "lang")).or_default().insert(text(row, "event"));
    }
    found
}

/// No eight words in a row stand in the texts of two events.
fn assert_no_shared_shingles(rows: &[Value], event: &str) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for row in rows {
        let words: Vec<String> = text(row, "text")
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        for shingle in words.windows(8) {
            let first = *seen.entry(shingle.join(" ")).or_insert(text(row, event));
            assert_eq!(first, text(row, event), "{}: shares \"{}\"", row["id"], shingle.join(" "));
        }
    }
}

/// Each event is told once for each label, and the labels differ neither in length nor in language.
fn assert_contrastive(rows: &[Value], expected: [&str; 3]) {
    let mut tellings: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for row in rows {
        tellings.entry(text(row, "event")).or_default().push(row);
    }
    let mut ranks = BTreeMap::new();
    for (event, told) in &tellings {
        let mut of: Vec<&str> = told.iter().map(|row| text(row, "label")).collect();
        of.sort_unstable();
        assert_eq!(of, expected, "{event}");
        let languages: BTreeSet<&str> = told.iter().map(|row| text(row, "lang")).collect();
        assert_eq!(languages.len(), 1, "{event}");
        let most = told.iter().map(|row| n_words(row)).max().unwrap();
        let longest: Vec<&&Value> = told.iter().filter(|row| n_words(row) == most).collect();
        for row in &longest {
            *ranks.entry(text(row, "label")).or_insert(0.0) += 1.0 / longest.len() as f64;
        }
    }
    // Answering with the label of the longest text of an event would be right in a third of the events by chance.
    for (label, n) in ranks {
        assert!(n <= 0.5 * tellings.len() as f64, "{label} is the longest in {n} of {} events", tellings.len());
    }
    let mean = |label: &str| {
        let of: Vec<usize> = rows.iter().filter(|row| text(row, "label") == label).map(n_words).collect();
        of.iter().sum::<usize>() as f64 / of.len() as f64
    };
    let means = expected.map(mean);
    let (least, most) = (means.iter().copied().fold(f64::MAX, f64::min), means.iter().copied().fold(0.0, f64::max));
    assert!(most <= 1.05 * least, "{means:?} words on average");
}

#[test]
fn ukraine_stance_is_complete() {
    let rows = rows("ukraine-stance");
    assert_contrastive(&rows, ["neutral", "pro-kremlin", "pro-ukraine"]);
    assert_no_shared_shingles(&rows, "event");
    let events = events_by_language(&rows);
    for (language, least) in [("en", 70), ("ru", 40), ("uk", 30), ("ar", 30)] {
        assert!(events[language].len() >= least, "{language}: {} events", events[language].len());
    }
}

#[test]
fn us_stance_is_complete() {
    let rows = rows("us-stance");
    assert_contrastive(&rows, ["center", "left", "right"]);
    assert_no_shared_shingles(&rows, "event");
    assert!(events_by_language(&rows)["en"].len() >= 120);
}

#[test]
fn frames_are_complete() {
    let rows = rows("frames");
    assert_no_shared_shingles(&rows, "event");
    let mut support: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        let of = labels(row);
        assert!(of.is_sorted() && (1..=5).contains(&of.len()), "{}", row["id"]);
        of.into_iter().for_each(|label| *support.entry(label).or_insert(0) += 1);
        assert!((50..=220).contains(&n_words(row)), "{}: {} words", row["id"], n_words(row));
    }
    assert_eq!(support.len(), 14);
    assert!(support.values().all(|&n| n >= 120), "{support:?}");
    let of_language = |language: &str| rows.iter().filter(|row| text(row, "lang") == language).count();
    assert!(of_language("en") >= 360);
    for language in ["ru", "ar", "de", "fr", "it", "pl", "uk"] {
        assert!(of_language(language) >= 90, "{language}");
    }
}

#[test]
fn elsewhere_is_complete() {
    let rows = rows("elsewhere");
    assert_no_shared_shingles(&rows, "event");
    let mut genres = BTreeSet::new();
    for row in &rows {
        assert_eq!(text(row, "label"), "other", "{}", row["id"]);
        assert!((50..=200).contains(&n_words(row)), "{}: {} words", row["id"], n_words(row));
        genres.insert(text(row, "genre"));
    }
    // Scores keep genres apart, so that there have to be enough of them.
    assert!(genres.len() >= 10, "{genres:?}");
    let events = events_by_language(&rows);
    for (language, least) in [("en", 70), ("ru", 50), ("uk", 50), ("ar", 50)] {
        assert!(events[language].len() >= least, "{language}: {} texts", events[language].len());
    }
}

#[test]
fn techniques_have_their_spans_and_plain_twins() {
    let rows = rows("techniques");
    let mut support: BTreeMap<&str, usize> = BTreeMap::new();
    let plain: BTreeMap<&str, &str> =
        rows.iter().filter(|row| labels(row).is_empty()).map(|row| (text(row, "id"), text(row, "subject"))).collect();
    for row in &rows {
        let n_chars = text(row, "text").chars().count() as u64;
        let mut marked: Vec<&str> = Vec::new();
        for span in row["spans"].as_array().unwrap() {
            let (start, end) = (span["start"].as_u64().unwrap(), span["end"].as_u64().unwrap());
            assert!(start < end && end <= n_chars, "{}: {start}..{end} of {n_chars}", row["id"]);
            marked.push(span["label"].as_str().unwrap());
        }
        marked.sort_unstable();
        marked.dedup();
        assert_eq!(marked, labels(row), "{}", row["id"]);
        if !marked.is_empty() {
            let twin = format!("{}-p", text(row, "id"));
            assert_eq!(plain.get(twin.as_str()), Some(&text(row, "subject")), "{twin}");
        }
        marked.into_iter().for_each(|label| *support.entry(label).or_insert(0) += 1);
    }
    assert_eq!(support.len(), 23);
    assert!(support.values().all(|&n| n >= 25), "{support:?}");
    assert!(2 * plain.len() >= rows.len());
}
