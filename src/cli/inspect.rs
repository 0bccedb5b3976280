//! `slantwise inspect`: what is in a model file.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use slantwise::{Calibration, Pipeline, PipelineParams, Task};

use super::{Outcome, models, scores, sink};

/// Show what a model has learned: labels, parameters, and the terms that count most
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise inspect stance.slant
  slantwise inspect stance.slant --top 50 --format json | jq '.labels[].terms_for'

The parameters are printed as TOML and can be given to train and crossval with --params FILE.toml. A term's \
weight is what it adds to the score of a label for each unit of its TF-IDF value.

Exit status: 0 done, 2 an error.")]
pub(super) struct Inspect {
    /// The model file
    model: PathBuf,
    /// Terms shown for and against each label
    #[arg(long, value_name = "K", default_value_t = 20)]
    top: usize,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

#[derive(Serialize)]
struct Report<'a> {
    task: Task,
    n_articles: usize,
    n_terms: usize,
    n_word_terms: usize,
    labels: Vec<LabelReport<'a>>,
    thresholds: BTreeMap<&'a str, f64>,
    /// The label without which no other is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    overall: Option<&'a str>,
    /// The class that means none of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    outside: Option<&'a str>,
    abstain_below: f64,
    n_calibration: usize,
    calibration: &'a Calibration,
    params: &'a PipelineParams,
}

#[derive(Serialize)]
struct LabelReport<'a> {
    name: &'a str,
    support: usize,
    intercept: f32,
    terms_for: Vec<Weighted<'a>>,
    terms_against: Vec<Weighted<'a>>,
}

#[derive(Serialize)]
struct Weighted<'a> {
    term: &'a str,
    kind: slantwise::TermKind,
    weight: f32,
}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let model = models::open(&self.model)?;
        let report = report(&model, self.top);
        let text = match self.format {
            Format::Json => serde_json::to_string(&report)? + "\n",
            Format::Text => text(&self.model.display().to_string(), &report)?,
        };
        sink::print(&text)?;
        Ok(Outcome::Done)
    }
}

fn report(model: &Pipeline, top: usize) -> Report<'_> {
    let label = |(class, name): (usize, &'_ String)| {
        let (terms_for, terms_against) = top_terms(model, class, top);
        (class, name.clone(), terms_for, terms_against)
    };
    let vocabulary = model.vectorizer().vocabulary();
    let labels = model.labels().names().iter().enumerate().map(|pair| {
        let (class, _, terms_for, terms_against) = label(pair);
        LabelReport {
            name: pair.1,
            support: model.support()[class],
            intercept: model.linear_model().intercept(class),
            terms_for,
            terms_against,
        }
    });
    Report {
        task: model.task(),
        n_articles: model.n_training_samples(),
        n_terms: vocabulary.len(),
        n_word_terms: vocabulary.n_words(),
        labels: labels.collect(),
        thresholds: model
            .labels()
            .names()
            .iter()
            .map(String::as_str)
            .zip(model.decision().thresholds().iter().copied())
            .collect(),
        overall: model.decision().overall().map(|class| model.labels().name(class)),
        outside: model.decision().outside().map(|class| model.labels().name(class)),
        abstain_below: model.decision().abstain_below(),
        n_calibration: model.n_calibration_samples(),
        calibration: model.calibration(),
        params: model.fitted_params(),
    }
}

/// The terms with the largest weights above and below 0, the largest first.
fn top_terms(model: &Pipeline, class: usize, top: usize) -> (Vec<Weighted<'_>>, Vec<Weighted<'_>>) {
    let vocabulary = model.vectorizer().vocabulary();
    let weight = |column: u32| model.linear_model().weight(column as usize, class);
    let strongest = |sign: f32| {
        let mut columns: Vec<u32> = (0..vocabulary.len() as u32).filter(|&c| weight(c) * sign > 0.0).collect();
        let order = |a: &u32, b: &u32| (weight(*b) * sign).total_cmp(&(weight(*a) * sign)).then(a.cmp(b));
        if columns.len() > top {
            columns.select_nth_unstable_by(top, order);
            columns.truncate(top);
        }
        columns.sort_by(order);
        let term = |column: u32| {
            let term = vocabulary.term(column as usize)?;
            Some(Weighted { term: term.text, kind: term.kind, weight: weight(column) })
        };
        columns.into_iter().filter_map(term).collect()
    };
    (strongest(1.0), strongest(-1.0))
}

fn text(name: &str, report: &Report<'_>) -> anyhow::Result<String> {
    let task = match report.task {
        Task::One => "one class an article",
        Task::Several => "any number of labels an article",
    };
    // Writing to a string can't fail.
    let mut out = format!("{name}: {task}, learned from {} articles\n", report.n_articles);
    _ = writeln!(out, "{} terms ({} of words)", report.n_terms, report.n_word_terms);
    let method = match report.calibration {
        Calibration::Platt { .. } => "Platt",
        Calibration::Softmax { .. } => "softmax",
        Calibration::Temperature { .. } => "temperature",
    };
    match report.n_calibration {
        0 => out.push_str("probabilities not calibrated\n"),
        n => _ = writeln!(out, "probabilities calibrated on {n} articles out of fold ({method})"),
    }
    if !report.thresholds.is_empty() {
        let each: Vec<String> = report.thresholds.iter().map(|(label, t)| format!("{label} {t:.3}")).collect();
        _ = writeln!(out, "a label is given from a probability of: {}", each.join(", "));
    }
    if let Some(overall) = report.overall {
        _ = writeln!(out, "no label is given without: {overall}");
    }
    if let Some(outside) = report.outside {
        _ = writeln!(out, "never a label, but a reason to give none: {outside}");
    }
    let mut table = scores::table(["label", "articles", "intercept"]);
    for label in &report.labels {
        table.add_row([label.name.to_string(), label.support.to_string(), format!("{:+.3}", label.intercept)]);
    }
    _ = write!(out, "\n{}\nParameters\n\n{}", scores::text_of(&table), toml::to_string(report.params)?);
    for label in &report.labels {
        let mut table = scores::table(["weight", "for", "weight", "against"]);
        for column in table.column_iter_mut() {
            let numbers = column.index % 2 == 0;
            let side = if numbers { comfy_table::CellAlignment::Right } else { comfy_table::CellAlignment::Left };
            column.set_cell_alignment(side);
        }
        let cells = |w: Option<&Weighted<'_>>| {
            w.map_or([String::new(), String::new()], |w| [format!("{:+.3}", w.weight), shown(w)])
        };
        for i in 0..label.terms_for.len().max(label.terms_against.len()) {
            let row = [cells(label.terms_for.get(i)), cells(label.terms_against.get(i))];
            table.add_row(row.as_flattened());
        }
        if !table.is_empty() {
            _ = write!(out, "\n{}\n\n{}", label.name, scores::text_of(&table));
        }
    }
    Ok(out)
}

/// Characters stand in quotes, since spaces are part of them.
fn shown(term: &Weighted<'_>) -> String {
    match term.kind {
        slantwise::TermKind::Word => term.term.to_string(),
        slantwise::TermKind::Char => format!("\"{}\"", term.term),
    }
}
