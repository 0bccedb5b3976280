//! The one error type of the library.

use std::fmt;
use std::path::PathBuf;

/// What went wrong, with the place and the remedy.
///
/// Messages are complete sentences for the person who runs the program: they name the file, the
/// line (counted from 1) and what to do about it. Programs match on the variants and their fields.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder, `-` for standard input.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },

    /// A row of a corpus can't be used.
    #[error("{place}: {kind}")]
    Corpus {
        /// File and line.
        place: Place,
        /// What is wrong with the row.
        kind: CorpusErrorKind,
    },

    /// A parameter lies outside its range.
    #[error("{name} = {value} is out of range: expected {expected}")]
    Param {
        /// The parameter's name, as in the API and the command line.
        name: &'static str,
        /// The value that was given.
        value: String,
        /// The accepted range, in words.
        expected: &'static str,
    },

    /// No term survived the document-frequency limits.
    #[error(
        "the vocabulary is empty: none of the {n_terms} terms of {n_samples} articles is left by min_df = {min_df} and max_df = {max_df}; lower min_df, raise max_df, or give more text"
    )]
    EmptyVocabulary {
        /// Distinct terms before the limits were applied.
        n_terms: usize,
        /// Articles counted.
        n_samples: usize,
        /// The lower limit, in articles.
        min_df: u32,
        /// The upper limit, as a share of the articles.
        max_df: f64,
    },

    /// Training needs at least two classes (or one label that some articles have and others lack).
    #[error(
        "training needs at least two classes, found {}: give rows of another class, or name another key as the label",
        found_classes(found)
    )]
    TooFewClasses {
        /// The classes that were found.
        found: Vec<String>,
    },

    /// A dense copy of the features would not fit the memory budget.
    #[error(
        "a dense matrix of these features needs {bytes} bytes, more than the limit of {limit}; lower top_k, or use a sparse classifier"
    )]
    DenseTooLarge {
        /// What the matrix would take.
        bytes: u64,
        /// The budget.
        limit: u64,
    },

    /// Two inputs that must describe the same rows or columns don't.
    #[error("{what}: expected {expected}, found {found}")]
    Shape {
        /// What was compared.
        what: &'static str,
        /// The size that was needed.
        expected: usize,
        /// The size that was given.
        found: usize,
    },

    /// The rows can't be split as asked.
    #[error("{0}")]
    Split(SplitError),

    /// A model file can't be trusted.
    #[error("{}: {source}", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ModelFileError,
    },

    /// There are more labels than memory can hold weights and scores for.
    #[error(
        "{labels} different labels are more than {memory} bytes of memory have room for; name another key with --label, or {remedy}"
    )]
    TooManyLabels {
        /// The labels that were found.
        labels: usize,
        /// The memory in bytes.
        memory: u64,
        /// What else helps.
        remedy: &'static str,
    },

    /// Learning can't go on from a checkpoint.
    #[error("{}: {source}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: CheckpointError,
    },

    /// An error of the linfa crate.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// A short form of [`std::result::Result`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A parameter out of its range.
    pub(crate) fn param(name: &'static str, value: impl fmt::Display, expected: &'static str) -> Error {
        Error::Param { name, value: value.to_string(), expected }
    }

    /// An operating-system error with its path.
    pub(crate) fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Error {
        Error::Io { path: path.into(), source }
    }
}

/// Where a row stands: the file and, where it has lines, the line counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file as it was given, `-` for standard input.
    pub path: PathBuf,
    /// The line, counted from 1; `None` where the whole file is one article.
    pub line: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.path.display()),
            None => write!(f, "{}", self.path.display()),
        }
    }
}

