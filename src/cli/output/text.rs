//! A few lines an article, for people.

mod excerpt;
mod sentences;
pub(super) mod words;

use std::fmt::Write;

use clap::builder::styling::{AnsiColor, Style};
use slantwise::{Abstention, Article, Evidence};

use super::{Answer, Item, Names, Rows, Value, lang, reason};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const FOR: Style = AnsiColor::Green.on_default();
const AGAINST: Style = AnsiColor::Red.on_default();

/// How many labels that were not given are shown beside those that were.
const OTHERS: usize = 3;

pub(super) fn write(rows: &Rows, out: &mut Vec<u8>, article: &Article, item: &Item, answers: &[&Answer]) {
    let paint = |style: Style| if rows.colour { style } else { Style::new() };
    let mut text = String::new();
    let (bold, dim) = (paint(BOLD), paint(DIM));
    // Writing to a string can't fail.
    let language = lang(article).map_or_else(String::new, |lang| format!("  {dim}{lang}{dim:#}"));
    _ = writeln!(text, "{bold}{}{bold:#}{language}", article.id());
    for (kept, value) in rows.kept(article, item) {
        let value = match value {
            Some(Value::Text(text)) => text.to_string(),
            Some(Value::Json(json)) => json,
            None => continue,
        };
        _ = writeln!(text, "  {dim}{}: {}{dim:#}", kept.key, one_line(&value));
    }
    if let Some(reason) = rows.empty(article) {
        _ = writeln!(text, "  {dim}{reason}{dim:#}");
    }
    let width = rows.models.iter().map(|m| m.name.chars().count()).max().unwrap_or(0);
    for (names, answer) in rows.models.iter().zip(answers) {
        model(&mut text, names, article, answer, width, rows.colour);
    }
    text.push('\n');
    out.extend_from_slice(text.as_bytes());
}

/// What one model says: its labels or its sentences, and the words behind them.
fn model(out: &mut String, names: &Names, article: &Article, answer: &Answer, width: usize, colour: bool) {
    let paint = |style: Style| if colour { style } else { Style::new() };
    let (bold, dim) = (paint(BOLD), paint(DIM));
    let name = &names.name;
    match (answer.prediction.abstention(), &answer.sentences) {
        (None, Some(judged)) => {
            _ = writeln!(out, "  {name:width$}  {bold}{}{bold:#}", sentences::summary(names, judged));
            sentences::quotations(out, names, article, answer, colour);
        }
        (None, None) => {
            let (given, others) = labels(answer);
            _ = writeln!(out, "  {name:width$}  {bold}{given}{bold:#}{dim}{others}{dim:#}");
        }
        (Some(abstention), judged) => {
            let guess = match judged {
                Some(judged) => sentences::summary(names, judged),
                None => labels(answer).0,
            };
            _ = writeln!(out, "  {name:width$}  {bold}abstains{bold:#}: {}", reason(names, abstention));
            // Of a text about something else a guess would be no more than noise.
            if !matches!(abstention, Abstention::OtherSubject { .. }) {
                _ = writeln!(out, "  {:width$}  {dim}best guess: {guess}{dim:#}", "");
            }
        }
    }
    for words in &answer.words {
        side(out, "for", &words.label, &words.speak_for, paint(FOR));
        side(out, "against", &words.label, &words.against, paint(AGAINST));
    }
    for label in evidence_labels(answer.evidence.as_deref().unwrap_or_default()) {
        let all = answer.evidence.iter().flatten().filter(|e| e.label == label);
        let (speaks_for, against): (Vec<&Evidence>, Vec<&Evidence>) = all.partition(|e| e.contribution >= 0.0);
        let shown = |list: Vec<&Evidence>| list.iter().map(|e| word(e, article)).collect::<Vec<String>>();
        side(out, "for", label, &shown(speaks_for), paint(FOR));
        side(out, "against", label, &shown(against), paint(AGAINST));
    }
}

/// The words on one side of a label.
fn side(out: &mut String, side: &str, label: &str, words: &[String], style: Style) {
    if !words.is_empty() {
        // Writing to a string can't fail.
        _ = writeln!(out, "    {side} {label}: {style}{}{style:#}", words.join(" · "));
    }
}

/// The labels that were given, and the most probable of the others.
fn labels(answer: &Answer) -> (String, String) {
    let given = answer.prediction.labels();
    let show = |label: &str, p: f64| format!("{label} {p:.2}");
    let is_other = |(label, _): &(&str, f64)| !given.contains(label);
    let mut others: Vec<(&str, f64)> = answer.prediction.probabilities().filter(is_other).collect();
    others.sort_by(|a, b| b.1.total_cmp(&a.1));
    let more = others.len().saturating_sub(OTHERS);
    let mut shown: Vec<String> = others.iter().take(OTHERS).map(|(label, p)| show(label, *p)).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    let probability = |label: &str| answer.prediction.probability_of(label).unwrap_or(0.0);
    let given: Vec<String> = given.iter().map(|label| show(label, probability(label))).collect();
    let given = if given.is_empty() { "no label".to_string() } else { given.join(" · ") };
    (given, if shown.is_empty() { String::new() } else { format!("  ({})", shown.join(" · ")) })
}

/// The labels that the evidence is about, in its order.
fn evidence_labels(evidence: &[Evidence]) -> Vec<&str> {
    let mut labels: Vec<&str> = evidence.iter().map(|e| e.label.as_str()).collect();
    labels.dedup();
    labels
}

fn word(evidence: &Evidence, article: &Article) -> String {
    let words = one_line(evidence.span.of(article));
    match evidence.spans.len() {
        0 | 1 => format!("{words} {:+.2}", evidence.contribution),
        n => format!("{words} {:+.2} ({n}×)", evidence.contribution),
    }
}

/// Text with every run of white space as one space.
pub(in crate::cli) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
