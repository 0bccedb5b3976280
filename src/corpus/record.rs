//! From the keys of a row to an article, its gold and its spans: one road for every format.

use serde::Deserialize;

use super::source::Source;
use crate::article::{Article, Example, FieldValue, Gold, LabelledSpan, Row};
use crate::error::CorpusErrorKind;

type Kind = CorpusErrorKind;

/// A row as its format gives it: the keys that every article has, and all others in their order.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) text: String,
    pub(super) fields: Vec<(String, FieldValue)>,
    /// The gold, where the format itself says what it is; otherwise it is looked for in the fields.
    pub(super) gold: Option<Gold>,
    /// Why there is no text, where that is no error.
    pub(super) empty: Option<&'static str>,
}

impl Record {
    /// The record of an article that was read as a whole.
    #[cfg(feature = "html")]
    pub(super) fn of(article: Article, empty: Option<&'static str>) -> Record {
        let id = Some(article.id);
        Record { id, title: article.title, text: article.text, fields: article.fields, gold: None, empty }
    }

    /// The record as an example: it must have gold, and gold and spans must be readable.
    pub(super) fn into_example(mut self, source: &Source, line: Option<u64>) -> std::result::Result<Example, Kind> {
        if let Some(reason) = self.empty {
            return Err(Kind::EmptyPage { reason });
        }
        self.check()?;
        let spans = take_spans(&mut self.fields, &self.text)?;
        let gold = match self.gold.take() {
            Some(gold) => Some(gold),
            None => take_gold(&mut self.fields, source.options.label.as_deref())?,
        };
        match gold {
            Some(gold) => Ok(Example { article: self.into_article(source, line), gold, spans }),
            None => {
                let found = self.fields.into_iter().map(|(key, _)| key).collect();
                Err(Kind::MissingLabel { key: source.options.label_key().to_string(), found })
            }
        }
    }

    /// The record as a row to be labelled: what can't serve as gold or spans stays a field.
    pub(super) fn into_row(mut self, source: &Source, line: Option<u64>) -> std::result::Result<Row, Kind> {
        self.check()?;
        let spans = take_spans(&mut self.fields, &self.text).unwrap_or_default();
        let gold = self.gold.take();
        let gold = gold.or_else(|| take_gold(&mut self.fields, source.options.label.as_deref()).unwrap_or_default());
        Ok(Row { article: self.into_article(source, line), gold, spans, place: source.place(line) })
    }

    fn check(&mut self) -> std::result::Result<(), Kind> {
        if self.text.is_empty() && self.empty.is_none() {
            return Err(Kind::MissingText);
        }
        keep_last(&mut self.fields);
        Ok(())
    }

    fn into_article(self, source: &Source, line: Option<u64>) -> Article {
        let id = self.id.filter(|id| !id.is_empty()).unwrap_or_else(|| source.id(line));
        let title = self.title.filter(|title| !title.is_empty());
        Article { id, title, text: self.text, fields: self.fields }
    }
}

/// Of several values under one key the last counts, as in JSON readers elsewhere.
fn keep_last(fields: &mut Vec<(String, FieldValue)>) {
    let few = fields.len() <= 16;
    if few && (1..fields.len()).all(|i| fields[..i].iter().all(|(key, _)| *key != fields[i].0)) {
        return;
    }
    let mut order: Vec<usize> = (0..fields.len()).collect();
    order.sort_by(|&a, &b| fields[a].0.cmp(&fields[b].0).then(a.cmp(&b)));
    let mut keep = vec![true; fields.len()];
    for pair in order.windows(2) {
        keep[pair[0]] = fields[pair[0]].0 != fields[pair[1]].0;
    }
    let mut keep = keep.into_iter();
    fields.retain(|_| keep.next().unwrap_or(true));
}

/// The gold of a row. Without a key that was asked for it is `label`, else `labels`; it leaves the
/// fields, while a key that was asked for stays among them and can still serve to group by.
fn take_gold(fields: &mut Vec<(String, FieldValue)>, key: Option<&str>) -> std::result::Result<Option<Gold>, Kind> {
    let find = |name: &str| fields.iter().position(|(key, _)| key == name);
    let Some(at) = key.map_or_else(|| find("label").or_else(|| find("labels")), find) else { return Ok(None) };
    let (name, value) = &fields[at];
    let gold = gold_of(name, value)?;
    if name == "label" || name == "labels" {
        fields.remove(at);
    }
    Ok(Some(gold))
}

