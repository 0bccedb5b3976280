//! Labelled articles as rows of JSONL or CSV, and as lines for people.

mod answer;
mod csv_rows;
mod jsonl;
mod text;

pub(super) use answer::{Answer, Wanted};
pub(super) use text::one_line;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;
use clap::ValueEnum;
use slantwise::{Abstention, Article, FieldValue, Gold, LabelledSpan, Language, Row, Task};

use super::models::Model;

/// How labelled articles are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Lines for people
    Table,
    /// One JSON object an article
    Jsonl,
    /// A table with a header, for spreadsheets
    Csv,
}

impl Format {
    /// The format that was asked for, else the one that the file's name tells, else lines for people.
    pub(super) fn choose(asked: Option<Format>, file: Option<&Path>) -> anyhow::Result<Format> {
        let extension = file.and_then(Path::extension).map(|e| e.to_string_lossy().to_ascii_lowercase());
        Ok(match (asked, extension.as_deref()) {
            (_, Some("gz" | "zst")) => {
                bail!("-o writes plain files; leave .gz or .zst away, or pipe into gzip or zstd")
            }
            (Some(format), _) => format,
            (None, Some("jsonl" | "ndjson" | "json")) => Format::Jsonl,
            (None, Some("csv")) => Format::Csv,
            (None, _) => Format::Table,
        })
    }
}

/// An article to be labelled: what remains of its row besides.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) gold: Option<Gold>,
    pub(super) spans: Vec<LabelledSpan>,
}

impl Item {
    pub(super) fn split(row: Row) -> (Article, Item) {
        (row.article, Item { gold: row.gold, spans: row.spans })
    }
}

/// Why an article has no text, where the reader says so.
pub(super) fn empty(article: &Article) -> Option<&str> {
    article.field("empty").filter(|_| article.text().is_empty())
}

/// Writes labelled articles in one format.
#[derive(Debug)]
pub(super) struct Rows {
    format: Format,
    models: Vec<Names>,
    keep: Vec<Kept>,
    evidence: bool,
    colour: bool,
}

/// A model's name and labels as they are written.
#[derive(Debug)]
struct Names {
    name: String,
    labels: Vec<String>,
    /// One class an article, or several labels.
    one_class: bool,
    /// `"name":` and `"label":` as JSON has them.
    name_key: Vec<u8>,
    label_keys: Vec<Vec<u8>>,
}

/// A key that is carried along, and whether a row had it.
#[derive(Debug)]
struct Kept {
    key: String,
    json_key: Vec<u8>,
    seen: AtomicBool,
}

/// The value of a key that is carried along.
enum Value<'a> {
    Text(&'a str),
    Json(String),
}

impl Rows {
    pub(super) fn new(
        format: Format,
        models: &[Model],
        keep: &[String],
        evidence: bool,
        colour: bool,
    ) -> anyhow::Result<Rows> {
        for key in keep {
            match key.as_str() {
                "id" | "lang" => bail!("--keep {key}: the {key} is always written; leave it out"),
                "text" | "models" => bail!("--keep {key}: the {key} can't be carried along; name other keys"),
                _ => {}
            }
        }
        let names = |model: &Model| {
            let labels = model.pipeline.labels().names();
            Names {
                name: model.name.clone(),
                labels: labels.to_vec(),
                one_class: model.pipeline.task() == Task::One,
                name_key: jsonl::key(&model.name),
                label_keys: labels.iter().map(|label| jsonl::key(label)).collect(),
            }
        };
        let kept = |key: &String| Kept { key: key.clone(), json_key: jsonl::key(key), seen: AtomicBool::new(false) };
        let keep = keep.iter().map(kept).collect();
        Ok(Rows { format, models: models.iter().map(names).collect(), keep, evidence, colour })
    }

    /// What stands before the first row.
    pub(super) fn header(&self) -> Vec<u8> {
        match self.format {
            Format::Csv => csv_rows::header(self),
            Format::Jsonl | Format::Table => Vec::new(),
        }
    }

    /// Appends an article with the answers of all models.
    pub(super) fn write(&self, out: &mut Vec<u8>, article: &Article, item: &Item, answers: &[&Answer]) {
        match self.format {
            Format::Jsonl => jsonl::write(self, out, article, item, answers),
            Format::Csv => csv_rows::write(self, out, article, item, answers),
            Format::Table => text::write(self, out, article, item, answers),
        }
    }

    /// Why an article has no text, unless that is carried along anyway.
    fn empty<'a>(&self, article: &'a Article) -> Option<&'a str> {
        empty(article).filter(|_| self.keep.iter().all(|kept| kept.key != "empty"))
    }

    /// The keys to be carried along that no row had.
    pub(super) fn never_seen(&self) -> Vec<&str> {
        self.keep.iter().filter(|k| !k.seen.load(Ordering::Relaxed)).map(|k| k.key.as_str()).collect()
    }

    /// The values of the keys that are carried along.
    fn kept<'a>(&'a self, article: &'a Article, item: &'a Item) -> impl Iterator<Item = (&'a Kept, Option<Value<'a>>)> {
        self.keep.iter().map(move |kept| {
            let value = value_of(&kept.key, article, item);
            if value.is_some() && !kept.seen.load(Ordering::Relaxed) {
                kept.seen.store(true, Ordering::Relaxed);
            }
            (kept, value)
        })
    }
}

/// The language as the row declares it, else as it is detected; nothing where it is not sure.
pub(super) fn lang(article: &Article) -> Option<&str> {
    article.lang().or_else(|| match article.language() {
        Language::Unknown => None,
        language => Some(language.code()),
    })
}

/// Why a model abstains, in words.
fn reason(names: &Names, abstention: &Abstention) -> String {
    abstention.reason(|class| names.labels.get(class as usize).map_or("", String::as_str))
}

fn value_of<'a>(key: &str, article: &'a Article, item: &'a Item) -> Option<Value<'a>> {
    if let Some((_, value)) = article.fields().find(|(k, _)| *k == key) {
        return Some(match value {
            FieldValue::Text(text) => Value::Text(text),
            FieldValue::Scalar(json) | FieldValue::Nested(json) => Value::Json(json.clone()),
        });
    }
    // The reader has taken these out of the fields.
    match (key, &item.gold) {
        ("title", _) => article.title().map(Value::Text),
        ("label", Some(Gold::One(label))) => Some(Value::Text(label)),
        ("labels", Some(Gold::Several(labels))) => serde_json::to_string(labels).ok().map(Value::Json),
        ("spans", _) if !item.spans.is_empty() => {
            let span = |s: &LabelledSpan| serde_json::json!({"start": s.start, "end": s.end, "label": s.label});
            Some(Value::Json(serde_json::Value::from_iter(item.spans.iter().map(span)).to_string()))
        }
        _ => None,
    }
}
