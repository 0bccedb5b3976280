//! A file or stream under reading: its name, the rules for its rows, and its errors.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::options::ReadOptions;
use super::{compression, transcode};
use crate::error::{CorpusErrorKind, Error, Place};
use crate::text::Encoding;

/// The name of an input with the rules for its rows.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) options: ReadOptions,
    /// The encoding of its rows, known once the first are read and where it is not UTF-8.
    pub(super) read_as: Arc<OnceLock<Encoding>>,
}

impl Source {
    pub(super) fn new(path: impl Into<PathBuf>, options: &ReadOptions) -> Source {
        Source { path: path.into(), options: options.clone(), read_as: Arc::default() }
    }

    /// Whether this is standard input.
    pub(super) fn is_stdin(path: &Path) -> bool {
        path.as_os_str() == "-"
    }

    pub(super) fn place(&self, line: Option<u64>) -> Place {
        Place { path: self.path.clone(), line }
    }

    pub(super) fn error(&self, line: Option<u64>, kind: CorpusErrorKind) -> Error {
        Error::Corpus { place: self.place(line), kind }
    }

    /// An error of the reader: damaged compression and files that are no text are told from a failing disk.
    pub(super) fn read_error(&self, error: io::Error) -> Error {
        match transcode::not_text(&error).or_else(|| compression::damage(&self.path, &error)) {
            Some(kind) => self.error(None, kind),
            None => Error::io(&self.path, error),
        }
    }

    /// The identifier of a row that has none: `FILE:LINE`, or the file where it is one article.
    pub(super) fn id(&self, line: Option<u64>) -> String {
        self.place(line).to_string()
    }
}
