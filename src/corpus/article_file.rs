//! A file that is one article.

use std::io::Read;

use super::format::Format;
use super::record::Record;
use super::source::Source;
use crate::error::{CorpusErrorKind, Result};
use crate::text::decode;
#[cfg(feature = "html")]
use crate::text::{
    decode_page,
    html::{NO_TEXT, NO_TEXT_FIELD, page_article},
};

/// The record of a file; its id is the path as given.
pub(super) fn read(reader: impl Read, format: Format, source: &Source) -> Result<Record> {
    let limit = source.options.max_line_bytes;
    let mut bytes = Vec::new();
    let mut limited = reader.take((limit as u64).saturating_add(1));
    limited.read_to_end(&mut bytes).map_err(|e| source.read_error(e))?;
    if bytes.len() > limit {
        return Err(source.error(None, CorpusErrorKind::TooLong { unit: "file", limit }));
    }
    record_of(&bytes, format, source).map_err(|kind| source.error(None, kind))
}

/// Where the bytes of a whole file become an article.
fn record_of(bytes: &[u8], format: Format, source: &Source) -> std::result::Result<Record, CorpusErrorKind> {
    match format {
        Format::Html => page(bytes, source),
        Format::Text | Format::Jsonl | Format::Csv | Format::Tsv | Format::FastText => {
            let text = decode(bytes, source.options.encoding)?.text;
            Ok(Record { text, ..Record::default() })
        }
    }
}

#[cfg(feature = "html")]
fn page(bytes: &[u8], source: &Source) -> std::result::Result<Record, CorpusErrorKind> {
    let page = decode_page(bytes, source.options.encoding)?.text;
    let article = page_article(&page)?;
    let empty = article.field(NO_TEXT_FIELD).is_some().then_some(NO_TEXT);
    Ok(Record::of(article, empty))
}

#[cfg(not(feature = "html"))]
fn page(_: &[u8], _: &Source) -> std::result::Result<Record, CorpusErrorKind> {
    Err(CorpusErrorKind::NoHtml)
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
        let error = read(&b"\xc3\xa9\xc3\xa9\xe9"[..], Format::Text, &source).unwrap_err();
        assert!(error.to_string().starts_with("a.txt: invalid UTF-8 at byte 4 of the file"), "{error}");
        let error = read(&b"a\0b"[..], Format::Text, &source).unwrap_err();
        assert!(error.to_string().starts_with("a.txt: not a text but binary data"), "{error}");
    }

    #[test]
    fn a_file_may_have_the_limit_and_not_a_byte_more() {
        let source = Source::new("a.txt", &ReadOptions::default().max_line_bytes(4));
        assert_eq!(read(&b"1234"[..], Format::Text, &source).unwrap().text, "1234");
        let error = read(&b"12345"[..], Format::Text, &source).unwrap_err();
        assert!(error.to_string().starts_with("a.txt: the file has more than 4 bytes"), "{error}");
    }
}
