//! Tables with a header: CSV and TSV, quoted as RFC 4180 says.
//!
//! A table is read line by line and strictly, which no parser at hand does: the line of every row
//! is known however its cells break over lines, a quote that is never closed is an error instead of
//! swallowing the rest of the file, and text after a closing quote is an error instead of losing
//! the quotes.

use std::io::BufRead;

use serde::de::IgnoredAny;

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
    cells: Cells,
    header: Vec<String>,
    /// Without a usable header no row can be understood.
    broken: bool,
}

impl<R: BufRead> Table<R> {
    pub(super) fn new(reader: R, delimiter: char) -> Table<R> {
        let cells = Cells { delimiter, text: String::new(), ends: Vec::new(), quoted: false };
        Table { lines: Lines::new(reader), cells, header: Vec::new(), broken: false }
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
        self.cells.clear();
        let mut first = None;
        loop {
            let Some((number, bytes)) = self.lines.next(source)? else {
                let kind = || table("a quote that opens in this row is never closed");
                return first.map_or(Ok(None), |line| Err(source.error(Some(line), kind())));
            };
            let line = utf8(bytes, source).map_err(|kind| source.error(Some(number), kind))?;
            // In a table of tabs, a line of tabs is a row of empty cells.
            if first.is_none() && is_blank(line) && !line.contains('\t') {
                continue;
            }
            let first = *first.get_or_insert(number);
            let limit = source.options.max_line_bytes;
            if self.cells.text.len().saturating_add(line.len()) > limit.saturating_add(1) {
                return Err(source.error(Some(first), Kind::TooLong { unit: "record", limit }));
            }
            if self.cells.feed(line, source.options.quoting).map_err(|kind| source.error(Some(number), kind))? {
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
    delimiter: char,
    text: String,
    ends: Vec<usize>,
    /// Whether the record goes on inside a quoted cell.
    quoted: bool,
}

impl Cells {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.quoted = false;
    }

    fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Takes a line with its ending; whether it completes the record.
    fn feed(&mut self, line: &str, quoting: bool) -> std::result::Result<bool, Kind> {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let content = content.strip_suffix('\r').unwrap_or(content);
        let mut rest = content;
        loop {
            if !self.quoted {
                if let Some(after) = rest.strip_prefix('"').filter(|_| quoting) {
                    rest = after;
                    self.quoted = true;
                } else {
                    let (cell, after) = split_at(rest, self.delimiter);
                    self.text.push_str(cell);
                    self.end_cell();
                    match after {
                        Some(after) => rest = after,
                        None => return Ok(true),
                    }
                    continue;
                }
            }
            let (cell, Some(after)) = split_at(rest, '"') else {
                // The line's ending belongs to the cell.
                self.text.push_str(rest);
                self.text.push_str(&line[content.len()..]);
                return Ok(false);
            };
            self.text.push_str(cell);
            if let Some(after) = after.strip_prefix('"') {
                self.text.push('"');
                rest = after;
                continue;
            }
            self.quoted = false;
            self.end_cell();
            match after.strip_prefix(self.delimiter) {
                Some(after) => rest = after,
                None if after.is_empty() => return Ok(true),
                None => {
                    return Err(table(
                        "text after the closing quote of a cell; double the quotes inside a quoted cell, or read the \
                         table without quoting if its quotes are part of the text",
                    ));
                }
            }
        }
    }

    fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }

    fn header(&self) -> std::result::Result<Vec<String>, Kind> {
        let mut header: Vec<String> = Vec::with_capacity(self.ends.len());
        for cell in self.cells() {
            let name = match cell.trim() {
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
        if self.ends.len() != header.len() {
            return Err(table(format!("{} cells where the header names {}", self.ends.len(), header.len())));
        }
        let mut record = Record::default();
        for (name, cell) in header.iter().zip(self.cells()) {
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

/// What stands before a character, and what after it.
fn split_at(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// The value of a cell. An empty one is none, except that no labels are an answer, too.
fn field(name: &str, cell: &str, source: &Source) -> Option<FieldValue> {
    let may_be_array = matches!(name, "label" | "labels" | "spans") || source.options.label.as_deref() == Some(name);
    if may_be_array && cell.starts_with('[') && serde_json::from_str::<Vec<IgnoredAny>>(cell).is_ok() {
        return Some(FieldValue::Nested(cell.to_string()));
    }
    if name == "labels" {
        let labels: Vec<&str> = cell.split(LABEL_SEPARATOR).map(str::trim).filter(|label| !label.is_empty()).collect();
        return Some(FieldValue::Nested(serde_json::Value::from(labels).to_string()));
    }
    (!cell.is_empty()).then(|| FieldValue::Text(cell.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus::options::ReadOptions;

    fn read(text: &str, delimiter: char, options: &ReadOptions) -> Vec<std::result::Result<(u64, Record), String>> {
        let source = Source::new("t.csv", options);
        let mut table = Table::new(text.as_bytes(), delimiter);
        std::iter::from_fn(|| table.next(&source).transpose()).map(|r| r.map_err(|e| e.to_string())).collect()
    }

    fn texts(text: &str) -> Vec<std::result::Result<(u64, String), String>> {
        let rows = read(text, ',', &ReadOptions::default());
        rows.into_iter().map(|row| row.map(|(line, record)| (line, record.text))).collect()
    }

    #[test]
    fn quoted_cells_may_hold_delimiters_quotes_and_line_ends() {
        let rows = texts("id,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n\r\n2,d \"e\" f\r\n3,\"\"\"\"\n4,\"x\n\n\ny\"\n5,last");
        let expected = [(2, "a, \"b\"\r\nc"), (5, "d \"e\" f"), (6, "\""), (7, "x\n\n\ny"), (11, "last")];
        assert_eq!(rows, expected.map(|(line, text)| Ok((line, text.to_string()))));
    }

    #[test]
    fn a_quote_that_is_never_closed_names_the_row_where_it_opens() {
        let rows = texts("id,text\n1,fine\n2,\"open\n3,x\n4,y\n");
        assert_eq!(rows.len(), 2);
        assert!(rows[1].as_ref().unwrap_err().starts_with("t.csv:3: not a row of this table (a quote that opens"));
    }

    #[test]
    fn text_after_a_closing_quote_is_an_error_unless_quotes_are_text() {
        let tsv = "id\ttext\n1\t\"Yes\" he said\n2\t\"No\n";
        let strict = read(tsv, '\t', &ReadOptions::default());
        assert!(strict[0].as_ref().unwrap_err().starts_with("t.csv:2: not a row of this table (text after"));
        let plain = read(tsv, '\t', &ReadOptions::default().quoting(false));
        let plain: Vec<_> = plain.into_iter().map(|row| row.unwrap().1.text).collect();
        assert_eq!(plain, ["\"Yes\" he said", "\"No"]);
    }

    #[test]
    fn rows_must_have_the_cells_of_the_header() {
        let rows = texts("id,text\n1,a,b\n2,c\n3\n");
        assert!(rows[0].as_ref().unwrap_err().contains("t.csv:2: not a row of this table (3 cells where"));
        assert_eq!(rows[1], Ok((3, "c".to_string())));
        assert!(rows[2].as_ref().unwrap_err().contains("t.csv:4"));
    }

    #[test]
    fn a_header_without_text_or_with_a_name_twice_ends_the_table() {
        for (header, reason) in [("id,body\n", "no column \"text\""), ("a,text,a\n", "\"a\" twice")] {
            let rows = texts(&format!("{header}1,2,3\n"));
            assert_eq!(rows.len(), 1, "{header}");
            assert!(rows[0].as_ref().unwrap_err().contains(reason), "{rows:?}");
        }
        assert!(texts("").is_empty());
        assert!(texts("\n\n").is_empty());
    }

    #[test]
    fn cells_become_fields_and_labels_are_split() {
        let table = ",text,labels,spans,year\n7,a,\"x, y | z\",[],2024\n8,b,,,\n";
        let rows = read(table, ',', &ReadOptions::default());
        let fields = |i: usize| rows[i].as_ref().unwrap().1.fields.clone();
        let text = |s: &str| FieldValue::Text(s.into());
        let nested = |s: &str| FieldValue::Nested(s.into());
        let expected = [
            ("column 1", text("7")),
            ("labels", nested("[\"x, y\",\"z\"]")),
            ("spans", nested("[]")),
            ("year", text("2024")),
        ];
        assert_eq!(fields(0), expected.map(|(key, value)| (key.to_string(), value)));
        let expected = [("column 1", text("8")), ("labels", nested("[]"))];
        assert_eq!(fields(1), expected.map(|(key, value)| (key.to_string(), value)));
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            cells in proptest::collection::vec(("[a\",\r\n\té ]{0,8}", "[a\",\r\n\té ]{0,8}"), 1..6),
            tab in any::<bool>(),
        ) {
            let delimiter = if tab { b'\t' } else { b',' };
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(["text", "title"]).unwrap();
            for (text, title) in &cells {
                writer.write_record([text, title]).unwrap();
            }
            let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let rows = read(&written, char::from(delimiter), &ReadOptions::default());
            let rows: Vec<_> = rows.into_iter().map(|row| row.unwrap().1).map(|r| (r.text, r.title.unwrap())).collect();
            prop_assert_eq!(rows, cells);
        }
    }
}
