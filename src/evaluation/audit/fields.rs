//! What is known of the rows besides text and label: outlet, language, topic, split, batch, date.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::findings::{AuditCode, Finding, Severity};
use super::params::AuditParams;
use crate::article::Article;
use crate::corpus::Corpus;
use crate::error::{CorpusErrorKind, Error, Place, Result, SplitError};
use crate::evaluation::temporal;
use crate::text::language::detect_language;

/// A batch key with more values than this is no batch.
const MOST_BATCHES: usize = 100;

/// One property of the rows, as numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// `outlet`, `language`, `topic`, `length`, `split`, `batch`.
    pub name: &'static str,
    /// The key in the rows, or how it was found.
    pub key: String,
    /// The values, the most frequent first (ties in alphabetical order).
    pub values: Vec<String>,
    /// The value of each row.
    pub of: Vec<Option<u32>>,
}

/// A property of the rows: what the audit looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditField {
    /// `outlet`, `language`, `topic`, `split` or `batch`.
    pub name: &'static str,
    /// The key in the rows, or how it was found.
    pub key: String,
    /// Distinct values.
    pub values: usize,
    /// Rows without a value.
    pub missing: usize,
}

/// How many rows have a date that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct DateCount {
    /// Rows with `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub usable: usize,
    /// Rows without a date.
    pub missing: usize,
    /// Rows with a date in another form.
    pub unreadable: usize,
    /// The first of those.
    pub example: Option<String>,
}

/// All properties of a corpus.
pub(super) struct Fields {
    pub outlet: Option<Field>,
    pub language: Option<Field>,
    pub topic: Option<Field>,
    pub splits: Vec<Field>,
    pub batches: Vec<Field>,
    pub dates: DateCount,
    pub notes: Vec<Finding>,
}

impl Field {
    pub(super) fn new<S: AsRef<str>>(name: &'static str, key: &str, rows: &[Option<S>]) -> Field {
        let mut number: FxHashMap<&str, u32> = FxHashMap::default();
        let mut values: Vec<(&str, usize)> = Vec::new();
        let value = |row: &'_ Option<S>| row.as_ref().map(|v| v.as_ref().trim().len()).filter(|n| *n > 0).is_some();
        let first: Vec<Option<u32>> = rows
            .iter()
            .map(|row| {
                let text = row.as_ref().filter(|_| value(row))?.as_ref().trim();
                let at = *number.entry(text).or_insert_with(|| {
                    values.push((text, 0));
                    values.len() as u32 - 1
                });
                values[at as usize].1 += 1;
                Some(at)
            })
            .collect();
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        order.sort_by_key(|&at| (std::cmp::Reverse(values[at as usize].1), values[at as usize].0));
        let mut place = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&old, new)| place[old as usize] = new);
        Field {
            name,
            key: key.to_string(),
            values: order.iter().map(|&at| values[at as usize].0.to_string()).collect(),
            of: first.into_iter().map(|at| at.map(|at| place[at as usize])).collect(),
        }
    }

    fn of_key(name: &'static str, key: &str, corpus: &Corpus) -> Field {
        let rows: Vec<Option<&str>> = corpus.examples().iter().map(|e| e.article.field(key)).collect();
        Field::new(name, key, &rows)
    }

    /// The same for some rows; the numbers of the values stay.
    pub(super) fn select(&self, rows: &[usize]) -> Field {
        Field { of: rows.iter().map(|&row| self.of[row]).collect(), ..self.clone() }
    }

    pub(super) fn missing(&self) -> usize {
        self.of.iter().filter(|v| v.is_none()).count()
    }

    /// Rows of each value.
    pub(super) fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.values.len()];
        self.of.iter().flatten().for_each(|&v| counts[v as usize] += 1);
        counts
    }

    /// One number a row; rows without a value are each alone.
    pub(super) fn groups(&self) -> Vec<u32> {
        let n = self.values.len() as u32;
        (0..).zip(&self.of).map(|(row, value)| value.unwrap_or(n + row)).collect()
    }

    pub(super) fn summary(&self) -> AuditField {
        AuditField { name: self.name, key: self.key.clone(), values: self.values.len(), missing: self.missing() }
    }

    /// Rows by length of text, in bins of equally many.
    pub(super) fn lengths(corpus: &Corpus) -> Field {
        const BINS: usize = 20;
        let lengths: Vec<usize> = corpus.examples().par_iter().map(|e| e.article.text().chars().count()).collect();
        let mut sorted = lengths.clone();
        sorted.sort_unstable();
        let cuts: Vec<usize> = (1..BINS).map(|bin| sorted[sorted.len() * bin / BINS]).collect();
        let bin = |length: &usize| Some(format!("{:02}", cuts.partition_point(|cut| cut <= length)));
        Field::new("length", "characters", &lengths.iter().map(bin).collect::<Vec<_>>())
    }

    /// One value for all rows.
    pub(super) fn constant(n: usize) -> Field {
        Field { name: "majority", key: String::new(), values: vec!["all".to_string()], of: vec![Some(0); n] }
    }
}