fn gold_of(key: &str, value: &FieldValue) -> std::result::Result<Gold, Kind> {
    const EXPECTED: &str = "a class (a string, number or boolean) or labels (an array of strings)";
    let wrong = |found| Kind::WrongType { key: key.to_string(), found, expected: EXPECTED };
    match value {
        FieldValue::Text(name) if name.is_empty() => Err(wrong("an empty string")),
        FieldValue::Text(name) | FieldValue::Scalar(name) => Ok(Gold::One(name.clone())),
        FieldValue::Nested(json) if json.starts_with('{') => Err(wrong("an object")),
        FieldValue::Nested(json) => match serde_json::from_str::<Vec<String>>(json) {
            Ok(names) if names.iter().any(String::is_empty) => Err(wrong("an array with an empty string")),
            Ok(names) => Ok(Gold::several(names)),
            Err(_) => Err(wrong("an array of other things than strings")),
        },
    }
}

#[derive(Deserialize)]
struct SpanRow {
    start: usize,
    end: usize,
    label: String,
}

/// The spans of a row; they leave the fields when they can be read and lie in the text.
fn take_spans(fields: &mut Vec<(String, FieldValue)>, text: &str) -> std::result::Result<Vec<LabelledSpan>, Kind> {
    let Some(at) = fields.iter().position(|(key, _)| key == "spans") else { return Ok(Vec::new()) };
    let wrong = |found| Kind::WrongType {
        key: "spans".to_string(),
        found,
        expected: "an array of {\"start\": number, \"end\": number, \"label\": string}",
    };
    let rows: Vec<SpanRow> = match &fields[at].1 {
        FieldValue::Nested(json) => serde_json::from_str(json).map_err(|_| wrong("something else"))?,
        FieldValue::Text(_) => return Err(wrong("a string")),
        FieldValue::Scalar(_) => return Err(wrong("a number or boolean")),
    };
    let spans: Vec<LabelledSpan> =
        rows.into_iter().map(|s| LabelledSpan { start: s.start, end: s.end, label: s.label }).collect();
    check_spans(&spans, text)?;
    fields.remove(at);
    Ok(spans)
}

