//! Quotations: which words of a text are a source's and not the article's own.

use std::ops::Range;

use super::language::Language;

/// Words of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// The bytes of the quoted words, without the marks.
    pub range: Range<usize>,
}

/// The quotations of a text, in order, without overlaps.
pub fn quotations(text: &str, _language: Language) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, c) in text.char_indices() {
        match (c, open) {
            ('“' | '«', None) => open = Some(at + c.len_utf8()),
            ('”' | '»', Some(start)) => {
                if start < at {
                    found.push(Quotation { range: start..at });
                }
                open = None;
            }
            _ => {}
        }
    }
    found
}
