//! fastText's format: labels, each written `__label__NAME`, before the text of the line.

use super::lines::without_bom;
use super::record::Record;
use crate::article::{Example, Gold};
use crate::error::CorpusErrorKind;

const PREFIX: &str = "__label__";

/// Whether the first bytes of a file are those of a fastText file.
pub(super) fn is_start(bytes: &[u8]) -> bool {
    without_bom(bytes).trim_ascii_start().starts_with(PREFIX.as_bytes())
}

/// The record of a line, with any number of labels.
pub(super) fn parse(line: &str) -> Result<Record, CorpusErrorKind> {
    let mut labels = Vec::new();
    let mut rest = line.trim();
    while let Some(after) = rest.strip_prefix(PREFIX) {
        let (label, text) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
        if label.is_empty() {
            let expected = "a label right after it";
            return Err(CorpusErrorKind::WrongType { key: PREFIX.to_string(), found: "nothing", expected });
        }
        labels.push(label);
        rest = text.trim_start();
    }
    Ok(Record { text: rest.to_string(), gold: Some(Gold::several(labels)), ..Record::default() })
}

/// The format does not say whether labels exclude each other, so the whole file decides: where
/// every row has exactly one, they are classes.
pub(super) fn settle_task(examples: &mut [Example]) {
    if examples.iter().all(|example| example.gold.labels().len() == 1) {
        examples.iter_mut().for_each(|example| as_one(&mut example.gold));
    }
}

/// The gold of a line by itself: one label is a class, none is no gold.
pub(super) fn gold_of_line(mut gold: Gold) -> Option<Gold> {
    as_one(&mut gold);
    (!gold.labels().is_empty()).then_some(gold)
}

fn as_one(gold: &mut Gold) {
    if let Gold::Several(labels) = gold
        && labels.len() == 1
        && let Some(label) = labels.pop()
    {
        *gold = Gold::One(label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_before_the_text() {
        let record = parse("  __label__b\t__label__a,c  Some  words __label__x here \r").unwrap();
        assert_eq!(record.text, "Some  words __label__x here");
        assert_eq!(record.gold, Some(Gold::several(["a,c", "b"])));
        assert_eq!(parse("no label").unwrap().gold, Some(Gold::several(Vec::<String>::new())));
        assert_eq!(parse("__label__a").unwrap().text, "");
    }

    #[test]
    fn a_prefix_without_a_name_is_an_error() {
        assert!(parse("__label__ text").unwrap_err().to_string().contains("\"__label__\" holds nothing"));
    }

    #[test]
    fn a_file_is_known_by_its_first_words() {
        assert!(is_start("\u{feff}\n  \n__label__a text".as_bytes()));
        assert!(!is_start(b"A text about __label__a"));
    }
}
