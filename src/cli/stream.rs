//! `slantwise train --stream`: from any number of articles to a model file.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Instant;
use std::{fs, mem};

use anyhow::{Context, bail};
use clap::Args;
use slantwise::{
    Classifier, CorpusErrorKind, Error, Example, Examples, Format, Place, ReadOptions, StreamParams, StreamTrainer,
};

use super::console::Console;
use super::reading::{check_stdin, is_stdin};
use super::spool::Spool;
use super::train::{summary, warn_about_calibration};
use super::train_options::TrainOptions;
use super::{Outcome, sink, values};

/// Bytes of articles that are read ahead, and that are learned together.
const BATCH_BYTES: usize = 2 << 20;
/// Articles of a batch, where they are short.
const BATCH_ROWS: usize = 8192;

#[derive(Debug, Args)]
#[command(next_help_heading = "Streaming")]
pub(super) struct Stream {
    /// Learn articles one after the other in memory of a fixed size, however many there are
    #[arg(long)]
    stream: bool,
    /// Memory that a stream may take in all, from 128MiB: how many terms are held follows from it [default: 512MiB]
    #[arg(long, value_name = "SIZE", value_parser = values::bytes, requires = "stream")]
    memory: Option<u64>,
    /// Keep what a stream has taught in a file from time to time, and go on from it where it exists; removed once the model is
    /// written
    #[arg(long, value_name = "FILE", requires = "stream")]
    checkpoint: Option<PathBuf>,
    /// Articles between two checkpoints, at least 1 [default: 1000000]
    #[arg(long, value_name = "ARTICLES", requires = "checkpoint", value_parser = clap::value_parser!(u64).range(1..))]
    checkpoint_every: Option<u64>,
}

impl Stream {
    pub(super) fn is_on(&self) -> bool {
        self.stream
    }

    pub(super) fn run(
        &self,
        data: &[PathBuf],
        output: &Path,
        options: &TrainOptions,
        console: &Console,
    ) -> anyhow::Result<Outcome> {
        let mut params = StreamParams { pipeline: options.stream_params()?, ..StreamParams::default() };
        params.memory = self.memory.unwrap_or(params.memory);
        params.check()?;
        check_stdin(data)?;
        sink::check_writable(output)?;
        sink::check_distinct(output, data)?;
        if let Some(checkpoint) = &self.checkpoint {
            sink::check_writable(checkpoint)?;
            sink::check_distinct(checkpoint, data)?;
            if checkpoint == output {
                bail!("{}: is the model file as well; name another file with --checkpoint", checkpoint.display());
            }
        }
        let passes = match &params.pipeline.classifier {
            Classifier::Ftrl(ftrl) => ftrl.n_passes(),
            _ => 1,
        };
        let mut input = Input::new(data, output, options.read_options(), passes)?;
        let mut trainer = self.trainer(params, console)?;
        let mut progress = Progress::new(passes);
        for pass in 0..passes {
            if pass < trainer.n_passes() {
                input.pass_over()?;
                continue;
            }
            for batch in input.batches()? {
                let batch = batch?;
                progress.see(&batch, pass, console);
                trainer.learn(batch)?;
                self.keep(&mut trainer, &mut progress)?;
            }
            if trainer.n_articles() == 0 {
                let place = Place { path: data[0].clone(), line: None };
                return Err(Error::Corpus { place, kind: CorpusErrorKind::Empty }.into());
            }
            trainer.end_pass()?;
        }
        if trainer.is_in_runs() {
            console.warn(
                "the articles come class by class, so that what was learned of one is forgotten over the next; shuffle them \
                 (shuf for lines), or train without --stream",
            );
        }
        console.progress("making the model");
        let model = trainer.finish()?;
        model.save(output)?;
        if let Some(checkpoint) = self.checkpoint.as_deref().filter(|path| path.exists()) {
            fs::remove_file(checkpoint).with_context(|| format!("{}: can't be removed", checkpoint.display()))?;
        }
        console.stop();
        warn_about_calibration(&model, console);
        console.note(summary(&model, "held out"));
        console.note(format_args!("{} written in {}", output.display(), progress.total()));
        Ok(Outcome::Done)
    }

    /// A new trainer, or the one that a checkpoint has kept.
    fn trainer(&self, params: StreamParams, console: &Console) -> anyhow::Result<StreamTrainer> {
        let Some(checkpoint) = self.checkpoint.as_deref().filter(|path| path.exists()) else {
            return Ok(StreamTrainer::new(params)?);
        };
        let (trainer, learned) = StreamTrainer::resume(checkpoint, params)?;
        console.note(format_args!(
            "going on from {}: {learned} articles of pass {} are learned",
            checkpoint.display(),
            trainer.n_passes() + 1
        ));
        Ok(trainer)
    }

