//! Parameters of cleaning.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::rule::Rule;
use crate::error::{Error, Result};

/// Which rules clean an article.
///
/// | parameter | default | range | meaning |
/// |---|---|---|---|
/// | `off` | none | rules by name | rules that mask nothing |
/// | `known_outlets` | `false` | | mask the names of all known outlets and agencies, not the outlet's own only |
/// | `max_line` | 300 | 40 to 10,000 characters | longer lines are prose for the phrases that may begin or end a line |
///
/// ```
/// use slantwise::{CleanParams, CleanRule};
///
/// let params = CleanParams::default().off(CleanRule::Byline).known_outlets(true);
/// assert!(params.check().is_ok());
/// assert!(!params.applies(CleanRule::Byline));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CleanParams {
    pub(super) off: BTreeSet<Rule>,
    pub(super) known_outlets: bool,
    pub(super) max_line: usize,
}

impl Default for CleanParams {
    fn default() -> CleanParams {
        CleanParams { off: BTreeSet::new(), known_outlets: false, max_line: 300 }
    }
}

impl CleanParams {
    /// Parameters that mask nothing.
    pub fn none() -> CleanParams {
        CleanParams { off: Rule::ALL.into_iter().collect(), ..CleanParams::default() }
    }

    /// Switches a rule off.
    #[must_use]
    pub fn off(mut self, rule: Rule) -> CleanParams {
        self.off.insert(rule);
        self
    }

    /// Switches a rule on again.
    #[must_use]
    pub fn on(mut self, rule: Rule) -> CleanParams {
        self.off.remove(&rule);
        self.known_outlets |= rule == Rule::KnownOutlets;
        self
    }

    /// Whether the names of all known outlets and agencies are masked.
    #[must_use]
    pub fn known_outlets(mut self, mask: bool) -> CleanParams {
        self.known_outlets = mask;
        self
    }

    /// Sets the length, in characters, up to which a line may be furniture because of how it begins
    /// or ends.
    #[must_use]
    pub fn max_line(mut self, chars: usize) -> CleanParams {
        self.max_line = chars;
        self
    }

    /// Whether a rule masks anything.
    pub fn applies(&self, rule: Rule) -> bool {
        !self.off.contains(&rule) && (rule != Rule::KnownOutlets || self.known_outlets)
    }

    /// Whether the values are in their ranges.
    pub fn check(&self) -> Result<()> {
        if !(40..=10_000).contains(&self.max_line) {
            return Err(Error::param("max_line", self.max_line, "40 to 10000 characters"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_switched_by_name_and_unknown_keys_refused() {
        let params: CleanParams = toml::from_str("off = [\"byline\", \"repeated-lead\"]").unwrap();
        assert_eq!(params, CleanParams::default().off(Rule::Byline).off(Rule::RepeatedLead));
        assert!(params.applies(Rule::Caption) && !params.applies(Rule::Byline));
        assert!(!params.applies(Rule::KnownOutlets) && params.on(Rule::KnownOutlets).applies(Rule::KnownOutlets));
        assert!(toml::from_str::<CleanParams>("of = []").is_err());
        assert!(toml::from_str::<CleanParams>("off = [\"bylines\"]").is_err());
    }

    #[test]
    fn values_out_of_range_are_errors() {
        assert!(CleanParams::default().check().is_ok());
        assert!(CleanParams::default().max_line(3).check().is_err());
    }
}