/// Every span must begin and end inside its text.
pub(super) fn check_spans(spans: &[LabelledSpan], text: &str) -> std::result::Result<(), Kind> {
    if spans.is_empty() {
        return Ok(());
    }
    let len = text.chars().count();
    match spans.iter().find(|span| span.start > span.end || span.end > len) {
        Some(span) => Err(Kind::SpanOutOfText { start: span.start, end: span.end, len }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::jsonl;
    use crate::corpus::options::ReadOptions;

    fn example(line: &str, options: &ReadOptions) -> std::result::Result<Example, Kind> {
        jsonl::parse(line)?.into_example(&Source::new("f", options), Some(7))
    }

    fn gold(line: &str) -> std::result::Result<Gold, Kind> {
        example(line, &ReadOptions::default()).map(|example| example.gold)
    }

    fn keys(article: &Article) -> Vec<&str> {
        article.fields().map(|(key, _)| key).collect()
    }

    #[test]
    fn gold_is_label_or_else_labels() {
        let one = |name: &str| Ok(Gold::One(name.into()));
        assert_eq!(gold(r#"{"text": "t", "label": "a"}"#), one("a"));
        assert_eq!(gold(r#"{"text": "t", "label": 2}"#), one("2"));
        assert_eq!(gold(r#"{"text": "t", "label": false}"#), one("false"));
        assert_eq!(gold(r#"{"text": "t", "labels": ["b", "a", "b"]}"#), Ok(Gold::several(["a", "b"])));
        assert_eq!(gold(r#"{"text": "t", "labels": []}"#), Ok(Gold::several(Vec::<String>::new())));
        assert_eq!(gold(r#"{"text": "t", "label": null, "labels": ["b"]}"#), Ok(Gold::several(["b"])));
        let both = example(r#"{"text": "t", "labels": ["b"], "label": "a"}"#, &ReadOptions::default()).unwrap();
        assert_eq!((both.gold, keys(&both.article)), (Gold::One("a".into()), vec!["labels"]));
    }

    #[test]
    fn a_named_key_serves_as_label_and_stays_a_field() {
        let line = r#"{"text": "t", "label": "a", "splits": {"media": "dev"}, "topics": ["x"]}"#;
        let media = example(line, &ReadOptions::default().label("splits.media")).unwrap();
        assert_eq!(media.gold, Gold::One("dev".into()));
        assert_eq!(keys(&media.article), ["label", "splits.media", "topics"]);
        let topics = example(line, &ReadOptions::default().label("topics")).unwrap();
        assert_eq!(topics.gold, Gold::several(["x"]));
    }

    #[test]
    fn a_missing_label_lists_the_keys_of_the_row() {
        let error = example(r#"{"text": "t", "label": "a", "b": {"c": 1}}"#, &ReadOptions::default().label("b"));
        let found = vec!["label".to_string(), "b.c".to_string()];
        assert_eq!(error.unwrap_err(), Kind::MissingLabel { key: "b".into(), found });
    }

    #[test]
    fn labels_of_a_wrong_type_are_named() {
        for (value, found) in [
            ("\"\"", "an empty string"),
            ("[1]", "an array of other things than strings"),
            ("[\"\"]", "an array with an empty string"),
            ("{}", "an object"),
        ] {
            let error = gold(&format!("{{\"text\": \"t\", \"label\": {value}}}")).unwrap_err();
            assert!(matches!(error, Kind::WrongType { found: f, .. } if f == found), "{value}: {error}");
        }
    }

    #[test]
    fn spans_are_counted_in_code_points_and_must_lie_in_the_text() {
        let line = |start: &str, end: u32| {
            format!(
                r#"{{"text": "дім😀", "label": "a", "spans": [{{"start": {start}, "end": {end}, "label": "x", "n": 1}}]}}"#
            )
        };
        let options = ReadOptions::default();
        let whole = example(&line("0", 4), &options).unwrap();
        assert_eq!(whole.spans, [LabelledSpan { start: 0, end: 4, label: "x".into() }]);
        assert!(keys(&whole.article).is_empty());
        let beyond = example(&line("0", 5), &options).unwrap_err();
        assert_eq!(beyond, Kind::SpanOutOfText { start: 0, end: 5, len: 4 });
        let reversed = example(&line("3", 2), &options).unwrap_err();
        assert_eq!(reversed, Kind::SpanOutOfText { start: 3, end: 2, len: 4 });
        assert!(matches!(example(&line("-1", 2), &options).unwrap_err(), Kind::WrongType { .. }));
        assert!(matches!(
            example(r#"{"text": "t", "label": "a", "spans": 1}"#, &options).unwrap_err(),
            Kind::WrongType { found: "a number or boolean", .. }
        ));
    }

    #[test]
    fn a_row_to_be_labelled_keeps_what_cannot_serve_as_gold_or_spans() {
        let record = jsonl::parse(r#"{"text": "t", "label": [1], "spans": [{"start": 5, "end": 9, "label": "x"}]}"#);
        let row = record.unwrap().into_row(&Source::new("f", &ReadOptions::default()), Some(7)).unwrap();
        assert_eq!((row.gold, row.spans), (None, Vec::new()));
        assert_eq!(keys(&row.article), ["label", "spans"]);
        assert_eq!(row.article.id(), "f:7");
    }

    #[test]
    fn an_empty_text_is_missing_and_an_empty_title_or_id_is_none() {
        assert_eq!(gold(r#"{"text": "", "label": "a"}"#), Err(Kind::MissingText));
        assert_eq!(gold(r#"{"text": null, "label": "a"}"#), Err(Kind::MissingText));
        assert_eq!(gold(r#"{"label": "a"}"#), Err(Kind::MissingText));
        let article =
            example(r#"{"text": "t", "label": "a", "id": "", "title": ""}"#, &ReadOptions::default()).unwrap().article;
        assert_eq!((article.id(), article.title()), ("f:7", None));
    }

    #[test]
    fn of_a_repeated_key_the_last_counts_among_few_and_many() {
        let few = r#"{"text": "t", "a": 1, "label": "x", "b": 2, "a": 3}"#;
        let article = example(few, &ReadOptions::default()).unwrap().article;
        assert_eq!((keys(&article), article.field("a")), (vec!["b", "a"], Some("3")));
        let many: String = (0..40).map(|i| format!("\"k{}\": {i}, ", i % 39)).collect();
        let article =
            example(&format!("{{{many}\"text\": \"t\", \"label\": \"x\"}}"), &ReadOptions::default()).unwrap().article;
        assert_eq!((keys(&article).len(), article.field("k0"), article.field("k1")), (39, Some("39"), Some("1")));
    }
}
