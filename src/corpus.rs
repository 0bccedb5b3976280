//! Corpora: labelled articles out of files, all of one task.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::article::{Example, Gold};
use crate::error::{CorpusErrorKind, Error, Place, Result};
use crate::label::{LabelSet, Targets, Task};

mod article_file;
mod compression;
mod examples;
mod fasttext;
mod folder;
mod format;
mod jsonl;
mod lines;
mod load;
mod options;
mod record;
mod rows;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod transcode;

use load::{Collected, Part};
use source::Source;
use transcode::Transcoder;

pub use examples::Examples;
pub use format::Format;
pub use options::ReadOptions;
pub use rows::Rows;

/// Articles with gold, in the order they were read: what a model is trained on and measured with.
///
/// | given | read as |
/// |---|---|
/// | `.jsonl` `.ndjson` | one object a line: `{"id", "text", "title"?, "lang"?, "source"?, "domain"?, "date"?, "label" or "labels", "spans"?, …}` |
/// | `.csv` `.tsv` | a table whose header names those keys; several labels in a cell are separated by a vertical bar or written as a JSON array |
/// | `.ft` `.fasttext`, and `.txt` that begins with `__label__` | fastText: labels before the text of the line; classes if every row has exactly one |
/// | a folder | every `.txt` and `.html` file (and every file without an extension) is one article, labelled with the name of the folder in the given folder; all other files above are read as they are |
/// | `-` | JSONL from standard input |
///
/// Each file can also end in `.gz` or `.zst`. Rows are UTF-8 (UTF-16 with a byte-order mark is read, too); the encoding
/// of a file that is one article is told by a web page, or detected; [`ReadOptions::encoding`] names another. Of a web
/// page, [`page_article`](crate::page_article) gives the main text and fields. Byte-order marks and blank lines
/// are passed over. `label` is one class and `labels` any number of labels;
/// [`ReadOptions::label`] names another key. `spans` are labelled passages in code points of the
/// text, and must lie in it. All other keys are carried along as fields: objects under dotted keys,
/// `null` as nothing. A row without `id` gets `FILE:LINE`, a file that is one article its path.
///
/// JSONL and fastText are parsed by all threads; the result does not depend on their number.
///
/// # Errors
/// The first row of a file that can't be used stops the reading, with its file, line and reason.
/// All rows are of one task, across all files:
/// [`MixedTasks`](CorpusErrorKind::MixedTasks) names the first that is not.
///
/// ```
/// use slantwise::{Corpus, Format, ReadOptions, Task};
///
/// let lines = "{\"text\": \"Rain.\", \"label\": \"wet\"}\n{\"text\": \"Sun.\", \"label\": \"dry\"}\n";
/// let corpus = Corpus::from_reader(lines.as_bytes(), "weather.jsonl", Format::Jsonl, &ReadOptions::default())?;
/// assert_eq!(corpus.task(), Task::One);
/// assert_eq!(corpus.labels().names(), ["dry", "wet"]);
/// assert_eq!(corpus.examples()[1].article.id(), "weather.jsonl:2");
/// # Ok::<(), slantwise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Corpus {
    examples: Vec<Example>,
    labels: LabelSet,
    task: Task,
}

