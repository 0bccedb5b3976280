//! The one wrapper around parameters that have not been checked yet.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Parameters that know their ranges.
pub trait Check {
    /// Errors with the name, the value and the range of the first field that is out of range.
    fn check(&self) -> Result<()>;
}

/// Parameters as they were set, not yet checked: linfa's [`ParamGuard`] for every algorithm of this crate.
///
/// `fit` checks them and errors where one is out of its range. The setters are methods of the concrete type,
/// such as [`Params<Svm>`](crate::Svm).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Params<P>(pub(crate) P);

impl<P: Check> ParamGuard for Params<P> {
    type Checked = P;
    type Error = Error;

    fn check_ref(&self) -> Result<&P> {
        self.0.check()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<P> {
        self.0.check()?;
        Ok(self.0)
    }
}
