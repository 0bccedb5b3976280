//! Quotations: which words of a text are a source's and not the article's own.
//!
//! Two kinds are told: words in quotation marks, in every convention of the languages here, and words that are reported without marks
//! (`according to X, ...`; `..., said X`; `X said that ...`), by cues of each language. The rules are shallow: they see marks,
//! commas and cue words, not the structure of a sentence.

use std::ops::Range;

use super::language::Language;

mod attribution;
mod cues;
mod marks;
mod speech;

use cues::Cues;
use speech::Speech;

/// Words of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// The bytes of the words, without the marks.
    pub range: Range<usize>,
    /// How they are told.
    pub kind: QuotationKind,
}

/// How words of a source are told from an article's own.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuotationKind {
    /// By quotation marks.
    Marks,
    /// By a phrase that says whose words they are.
    Attributed,
}

/// The quotations of a text, in order, without overlaps.
///
/// * **Marks.** `“ ”`, `„ “`, `„ ”`, `« »`, `» «`, `‹ ›`, `‘ ’`, `‚ ‘`, `" "`, `' '`, `「」` and others, nested ones as part of the outer.
///   Apostrophes are none. A quotation that is never closed counts, up to the end of its paragraph, only where the next
///   paragraph opens it again. Fewer than three words (in Arabic four) are a name or words held at a distance («Газпром», “so-called”) and stay the
///   article's own, unless a colon or a verb of saying stands by them; so do up to eight words that are the title of a work or
///   an organisation: all longer words have capitals, or the word before the mark says so (`the newspaper “...”`). More than 4,000 bytes are no quotation.
/// * **Attributed.** The reported words of a sentence, three or more, without the cue and the name of the source. There are cues for Arabic, Bulgarian,
///   English, French, German, Italian, Polish, Romanian, Russian, Spanish and Ukrainian; in other languages, and where
///   the language is unknown, marks alone count.
///
/// Time is linear in the length of the text.
///
/// ```
/// use slantwise::{Language, QuotationKind, quotations};
///
/// let text = "“We will open the bridge,” she said. According to TASS, it is closed.";
/// let found: Vec<_> = quotations(text, Language::English).into_iter().map(|q| (&text[q.range], q.kind)).collect();
/// assert_eq!(found, [("We will open the bridge,", QuotationKind::Marks), ("it is closed", QuotationKind::Attributed)]);
/// ```
pub fn quotations(text: &str, language: Language) -> Vec<Quotation> {
    let cues = Cues::of(language);
    let mut speech = Speech::new(cues);
    let (mut found, mut quotes, mut last) = (Vec::new(), Vec::<Range<usize>>::new(), 0);
    for marked in marks::marked(text) {
        if marked.outer.start < last || !speech.is_speech(text, &marked) {
            continue;
        }
        last = marked.outer.end;
        found.push(Quotation { range: trim(text, marked.inner), kind: QuotationKind::Marks });
        quotes.push(marked.outer);
    }
    let attributed = attribution::attributed(text, language, cues, &quotes);
    found.extend(attributed.into_iter().map(|range| Quotation { range, kind: QuotationKind::Attributed }));
    found.sort_by_key(|quotation| quotation.range.start);
    found
}

/// Without the white space at both ends.
fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    start..start + piece.trim().len()
}

#[cfg(test)]
mod tests;
