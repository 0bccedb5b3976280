//! Features: count, weigh, select; all of it fitted on the training articles and stored.

mod count;
mod idf;
mod matrix;
mod select;
mod tfidf;
mod vocabulary;

pub(crate) use count::{Counts, Document, Scan, count};
pub(crate) use matrix::Entry;
pub use matrix::FeatureMatrix;
pub(crate) use select::{best, chi2};
pub use tfidf::{FeatureParams, Idf, Tfidf, TfidfParams, TfidfVectorizer};
pub(crate) use tfidf::{RowBuffer, Weighting, sublinear};
pub(crate) use vocabulary::HashTable;
pub use vocabulary::{Term, Vocabulary};