/// What can be wrong with one row of a corpus.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CorpusErrorKind {
    /// The line is not a JSON object.
    #[error("not a JSON object ({reason}); each line must be one object such as {{\"text\": \"…\", \"label\": \"…\"}}")]
    Json {
        /// The parser's reason, with the column.
        reason: String,
    },
    /// The row of a table can't be read.
    #[error("not a row of this table ({reason})")]
    Table {
        /// The parser's reason.
        reason: String,
    },
    /// There is no text.
    #[error("no text; a row needs the key \"text\" with a non-empty string")]
    MissingText,
    /// There is no label.
    #[error("no label under the key \"{key}\"; add it, or name another key with --label (keys here: {})", .found.join(", "))]
    MissingLabel {
        /// The key that was looked for.
        key: String,
        /// The keys that the row has.
        found: Vec<String>,
    },
    /// A value has the wrong type.
    #[error("the key \"{key}\" holds {found}, expected {expected}")]
    WrongType {
        /// The key.
        key: String,
        /// What was found.
        found: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// Some rows have one class, others several.
    #[error("this row has {found}, the rows before it {expected}; a corpus holds one or the other")]
    MixedTasks {
        /// The kind of this row.
        found: &'static str,
        /// The kind of the rows before.
        expected: &'static str,
    },
    /// The bytes are not UTF-8.
    #[error(
        "invalid UTF-8 at byte {at} of the {unit}; name the file's encoding with --encoding (such as windows-1251), or convert the file to UTF-8"
    )]
    InvalidUtf8 {
        /// The offset of the first bad byte.
        at: usize,
        /// `line` or `file`.
        unit: &'static str,
    },
    /// The bytes are not in the encoding that was declared or detected.
    #[error(
        "not {encoding} at {unit} {at}; name another encoding with --encoding (such as windows-1251), or convert the file to UTF-8"
    )]
    Malformed {
        /// The encoding's name.
        encoding: &'static str,
        /// What `at` counts: `byte` of the file, or `character` of the line.
        unit: &'static str,
        /// The offset of the first malformed sequence.
        at: usize,
    },
    /// The bytes are not UTF-8, and no other encoding makes a plausible text of them.
    #[error(
        "not UTF-8, and no other encoding makes a text of it; name its encoding with --encoding, or leave the file out if it is not text"
    )]
    UnknownEncoding,
    /// The file is not text.
    #[error(
        "not a text but {what}; give its text as .txt or .jsonl (text in another encoding: name that with --encoding), or leave the file out"
    )]
    Binary {
        /// What it is.
        what: &'static str,
    },
    /// The web page has no main text; an article without text can't be learned from.
    #[error("{reason}; leave the page out, or give its text as .txt")]
    EmptyPage {
        /// Why it is empty.
        reason: &'static str,
    },
    /// The web page can't be read.
    #[error("can't read the web page: {reason}; leave it out, or give its text as .txt")]
    Page {
        /// What is wrong with it.
        reason: String,
    },
    /// The program was built without the feature that reads web pages.
    #[error(
        "web pages can't be read, since this program was built without the feature html; build it with that feature, or give the text as .txt"
    )]
    NoHtml,
    /// A span points outside its text.
    #[error("the span {start}..{end} does not fit a text of {len} code points")]
    SpanOutOfText {
        /// First code point.
        start: usize,
        /// One past the last code point.
        end: usize,
        /// Length of the text in code points.
        len: usize,
    },
    /// The file's name tells no known format.
    #[error(
        "unknown file type; use .jsonl, .csv, .tsv, .ft (fastText), .txt or .html, each also with .gz or .zst, or a folder"
    )]
    UnknownFormat,
    /// Compressed data is damaged.
    #[error("can't decompress ({reason}); the file is damaged or cut off: copy or download it again")]
    Compression {
        /// The decoder's reason.
        reason: String,
    },
    /// Compressed data expands beyond the limit.
    #[error(
        "expands to more than {limit} bytes; if the file can be trusted, raise max_expanded_bytes (--max-expanded)"
    )]
    ExpandsBeyond {
        /// The limit in bytes.
        limit: u64,
    },
    /// A row is longer than the limit.
    #[error("the {unit} has more than {limit} bytes; split it, or raise max_line_bytes (--max-row)")]
    TooLong {
        /// `line`, `record` or `file`.
        unit: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// A file of one article has no label, because it does not lie in a folder named by one.
    #[error(
        "a file of one article has no label of its own; put it into a folder named by its label and give the folder above"
    )]
    NoLabelFolder,
    /// Nothing to read.
    #[error("no articles found")]
    Empty,
    /// A key that was asked for is missing.
    #[error("the key \"{key}\" is missing, and {needed_for} needs it (keys here: {})", .found.join(", "))]
    MissingKey {
        /// The key that was looked for.
        key: String,
        /// What needs it.
        needed_for: &'static str,
        /// The keys that the row has.
        found: Vec<String>,
    },
}

