//! The options that say how articles are read: the same for every command that reads some.

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
