//! The options that say how articles are read: the same for every command that reads some.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use slantwise::{Encoding, ReadOptions};

use super::values;

#[derive(Debug, Args)]
pub(super) struct Reading {
    /// The encoding of the input, such as windows-1251, koi8-u or utf-16le [default: UTF-8 for rows; told by the page or detected for text and HTML files]
    #[arg(long, value_name = "NAME", value_parser = values::encoding)]
    encoding: Option<Encoding>,
    /// How many bytes one compressed file may expand to, such as 500MB or 2TB; more is an error [default: 16GiB]
    #[arg(long, value_name = "BYTES", value_parser = values::bytes)]
    max_expanded: Option<u64>,
    /// How many bytes one row, or one file that is an article, may have [default: 256MiB]
    #[arg(long, value_name = "BYTES", value_parser = values::bytes)]
    max_row: Option<u64>,
}

impl Reading {
    pub(super) fn options(&self) -> ReadOptions {
        let mut options = ReadOptions::default().encoding(self.encoding);
        if let Some(bytes) = self.max_expanded {
            options = options.max_expanded_bytes(bytes);
        }
        if let Some(bytes) = self.max_row {
            options = options.max_line_bytes(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
        options
    }
}

/// Whether a path stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Errors where standard input is to be read twice.
pub(super) fn check_stdin(data: &[PathBuf]) -> anyhow::Result<()> {
    if data.iter().filter(|path| is_stdin(path)).count() > 1 {
        bail!("-: standard input can be read once only; give '-' once");
    }
    Ok(())
}
