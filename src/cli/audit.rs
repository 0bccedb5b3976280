//! `slantwise audit`: what scores on a corpus owe to other things than the meaning of its labels.

mod text;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use slantwise::{Audit as Auditor, AuditCode, AuditReport, Corpus, Example, Finding, Severity};

use super::console::Console;
use super::reading::check_stdin;
use super::train_options::{TrainOptions, locate};
use super::{Outcome, sink};

/// Look for what makes scores on labelled articles mean less than they say
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise audit articles.jsonl
  slantwise audit articles.jsonl --group-by domain --batch wave
  slantwise audit articles.jsonl --format json > audit.json
  slantwise audit articles.jsonl --fail-on outlet-leak,error    # a gate for scripts

Looked for: outlets, languages, topics, lengths and page furniture that give the label away; the score on new \
outlets beside that on random folds, and both within each language and outlet; terms and names of outlets that \
decide; near-duplicates across labels, outlets and splits; probable label errors; batches whose labels contradict \
the others.

The outlet is the key of --group-by [default: domain, else source], the language lang [default: detected]. \
Batches are looked for under batch, wave, file (which of several DATA), split, splits.* and the year of date. \
Models are trained on a seeded sample where there are more than --max-rows articles; the report says so. All \
else is of all articles.

--fail-on takes codes as the report names them (outlet-leak, language-confound, swapped-batch, \
duplicates-across-labels, label-errors, ...) and severities: note, warning (or worse), error.

Exit status: 0 done, 1 something of --fail-on was found, 2 an error.")]
pub(super) struct Audit {
    /// Files or folders of labelled articles, or '-'
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// The key of the language [default: lang, else detected]
    #[arg(long, value_name = "KEY", help_heading = "Data")]
    language: Option<String>,
    /// The key of the topic [default: topic, where there is one]
    #[arg(long, value_name = "KEY", help_heading = "Data")]
    topic: Option<String>,
    /// The key of the batch in which a row was collected; date stands for its year [default: all that are likely]
    #[arg(long, value_name = "KEY", help_heading = "Data")]
    batch: Option<String>,
    /// Number of folds, 2 to 100
    #[arg(long, value_name = "N", default_value_t = 5)]
    folds: usize,
    /// Articles that models are trained and tested on, at least 100
    #[arg(long, value_name = "N", default_value_t = 8000)]
    max_rows: usize,
    /// Rows of every list
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with status 1 where one of these was found; can be given several times
    #[arg(long, value_name = "CODE,...", value_delimiter = ',', value_parser = fail_on)]
    fail_on: Vec<FailOn>,
    #[command(flatten)]
    options: TrainOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// What fails the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FailOn {
    Code(AuditCode),
    /// This severity, or a worse one.
    Severity(Severity),
}

impl FailOn {
    fn meets(self, finding: &Finding) -> bool {
        match self {
            FailOn::Code(code) => finding.code == code,
            FailOn::Severity(severity) => finding.severity >= severity,
        }
    }
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    let code = text.parse().map(FailOn::Code);
    code.or_else(|_| text.parse().map(FailOn::Severity)).map_err(|_| {
        let codes: Vec<&str> = AuditCode::ALL.iter().map(|code| code.name()).collect();
        format!("expected note, warning, error, or a code: {}", codes.join(", "))
    })
}

impl Audit {
    pub(super) fn run(self, console: &Console) -> anyhow::Result<Outcome> {
        let mut params = Auditor::params().pipeline(self.options.params()?);
        params = params.folds(self.folds).max_rows(self.max_rows).top(self.top);
        (params.language, params.topic, params.batch) = (self.language.clone(), self.topic.clone(), self.batch.clone());
        params.check()?;
        let corpus = self.read(console)?;
        let report =
            params.run_with(&corpus, &mut |part| console.progress(part)).map_err(|error| locate(error, &corpus))?;
        console.stop();
        let text = match self.format {
            Format::Json => serde_json::to_string(&report).context("can't write the report as JSON")? + "\n",
            Format::Text => text::report(&report),
        };
        sink::print(&text)?;
        Ok(self.gate(&report, console))
    }

    /// Reads the articles; where there are several files or folders, each row remembers under `file` which it is of.
    fn read(&self, console: &Console) -> anyhow::Result<Corpus> {
        check_stdin(&self.data)?;
        if self.data.len() == 1 {
            return self.options.read(&self.data, console);
        }
        let mut examples: Vec<Example> = Vec::new();
        let mut first = None;
        for path in &self.data {
            let corpus = self.options.read(std::slice::from_ref(path), console)?;
            if *first.get_or_insert(corpus.task()) != corpus.task() {
                bail!(
                    "{}: one class an article here and several labels in another file, or the other way round; audit them apart",
                    path.display()
                );
            }
            let file = path.display().to_string();
            examples.extend(corpus.into_examples().into_iter().map(|example| match example.article.field("file") {
                Some(_) => example,
                None => Example { article: example.article.with_field("file", file.as_str()), ..example },
            }));
        }
        Ok(Corpus::from_examples(examples)?)
    }

    fn gate(&self, report: &AuditReport, console: &Console) -> Outcome {
        let mut outcome = Outcome::Done;
        for finding in &report.findings {
            if self.fail_on.iter().any(|on| on.meets(finding)) {
                console.failed(format_args!("{} ({}): {}", finding.code, finding.severity, finding.figure));
                outcome = Outcome::GateFailed;
            }
        }
        outcome
    }
}
