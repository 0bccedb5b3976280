//! `slantwise tune`: the best features and classifier for a corpus, found by honest folds.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use slantwise::{Budget, Estimate, Metric, PipelineParams, Scores, Task, Trial, TuneParams, TuneProgress, Tuned};

use super::console::Console;
use super::sink::Sink;
use super::train::{summary, warn_about_calibration};
use super::train_options::{TrainOptions, locate, warn_about_balance};
use super::{Outcome, sink, values};

/// Search for the best features and classifier, then learn a model with them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise tune articles.jsonl -o best.slant
  slantwise tune articles.jsonl -o best.slant --metric accuracy --group-by domain --budget 10m
  slantwise tune articles.jsonl -o best.slant --trials 500           # the same result on every machine
  slantwise tune articles.jsonl -o best.slant --outer-folds 5        # and what the whole search is worth

Sets of features (words, characters, punctuation, cleaned or not), classifiers, regularisation and class weights are \
compared by cross-validation: many settings on few folds first, the best on all of them. With --group-by, articles \
that share the key stay in one fold in the search, the calibration and the thresholds. Options about the model and \
its features are where the search begins.

The score of the best of many settings is too good to be true; the one to expect is estimated by choosing on one part \
of the articles and scoring on another, 300 times. --outer-folds searches anew for every fold instead, which takes \
the budget as many times more.

Everything that was tried is written beside the model, to MODEL.tune.json.

Exit status: 0 the model is written, 2 an error.")]
pub(super) struct Tune {
    /// Files or folders of labelled articles, or '-'
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// The model file to write
    #[arg(long, short, value_name = "MODEL", help_heading = "Data")]
    output: PathBuf,
    /// What the best setting is best at [default: macro-f1, for several labels micro-f1]
    #[arg(long, value_name = "METRIC", help_heading = "Search")]
    metric: Option<Metric>,
    /// How long to search, such as 90s, 10m or 1h
    #[arg(long, value_name = "TIME", value_parser = values::time, default_value = "120s", help_heading = "Search")]
    budget: Duration,
    /// Search by number of trials instead, a setting on one fold counting once: the same result on every machine
    #[arg(long, value_name = "N", conflicts_with = "budget", help_heading = "Search")]
    trials: Option<usize>,
    /// Number of folds, at least 2
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Search")]
    folds: usize,
    /// Nested cross-validation with so many outer folds
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Search")]
    outer_folds: usize,
    #[command(flatten)]
    options: TrainOptions,
}

/// What is written beside the model.
#[derive(Serialize)]
struct Trace<'a> {
    metric: Metric,
    best: &'a PipelineParams,
    best_score: f64,
    expected: Option<Estimate>,
    nested: Option<&'a Scores>,
    cut_short: bool,
    trials: &'a [Trial],
}

impl Tune {
    pub(super) fn run(self, console: &Console) -> anyhow::Result<Outcome> {
        let start = Instant::now();
        let params = self.options.params()?;
        let trace_path = PathBuf::from(format!("{}.tune.json", self.output.display()));
        for path in [&self.output, &trace_path] {
            sink::check_writable(path)?;
            sink::check_distinct(path, &self.data)?;
        }
        let corpus = self.options.read(&self.data, console)?;
        warn_about_balance(&params, &corpus, console)?;
        let metric = self.metric.unwrap_or(match corpus.task() {
            Task::One => Metric::MacroF1,
            Task::Several => Metric::MicroF1,
        });
        let budget = self.trials.map_or(Budget::Time(self.budget), Budget::Trials);
        let how = TuneParams { metric, folds: self.folds, budget, outer_folds: self.outer_folds };
        console.progress(format!("tuning on {} articles", corpus.len()));
        let watch = |at: TuneProgress<'_>| {
            let best = at.best.map_or_else(String::new, |best| format!(", {metric} {best:.4}"));
            console.progress(format!("{}: {} trials{best}", at.stage, at.trials));
        };
        let found = params.tune(&corpus, &how, watch).map_err(|error| locate(error, &corpus))?;
        found.model.save(&self.output)?;
        let trace = Trace {
            metric,
            best: found.model.fitted_params(),
            best_score: found.best_score,
            expected: found.estimate,
            nested: found.nested.as_ref(),
            cut_short: found.cut_short,
            trials: &found.trials,
        };
        let mut file = Sink::open(Some(&trace_path))?;
        file.write((serde_json::to_string(&trace).context("can't write the trace as JSON")? + "\n").as_bytes())?;
        file.finish()?;
        console.stop();
        warn_about_calibration(&found.model, console);
        console.note(summary(&found.model, "out of fold"));
        console.note(outcome(&found, metric));
        let (model, seconds) = (self.output.display(), start.elapsed().as_secs_f64());
        console.note(format_args!("{model} written in {seconds:.1} s; everything tried: {}", trace_path.display()));
        Ok(Outcome::Done)
    }
}

fn outcome(found: &Tuned, metric: Metric) -> String {
    let params = found.model.fitted_params();
    let mut setting = params.classifier.name().to_string();
    if let Some(c) = params.classifier.regularisation() {
        setting += &format!(" with c {c:.3}");
    }
    if let Some(words) = &params.analyzer.words {
        let marks = if words.punctuation { " and punctuation" } else { "" };
        setting += &format!(", words {}..{}{marks}", words.ngram_range.0, words.ngram_range.1);
    }
    if let Some(chars) = &params.analyzer.chars {
        setting += &format!(", characters {}..{}", chars.ngram_range.0, chars.ngram_range.1);
    }
    setting += if params.reading.clean.is_some() { ", cleaned" } else { ", not cleaned" };
    let mut text = format!("{} settings tried; the best: {setting}\n", found.trials.len());
    text += &format!("{metric} of the best on its folds {:.4}", found.best_score);
    if let Some(Estimate { score, interval: [low, high] }) = found.estimate {
        text += &format!("; to expect {score:.4} (95 %: {low:.4} to {high:.4})");
    }
    if let Some(score) = found.nested.as_ref().and_then(|scores| scores.get(metric)) {
        text += &format!("; nested {score:.4}");
    }
    if found.cut_short {
        text += "\nthe budget ended the search before it was through; a larger one may find better";
    }
    text
}
