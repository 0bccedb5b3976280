//! `slantwise compress`: a smaller model file.

use std::path::PathBuf;

use clap::Args;
use slantwise::CompressParams;

use super::console::Console;
use super::{Outcome, models, values};

/// Make a model file smaller
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  slantwise compress stance.slant -o small.slant                 # a tenth of the size, hardly another answer
  slantwise compress stance.slant -o small.slant --bytes 1MB
  slantwise evaluate labelled.jsonl --model small.slant          # what it costs

Weights and document frequencies are rounded to eight bits. With --terms or --bytes only the terms that move \
scores most are kept. The result predicts, explains and is saved like any other model.

Exit status: 0 done, 2 an error.")]
pub(super) struct Compress {
    /// The model file, or the name of a shipped model
    model: PathBuf,
    /// The file to write
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
    /// Keep so many terms, at least 1 [default: all]
    #[arg(long, value_name = "N", conflicts_with = "bytes")]
    terms: Option<usize>,
    /// Keep as many terms as fit into a file of this size, such as 1MB or 500kB
    #[arg(long, value_name = "SIZE", value_parser = values::bytes)]
    bytes: Option<u64>,
}

impl Compress {
    pub(super) fn run(self, console: &Console) -> anyhow::Result<Outcome> {
        let model = models::open(&self.model)?;
        // A shipped model has no file of its own.
        let size = std::fs::metadata(&self.model).map_or_else(|_| model.to_bytes().len() as u64, |file| file.len());
        let before = (model.vectorizer().vocabulary().len(), size);
        let small = model.compress(&CompressParams { max_terms: self.terms, max_bytes: self.bytes })?;
        small.save(&self.output)?;
        let after = (small.vectorizer().vocabulary().len(), std::fs::metadata(&self.output)?.len());
        console.note(format!(
            "{} terms, {} bytes (from {} terms, {} bytes) in {}",
            after.0,
            after.1,
            before.0,
            before.1,
            self.output.display()
        ));
        Ok(Outcome::Done)
    }
}
