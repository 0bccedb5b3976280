//! slantwise labels news articles by outlet stance and propaganda framing.

mod article;
mod error;
mod label;
mod text;

pub use article::{Article, Example, FieldValue, Gold, LabelledSpan, Part, Row, Span};
pub use error::{CorpusErrorKind, Error, ModelFileError, Place, Result, SplitError};
pub use label::{LabelSet, Targets, Task};
pub use text::clean::{
    CleanParams, Cleaner, Context as CleanContext, Mask, RepeatedLines, RepeatedLinesParams, Rule as CleanRule,
    kept_ranges,
};
pub use text::language::{Detected, Language, LanguagePart, detect_language, detect_language_parts};
pub use text::sentence::sentences;
