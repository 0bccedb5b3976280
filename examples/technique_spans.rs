//! How well a model of techniques finds sentences and spans that annotators marked.
//!
//! `cargo run --release --example technique_spans -- MODEL DATA...`
//!
//! MODEL judges sentences (`slantwise train --unit sentence`); DATA are articles with `spans`, such as JSONL. Prints the macro-F1 of sentences
//! with and without propaganda (SemEval-2019's sentence level: a sentence counts where a marked span touches it), and the partial-overlap
//! F1 of spans, whatever their labels (SemEval-2020 task 11) and with them; beside it what whole sentences instead of words would score.

#![allow(clippy::print_stdout)]

use std::path::PathBuf;

use slantwise::{
    Article, Evaluation, EvidenceSpan, LabelSet, LabelledSpan, Part, Pipeline, ReadOptions, Rows, SentencePrediction,
    SpanScores, Targets, labelled_span_scores, span_scores,
};

/// The label of every sentence with a technique, which is no technique itself.
const OVERALL: &str = "propaganda";

type Judged = Vec<(SentencePrediction, Vec<EvidenceSpan>)>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let model = Pipeline::load(args.next().ok_or("name a model and labelled articles")?)?;
    let (mut articles, mut gold) = (Vec::new(), Vec::new());
    for path in args {
        for row in Rows::open(&path, &ReadOptions::default())? {
            let row = row?;
            articles.push(row.article);
            gold.push(row.spans);
        }
    }
    let judged: Vec<Judged> = articles.iter().map(|article| model.explain_sentences(article)).collect();

    sentences("any label", &articles, &gold, &judged, |s| s.label().is_some())?;
    if model.labels().class(OVERALL).is_some() {
        sentences(OVERALL, &articles, &gold, &judged, |s| s.labels().contains(&OVERALL))?;
    }

    let words = model.predict_spans(&articles);
    print("spans", span_scores(&gold, &words)?);
    print("spans, whole sentences", span_scores(&gold, &whole_sentences(&articles, &judged))?);
    let techniques = |spans: Vec<LabelledSpan>| spans.into_iter().filter(|s| s.label != OVERALL).collect();
    let techniques: Vec<Vec<LabelledSpan>> = words.into_iter().map(techniques).collect();
    print("spans of techniques", span_scores(&gold, &techniques)?);
    let (all, per_label) = labelled_span_scores(&gold, &techniques)?;
    print("spans with their labels", all);
    for (label, scores) in per_label {
        print(&format!("  {label}"), scores);
    }
    Ok(())
}

/// Prints the scores of sentences with and without a mark.
fn sentences(
    name: &str,
    articles: &[Article],
    gold: &[Vec<LabelledSpan>],
    judged: &[Judged],
    is_marked: impl Fn(&slantwise::Prediction) -> bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let (mut truth, mut answers) = (Vec::new(), Vec::new());
    for ((article, gold), judged) in articles.iter().zip(gold).zip(judged) {
        for (sentence, _) in judged.iter().filter(|(sentence, _)| sentence.span.part == Part::Text) {
            let (start, end) = sentence.span.code_points(article);
            truth.push(u32::from(gold.iter().any(|span| span.start < end && start < span.end)));
            answers.push(u32::from(is_marked(&sentence.prediction)));
        }
    }
    let labels = LabelSet::new(["no", "yes"]);
    let marked = truth.iter().filter(|t| **t == 1).count();
    let targets = |classes| Targets::One { n_classes: 2, classes };
    let n = truth.len();
    let (truth, answers) = (targets(truth), targets(answers));
    let scores = Evaluation::new(&labels, &truth, &answers)?.scores();
    println!("sentences by {name}: macro-F1 {:.3} of {n} sentences, {marked} marked", scores.macro_f1);
    for (label, s) in &scores.per_label {
        println!("  {label:<4} precision {:.3} recall {:.3} F1 {:.3}", s.precision, s.recall, s.f1);
    }
    Ok(())
}

/// Every labelled sentence as one span.
fn whole_sentences(articles: &[Article], judged: &[Judged]) -> Vec<Vec<LabelledSpan>> {
    let of = |(article, judged): (&Article, &Judged)| {
        let labelled = judged.iter().filter(|(s, _)| s.span.part == Part::Text && s.prediction.label().is_some());
        let span = |(sentence, _): &(SentencePrediction, Vec<EvidenceSpan>)| {
            let (start, end) = sentence.span.code_points(article);
            LabelledSpan { start, end, label: OVERALL.to_string() }
        };
        labelled.map(span).collect()
    };
    articles.iter().zip(judged).map(of).collect()
}

fn print(name: &str, s: SpanScores) {
    println!(
        "{name}: F1 {:.3} (precision {:.3}, recall {:.3}; {} marked, {} found)",
        s.f1, s.precision, s.recall, s.n_gold, s.n_predicted
    );
}
