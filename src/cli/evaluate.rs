//! `slantwise evaluate`: a model's labels against the right ones.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};
use slantwise::{Corpus, Evaluation, Metric, Pipeline, Targets, Task};

use super::console::Console;
use super::reading::Reading;
use super::train_options::read_corpus;
use super::{Outcome, models, scores, sink, values};

/// Measure a model on labelled articles that it was not trained on
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise evaluate test.jsonl --model stance.slant
  slantwise evaluate test.jsonl --model stance.slant --format json > scores.json
  slantwise evaluate test.jsonl --model stance.slant --fail-under macro-f1=0.7

Scores are defined as scikit-learn defines them, with zero_division=0. On the articles that the model was \
trained on they say nothing; without other articles, use slantwise crossval. Intervals are by bootstrap: over the \
groups that the model was trained with (--group-by) where the articles have that key, else over articles.

Exit status: 0 done and all gates passed, 1 a score is under its --fail-under, 2 an error.")]
pub(super) struct Evaluate {
    /// Files or folders of labelled articles, or '-'
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// The model file
    #[arg(long, short, value_name = "MODEL")]
    model: PathBuf,
    /// The key that holds the label; dots reach into objects [default: label, else labels]
    #[arg(long, value_name = "KEY")]
    label: Option<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    output: ScoreOutput,
}

/// How scores come out.
#[derive(Debug, Args)]
pub(super) struct ScoreOutput {
    /// How scores are written
    #[arg(long, value_enum, default_value_t = ScoreFormat::Table)]
    pub(super) format: ScoreFormat,
    /// Exit with status 1 where a score is under a value; can be given several times
    #[arg(long, value_name = "SCORE=VALUE", value_parser = values::gate)]
    pub(super) fail_under: Vec<(Metric, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ScoreFormat {
    /// Tables for people
    Table,
    /// One JSON object
    Json,
}

impl Evaluate {
    pub(super) fn run(self, console: &Console) -> anyhow::Result<Outcome> {
        let model = models::open(&self.model)?;
        let corpus = read_corpus(&self.data, self.label.as_deref(), &self.reading, console)?;
        check_labels(&model, &corpus, console)?;
        console.progress(format!("labelling {} articles", corpus.len()));
        let golds = corpus.examples().iter().map(|e| &e.gold);
        let gold = Targets::from_golds(golds, model.task(), model.labels())?;
        let (predicted, probabilities) = model.predict_corpus(&corpus);
        let evaluation = Evaluation::new(model.labels(), &gold, &predicted)?.with_probabilities(&probabilities)?;
        let articles = corpus.examples().iter().map(|e| &e.article);
        let group_by = model.fitted_params().group_by.as_deref();
        let found = scores::with_intervals(&evaluation, articles, group_by, model.fitted_params().seed)?;
        console.stop();
        let text = match self.output.format {
            ScoreFormat::Json => format!("{}\n", serde_json::to_string(&found)?),
            ScoreFormat::Table => {
                let parts = [scores::overview(&found, &[]), scores::per_label(&found), scores::confusion(&found)];
                let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                format!("{} articles\n\n{}", found.n, parts.join("\n"))
            }
        };
        sink::print(&text)?;
        scores::gate(&found, &self.output.fail_under, console)
    }
}

/// Errors or warns where the corpus has labels that the model can't give.
fn check_labels(model: &Pipeline, corpus: &Corpus, console: &Console) -> anyhow::Result<()> {
    let kind = |task| match task {
        Task::One => "one class an article",
        Task::Several => "several labels an article",
    };
    if model.task() != corpus.task() {
        bail!(
            "the model gives {}, the articles have {}; name another key with --label, or use another model",
            kind(model.task()),
            kind(corpus.task())
        );
    }
    let unknown: Vec<&str> = corpus
        .labels()
        .names()
        .iter()
        .map(String::as_str)
        .filter(|name| model.labels().class(name).is_none())
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let known = model.labels().names().join(", ");
    let unknown = unknown.join(", ");
    match model.task() {
        Task::One => bail!(
            "the articles have classes that the model does not know: {unknown} (it knows {known}); drop those rows, name another key with --label, or train with them"
        ),
        Task::Several => console.warn(format_args!(
            "the articles have labels that the model does not know, which are not scored: {unknown}"
        )),
    }
    Ok(())
}
