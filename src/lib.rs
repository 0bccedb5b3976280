//! slantwise labels news articles by outlet stance and propaganda framing.

mod article;
mod classifier;
mod corpus;
mod error;
mod features;
mod label;
mod params;
mod random;
mod text;

pub use article::{Article, Example, FieldValue, Gold, LabelledSpan, Part, Row, Span};
pub use classifier::{
    ClassTargets, ClassWeight, Classifier, LinearModel, LinfaLogistic, LinfaSvm, Logistic, LogisticRegression,
    MultiClass, NaiveBayes, NaiveBayesKind, NbSvm, Svm,
};
pub use corpus::{Corpus, Format, ReadOptions, Rows};
pub use error::{CorpusErrorKind, Error, ModelFileError, Place, Result, SplitError};
pub use features::{FeatureMatrix, FeatureParams, Idf, Term, Tfidf, TfidfParams, TfidfVectorizer, Vocabulary};
pub use label::{LabelSet, Targets, Task};
pub use params::{Check, Params};
pub use text::{AnalyzerParams, CharParams, NormalizeParams, TermKind, WordParams};
