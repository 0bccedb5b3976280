//! Tables with a header: CSV and TSV, quoted as RFC 4180 says.
//!
//! The parser is fed line by line: only so the line of a record is known however its cells break
//! over lines, and a quote that is never closed is found instead of swallowing the rest of the file.

use std::io::BufRead;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::lines::{Lines, is_blank, utf8};
use super::record::Record;
use super::source::Source;
use crate::article::FieldValue;
use crate::error::{CorpusErrorKind, Result};

type Kind = CorpusErrorKind;

/// Between the labels of a cell in the column `labels`.
const LABEL_SEPARATOR: char = '|';

/// A table under reading.
pub(super) struct Table<R> {
    lines: Lines<R>,
    delimiter: u8,
    cells: Cells,
    header: Vec<String>,
    /// Without a usable header no row can be understood.
    broken: bool,
}

impl<R: BufRead> Table<R> {
    pub(super) fn new(reader: R, delimiter: u8) -> Table<R> {
        let cells = Cells::new(delimiter);
        Table { lines: Lines::new(reader), delimiter, cells, header: Vec::new(), broken: false }
    }

    /// The next record and the line it begins on; `None` at the end of the table.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<(u64, Record)>> {
        if self.broken {
            return Ok(None);
        }
        if self.header.is_empty() {
            self.broken = true;
            let Some(line) = self.read_cells(source)? else { return Ok(None) };
            self.header = self.cells.header().map_err(|kind| source.error(Some(line), kind))?;
            self.broken = false;
        }
        let Some(line) = self.read_cells(source)? else { return Ok(None) };
        let record = self.cells.record(&self.header, source);
        record.map(|record| Some((line, record))).map_err(|kind| source.error(Some(line), kind))
    }

    /// Fills the cells with the next record and tells the line it begins on.
    fn read_cells(&mut self, source: &Source) -> Result<Option<u64>> {
        let read = self.read_cells_or_fail(source);
        if read.is_err() {
            // The parser may be inside a quote; what follows is read as a new row.
            self.cells = Cells::new(self.delimiter);
        }
        read
    }

    fn read_cells_or_fail(&mut self, source: &Source) -> Result<Option<u64>> {
        self.cells.clear();
        let mut first = None;
        loop {
            let Some((number, bytes)) = self.lines.next(source)? else {
                let Some(first) = first else { return Ok(None) };
                let kind = table("a quote that opens in this row is never closed");
                return Err(source.error(Some(first), kind));
            };
            let line = utf8(bytes, "line").map_err(|kind| source.error(Some(number), kind))?;
            // In a table of tabs, a line of tabs is a row of empty cells.
            if first.is_none() && is_blank(line) && !line.contains('\t') {
                continue;
            }
            let first = *first.get_or_insert(number);
            let limit = source.options.max_line_bytes;
            if self.cells.used.saturating_add(line.len()) > limit.saturating_add(1) {
                return Err(source.error(Some(first), Kind::TooLong { unit: "record", limit }));
            }
            if self.cells.feed_line(line) {
                return Ok(Some(first));
            }
        }
    }
}

fn table(reason: impl Into<String>) -> Kind {
    Kind::Table { reason: reason.into() }
}

/// The cells of one record: their text end to end, and where each ends.
struct Cells {
    parser: Reader,
    text: Vec<u8>,
    used: usize,
    ends: Vec<usize>,
    n_cells: usize,
}

impl Cells {
    fn new(delimiter: u8) -> Cells {
        // Only a line feed ends a row: a carriage return before it is taken off below, any other
        // belongs to its cell.
        let parser = ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(b'\n')).build();
        Cells { parser, text: Vec::new(), used: 0, ends: vec![0; 32], n_cells: 0 }
    }

    fn clear(&mut self) {
        self.used = 0;
        self.n_cells = 0;
    }

    /// Parses a line; whether it completes the record. If not, a quote is open at its end.
    fn feed_line(&mut self, line: &str) -> bool {
        let complete = self.feed(line.as_bytes()) || (!line.ends_with('\n') && self.feed(b"\n"));
        // A record ends outside quotes, so the carriage return of its last line does, too.
        if complete && line.ends_with("\r\n") && self.used > 0 && self.text[self.used - 1] == b'\r' {
            self.used -= 1;
            self.ends[self.n_cells - 1] = self.used;
        }
        complete
    }

    fn feed(&mut self, mut input: &[u8]) -> bool {
        // Parsing never makes text longer.
        self.text.resize(self.text.len().max(self.used + input.len()), 0);
        while !input.is_empty() {
            let (text, ends) = (&mut self.text[self.used..], &mut self.ends[self.n_cells..]);
            let (result, read, written, cells) = self.parser.read_record(input, text, ends);
            input = &input[read..];
            self.used += written;
            self.n_cells += cells;
            match result {
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::OutputFull => self.text.resize(2 * self.text.len() + 1, 0),
                ReadRecordResult::Record => return true,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return false,
            }
        }
        false
    }

    fn cells(&self) -> impl Iterator<Item = std::result::Result<&str, Kind>> {
        let ends = &self.ends[..self.n_cells];
        let starts = std::iter::once(0).chain(ends.iter().copied());
        // Lines are UTF-8 before they are cut, and they are cut at ASCII characters.
        starts.zip(ends).map(|(start, &end)| utf8(&self.text[start..end], "record"))
    }

    fn header(&self) -> std::result::Result<Vec<String>, Kind> {
        let mut header: Vec<String> = Vec::with_capacity(self.n_cells);
        for cell in self.cells() {
            let name = match cell?.trim() {
                "" => format!("column {}", header.len() + 1),
                name => name.to_string(),
            };
            if header.contains(&name) {
                return Err(table(format!("the header names the column \"{name}\" twice")));
            }
            header.push(name);
        }
        if !header.iter().any(|name| name == "text") {
            let found = header.join(", ");
            return Err(table(format!("the header names no column \"text\"; columns here: {found}")));
        }
        Ok(header)
    }

    fn record(&self, header: &[String], source: &Source) -> std::result::Result<Record, Kind> {
        if self.n_cells != header.len() {
            return Err(table(format!("{} cells where the header names {}", self.n_cells, header.len())));
        }
        let mut record = Record::default();
        for (name, cell) in header.iter().zip(self.cells()) {
            let cell = cell?;
            match name.as_str() {
                "id" => record.id = Some(cell.to_string()),
                "title" => record.title = Some(cell.to_string()),
                "text" => record.text = cell.to_string(),
                _ => record.fields.extend(field(name, cell, source).map(|value| (name.clone(), value))),
            }
        }
        Ok(record)
    }
}

/// The value of a cell. An empty one is none, except that no labels are an answer, too.
fn field(name: &str, cell: &str, source: &Source) -> Option<FieldValue> {
    let may_be_array = matches!(name, "label" | "labels" | "spans") || source.options.label.as_deref() == Some(name);
    if may_be_array && cell.starts_with('[') && serde_json::from_str::<Vec<serde::de::IgnoredAny>>(cell).is_ok() {
        return Some(FieldValue::Nested(cell.to_string()));
    }
    if name == "labels" {
        let labels: Vec<&str> = cell.split(LABEL_SEPARATOR).map(str::trim).filter(|label| !label.is_empty()).collect();
        return Some(FieldValue::Nested(serde_json::Value::from(labels).to_string()));
    }
    (!cell.is_empty()).then(|| FieldValue::Text(cell.to_string()))
}
