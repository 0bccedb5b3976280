//! Text as it is found, and what can be known of it before words are counted.

pub(crate) mod clean;
pub(crate) mod decode;
#[cfg(feature = "html")]
pub(crate) mod html;
pub(crate) mod language;
pub(crate) mod quotation;
pub(crate) mod sentence;
