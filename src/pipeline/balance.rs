//! Weights of rows that make labels and confounders independent.

use std::collections::BTreeMap;

use crate::corpus::Corpus;
use crate::error::Result;
use crate::evaluation::complete;
use crate::label::Targets;

/// The most that one row may count for.
const MOST: f64 = 20.0;

/// The values of the confounders, row by row: what `--balance-by` names.
///
/// Rows are weighed so that in every cell of label and confounder the weights sum up to what independence would give, `n · P(label) ·
/// P(value)`, by iterative proportional fitting (raking; Deming and Stephan 1940) over all confounders in turn; for several labels,
/// of having and lacking each label. A value that has one label only can't be balanced: its rows keep their weight, and
/// [`determined`](Balance::determined) names it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Balance {
    /// One a key: the number of each row's value, and the values.
    confounders: Vec<Confounder>,
}

#[derive(Debug, Clone, PartialEq)]
struct Confounder {
    key: String,
    values: Vec<String>,
    of_row: Vec<u32>,
}

/// A value of a confounder whose articles all have the same label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Determined {
    /// The field, such as `lang`.
    pub key: String,
    /// Its value.
    pub value: String,
    /// The label that all articles with the value have.
    pub label: String,
    /// How many articles have the value.
    pub n: usize,
}

impl Balance {
    /// The confounders of a corpus; `None` where no keys are named.
    ///
    /// # Errors
    /// A row without a value.
    pub(crate) fn new(keys: &[String], corpus: &Corpus) -> Result<Option<Balance>> {
        if keys.is_empty() {
            return Ok(None);
        }
        let confounder = |key: &String| -> Result<Confounder> {
            let found = complete(key, corpus.examples().iter().map(|e| e.article.field(key)))?;
            let mut numbers: BTreeMap<&str, u32> = found.iter().map(|&value| (value, 0)).collect();
            numbers.values_mut().zip(0..).for_each(|(number, i)| *number = i);
            let of_row = found.iter().map(|value| numbers[value]).collect();
            Ok(Confounder { key: key.clone(), values: numbers.keys().map(|v| v.to_string()).collect(), of_row })
        };
        Ok(Some(Balance { confounders: keys.iter().map(confounder).collect::<Result<_>>()? }))
    }

    /// The weights of some rows, 1 on average; `targets` are theirs.
    pub(crate) fn weights(&self, targets: &Targets, rows: &[usize]) -> Vec<f32> {
        let n = rows.len();
        let partitions: Vec<Partition> = self
            .confounders
            .iter()
            .flat_map(|confounder| {
                let value = |i: usize| confounder.of_row[rows[i]] as usize;
                let n_values = confounder.values.len();
                match targets {
                    Targets::One { n_classes, classes } => {
                        vec![Partition::new(n, *n_classes, n_values, |i| (classes[i] as usize, value(i)))]
                    }
                    Targets::Several { n_classes, .. } => (0..*n_classes)
                        .map(|k| Partition::new(n, 2, n_values, |i| (usize::from(targets.has(i, k)), value(i))))
                        .collect(),
                }
            })
            .collect();
        let mut weights = vec![1.0f64; n];
        for _ in 0..50 {
            let mut change = 0.0f64;
            for partition in &partitions {
                change = change.max(partition.fit(&mut weights));
            }
            if change < 1e-6 {
                break;
            }
        }
        weights.into_iter().map(|w| w as f32).collect()
    }

    /// The values whose articles all have one label, in the order of keys and values; for several labels there are none.
    pub(crate) fn determined(&self, targets: &Targets, name: impl Fn(usize) -> String) -> Vec<Determined> {
        let Targets::One { classes, .. } = targets else { return Vec::new() };
        let mut found = Vec::new();
        for confounder in &self.confounders {
            let mut seen: Vec<(usize, Option<u32>, bool)> = vec![(0, None, true); confounder.values.len()];
            for (&value, &class) in confounder.of_row.iter().zip(classes) {
                let (n, label, single) = &mut seen[value as usize];
                *n += 1;
                *single &= label.is_none_or(|label| label == class);
                *label = Some(class);
            }
            for ((n, label, single), value) in seen.into_iter().zip(&confounder.values) {
                if let (Some(label), true) = (label, single) {
                    let label = name(label as usize);
                    found.push(Determined { key: confounder.key.clone(), value: value.clone(), label, n });
                }
            }
        }
        found
    }
}

/// Rows dealt out into cells of label and value, with what each cell should weigh.
struct Partition {
    cell: Vec<usize>,
    wanted: Vec<f64>,
}

