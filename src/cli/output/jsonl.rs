//! One JSON object an article.

mod sentences;

use serde::Serialize;
use slantwise::Article;

use super::{Answer, Item, Names, Rows, Value, lang, reason};

/// `{"id", "lang", kept keys, "empty"?, "models": {NAME: {"labels", "scores", "abstained", "reason"?, "evidence"?,
/// "sentences"?}}}` and a line end.
pub(super) fn write(rows: &Rows, out: &mut Vec<u8>, article: &Article, item: &Item, answers: &[&Answer]) {
    out.extend_from_slice(b"{\"id\":");
    json(out, article.id());
    out.extend_from_slice(b",\"lang\":");
    json(out, &lang(article));
    for (kept, value) in rows.kept(article, item) {
        out.push(b',');
        out.extend_from_slice(&kept.json_key);
        match value {
            Some(Value::Text(text)) => json(out, text),
            Some(Value::Json(raw)) => out.extend_from_slice(raw.as_bytes()),
            None => out.extend_from_slice(b"null"),
        }
    }
    if let Some(reason) = rows.empty(article) {
        out.extend_from_slice(b",\"empty\":");
        json(out, reason);
    }
    out.extend_from_slice(b",\"models\":{");
    for (i, (names, answer)) in rows.models.iter().zip(answers).enumerate() {
        if i > 0 {
            out.push(b',');
        }
        model(out, names, article, answer);
    }
    out.extend_from_slice(b"}}\n");
}

fn model(out: &mut Vec<u8>, names: &Names, article: &Article, answer: &Answer) {
    out.extend_from_slice(&names.name_key);
    out.extend_from_slice(b"{\"labels\":");
    json(out, &answer.prediction.labels());
    out.extend_from_slice(b",\"scores\":{");
    for (i, (key, (_, probability))) in names.label_keys.iter().zip(answer.prediction.probabilities()).enumerate() {
        if i > 0 {
            out.push(b',');
        }
        out.extend_from_slice(key);
        json(out, &probability);
    }
    match answer.prediction.abstention() {
        None => out.extend_from_slice(b"},\"abstained\":false"),
        Some(abstention) => {
            out.extend_from_slice(b"},\"abstained\":true,\"reason\":");
            json(out, &reason(names, abstention));
        }
    }
    if let Some(evidence) = &answer.evidence {
        out.extend_from_slice(b",\"evidence\":");
        let records: Vec<_> = evidence.iter().map(|e| e.record(article)).collect();
        json(out, &records);
    }
    if let Some(judged) = &answer.sentences {
        out.extend_from_slice(b",\"sentences\":");
        json(out, &sentences::records(article, judged));
    }
    out.push(b'}');
}

/// A key with its colon.
pub(super) fn key(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    json(&mut out, name);
    out.push(b':');
    out
}

fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Strings, numbers and lists of them always have a form, and memory takes what is written.
    let written = serde_json::to_writer(out, value);
    debug_assert!(written.is_ok());
}
