//! slantwise labels news articles by outlet stance and propaganda framing.

mod article;
mod corpus;
mod error;
mod label;

pub use article::{Article, Example, FieldValue, Gold, LabelledSpan, Part, Row, Span};
pub use corpus::{Corpus, Format, ReadOptions, Rows};
pub use error::{CorpusErrorKind, Error, ModelFileError, Place, Result, SplitError};
pub use label::{LabelSet, Targets, Task};
