//! `slantwise train`: from labelled articles to a model file.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use slantwise::{CalibrationFit, Pipeline, Task};

use super::console::Console;
use super::stream::Stream;
use super::train_options::{TrainOptions, locate, warn_about_balance};
use super::{Outcome, sink};

/// Learn a model from labelled articles
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise train articles.jsonl -o stance.slant
  slantwise train left/ right.csv.gz -o stance.slant --classifier svm --words 1..3
  slantwise train data.jsonl.zst -o frames.slant --label frames --class-weight balanced
  slantwise train data.jsonl.zst -o stance.slant --group-by domain --params best.toml
  zcat huge.jsonl.gz | slantwise train --stream - -o stance.slant --checkpoint stance.checkpoint

A row of JSONL or CSV needs 'text' and a label: 'label' is one class an article, 'labels' any number of them. \
In a folder, the folders are the labels and every .txt or .html file is an article. Standard output stays \
empty; the summary goes to standard error. A model file that exists is replaced only by a complete new one.

With --stream, articles are learned one after the other, by ftrl (rates and regularisation: alpha, beta, l1 and l2 under \
[classifier.ftrl] in --params); they should come in no order of labels. One in twenty is not learned but used for \
probabilities and thresholds. Options for which all articles would have to be known beforehand (--group-by, --balance-by, \
--repeated-lines, --max-df, --max-features, --select) do not go with it. A checkpoint that exists is gone on from, with the same \
articles and options, to the very model that learning without a break would have given.

Exit status: 0 the model is written, 2 an error.")]
pub(super) struct Train {
    /// Files or folders of labelled articles, or '-'
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// The model file to write
    #[arg(long, short, value_name = "MODEL", help_heading = "Data")]
    output: PathBuf,
    #[command(flatten)]
    stream: Stream,
    #[command(flatten)]
    options: TrainOptions,
}

impl Train {
    pub(super) fn run(self, console: &Console) -> anyhow::Result<Outcome> {
        if self.stream.is_on() {
            return self.stream.run(&self.data, &self.output, &self.options, console);
        }
        let start = Instant::now();
        let params = self.options.params()?;
        sink::check_writable(&self.output)?;
        sink::check_distinct(&self.output, &self.data)?;
        let corpus = self.options.read(&self.data, console)?;
        warn_about_balance(&params, &corpus, console)?;
        console.progress(format!("training on {} articles", corpus.len()));
        let model = params.fit(&corpus).map_err(|error| locate(error, &corpus))?;
        model.save(&self.output)?;
        console.stop();
        warn_about_calibration(&model, console);
        console.note(summary(&model, "out of fold"));
        console.note(format_args!("{} written in {:.1} s", self.output.display(), start.elapsed().as_secs_f64()));
        Ok(Outcome::Done)
    }
}

/// What was learned: articles, labels with their counts, terms, probabilities.
/// `found` says where the articles that probabilities were learned from were.
pub(super) fn summary(model: &Pipeline, found: &str) -> String {
    let labels = model.labels();
    let task = match model.task() {
        Task::One => "classes, one an article",
        Task::Several => "labels, any number an article",
    };
    let mut support: Vec<(&String, usize)> = labels.names().iter().zip(model.support().iter().copied()).collect();
    support.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let support: String = support.iter().map(|(name, n)| format!("\n  {n:>7}  {name}")).collect();
    let calibrated = match model.n_calibration_samples() {
        0 => "probabilities not calibrated: too few articles".to_string(),
        n => format!("probabilities calibrated on {n} articles {found}"),
    };
    format!(
        "{} articles; {} {task}:{support}\n{} terms; {}; {calibrated}",
        model.n_training_samples(),
        labels.len(),
        model.vectorizer().vocabulary().len(),
        model.fitted_params().classifier.name(),
    )
}

pub(super) fn warn_about_calibration(model: &Pipeline, console: &Console) {
    for (class, fit) in model.calibration().unfitted() {
        let why = match fit {
            CalibrationFit::OneClass => "it occurs in all or none of the articles out of fold",
            CalibrationFit::ConstantScores => "all its scores out of fold are equal",
            CalibrationFit::Inverted => {
                "higher scores went with fewer hits out of fold: nothing was learned that carries over"
            }
            _ => continue,
        };
        let label = model.labels().name(class);
        console
            .warn(format_args!("the probability of \"{label}\" does not follow its score: {why}; give more articles"));
    }
}
