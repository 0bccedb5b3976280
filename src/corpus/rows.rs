//! Rows one after the other, in bounded memory.

use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::vec;

use super::format::Format;
use super::lines::{Lines, is_blank, utf8};
use super::options::ReadOptions;
use super::record::Record;
use super::source::Source;
use super::table::Table;
use super::transcode::Transcoder;
use super::{article_file, compression, fasttext, folder, jsonl};
use crate::article::Row;
use crate::error::{CorpusErrorKind, Error, Result};

/// The articles of a file, a folder or a stream, one after the other, with gold where they have it.
///
/// This is how articles to be labelled are read; training and evaluation read a
/// [`Corpus`](crate::Corpus). One row is in memory at a time. After an error the iterator goes on
/// with the next row that can be read, so that a caller may set bad rows aside.
///
/// Gold is optional here, and a value that can't serve as gold (say, a `label` that is an array of
/// numbers) is carried along as a field.
///
/// ```
/// use slantwise::{Format, ReadOptions, Rows};
///
/// let lines = "{\"id\": \"a\", \"text\": \"Rain.\"}\nnot JSON\n{\"text\": \"Sun.\"}\n";
/// let mut rows = Rows::from_reader(lines.as_bytes(), "-", Format::Jsonl, &ReadOptions::default());
/// assert_eq!(rows.next().unwrap()?.article.id(), "a");
/// assert!(rows.next().unwrap().unwrap_err().to_string().starts_with("-:2: not a JSON object"));
/// assert_eq!(rows.next().unwrap()?.article.id(), "-:3");
/// assert!(rows.next().is_none());
/// # Ok::<(), slantwise::Error>(())
/// ```
pub struct Rows {
    current: Option<Stream>,
    waiting: vec::IntoIter<PathBuf>,
    options: ReadOptions,
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.current.as_ref().map(|stream| &stream.source.path);
        f.debug_struct("Rows").field("current", &current).field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl Rows {
    /// Opens a file, a folder, or standard input (`-`, JSONL).
    ///
    /// A `.txt` or `.html` file is one article whose id is the path as given. A folder is read with
    /// the folders in it, in the order of the names: files of all formats, others are passed over.
    ///
    /// # Errors
    /// Where the path can't be opened, its name tells no [`Format`], or a folder holds no articles.
    pub fn open(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Rows> {
        let path = path.as_ref();
        let mut rows = Rows { current: None, waiting: Vec::new().into_iter(), options: options.clone() };
        if !Source::is_stdin(path) && fs::metadata(path).is_ok_and(|m| m.is_dir()) {
            let mut files = folder::files(path)?;
            files.retain(|file| Format::from_path(file).is_some());
            if files.is_empty() {
                return Err(Source::new(path, options).error(None, CorpusErrorKind::Empty));
            }
            rows.waiting = files.into_iter();
        } else {
            rows.current = Some(Stream::open(path, options)?);
        }
        Ok(rows)
    }

    /// Reads a stream of a known format; `name` stands for the file in ids and errors.
    pub fn from_reader(
        reader: impl BufRead + Send + 'static,
        name: impl Into<PathBuf>,
        format: Format,
        options: &ReadOptions,
    ) -> Rows {
        let source = Source::new(name, options);
        let current = Some(Stream::new(Box::new(reader), format, source));
        Rows { current, waiting: Vec::new().into_iter(), options: options.clone() }
    }
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        loop {
            match &mut self.current {
                Some(stream) => match stream.next() {
                    Some(row) => return Some(row),
                    None => self.current = None,
                },
                None => match Stream::open(&self.waiting.next()?, &self.options) {
                    Ok(stream) => self.current = Some(stream),
                    Err(error) => return Some(Err(error)),
                },
            }
        }
    }
}

pub(super) type Input = Box<dyn BufRead + Send>;

/// One input under reading.
pub(super) struct Stream {
    pub(super) source: Source,
    body: Body,
}

enum Body {
    Lines(Lines<Input>, Format),
    Table(Box<Table<Input>>),
    File(Input, Format),
    End,
}

impl Body {
    fn new(reader: Input, format: Format, source: &Source) -> Body {
        if format.is_one_article() {
            return Body::File(reader, format);
        }
        let reader: Input = Box::new(BufReader::with_capacity(1 << 18, Transcoder::new(reader, source)));
        match format {
            Format::Jsonl | Format::FastText => Body::Lines(Lines::new(reader), format),
            Format::Csv => Body::Table(Box::new(Table::new(reader, ','))),
            Format::Tsv => Body::Table(Box::new(Table::new(reader, '\t'))),
            Format::Text | Format::Html => Body::File(reader, format),
        }
    }
}

impl Stream {
    /// A stream of a known format.
    pub(super) fn new(reader: Input, format: Format, source: Source) -> Stream {
        Stream { body: Body::new(reader, format, &source), source }
    }

