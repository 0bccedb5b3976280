//! What a reader of corpora may be told.

use crate::text::Encoding;

/// How corpora are read: which key holds the label, and how much is believed of a file.
///
/// | option | default | range |
/// |---|---|---|
/// | [`label`](Self::label) | `label`, else `labels` | any key |
/// | [`quoting`](Self::quoting) | `true` | |
/// | [`encoding`](Self::encoding) | UTF-8 for rows, told or detected for whole files | an [`Encoding`] |
/// | [`max_expanded_bytes`](Self::max_expanded_bytes) | 16 GiB | ≥ 1 |
/// | [`max_line_bytes`](Self::max_line_bytes) | 256 MiB | ≥ 1 |
///
/// ```
/// use slantwise::ReadOptions;
///
/// let options = ReadOptions::default().label("splits.media").max_expanded_bytes(1 << 30);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    pub(super) label: Option<String>,
    pub(super) quoting: bool,
    pub(super) encoding: Option<Encoding>,
    pub(super) max_expanded_bytes: u64,
    pub(super) max_line_bytes: usize,
}

impl Default for ReadOptions {
    fn default() -> ReadOptions {
        ReadOptions {
            label: None,
            quoting: true,
            encoding: None,
            max_expanded_bytes: 16 << 30,
            max_line_bytes: 256 << 20,
        }
    }
}

impl ReadOptions {
    /// The key that holds the label. Dots reach into objects: `splits.media` is the key `media` of
    /// the object `splits`. A string, number or boolean there is one class, an array of strings is
    /// several labels. The key stays readable as a field, unless it is `label` or `labels`.
    #[must_use]
    pub fn label(mut self, key: impl Into<String>) -> ReadOptions {
        self.label = Some(key.into());
        self
    }

    /// Whether a cell of a table that begins with a quote is quoted (RFC 4180). `false` is for tables
    /// written without quoting, as many TSV files are, whose quotes are part of the text.
    #[must_use]
    pub fn quoting(mut self, quoting: bool) -> ReadOptions {
        self.quoting = quoting;
        self
    }

    /// The encoding of all files. A byte-order mark goes before it.
    ///
    /// By default (`None`) rows of JSONL, tables and fastText must be UTF-8, or UTF-16 with a byte-order mark; the
    /// encoding of a plain text or web page is told by the page or detected, as [`decode`](crate::decode) and
    /// [`decode_page`](crate::decode_page) do.
    #[must_use]
    pub fn encoding(mut self, encoding: Option<Encoding>) -> ReadOptions {
        self.encoding = encoding;
        self
    }

    /// How many bytes one compressed file may expand to; more is an error. A small file can be made
    /// to expand without end.
    #[must_use]
    pub fn max_expanded_bytes(mut self, bytes: u64) -> ReadOptions {
        self.max_expanded_bytes = bytes;
        self
    }

    /// How many bytes one row may have: a line, a record of a table, or a file that is one article.
    #[must_use]
    pub fn max_line_bytes(mut self, bytes: usize) -> ReadOptions {
        self.max_line_bytes = bytes;
        self
    }

    /// The key to name where a row has no label.
    pub(super) fn label_key(&self) -> &str {
        self.label.as_deref().unwrap_or("label")
    }
}
