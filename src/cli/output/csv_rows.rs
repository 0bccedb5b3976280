//! A table with a header: a column for the labels of each model, and one for each probability.

use slantwise::Article;

use super::{Answer, Item, Rows, Value, lang, reason};

/// What stands between labels in one cell, where readers of corpora look for it.
const BETWEEN_LABELS: &str = "|";

pub(super) fn header(rows: &Rows) -> Vec<u8> {
    let mut columns = vec!["id".to_string(), "lang".to_string()];
    columns.extend(rows.keep.iter().map(|kept| kept.key.clone()));
    for model in &rows.models {
        columns.push(format!("{}.labels", model.name));
        columns.push(format!("{}.abstained", model.name));
        columns.extend(model.labels.iter().map(|label| format!("{}.scores.{label}", model.name)));
        if rows.evidence {
            columns.push(format!("{}.evidence", model.name));
        }
    }
    let mut out = Vec::new();
    record(&mut out, &columns);
    out
}

pub(super) fn write(rows: &Rows, out: &mut Vec<u8>, article: &Article, item: &Item, answers: &[&Answer]) {
    let mut cells = vec![article.id().to_string(), lang(article).unwrap_or_default().to_string()];
    cells.extend(rows.kept(article, item).map(|(_, value)| match value {
        Some(Value::Text(text)) => text.to_string(),
        Some(Value::Json(json)) => json,
        None => String::new(),
    }));
    for (names, answer) in rows.models.iter().zip(answers) {
        cells.push(answer.prediction.labels().join(BETWEEN_LABELS));
        cells.push(answer.prediction.abstention().map_or_else(String::new, |a| reason(names, a)));
        cells.extend(answer.prediction.probabilities().map(|(_, probability)| probability.to_string()));
        if let Some(evidence) = &answer.evidence {
            let records: Vec<_> = evidence.iter().map(|e| e.record(article)).collect();
            cells.push(serde_json::to_string(&records).unwrap_or_default());
        }
    }
    record(out, &cells);
}

fn record(out: &mut Vec<u8>, cells: &[String]) {
    let mut writer = csv::Writer::from_writer(out);
    // Memory takes what is written.
    let written = writer.write_record(cells).and_then(|()| Ok(writer.flush()?));
    debug_assert!(written.is_ok());
}