    pub(super) fn open(path: &Path, options: &ReadOptions) -> Result<Stream> {
        let source = Source::new(path, options);
        let format = if Source::is_stdin(path) { Some(Format::Jsonl) } else { Format::from_path(path) };
        let reader = compression::open(path, options)?;
        let format = format.ok_or_else(|| source.error(None, CorpusErrorKind::UnknownFormat))?;
        Ok(Stream::new(Box::new(BufReader::with_capacity(1 << 18, reader)), format, source))
    }

    fn next(&mut self) -> Option<Result<Row>> {
        let row = self.next_row().transpose();
        // A row that is wrong is followed by others, a reader that fails would fail again.
        if row.as_ref().is_none_or(|row| row.as_ref().is_err_and(ends_the_stream)) {
            self.body = Body::End;
        }
        row
    }

    fn next_row(&mut self) -> Result<Option<Row>> {
        let Some((line, record)) = self.next_record()? else { return Ok(None) };
        record.into_row(&self.source, line).map(Some).map_err(|kind| self.source.error(line, kind))
    }

    /// The next record and the line it begins on, where it has one; `None` at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<(Option<u64>, Record)>> {
        let source = &self.source;
        let (line, record) = match &mut self.body {
            Body::End => return Ok(None),
            Body::Lines(lines, format) => {
                let (number, line) = loop {
                    let Some((number, bytes)) = lines.next(source)? else { return Ok(None) };
                    let line = utf8(bytes, source).map_err(|kind| source.error(Some(number), kind))?;
                    if !is_blank(line) {
                        break (number, line);
                    }
                };
                let record = match format {
                    Format::FastText => fasttext::parse(line),
                    _ => jsonl::parse(line),
                };
                let mut record = record.map_err(|kind| source.error(Some(number), kind))?;
                record.gold = record.gold.and_then(fasttext::gold_of_line);
                (Some(number), record)
            }
            Body::Table(table) => match table.next(source)? {
                Some((number, record)) => (Some(number), record),
                None => return Ok(None),
            },
            Body::File(reader, format) => {
                let record = article_file::read(reader, *format, source);
                self.body = Body::End;
                (None, record?)
            }
        };
        Ok(Some((line, record)))
    }
}