impl Corpus {
    /// Reads a file, a folder, or standard input (`-`), with the default options.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Corpus> {
        Corpus::from_paths(&[path], &ReadOptions::default())
    }

    /// Reads files and folders, one after the other.
    pub fn from_paths(paths: &[impl AsRef<Path>], options: &ReadOptions) -> Result<Corpus> {
        let Some(first) = paths.first() else {
            return Err(Error::param("paths", "none", "at least one file or folder"));
        };
        let mut into = Collected::default();
        for path in paths {
            let path = path.as_ref();
            if !Source::is_stdin(path) && path.is_dir() {
                read_folder(path, options, &mut into)?;
            } else {
                read_file(path, options, &mut into)?;
            }
        }
        Corpus::from_collected(into, Place { path: first.as_ref().to_path_buf(), line: None })
    }

    /// Reads a stream of a known format; `name` stands for the file in ids and errors.
    pub fn from_reader(
        reader: impl Read + Send,
        name: impl Into<PathBuf>,
        format: Format,
        options: &ReadOptions,
    ) -> Result<Corpus> {
        let source = Source::new(name, options);
        let mut into = Collected::default();
        read_stream(reader, format, &source, &mut into)?;
        Corpus::from_collected(into, source.place(None))
    }

    /// A corpus of examples made in memory; errors count them from 1.
    pub fn from_examples(examples: Vec<Example>) -> Result<Corpus> {
        let place = |line| Place { path: PathBuf::from("examples"), line };
        let mut part = Part::default();
        for (number, example) in (1..).zip(examples) {
            record::check_spans(&example.spans, &example.article.text)
                .map_err(|kind| Error::Corpus { place: place(Some(number)), kind })?;
            part.push(example, number);
        }
        let mut into = Collected::default();
        into.append(part, |number| place(Some(number)))?;
        Corpus::from_collected(into, place(None))
    }

    /// Some examples of a corpus, with all of its labels whether they occur or not.
    pub(crate) fn from_examples_of(examples: Vec<Example>, of: &Corpus) -> Result<Corpus> {
        let part = Corpus::from_examples(examples)?;
        Ok(Corpus { labels: of.labels.clone(), task: of.task, ..part })
    }

    fn from_collected(collected: Collected, place: Place) -> Result<Corpus> {
        let Collected { mut examples, task: Some(task) } = collected else {
            return Err(Error::Corpus { place, kind: CorpusErrorKind::Empty });
        };
        examples.shrink_to_fit();
        let mut seen = FxHashSet::default();
        let names = examples.iter().flat_map(|example| example.gold.labels());
        let labels = LabelSet::new(names.filter(|name| seen.insert(name.as_str())));
        Ok(Corpus { examples, labels, task })
    }

    /// The examples in the order they were read.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// The examples themselves.
    pub fn into_examples(self) -> Vec<Example> {
        self.examples
    }

    /// All labels that occur.
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// One class an article, or several labels.
    pub fn task(&self) -> Task {
        self.task
    }

    /// How many examples there are; at least one.
    #[expect(clippy::len_without_is_empty, reason = "a corpus is never empty")]
    pub fn len(&self) -> usize {
        self.examples.len()
    }

    /// The gold of the examples as classes of [`labels`](Self::labels).
    pub fn targets(&self) -> Targets {
        let golds = self.examples.iter().map(|example| &example.gold);
        Targets::from_golds(golds, self.task, &self.labels).expect("the labels are those of these very examples")
    }
}

/// Reads what is not a folder.
fn read_file(path: &Path, options: &ReadOptions, into: &mut Collected) -> Result<()> {
    let source = Source::new(path, options);
    let reader = compression::open(path, options)?;
    let format = if Source::is_stdin(path) { Some(Format::Jsonl) } else { Format::from_path(path) };
    let format = format.ok_or_else(|| source.error(None, CorpusErrorKind::UnknownFormat))?;
    read_stream(reader, format, &source, into)
}

fn read_stream(reader: impl Read + Send, format: Format, source: &Source, into: &mut Collected) -> Result<()> {
    let reader = Transcoder::new(reader, source);
    match format {
        Format::Jsonl => load::jsonl(reader, source, into),
        Format::FastText => load::fasttext(reader, source, into),
        Format::Csv => load::table(reader, ',', source, into),
        Format::Tsv => load::table(reader, '\t', source, into),
        Format::Text | Format::Html => {
            let (start, rest) = peek(reader, source)?;
            if !fasttext::is_start(&start) {
                return Err(source.error(None, CorpusErrorKind::NoLabelFolder));
            }
            load::fasttext(Cursor::new(start).chain(rest), source, into)
        }
    }
}

/// The first bytes of a stream, and what follows them.
fn peek<R: Read>(mut reader: R, source: &Source) -> Result<(Vec<u8>, R)> {
    let mut start = Vec::new();
    (&mut reader).take(1 << 16).read_to_end(&mut start).map_err(|e| source.read_error(e))?;
    Ok((start, reader))
}

/// Reads the files of a folder in their order, runs of one-article files by all threads.
fn read_folder(folder: &Path, options: &ReadOptions, into: &mut Collected) -> Result<()> {
    let files = folder::files(folder)?;
    let article = |file: &PathBuf| folder::labelled_article(folder, file);
    for run in files.chunk_by(|a, b| article(a).is_some() == article(b).is_some()) {
        let examples: Vec<Result<Example>> = run
            .par_iter()
            .filter_map(|file| article(file).map(|(label, format)| read_article(file, label, format, options)))
            .collect();
        let mut part = Part::default();
        for example in examples {
            part.push(example?, 0);
        }
        // All rows of a part are classes here, so the first file stands for them.
        into.append(part, |_| Place { path: run[0].clone(), line: None })?;
        for file in run.iter().filter(|file| article(file).is_none() && Format::from_path(file).is_some()) {
            read_file(file, options, into)?;
        }
    }
    Ok(())
}

fn read_article(file: &Path, label: String, format: Format, options: &ReadOptions) -> Result<Example> {
    let source = Source::new(file, options);
    let mut record = article_file::read(compression::open(file, options)?, format, &source)?;
    record.gold = Some(Gold::One(label));
    record.into_example(&source, None).map_err(|kind| source.error(None, kind))
}
