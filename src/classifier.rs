//! Classifiers: linear models on sparse features, fitted through linfa's traits.

mod blend;
mod class_weight;
mod dual;
mod ftrl;
mod kernel;
mod linear;
mod linfa_dense;
mod logistic;
mod naive_bayes;
mod nb_svm;
mod softmax;
mod svm;
mod targets;

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::{Deserialize, Serialize};

pub use blend::{Blend, Member, Terms};
pub use class_weight::ClassWeight;
pub use ftrl::Ftrl;
pub(crate) use ftrl::{Rates, State, Step, n_outputs, pack, unpack};
pub use linear::LinearModel;
pub(crate) use linear::argmax;
pub use linfa_dense::{LinfaLogistic, LinfaSvm};
pub use logistic::{Logistic, LogisticRegression, MultiClass};
pub use naive_bayes::{NaiveBayes, NaiveBayesKind};
pub use nb_svm::NbSvm;
pub use svm::Svm;
pub use targets::{ClassTargets, IntoTargets};

use crate::error::{Error, Result};
use crate::features::FeatureMatrix;
use crate::label::{LabelSet, Targets, Task};
use crate::params::{Check, Params};

/// A classifier and its parameters: the choice that a pipeline makes.
///
/// ```
/// use slantwise::Classifier;
///
/// let classifier = Classifier::logistic().c(10.0);
/// assert_eq!(classifier.name(), "logistic");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Classifier {
    /// Logistic regression: one-vs-rest or multinomial.
    Logistic(Params<Logistic>),
    /// Linear support-vector machine with the squared hinge loss.
    Svm(Params<Svm>),
    /// Support-vector machine on features scaled by naive Bayes log-count ratios.
    NbSvm(Params<NbSvm>),
    /// Multinomial or complement naive Bayes.
    NaiveBayes(Params<NaiveBayes>),
    /// linfa's own logistic regression on the best features, dense.
    LinfaLogistic(Params<LinfaLogistic>),
    /// linfa's own support-vector machine on the best features, dense.
    LinfaSvm(Params<LinfaSvm>),
    /// The mean of several classifiers.
    Blend(Params<Blend>),
    /// Logistic regression learned row by row: what streams are learned with.
    Ftrl(Params<Ftrl>),
}

impl Default for Classifier {
    fn default() -> Self {
        Classifier::logistic()
    }
}

impl Classifier {
    /// The names that [`named`](Self::named) knows.
    pub const NAMES: [&str; 9] = [
        "logistic",
        "svm",
        "nb-svm",
        "naive-bayes",
        "complement-naive-bayes",
        "linfa-logistic",
        "linfa-svm",
        "blend",
        "ftrl",
    ];

    /// Logistic regression with default parameters.
    pub fn logistic() -> Classifier {
        Classifier::Logistic(Params::default())
    }

    /// A support-vector machine with default parameters.
    pub fn svm() -> Classifier {
        Classifier::Svm(Params::default())
    }

    /// An NB-SVM with default parameters.
    pub fn nb_svm() -> Classifier {
        Classifier::NbSvm(Params::default())
    }

    /// Multinomial naive Bayes with default parameters.
    pub fn naive_bayes() -> Classifier {
        Classifier::NaiveBayes(Params::default())
    }

    /// Complement naive Bayes with default parameters.
    pub fn complement_naive_bayes() -> Classifier {
        Classifier::NaiveBayes(NaiveBayes::params().kind(NaiveBayesKind::Complement))
    }

    /// linfa's dense logistic regression with default parameters.
    pub fn linfa_logistic() -> Classifier {
        Classifier::LinfaLogistic(Params::default())
    }

    /// linfa's dense support-vector machine with default parameters.
    pub fn linfa_svm() -> Classifier {
        Classifier::LinfaSvm(Params::default())
    }

    /// Logistic regression learned row by row, with default parameters.
    pub fn ftrl() -> Classifier {
        Classifier::Ftrl(Params::default())
    }

