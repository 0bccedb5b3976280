//! Lines with their numbers: one by one for streaming, in blocks for parsing in parallel.

use std::io::{BufRead, Read};

use super::source::Source;
use crate::error::{CorpusErrorKind, Result};

/// Bytes of a block: large enough that handing it over costs nothing, small enough that a few of
/// them are nothing beside the corpus.
pub(super) const BLOCK_BYTES: usize = 1 << 20;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A line without its ending is blank when it has nothing but white space.
pub(super) fn is_blank(line: &str) -> bool {
    line.bytes().all(|b| b.is_ascii_whitespace())
}

/// Bytes as text; the error gives the offset of the first bad byte.
pub(super) fn utf8<'a>(bytes: &'a [u8], unit: &'static str) -> std::result::Result<&'a str, CorpusErrorKind> {
    std::str::from_utf8(bytes).map_err(|e| CorpusErrorKind::InvalidUtf8 { at: e.valid_up_to(), unit })
}

/// Bytes without the byte-order mark that some programs write first.
pub(super) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BOM).unwrap_or(bytes)
}

/// Lines one by one, in one buffer.
pub(super) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Lines<R> {
        Lines { reader, buffer: Vec::new(), number: 0 }
    }

    /// The next line with its ending, and its number; `None` at the end of the input.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<(u64, &[u8])>> {
        self.buffer.clear();
        let limit = source.options.max_line_bytes;
        // One byte beyond the limit tells a line that is too long from one that just fits.
        let mut limited = (&mut self.reader).take((limit as u64).saturating_add(1));
        let read = limited.read_until(b'\n', &mut self.buffer).map_err(|e| source.read_error(e))?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let content = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        if content.len() > limit {
            // The next call goes on with the next line.
            self.reader.skip_until(b'\n').map_err(|e| source.read_error(e))?;
            return Err(source.error(Some(self.number), CorpusErrorKind::TooLong { unit: "line", limit }));
        }
        let line = if self.number == 1 { without_bom(&self.buffer) } else { &self.buffer };
        Ok(Some((self.number, line)))
    }
}

/// Whole lines that are parsed together.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// The number of the first line.
    pub(super) first_line: u64,
}

/// Cuts a stream into blocks of whole lines. Where it cuts depends on the bytes alone.
pub(super) struct Blocks<'a, R> {
    reader: R,
    source: &'a Source,
    carry: Vec<u8>,
    next_line: u64,
    done: bool,
}

impl<'a, R: Read> Blocks<'a, R> {
    pub(super) fn new(reader: R, source: &'a Source) -> Blocks<'a, R> {
        Blocks { reader, source, carry: Vec::new(), next_line: 1, done: false }
    }

    fn read_block(&mut self) -> Result<Option<Block>> {
        let mut bytes = Vec::with_capacity(self.carry.len() + BLOCK_BYTES + 32);
        bytes.append(&mut self.carry);
        loop {
            let from = bytes.len();
            let mut limited = (&mut self.reader).take(BLOCK_BYTES as u64);
            let read = limited.read_to_end(&mut bytes).map_err(|e| self.source.read_error(e))?;
            if read < BLOCK_BYTES {
                self.done = true;
                break;
            }
            if let Some(newline) = bytes[from..].iter().rposition(|&b| b == b'\n') {
                self.carry.extend_from_slice(&bytes[from + newline + 1..]);
                bytes.truncate(from + newline + 1);
                break;
            }
            let limit = self.source.options.max_line_bytes;
            if bytes.len() > limit {
                let kind = CorpusErrorKind::TooLong { unit: "line", limit };
                return Err(self.source.error(Some(self.next_line), kind));
            }
        }
        let first_line = self.next_line;
        if first_line == 1 && bytes.starts_with(BOM) {
            bytes.drain(..BOM.len());
        }
        self.next_line += count_newlines(&bytes);
        Ok((!bytes.is_empty()).then_some(Block { bytes, first_line }))
    }
}

impl<R: Read> Iterator for Blocks<'_, R> {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        if self.done {
            return None;
        }
        let block = self.read_block();
        self.done |= block.is_err();
        block.transpose()
    }
}

/// Sums in bytes, a short run at a time, so that the compiler can use vector instructions.
fn count_newlines(bytes: &[u8]) -> u64 {
    bytes.chunks(255).map(|run| u64::from(run.iter().map(|&b| u8::from(b == b'\n')).sum::<u8>())).sum()
}

impl Block {
    /// Calls `parse` for every line that is not blank, without its ending, until it or the block
    /// fails; the error comes with the line's number.
    pub(super) fn each_line(
        &self,
        source: &Source,
        mut parse: impl FnMut(u64, &str) -> std::result::Result<(), CorpusErrorKind>,
    ) -> std::result::Result<(), (u64, CorpusErrorKind)> {
        // Lines before a bad byte are parsed first, so that the first error in the file is reported.
        let (text, bad) = match std::str::from_utf8(&self.bytes) {
            Ok(text) => (text, None),
            Err(e) => {
                let valid = &self.bytes[..e.valid_up_to()];
                let start = valid.iter().rposition(|&b| b == b'\n').map_or(0, |newline| newline + 1);
                let text = std::str::from_utf8(&valid[..start]).unwrap_or_default();
                (text, Some(valid.len() - start))
            }
        };
        let limit = source.options.max_line_bytes;
        let mut number = self.first_line;
        for line in text.split_terminator('\n') {
            if line.len() > limit {
                return Err((number, CorpusErrorKind::TooLong { unit: "line", limit }));
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            if !is_blank(line) {
                parse(number, line).map_err(|e| (number, e))?;
            }
            number += 1;
        }
        match bad {
            Some(at) => Err((number, CorpusErrorKind::InvalidUtf8 { at, unit: "line" })),
            None => Ok(()),
        }
    }
}
