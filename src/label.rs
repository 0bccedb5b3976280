//! Labels: what kind of answer is asked for, and which answers exist.

use serde::{Deserialize, Serialize};

use crate::article::Gold;
use crate::error::{Error, Result};

/// Whether an article has exactly one class or any number of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Exactly one class an article.
    One,
    /// Any number of labels an article, possibly none.
    Several,
}

impl Task {
    /// What errors say that a row has.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Task::One => "one class",
            Task::Several => "several labels",
        }
    }
}

/// The names of the classes in ascending order; a class is its position here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct LabelSet(Vec<String>);

impl LabelSet {
    /// The label set of these names; sorted, without repetition.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> LabelSet {
        let mut names: Vec<String> = names.into_iter().map(Into::into).collect();
        names.sort();
        names.dedup();
        LabelSet(names)
    }

    /// How many labels there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of a class.
    ///
    /// # Panics
    /// Where `class` is not below [`len`](Self::len).
    pub fn name(&self, class: usize) -> &str {
        &self.0[class]
    }

    /// The class of a name.
    pub fn class(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|n| n.as_str().cmp(name)).ok()
    }

    /// The names in ascending order.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

impl From<LabelSet> for Vec<String> {
    fn from(labels: LabelSet) -> Vec<String> {
        labels.0
    }
}

impl TryFrom<Vec<String>> for LabelSet {
    type Error = &'static str;

    fn try_from(names: Vec<String>) -> std::result::Result<LabelSet, &'static str> {
        if names.windows(2).all(|w| w[0] < w[1]) {
            Ok(LabelSet(names))
        } else {
            Err("labels must be sorted and unique")
        }
    }
}

/// The gold of many articles as classes: what a classifier is fitted on and scored against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// The class of each article.
    One {
        /// Number of classes.
        n_classes: usize,
        /// One class an article, each below `n_classes`.
        classes: Vec<u32>,
    },
    /// The labels of each article.
    Several {
        /// Number of labels.
        n_classes: usize,
        /// Row after row, `n_classes` flags each.
        flags: Vec<bool>,
    },
}

impl Targets {
    /// The classes of these golds in a label set. All golds must be of one task and their labels
    /// must be in the set; a label that is not there belongs to no class (several) or is an error (one).
    pub fn from_golds<'a>(golds: impl IntoIterator<Item = &'a Gold>, task: Task, labels: &LabelSet) -> Result<Targets> {
        let n_classes = labels.len();
        match task {
            Task::One => {
                let mut classes = Vec::new();
                for gold in golds {
                    let name = gold.labels().first().map_or("", String::as_str);
                    let class = labels.class(name).ok_or_else(|| {
                        Error::param("label", name, "one of the labels that the model was trained on")
                    })?;
                    classes.push(class as u32);
                }
                Ok(Targets::One { n_classes, classes })
            }
            Task::Several => {
                let mut flags = Vec::new();
                for gold in golds {
                    let from = flags.len();
                    flags.resize(from + n_classes, false);
                    for class in gold.labels().iter().filter_map(|name| labels.class(name)) {
                        flags[from + class] = true;
                    }
                }
                Ok(Targets::Several { n_classes, flags })
            }
        }
    }

    /// One class or several labels.
    pub fn task(&self) -> Task {
        match self {
            Targets::One { .. } => Task::One,
            Targets::Several { .. } => Task::Several,
        }
    }

    /// Number of articles.
    pub fn n_samples(&self) -> usize {
        match self {
            Targets::One { classes, .. } => classes.len(),
            Targets::Several { n_classes, flags } => flags.len() / n_classes.max(&1),
        }
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        match self {
            Targets::One { n_classes, .. } | Targets::Several { n_classes, .. } => *n_classes,
        }
    }

    /// Whether article `row` has class `class`.
    pub fn has(&self, row: usize, class: usize) -> bool {
        match self {
            Targets::One { classes, .. } => classes[row] as usize == class,
            Targets::Several { n_classes, flags } => flags[row * n_classes + class],
        }
    }

    /// How many articles have each class.
    pub fn support(&self) -> Vec<usize> {
        let mut support = vec![0; self.n_classes()];
        match self {
            Targets::One { classes, .. } => classes.iter().for_each(|&c| support[c as usize] += 1),
            Targets::Several { n_classes, flags } => {
                for row in flags.chunks_exact(*n_classes) {
                    row.iter().zip(&mut support).for_each(|(&has, s)| *s += usize::from(has));
                }
            }
        }
        support
    }

    /// The targets of some articles, in the order given.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Targets {
        match self {
            Targets::One { n_classes, classes } => {
                Targets::One { n_classes: *n_classes, classes: rows.iter().map(|&r| classes[r]).collect() }
            }
            Targets::Several { n_classes, flags } => Targets::Several {
                n_classes: *n_classes,
                flags: rows.iter().flat_map(|&r| &flags[r * n_classes..(r + 1) * n_classes]).copied().collect(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_the_position_of_its_sorted_name() {
        let labels = LabelSet::new(["right", "left", "left"]);
        assert_eq!(labels.names(), ["left", "right"]);
        assert_eq!(labels.class("right"), Some(1));
        assert_eq!(labels.class("center"), None);
    }

    #[test]
    fn several_labels_become_flags_and_unknown_ones_belong_to_no_class() {
        let labels = LabelSet::new(["a", "b"]);
        let golds = [Gold::several(["b", "z"]), Gold::several(Vec::<String>::new())];
        let targets = Targets::from_golds(&golds, Task::Several, &labels).unwrap();
        assert_eq!(targets, Targets::Several { n_classes: 2, flags: vec![false, true, false, false] });
        assert_eq!(targets.support(), [0, 1]);
        assert_eq!(targets.select(&[1]).n_samples(), 1);
    }

    #[test]
    fn an_unknown_class_is_an_error() {
        let labels = LabelSet::new(["a", "b"]);
        assert!(Targets::from_golds(&[Gold::One("c".into())], Task::One, &labels).is_err());
    }
}
