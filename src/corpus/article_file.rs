//! A file that is one article.

use std::io::Read;

use super::format::Format;
use super::lines::{utf8, without_bom};
use super::record::Record;
use super::source::Source;
use crate::error::{CorpusErrorKind, Result};

/// The record of a file; its id is the path as given.
pub(super) fn read(reader: impl Read, format: Format, source: &Source) -> Result<Record> {
    let limit = source.options.max_line_bytes;
    let mut bytes = Vec::new();
    let mut limited = reader.take((limit as u64).saturating_add(1));
    limited.read_to_end(&mut bytes).map_err(|e| source.read_error(e))?;
    if bytes.len() > limit {
        return Err(source.error(None, CorpusErrorKind::TooLong { unit: "file", limit }));
    }
    let text = text_of(&bytes, format).map_err(|kind| source.error(None, kind))?;
    Ok(Record { text, ..Record::default() })
}

/// Where the bytes of a whole file become the text of an article: the one place for encodings
/// other than UTF-8 and for the main text of web pages.
fn text_of(bytes: &[u8], format: Format) -> std::result::Result<String, CorpusErrorKind> {
    match format {
        Format::Html | Format::Text | Format::Jsonl | Format::Csv | Format::Tsv | Format::FastText => {
            utf8(without_bom(bytes), "file").map(str::to_string)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::options::ReadOptions;

    #[test]
    fn the_text_is_the_file_but_for_the_byte_order_mark() {
        let source = Source::new("a.txt", &ReadOptions::default());
        let record = read("\u{feff}One.\r\n\r\nTwo. ".as_bytes(), Format::Text, &source).unwrap();
        assert_eq!(record.text, "One.\r\n\r\nTwo. ");
        let error = read(&b"ab\xe9"[..], Format::Text, &source).unwrap_err();
        assert!(error.to_string().starts_with("a.txt: invalid UTF-8 at byte 2 of the file"), "{error}");
    }

    #[test]
    fn a_file_may_have_the_limit_and_not_a_byte_more() {
        let source = Source::new("a.txt", &ReadOptions::default().max_line_bytes(4));
        assert_eq!(read(&b"1234"[..], Format::Text, &source).unwrap().text, "1234");
        let error = read(&b"12345"[..], Format::Text, &source).unwrap_err();
        assert!(error.to_string().starts_with("a.txt: the file has more than 4 bytes"), "{error}");
    }
}
