//! `slantwise explain`: the words that decided, where they stand, and how they sum up.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::builder::styling::{AnsiColor, Style};
use clap::{Args, ValueEnum};
use serde::Serialize;
use slantwise::{Article, Evidence, EvidenceRecord, Explanation, Part, Pipeline, Span};

use super::console::Console;
use super::output::{lang, one_line};
use super::reading::Reading;
use super::sink::Sink;
use super::{Outcome, models, predict, scores};

const FOR: Style = AnsiColor::Green.on_default().bold();
const AGAINST: Style = AnsiColor::Red.on_default().bold();
const BOLD: Style = Style::new().bold();

/// Characters shown on either side of a term.
const CONTEXT: usize = 28;

/// Show why a model labels an article as it does
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise explain article.txt --model stance.slant
  slantwise explain article.txt --model frames.slant --label Fear --top 50
  slantwise explain articles.jsonl --model stance.slant --format json | jq .explanations

Every term of the article that the model knows adds its contribution to the score of a label: a positive one \
speaks for the label, a negative one against it. The contributions of all terms and the intercept sum up to the \
score, which the calibration turns into the probability. In the text, [+words] speak for the label and [-words] \
against it. Places are given in Unicode code points of the title or the text.

Exit status: 0 done, 2 an error.")]
pub(super) struct Explain {
    /// A file of one or more articles, a folder, or '-' [default: '-' when something is piped in]
    #[arg(value_name = "INPUT")]
    input: Option<PathBuf>,
    /// The model file
    #[arg(long, short, value_name = "MODEL")]
    model: PathBuf,
    /// Terms shown for each label
    #[arg(long, value_name = "K", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Explain this label, whether it was given or not; can be given several times
    #[arg(long, value_name = "NAME")]
    label: Vec<String>,
    /// How explanations are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object an article
    Json,
}

impl Explain {
    pub(super) fn run(self, _: &Console) -> anyhow::Result<Outcome> {
        let model = models::open(&self.model)?;
        for name in &self.label {
            if model.labels().class(name).is_none() {
                bail!("--label {name}: the model does not know it; it knows {}", model.labels().names().join(", "));
            }
        }
        let mut sink = Sink::open(None)?;
        let colour = sink.is_coloured();
        let options = self.reading.options();
        for input in predict::inputs(self.input.iter().cloned().collect(), &options)? {
            for row in slantwise::Rows::open(&input, &options)? {
                let text = self.explain(&model, &row?.article, colour)?;
                sink.write(text.as_bytes())?;
                sink.flush()?;
            }
        }
        sink.finish()?;
        Ok(Outcome::Done)
    }

    fn explain(&self, model: &Pipeline, article: &Article, colour: bool) -> anyhow::Result<String> {
        let prediction = model.predict(article);
        let given: Vec<&str> = prediction.labels();
        let mut names: Vec<&str> = self.label.iter().map(String::as_str).collect();
        if names.is_empty() {
            names.clone_from(&given);
        }
        if names.is_empty() {
            // No label was given: why not even the most probable one?
            names.extend(prediction.probabilities().max_by(|a, b| a.1.total_cmp(&b.1)).map(|p| p.0));
        }
        let explain = |name: &&str| Some((model.explanation(article, name)?, prediction.probability_of(name)?));
        let explained: Vec<(Explanation, f64)> = names.iter().filter_map(explain).collect();
        let top = self.top as usize;
        match self.format {
            Format::Json => {
                let explanations = explained.iter().map(|(e, p)| LabelReport::new(e, *p, article, top)).collect();
                let report = Report { id: article.id(), lang: lang(article), labels: &given, explanations };
                Ok(serde_json::to_string(&report)? + "\n")
            }
            Format::Text => Ok(text(article, &given, &explained, top, colour)),
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    id: &'a str,
    lang: Option<&'a str>,
    labels: &'a [&'a str],
    explanations: Vec<LabelReport<'a>>,
}

/// `intercept + Σ evidence + others = score`
#[derive(Serialize)]
struct LabelReport<'a> {
    label: &'a str,
    probability: f64,
    score: f64,
    intercept: f64,
    n_terms: usize,
    evidence: Vec<EvidenceRecord<'a>>,
    others: f64,
}

impl<'a> LabelReport<'a> {
    fn new(explanation: &'a Explanation, probability: f64, article: &'a Article, top: usize) -> LabelReport<'a> {
        let (shown, rest) = explanation.evidence.split_at(top.min(explanation.evidence.len()));
        LabelReport {
            label: &explanation.label,
            probability,
            score: explanation.score,
            intercept: explanation.intercept,
            n_terms: explanation.evidence.len(),
            evidence: shown.iter().map(|e| e.record(article)).collect(),
            others: sum(rest),
        }
    }
}

