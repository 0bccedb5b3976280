//! `slantwise crossval`: how well training on these articles works.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use slantwise::{CrossvalParams, Evaluation, Scores, SplitParams};

use super::console::Console;
use super::evaluate::{ScoreFormat, ScoreOutput};
use super::train_options::{TrainOptions, locate, warn_about_balance};
use super::{Outcome, scores, sink};

/// Measure how well a model trained on labelled articles labels others like them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise crossval articles.jsonl
  slantwise crossval articles.jsonl --group-by domain        # how well for outlets it has not seen?
  slantwise crossval articles.jsonl --by-date                # how well for later articles?
  slantwise crossval articles.jsonl --classifier svm --c 0.3 --format json > scores.json

The articles are cut into folds; each is labelled by a model trained on the others. Everything is learned anew \
for each fold: the terms, their weights, the classifier, the probabilities. Scores are defined as scikit-learn \
defines them, with zero_division=0; their 95 % intervals are by bootstrap, over the groups of --group-by where \
it is given.

Labels that come from outlets tempt a model to recognise the outlet: with --group-by domain no outlet is in both \
parts. With --by-date the articles are cut by the key 'date' (YYYY, YYYY-MM or YYYY-MM-DD) and each part is \
labelled by a model of all that is older; the oldest part is not tested.

Exit status: 0 done and all gates passed, 1 a score is under its --fail-under, 2 an error.")]
pub(super) struct Crossval {
    /// Files or folders of labelled articles, or '-'
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// Number of folds, at least 2 (with --by-date at least 1)
    #[arg(long, value_name = "N", default_value_t = 5)]
    folds: usize,
    /// Train on older, test on newer articles
    #[arg(long, conflicts_with = "group_by")]
    by_date: bool,
    #[command(flatten)]
    output: ScoreOutput,
    #[command(flatten)]
    options: TrainOptions,
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    scores: &'a Scores,
    folds: &'a [Scores],
}

impl Crossval {
    pub(super) fn run(self, console: &Console) -> anyhow::Result<Outcome> {
        let params = self.options.params()?;
        let corpus = self.options.read(&self.data, console)?;
        warn_about_balance(&params, &corpus, console)?;
        console.progress(format!("training {} folds of {} articles", self.folds, corpus.len()));
        let split = CrossvalParams {
            split: SplitParams { folds: self.folds, seed: params.seed, allow_rare: true },
            by_date: self.by_date.then(|| "date".to_string()),
        };
        let found = params.crossval(&corpus, &split).map_err(|error| locate(error, &corpus))?;
        let (gold, articles) = (corpus.targets().select(&found.tested), found.tested.iter());
        let evaluation = Evaluation::new(corpus.labels(), &gold, &found.predicted)?;
        let pooled = scores::with_intervals(
            &evaluation.with_probabilities(&found.probabilities)?,
            articles.map(|&row| &corpus.examples()[row].article),
            params.group_by.as_deref(),
            params.seed,
        )?;
        console.stop();
        for (class, name) in corpus.labels().names().iter().enumerate() {
            let folds: Vec<String> =
                found.untrained.iter().filter(|u| u.1 == class).map(|u| (u.0 + 1).to_string()).collect();
            if !folds.is_empty() {
                console.warn(format_args!(
                    "\"{name}\" is missing from the training part of fold {}, where none of its articles can be found; give more of them, use fewer folds, or group by another key",
                    folds.join(", ")
                ));
            }
        }
        let text = match self.output.format {
            ScoreFormat::Json => {
                let report = Report { scores: &pooled, folds: &found.folds };
                format!("{}\n", serde_json::to_string(&report).context("can't write the scores as JSON")?)
            }
            ScoreFormat::Table => {
                let how = match (&params.group_by, self.by_date) {
                    (_, true) => "older articles against newer ones".to_string(),
                    (Some(key), _) => format!("articles of one {key} in one fold"),
                    (None, _) => "stratified".to_string(),
                };
                let parts =
                    [scores::overview(&pooled, &found.folds), scores::per_label(&pooled), scores::confusion(&pooled)];
                let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                format!("{} articles, {} folds ({how})\n\n{}", pooled.n, found.folds.len(), parts.join("\n"))
            }
        };
        sink::print(&text)?;
        scores::gate(&pooled, &self.output.fail_under, console)
    }
}
