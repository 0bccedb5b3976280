//! Section 5: strong terms of the model that belong to one outlet.

use serde::Serialize;

use super::documents::Doc;
use super::field::Field;
use super::findings::{AuditCode, Finding, Severity};
use crate::error::Result;
use crate::features::{Scan, Weighting};
use crate::pipeline::Counted;
use crate::text::TermKind;

/// Articles that must hold a term.
const FEWEST_ARTICLES: u32 = 10;
/// The share of them that must be of one outlet.
const OWNED: f64 = 0.95;
/// Terms of each label that are looked at.
const STRONGEST: usize = 200;

/// Strong terms, and those among them that one outlet owns.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OutletTerms {
    /// The terms with the largest weights for each label (200 each), among those of ten articles or more.
    pub examined: usize,
    /// Those of them with 95 % of their articles in one outlet.
    pub owned: usize,
    /// The strongest of those.
    pub terms: Vec<OutletTerm>,
}

/// A term of one outlet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OutletTerm {
    /// As written.
    pub term: String,
    /// Word or characters.
    pub kind: TermKind,
    /// Whose it is.
    pub outlet: String,
    /// Articles that hold it.
    pub articles: u32,
    /// The share of them in the outlet.
    pub share: f64,
    /// The label that it speaks for.
    pub label: String,
    /// Its weight in the model.
    pub weight: f32,
}

impl OutletTerms {
    pub(super) fn of(
        counted: &Counted<'_>,
        documents: &[Doc<'_>],
        outlet: &Field,
        language: Option<&Field>,
        top: usize,
    ) -> Result<OutletTerms> {
        let rows: Vec<usize> = (0..counted.targets.n_samples()).collect();
        let counts = &counted.counts;
        let params = &counted.params.features;
        // The columns that a model of these rows keeps, in its order.
        let (kept, _) = Weighting::fit(&counts.matrix, &rows, counts.n_words, params, Some((&counted.targets, None)))?;
        let model = counted.fit_rows(&rows)?.model;
        let frequency = counts.matrix.column_counts(&rows);
        let frequent: Vec<usize> =
            (0..kept.len()).filter(|&c| frequency[kept[c] as usize] >= FEWEST_ARTICLES).collect();
        let mut strong: Vec<(usize, usize)> = Vec::new();
        for class in 0..counted.labels.len() {
            let weight = |feature: usize| model.weight(feature, class);
            let mut order: Vec<usize> = frequent.iter().copied().filter(|&c| weight(c) > 0.0).collect();
            order.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then(a.cmp(&b)));
            strong.extend(order.into_iter().take(STRONGEST).map(|feature| (feature, class)));
        }
        // How often each outlet holds each strong term.
        const NONE: u32 = u32::MAX;
        let mut place = vec![NONE; counts.matrix.n_features()];
        strong.iter().zip(0..).for_each(|(&(feature, _), at)| {
            let of = &mut place[kept[feature] as usize];
            *of = (*of).min(at);
        });
        let mut by_outlet: Vec<Vec<(u32, u32)>> = vec![Vec::new(); strong.len()];
        let mut order: Vec<(u32, usize)> = rows.iter().filter_map(|&row| Some((outlet.of[row]?, row))).collect();
        order.sort_unstable();
        for (value, row) in order {
            for entry in counts.matrix.entries(row) {
                let at = place[entry.column as usize];
                if at == NONE {
                    continue;
                }
                let of = &mut by_outlet[at as usize];
                match of.last_mut() {
                    Some((last, n)) if *last == value => *n += 1,
                    _ => of.push((value, 1)),
                }
            }
        }
        let large = large_outlets(outlet, language);
        let owner = |feature: usize| {
            let column = kept[feature] as usize;
            let (value, n) = by_outlet[place[column] as usize].iter().copied().max_by_key(|of| of.1)?;
            let share = f64::from(n) / f64::from(frequency[column]);
            (share >= OWNED && !large[value as usize]).then_some((value, share))
        };
        let mut owned: Vec<(usize, usize, u32, f64)> =
            strong.iter().filter_map(|&(f, class)| owner(f).map(|(value, share)| (f, class, value, share))).collect();
        owned.sort_by(|a, b| model.weight(b.0, b.1).total_cmp(&model.weight(a.0, a.1)).then(a.0.cmp(&b.0)));
        let shown = &owned[..owned.len().min(top)];
        let columns: Vec<u32> = shown.iter().map(|&(feature, ..)| kept[feature]).collect();
        let written = counts.written(documents, Scan { reader: None, analyzer: &counted.params.analyzer }, &columns);
        let terms = shown.iter().zip(written.iter()).map(|(&(feature, class, value, share), term)| OutletTerm {
            term: term.to_string(),
            kind: if (kept[feature] as usize) < counts.n_words { TermKind::Word } else { TermKind::Char },
            outlet: outlet.values[value as usize].clone(),
            articles: frequency[kept[feature] as usize],
            share,
            label: counted.labels.name(class).to_string(),
            weight: model.weight(feature, class),
        });
        Ok(OutletTerms { examined: strong.len(), owned: owned.len(), terms: terms.collect() })
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        let share = self.owned as f64 / self.examined.max(1) as f64;
        if self.owned < 3 || share < 0.02 {
            return None;
        }
        let named: Vec<&str> = self.terms.iter().take(3).map(|t| t.term.as_str()).collect();
        let figure = format!(
            "{} of the {} strongest terms ({:.0} %) belong to one outlet only, such as {}",
            self.owned,
            self.examined,
            100.0 * share,
            named.iter().map(|t| format!("\"{t}\"")).collect::<Vec<_>>().join(", ")
        );
        let severity = if share >= 0.1 { Severity::Warning } else { Severity::Note };
        let remedy = "clean the articles, raise min_df, or drop these terms: they name an outlet, not a stance";
        Some(Finding::new(AuditCode::OutletTerms, severity, share, figure, remedy))
    }
}

/// Whether an outlet is more than half of the language that most of its rows are in: of such an outlet's words nothing
/// else could be expected than that they are mostly there.
fn large_outlets(outlet: &Field, language: Option<&Field>) -> Vec<bool> {
    let n_languages = language.map_or(1, |field| field.values.len());
    let mut counts = vec![0; outlet.values.len() * n_languages];
    for (row, value) in outlet.of.iter().enumerate() {
        let (Some(value), Some(language)) = (value, language.map_or(Some(0), |field| field.of[row])) else { continue };
        counts[*value as usize * n_languages + language as usize] += 1;
    }
    let all: Vec<usize> = (0..n_languages).map(|l| counts.iter().skip(l).step_by(n_languages).sum()).collect();
    let is_large = |counts: &[usize]| counts.iter().zip(&all).max().is_some_and(|(own, all)| own * 2 > *all);
    counts.chunks_exact(n_languages).map(is_large).collect()
}