/// Why rows can't be split into folds.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// More folds than there are things to divide.
    #[error("{folds} folds need at least {folds} {what}, found {found}; use fewer folds")]
    TooFew {
        /// The folds asked for.
        folds: usize,
        /// `articles` or `groups`.
        what: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A class would be missing from some training part.
    #[error(
        "the class \"{class}\" occurs in {found} {what} only, so that a fold would train without it; add rows, drop the class, or use fewer folds"
    )]
    RareClass {
        /// The class.
        class: String,
        /// `article` or `group`.
        what: &'static str,
        /// How often it occurs.
        found: usize,
    },
    /// A row has no value under the key that forms the groups.
    #[error(
        "row {row}: no value under the key \"{key}\", which forms the groups; add it, drop the row, or group by another key"
    )]
    MissingGroup {
        /// The row, counted from 0.
        row: usize,
        /// The key.
        key: String,
    },
    /// All rows share one group.
    #[error(
        "all rows have the value \"{value}\" under the key \"{key}\", so that there are no groups to keep apart; group by another key, or add rows of other groups"
    )]
    OneGroup {
        /// The key.
        key: String,
        /// The value of all rows.
        value: String,
    },
    /// Some dates are finer than others.
    #[error("row {row}: the date \"{value}\" is not as fine as \"{other}\"; give all rows a year, a month or a day")]
    MixedDates {
        /// The row, counted from 0.
        row: usize,
        /// Its date.
        value: String,
        /// The first row's date.
        other: String,
    },
    /// Too few dates to cut between.
    #[error(
        "{folds} folds in time need at least {needed} different dates, found {found}; use fewer folds, or give finer dates"
    )]
    TooFewDates {
        /// The folds asked for.
        folds: usize,
        /// The dates that are needed.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// All training rows share a group with the test part.
    #[error(
        "fold {fold}: every training row shares a group with a row that is tested; use other groups, or fewer folds"
    )]
    NothingToTrain {
        /// The fold, counted from 1.
        fold: usize,
    },
    /// A date can't be read.
    #[error(
        "row {row}: the date \"{value}\" is not of the form YYYY, YYYY-MM or YYYY-MM-DD; correct it, or drop the row"
    )]
    Date {
        /// The row, counted from 0.
        row: usize,
        /// The value.
        value: String,
    },
}

/// Why a model file is refused.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFileError {
    /// The file does not begin with `SLANTWIS`.
    #[error("not a slantwise model (it does not begin with SLANTWIS)")]
    Magic,
    /// Written by another version of the format.
    #[error(
        "model format {found}, this program reads up to {supported}; train the model again, or use the version of slantwise that wrote it"
    )]
    Version {
        /// The version in the file.
        found: u32,
        /// The latest version that this program reads.
        supported: u32,
    },
    /// Fewer or more bytes than the header announces.
    #[error("the file is damaged: {expected} bytes announced, {found} found; copy or train it again")]
    Length {
        /// Bytes announced by the header.
        expected: u64,
        /// Bytes in the file.
        found: u64,
    },
    /// The checksum does not match.
    #[error("the file is damaged: its checksum does not match; copy or train it again")]
    Checksum,
    /// The payload can't be decoded.
    #[error("the file is damaged: {0}; copy or train it again")]
    Payload(String),
    /// The payload decodes, but makes no sense.
    #[error("the file is inconsistent: {0}; train it again")]
    Meaning(&'static str),
}

/// Why a checkpoint is refused.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The file does not begin as a checkpoint does.
    #[error("not a checkpoint; name another file with --checkpoint, or move this one away")]
    Magic,
    /// Written by another version of the program.
    #[error(
        "checkpoint format {found}, this program reads {supported}; remove the file to begin anew, or use the version of slantwise that wrote it"
    )]
    Version {
        /// The version in the file.
        found: u32,
        /// The version that this program reads.
        supported: u32,
    },
    /// The content is not what was written.
    #[error("the checkpoint is damaged ({0}); remove the file to begin anew")]
    Damaged(String),
    /// It was made with other parameters.
    #[error(
        "the checkpoint was made with other parameters ({key} was {was}, now {now}); give the same, or remove the file to begin anew"
    )]
    OtherParams {
        /// The first parameter that differs.
        key: String,
        /// Its value in the checkpoint.
        was: String,
        /// Its value now.
        now: String,
    },
    /// The articles that it has learned are not those that come now.
    #[error(
        "the checkpoint was made from other articles; give the same in the same order, or remove the file to begin anew"
    )]
    OtherArticles,
}

fn found_classes(found: &[String]) -> String {
    match found {
        [] => "none".to_string(),
        names => format!("{} ({})", names.len(), names.join(", ")),
    }
}
