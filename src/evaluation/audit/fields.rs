//! What is known of the rows besides text and label: outlet, language, topic, split, batch, date.

use rayon::prelude::*;
use serde::Serialize;

use super::field::Field;
use super::findings::{AuditCode, Finding, Severity};
use super::params::AuditParams;
use crate::article::Article;
use crate::corpus::Corpus;
use crate::error::{CorpusErrorKind, Error, Place, Result, SplitError};
use crate::evaluation::temporal;
use crate::text::language::detect_language;

/// A batch key with more values than this is no batch.
const MOST_BATCHES: usize = 100;

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
