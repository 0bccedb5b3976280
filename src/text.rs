//! Reading text: normalisation and tokens, with byte offsets into the original kept throughout.

mod analyze;
mod lookalike;
mod normalize;
mod switch;
mod tokenize;

pub(crate) use analyze::{Analyzer, hash_term};
pub use analyze::{AnalyzerParams, CharParams, TermKind, WordParams};
pub use normalize::NormalizeParams;