fn ends_the_stream(error: &Error) -> bool {
    use CorpusErrorKind::{Binary, Compression, ExpandsBeyond};
    let ends = |kind: &_| matches!(kind, Compression { .. } | ExpandsBeyond { .. } | Binary { .. });
    !matches!(error, Error::Corpus { kind, .. } if !ends(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Gold;

    fn read(text: &'static [u8], format: Format) -> Vec<std::result::Result<Row, String>> {
        let rows = Rows::from_reader(text, "f", format, &ReadOptions::default());
        rows.map(|row| row.map_err(|e| e.to_string())).collect()
    }

    #[test]
    fn reading_goes_on_after_a_bad_row_and_names_it() {
        let rows = read(
            b"\n{\"text\": \"a\"}\r\n{\n{\"text\": \"\xff\"}\n{\"title\": \"b\"}\n{\"text\": \"c\"}",
            Format::Jsonl,
        );
        let outcome: Vec<_> = rows.iter().map(|row| row.as_ref().map(|row| row.article.text())).collect();
        assert_eq!(outcome.len(), 5);
        assert_eq!((outcome[0], outcome[4]), (Ok("a"), Ok("c")));
        for (row, start) in
            outcome[1..4].iter().zip(["f:3: not a JSON", "f:4: invalid UTF-8 at byte 10", "f:5: no text"])
        {
            assert!(row.unwrap_err().starts_with(start), "{row:?}");
        }
    }

    #[test]
    fn every_format_gives_rows_with_their_place() {
        let csv = read(b"text,label,labels,lang\r\n\"a\r\nb\",x,,en\r\nc,,y|z,uk\r\n", Format::Csv);
        let row = csv[1].as_ref().unwrap();
        assert_eq!((row.article.id(), row.article.lang(), row.place.line), ("f:4", Some("uk"), Some(4)));
        assert_eq!(row.gold, Some(Gold::several(["y", "z"])));
        assert_eq!(csv[0].as_ref().unwrap().gold, Some(Gold::One("x".into())));

        let tsv = read(b"id\ttext\n7\ta, b\n", Format::Tsv);
        assert_eq!((tsv[0].as_ref().unwrap().article.id(), tsv[0].as_ref().unwrap().article.text()), ("7", "a, b"));

        let fasttext = read(b"__label__x one\n__label__x __label__y two\nthree\n", Format::FastText);
        let golds: Vec<_> = fasttext.iter().map(|row| row.as_ref().unwrap().gold.clone()).collect();
        assert_eq!(golds, [Some(Gold::One("x".into())), Some(Gold::several(["x", "y"])), None]);

        let text = read(b"One.\n\nTwo.", Format::Text);
        let row = text[0].as_ref().unwrap();
        assert_eq!((text.len(), row.article.id(), row.article.text(), row.place.line), (1, "f", "One.\n\nTwo.", None));
        assert!(read(b"", Format::Text)[0].as_ref().unwrap_err().starts_with("f: no text"));
    }

    #[test]
    fn a_folder_is_read_in_order_and_a_broken_file_does_not_end_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert!(Rows::open(root, &ReadOptions::default()).unwrap_err().to_string().ends_with("no articles found"));
        fs::create_dir(root.join("b")).unwrap();
        fs::write(root.join("notes.pdf"), "passed over").unwrap();
        fs::write(root.join("a.txt"), "first").unwrap();
        fs::write(
            root.join("b/b.jsonl.zst"),
            zstd::encode_all(&b"{\"text\": \"second\", \"id\": \"2\"}\n"[..], 1).unwrap(),
        )
        .unwrap();
        fs::write(root.join("c.csv.gz"), "not compressed").unwrap();
        fs::write(root.join("d.txt"), "third").unwrap();
        let rows: Vec<_> = Rows::open(root, &ReadOptions::default()).unwrap().collect();
        assert_eq!(rows.len(), 4);
        let id = |i: usize| rows[i].as_ref().unwrap().article.id();
        assert_eq!(id(0), root.join("a.txt").to_str().unwrap());
        assert_eq!(id(1), "2");
        assert!(rows[2].as_ref().unwrap_err().to_string().contains("c.csv.gz: can't decompress"));
        assert_eq!(id(3), root.join("d.txt").to_str().unwrap());
    }

    #[test]
    fn a_name_that_tells_no_format_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        fs::write(&path, "text").unwrap();
        let error = Rows::open(&path, &ReadOptions::default()).unwrap_err();
        assert!(matches!(error, Error::Corpus { kind: CorpusErrorKind::UnknownFormat, .. }));
        assert!(matches!(Rows::open("no/such/file.jsonl", &ReadOptions::default()), Err(Error::Io { .. })));
    }
}
