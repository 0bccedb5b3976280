//! slantwise labels news articles by outlet stance and propaganda framing.

mod article;
mod calibration;
mod classifier;
mod corpus;
mod decision;
mod error;
mod evaluation;
mod evidence;
mod features;
mod label;
mod model_file;
mod params;
mod pipeline;
mod random;
#[cfg(feature = "models")]
mod shipped;
mod stream;
mod text;

pub use article::{Article, Example, FieldValue, Gold, LabelledSpan, Part, Row, Span};
pub use calibration::{Calibration, CalibrationFit, CalibrationMethod, Sigmoid};
pub use classifier::{
    Blend, ClassTargets, ClassWeight, Classifier, Ftrl, IntoTargets, LinearModel, LinfaLogistic, LinfaSvm, Logistic,
    LogisticRegression, Member, MultiClass, NaiveBayes, NaiveBayesKind, NbSvm, Svm, Terms,
};
pub use corpus::{Corpus, Examples, Format, ReadOptions, Rows};
pub use decision::{Abstention, Conformal, ConformalSets, Decided, Decider, Decision, DecisionParams, Verdict};
pub use error::{CheckpointError, CorpusErrorKind, Error, ModelFileError, Place, Result, SplitError};
pub use evaluation::{
    Audit, AuditCode, AuditField, AuditParams, AuditReport, AuditSample, AuditScore, BatchAudit, BatchScore, Chance,
    ClusterCount, Confounder, DateCount, DuplicateAudit, DuplicateCount, Finding, Floor, LabelContradiction,
    LabelErrors, LabelIssue, ModelScores, OutletNaming, OutletSwap, OutletTerm, OutletTerms, ScoreGap, Severity,
    TurnedLabel, ValueCounts, ValueScore, WithinScores,
};
pub use evaluation::{
    BootstrapParams, Budget, Crossval, CrossvalParams, DuplicateParams, Estimate, Evaluation, Fold, Folds, LabelScores,
    Metric, ReliabilityBin, RiskCoverage, RiskPoint, Scores, SpanScores, SplitParams, Trial, TuneParams, TuneProgress,
    Tuned, group_ids, labelled_span_scores, merge_groups, near_duplicates, risk_coverage, span_scores,
};
pub use evidence::{Evidence, EvidenceRecord, EvidenceSpan, Explanation, WordEvidence};
pub use features::{FeatureMatrix, FeatureParams, Idf, Term, Tfidf, TfidfParams, TfidfVectorizer, Vocabulary};
pub use label::{LabelSet, Targets, Task};
pub use model_file::{FORMAT_VERSION, MAGIC};
pub use params::{Check, Params};
pub use pipeline::{
    CalibrationParams, CompressParams, Determined, Pipeline, PipelineParams, Prediction, SentencePrediction, Unit,
};
#[cfg(feature = "models")]
pub use shipped::ShippedModel;
pub use stream::{StreamParams, StreamTrainer};
pub use text::clean::{
    CleanParams, Cleaner, Context as CleanContext, Mask, RepeatedLines, RepeatedLinesParams, Rule as CleanRule,
    kept_ranges,
};
pub use text::language::{Detected, Language, LanguagePart, detect_language, detect_language_parts};
#[cfg(feature = "html")]
pub use text::page_article;
pub use text::quotation::{Quotation, QuotationKind, quotations};
pub use text::sentence::sentences;
pub use text::{
    AnalyzerParams, CharParams, Decoded, Encoding, NormalizeParams, Quotes, Reader, ReadingParams, TermKind,
    WordParams, decode, decode_page,
};
