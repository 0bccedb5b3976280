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

/// A line as text; the error gives the offset of the first bad byte.
pub(super) fn utf8<'a>(bytes: &'a [u8], source: &Source) -> std::result::Result<&'a str, CorpusErrorKind> {
    std::str::from_utf8(bytes).map_err(|e| invalid(&bytes[..e.valid_up_to()], source))
}

/// The error of a line that is text up to here. Where it was decoded, characters are all that can be counted.
fn invalid(valid: &[u8], source: &Source) -> CorpusErrorKind {
    match source.read_as.get() {
        None => CorpusErrorKind::InvalidUtf8 { at: valid.len(), unit: "line" },
        Some(encoding) => {
            let at = String::from_utf8_lossy(valid).chars().count();
            CorpusErrorKind::Malformed { encoding: encoding.name(), unit: "character", at }
        }
    }
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
                (text, Some(invalid(&valid[start..], source)))
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
            Some(kind) => Err((number, kind)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::options::ReadOptions;

    type Line = std::result::Result<(u64, String), String>;

    /// The lines that are not blank, read one by one.
    fn streamed(bytes: &[u8], source: &Source) -> Vec<Line> {
        let mut lines = Lines::new(bytes);
        let mut found = Vec::new();
        loop {
            match lines.next(source) {
                Ok(None) => return found,
                Ok(Some((number, bytes))) => match utf8(bytes, source) {
                    Ok(line) if is_blank(line) => {}
                    Ok(line) => found.push(Ok((number, line.trim_end_matches(['\r', '\n']).to_string()))),
                    Err(kind) => found.push(Err(source.error(Some(number), kind).to_string())),
                },
                Err(error) => found.push(Err(error.to_string())),
            }
            if found.last().is_some_and(Line::is_err) {
                return found;
            }
        }
    }

    /// The same, read in blocks.
    fn in_blocks(bytes: &[u8], source: &Source) -> Vec<Line> {
        let mut found: Vec<Line> = Vec::new();
        for block in Blocks::new(bytes, source) {
            let result = match block {
                Ok(block) => block.each_line(source, |number, line| {
                    found.push(Ok((number, line.to_string())));
                    Ok(())
                }),
                Err(error) => {
                    found.push(Err(error.to_string()));
                    return found;
                }
            };
            if let Err((number, kind)) = result {
                found.push(Err(source.error(Some(number), kind).to_string()));
                return found;
            }
        }
        found
    }

    #[test]
    fn blocks_hold_the_same_lines_as_a_stream() {
        let source = Source::new("f", &ReadOptions::default());
        let long = "é".repeat(BLOCK_BYTES);
        let at_the_edge = "x".repeat(BLOCK_BYTES - 1);
        let many = "word \n\n".repeat(BLOCK_BYTES / 3);
        for text in [
            "",
            "\n",
            "\u{feff}a\r\n\r\n \t\nb\rc\n\nd",
            "\u{feff}",
            &format!("{at_the_edge}\n{at_the_edge}\n"),
            &format!("a\n{long}\nb\n{many}{long}"),
        ] {
            let lines = streamed(text.as_bytes(), &source);
            assert_eq!(lines, in_blocks(text.as_bytes(), &source), "{} bytes", text.len());
            assert_eq!(lines.len(), text.trim_start_matches('\u{feff}').lines().filter(|line| !is_blank(line)).count());
        }
    }

    #[test]
    fn invalid_utf8_names_line_and_byte_after_the_lines_before_it() {
        let source = Source::new("f", &ReadOptions::default());
        let mut bytes = b"good\n".repeat(BLOCK_BYTES / 4);
        bytes.extend_from_slice(b"\nba\xffd\ngood\n");
        let n_lines = BLOCK_BYTES / 4;
        for lines in [streamed(&bytes, &source), in_blocks(&bytes, &source)] {
            assert_eq!(lines.len(), n_lines + 1);
            let error = lines[n_lines].as_ref().unwrap_err();
            assert!(error.starts_with(&format!("f:{}: invalid UTF-8 at byte 2 of the line", n_lines + 2)), "{error}");
        }
    }

    #[test]
    fn a_line_may_have_the_limit_and_not_a_byte_more() {
        for limit in [5, BLOCK_BYTES + 5] {
            let source = Source::new("f", &ReadOptions::default().max_line_bytes(limit));
            for ending in ["", "\n"] {
                let fits = format!("a\n{}{ending}", "b".repeat(limit));
                let beyond = format!("a\n{}{ending}", "b".repeat(limit + 1));
                for read in [streamed, in_blocks] {
                    assert_eq!(read(fits.as_bytes(), &source)[1], Ok((2, "b".repeat(limit))));
                    let error = read(beyond.as_bytes(), &source)[1].clone().unwrap_err();
                    assert!(error.starts_with(&format!("f:2: the line has more than {limit} bytes")), "{error}");
                }
            }
        }
    }

    #[test]
    fn a_stream_goes_on_after_a_line_that_is_too_long() {
        let source = Source::new("f", &ReadOptions::default().max_line_bytes(3));
        let mut lines = Lines::new("12345678\nabc\n1234\nd".as_bytes());
        let mut read = || lines.next(&source).map(|line| line.map(|(number, line)| (number, line.to_vec())));
        assert!(read().is_err());
        assert_eq!(read().unwrap(), Some((2, b"abc\n".to_vec())));
        assert!(read().is_err());
        assert_eq!(read().unwrap(), Some((4, b"d".to_vec())));
        assert_eq!(read().unwrap(), None);
    }
}
