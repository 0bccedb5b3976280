//! Reading text: what surrounds an article, its language and sentences, normalisation and tokens, with byte offsets into the original kept
//! throughout.

mod analyze;
pub(crate) mod clean;
pub(crate) mod decode;
#[cfg(feature = "html")]
pub(crate) mod html;
pub(crate) mod language;
mod leetspeak;
mod lookalike;
mod normalize;
mod params;
pub(crate) mod quotation;
mod reading;
mod rewrite;
pub(crate) mod sentence;
mod spaced;
mod stem;
mod stopwords;
mod switch;
mod tokenize;

pub use analyze::TermKind;
#[cfg(test)]
pub(crate) use analyze::hash_term;
pub(crate) use analyze::{Analyzer, QUOTE_SIGN, hashes_of};
pub use decode::{Decoded, Encoding, decode, decode_page};
#[cfg(feature = "html")]
pub use html::page_article;
pub use normalize::NormalizeParams;
pub use params::{AnalyzerParams, CharParams, WordParams};
pub use reading::{Quotes, Reader, ReadingParams};
pub(crate) use reading::{Stretch, Voice};
pub(crate) use stopwords::StopWords;
