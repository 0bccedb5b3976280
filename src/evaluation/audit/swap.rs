//! Section 6: predictions that change when the names of outlets are masked.

use serde::Serialize;

use super::findings::{AuditCode, Finding, Severity};
use super::held_out::HeldOut;
use crate::label::Targets;

/// What masking the names of outlets does to held-out articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutletSwap {
    /// Articles tested.
    pub n: usize,
    /// Those that name their own or another known outlet.
    pub masked: usize,
    /// Those of them whose prediction changes without the names.
    pub flipped: usize,
    /// Those that were right with the names and are wrong without.
    pub right_to_wrong: usize,
    /// Those that were wrong with the names and are right without.
    pub wrong_to_right: usize,
}

impl OutletSwap {
    pub(super) fn of(held: &HeldOut, gold: &Targets) -> OutletSwap {
        let mut found = OutletSwap { n: 0, masked: 0, flipped: 0, right_to_wrong: 0, wrong_to_right: 0 };
        let k = gold.n_classes();
        for row in held.tested() {
            found.n += 1;
            let Some(twin) = &held.twins[row] else { continue };
            found.masked += 1;
            let differs = |of: &dyn Fn(usize) -> bool, other: &dyn Fn(usize) -> bool| (0..k).any(|c| of(c) != other(c));
            let with = |class: usize| held.predicted.has(row, class);
            let without = |class: usize| twin.contains(&class);
            let right = |class: usize| gold.has(row, class);
            if differs(&with, &without) {
                found.flipped += 1;
                found.right_to_wrong += usize::from(!differs(&with, &right));
                found.wrong_to_right += usize::from(!differs(&without, &right));
            }
        }
        found
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        let share = self.flipped as f64 / self.masked.max(1) as f64;
        if self.flipped < 5 || share < 0.02 {
            return None;
        }
        let figure = format!(
            "{} of {} predictions ({:.1} %) change when the names of outlets are masked; {} of them from right to wrong",
            self.flipped,
            self.masked,
            100.0 * share,
            self.right_to_wrong
        );
        let severity = if share >= 0.1 { Severity::Error } else { Severity::Warning };
        let remedy = "mask the names of outlets before training, so that the model can't read them";
        Some(Finding::new(AuditCode::OutletNames, severity, share, figure, remedy))
    }
}