impl Fields {
    pub(super) fn of(corpus: &Corpus, params: &AuditParams) -> Result<Fields> {
        let mut notes = Vec::new();
        let outlet = outlet(corpus, params, &mut notes)?;
        let language = language(corpus, params.language.as_deref())?.filter(|f| f.values.len() > 1);
        let topic = match &params.topic {
            Some(key) => Some(asked("topic", key, corpus, "--topic")?),
            None => Some(Field::of_key("topic", "topic", corpus)),
        };
        let topic = topic.filter(|f| f.values.len() > 1);
        let (years, dates) = years(corpus);
        let keys = keys(corpus);
        let is_split = |key: &str| key == "split" || key.starts_with("splits.") || key.starts_with("split.");
        let of_keys = |name, keep: &dyn Fn(&str) -> bool| -> Vec<Field> {
            let fields = keys.iter().filter(|key| keep(key)).map(|key| Field::of_key(name, key, corpus));
            fields.filter(|f| (2..=MOST_BATCHES).contains(&f.values.len())).collect()
        };
        let splits = of_keys("split", &|key| is_split(key));
        let batches = match params.batch.as_deref() {
            Some("date") => vec![years],
            Some(key) => vec![asked("batch", key, corpus, "--batch")?],
            None => {
                let mut found = of_keys("batch", &|key| is_split(key) || matches!(key, "batch" | "wave" | "file"));
                found.extend((2..=MOST_BATCHES).contains(&years.values.len()).then_some(years));
                found
            }
        };
        if let (Some(key), Some(batch)) = (&params.batch, batches.first())
            && !(2..=MOST_BATCHES).contains(&batch.values.len())
        {
            let expected = "a key with 2 to 100 distinct values";
            return Err(Error::param("batch", format!("{key} ({} values)", batch.values.len()), expected));
        }
        Ok(Fields { outlet, language, topic, splits, batches, dates, notes })
    }

