//! Findings: what the audit says is wrong, how badly, and what to do about it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// What is wrong.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditCode {
    /// The outlet gives the label away, or the score falls where outlets are new.
    OutletLeak,
    /// Strong terms of the model belong to one outlet only.
    OutletTerms,
    /// Predictions change where outlets' names are masked.
    OutletNames,
    /// The features name the outlet far better than chance.
    OutletFingerprint,
    /// The language gives the label away.
    LanguageConfound,
    /// The topic gives the label away.
    TopicConfound,
    /// The length of the text gives the label away.
    LengthConfound,
    /// What surrounds the article on its page gives the label away.
    FurnitureLeak,
    /// Many rows are near-duplicates of others.
    Duplicates,
    /// The same text has different labels.
    DuplicatesAcrossLabels,
    /// The same text is in several splits.
    DuplicatesAcrossSplits,
    /// The same text is of several outlets.
    DuplicatesAcrossOutlets,
    /// Labels that the model contradicts with confidence.
    LabelErrors,
    /// A batch in which the other batches' model ranks the labels backwards.
    SwappedBatch,
    /// A batch of outlets of its own in which the other batches' model ranks the labels backwards.
    BackwardsBatch,
    /// An outlet whose label turns from batch to batch.
    ContradictingOutlet,
    /// A line that many articles share whose label turns from batch to batch.
    ContradictingBoilerplate,
    /// A label with fewer rows than there are folds.
    RareLabel,
    /// Outlets were not audited.
    NoOutlets,
    /// Fewer outlets than folds.
    FewOutlets,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// A score is too high, or labels need a look.
    Warning,
    /// A score means something else than it says.
    Error,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What.
    pub code: AuditCode,
    /// How bad.
    pub severity: Severity,
    /// The figure that decided.
    pub value: f64,
    /// The figures in words.
    pub figure: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl Finding {
    pub(super) fn new(
        code: AuditCode,
        severity: Severity,
        value: f64,
        figure: String,
        remedy: &'static str,
    ) -> Finding {
        Finding { code, severity, value, figure, remedy }
    }
}

impl AuditCode {
    /// All codes.
    pub const ALL: [AuditCode; 20] = [
        AuditCode::OutletLeak,
        AuditCode::OutletTerms,
        AuditCode::OutletNames,
        AuditCode::OutletFingerprint,
        AuditCode::LanguageConfound,
        AuditCode::TopicConfound,
        AuditCode::LengthConfound,
        AuditCode::FurnitureLeak,
        AuditCode::Duplicates,
        AuditCode::DuplicatesAcrossLabels,
        AuditCode::DuplicatesAcrossSplits,
        AuditCode::DuplicatesAcrossOutlets,
        AuditCode::LabelErrors,
        AuditCode::SwappedBatch,
        AuditCode::BackwardsBatch,
        AuditCode::ContradictingOutlet,
        AuditCode::ContradictingBoilerplate,
        AuditCode::RareLabel,
        AuditCode::NoOutlets,
        AuditCode::FewOutlets,
    ];

    /// The name in kebab case, such as `outlet-leak`.
    pub fn name(self) -> &'static str {
        match self {
            AuditCode::OutletLeak => "outlet-leak",
            AuditCode::OutletTerms => "outlet-terms",
            AuditCode::OutletNames => "outlet-names",
            AuditCode::OutletFingerprint => "outlet-fingerprint",
            AuditCode::LanguageConfound => "language-confound",
            AuditCode::TopicConfound => "topic-confound",
            AuditCode::LengthConfound => "length-confound",
            AuditCode::FurnitureLeak => "furniture-leak",
            AuditCode::Duplicates => "duplicates",
            AuditCode::DuplicatesAcrossLabels => "duplicates-across-labels",
            AuditCode::DuplicatesAcrossSplits => "duplicates-across-splits",
            AuditCode::DuplicatesAcrossOutlets => "duplicates-across-outlets",
            AuditCode::LabelErrors => "label-errors",
            AuditCode::SwappedBatch => "swapped-batch",
            AuditCode::BackwardsBatch => "backwards-batch",
            AuditCode::ContradictingOutlet => "contradicting-outlet",
            AuditCode::ContradictingBoilerplate => "contradicting-boilerplate",
            AuditCode::RareLabel => "rare-label",
            AuditCode::NoOutlets => "no-outlets",
            AuditCode::FewOutlets => "few-outlets",
        }
    }
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for AuditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for AuditCode {
    type Err = Error;

    fn from_str(name: &str) -> Result<AuditCode, Error> {
        let expected = "a code of the audit, such as outlet-leak";
        AuditCode::ALL.into_iter().find(|code| code.name() == name).ok_or_else(|| Error::param("code", name, expected))
    }
}

impl FromStr for Severity {
    type Err = Error;

    fn from_str(name: &str) -> Result<Severity, Error> {
        [Severity::Note, Severity::Warning, Severity::Error]
            .into_iter()
            .find(|severity| severity.name() == name)
            .ok_or_else(|| Error::param("severity", name, "note, warning or error"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_serde_and_read_back() {
        for code in AuditCode::ALL {
            assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{code}\""));
            assert_eq!(code.name().parse::<AuditCode>().unwrap(), code);
        }
        assert!(AuditCode::ALL.windows(2).all(|w| w[0] < w[1]));
        assert_eq!("warning".parse::<Severity>().unwrap(), Severity::Warning);
        assert!("outlets".parse::<AuditCode>().is_err() && "bad".parse::<Severity>().is_err());
        assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Note);
    }
}
