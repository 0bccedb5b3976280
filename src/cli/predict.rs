//! `slantwise predict`: labels for articles, as many as there are, in bounded memory.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use rayon::prelude::*;
use slantwise::{Article, Error, ReadOptions, Row};

use super::Outcome;
use super::console::Console;
use super::models::{self, Model};
use super::output::{self, Answer, Format, Item, Rows, Wanted};
use super::queue::Queue;
use super::reading::{Reading, check_stdin, is_stdin};
use super::rejects::Rejects;
use super::sink::{self, Sink};
use super::values;

/// Bytes of articles that are read ahead, and that are labelled together.
const BATCH_BYTES: usize = 4 << 20;

/// Label articles with one or more models
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise predict article.txt new/                             with the models inside the program
  slantwise predict --model stance.slant article.txt new/        with your own
  slantwise predict --model stance.slant --evidence 5 a.txt      with the words that counted most
  slantwise predict --model stance.slant news.jsonl.zst -o labelled.jsonl --keep domain,date
  zcat dump.jsonl.gz | slantwise predict --model stance.slant --format jsonl > labelled.jsonl

Articles are read one after the other, and memory does not grow with their number. A plain or HTML file is \
one article whose id is its path; rows without an id are called FILE:LINE. Of an HTML file the main text is read, \
and its metadata: the title and the keys date, url, domain, lang, author and source (see --keep). A page without a \
main text is labelled by its title alone, and its row has the key empty.