    /// Outlet, language and topic, those that exist.
    pub(super) fn confounders(&self) -> impl Iterator<Item = &Field> {
        [&self.outlet, &self.language, &self.topic].into_iter().flatten()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Field> {
        self.confounders().chain(&self.splits).chain(&self.batches)
    }
}

/// The keys that occur, ascending.
fn keys(corpus: &Corpus) -> Vec<String> {
    let mut keys: Vec<&str> = Vec::new();
    for example in corpus.examples() {
        for (key, _) in example.article.fields() {
            if let Err(at) = keys.binary_search(&key) {
                keys.insert(at, key);
            }
        }
    }
    keys.into_iter().map(str::to_string).collect()
}

/// A key that was asked for, which some row must have.
fn asked(name: &'static str, key: &str, corpus: &Corpus, needed_for: &'static str) -> Result<Field> {
    let field = Field::of_key(name, key, corpus);
    if field.values.is_empty() {
        let place = Place { path: "all rows".into(), line: None };
        let kind = CorpusErrorKind::MissingKey { key: key.to_string(), needed_for, found: keys(corpus) };
        return Err(Error::Corpus { place, kind });
    }
    Ok(field)
}

/// The outlets. What was asked for must be there; what was not is left out with a note.
fn outlet(corpus: &Corpus, params: &AuditParams, notes: &mut Vec<Finding>) -> Result<Option<Field>> {
    if let Some(key) = &params.pipeline.group_by {
        let field = asked("outlet", key, corpus, "--group-by")?;
        if let Some(row) = field.of.iter().position(Option::is_none) {
            return Err(Error::Split(SplitError::MissingGroup { row, key: key.clone() }));
        }
        let [value] = field.values.as_slice() else {
            let found = field.values.len();
            if found < params.folds {
                return Err(Error::Split(SplitError::TooFew { folds: params.folds, what: "groups", found }));
            }
            return Ok(Some(field));
        };
        return Err(Error::Split(SplitError::OneGroup { key: key.clone(), value: value.clone() }));
    }
    let found: Vec<Field> = ["domain", "source"].map(|key| Field::of_key("outlet", key, corpus)).into();
    let complete = found.iter().find(|f| !f.values.is_empty() && f.missing() == 0);
    let Some(field) = complete else {
        if let Some(field) = found.iter().find(|f| !f.values.is_empty()) {
            let row = field.of.iter().position(Option::is_none).unwrap_or(0);
            notes.push(Finding::new(
                AuditCode::NoOutlets,
                Severity::Note,
                field.missing() as f64,
                format!(
                    "{} of {} rows have no \"{}\" (the first is {}), so that outlets were not audited",
                    field.missing(),
                    corpus.len(),
                    field.key,
                    corpus.examples()[row].article.id()
                ),
                "fill the key in, drop those rows, or name another key with --group-by",
            ));
        }
        return Ok(None);
    };
    match field.values.len() {
        1 => {
            notes.push(Finding::new(
                AuditCode::NoOutlets,
                Severity::Note,
                1.0,
                format!("all rows are of one outlet (\"{}\": {})", field.key, field.values[0]),
                "add rows of other outlets: nothing here says how a model would do on them",
            ));
            Ok(None)
        }
        found if found < params.folds => {
            notes.push(Finding::new(
                AuditCode::FewOutlets,
                Severity::Note,
                found as f64,
                format!(
                    "{found} outlets (\"{}\") for {} folds: outlet-disjoint folds are {found}",
                    field.key, params.folds
                ),
                "add outlets, or read the outlet-disjoint score as a hint only",
            ));
            Ok(Some(field.clone()))
        }
        _ => Ok(Some(field.clone())),
    }
}

/// The languages: those declared, and what was detected where none is.
fn language(corpus: &Corpus, key: Option<&str>) -> Result<Option<Field>> {
    if let Some(key) = key {
        return asked("language", key, corpus, "--language").map(Some);
    }
    let declared = |article: &Article| article.lang().map(str::trim).filter(|l| !l.is_empty()).map(str::to_string);
    let any = corpus.examples().iter().any(|e| declared(&e.article).is_some());
    let detect = |article: &Article| detect_language(article.text()).language.code().to_string();
    let rows: Vec<Option<String>> = corpus
        .examples()
        .par_iter()
        .map(|e| Some(declared(&e.article).unwrap_or_else(|| detect(&e.article))))
        .collect();
    Ok(Some(Field::new("language", if any { "lang" } else { "detected" }, &rows)))
}

/// The year of each row's date, and how many have one.
fn years(corpus: &Corpus) -> (Field, DateCount) {
    let mut dates = DateCount::default();
    let mut year = |article: &Article| {
        let date = article.field("date").map(str::trim).filter(|d| !d.is_empty());
        let year = date.and_then(temporal::year);
        match (date, year) {
            (None, _) => dates.missing += 1,
            (_, Some(_)) => dates.usable += 1,
            (Some(date), None) => {
                dates.unreadable += 1;
                dates.example.get_or_insert_with(|| date.to_string());
            }
        }
        year.map(|y| y.to_string())
    };
    let rows: Vec<Option<String>> = corpus.examples().iter().map(|e| year(&e.article)).collect();
    (Field::new("batch", "date (year)", &rows), dates)
}
