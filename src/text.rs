//! Reading text: what surrounds an article, its language and sentences, normalisation and tokens, with byte offsets into the original kept
//! throughout.

mod analyze;
pub(crate) mod clean;
pub(crate) mod decode;
#[cfg(feature = "html")]
pub(crate) mod html;
pub(crate) mod language;
mod lookalike;
mod normalize;
pub(crate) mod quotation;
mod reading;
pub(crate) mod sentence;
mod switch;
mod tokenize;

pub(crate) use analyze::{Analyzer, QUOTE_SIGN, hash_term};
pub use analyze::{AnalyzerParams, CharParams, TermKind, WordParams};
pub use decode::{Decoded, Encoding, decode, decode_page};
#[cfg(feature = "html")]
pub use html::page_article;
pub use normalize::NormalizeParams;
pub use reading::{Quotes, Reader, ReadingParams};
pub(crate) use reading::{Stretch, Voice};
