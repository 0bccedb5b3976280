//! Which format a file has, told by its name.

use std::path::Path;

/// The format of a file or stream.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON object a line: `.jsonl`, `.ndjson`.
    Jsonl,
    /// A table with a header, separated by commas: `.csv`.
    Csv,
    /// A table with a header, separated by tabs: `.tsv`.
    Tsv,
    /// One article a line after its labels, each written `__label__NAME`: `.ft`, `.fasttext`.
    FastText,
    /// The whole file is one article: `.txt`.
    Text,
    /// The whole file is one web page: `.html`, `.htm`, `.xhtml`.
    Html,
}

impl Format {
    /// The format that a file's name tells, whatever its case and with or without `.gz` or `.zst`
    /// at the end; `None` where it tells none.
    ///
    /// ```
    /// use slantwise::Format;
    ///
    /// assert_eq!(Format::from_path("news.jsonl.zst"), Some(Format::Jsonl));
    /// assert_eq!(Format::from_path("news.pdf"), None);
    /// ```
    pub fn from_path(path: impl AsRef<Path>) -> Option<Format> {
        let (_, name) = Compression::split(path.as_ref());
        match extension(&name)?.as_str() {
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "csv" => Some(Format::Csv),
            "tsv" => Some(Format::Tsv),
            "ft" | "fasttext" => Some(Format::FastText),
            "txt" => Some(Format::Text),
            "html" | "htm" | "xhtml" => Some(Format::Html),
            _ => None,
        }
    }

    /// Whether a file of this format is one article.
    pub(super) fn is_one_article(self) -> bool {
        matches!(self, Format::Text | Format::Html)
    }
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    /// The compression that a file's name tells.
    pub(super) fn from_path(path: &Path) -> Compression {
        Compression::split(path).0
    }

    /// The compression, and the name of the file inside it.
    fn split(path: &Path) -> (Compression, String) {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let compression = match extension(&name).as_deref() {
            Some("gz") => Compression::Gzip,
            Some("zst") => Compression::Zstd,
            _ => return (Compression::None, name),
        };
        let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem).to_string();
        (compression, stem)
    }
}

fn extension(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_format_under_the_compression() {
        let cases = [
            ("a.jsonl", Some(Format::Jsonl), Compression::None),
            ("dir.csv/A.NDJSON.GZ", Some(Format::Jsonl), Compression::Gzip),
            ("a.b.csv.zst", Some(Format::Csv), Compression::Zstd),
            ("a.tsv", Some(Format::Tsv), Compression::None),
            ("a.ft", Some(Format::FastText), Compression::None),
            ("a.txt.gz", Some(Format::Text), Compression::Gzip),
            ("a.htm", Some(Format::Html), Compression::None),
            ("a.XHTML", Some(Format::Html), Compression::None),
            ("jsonl", None, Compression::None),
            ("a.gz", None, Compression::Gzip),
            ("a.jsonl.xz", None, Compression::None),
            ("", None, Compression::None),
        ];
        for (path, format, compression) in cases {
            assert_eq!(Format::from_path(path), format, "{path}");
            assert_eq!(Compression::from_path(Path::new(path)), compression, "{path}");
        }
    }
}
