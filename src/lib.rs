//! slantwise labels news articles by outlet stance and propaganda framing.

mod article;
mod calibration;
mod decision;
mod error;
mod evaluation;
mod label;
mod random;

pub use article::{Article, Example, FieldValue, Gold, LabelledSpan, Part, Row, Span};
pub use calibration::{Calibration, CalibrationFit, CalibrationMethod, Sigmoid};
pub use decision::{Abstention, Conformal, ConformalSets, Decided, Decider, Decision, DecisionParams, Verdict};
pub use error::{CorpusErrorKind, Error, ModelFileError, Place, Result, SplitError};
pub use evaluation::{
    BootstrapParams, DuplicateParams, Evaluation, Fold, Folds, LabelScores, Metric, ReliabilityBin, RiskCoverage,
    RiskPoint, Scores, SpanScores, SplitParams, group_ids, labelled_span_scores, merge_groups, near_duplicates,
    risk_coverage, span_scores,
};
pub use label::{LabelSet, Targets, Task};
