//! The options that say how articles are read: the same for every command that reads some.

use clap::Args;
use slantwise::{Encoding, ReadOptions};

use super::values;

#[derive(Debug, Args)]
pub(super) struct Reading {
    /// The encoding of the input, such as windows-1251, koi8-u or utf-16le [default: UTF-8 for rows; told by the page or detected for text and HTML files]
    #[arg(long, value_name = "NAME", value_parser = values::encoding)]
    encoding: Option<Encoding>,
}

impl Reading {
    pub(super) fn options(&self) -> ReadOptions {
        ReadOptions::default().encoding(self.encoding)
    }
}
