//! The sentences that a model gives labels, quoted.

use std::fmt::Write;

use clap::builder::styling::Style;
use slantwise::{Article, EvidenceSpan, SentencePrediction};

use super::excerpt::excerpt;
use super::{BOLD, DIM};
use crate::cli::output::{Answer, Names};

/// The label that models of techniques give to every sentence with one of them.
const OVERALL: &str = "propaganda";
/// Sentences that are quoted.
const QUOTED: usize = 5;
/// Labels that are named beside one.
const NAMED: usize = 3;

type Judged = (SentencePrediction, Vec<EvidenceSpan>);

/// How many sentences have a label.
pub(super) fn summary(names: &Names, sentences: &[Judged]) -> String {
    let what = if knows_overall(names) { OVERALL } else { "labels" };
    match labelled(names, sentences).len() {
        0 => format!("{what} in none of {} sentences", sentences.len()),
        n => format!("{what} in {n} of {} sentences", sentences.len()),
    }
}

/// The sentences that are most certain to have a label, the most certain first.
pub(super) fn quotations(out: &mut String, names: &Names, article: &Article, answer: &Answer, colour: bool) {
    let Some(sentences) = &answer.sentences else { return };
    let (bold, dim) = if colour { (BOLD, DIM) } else { (Style::new(), Style::new()) };
    let mut chosen = labelled(names, sentences);
    chosen.sort_by(|a, b| certainty(&b.0).total_cmp(&certainty(&a.0)));
    for (sentence, spans) in chosen.iter().take(QUOTED) {
        let probability = |label: &str| sentence.prediction.probability_of(label).unwrap_or(0.0);
        let labels: Vec<&str> = sentence.prediction.labels().into_iter().filter(|label| *label != OVERALL).collect();
        // What is marked is the evidence for the label that is named first.
        let marked = labels.first().copied().unwrap_or(OVERALL);
        let offset = sentence.span.start;
        let marks = spans.iter().filter(|s| s.label == marked);
        let marks: Vec<_> = marks.map(|s| s.span.start - offset..s.span.end - offset).collect();
        let quoted = excerpt(sentence.span.of(article), &marks, colour);
        let mut named: Vec<String> =
            labels.iter().take(NAMED).map(|label| format!("{label} {:.2}", probability(label))).collect();
        if labels.len() > NAMED {
            named.push(format!("{} more", labels.len() - NAMED));
        }
        let named = if named.is_empty() { String::new() } else { format!("  {bold}({}){bold:#}", named.join(" · ")) };
        // Writing to a string can't fail.
        _ = writeln!(out, "    {dim}{:.2}{dim:#}  {quoted}{named}", certainty(sentence));
    }
    if chosen.len() > QUOTED {
        _ = writeln!(out, "    {dim}and {} more; --format jsonl has them all{dim:#}", chosen.len() - QUOTED);
    }
}

/// The sentences that have a label; of one class each, those of the overall one where there is such a class.
fn labelled<'a>(names: &Names, sentences: &'a [Judged]) -> Vec<&'a Judged> {
    let one_class_each = names.one_class && knows_overall(names);
    let has_label = |sentence: &SentencePrediction| match sentence.prediction.label() {
        Some(label) => !one_class_each || label == OVERALL,
        None => false,
    };
    sentences.iter().filter(|(sentence, _)| has_label(sentence)).collect()
}

fn knows_overall(names: &Names) -> bool {
    names.labels.iter().any(|label| label == OVERALL)
}

/// The probability of the overall label, else of the label.
fn certainty(sentence: &SentencePrediction) -> f64 {
    sentence.prediction.probability_of(OVERALL).unwrap_or_else(|| sentence.prediction.probability())
}