impl Partition {
    fn new(n: usize, n_labels: usize, n_values: usize, place: impl Fn(usize) -> (usize, usize)) -> Partition {
        let (mut by_label, mut by_value) = (vec![0.0; n_labels], vec![0.0; n_values]);
        let mut labels_of = vec![Vec::new(); n_values];
        let mut cell = Vec::with_capacity(n);
        for (label, value) in (0..n).map(&place) {
            by_label[label] += 1.0;
            by_value[value] += 1.0;
            if !labels_of[value].contains(&label) {
                labels_of[value].push(label);
            }
            cell.push(value * n_labels + label);
        }
        // Where a value lacks a label, its weight goes to the labels that it has, in proportion.
        let mut wanted = vec![0.0; n_values * n_labels];
        for (value, labels) in labels_of.iter().enumerate() {
            let sum: f64 = labels.iter().map(|&label| by_label[label]).sum();
            for &label in labels {
                wanted[value * n_labels + label] = by_value[value] * by_label[label] / sum;
            }
        }
        Partition { cell, wanted }
    }

    /// Scales every cell to its weight; returns the largest change of a weight.
    fn fit(&self, weights: &mut [f64]) -> f64 {
        let mut sums = vec![0.0; self.wanted.len()];
        self.cell.iter().zip(weights.iter()).for_each(|(&cell, w)| sums[cell] += w);
        let mut change = 0.0f64;
        for (&cell, w) in self.cell.iter().zip(weights) {
            let next = (*w * self.wanted[cell] / sums[cell]).clamp(1.0 / MOST, MOST);
            change = change.max((next - *w).abs());
            *w = next;
        }
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Article, Example, Gold};

    fn corpus(rows: &[(&str, &str, &str)]) -> Corpus {
        let example = |&(label, lang, topic): &(&str, &str, &str)| Example {
            article: Article::from_text("text").with_field("lang", lang).with_field("topic", topic),
            gold: Gold::One(label.to_string()),
            spans: Vec::new(),
        };
        Corpus::from_examples(rows.iter().map(example).collect()).unwrap()
    }

    fn share(corpus: &Corpus, weights: &[f32], key: &str, value: &str, label: &str) -> f64 {
        let rows = corpus.examples().iter().zip(weights).filter(|(e, _)| e.article.field(key) == Some(value));
        let (mut of_label, mut all) = (0.0, 0.0);
        for (example, &w) in rows {
            all += f64::from(w);
            of_label += if example.gold.labels()[0] == label { f64::from(w) } else { 0.0 };
        }
        of_label / all
    }

    #[test]
    fn labels_and_confounders_become_independent() {
        let mut rows = vec![("a", "en", "x"); 30];
        rows.extend(vec![("b", "en", "y"); 5]);
        rows.extend(vec![("a", "ru", "y"); 10]);
        rows.extend(vec![("b", "ru", "x"); 20]);
        rows.extend(vec![("b", "ru", "y"); 15]);
        rows.extend(vec![("a", "en", "y"); 4]);
        rows.extend(vec![("b", "en", "x"); 6]);
        rows.extend(vec![("a", "ru", "x"); 8]);
        let corpus = corpus(&rows);
        let keys = ["lang".to_string(), "topic".to_string()];
        let balance = Balance::new(&keys, &corpus).unwrap().unwrap();
        let all: Vec<usize> = (0..rows.len()).collect();
        let weights = balance.weights(&corpus.targets(), &all);
        for (key, value) in [("lang", "en"), ("lang", "ru"), ("topic", "x"), ("topic", "y")] {
            let expected = 52.0 / 98.0;
            let found = share(&corpus, &weights, key, value, "a");
            assert!((found - expected).abs() < 1e-3, "{key} {value}: {found}");
        }
        let mean = weights.iter().sum::<f32>() / weights.len() as f32;
        assert!((mean - 1.0).abs() < 1e-3, "{mean}");
        assert!(balance.determined(&corpus.targets(), |k| k.to_string()).is_empty());
    }

    #[test]
    fn what_a_confounder_determines_is_named_and_keeps_its_weight() {
        let corpus = corpus(&[("a", "en", "x"), ("a", "en", "x"), ("a", "uk", "x"), ("b", "uk", "x")]);
        let balance = Balance::new(&["lang".to_string()], &corpus).unwrap().unwrap();
        let found = balance.determined(&corpus.targets(), |k| corpus.labels().name(k).to_string());
        let expected = Determined { key: "lang".into(), value: "en".into(), label: "a".into(), n: 2 };
        assert_eq!(found, [expected]);
        let weights = balance.weights(&corpus.targets(), &[0, 1, 2, 3]);
        assert!((weights[0] - 1.0).abs() < 1e-6 && weights[2] > weights[3], "{weights:?}");
    }

    #[test]
    fn a_row_without_the_key_is_an_error() {
        let corpus = corpus(&[("a", "en", ""), ("b", "en", "x")]);
        let error = Balance::new(&["topic".to_string()], &corpus).unwrap_err();
        assert!(error.to_string().contains("topic"), "{error}");
        assert_eq!(Balance::new(&[], &corpus).unwrap(), None);
    }
}