fn sum<'a>(evidence: impl IntoIterator<Item = &'a Evidence>) -> f64 {
    evidence.into_iter().map(|e| e.contribution).sum()
}

fn text(article: &Article, given: &[&str], explained: &[(Explanation, f64)], top: usize, colour: bool) -> String {
    let bold = if colour { BOLD } else { Style::new() };
    let mut out = format!("{bold}{}{bold:#}\n", article.id());
    let labels = if given.is_empty() { "none".to_string() } else { given.join(" · ") };
    // Writing to a string can't fail.
    _ = writeln!(out, "labels: {labels}\n");
    for (explanation, probability) in explained {
        label_text(&mut out, article, explanation, *probability, top, colour);
    }
    out
}

fn label_text(out: &mut String, article: &Article, e: &Explanation, probability: f64, top: usize, colour: bool) {
    let bold = if colour { BOLD } else { Style::new() };
    let (shown, rest) = e.evidence.split_at(top.min(e.evidence.len()));
    let total = sum(&e.evidence);
    _ = writeln!(out, "{bold}{}{bold:#}  probability {probability:.3}", e.label);
    _ = writeln!(
        out,
        "score {:+.3} = intercept {:+.3} and {} terms {total:+.3} (for {:+.3}, against {:+.3})\n",
        e.score,
        e.intercept,
        e.evidence.len(),
        sum(e.evidence.iter().filter(|e| e.contribution > 0.0)),
        sum(e.evidence.iter().filter(|e| e.contribution < 0.0)),
    );
    let mut table = scores::table(["contribution", "times", "place", "in the article"]);
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(comfy_table::CellAlignment::Left);
    }
    for e in shown {
        let record = e.record(article);
        let place = format!("{}:{}-{}", record.part, record.start, record.end);
        table.add_row([
            format!("{:+.3}", e.contribution),
            e.spans.len().to_string(),
            place,
            in_context(e.span, article),
        ]);
    }
    if !rest.is_empty() {
        table.add_row([
            format!("{:+.3}", sum(rest)),
            String::new(),
            String::new(),
            format!("{} other terms", rest.len()),
        ]);
    }
    out.push_str(&scores::text_of(&table));
    out.push('\n');
    for part in [Part::Title, Part::Text] {
        if !article.part(part).is_empty() {
            marked(out, article, part, shown, colour);
            // Between the parts, and after the article.
            out.push('\n');
        }
    }
}

/// The words of a span in brackets, with what stands around them.
fn in_context(span: Span, article: &Article) -> String {
    let part = article.part(span.part);
    let (before, after) = (part.get(..span.start).unwrap_or(""), part.get(span.end..).unwrap_or(""));
    let from = before.char_indices().rev().nth(CONTEXT).map(|(at, c)| at + c.len_utf8());
    let to = after.char_indices().nth(CONTEXT).map(|(at, _)| at);
    let (left, right) = (&before[from.unwrap_or(0)..], &after[..to.unwrap_or(after.len())]);
    let ends = |cut: Option<usize>| if cut.is_some() { "…" } else { "" };
    let flat = format!("{}{left}\u{1}{}\u{1}{right}{}", ends(from), span.of(article), ends(to));
    one_line(&flat).replacen('\u{1}', "[", 1).replacen('\u{1}', "]", 1)
}

/// A part of the article with the shown terms marked where they stand; of two that overlap, the stronger one.
fn marked(out: &mut String, article: &Article, part: Part, shown: &[Evidence], colour: bool) {
    let mut marks: Vec<(Span, f64)> = Vec::new();
    for evidence in shown {
        for &span in evidence.spans.iter().filter(|span| span.part == part) {
            if marks.iter().all(|(other, _)| span.end <= other.start || other.end <= span.start) {
                marks.push((span, evidence.contribution));
            }
        }
    }
    marks.sort_by_key(|(span, _)| span.start);
    let text = article.part(part);
    let mut marked = String::new();
    let mut at = 0;
    for (span, contribution) in marks {
        let (sign, style) = if contribution > 0.0 { ('+', FOR) } else { ('-', AGAINST) };
        let style = if colour { style } else { Style::new() };
        marked.push_str(text.get(at..span.start).unwrap_or(""));
        _ = write!(marked, "{style}[{sign}{}]{style:#}", span.of(article));
        at = span.end;
    }
    marked.push_str(text.get(at..).unwrap_or(""));
    let mut blank = true;
    for line in marked.trim_end().lines().map(str::trim) {
        // Pages as scrapers leave them have runs of blank lines.
        if !(blank && line.is_empty()) {
            _ = writeln!(out, "{line}");
        }
        blank = line.is_empty();
    }
}
