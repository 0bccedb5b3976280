//! Labelled articles one after the other, in bounded memory.

use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::vec;

use super::format::Format;
use super::options::ReadOptions;
use super::rows::Stream;
use super::source::Source;
use super::{compression, fasttext, folder, read_article};
use crate::article::Example;
use crate::error::{CorpusErrorKind, Error, Place, Result};
use crate::label::Task;

/// The labelled articles of files and folders, one after the other: what is [streamed](crate::StreamTrainer), where a
/// [`Corpus`](crate::Corpus) would not fit into memory.
///
/// Files are read as a corpus reads them, with the same errors, but for lines of fastText: each must have exactly one label, since
/// only the whole file could tell whether labels exclude each other. One row is in memory at a time. The first error ends
/// the iterator.
///
/// ```
/// use slantwise::{Examples, Format, ReadOptions};
///
/// let lines = "{\"text\": \"Rain.\", \"label\": \"wet\"}\n{\"text\": \"Sun.\"}\n";
/// let mut examples = Examples::from_reader(lines.as_bytes(), "-", Format::Jsonl, &ReadOptions::default());
/// assert_eq!(examples.next().unwrap()?.gold.labels(), ["wet"]);
/// assert!(examples.next().unwrap().unwrap_err().to_string().starts_with("-:2: no label"));
/// assert!(examples.next().is_none());
/// # Ok::<(), slantwise::Error>(())
/// ```
pub struct Examples {
    current: Option<Stream>,
    waiting: vec::IntoIter<Waiting>,
    options: ReadOptions,
    task: Option<Task>,
}

/// An input that is not open yet.
enum Waiting {
    File(PathBuf),
    /// A file that is one article of the class that its folder names.
    Article(PathBuf, String, Format),
}

impl fmt::Debug for Examples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.current.as_ref().map(|stream| &stream.source.path);
        f.debug_struct("Examples").field("current", &current).field("task", &self.task).finish_non_exhaustive()
    }
}

impl Examples {
    /// The articles of files, folders, and standard input (`-`, JSONL).
    ///
    /// # Errors
    /// No paths, a file that is not there, or a folder that can't be listed. What is wrong with a file that can be
    /// opened is said when it is its turn.
    pub fn open(paths: &[impl AsRef<Path>], options: &ReadOptions) -> Result<Examples> {
        if paths.is_empty() {
            return Err(Error::param("paths", "none", "at least one file or folder"));
        }
        let mut waiting = Vec::new();
        for path in paths {
            let path = path.as_ref();
            if Source::is_stdin(path) {
                waiting.push(Waiting::File(path.to_path_buf()));
            } else if fs::metadata(path).map_err(|e| Error::io(path, e))?.is_dir() {
                for file in folder::files(path)? {
                    match folder::labelled_article(path, &file) {
                        Some((label, format)) => waiting.push(Waiting::Article(file, label, format)),
                        None if Format::from_path(&file).is_some() => waiting.push(Waiting::File(file)),
                        None => {}
                    }
                }
            } else {
                waiting.push(Waiting::File(path.to_path_buf()));
            }
        }
        Ok(Examples { current: None, waiting: waiting.into_iter(), options: options.clone(), task: None })
    }

    /// The articles of a stream of a known format; `name` stands for the file in ids and errors.
    pub fn from_reader(
        reader: impl BufRead + Send + 'static,
        name: impl Into<PathBuf>,
        format: Format,
        options: &ReadOptions,
    ) -> Examples {
        let current = Some(Stream::new(Box::new(reader), format, Source::new(name, options)));
        Examples { current, waiting: Vec::new().into_iter(), options: options.clone(), task: None }
    }

    fn next_example(&mut self) -> Result<Option<Example>> {
        loop {
            if let Some(stream) = &mut self.current {
                if let Some((line, record)) = stream.next_record()? {
                    let example = record.into_example(&stream.source, line);
                    let example = example.map_err(|kind| stream.source.error(line, kind))?;
                    let place = stream.source.place(line);
                    return self.of_one_task(example, place).map(Some);
                }
                self.current = None;
            }
            match self.waiting.next() {
                None => return Ok(None),
                Some(Waiting::File(path)) => self.current = Some(open(&path, &self.options)?),
                Some(Waiting::Article(path, label, format)) => {
                    let example = read_article(&path, label, format, &self.options)?;
                    return self.of_one_task(example, Place { path, line: None }).map(Some);
                }
            }
        }
    }