    /// Writes a checkpoint when it is time.
    fn keep(&self, trainer: &mut StreamTrainer, progress: &mut Progress) -> anyhow::Result<()> {
        let Some(checkpoint) = &self.checkpoint else { return Ok(()) };
        if progress.since_kept >= self.checkpoint_every.unwrap_or(1_000_000) {
            progress.since_kept = 0;
            trainer.save(checkpoint)?;
        }
        Ok(())
    }
}

/// The articles, as often as they are asked for.
struct Input<'a> {
    data: &'a [PathBuf],
    options: ReadOptions,
    /// Where standard input is kept for the passes after the first.
    spool: Option<Spool>,
    read: bool,
}

type Batch = slantwise::Result<Vec<Example>>;

impl<'a> Input<'a> {
    fn new(data: &'a [PathBuf], output: &Path, options: ReadOptions, passes: u32) -> anyhow::Result<Input<'a>> {
        let stdin = data.iter().any(|path| is_stdin(path));
        if stdin && passes > 1 && data.len() > 1 {
            bail!(
                "-: more than one pass over standard input and files together is not possible; give '-' alone, or files"
            );
        }
        let spool = if stdin && passes > 1 { Some(Spool::beside(output)?) } else { None };
        Ok(Input { data, options, spool, read: false })
    }

    /// Leaves a pass out that a checkpoint has learned; standard input is kept for the next.
    fn pass_over(&mut self) -> anyhow::Result<()> {
        if let Some(spool) = self.spool.as_ref().filter(|_| !self.read) {
            io::copy(&mut spool.copying(io::stdin())?, &mut io::sink()).context("standard input can't be kept")?;
        }
        self.read = true;
        Ok(())
    }

    /// The articles of a pass, read by a thread of its own.
    fn batches(&mut self) -> anyhow::Result<Receiver<Batch>> {
        let examples = match (&self.spool, mem::replace(&mut self.read, true)) {
            (None, _) => Examples::open(self.data, &self.options)?,
            (Some(spool), false) => {
                let copying = BufReader::with_capacity(1 << 18, spool.copying(io::stdin())?);
                Examples::from_reader(copying, "-", Format::Jsonl, &self.options)
            }
            (Some(spool), true) => Examples::from_reader(spool.replay()?, "-", Format::Jsonl, &self.options),
        };
        let (sender, receiver) = sync_channel(1);
        // Not joined: it may wait for input that never comes when nobody wants it any more.
        thread::Builder::new().name("reader".into()).spawn(move || {
            let mut batch = Vec::new();
            let mut bytes = 0;
            for example in examples {
                match example {
                    Ok(example) => {
                        bytes += size(&example);
                        batch.push(example);
                        if bytes < BATCH_BYTES && batch.len() < BATCH_ROWS {
                            continue;
                        }
                        bytes = 0;
                        if sender.send(Ok(mem::take(&mut batch))).is_err() {
                            return;
                        }
                    }
                    // Rows before it may be wrong in another way, which is said first.
                    Err(error) => {
                        _ = sender.send(Ok(mem::take(&mut batch))).and_then(|()| sender.send(Err(error)));
                        return;
                    }
                }
            }
            _ = sender.send(Ok(batch));
        })?;
        Ok(receiver)
    }
}

/// Bytes of an article's title and text.
fn size(example: &Example) -> usize {
    example.article.text().len() + example.article.title().map_or(0, str::len)
}

/// How far learning is, and how fast.
struct Progress {
    passes: u32,
    start: Instant,
    bytes: u64,
    articles: u64,
    since_kept: u64,
}

impl Progress {
    fn new(passes: u32) -> Progress {
        Progress { passes, start: Instant::now(), bytes: 0, articles: 0, since_kept: 0 }
    }

    fn see(&mut self, batch: &[Example], pass: u32, console: &Console) {
        self.bytes += batch.iter().map(|example| size(example) as u64).sum::<u64>();
        self.articles += batch.len() as u64;
        self.since_kept += batch.len() as u64;
        let of = if self.passes > 1 { format!("pass {} of {}: ", pass + 1, self.passes) } else { String::new() };
        console.progress(format!(
            "{of}{} articles, {:.0} MB, {:.0} MB/s",
            self.articles,
            self.megabytes(),
            self.rate()
        ));
    }

    fn megabytes(&self) -> f64 {
        self.bytes as f64 / 1e6
    }

    fn rate(&self) -> f64 {
        self.megabytes() / self.start.elapsed().as_secs_f64().max(1e-3)
    }

    fn total(&self) -> String {
        format!(
            "{:.1} s ({:.0} MB of text, {:.0} MB/s)",
            self.start.elapsed().as_secs_f64(),
            self.megabytes(),
            self.rate()
        )
    }
}