    /// The classifier of a name, with default parameters; see [`NAMES`](Self::NAMES).
    pub fn named(name: &str) -> Option<Classifier> {
        Some(match name {
            "logistic" => Classifier::logistic(),
            "svm" => Classifier::svm(),
            "nb-svm" => Classifier::nb_svm(),
            "naive-bayes" => Classifier::naive_bayes(),
            "complement-naive-bayes" => Classifier::complement_naive_bayes(),
            "linfa-logistic" => Classifier::linfa_logistic(),
            "linfa-svm" => Classifier::linfa_svm(),
            "blend" => Classifier::Blend(Params::default()),
            "ftrl" => Classifier::ftrl(),
            _ => return None,
        })
    }

    /// The classifier's name.
    pub fn name(&self) -> &'static str {
        match self {
            Classifier::Logistic(_) => "logistic",
            Classifier::Svm(_) => "svm",
            Classifier::NbSvm(_) => "nb-svm",
            Classifier::NaiveBayes(p) if p.0.kind == NaiveBayesKind::Complement => "complement-naive-bayes",
            Classifier::NaiveBayes(_) => "naive-bayes",
            Classifier::LinfaLogistic(_) => "linfa-logistic",
            Classifier::LinfaSvm(_) => "linfa-svm",
            Classifier::Blend(_) => "blend",
            Classifier::Ftrl(_) => "ftrl",
        }
    }

    /// Sets the inverse regularisation strength. Some have none and ignore nothing: see [`set_c`](Self::set_c).
    #[must_use]
    pub fn c(mut self, c: f64) -> Classifier {
        self.set_c(c);
        self
    }

    /// Sets the inverse regularisation strength; false where the classifier has none (naive Bayes, FTRL).
    pub fn set_c(&mut self, c: f64) -> bool {
        match self {
            Classifier::Logistic(p) => p.0.c = c,
            Classifier::Svm(p) => p.0.c = c,
            Classifier::NbSvm(p) => p.0.c = c,
            Classifier::LinfaLogistic(p) => p.0.c = c,
            Classifier::LinfaSvm(p) => p.0.c = c,
            Classifier::NaiveBayes(_) | Classifier::Blend(_) | Classifier::Ftrl(_) => return false,
        }
        true
    }

    /// The inverse regularisation strength; `None` where the classifier has none (naive Bayes, FTRL).
    pub fn regularisation(&self) -> Option<f64> {
        match self {
            Classifier::Logistic(p) => Some(p.0.c),
            Classifier::Svm(p) => Some(p.0.c),
            Classifier::NbSvm(p) => Some(p.0.c),
            Classifier::LinfaLogistic(p) => Some(p.0.c),
            Classifier::LinfaSvm(p) => Some(p.0.c),
            Classifier::NaiveBayes(_) | Classifier::Blend(_) | Classifier::Ftrl(_) => None,
        }
    }

    /// Sets the weights of the classes; false where the classifier takes none (linfa's own, FTRL).
    pub fn set_class_weight(&mut self, weight: ClassWeight) -> bool {
        match self {
            Classifier::Logistic(p) => p.0.class_weight = weight,
            Classifier::Svm(p) => p.0.class_weight = weight,
            Classifier::NbSvm(p) => p.0.class_weight = weight,
            Classifier::NaiveBayes(p) => p.0.class_weight = weight,
            Classifier::Blend(p) => return p.0.set_class_weight(&weight),
            Classifier::LinfaLogistic(_) | Classifier::LinfaSvm(_) | Classifier::Ftrl(_) => return false,
        }
        true
    }

    /// Sets the seed of the order in which solvers visit rows; naive Bayes and linfa's own use none.
    pub(crate) fn set_seed(&mut self, seed: u64) {
        match self {
            Classifier::Logistic(p) => p.0.seed = seed,
            Classifier::Svm(p) => p.0.seed = seed,
            Classifier::NbSvm(p) => p.0.seed = seed,
            Classifier::Blend(p) => p.0.set_seed(seed),
            Classifier::Ftrl(p) => p.0.seed = seed,
            Classifier::NaiveBayes(_) | Classifier::LinfaLogistic(_) | Classifier::LinfaSvm(_) => {}
        }
    }

    /// Class names as weights by class, where weights were given by name.
    pub(crate) fn class_weight(&self) -> Option<&ClassWeight> {
        match self {
            Classifier::Logistic(p) => Some(&p.0.class_weight),
            Classifier::Svm(p) => Some(&p.0.class_weight),
            Classifier::NbSvm(p) => Some(&p.0.class_weight),
            Classifier::NaiveBayes(p) => Some(&p.0.class_weight),
            Classifier::LinfaLogistic(_) | Classifier::LinfaSvm(_) | Classifier::Blend(_) | Classifier::Ftrl(_) => None,
        }
    }

    /// Whether all parameters are in range, and whether class weights name classes that exist.
    pub(crate) fn check(&self, labels: Option<&LabelSet>) -> Result<()> {
        match self {
            Classifier::Logistic(p) => p.0.check()?,
            Classifier::Svm(p) => p.0.check()?,
            Classifier::NbSvm(p) => p.0.check()?,
            Classifier::NaiveBayes(p) => p.0.check()?,
            Classifier::LinfaLogistic(p) => p.0.check()?,
            Classifier::LinfaSvm(p) => p.0.check()?,
            Classifier::Blend(p) => p.0.check()?,
            Classifier::Ftrl(p) => p.0.check()?,
        }
        match (labels, self) {
            (Some(labels), Classifier::Blend(p)) => p.0.check_names(labels),
            (Some(labels), _) => self.class_weight().map_or(Ok(()), |weight| weight.check_names(labels)),
            (None, _) => Ok(()),
        }
    }

    /// Fits the classifier. `weights` are the rows' weights, `labels` the names of the classes where class
    /// weights are given by name.
    pub(crate) fn fit(
        &self,
        x: FeatureMatrix,
        targets: &Targets,
        weights: Option<&[f32]>,
        labels: &LabelSet,
    ) -> Result<LinearModel> {
        self.check(Some(labels))?;
        let mut dataset = DatasetBase::new(x, ClassTargets::new(targets, labels));
        if let Some(weights) = weights {
            dataset = dataset.with_weights(weights.to_vec().into());
        }
        match self {
            Classifier::Logistic(p) => p.fit(&dataset),
            Classifier::Svm(p) => p.fit(&dataset),
            Classifier::NbSvm(p) => p.fit(&dataset),
            Classifier::NaiveBayes(p) => p.fit(&dataset),
            Classifier::LinfaLogistic(p) => p.fit(&dataset),
            Classifier::LinfaSvm(p) => p.fit(&dataset),
            Classifier::Blend(p) => p.fit(&dataset),
            Classifier::Ftrl(p) => p.fit(&dataset),
        }
    }
}

/// Errors where there is nothing to tell apart.
pub(crate) fn check_classes(targets: &Targets, name: impl Fn(usize) -> String) -> Result<()> {
    check_support(targets.task(), &targets.support(), targets.n_samples(), name)
}

/// [`check_classes`] where only the number of articles of each class is known.
pub(crate) fn check_support(
    task: Task,
    support: &[usize],
    n_samples: usize,
    name: impl Fn(usize) -> String,
) -> Result<()> {
    let found: Vec<String> = support.iter().enumerate().filter(|(_, s)| **s > 0).map(|(k, _)| name(k)).collect();
    let enough = match task {
        Task::One => found.len() >= 2,
        Task::Several => support.iter().any(|&s| s > 0 && s < n_samples),
    };
    if enough { Ok(()) } else { Err(Error::TooFewClasses { found }) }
}