    /// An error where an example is not of the task of those before it.
    fn of_one_task(&mut self, example: Example, place: Place) -> Result<Example> {
        let task = example.gold.task();
        let before = *self.task.get_or_insert(task);
        if before == task {
            return Ok(example);
        }
        let (found, expected) = (task.in_words(), before.in_words());
        Err(Error::Corpus { place, kind: CorpusErrorKind::MixedTasks { found, expected } })
    }
}

/// Opens a file of rows. Only its first bytes tell whether a text is one of fastText.
fn open(path: &Path, options: &ReadOptions) -> Result<Stream> {
    let source = Source::new(path, options);
    let one_article = !Source::is_stdin(path) && Format::from_path(path).is_some_and(Format::is_one_article);
    if !one_article {
        return Stream::open(path, options);
    }
    let mut reader = BufReader::with_capacity(1 << 18, compression::open(path, options)?);
    if !fasttext::is_start(reader.fill_buf().map_err(|e| source.read_error(e))?) {
        return Err(source.error(None, CorpusErrorKind::NoLabelFolder));
    }
    Ok(Stream::new(Box::new(reader), Format::FastText, source))
}

impl Iterator for Examples {
    type Item = Result<Example>;

    fn next(&mut self) -> Option<Result<Example>> {
        let example = self.next_example().transpose();
        if example.as_ref().is_none_or(Result::is_err) {
            self.current = None;
            self.waiting = Vec::new().into_iter();
        }
        example
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Corpus;

    #[test]
    fn files_and_folders_give_the_examples_of_a_corpus() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for (name, text) in [
            ("d/a/1.txt", "first"),
            ("d/b/2.txt", "second"),
            ("d/rows.csv", "text,label\nthird,b\n"),
            (
                "rows.jsonl",
                "{\"text\": \"fourth\", \"label\": \"a\", \"id\": 7}\n\n{\"text\": \"fifth\", \"label\": \"c\"}",
            ),
            ("fast.txt", "__label__a sixth\n"),
        ] {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), text).unwrap();
        }
        let paths = [root.join("d"), root.join("rows.jsonl"), root.join("fast.txt")];
        let examples = Examples::open(&paths, &ReadOptions::default()).unwrap();
        let examples: Vec<Example> = examples.map(Result::unwrap).collect();
        assert_eq!(examples.len(), 6);
        let corpus = Corpus::from_paths(&paths, &ReadOptions::default()).unwrap();
        assert_eq!(examples, corpus.examples());
    }

    #[test]
    fn the_first_error_names_its_row_and_ends_the_stream() {
        let read = |text: &'static str| -> Vec<Result<Example>> {
            Examples::from_reader(text.as_bytes(), "f", Format::Jsonl, &ReadOptions::default()).collect()
        };
        let good = "{\"text\": \"a\", \"label\": \"x\"}\n";
        for (bad, message) in [
            (
                "{\"text\": \"a\", \"labels\": [\"x\"]}",
                "f:2: this row has several labels, the rows before it one class",
            ),
            ("{\"text\": \"a\", \"label\": [1]}", "f:2: the key \"label\" holds an array of other things"),
            ("{\"text\": \"a\"", "f:2: not a JSON object"),
            ("{\"label\": \"a\"}", "f:2: no text"),
        ] {
            let rows = read(format!("{good}{bad}\n{good}").leak());
            assert_eq!(rows.len(), 2, "{bad}");
            let error = rows[1].as_ref().unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn a_text_that_is_no_fasttext_has_no_label_and_a_file_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "text").unwrap();
        let error = Examples::open(&[&path], &ReadOptions::default()).unwrap().next().unwrap().unwrap_err();
        assert!(matches!(error, Error::Corpus { kind: CorpusErrorKind::NoLabelFolder, .. }), "{error}");
        assert!(Examples::open(&["no/such.jsonl"], &ReadOptions::default()).is_err());
        assert!(Examples::open(&[] as &[&str], &ReadOptions::default()).is_err());
    }
}
