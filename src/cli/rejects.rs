//! Rows that can't be read while the rest goes on.

use std::fmt::Display;
use std::path::Path;

use anyhow::bail;
use slantwise::{CorpusErrorKind, Error, Row};

use super::console::Console;
use super::sink::Sink;

/// Rows that can't be read, told on standard error or set aside in a file.
#[derive(Debug, Default)]
pub(super) struct Rejects {
    sink: Option<Sink>,
    n: u64,
    /// Inputs whose rest is lost.
    n_lost: u64,
}

impl Rejects {
    /// Rows are set aside in the file, where one is named.
    pub(super) fn open(file: Option<&Path>) -> anyhow::Result<Rejects> {
        Ok(Rejects { sink: file.map(|path| Sink::open(Some(path))).transpose()?, ..Rejects::default() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The rows of a batch that could be read; the others are taken down.
    pub(super) fn sort_out(&mut self, batch: Vec<Result<Row, Error>>, console: &Console) -> anyhow::Result<Vec<Row>> {
        let mut rows = Vec::with_capacity(batch.len());
        for row in batch {
            match row {
                Ok(row) => rows.push(row),
                Err(error) => self.push(error, console)?,
            }
        }
        Ok(rows)
    }

    fn push(&mut self, error: Error, console: &Console) -> anyhow::Result<()> {
        self.n += 1;
        let lost = matches!(
            &error,
            Error::Io { .. }
                | Error::Corpus {
                    kind: CorpusErrorKind::Compression { .. }
                        | CorpusErrorKind::ExpandsBeyond { .. }
                        | CorpusErrorKind::UnknownFormat
                        | CorpusErrorKind::Empty,
                    ..
                }
        );
        self.n_lost += u64::from(lost);
        if let Some(sink) = &mut self.sink {
            let (place, reason) = match &error {
                Error::Corpus { place, kind } => (Some(place), kind.to_string()),
                other => (None, other.to_string()),
            };
            let row = serde_json::json!({
                "file": place.map(|place| place.path.to_string_lossy()),
                "line": place.and_then(|place| place.line),
                "reason": reason,
            });
            sink.write(format!("{row}\n").as_bytes())?;
        }
        if self.sink.is_none() || lost {
            console.error(&error.into());
        }
        Ok(())
    }

    pub(super) fn finish(self) -> anyhow::Result<()> {
        self.sink.map_or(Ok(()), Sink::finish)
    }

    /// Says how many rows are missing from what was done: an error, unless they were set aside as asked.
    pub(super) fn conclude(self, done: impl Display, console: &Console) -> anyhow::Result<()> {
        let (n, lost, aside) = (self.n, self.n_lost, self.sink.is_some());
        self.finish()?;
        if lost > 0 {
            bail!("{lost} of the inputs could not be read to the end; {done}");
        }
        match (n, aside) {
            (0, _) => {}
            (n, true) => console.warn(format_args!("{n} rows set aside with --rejects; {done}")),
            (n, false) => {
                bail!("{n} rows could not be read; {done}; correct the rows, or set them aside with --rejects FILE")
            }
        }
        Ok(())
    }
}