A row of JSONL output is
  {\"id\", \"lang\", \"models\": {NAME: {\"labels\": [...], \"scores\": {label: probability},
   \"abstained\": bool, \"reason\"?, \"evidence\": [{\"start\", \"end\", \"in\", \"text\", \"term\", \"label\",
   \"contribution\", \"count\"}]}}}
with NAME the model's file name without its extension, and offsets in Unicode code points of the title or text.
A model that judges sentences (train --unit sentence) also has the sentences that it gives a label:
  \"sentences\": [{\"start\", \"end\", \"in\", \"text\", \"labels\", \"scores\": {label: probability},
   \"spans\": [{\"start\", \"end\", \"label\"}]}]
with the labels that were given alone in \"scores\", and in \"spans\" the words that carry the evidence for each. Its \
labels for the article are those of its best sentences.

Where a model abstains, \"reason\" says why, and the labels are its best guess: an article without words, in a language \
that it was not trained on, of a kind of text that it doesn't know, about something else than its subject, or, with \
--coverage, one with several possible answers.

A row that can't be read is named with its file, line and reason, and the rest goes on.

Exit status:
  0  done; with --rejects FILE also when rows were set aside there
  2  an error; without --rejects also when a row could not be read (all others are labelled)")]
pub(super) struct Predict {
    /// Files or folders of articles, or '-' [default: '-' when something is piped in]
    #[arg(value_name = "INPUT")]
    input: Vec<PathBuf>,
    /// A model file; can be given several times [default: the models inside the program]
    #[arg(long, short, value_name = "MODEL")]
    model: Vec<PathBuf>,
    /// How labels are written [default: by the name of the -o file, else table]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write to a file, which appears when it is complete
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show the K terms that counted most for and against each label that is given
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    evidence: Option<u32>,
    /// Answer only where no other answer is possible at this coverage: at 0.9, the right answer is called impossible for at
    /// most one article in ten
    #[arg(long, value_name = "SHARE", value_parser = values::share)]
    coverage: Option<f64>,
    /// Carry keys of the input along, such as domain,date or splits.media
    #[arg(long, value_name = "KEY,...", value_delimiter = ',')]
    keep: Vec<String>,
    /// Write rows that can't be read to a file, as JSONL with file, line and reason
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

impl Predict {
    pub(super) fn run(self, console: &Console) -> anyhow::Result<Outcome> {
        let options = self.reading.options();
        let inputs = inputs(self.input, &options)?;
        let format = Format::choose(self.format, self.output.as_deref())?;
        let models = models::load(&self.model)?
            .into_iter()
            .map(|Model { name, pipeline }| Ok(Model { name, pipeline: pipeline.at_coverage(self.coverage)? }))
            .collect::<anyhow::Result<Vec<Model>>>()?;
        let read = [inputs.as_slice(), self.model.as_slice()].concat();
        sink::check_outputs(self.output.as_deref(), self.rejects.as_deref(), &read)?;
        let mut sink = Sink::open(self.output.as_deref())?;
        let show_progress = !sink.is_terminal();
        let rows = Rows::new(format, &models, &self.keep, self.evidence.is_some(), sink.is_coloured())?;
        let mut rejects = Rejects::open(self.rejects.as_deref())?;
        let wanted = Wanted { format, evidence: self.evidence.map(|k| k as usize) };

        let queue = read_ahead(inputs, options)?;
        let (mut n_labelled, mut n_empty) = (0u64, 0u64);
        sink.write(&rows.header())?;
        while let Some(batch) = queue.take() {
            let (articles, items): (Vec<Article>, Vec<Item>) =
                rejects.sort_out(batch, console)?.into_iter().map(Item::split).unzip();
            n_empty += articles.iter().filter(|article| output::empty(article).is_some()).count() as u64;
            sink.write(&label(&rows, &models, &articles, &items, wanted).concat())?;
            sink.flush()?;
            n_labelled += articles.len() as u64;
            if show_progress {
                console.progress(format!("{n_labelled} articles labelled"));
            }
        }
        console.stop();

        if n_labelled == 0 && !rejects.is_empty() {
            rejects.finish()?;
            bail!("no article could be read (see above); nothing is labelled");
        }
        sink.finish()?;
        if n_labelled == 0 {
            console.warn("there are no articles in the input");
        } else if !rows.never_seen().is_empty() {
            console.warn(format_args!("--keep: no article has the key {}", rows.never_seen().join(", ")));
        }
        if n_empty > 0 {
            console.warn(format_args!(
                "{n_empty} pages have no main text, so that their labels rest on their titles, or on nothing"
            ));
        }
        rejects.conclude(format_args!("{n_labelled} articles are labelled"), console)?;
        Ok(Outcome::Done)
    }
}

/// Labels articles in parallel; the parts of the output come in order.
fn label(rows: &Rows, models: &[Model], articles: &[Article], items: &[Item], wanted: Wanted) -> Vec<Vec<u8>> {
    let by_model: Vec<Vec<Answer>> =
        models.iter().map(|model| Answer::all(&model.pipeline, articles, wanted)).collect();
    let per_part = articles.len().div_ceil(4 * rayon::current_num_threads()).max(1);
    articles
        .par_chunks(per_part)
        .enumerate()
        .map(|(part, chunk)| {
            let mut out = Vec::new();
            for (i, article) in (part * per_part..).zip(chunk) {
                let answers: Vec<&Answer> = by_model.iter().map(|answers| &answers[i]).collect();
                rows.write(&mut out, article, &items[i], &answers);
            }
            out
        })
        .collect()
}

/// What to read: what was named, or what is piped in. All of it must be there before anything is labelled.
pub(super) fn inputs(named: Vec<PathBuf>, options: &ReadOptions) -> anyhow::Result<Vec<PathBuf>> {
    if named.is_empty() {
        if io::stdin().is_terminal() {
            bail!("no input; name files or folders of articles, or pipe JSONL in");
        }
        return Ok(vec![PathBuf::from("-")]);
    }
    check_stdin(&named)?;
    // Opened now to be told what is wrong, and again when their turn comes: there may be very many. What can be
    // opened once only, such as a named pipe, waits for its turn.
    for path in named.iter().filter(|path| !path.exists() || path.is_file() || path.is_dir()) {
        if !is_stdin(path) {
            slantwise::Rows::open(path, options)?;
        }
    }
    Ok(named)
}

/// The rows of all inputs, read ahead by a thread of its own.
pub(super) fn read_ahead(inputs: Vec<PathBuf>, options: ReadOptions) -> anyhow::Result<Queue<Result<Row, Error>>> {
    Queue::read_ahead(all_rows(inputs, options), size, BATCH_BYTES).context("can't start a thread to read with")
}

/// The rows of all inputs, one after the other.
fn all_rows(inputs: Vec<PathBuf>, options: ReadOptions) -> impl Iterator<Item = Result<Row, Error>> + Send + 'static {
    inputs.into_iter().flat_map(move |path| -> Box<dyn Iterator<Item = Result<Row, Error>> + Send> {
        match slantwise::Rows::open(&path, &options) {
            Ok(rows) => Box::new(rows),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    })
}

/// About what a row takes in memory.
fn size(row: &Result<Row, Error>) -> usize {
    const OTHERWISE: usize = 512;
    OTHERWISE + row.as_ref().map_or(0, |row| row.article.text().len() + row.article.title().map_or(0, str::len))
}
